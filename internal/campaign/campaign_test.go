package campaign_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
)

// The whole way: everybody opens, ranks, the deadline passes; order, draw and result
// are those that were computed beforehand.
func TestTheCampaignOfTheDataSetGivesItsKnownResult(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		c1 := campaigntest.New(t, db)
		c1.Open(t)
		c1.Rank(t)
		c1.Close(t)

		var s campaign.Snapshot
		c1.Read(t, func(tx *store.Tx) (err error) {
			s, err = campaign.TakeSnapshot(t.Context(), tx, c1.Get(t))
			return err
		})
		if s.Draw.Seed != campaigntest.Seed || s.Draw.Commitment != "076cf36599255457083d6ceab93453f30ca056e501fedf88fe0367ef8c970217" {
			t.Errorf("draw %+v", s.Draw)
		}
		for i, line := range campaigntest.Lines {
			got := s.Students[i]
			if got.Pseudonym != line.Pseudonym || got.Position.Effective != line.Position || got.Position.Hash[:8] != line.Draw ||
				!slices.Equal(got.Wishes, line.Wishes) {
				t.Errorf("position %d: got %s %+v, want %+v", i+1, got.Pseudonym, got.Position, line)
			}
		}
		in, err := format.ReadInstance(s.Instance(format.Serial).Bytes())
		if err != nil {
			t.Fatal(err)
		}
		result, err := assign.Solve(in)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range campaigntest.Lines {
			if got := result.Assignments[i]; got.Post != line.Post || got.Rank != line.Rank {
				t.Errorf("%s: got %s (%d), want %s (%d)", line.Pseudonym, got.Post, got.Rank, line.Post, line.Rank)
			}
		}
		for _, reason := range result.Reasons {
			if reason.Student == "E14" && reason.Wish == 1 && (reason.Outcome != format.Barred || reason.Rule != string(campaign.RuleAlreadyDone)) {
				t.Errorf("E14 has done CHUV-PEDI: %+v", reason)
			}
		}
	})
}

// A campaign of many cohorts costs about as much as one of a single cohort.
func TestTheCohortsOfACampaignAreWrittenTogether(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		const more = 84
		c := c1.Get(t)
		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			for i := range more {
				cohort, err := student.PutCohort(ctx, tx, identity.System("test"), student.Cohort{
					Code: fmt.Sprintf("MORE%d", i), Name: fmt.Sprintf("More %d", i), Level: reference.Ref{Code: campaigntest.Level},
					Year: reference.Ref{Code: "2025-2026"}, Faculty: reference.Ref{Code: campaigntest.Faculty},
				})
				if err != nil {
					return err
				}
				c.Cohorts = append(c.Cohorts, reference.Ref{Code: cohort.Code})
			}
			return nil
		})
		ctx, counter := store.WithCounter(t.Context())
		if err := c1.Campaigns.Change(ctx, c1.Office, c); err != nil {
			t.Fatal(err)
		}
		changed := counter.Statements()
		c.PublicID, c.Name = "", "Another"
		made, err := c1.Campaigns.Create(ctx, c1.Office, c)
		if err != nil {
			t.Fatal(err)
		}
		if n := counter.Statements(); changed > 25 || n-changed > 25 {
			t.Errorf("%d statements for a change and %d for a creation", changed, n-changed)
		}
		for _, id := range []string{c1.ID, made.PublicID} {
			c1.Read(t, func(tx *store.Tx) error {
				found, err := campaign.ForOffice(t.Context(), tx, c1.Office, id, campaign.RightView)
				if len(found.Cohorts) != more+1 {
					t.Errorf("%s: %d cohorts", id, len(found.Cohorts))
				}
				return err
			})
		}
	})
}
