package campaign_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
)

// What the database says of posts and what is said of each one in Go agree, on whatever
// data.
func TestTheDatabaseAndThePostsAgree(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		rapid.Check(t, func(r *rapid.T) {
			err := c1.DB.Write(t.Context(), func(tx *store.Tx) error {
				disturbPosts(t.Context(), r, tx)
				c, err := campaign.Get(t.Context(), tx, c1.ID)
				if err != nil {
					return err
				}
				if err := postsAgree(t.Context(), r, tx, c); err != nil {
					return err
				}
				return errBack
			})
			if !errors.Is(err, errBack) {
				r.Fatal(err)
			}
		})
	})
}

// disturbPosts gives posts seats and last years at random.
func disturbPosts(ctx context.Context, r *rapid.T, tx *store.Tx) {
	for _, site := range campaigntest.Sites {
		seats := rapid.IntRange(0, 40).Draw(r, "seats")
		last := rapid.IntRange(0, 40).Draw(r, "last")
		name := rapid.SampledFrom([]string{"", "Externat S1 2025"}).Draw(r, "last name")
		agreedBy := rapid.SampledFrom([]string{"", "Paul"}).Draw(r, "agreed by")
		agreed := rapid.SampledFrom([]any{nil, seats, seats + 1}).Draw(r, "agreed")
		closed, secondary := rapid.Bool().Draw(r, "closed"), rapid.Bool().Draw(r, "secondary")
		if _, err := tx.ExecContext(ctx, "UPDATE campaign_post SET seats = $2, last_seats = $3, last_name = $4, agreed_by = $5, agreed_seats = $6, closed = $7, secondary = $8 WHERE code = $1",
			site.Code, seats, last, name, agreedBy, agreed, closed, secondary); err != nil {
			r.Fatal(err)
		}
	}
}

func postsAgree(ctx context.Context, r *rapid.T, tx *store.Tx, c campaign.Campaign) error {
	posts, err := campaign.Posts(ctx, tx, c)
	if err != nil {
		return err
	}
	totals, err := campaign.TotalsFor(ctx, tx, c)
	if err != nil {
		return err
	}
	if want := campaign.TotalsOf(posts); totals != want {
		r.Errorf("totals %+v, not %+v", totals, want)
	}
	asked := func(where store.Condition, ask store.Ask) []string {
		page, err := campaign.PostList.Page(ctx, tx, store.And(campaign.PostsIn(c), where), ask)
		if err != nil {
			r.Fatal(err)
		}
		return codesOf(page.Rows)
	}
	kept := func(keep func(campaign.Post) bool) []string {
		return codesOf(slices.DeleteFunc(slices.Clone(posts), func(p campaign.Post) bool { return !keep(p) }))
	}
	for name, both := range map[string][2][]string{
		"all":       {asked(store.Condition{}, store.Ask{}), codesOf(posts)},
		"to agree":  {asked(campaign.PostsToAgree(), store.Ask{}), kept(func(p campaign.Post) bool { return p.Surprising() && !p.Agreed() })},
		"many":      {asked(store.Condition{}, store.Ask{Filters: map[string]string{"seats": ">20"}}), kept(func(p campaign.Post) bool { return p.Seats > 20 })},
		"last":      {asked(store.Condition{}, store.Ask{Filters: map[string]string{"last": "<=20"}}), kept(func(p campaign.Post) bool { return p.Last != nil && p.Last.Seats <= 20 })},
		"reserved":  {asked(store.Condition{}, store.Ask{Filters: map[string]string{"closed": campaign.PostReserved}}), kept(func(p campaign.Post) bool { return p.Closed })},
		"secondary": {asked(store.Condition{}, store.Ask{Filters: map[string]string{"limits": campaign.PostSecondary}}), kept(func(p campaign.Post) bool { return p.Secondary })},
	} {
		if !slices.Equal(both[0], both[1]) {
			r.Errorf("%s: %v, not %v", name, both[0], both[1])
		}
	}
	found, err := campaign.PostList.Page(ctx, tx, campaign.PostsIn(c), store.Ask{Sort: "last", Desc: true})
	if err != nil {
		return err
	}
	if !slices.IsSortedFunc(found.Rows, func(a, b campaign.Post) int { return lastOf(b) - lastOf(a) }) || len(found.Rows) != len(posts) {
		r.Errorf("sorted by last year: %v", codesOf(found.Rows))
	}
	return nil
}

// lastOf is how many seats a post had; one that was not there comes after the others.
func lastOf(p campaign.Post) int {
	if p.Last == nil {
		return -1
	}
	return p.Last.Seats
}

func codesOf(posts []campaign.Post) []string {
	codes := make([]string, len(posts))
	for i, p := range posts {
		codes[i] = p.Code
	}
	return codes
}

// A page of posts is completed with the levels that each does not take, of its own
// campaign only.
func TestPostsAreFoundByTheirSitesAndCompleted(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		err := c1.DB.Read(t.Context(), func(tx *store.Tx) error {
			c, err := campaign.Get(t.Context(), tx, c1.ID)
			if err != nil {
				return err
			}
			all, err := campaign.Posts(t.Context(), tx, c)
			if err != nil {
				return err
			}
			page, err := campaign.PostList.Page(t.Context(), tx, campaign.PostsIn(c), store.Ask{})
			if err != nil {
				return err
			}
			if err := campaign.CompletePosts(t.Context(), tx, page.Rows); err != nil {
				return err
			}
			for i, p := range page.Rows {
				if !slices.Equal(p.ClosedLevels, all[i].ClosedLevels) || p.Site != all[i].Site {
					t.Errorf("%s: %v at %v, not %v at %v", p.Code, p.ClosedLevels, p.Site, all[i].ClosedLevels, all[i].Site)
				}
				for _, level := range p.ClosedLevels {
					some, err := campaign.PostList.Page(t.Context(), tx, campaign.PostsIn(c), store.Ask{Filters: map[string]string{"limits": level.Code}})
					if err != nil || !slices.Contains(codesOf(some.Rows), p.Code) {
						t.Errorf("closed to %s: %v, %v", level.Code, codesOf(some.Rows), err)
					}
				}
			}
			found, err := campaign.PostList.Page(t.Context(), tx, campaign.PostsIn(c), store.Ask{Search: all[0].Code})
			if err != nil || !slices.Contains(codesOf(found.Rows), all[0].Code) || len(found.Rows) == len(all) {
				t.Errorf("%s is not found: %v, %v", all[0].Code, codesOf(found.Rows), err)
			}
			one, err := campaign.PostsWithCodes(t.Context(), tx, c, []string{all[1].Code, "NOWHERE"})
			if err != nil || !slices.Equal(codesOf(one), []string{all[1].Code}) {
				t.Errorf("by code: %v, %v", codesOf(one), err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
