package result_test

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
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// A node works on a database until its death.
type node struct {
	db   *store.DB
	work *job.Runner
	end  context.Context
}

// nodeOn starts a node, which dies when it looks at its clock for the last time: as it
// begins a transaction, or between two of them. Of 0 looks, it lives on.
func nodeOn(t testing.TB, database string, at time.Time, looks int) *node {
	t.Helper()
	end, die := context.WithCancel(t.Context())
	t.Cleanup(die)
	seen := 0
	db, err := store.Open(t.Context(), database, func() time.Time {
		if seen++; seen == looks {
			die()
		}
		return at
	})
	if err != nil {
		t.Fatal(err)
	}
	handlers := result.Handlers(db, "https://stages.example")
	return &node{db, &job.Runner{DB: db, Handlers: handlers, Log: slog.New(slog.DiscardHandler)}, end}
}

// live does what waits, and reports whether the node survived it.
func (n *node) live(t testing.TB) bool {
	t.Helper()
	for {
		done, err := n.work.Step(n.end)
		if n.end.Err() != nil {
			return false
		}
		if err != nil {
			t.Fatal(err)
		}
		if done == 0 {
			return true
		}
	}
}

// published tells all that a publication leaves behind, with how often each mail was
// queued; "" as long as the campaign is not published, when nothing of it may be read.
func (d *desk) published(t testing.TB, db *store.DB) string {
	t.Helper()
	var all strings.Builder
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		c, err := campaign.Get(t.Context(), tx, d.ID)
		if err != nil {
			return err
		}
		lines, err := placement.OfCampaign(t.Context(), tx, d.ID)
		if err != nil {
			return err
		}
		own, unread := result.Own(t.Context(), tx, d.Student["E05"], d.ID)
		if c.Phase != campaign.Published {
			var mails int
			err := tx.QueryRowContext(t.Context(), "SELECT count(*) FROM notice_message WHERE kind LIKE 'result.%'").Scan(&mails)
			if unread == nil || len(lines) > 0 || mails > 0 {
				t.Errorf("before the release: %d placements, %d mails, a result: %v", len(lines), mails, unread == nil)
			}
			return err
		}
		fmt.Fprintln(&all, len(lines), own.Bundle, unread)
		for _, query := range []string{
			"SELECT pseudonym || ' ' || post || ' ' || facts FROM campaign_outcome ORDER BY pseudonym",
			"SELECT bundle_hash || ' ' || cutoffs FROM campaign_publication",
			"SELECT code || ' ' || COALESCE(cutoff, 0) FROM campaign_post ORDER BY code",
			"SELECT COUNT(*) || ' lines of the log' FROM audit_entry WHERE action = 'result.published'",
			"SELECT address || ' ' || kind || ' ' || COUNT(*) FROM notice_message WHERE kind LIKE 'result.%' GROUP BY address, kind ORDER BY address, kind",
		} {
			if err := eachLine(t.Context(), tx, query, func(line string) { fmt.Fprintln(&all, line) }); err != nil {
				return err
			}
		}
		return nil
	})
	d.try(t, err)
	return all.String()
}

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

// asked has a publication asked for that nobody has begun.
func asked(t testing.TB, db *store.DB) *desk {
	t.Helper()
	d := newDesk(t, db)
	d.contact(t, "CHUV-GERI", "Lefort")
	d.contact(t, "CHUV-PEDI", "Marin")
	d.ready(t)
	d.At(t, campaigntest.Publishes)
	d.try(t, d.results.Publish(t.Context(), d.Second, d.ID))
	return d
}

// Wherever a node dies while it publishes, nothing is read before the release, and the
// node that takes over leaves what one that lived would have left: each outcome, each
// line of the ledger, each mail once.
func TestAPublicationSurvivesADeathBetweenAnyTwoSteps(t *testing.T) {
	t.Parallel()
	d := asked(t, storetest.Open(t, store.SQLite))
	copied, err := d.DB.Copy(t.Context())
	d.try(t, err)
	content, err := os.ReadFile(copied)
	d.try(t, err)
	again := func(name string) string {
		path := filepath.Join(t.TempDir(), name)
		d.try(t, os.WriteFile(path, content, 0o600))
		return path
	}

	undisturbed := nodeOn(t, again("undisturbed.db"), campaigntest.Publishes, 0)
	undisturbed.live(t)
	want := d.published(t, undisturbed.db)
	d.try(t, undisturbed.db.Close())
	if !strings.Contains(want, "1 lines of the log") || strings.Count(want, "result.") < 24 {
		t.Fatalf("published is\n%s", want)
	}
	deaths, released := 0, 0
	for looks := 1; ; looks++ {
		path := again(fmt.Sprintf("%d.db", looks))
		mortal := nodeOn(t, path, campaigntest.Publishes, looks)
		survived := mortal.live(t)
		if d.published(t, mortal.db) != "" {
			released++
		}
		d.try(t, mortal.db.Close())
		if survived {
			break
		}
		deaths++
		next := nodeOn(t, path, campaigntest.Publishes.Add(time.Hour), 0) // the lease of the first has ended
		next.live(t)
		if got := d.published(t, next.db); got != want {
			t.Errorf("after a death at look %d:\n%s\nwant\n%s", looks, got, want)
		}
		d.try(t, next.db.Close())
	}
	if deaths < 10 || released < 3 || released > deaths {
		t.Errorf("%d deaths, of which %d came after the release", deaths, released)
	}
}

// On either engine, a publication whose nodes die again and again comes to its end.
func TestAPublicationOutlivesManyDeaths(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			database := storetest.URL(t, engine)
			d := asked(t, storetest.OpenURL(t, database))
			for looks := 4; ; looks++ {
				if looks > 200 {
					t.Fatal("it never ends")
				}
				n := nodeOn(t, database, campaigntest.Publishes.Add(time.Duration(looks)*time.Hour), looks)
				survived := n.live(t)
				got := d.published(t, n.db)
				d.try(t, n.db.Close())
				if survived {
					if !strings.Contains(got, "1 lines of the log") || strings.Contains(got, "result.published 2") || strings.Count(got, "result.published 1") != 23 {
						t.Errorf("published is\n%s", got)
					}
					return
				}
			}
		})
	}
}
