package campaign_test

import (
	"context"
	"runtime"
	"slices"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/store"
)

// A late case is in force until its instant, but only while the campaign is
// closed: from the proposal on, lists are final for everybody.
func TestALateCaseWritesInNoLaterPhase(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Close(t)
		late, err := c1.Campaigns.AskLate(t.Context(), c1.Office, c1.ID, c1.Record["E22"], until, "certificat médical")
		if err != nil {
			t.Fatal(err)
		}
		if err := c1.Campaigns.DecideLate(t.Context(), c1.Second, c1.ID, late, true); err != nil {
			t.Fatal(err)
		}
		base := c1.Save(t, "E22", list("CHUV-GERI")...).Number
		for _, phase := range campaign.Phases[slices.Index(campaign.Phases, campaign.Closed)+1:] {
			write(t, c1, func(ctx context.Context, tx *store.Tx) error {
				c, err := campaign.Get(ctx, tx, c1.ID)
				if err != nil {
					return err
				}
				return campaign.Advance(ctx, tx, c1.Office, c, phase)
			})
			_, err := c1.Campaigns.Save(t.Context(), c1.Student["E22"], c1.ID, campaign.Save{Base: base, Wishes: list("CHUV-URGE")})
			if fault.KindOf(err) != fault.Closed {
				t.Errorf("%s: %v", phase, err)
			}
		}
		if n := len(history(t, c1, "E22")); n != base {
			t.Errorf("%d versions, want %d", n, base)
		}
	})
}

// A commission adopts a run that was made without a late save: of the two, one waits for
// the other and is refused.
func TestALateSaveAndAnAdoptionTakeTurns(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Close(t)
		late, err := c1.Campaigns.AskLate(t.Context(), c1.Office, c1.ID, c1.Record["E22"], until, "certificat médical")
		if err != nil {
			t.Fatal(err)
		}
		if err := c1.Campaigns.DecideLate(t.Context(), c1.Second, c1.ID, late, true); err != nil {
			t.Fatal(err)
		}
		before := len(history(t, c1, "E22"))
		saved := make(chan error, 1)
		write(t, c1, func(ctx context.Context, tx *store.Tx) error { // as an adoption does
			if err := tx.Lock(ctx, "campaign:"+c1.ID); err != nil {
				return err
			}
			c, err := campaign.Get(ctx, tx, c1.ID)
			if err != nil {
				return err
			}
			if err := campaign.Advance(ctx, tx, c1.Office, c, campaign.Proposed); err != nil {
				return err
			}
			go func() {
				_, err := c1.Campaigns.Save(t.Context(), c1.Student["E22"], c1.ID, campaign.Save{Base: before, Wishes: list("CHUV-URGE")})
				saved <- err
			}()
			for tx.Engine == store.Postgres && len(saved) == 0 && !somebodyWaits(t, c1.DB) {
				runtime.Gosched()
			}
			return nil
		})
		if err := <-saved; fault.KindOf(err) != fault.Closed {
			t.Errorf("saved beside an adoption: %v", err)
		}
		if n := len(history(t, c1, "E22")); n != before {
			t.Errorf("%d versions, want %d", n, before)
		}
	})
}

// somebodyWaits reports whether a transaction waits for another one.
func somebodyWaits(t *testing.T, db *store.DB) (yes bool) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')").Scan(&yes)
	})
	if err != nil {
		t.Error(err)
	}
	return yes
}

// Quentin was at CHUV-PEDI last semester. Once somebody says that it does not
// count, the site is open to him again.
func TestAPlacementThatDoesNotCountBarsNobody(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		quentin := func() (rule campaign.Rule) {
			c1.Read(t, func(tx *store.Tx) error {
				choices, err := c1.Campaigns.Choices(t.Context(), c1.Student["E14"], c1.ID)
				for _, choice := range choices {
					if choice.Post.Code == "CHUV-PEDI" {
						rule = choice.Verdict.Rule
					}
				}
				return err
			})
			return rule
		}
		if got := quentin(); got != campaign.RuleAlreadyDone {
			t.Fatalf("before: %q", got)
		}
		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			all, err := placement.All(ctx, tx)
			if err != nil {
				return err
			}
			for _, p := range all {
				if p.Site.Code == "CHUV-PEDI" {
					return placement.Validate(ctx, tx, identity.System("test"), p.PublicID, false, "absences")
				}
			}
			t.Error("nobody has done CHUV-PEDI")
			return nil
		})
		if got := quentin(); got != "" {
			t.Errorf("he is still barred: %q", got)
		}
	})
}
