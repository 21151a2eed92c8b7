package campaign_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// fieldOf returns the key of what is wrong at a field.
func fieldOf(err error, name string) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	for _, field := range f.Fields {
		if field.Name == name {
			return field.Key
		}
	}
	return ""
}

// seatsOf returns the posts of the campaign by code.
func seatsOf(t *testing.T, c1 *campaigntest.C1) map[string]campaign.Post {
	t.Helper()
	byCode := map[string]campaign.Post{}
	c1.Read(t, func(tx *store.Tx) error {
		c, err := campaign.Get(t.Context(), tx, c1.ID)
		if err != nil {
			return err
		}
		posts, err := campaign.Posts(t.Context(), tx, c)
		for _, p := range posts {
			byCode[p.Code] = p
		}
		return err
	})
	return byCode
}

// Of those who change the same row from the same page, one is told that it is saved.
func TestOfTenWhoChangeARowOneWins(t *testing.T) {
	prepared(t, func(t *testing.T, c1 *campaigntest.C1) {
		was := seatsOf(t, c1)["CHUV-REAN"]
		errs := make([]error, 10)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				errs[i] = c1.Campaigns.PutPosts(t.Context(), c1.Office, c1.ID, []campaign.PostForm{{
					Site: reference.Ref{Code: "CHUV-REAN"}, Seats: 10 + i, Was: &campaign.PostState{Open: true, Seats: was.Seats, Closed: was.Closed},
				}}, "")
			})
		}
		all.Wait()
		won := slices.Index(errs, nil)
		for i, err := range errs {
			if i != won && fieldOf(err, "seats.0") != "post.changed.meanwhile" {
				t.Errorf("%d: %v", i, err)
			}
		}
		if won < 0 || seatsOf(t, c1)["CHUV-REAN"].Seats != 10+won {
			t.Errorf("%d won, and there are %d seats", won, seatsOf(t, c1)["CHUV-REAN"].Seats)
		}
	})
}

func TestAPostIsOpenedOnceAndWhereTheOfficeMayLook(t *testing.T) {
	prepared(t, func(t *testing.T, c1 *campaigntest.C1) {
		before := seatsOf(t, c1)["CHUV-REAN"]
		put := func(code string) error {
			form := campaign.PostForm{Site: reference.Ref{Code: code}, Seats: 2, Was: &campaign.PostState{}}
			return c1.Campaigns.PutPosts(t.Context(), c1.Office, c1.ID, []campaign.PostForm{form}, "")
		}
		if err := put("chuv-rean"); fieldOf(err, "site.0") != "post.open" || seatsOf(t, c1)["CHUV-REAN"].Seats != before.Seats {
			t.Errorf("a post that is open: %v", err)
		}
		err := c1.Campaigns.DB.Write(t.Context(), func(tx *store.Tx) error {
			system := identity.System("test")
			if _, err := reference.PutFaculty(t.Context(), tx, system, reference.Faculty{Code: "LOIN", Name: "Loin"}); err != nil {
				return err
			}
			_, err := site.Put(t.Context(), tx, system, site.Site{
				Code: "LOIN-1", Name: "Loin", Category: reference.Ref{Code: "STAGE"}, WishesAllowed: true, IdealSeats: 2, MaxSeats: 2, Faculty: reference.Ref{Code: "LOIN"},
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if there, nowhere := fieldOf(put("LOIN-1"), "site.0"), fieldOf(put("NOWHERE"), "site.0"); there != "form.choice" || nowhere != there {
			t.Errorf("a site out of sight answers %q, one that is not there %q", there, nowhere)
		}
	})
}

// However many posts change, few statements are under the lock.
func TestPostsChangeTogether(t *testing.T) {
	prepared(t, func(t *testing.T, c1 *campaigntest.C1) {
		var forms []campaign.PostForm
		for code, p := range seatsOf(t, c1) {
			forms = append(forms, campaign.PostForm{Site: reference.Ref{Code: code}, Seats: p.Seats + 1, Closed: !p.Closed})
		}
		ctx, count := store.WithCounter(t.Context())
		if err := c1.Campaigns.PutPosts(ctx, c1.Office, c1.ID, forms, ""); err != nil {
			t.Fatal(err)
		}
		after := seatsOf(t, c1)
		for _, f := range forms {
			if p := after[f.Site.Code]; p.Seats != f.Seats || p.Closed != f.Closed {
				t.Errorf("%+v became %d seats, closed %v", f, p.Seats, p.Closed)
			}
		}
		if n := count.Statements(); n > 20 {
			t.Errorf("%d statements for %d posts", n, len(forms))
		}
	})
}

func TestAPostTakesWhatItsSiteSays(t *testing.T) {
	prepared(t, func(t *testing.T, c1 *campaigntest.C1) {
		for name, later := range map[string]time.Duration{"Earlier": 0, "Latest": 48 * time.Hour, "Before": 24 * time.Hour} {
			past(t, c1, name, campaigntest.Publishes.Add(later))
		}
		err := c1.DB.Write(t.Context(), func(tx *store.Tx) error {
			s, err := site.ByCodes(t.Context(), tx, []string{"CHUV-REAN"})
			if err != nil {
				return err
			}
			shut := s["chuv-rean"]
			shut.ID, shut.PublicID, shut.Code, shut.Name, shut.WishesAllowed = 0, "", "CHUV-NEW", "Nouveau", false
			if _, err := site.Put(t.Context(), tx, c1.Office, shut); err != nil {
				return err
			}
			posts := []campaign.PostForm{{Site: reference.Ref{Code: "CHUV-NEW"}, Seats: 2}}
			return campaign.PutPosts(t.Context(), tx, c1.Office, c1.ID, posts, "")
		})
		if err != nil {
			t.Fatal(err)
		}
		if p := seatsOf(t, c1)["CHUV-NEW"]; !p.Closed {
			t.Error("a site closed to wishes has a post that is open to them")
		}
		if _, err := c1.Campaigns.RemovePosts(t.Context(), c1.Office, c1.ID, []string{"CHUV-REAN"}); err != nil {
			t.Fatal(err)
		}
		again := []campaign.PostForm{{Site: reference.Ref{Code: "CHUV-REAN"}, Seats: 3}}
		if err := c1.Campaigns.PutPosts(t.Context(), c1.Office, c1.ID, again, ""); err != nil {
			t.Fatal(err)
		}
		if p := seatsOf(t, c1)["CHUV-REAN"]; p.Last == nil || p.Last.Campaign != "Latest" {
			t.Errorf("its last campaign is %+v", p.Last)
		}
	})
}

// past publishes a campaign that had a post at CHUV-REAN.
func past(t *testing.T, c1 *campaigntest.C1, name string, publishes time.Time) {
	t.Helper()
	c := c1.Get(t)
	c.ID, c.PublicID, c.Name = 0, "", name
	made, err := c1.Campaigns.Create(t.Context(), c1.Office, c)
	if err != nil {
		t.Fatal(err)
	}
	err = c1.Campaigns.PutPosts(t.Context(), c1.Office, made.PublicID, []campaign.PostForm{{Site: reference.Ref{Code: "CHUV-REAN"}, Seats: 5}}, "")
	if err != nil {
		t.Fatal(err)
	}
	err = c1.DB.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), "UPDATE campaign_campaign SET phase = 'published', publishes_at = $1 WHERE public_id = $2", store.At(publishes), made.PublicID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSeatsOfAnOpenCampaignChangeForAReasonAndWithASecondPerson(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		err := c1.DB.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE campaign_post SET last_name = 'S2 2025', last_seats = 2 WHERE code = 'CHUV-URGE'")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		forms := []campaign.PostForm{{Site: reference.Ref{Code: "CHUV-URGE"}, Seats: 9}}
		if err := c1.Campaigns.PutPosts(t.Context(), c1.Second, c1.ID, forms, " "); fieldOf(err, "reason") != "form.reason" {
			t.Errorf("without a reason: %v", err)
		}
		if err := c1.Campaigns.PutPosts(t.Context(), c1.Second, c1.ID, forms, "a new ward"); err != nil {
			t.Fatal(err)
		}
		if err := c1.Campaigns.AgreeSeats(t.Context(), c1.Second, c1.ID, "CHUV-URGE", 9); fault.KindOf(err) != fault.Denied {
			t.Errorf("who set the seats agrees to them: %v", err)
		}
		if err := c1.Campaigns.AgreeSeats(t.Context(), c1.Office, c1.ID, "CHUV-URGE", 9); err != nil {
			t.Errorf("somebody else: %v", err)
		}
	})
}

// prepared runs a test on C1 in preparation, on both databases.
func prepared(t *testing.T, test func(t *testing.T, c1 *campaigntest.C1)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		test(t, campaigntest.New(t, db))
	})
}
