package campaign_test

import (
	"slices"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
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
