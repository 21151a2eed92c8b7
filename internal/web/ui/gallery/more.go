package gallery

import (
	"time"

	"stagora.org/stagora/internal/web/ui"
)

func (g Gallery) checks() []ui.Check {
	return []ui.Check{
		{What: g.t("check.1"), State: ui.CheckGo, Detail: g.t("check.1.detail"), Owner: "Thierry Le Goff"},
		{What: g.t("check.2"), State: ui.CheckNoGo, Detail: g.t("check.2.detail"), Owner: "Dr Awa Diallo", Fix: ui.Link{Label: g.t("check.2.fix"), Href: "#table"}},
		{What: g.t("check.3"), State: ui.CheckWatch, Detail: g.t("check.3.detail"), Owner: g.t("check.owner"), Fix: ui.Link{Label: g.t("check.3.fix"), Href: "#table"}},
		{What: g.t("check.4"), State: ui.CheckWaiting, Detail: g.t("check.4.detail"), Owner: g.t("check.owner")},
	}
}

func (g Gallery) outcomes() []ui.Outcome {
	return []ui.Outcome{
		{Rank: 1, Tone: ui.Bad, Icon: "x-lg", Title: g.t("site.1"), Sentence: g.t("outcome.1"), Cutoff: g.t("outcome.1.cutoff")},
		{Rank: 2, Tone: ui.Good, Icon: "check-lg", Title: g.t("site.2"), Sentence: g.t("outcome.2"), Cutoff: g.t("outcome.2.cutoff")},
		{Rank: 3, Tone: ui.Neutral, Icon: "dash-lg", Title: g.t("site.3"), Sentence: g.t("outcome.3")},
	}
}

func (g Gallery) works() []ui.Work {
	return []ui.Work{
		{ID: "work-run", What: g.t("work.run"), State: ui.WorkRunning, Done: 68, Total: 110, Detail: g.t("work.run.detail"), Cancel: Path},
		{ID: "work-done", What: g.t("work.import"), State: ui.WorkDone, Done: 240, Total: 240, Results: ui.Link{Label: g.t("work.results"), Href: "#table"}},
		{ID: "work-failed", What: g.t("work.mails"), State: ui.WorkFailed, Done: 12, Total: 24, Detail: g.t("work.mails.detail")},
	}
}

func (g Gallery) receipt() ui.Receipt {
	r := ui.Receipt{
		Title: g.t("receipt"), Number: "EST-7K2M-9QXD", At: g.Now, Version: 7, Person: "Inès Amrani", Ordered: true,
		Verify: ui.Link{Label: g.t("receipt.verify"), Href: "#receipt"}, PDF: ui.Link{Label: g.t("receipt.pdf"), Href: "#receipt"},
		Appeal: g.t("receipt.appeal"), Code: sampleCode(),
	}
	for _, item := range g.items(1, 2, 3) {
		r.Lines = append(r.Lines, item.Title+", "+item.Detail)
	}
	return r
}

func (g Gallery) events() []ui.Event {
	return []ui.Event{
		{At: g.Now, Who: "Thierry Le Goff", What: g.t("event.1"), Before: "4", After: "6", Reason: g.t("event.1.reason"), Href: "#history"},
		{At: g.Now.Add(-26 * time.Hour), Who: "Dr Awa Diallo", For: g.t("event.2.for"), What: g.t("event.2")},
		{At: g.Now.Add(-90 * time.Hour), Who: "Inès Amrani", What: g.t("event.3"), After: g.t("event.3.after")},
	}
}

func (g Gallery) why() ui.WhyMissing {
	return ui.WhyMissing{
		Action: Path, Question: g.t("why.question"), Asked: "Ivanov", Found: "Daria Ivanov · 22314587", Tone: ui.Bad, Result: g.t("why.result"),
		Tests: []ui.Predicate{
			{What: g.t("why.1"), Holds: true, Found: g.t("why.1.found"), Expected: g.t("why.1.expected"), Owner: g.t("check.owner")},
			{What: g.t("why.2"), Holds: false, Found: g.t("why.2.found"), Expected: g.t("why.2.expected"), Owner: "Thierry Le Goff", Fix: ui.Link{Label: g.t("why.2.fix"), Href: "#why"}},
		},
	}
}

func (g Gallery) decision() ui.Decision {
	return ui.Decision{
		Title: g.t("decision"), Ask: true, Warning: g.t("decision.warning"),
		Facts: []ui.Fact{
			{Value: g.P.Number(1240), Label: g.t("decision.fact.1")},
			{Value: "3", Label: g.t("decision.fact.2"), Tone: ui.Warn},
			{Value: g.P.Percent(118, 124), Label: g.t("decision.fact.3"), Tone: ui.Good},
		},
		Form: ui.Form{Action: Path, Submit: ui.Action{Label: g.t("decision.confirm"), Kind: ui.Danger}, Cancel: ui.Link{Label: g.t("decision.cancel"), Href: "#content"}},
	}
}

func (g Gallery) ranks() ui.BarChart {
	c := ui.BarChart{Title: g.t("chart.ranks"), Label: g.t("chart.rank"), Unit: g.t("chart.students"), You: g.t("chart.ranks.you")}
	for i, n := range []int{62, 21, 11, 6, 4, 3, 1, 0, 2} {
		c.Bars = append(c.Bars, ui.Bar{Label: g.P.Number(int64(i + 1)), Value: n, You: i == 1})
	}
	c.Bars = append(c.Bars, ui.Bar{Label: "–", Value: 3, Tone: ui.Bad})
	return c
}

func (g Gallery) needs() ui.StackChart {
	return ui.StackChart{
		Title: g.t("chart.needs"), Label: g.t("chart.category"), Need: g.t("chart.need"),
		Parts: []ui.Part{{Name: g.t("chart.part.1"), Tone: ui.Info}, {Name: g.t("chart.part.2"), Tone: ui.Neutral}},
		Rows: []ui.Stack{
			{Label: g.t("form.category.a"), Values: []int{44, 12}, Need: 50},
			{Label: g.t("form.category.b"), Values: []int{31, 4}, Need: 40},
			{Label: g.t("form.category.c"), Values: []int{18, 9}, Need: 20},
		},
		Notes: []string{g.t("chart.needs.note")},
	}
}
