package campaign

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
)

// A Risk says how likely a list is to leave its student without a post, in three
// words, why, and what would help. It never forbids anything.
type Risk struct {
	Level       RiskLevel
	Reason      string // catalogue key: why; empty when the risk is low
	Args        fault.Args
	Suggestions []Suggestion // what the student may take and would lower the risk, the most helpful first
}

// A RiskLevel is how likely it is. The sentence "risk." + the level says it.
type RiskLevel string

// The levels, by the share of draws that leave the student without a post.
const (
	LowRisk  RiskLevel = "low"  // under 5 %
	RealRisk RiskLevel = "real" // under 25 %
	HighRisk RiskLevel = "high"
)

// A Suggestion is a post that would lower the risk.
type Suggestion struct {
	Post   Post
	Demand Demand
	Risk   RiskLevel // with this post added at the end of the list
}

// Risk estimates the risk of the actor's list, as it is on the page, saved or not.
func (s *Campaigns) Risk(ctx context.Context, actor identity.Actor, campaign string, wishes []Wish) (Risk, error) {
	e, err := s.Estimate(ctx, actor, campaign)
	if err != nil {
		return Risk{}, err
	}
	return e.Risk(wishes), nil
}

func (m *market) risk(me *Candidate, wishes []Wish) Risk {
	sim := m.simulate(me, wishes, fewDraws)
	risk := Risk{Level: level(sim.None, sim.Draws)}
	if risk.Level == LowRisk {
		return risk
	}
	risk.Reason, risk.Args = m.riskReason(me, wishes)
	risk.Suggestions = m.suggest(me, sim)
	return risk
}

// level says in a word how often none of the draws gave a post.
func level(none, draws int) RiskLevel {
	switch share := 100 * none / draws; {
	case share < 5:
		return LowRisk
	case share < 25:
		return RealRisk
	}
	return HighRisk
}

// mostSought is the last tenth of demand that is called among the most requested.
const mostSought Demand = 4

// riskReason says why a list is at risk: it is empty, no wish of it can be
// granted, all that can be are much sought, or it is short.
func (m *market) riskReason(me *Candidate, wishes []Wish) (string, fault.Args) {
	grantable, sought := 0, 0
	for _, w := range wishes {
		post, _ := m.find(w.Post)
		if !Eligible(me.Background, post).OK() || post.Seats == 0 {
			continue
		}
		grantable++
		if m.demand[w.Post] <= mostSought {
			sought++
		}
	}
	args := fault.Args{"count": len(wishes), "grantable": grantable, "sought": sought, "advised": m.Campaign.AdvisedWishes}
	switch {
	case len(wishes) == 0:
		return "risk.reason.empty", args
	case grantable == 0:
		return "risk.reason.barred", args
	case sought == grantable:
		return "risk.reason.sought", args
	case len(wishes) < m.Campaign.AdvisedWishes:
		return "risk.reason.short", args
	}
	return "risk.reason.order", args
}

// suggestedPosts is how many posts are suggested at most.
const suggestedPosts = 5

// suggest returns posts that the student may take and has not listed, by what each
// would change at the end of the list: those that help most come first, then the
// least sought.
func (m *market) suggest(me *Candidate, sim Simulation) []Suggestion {
	type trial struct {
		Suggestion
		none int
	}
	left := map[string]int{}
	codes := slices.Sorted(maps.Keys(m.post))
	for i, code := range codes {
		left[code] = sim.left[i]
	}
	var trials []trial
	for _, p := range m.Posts {
		listed := slices.ContainsFunc(sim.Wishes, func(w Wish) bool { return w.Post == p.Code })
		if listed || p.Secondary || p.Seats == 0 || !Eligible(me.Background, p).OK() {
			continue
		}
		none := sim.None - left[p.Code]
		trials = append(trials, trial{Suggestion{p, m.demand[p.Code], level(none, sim.Draws)}, none})
	}
	slices.SortStableFunc(trials, func(a, b trial) int {
		return cmp.Or(cmp.Compare(a.none, b.none), cmp.Compare(b.Demand, a.Demand))
	})
	var suggestions []Suggestion
	for _, t := range trials[:min(suggestedPosts, len(trials))] {
		suggestions = append(suggestions, t.Suggestion)
	}
	return suggestions
}
