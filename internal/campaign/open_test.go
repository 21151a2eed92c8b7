package campaign_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"stagora.org/stagora/allocation/lottery"
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// drafted gives a test C1 in draft on each engine.
func drafted(t *testing.T, test func(t *testing.T, c1 *campaigntest.C1)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		test(t, campaigntest.New(t, db))
	})
}

func write(t *testing.T, c1 *campaigntest.C1, change func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := c1.DB.Write(t.Context(), func(tx *store.Tx) error { return change(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func readiness(t *testing.T, c1 *campaigntest.C1) map[string]campaign.Check {
	t.Helper()
	checks := map[string]campaign.Check{}
	c1.Read(t, func(tx *store.Tx) error {
		list, err := campaign.Readiness(t.Context(), tx, c1.Get(t))
		for _, check := range list {
			checks[check.Name] = check
		}
		return err
	})
	return checks
}

// A campaign misses the sites of its own faculty that have no post, and those of none. It
// tells an office nothing of another faculty's.
func TestTheSitesOfAnotherFacultyAreNotMissed(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		put := func(code, faculty string) campaign.Check {
			t.Helper()
			write(t, c1, func(ctx context.Context, tx *store.Tx) error {
				system := identity.System("test")
				if faculty == "OUEST" {
					if _, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: faculty, Name: "Université de l’Ouest"}); err != nil {
						return err
					}
				}
				_, err := site.Put(ctx, tx, system, site.Site{
					Code: code, Name: code, Category: reference.Ref{Code: "STAGE"}, Faculty: reference.Ref{Code: faculty}, Main: true,
					WishesAllowed: true, IdealSeats: 1, MaxSeats: 1,
				})
				return err
			})
			return readiness(t, c1)["sites"]
		}
		before := readiness(t, c1)["sites"]
		if check := put("OUEST-CARDIO", "OUEST"); check.State != campaign.OK || check.Args["declared"] != before.Args["declared"] {
			t.Errorf("with a site of another faculty: %+v", check)
		}
		if check := put("CHUV-NEURO", campaigntest.Faculty); check.State != campaign.Warning || check.Args["count"] != 1 || check.Args["posts"] != "CHUV-NEURO" {
			t.Errorf("with one of its own: %+v", check)
		}
		if check := put("LIBERAL", ""); check.State != campaign.Warning || check.Args["count"] != 2 {
			t.Errorf("with one of none: %+v", check)
		}
	})
}

// What each check before opening refuses.
func TestEachCheckBeforeOpeningCanSayNo(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		for name, check := range readiness(t, c1) {
			if check.State != campaign.OK {
				t.Errorf("nothing is amiss, and %s is %+v", name, check)
			}
		}
		put := func(code string, seats int, closed bool) {
			t.Helper()
			err := c1.Campaigns.PutPosts(t.Context(), c1.Office, c1.ID, []campaign.PostForm{{Site: reference.Ref{Code: code}, Seats: seats, Closed: closed}}, "")
			if err != nil {
				t.Fatal(err)
			}
		}
		is := func(name string, want campaign.State) {
			t.Helper()
			if check := readiness(t, c1)[name]; check.State != want {
				t.Errorf("%s is %+v, want %s", name, check, want)
			}
		}
		put("CHUV-CARD-A", 4, false) // its maximum is 3
		is("restrictions", campaign.No)
		put("CHUV-CARD-A", 2, false)
		is("restrictions", campaign.OK)

		place := func(code string, change func(*site.Site)) {
			t.Helper()
			write(t, c1, func(ctx context.Context, tx *store.Tx) error {
				sites, err := site.All(ctx, tx)
				for _, s := range sites {
					if s.Code == code && err == nil {
						change(&s)
						_, err = site.Put(ctx, tx, c1.Office, s)
					}
				}
				return err
			})
		}
		place("CHUV-REAN", func(s *site.Site) { s.Archived = true })
		is("restrictions", campaign.No)
		place("CHUV-REAN", func(s *site.Site) {
			s.Archived, s.ClosedLevels = false, []reference.Ref{{Code: campaigntest.Level}}
		})
		is("restrictions", campaign.No)
		place("CHUV-REAN", func(s *site.Site) { s.ClosedLevels = nil })
		is("restrictions", campaign.OK)

		for _, code := range []string{"CHUV-URGE", "CHUV-GERI"} {
			put(code, 0, false)
		}
		is("seats", campaign.Warning)
		for _, site := range campaigntest.Sites {
			put(site.Code, 0, false)
		}
		is("seats", campaign.No)
		for _, site := range campaigntest.Sites {
			put(site.Code, site.Seats, false)
		}
		is("seats", campaign.OK)

		if _, err := c1.Campaigns.RemovePosts(t.Context(), c1.Office, c1.ID, []string{"CLTI-ORL"}); err != nil {
			t.Fatal(err)
		}
		is("sites", campaign.Warning)
		put("CLTI-ORL", 1, false)
		is("sites", campaign.OK)

		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			return campaign.SetLast(ctx, tx, c1.Get(t), "CHUV-URGE", campaign.LastYear{Campaign: "S2 2025", Seats: 2, Cutoff: 9})
		})
		is("surprises", campaign.No)
		if err := c1.Campaigns.AgreeSeats(t.Context(), c1.Office, c1.ID, "CHUV-URGE", 3); fault.KindOf(err) != fault.Denied {
			t.Errorf("the one who set the seats agrees: %v", err)
		}
		if err := c1.Campaigns.AgreeSeats(t.Context(), c1.Second, c1.ID, "CHUV-URGE", 2); fault.KindOf(err) != fault.Conflict {
			t.Errorf("agrees to another number: %v", err)
		}
		if err := c1.Campaigns.AgreeSeats(t.Context(), c1.Second, c1.ID, "CHUV-URGE", 3); err != nil {
			t.Fatal(err)
		}
		is("surprises", campaign.OK)

		changed := c1.Get(t)
		changed.Contact.Email, changed.ChangedAt = "", changed.ChangedAt.Add(0)
		if err := c1.Campaigns.Change(t.Context(), c1.Office, changed); err != nil {
			t.Fatal(err)
		}
		is("contact", campaign.No)
	})
}

func TestOfTwoOfficersOneOpens(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.At(t, campaigntest.Opens)
		var group sync.WaitGroup
		errs := make([]error, 2)
		for i, actor := range []identity.Actor{c1.Office, c1.Second} {
			group.Go(func() { errs[i] = c1.Campaigns.Open(t.Context(), actor, c1.ID) })
		}
		group.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both, or none: %v, %v", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil && fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if c1.Get(t).Phase != campaign.Open {
			t.Error("it is not open")
		}
	})
}

func TestOnlyTheRightPeopleOpenAndClose(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		for name, tt := range map[string]struct {
			actor identity.Actor
			want  fault.Kind
		}{
			"a student":   {c1.Student["E05"], fault.NotFound},
			"an observer": {c1.Observer, fault.Denied},
			"nobody":      {identity.Actor{}, fault.NotFound},
		} {
			if err := c1.Campaigns.Open(t.Context(), tt.actor, c1.ID); fault.KindOf(err) != tt.want {
				t.Errorf("%s opens: %v", name, err)
			}
		}
		c1.Open(t)
		if err := c1.Campaigns.Close(t.Context(), c1.Office, c1.ID); !fault.Has(err, "campaign.notready") {
			t.Errorf("closed before the deadline: %v", err)
		}
		if err := c1.Campaigns.Open(t.Context(), c1.Office, c1.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("opened twice: %v", err)
		}
	})
}

func TestPositionsAreKnownByIntervalUntilTheSeedIsRevealed(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		mine := func() (m campaign.MyCampaign) {
			c1.Read(t, func(tx *store.Tx) (err error) {
				m, err = campaign.ForStudent(t.Context(), tx, c1.Student["E05"], c1.ID)
				return err
			})
			return m
		}
		if m := mine(); m.First != 8 || m.Last != 12 || m.Position != nil || m.Of != 24 || *m.Score != 800 {
			t.Errorf("before closing: %+v", m)
		}
		c1.Close(t)
		if m := mine(); m.Position == nil || m.Position.Effective != 12 || !strings.HasPrefix(m.Position.Hash, "ee067078") {
			t.Errorf("after closing: %+v", m)
		}
	})
}

// Before closing, nothing that anybody can read holds the seed.
func TestTheSeedIsSealed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		c1 := campaigntest.New(t, db)
		c1.Campaigns.DemoSeed = "" // a real draw
		c1.Open(t)
		var draw *campaign.Draw
		var lines []audit.Line
		c1.Read(t, func(tx *store.Tx) (err error) {
			if draw, err = campaign.DrawOf(t.Context(), tx, c1.Get(t)); err != nil {
				return err
			}
			lines, err = audit.Find(t.Context(), tx, audit.Search{Scope: c1.ID, Limit: 1000})
			return err
		})
		if !draw.Sealed() || draw.Seed != "" || draw.OrderHash != "" || len(draw.Commitment) != 64 {
			t.Errorf("sealed: %+v", draw)
		}
		for _, line := range lines {
			for seed := range hexRuns(line.Before + line.After) {
				if lottery.Commitment(seed) == draw.Commitment {
					t.Error("the log tells the seed")
				}
			}
		}
		c1.Close(t)
		c1.Read(t, func(tx *store.Tx) (err error) {
			draw, err = campaign.DrawOf(t.Context(), tx, c1.Get(t))
			return err
		})
		if draw.Sealed() || len(draw.Seed) != 64 || lottery.Commitment(draw.Seed) != draw.Commitment || draw.OrderHash == "" {
			t.Errorf("revealed: %+v", draw)
		}
	})
}

// hexRuns returns every run of 64 letters of a text.
func hexRuns(text string) map[string]bool {
	runs := map[string]bool{}
	for i := 0; i+64 <= len(text); i++ {
		runs[text[i:i+64]] = true
	}
	return runs
}

// Nothing draws again: not the code, not the database.
func TestADrawIsMadeOnce(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		refused := func(when string, statements ...string) {
			t.Helper()
			for _, statement := range statements {
				err := c1.DB.Write(t.Context(), func(tx *store.Tx) error {
					_, err := tx.ExecContext(t.Context(), statement)
					return err
				})
				if err == nil {
					t.Errorf("%s: %s: the database did as it was told", when, statement)
				}
			}
		}
		sealed := []string{
			"UPDATE campaign_draw SET seed = 'better'", "UPDATE campaign_draw SET commitment = 'better'",
			"UPDATE campaign_draw SET standing = '{}'", "UPDATE campaign_draw SET standing_hash = '0'", "DELETE FROM campaign_draw",
		}
		refused("open", sealed...)
		c1.Close(t)
		refused("closed", append(sealed,
			"UPDATE campaign_draw SET order_hash = 'other'", "UPDATE campaign_draw SET revealed_at = NULL",
			"UPDATE campaign_position SET effective = 100 + effective", "DELETE FROM campaign_position")...)
		if err := c1.Campaigns.Close(t.Context(), c1.Office, c1.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("closed twice: %v", err)
		}
	})
}

// A closing that was cut short has kept places of an order that nobody may know yet.
func TestTheOrderIsReadOnceTheDrawIsRevealed(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		known := func() (places int) {
			c1.Read(t, func(tx *store.Tx) error {
				c := c1.Get(t)
				mine, err := campaign.ForStudent(t.Context(), tx, c1.Student["E05"], c1.ID)
				if err != nil {
					return err
				}
				people, err := campaign.ParticipantsOf(t.Context(), tx, c)
				if err != nil {
					return err
				}
				all, err := people.All(t.Context(), tx, store.Condition{})
				if err != nil {
					return err
				}
				if mine.Position != nil {
					places++
				}
				for _, e := range all {
					if e.Position != nil {
						places++
					}
				}
				return nil
			})
			return places
		}
		if err := c1.Campaigns.KeepOrder(t.Context(), c1.Office, c1.ID); !fault.Has(err, "campaign.notready") {
			t.Errorf("an order was made before the deadline: %v", err)
		}
		c1.At(t, campaigntest.Closed)
		for range 2 {
			if err := c1.Campaigns.KeepOrder(t.Context(), c1.Office, c1.ID); err != nil {
				t.Fatal(err)
			}
			if n := known(); n != 0 {
				t.Errorf("%d places are told before the draw is revealed", n)
			}
		}
		c1.Close(t)
		if n := known(); n != 25 {
			t.Errorf("%d places are told of 24 people, and of one of them to herself", n)
		}
	})
}

// A place that somebody put there, past every guard, stops the closing.
func TestAnOrderThatTheDrawDoesNotGiveStopsTheClosing(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO campaign_position (participant_id, campaign_id, hash, automatic, effective)"+
				" SELECT id, campaign_id, 'mine', 99, 99 FROM campaign_participant WHERE pseudonym = 'E15'")
			return err
		})
		c1.At(t, campaigntest.Closed)
		if err := c1.Campaigns.Close(t.Context(), c1.Office, c1.ID); err == nil || c1.Get(t).Phase != campaign.Open {
			t.Errorf("closed all the same: %v", err)
		}
	})
}

// Points that were altered after opening, past every guard, stop the closing.
func TestAlteredPointsStopTheClosing(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE campaign_participant SET score = 0 WHERE pseudonym = 'E15'")
			return err
		})
		c1.At(t, campaigntest.Closed)
		if err := c1.Campaigns.Close(t.Context(), c1.Office, c1.ID); err == nil {
			t.Error("closed all the same")
		}
	})
}

func TestWhatIsDueClosesByItself(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.At(t, campaigntest.Closes.Add(-1))
		if err := c1.Campaigns.CloseDue(t.Context()); err != nil || c1.Get(t).Phase != campaign.Open {
			t.Errorf("before the deadline: %s, %v", c1.Get(t).Phase, err)
		}
		c1.At(t, campaigntest.Closes)
		var group sync.WaitGroup
		for range 3 { // three nodes
			group.Go(func() {
				if err := c1.Campaigns.CloseDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if c1.Get(t).Phase != campaign.Closed {
			t.Error("it is not closed")
		}
	})
}

// The office reads of an opening how many students it is behind, in each of its passes.
func TestAnOpeningTellsStudentsInEachOfItsPasses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		total, behind  int64
		places         bool
		done, students int
	}{
		{0, 0, false, 0, 0}, {1400, 0, false, 0, 700}, {1400, 699, false, 699, 700}, {1400, 700, true, 0, 700}, {1400, 1400, true, 700, 700},
	} {
		places, done, students := campaign.OpeningProgress(&job.Task{Total: tt.total, Done: tt.behind})
		if places != tt.places || done != tt.done || students != tt.students {
			t.Errorf("%d of %d: told %v, %d of %d", tt.behind, tt.total, places, done, students)
		}
	}
}
