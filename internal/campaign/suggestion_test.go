package campaign_test

import (
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// A suggestion says what the list would risk with it: the same as asking about the
// longer list.
func TestASuggestionKeepsWhatItSays(t *testing.T) {
	t.Parallel()
	c1 := campaigntest.New(t, storetest.Open(t, store.SQLite))
	c1.Open(t)
	c1.Rank(t)
	for _, pseudonym := range []string{"E22", "E04", "E15"} {
		list := campaigntest.Of(pseudonym).Wishes[:2]
		risk, err := c1.Campaigns.Risk(t.Context(), c1.Student[pseudonym], c1.ID, list)
		if err != nil {
			t.Fatal(err)
		}
		if pseudonym == "E22" && len(risk.Suggestions) < 3 {
			t.Errorf("Zoé is offered %d posts", len(risk.Suggestions))
		}
		for _, s := range risk.Suggestions {
			longer := append(campaigntest.Wishes(list[0].Post, list[1].Post), campaign.Wish{Post: s.Post.Code})
			with, err := c1.Campaigns.Risk(t.Context(), c1.Student[pseudonym], c1.ID, longer)
			if err != nil {
				t.Fatal(err)
			}
			if with.Level != s.Risk {
				t.Errorf("%s: %s is said to leave a %s risk, and leaves a %s one", pseudonym, s.Post.Code, s.Risk, with.Level)
			}
		}
	}
}
