package campaign_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// A deed is something that a node does, at an instant, with the background work that
// it asks for.
type deed struct {
	at time.Time
	do func(context.Context, *campaign.Campaigns) error
}

// live does a deed on a database until the node has looked at its clock so many times,
// and reports whether it survived; of 0 looks, it lives on. Then look reads what is left.
func (d deed) live(t testing.TB, database string, late time.Duration, looks int, look func(*store.DB)) bool {
	t.Helper()
	end, die := context.WithCancel(t.Context())
	defer die()
	seen := 0
	db, err := store.Open(t.Context(), database, func() time.Time {
		if seen++; seen == looks {
			die()
		}
		return d.at.Add(late)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	campaigns := &campaign.Campaigns{DB: db, Base: "https://stages.example", DemoSeed: campaigntest.Seed}
	runner := &job.Runner{DB: db, Handlers: campaigns.Handlers(), Log: slog.New(slog.DiscardHandler)}
	err = d.do(end, campaigns)
	for done := 1; done > 0 && err == nil && end.Err() == nil; {
		done, err = runner.Step(end)
	}
	if err != nil && end.Err() == nil {
		t.Fatal(err)
	}
	look(db)
	return end.Err() == nil
}

// openings tells all that an opening leaves behind; "" as long as the campaign is in
// draft, when students see nothing of it.
func openings(t testing.TB, c1 *campaigntest.C1, db *store.DB) string {
	t.Helper()
	var all strings.Builder
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		c, err := campaign.Get(t.Context(), tx, c1.ID)
		if err != nil {
			return err
		}
		if c.Phase == campaign.Draft {
			_, unknown := campaign.ForStudent(t.Context(), tx, c1.Student["E05"], c1.ID)
			mine, err := campaign.Mine(t.Context(), tx, c1.Student["E05"])
			if !fault.Has(unknown, "campaign.unknown") || len(mine) > 0 {
				t.Errorf("in draft a student sees %v, %v", mine, unknown)
			}
			return err
		}
		fmt.Fprintln(&all, c.Phase, c.Enrolled)
		for _, query := range []string{
			"SELECT pseudonym || ' ' || score || ' ' || first_position || ' ' || last_position FROM campaign_participant WHERE enrolled_at IS NOT NULL AND person_id IS NOT NULL ORDER BY pseudonym",
			"SELECT name || ' ' || version || ' ' || COUNT(*) FROM ranking_list GROUP BY name, version ORDER BY name",
			"SELECT commitment || ' ' || standing FROM campaign_draw",
			"SELECT action || ' ' || COUNT(*) FROM audit_entry WHERE action IN ('campaign.open', 'draw.sealed') GROUP BY action ORDER BY action",
			mailsByPerson,
		} {
			if err := eachLine(t.Context(), tx, query, func(line string) { fmt.Fprintln(&all, line) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

const mailsByPerson = "SELECT address || ' ' || kind || ' ' || COUNT(*) FROM notice_message GROUP BY address, kind ORDER BY address, kind"

// eachLine calls do with each row of a query of one column.
func eachLine(ctx context.Context, tx *store.Tx, query string, do func(string)) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		do(line)
	}
	return rows.Err()
}

// survives kills a node at each of its looks at the clock, on a copy of a database, lets
// another take over when the lease of the first has ended, and compares what both leave
// with what one that lives leaves.
func survives(t *testing.T, c1 *campaigntest.C1, d deed, told func(*store.DB) string) (want string, deaths int) {
	t.Helper()
	copied, err := c1.DB.Copy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	again := func(name string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	d.live(t, again("undisturbed.db"), 0, 0, func(db *store.DB) { want = told(db) })
	for looks := 1; ; looks++ {
		path := again(fmt.Sprintf("%d.db", looks))
		if d.live(t, path, 0, looks, func(db *store.DB) { told(db) }) {
			return want, deaths
		}
		deaths++
		d.live(t, path, 10*time.Minute, 0, func(db *store.DB) {
			if got := told(db); got != want {
				t.Errorf("after a death at look %d:\n%s\nwant\n%s", looks, got, want)
			}
		})
	}
}

func TestAnOpeningSurvivesADeathBetweenAnyTwoSteps(t *testing.T) {
	t.Parallel()
	c1 := campaigntest.New(t, storetest.Open(t, store.SQLite))
	open := deed{campaigntest.Opens, func(ctx context.Context, campaigns *campaign.Campaigns) error {
		err := campaigns.Open(ctx, c1.Office, c1.ID)
		if fault.Has(err, "campaign.opening") || fault.Has(err, "campaign.moved") {
			return nil // asked before
		}
		return err
	}}
	want, deaths := survives(t, c1, open, func(db *store.DB) string { return openings(t, c1, db) })
	if deaths < 10 || strings.Count(want, "campaign.opened 1") != 24 || !strings.Contains(want, "draw.sealed 1") {
		t.Errorf("%d deaths; opened is\n%s", deaths, want)
	}
}

// Each person is reminded once, wherever a node dies.
func TestARemindingSurvivesADeathBetweenAnyTwoSteps(t *testing.T) {
	t.Parallel()
	c1 := campaigntest.New(t, storetest.Open(t, store.SQLite))
	c1.Open(t)
	c1.Save(t, "E05", campaigntest.Lines[0].Wishes...)
	remind := deed{campaigntest.Closes.Add(-time.Hour), func(ctx context.Context, campaigns *campaign.Campaigns) error { return campaigns.RemindDue(ctx) }}
	want, deaths := survives(t, c1, remind, func(db *store.DB) (all string) {
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			return eachLine(t.Context(), tx, mailsByPerson, func(line string) { all += line + "\n" })
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	})
	if deaths < 5 || strings.Count(want, "campaign.reminder.none 1") != 23 || strings.Count(want, "reminder.") != 24 {
		t.Errorf("%d deaths; reminded is\n%s", deaths, want)
	}
}

// A campaign that is being opened does not change, and nobody opens it twice; an opening
// that nodes die of comes to its end, on both engines.
func TestACampaignDoesNotChangeWhileItIsOpened(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			database := storetest.URL(t, engine)
			c1 := campaigntest.New(t, storetest.OpenURL(t, database))
			askedToOpen(t, c1, database, 0)
			if c1.Get(t).Phase != campaign.Draft {
				t.Fatal("it is open already")
			}
			c1.At(t, campaigntest.Opens)
			for name, err := range map[string]error{
				"points":   c1.Campaigns.SetPoints(t.Context(), c1.Office, c1.ID, c1.Record["E05"], nil, "x"),
				"exclude":  c1.Campaigns.Exclude(t.Context(), c1.Office, c1.ID, c1.Record["E05"], "x"),
				"settings": c1.Campaigns.Change(t.Context(), c1.Office, c1.Get(t)),
				"open":     c1.Campaigns.Open(t.Context(), c1.Second, c1.ID),
			} {
				if !fault.Has(err, "campaign.opening") {
					t.Errorf("%s: %v", name, err)
				}
			}
			wait := deed{campaigntest.Opens, func(context.Context, *campaign.Campaigns) error { return nil }}
			for looks, survived := 3, false; !survived; looks++ {
				if looks > 100 {
					t.Fatal("it never ends")
				}
				survived = wait.live(t, database, time.Duration(100+looks)*time.Hour, looks, func(*store.DB) {})
			}
			if c := c1.Get(t); c.Phase != campaign.Open || c.Enrolled != 24 {
				t.Errorf("opened: %s, %d", c.Phase, c.Enrolled)
			}
		})
	}
}

// askedToOpen has nodes that die open a campaign until the work that was asked for has
// done so much, and returns it.
func askedToOpen(t testing.TB, c1 *campaigntest.C1, database string, much int64) (work *job.Task) {
	t.Helper()
	open := deed{campaigntest.Opens, func(ctx context.Context, campaigns *campaign.Campaigns) error {
		if work != nil {
			return nil
		}
		return campaigns.Open(ctx, c1.Office, c1.ID)
	}}
	for looks := 4; work == nil || work.Done < much; looks++ {
		open.live(t, database, time.Duration(looks)*time.Hour, looks, func(db *store.DB) {
			var err error
			work, err = store.Get(t.Context(), db, func(tx *store.Tx) (*job.Task, error) { return campaign.OpeningWork(t.Context(), tx, c1.Get(t)) })
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	return work
}

// An opening that was cancelled half way leaves a draft that can be changed. Asked for
// again, it opens what the campaign is then, and nothing else does.
func TestAnOpeningThatEndedEarlyLeavesADraft(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			database := storetest.URL(t, engine)
			c1 := campaigntest.New(t, storetest.OpenURL(t, database))
			before := whoIsIn(t, c1)
			work := askedToOpen(t, c1, database, 1)
			c1.At(t, campaigntest.Opens.Add(100*time.Hour))
			write := func(change func(tx *store.Tx) error) {
				t.Helper()
				if err := c1.DB.Write(t.Context(), change); err != nil {
					t.Fatal(err)
				}
			}
			write(func(tx *store.Tx) error { return job.Cancel(t.Context(), tx, work.ID) })
			runner := &job.Runner{DB: c1.DB, Handlers: c1.Campaigns.Handlers(), Log: slog.New(slog.DiscardHandler)}
			rest := func() {
				t.Helper()
				for done := 1; done > 0; {
					var err error
					if done, err = runner.Step(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			rest()
			if after := whoIsIn(t, c1); after != before {
				t.Errorf("participants are\n%s\nwere\n%s", after, before)
			}
			// The work is done again, as an administrator may have it.
			refuses := func(key string) {
				t.Helper()
				write(func(tx *store.Tx) error { return job.Retry(t.Context(), tx, work.ID) })
				rest()
				found, err := store.Get(t.Context(), c1.DB, func(tx *store.Tx) (job.Task, error) { return job.Find(t.Context(), tx, work.ID) })
				if err != nil || found.State != job.Failed || !fault.Has(found.Error, key) || c1.Get(t).Phase != campaign.Draft {
					t.Errorf("done again, it is %s: %v, %v", found.State, found.Error, err)
				}
			}
			again, err := c1.Campaigns.AskAgain(t.Context(), c1.Office, c1.ID)
			if err != nil {
				t.Fatal(err)
			}
			write(func(tx *store.Tx) error { return job.Cancel(t.Context(), tx, again) })
			refuses("campaign.opening.replaced")
			if err := c1.Campaigns.Exclude(t.Context(), c1.Office, c1.ID, c1.Record["E05"], "x"); err != nil {
				t.Fatal(err)
			}
			refuses("campaign.opening.changed")
			if err := c1.Campaigns.Open(t.Context(), c1.Office, c1.ID); err != nil {
				t.Fatal(err)
			}
			rest()
			if c := c1.Get(t); c.Phase != campaign.Open || c.Enrolled != 23 {
				t.Errorf("opened: %s, %d", c.Phase, c.Enrolled)
			}
		})
	}
}

// What somebody changes between the check of a campaign and its opening is checked too.
func TestACampaignThatChangedIsCheckedAgainBeforeItOpens(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c1 := campaigntest.New(t, db)
		posts, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]campaign.Post, error) { return campaign.Posts(t.Context(), tx, c1.Get(t)) })
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, p := range posts {
			codes = append(codes, p.Code)
		}
		if _, err := c1.Campaigns.RemovePosts(t.Context(), c1.Office, c1.ID, codes); err != nil {
			t.Fatal(err)
		}
		err = db.Write(t.Context(), func(tx *store.Tx) error { return campaign.AskUnchecked(t.Context(), tx, c1.Office, c1.ID) })
		if !fault.Has(err, "campaign.notready") {
			t.Errorf("without a post left: %v", err)
		}
	})
}

// whoIsIn tells what the participants of a campaign are.
func whoIsIn(t *testing.T, c1 *campaigntest.C1) (all string) {
	t.Helper()
	for _, e := range roll(t, c1) {
		all += fmt.Sprintln(e.Student.Name(), e.In, len(e.Findings))
	}
	return all
}
