package results

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

func runPath(c campaign.Campaign, run string, more ...string) string {
	return office.PathOf(c, append([]string{"runs", run}, more...)...)
}

// Runs shows the runs of the engine, to be compared and adopted.
func (o *Pages) Runs(w http.ResponseWriter, r *page.Request) error {
	return showRuns(w, r, http.StatusOK, ui.Errors{})
}

func showRuns(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	var runs []result.Run
	c, err := office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		runs, err = result.RunsFor(ctx, tx, r.Actor, c.PublicID)
		return err
	})
	if err != nil {
		return err
	}
	t := runTable(r, c, runs)
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{Title: r.T("office.runs"), Lead: r.T("office.runs.lead")}
	if off := office.Why(r, c, result.RightRun, campaign.RunEngine); off == "" {
		p.Actions = []ui.Action{{Label: r.T("office.run.new"), Icon: "play-fill", Href: office.PathOf(c, "runs", "new"), Kind: ui.Primary}}
	}
	for _, run := range runs {
		if !run.Task.Ended() {
			p.Refresh = 5
		}
	}
	return office.Show(w, r, status, c, "runs", p, runsBody(r, runs, t, wrong, c))
}

// The states of a run, as the table filters them.
const (
	runAdopted  = "adopted"
	runReady    = "ready"
	runOutdated = "outdated"
	runWorking  = "working"
	runFailed   = "failed"
)

var runTones = map[string]ui.Tone{runAdopted: ui.Good, runReady: ui.Info, runOutdated: ui.Warn, runWorking: ui.Neutral, runFailed: ui.Bad}

func runState(run result.Run) string {
	switch {
	case run.Adopted:
		return runAdopted
	case !run.Done && run.Task.Ended():
		return runFailed
	case !run.Done:
		return runWorking
	case run.Outdated:
		return runOutdated
	}
	return runReady
}

func runTable(r *page.Request, c campaign.Campaign, runs []result.Run) ui.Table {
	var states []ui.Option
	for _, s := range []string{runAdopted, runReady, runOutdated, runWorking, runFailed} {
		states = append(states, ui.Option{Value: s, Label: r.T("office.run.state." + s)})
	}
	path := office.PathOf(c, "runs")
	t := ui.Table{
		Caption: r.T("office.runs"), Path: path, Export: path,
		Columns: []ui.Column{
			{Key: "name", Title: r.T("office.run"), Filter: true, Fixed: true},
			{Key: "state", Title: r.T("office.points.state"), Kind: ui.KindChoice, Filter: true, Options: states},
			{Key: "method", Title: r.T("office.method"), Filter: true},
			{Key: "placed", Title: r.T("office.run.placed"), Kind: ui.KindNumber, Filter: true},
			{Key: "of", Title: r.T("office.run.students"), Kind: ui.KindNumber},
			{Key: "first", Title: r.T("office.run.first"), Kind: ui.KindNumber, Filter: true},
			{Key: "three", Title: r.T("office.run.three"), Kind: ui.KindNumber, Filter: true},
			{Key: "worst", Title: r.T("office.run.worst"), Kind: ui.KindNumber, Filter: true},
			{Key: "mean", Title: r.T("office.run.mean"), Kind: ui.KindNumber},
			{Key: "changes", Title: r.T("office.run.amendments"), Kind: ui.KindNumber, Filter: true},
			{Key: "by", Title: r.T("office.late.by"), Filter: true, Hidden: true},
			{Key: "at", Title: r.T("office.late.at"), Kind: ui.KindMoment},
			{Key: "hash", Title: r.T("office.run.result"), Filter: true, Hidden: true},
		},
		Empty: ui.Empty{Icon: "play-fill", What: r.T("office.runs.none"), Why: r.T("office.runs.none.why")},
	}
	for _, run := range runs {
		t.Rows = append(t.Rows, runRow(r, c, run))
	}
	if len(runs) > 1 {
		t.Batch, t.BatchTo = []ui.Action{{Label: r.T("office.run.compare"), Icon: "columns-gap"}}, office.PathOf(c, "runs", "compare")
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}

func runRow(r *page.Request, c campaign.Campaign, run result.Run) ui.Row {
	state := runState(run)
	row := ui.Row{Cells: []ui.Cell{
		ui.LinkCell(run.Label(), runPath(c, run.PublicID)), ui.StateCell(state, runTones[state], r.T("office.run.state."+state)),
		ui.Word(r.T("office.method." + run.Method)),
	}}
	figures := []ui.Cell{{None: true}, {None: true}, {None: true}, {None: true}, {None: true}, {None: true}}
	if s := run.Summary; s != nil {
		row.ID = run.PublicID
		figures = []ui.Cell{
			ui.Count(r.Text, s.Placed), ui.Count(r.Text, s.Students), ui.Count(r.Text, s.First), ui.Count(r.Text, s.WithinThree),
			office.CountOrNone(r, s.Worst), ui.Amount(r.Text, s.MeanRank),
		}
	}
	row.Cells = append(append(row.Cells, figures...), ui.Count(r.Text, len(run.Amendments)), ui.Word(run.AskedBy),
		ui.Moment(r.Text, run.AskedAt), office.HashCell(run.ResultHash))
	return row
}

// Run shows one run: how far it is, then what it gives.
func (o *Pages) Run(w http.ResponseWriter, r *page.Request) error {
	return showRun(w, r, http.StatusOK, ui.Errors{})
}

func readRun(r *page.Request, right identity.Right) (c campaign.Campaign, run result.Run, err error) {
	c, err = office.Read(r, right, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		run, err = result.RunFor(ctx, tx, r.Actor, c.PublicID, r.PathValue("run"))
		return err
	})
	return c, run, err
}

// namesShown is how many names a page lists at once.
const namesShown = 20

func showRun(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	var run result.Run
	var unplaced store.Page[result.Person]
	c, err := office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		run, err = result.RunFor(ctx, tx, r.Actor, c.PublicID, r.PathValue("run"))
		if err != nil || run.Summary == nil || run.Summary.Without() == 0 {
			return err
		}
		q := r.URL.Query()
		unplaced, err = run.Unplaced(ctx, tx, store.Ask{After: q.Get("after"), Before: q.Get("before"), Size: namesShown})
		return err
	})
	if err != nil {
		return err
	}
	p := ui.Page{Title: run.Label(), Crumbs: []ui.Link{office.Crumb(r, c, "runs")}}
	p.Lead = r.T("office.run.lead", "method", r.T("office.method."+run.Method), "by", run.AskedBy, "at", run.AskedAt)
	if !run.Task.Ended() {
		p.Refresh = 5
	}
	if run.Done && c.Allows(campaign.RunEngine) == nil && office.May(r, c, result.RightRun) {
		p.Actions = []ui.Action{adoptAction(r, c, run), {Label: r.T("office.run.vary"), Icon: "pencil", Href: office.PathOf(c, "runs", "new") + "?from=" + run.PublicID}}
	}
	return office.Show(w, r, status, c, "runs", p, runBody(r, c, run, unplaced, wrong))
}

// adoptAction leads to the last look before a run is adopted.
func adoptAction(r *page.Request, c campaign.Campaign, run result.Run) ui.Action {
	a := ui.Action{Label: r.T("office.run.adopt"), Icon: "check-lg", Href: runPath(c, run.PublicID, "adopt"), Kind: ui.Primary}
	switch {
	case run.Adopted:
		a.Why = r.T("office.run.adopted")
	case run.Outdated:
		a.Why = r.T("office.run.outdated")
	}
	return a
}

// RunProgress answers with the progress alone, while the page is open. When the
// work has ended, the whole page is drawn anew.
func (o *Pages) RunProgress(w http.ResponseWriter, r *page.Request) error {
	var c campaign.Campaign
	var run result.Run
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		c, run, err = result.RunProgress(r.Context(), tx, r.Actor, r.PathValue("campaign"), r.PathValue("run"))
		return err
	})
	if err != nil {
		return err
	}
	r.In(c.Zone)
	if run.Task.Ended() {
		w.Header().Set("HX-Refresh", "true")
	}
	return r.ShowPart(w, ui.Progress(r.Text, work(r, c, run)))
}

func work(r *page.Request, c campaign.Campaign, run result.Run) ui.Work {
	t := run.Task
	work := ui.Work{
		ID: "run", What: run.Label(), State: office.WorkStates[t.State], Done: int(t.Done), Total: int(t.Total), Since: t.StartedAt,
		Poll: runPath(c, run.PublicID, "progress"),
	}
	switch {
	case t.Error != nil:
		work.Detail = r.Text.Message(t.Error.Key, t.Error.Args)
	case t.Cancelling:
		work.Detail = r.T("office.run.cancelling")
	case t.Note != "":
		work.Detail = r.Text.Message(t.Note, t.NoteArgs)
	}
	if !t.Cancelling && office.May(r, c, result.RightRun) {
		work.Cancel = runPath(c, run.PublicID, "cancel")
	}
	return work
}

// CancelRun stops a run that is not solved yet.
func (o *Pages) CancelRun(w http.ResponseWriter, r *page.Request) error {
	c, run, err := readRun(r, result.RightRun)
	if err != nil {
		return err
	}
	err = r.DB.Write(r.Context(), func(tx *store.Tx) error {
		if _, err := campaign.ForOffice(r.Context(), tx, r.Actor, c.PublicID, result.RightRun); err != nil {
			return err
		}
		if err := job.Cancel(r.Context(), tx, run.Task.ID); err != nil {
			return err
		}
		return recordCancelled(r, tx, c, run)
	})
	again := func(status int, wrong ui.Errors) error { return showRun(w, r, status, wrong) }
	return office.Outcome(w, r, err, runPath(c, run.PublicID), again, "office.run.cancelled", "run", run.Label())
}

// Compare leads from chosen runs to their comparison.
func (o *Pages) Compare(w http.ResponseWriter, r *page.Request) error {
	c, err := office.Read(r, campaign.RightView, nil)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	chosen := r.PostForm["row"]
	if len(chosen) < 2 || len(chosen) > maxCompared {
		return showRuns(w, r, http.StatusUnprocessableEntity, ui.ErrorsOf(r.Text, fault.New(fault.Invalid, "office.run.compare.count", "max", maxCompared)))
	}
	return r.Go(w, office.PathOf(c, "runs", "compare")+"?"+url.Values{"run": chosen}.Encode())
}

const maxCompared = 4 // more do not fit beside each other

// Comparison shows runs side by side.
func (o *Pages) Comparison(w http.ResponseWriter, r *page.Request) error {
	chosen := r.URL.Query()["run"]
	if len(chosen) < 2 || len(chosen) > maxCompared {
		return fault.New(fault.Invalid, "office.run.compare.count", "max", maxCompared)
	}
	var v comparisonView
	c, err := office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if v.Comparison, err = result.Compare(ctx, tx, r.Actor, c.PublicID, chosen...); err != nil {
			return err
		}
		v.who = make([]store.Page[result.Changed], len(chosen))
		for i := 1; i < len(chosen) && err == nil; i++ {
			if v.Changed[i] > 0 {
				v.who[i], err = v.Elsewhere(ctx, tx, i, v.ask(r))
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	p := ui.Page{Title: r.T("office.comparison"), Lead: r.T("office.comparison.lead", "run", v.Runs[0].Label()), Crumbs: []ui.Link{office.Crumb(r, c, "runs")}}
	return office.Show(w, r, http.StatusOK, c, "runs", p, comparisonBody(r, c, v))
}

// A comparisonView is runs side by side with the students whom they place elsewhere: a
// page of those of two runs, the first ones of each when there are more.
type comparisonView struct {
	result.Comparison
	who []store.Page[result.Changed] // by run
}

func (v comparisonView) ask(r *page.Request) store.Ask {
	if len(v.Runs) > 2 {
		return store.Ask{Size: namesShown}
	}
	q := r.URL.Query()
	return store.Ask{After: q.Get("after"), Before: q.Get("before"), Size: 100}
}

// alone is the address of the comparison of one run with the first, from a place on.
func (v comparisonView) alone(c campaign.Campaign, run int, place, cursor string) string {
	q := url.Values{"run": {v.Runs[0].PublicID, v.Runs[run].PublicID}}
	if cursor != "" {
		q.Set(place, cursor)
	}
	return office.PathOf(c, "runs", "compare") + "?" + q.Encode()
}

// ranksChart counts who obtained which of their wishes.
func ranksChart(r *page.Request, title string, s result.Summary) ui.BarChart {
	chart := ui.BarChart{Title: title, Label: r.T("office.rank"), Unit: r.T("office.run.students")}
	for i, n := range s.Ranks {
		chart.Bars = append(chart.Bars, ui.Bar{Label: strconv.Itoa(i + 1), Value: n, Tone: ui.Info})
	}
	if n := s.Without(); n > 0 {
		chart.Bars = append(chart.Bars, ui.Bar{Label: r.T("office.unplaced.short"), Value: n, Tone: ui.Bad})
	}
	return chart
}

// summaryFacts are a placement in figures.
func summaryFacts(r *page.Request, s result.Summary) []ui.Fact {
	return []ui.Fact{
		{Value: r.T("office.of", "count", s.Placed, "all", s.Students), Label: r.T("office.run.placed"), Tone: office.ToneIf(s.Placed == s.Students, ui.Good)},
		{Value: shareOf(r, s.First, s.Students), Label: r.T("office.run.first")},
		{Value: shareOf(r, s.WithinThree, s.Students), Label: r.T("office.run.three")},
		{Value: r.Text.Number(int64(s.Worst)), Label: r.T("office.run.worst")},
		{Value: r.Text.Hundredths(s.MeanRank), Label: r.T("office.run.mean")},
		{Value: r.Text.Hundredths(s.MeanCost), Label: r.T("office.run.meancost")},
	}
}

// shareOf writes a number with its share of a whole.
func shareOf(r *page.Request, n, all int) string {
	return r.T("office.share", "count", n, "percent", r.Text.Percent(n, all))
}

// placeName is where somebody is, with the rank that they gave it.
func placeName(r *page.Request, p result.Place) string {
	if p.Post == "" {
		return r.T("office.nowhere")
	}
	name := p.Name
	if p.Secondary != "" {
		name += " + " + p.SecondaryName
	}
	if p.Rank == 0 {
		return r.T("office.place.offlist", "post", name)
	}
	return r.T("office.place", "post", name, "rank", p.Rank)
}
