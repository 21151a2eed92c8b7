package campaign_test

import (
	"errors"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
)

// Posts are taken out together, or none of them is.
func TestPostsAreTakenOutTogether(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		posts := func() int {
			t.Helper()
			all, err := store.Get(t.Context(), c1.DB, func(tx *store.Tx) ([]campaign.Post, error) { return campaign.Posts(t.Context(), tx, c1.Get(t)) })
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		before := posts()
		for _, codes := range [][]string{nil, {"CLTI-ORL", "NOWHERE"}} {
			_, err := c1.Campaigns.RemovePosts(t.Context(), c1.Office, c1.ID, codes)
			refused, ok := errors.AsType[*fault.Error](err)
			if !ok || refused.Kind != fault.Invalid || len(refused.Fields) != 1 || refused.Fields[0].Name != "posts" || posts() != before {
				t.Errorf("%v: %v, %d posts of %d", codes, err, posts(), before)
			}
		}
		if _, err := c1.Campaigns.RemovePosts(t.Context(), c1.Observer, c1.ID, []string{"CLTI-ORL"}); fault.KindOf(err) != fault.Denied {
			t.Errorf("an observer: %v", err)
		}
		if n, err := c1.Campaigns.RemovePosts(t.Context(), c1.Office, c1.ID, []string{"CLTI-ORL", "chuv-urge", "Clti-Orl"}); err != nil || n != 2 || posts() != before-2 {
			t.Errorf("two, one of them named twice: %v, %d posts of %d", err, posts(), before)
		}
	})
}
