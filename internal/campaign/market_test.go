package campaign_test

import (
	"slices"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
)

// ranked gives a test C1 with everybody's list saved, still open.
func ranked(t *testing.T, test func(t *testing.T, c1 *campaigntest.C1)) {
	t.Helper()
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Rank(t)
		test(t, c1)
	})
}

func simulate(t *testing.T, c1 *campaigntest.C1, pseudonym string, wishes []campaign.Wish) campaign.Simulation {
	t.Helper()
	sim, err := c1.Campaigns.Simulate(t.Context(), c1.Student[pseudonym], c1.ID, wishes)
	if err != nil {
		t.Fatal(err)
	}
	return sim
}

// The shares were computed apart, over 20,000 random draws.
func TestASimulationGivesTheKnownShares(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		sim := simulate(t, c1, "E05", campaigntest.Of("E05").Wishes)
		if sim.Draws != 10_000 || sim.None != 0 {
			t.Errorf("%d draws, %d without a post", sim.Draws, sim.None)
		}
		for i, want := range []int{45, 42, 13, 0, 0, 0, 0} {
			if got := 100 * sim.Obtained[i] / sim.Draws; got < want-2 || got > want+2 {
				t.Errorf("%s in %d %% of the draws, want %d", sim.Wishes[i].Post, got, want)
			}
		}
		if again := simulate(t, c1, "E05", campaigntest.Of("E05").Wishes); !slices.Equal(again.Obtained, sim.Obtained) {
			t.Error("the same lists simulate differently")
		}
	})
}

func TestAShortListIsWarnedAndASuggestionHelps(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		short := campaigntest.Of("E22").Wishes
		risk, err := c1.Campaigns.Risk(t.Context(), c1.Student["E22"], c1.ID, short)
		if err != nil || risk.Level != campaign.HighRisk || risk.Reason != "risk.reason.sought" {
			t.Errorf("two sought posts: %+v, %v", risk, err)
		}
		if len(risk.Suggestions) < 3 || risk.Suggestions[0].Risk != campaign.LowRisk {
			t.Errorf("suggestions: %+v", risk.Suggestions)
		}
		for _, s := range risk.Suggestions {
			if slices.ContainsFunc(short, func(w campaign.Wish) bool { return w.Post == s.Post.Code }) {
				t.Errorf("%s is on the list already", s.Post.Code)
			}
		}
		if sim := simulate(t, c1, "E22", short); sim.None != sim.Draws {
			t.Errorf("placed in %d draws", sim.Draws-sim.None)
		}
		longer := append(slices.Clone(short), campaign.Wish{Post: "CHUV-GERI"})
		if sim := simulate(t, c1, "E22", longer); sim.Obtained[2] != sim.Draws {
			t.Errorf("CHUV-GERI in %d of %d draws", sim.Obtained[2], sim.Draws)
		}
		if risk, err := c1.Campaigns.Risk(t.Context(), c1.Student["E22"], c1.ID, longer); err != nil || risk.Level != campaign.LowRisk {
			t.Errorf("with CHUV-GERI: %+v, %v", risk, err)
		}
		if n := len(history(t, c1, "E22")); n != 1 {
			t.Errorf("looking at the risk has saved something: %d versions", n)
		}
	})
}

func TestTheReasonOfARisk(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		for name, tt := range map[string]struct{ pseudonym, wishes, want string }{
			"nothing listed":       {"E22", "", "risk.reason.empty"},
			"only what is barred":  {"E14", "CHUV-PEDI", "risk.reason.barred"},
			"only what is sought":  {"E22", "CHUV-REAN", "risk.reason.sought"},
			"sought and forbidden": {"E14", "CHUV-PEDI CHUV-CARD-A", "risk.reason.sought"},
		} {
			risk, err := c1.Campaigns.Risk(t.Context(), c1.Student[tt.pseudonym], c1.ID, list(tt.wishes))
			if err != nil || risk.Reason != tt.want {
				t.Errorf("%s: %s (%s), %v", name, risk.Reason, risk.Level, err)
			}
		}
	})
}

func TestAStudentSeesEachPostWithWhatMattersToThem(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		choices := func(pseudonym string) map[string]campaign.Choice {
			found := map[string]campaign.Choice{}
			c1.Read(t, func(tx *store.Tx) error {
				list, err := c1.Campaigns.Choices(t.Context(), c1.Student[pseudonym], c1.ID)
				for _, choice := range list {
					found[choice.Post.Code] = choice
				}
				return err
			})
			return found
		}
		quentin := choices("E14")
		if len(quentin) != 14 {
			t.Fatalf("%d posts", len(quentin))
		}
		if got := quentin["CHUV-PEDI"]; got.Verdict.Rule != campaign.RuleAlreadyDone || got.Rank != 1 || !got.MayList() || got.Verdict.Args["period"] != "Semestre 1, 2025-2026" {
			t.Errorf("done already: %+v", got)
		}
		if got := quentin["CHUV-REAN"]; got.Verdict.Rule != "" || got.Demand != 1 || got.Rank != 0 {
			t.Errorf("the most sought: %+v", got)
		}
		if got := choices("E05")["CHUV-PEDI"]; !got.Verdict.OK() || got.Rank != 2 {
			t.Errorf("for Ines: %+v", got)
		}
	})
}

func TestSimulatingIsForThoseWhoTakePart(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		if _, err := c1.Campaigns.Simulate(t.Context(), c1.Office, c1.ID, nil); fault.KindOf(err) != fault.Denied {
			t.Errorf("the office: %v", err)
		}
		if _, err := c1.Campaigns.Simulate(t.Context(), c1.Student["E05"], c1.ID, list("NOWHERE")); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a post of nowhere: %v", err)
		}
	})
}

// A page never waits for a market while there is one that is not much too old.
func TestAnOldMarketIsShownWhileANewOneIsMade(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Campaigns.Stale = time.Minute
		at := campaigntest.Closes.Add(-48 * time.Hour)
		demand := func(after time.Duration, post string) campaign.Demand {
			t.Helper()
			c1.At(t, at.Add(after))
			var c campaign.Campaign
			c1.Read(t, func(tx *store.Tx) (err error) {
				c, err = campaign.Get(t.Context(), tx, c1.ID)
				return err
			})
			found, err := c1.Campaigns.DemandOf(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			return found[post]
		}
		if got := demand(0, "CHUV-REAN"); got != campaign.NoDemand {
			t.Fatalf("before any list: %d", got)
		}
		c1.Save(t, "E05", list("CHUV-REAN")...)
		if got := demand(59*time.Second, "CHUV-REAN"); got != campaign.NoDemand {
			t.Errorf("within its age: %d", got)
		}
		if got := demand(61*time.Second, "CHUV-REAN"); got != campaign.NoDemand {
			t.Errorf("the one that asks first waits for the new one: %d", got)
		}
		for demand(62*time.Second, "CHUV-REAN") == campaign.NoDemand { // until the new one is made beside
		}
		c1.Save(t, "E06", list("CHUV-GERI")...)
		if got := demand(time.Hour, "CHUV-GERI"); got == campaign.NoDemand {
			t.Error("a market of an hour ago is shown")
		}
	})
}

// The simulator takes a second of a large campaign: it is made for the first who
// simulates, and made again beside, for nobody to wait for it.
func TestASimulatorIsMadeForThoseWhoSimulate(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Campaigns.Stale = time.Minute
		at := campaigntest.Closes.Add(-48 * time.Hour)
		look := func() {
			t.Helper()
			if _, err := c1.Campaigns.DemandOf(t.Context(), c1.Get(t)); err != nil {
				t.Fatal(err)
			}
		}
		c1.At(t, at)
		look()
		first, simulated := c1.Campaigns.MarketOf(c1.ID)
		if simulated {
			t.Error("a demand was simulated")
		}
		simulate(t, c1, "E05", campaigntest.Of("E05").Wishes)
		if _, simulated = c1.Campaigns.MarketOf(c1.ID); !simulated {
			t.Error("a simulation left no simulator")
		}
		c1.At(t, at.Add(61*time.Second))
		made := first
		for made.Equal(first) { // until the new one is made beside
			look()
			made, simulated = c1.Campaigns.MarketOf(c1.ID)
		}
		if !simulated {
			t.Error("the new market lets the next one wait for its simulator")
		}
	})
}

// What is kept of markets is bounded, however many campaigns somebody looks at.
func TestMarketsAreForgotten(t *testing.T) {
	t.Parallel()
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = 240
	}
	for _, tt := range []struct {
		name     string
		students []int
		want     []int
	}{
		{"one alone is kept, however large", []int{90_000}, []int{0}},
		{"a few are kept", []int{20_000, 6_000, 5_000}, []int{0, 1, 2}},
		{"the one looked at last stays", []int{240, 90_000}, []int{1}},
		{"those looked at longest ago go first", []int{20_000, 20_000, 20_000, 240}, []int{1, 2, 3}},
	} {
		if got := campaign.KeptMarkets(tt.students...); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := campaign.KeptMarkets(hundred...); len(got) != 61 || got[0] != 39 {
		t.Errorf("of a hundred, looked at in turn within 99 minutes, %d are kept, from %d on", len(got), got[0])
	}
}
