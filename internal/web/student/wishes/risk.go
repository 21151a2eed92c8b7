package wishes

import (
	"strconv"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// riskTone is how much a risk should worry.
func riskTone(level campaign.RiskLevel) ui.Tone {
	switch level {
	case campaign.LowRisk:
		return ui.Good
	case campaign.RealRisk:
		return ui.Warn
	}
	return ui.Bad
}

// fewSuggestions is how many posts are suggested at least, when there are as many.
const fewSuggestions = 3

// suggestions are the posts that bring the risk to a lower level; when too few do,
// those too that only make it smaller.
func suggestions(risk campaign.Risk) []campaign.Suggestion {
	var lower []campaign.Suggestion
	for _, s := range risk.Suggestions {
		if s.Risk != risk.Level {
			lower = append(lower, s)
		}
	}
	if len(lower) < fewSuggestions {
		return risk.Suggestions
	}
	return lower
}

// An odds is how often a simulation gave one outcome.
type odds struct {
	Rank  int // of the wish; 0: nothing obtained
	Label string
	Times int
}

// odds are what a simulation gave, wish by wish, then nothing; wishes that it
// never gave are left out.
func (v wishes) odds(r *page.Request) []odds {
	var all []odds
	for i, w := range v.Sim.Wishes {
		if v.Sim.Obtained[i] > 0 {
			c, _ := v.choice(w.Post)
			all = append(all, odds{i + 1, r.T("student.simulation.wish", "rank", i+1, "post", c.Post.Label(), "code", w.Post), v.Sim.Obtained[i]})
		}
	}
	if v.Sim.None > 0 {
		all = append(all, odds{0, r.T("student.simulation.none"), v.Sim.None})
	}
	return all
}

// bars draws a simulation, one bar a wish: as many as the list has, so that what
// was never obtained is seen to be so.
func (v wishes) bars(r *page.Request) ui.BarChart {
	share := func(times int) int { return (100*times + v.Sim.Draws/2) / v.Sim.Draws }
	bars := make([]ui.Bar, len(v.Sim.Wishes), len(v.Sim.Wishes)+1)
	for i, times := range v.Sim.Obtained {
		bars[i] = ui.Bar{Label: strconv.Itoa(i + 1), Value: share(times)}
	}
	return ui.BarChart{
		Title: r.T("student.simulation.chart", "draws", v.Sim.Draws), Label: r.T("student.simulation.rank"), Unit: r.T("student.simulation.unit"),
		Bars: append(bars, ui.Bar{Label: r.T("student.simulation.nothing"), Value: share(v.Sim.None), Tone: ui.Bad}),
	}
}

// verdict says a simulation in one sentence when it always gives the same.
func (v wishes) verdict(r *page.Request) string {
	all := v.odds(r)
	switch {
	case len(all) != 1:
		return r.T("student.simulation.several", "draws", v.Sim.Draws)
	case all[0].Rank == 0:
		return r.T("student.simulation.never")
	}
	return r.T("student.simulation.always", "wish", all[0].Label)
}
