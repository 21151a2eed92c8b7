package campaign_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/text"
)

// whole fails if a sentence is not in the catalogues, or has an empty blank.
func whole(t *testing.T, key string, args map[string]any) {
	t.Helper()
	for _, lang := range text.Langs {
		s := text.In(lang, "").Message(key, args)
		if strings.Contains(s, "⟦") || strings.Contains(s, "<no value>") {
			t.Errorf("%s in %s: %s", key, lang, s)
		}
	}
}

func told(t *testing.T, err error) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Errorf("no fault: %v", err)
		return
	}
	whole(t, f.Key, f.Args)
	for _, field := range f.Fields {
		whole(t, field.Key, field.Args)
	}
}

func checked(t *testing.T, c1 *campaigntest.C1) {
	t.Helper()
	for _, check := range readiness(t, c1) {
		whole(t, "ready."+check.Name, nil)
		whole(t, "ready.state."+string(check.State), nil)
		whole(t, check.Detail, check.Args)
		whole(t, "right."+string(check.Owner), nil)
	}
}

// Every sentence that a campaign meets on its way is in both languages, with its
// blanks filled in.
func TestEverySentenceIsWhole(t *testing.T) {
	t.Parallel()
	c1 := campaigntest.New(t, storetest.Open(t, store.SQLite))
	ctx, campaigns := t.Context(), c1.Campaigns

	_, err := campaigns.Save(ctx, c1.Student["E05"], c1.ID, campaign.Save{})
	told(t, err)
	checked(t, c1)
	damage(t, c1)
	checked(t, c1)
	told(t, campaigns.Open(ctx, c1.Office, c1.ID))
	for _, e := range roll(t, c1) {
		for _, f := range e.Findings {
			whole(t, "absence."+f.Predicate, nil)
			whole(t, f.Found.Key, f.Found.Args)
			whole(t, f.Expected.Key, f.Expected.Args)
		}
	}
	for _, pseudonym := range []string{"E12", "E19"} {
		if err := campaigns.Exclude(ctx, c1.Office, c1.ID, c1.Record[pseudonym], "motif"); err != nil {
			t.Fatal(err)
		}
	}
	told(t, campaigns.Exclude(ctx, c1.Office, c1.ID, c1.Record["E12"], "motif"))
	told(t, campaigns.AskCorrection(ctx, c1.Office, c1.ID, c1.Record["E05"], ""))
	told(t, campaigns.AgreeSeats(ctx, c1.Office, c1.ID, "CHUV-URGE", 3))
	told(t, campaigns.AgreeSeats(ctx, c1.Second, c1.ID, "CHUV-URGE", 9))
	told(t, campaigns.AgreeSeats(ctx, c1.Second, c1.ID, "NOWHERE", 9))
	told(t, campaigns.MoveDeadline(ctx, c1.Office, c1.ID, campaigntest.Closes, "motif"))
	checked(t, c1)
	write(t, c1, func(ctx context.Context, tx *store.Tx) error {
		return campaign.SetLast(ctx, tx, c1.Get(t), "CHUV-URGE", campaign.LastYear{Campaign: "S2 2025", Seats: 9})
	})
	checked(t, c1)
	told(t, campaigns.Open(ctx, c1.Office, c1.ID))
	if err := campaigns.AgreeSeats(ctx, c1.Second, c1.ID, "CHUV-URGE", 3); err != nil {
		t.Fatal(err)
	}
	c1.Open(t)
	told(t, campaigns.Open(ctx, c1.Office, c1.ID))
	checked(t, c1)
	for _, codes := range []string{"NOWHERE", "CHUV-PEDI CHUV-PEDI"} {
		_, err = campaigns.Save(ctx, c1.Student["E05"], c1.ID, campaign.Save{Wishes: list(codes)})
		told(t, err)
	}
	told(t, campaigns.MoveDeadline(ctx, c1.Office, c1.ID, campaigntest.Opens, "motif"))
	c1.Save(t, "E05", list("CHUV-PEDI")...)
	_, err = campaigns.Save(ctx, c1.Student["E05"], c1.ID, campaign.Save{})
	told(t, err)
	c1.Close(t)
	for _, pseudonym := range []string{"E05", "E06"} {
		_, err = campaigns.Save(ctx, c1.Student[pseudonym], c1.ID, campaign.Save{Base: len(history(t, c1, pseudonym))})
		told(t, err)
	}
	late, err := campaigns.AskLate(ctx, c1.Office, c1.ID, c1.Record["E05"], until, "motif")
	if err != nil {
		t.Fatal(err)
	}
	told(t, campaigns.DecideLate(ctx, c1.Office, c1.ID, late, true))
	_, err = campaigns.AskLate(ctx, c1.Office, c1.ID, c1.Record["E05"], until, "motif")
	told(t, err)
	_, err = campaigns.AskLate(ctx, c1.Office, c1.ID, c1.Record["E12"], until, "motif")
	told(t, err)
	_, err = campaigns.AskLate(ctx, c1.Office, c1.ID, c1.Record["E06"], campaigntest.Opens, "")
	told(t, err)

	c1.Read(t, func(tx *store.Tx) error {
		lines, err := audit.Find(ctx, tx, audit.Search{Scope: c1.ID, Limit: 1000})
		for _, line := range lines {
			for _, lang := range text.Langs {
				if s := line.Sentence(text.In(lang, "")); strings.Contains(s, "⟦") || strings.Contains(s, "<no value>") {
					t.Errorf("the log, %s in %s: %s", line.Action, lang, s)
				}
			}
		}
		return err
	})
}

// The words for every value that a page may have to name.
func TestEveryValueHasAName(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, phase := range campaign.Phases {
		keys = append(keys, string(phase.Name()))
	}
	for d := campaign.ClosedDemand; d <= campaign.NoDemand; d++ {
		keys = append(keys, "demand."+string(d.Level()), "ui.demand."+string(d.Level()))
	}
	for _, key := range campaign.Rules() {
		keys = append(keys, string(key))
	}
	for _, action := range []campaign.Action{
		campaign.EditParameters, campaign.EditPosts, campaign.EditOrder, campaign.Exclude, campaign.AskCorrection,
		campaign.MoveDeadline, campaign.ReopenLate, campaign.RunEngine, campaign.Decide, campaign.Publish,
	} {
		keys = append(keys, "campaign.action."+string(action))
	}
	for _, channel := range []ranking.Channel{ranking.FromPage, ranking.FromRestore, ranking.FromImport} {
		keys = append(keys, "wishes.channel."+string(channel))
	}
	for _, a := range []ranking.Authenticity{ranking.Authentic, ranking.Superseded, ranking.Unknown} {
		keys = append(keys, "receipt.check."+string(a))
	}
	for _, level := range []campaign.RiskLevel{campaign.LowRisk, campaign.RealRisk, campaign.HighRisk} {
		keys = append(keys, "risk."+string(level))
	}
	for _, phase := range campaign.Phases[1:] {
		keys = append(keys, "audit.campaign."+string(phase))
	}
	for _, key := range keys {
		for _, lang := range text.Langs {
			if !text.In(lang, "").Has(key) {
				t.Errorf("%s has no %s", key, lang)
			}
		}
	}
}

func TestTheFormOfACampaignIsChecked(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		good := c1.Get(t)
		tests := []struct {
			name  string
			spoil func(*campaign.Campaign)
			field string
		}{
			{"no name", func(c *campaign.Campaign) { c.Name = "  " }, "name"},
			{"closing before opening", func(c *campaign.Campaign) { c.ClosesAt = c.OpensAt }, "closes_at"},
			{"commission before closing", func(c *campaign.Campaign) { c.CommissionAt = c.ClosesAt.Add(-time.Hour) }, "commission_at"},
			{"no publication", func(c *campaign.Campaign) { c.PublishesAt = time.Time{} }, "publishes_at"},
			{"a zone of nowhere", func(c *campaign.Campaign) { c.Zone = "Europe/Valmer" }, "zone"},
			{"a wrong address", func(c *campaign.Campaign) { c.Contact.Email = "scolarite" }, "contact_email"},
			{"no contact", func(c *campaign.Campaign) { c.Contact = campaign.Contact{} }, "contact_name"},
			{"an unknown method", func(c *campaign.Campaign) { c.Method = "by hand" }, "method"},
			{"no wish allowed", func(c *campaign.Campaign) { c.MaxWishes, c.AdvisedWishes = 0, 0 }, "max_wishes"},
			{"more advised than allowed", func(c *campaign.Campaign) { c.AdvisedWishes = 13 }, "advised_wishes"},
			{"a reminder after closing", func(c *campaign.Campaign) { c.Reminders = []int{24, -1} }, "reminders"},
			{"no cohort", func(c *campaign.Campaign) { c.Cohorts = nil }, "cohorts"},
			{"a cohort of nowhere", func(c *campaign.Campaign) { c.Cohorts = []reference.Ref{{Code: "X"}} }, "cohorts"},
			{"a period of nowhere", func(c *campaign.Campaign) { c.Period = reference.Ref{Code: "X"} }, "period"},
			{"decimals that no cost has", func(c *campaign.Campaign) { c.Scoring.Decimals = 9 }, "scoring"},
		}
		for _, tt := range tests {
			bad := good
			tt.spoil(&bad)
			err := c1.Campaigns.Change(t.Context(), c1.Office, bad)
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != tt.field {
				t.Errorf("%s: %v", tt.name, err)
				continue
			}
			told(t, err)
		}
		if err := c1.Campaigns.Change(t.Context(), c1.Office, good); err != nil {
			t.Errorf("nothing wrong: %v", err)
		}
		if err := c1.Campaigns.Change(t.Context(), c1.Observer, good); fault.KindOf(err) != fault.Denied {
			t.Errorf("an observer: %v", err)
		}
	})
}

func TestOfTwoFormsOfACampaignTheSecondIsRefused(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		mine, theirs := c1.Get(t), c1.Get(t)
		c1.At(t, campaigntest.Prepared.Add(time.Minute))
		theirs.Name = "Externat, second semestre"
		if err := c1.Campaigns.Change(t.Context(), c1.Second, theirs); err != nil {
			t.Fatal(err)
		}
		mine.MaxWishes = 10
		err := c1.Campaigns.Change(t.Context(), c1.Office, mine)
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("over somebody else's change: %v", err)
		}
		told(t, err)
		if got := c1.Get(t); got.Name != theirs.Name || got.MaxWishes != 12 {
			t.Errorf("kept: %+v", got)
		}
	})
}

func TestMoreTimeForEverybody(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		later := campaigntest.Closes.Add(20 * time.Minute)
		if err := c1.Campaigns.MoveDeadline(t.Context(), c1.Office, c1.ID, later, "panne de 20 minutes"); err != nil {
			t.Fatal(err)
		}
		c1.At(t, campaigntest.Closes.Add(time.Minute))
		c1.Save(t, "E05", list("CHUV-PEDI")...)
		if err := c1.Campaigns.MoveDeadline(t.Context(), c1.Office, c1.ID, campaigntest.Closes, "retour"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a deadline brought forward: %v", err)
		}
	})
}

func TestWishesAreNotAcceptedBeforeTheAnnouncedOpening(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		if err := c1.Campaigns.Open(t.Context(), c1.Office, c1.ID); err != nil { // three days before
			t.Fatal(err)
		}
		_, err := c1.Campaigns.Save(t.Context(), c1.Student["E05"], c1.ID, campaign.Save{Wishes: list("CHUV-PEDI")})
		if !fault.Has(err, "wishes.early") {
			t.Errorf("before: %v", err)
		}
		c1.At(t, campaigntest.Opens)
		c1.Save(t, "E05", list("CHUV-PEDI")...)
	})
}

func TestSeatsAreRecommendedForTheWholeCohort(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Read(t, func(tx *store.Tx) error {
			r, err := campaign.Recommend(t.Context(), tx, c1.Get(t))
			if r.Need != 26 || r.Short != 0 {
				t.Errorf("need %d, short %d", r.Need, r.Short)
			}
			for _, site := range campaigntest.Sites {
				if got := r.Sites[site.Code]; got.Seats != site.Seats {
					t.Errorf("%s: %+v, ideal %d", site.Code, got, site.Seats)
				}
			}
			return err
		})
	})
}

func TestWhoIsExcludedIsInNoRun(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Close(t)
		if err := c1.Campaigns.Exclude(t.Context(), c1.Office, c1.ID, c1.Record["E01"], "a quitté la faculté"); err != nil {
			t.Fatal(err)
		}
		c1.Read(t, func(tx *store.Tx) error {
			s, err := campaign.TakeSnapshot(t.Context(), tx, c1.Get(t))
			if len(s.Students) != 23 || s.Students[1].Pseudonym != "E11" || s.Students[1].Position.Effective != 3 {
				t.Errorf("second is %s at %+v of %d", s.Students[1].Pseudonym, s.Students[1].Position, len(s.Students))
			}
			return err
		})
		_, err := c1.Campaigns.Save(t.Context(), c1.Student["E01"], c1.ID, campaign.Save{Base: 1})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("the excluded student saves: %v", err)
		}
	})
}
