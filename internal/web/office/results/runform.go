package results

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// A request for a run, as its form shows it.
type runRequest struct {
	campaign campaign.Campaign
	posts    []campaign.Post
	open     int // lists open by a late case
	form     result.RunForm
	rows     []amendmentRow
	wrong    ui.Errors
}

// An amendmentRow is an amendment as the form shows it; the zero row is empty.
type amendmentRow struct {
	result.Amendment
	person string // whom it is about, as [office.FindPerson] finds them
}

// maxAmendments is how many changes one form holds.
const maxAmendments = 20

// offeredPosts is how many options the rows of a form offer together at most; where
// there would be more, codes of posts are typed.
const offeredPosts = 1000

// NewRun asks for a run: as the campaign says, or from an earlier one with a
// change.
func (o *Pages) NewRun(w http.ResponseWriter, r *page.Request) error {
	q, err := readRunRequest(r)
	if err != nil {
		return err
	}
	if from := r.FormValue("from"); from != "" {
		var run result.Run
		_, err := office.Read(r, result.RightRun, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
			run, err = result.RunFor(ctx, tx, r.Actor, c.PublicID, from)
			return err
		})
		if err != nil {
			return err
		}
		q.form.Method, q.form.CostRule, q.form.Scoring = run.Method, run.CostRule, cmp.Or(run.Scoring, q.form.Scoring)
		for _, a := range run.Amendments {
			q.rows = append(q.rows, amendmentRow{a.Amendment, typedAs(a.Person)})
		}
	}
	if student := r.FormValue("student"); student != "" || r.FormValue("post") != "" {
		found, err := office.FindPerson(r, q.campaign, r.Fields(), "student", student)
		if err != nil {
			return err
		}
		wish := result.Amendment{Kind: result.AddWish, Post: r.FormValue("post"), Motive: "unplaced"}
		q.rows = append(q.rows, amendmentRow{wish, typedAs(found.Ref())})
	}
	if n := len(q.rows); n > maxAmendments {
		return fault.New(fault.Conflict, "office.amendment.many", "count", n, "most", maxAmendments)
	}
	q.addRow()
	return showRunRequest(w, r, http.StatusOK, q)
}

// addRow adds an empty row, if the form has room for it.
func (q *runRequest) addRow() {
	if !q.full() {
		q.rows = append(q.rows, amendmentRow{})
	}
}

func (q *runRequest) full() bool { return len(q.rows) >= maxAmendments }

// typedAs is what [office.FindPerson] finds a student by.
func typedAs(student reference.Ref) string {
	return strings.TrimSpace(student.Code + " " + student.Name)
}

func readRunRequest(r *page.Request) (q runRequest, err error) {
	q.campaign, err = office.Read(r, result.RightRun, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if err = c.Allows(campaign.RunEngine); err != nil {
			return err
		}
		if q.posts, err = campaign.Posts(ctx, tx, c); err != nil {
			return err
		}
		lates, err := campaign.CountLates(ctx, tx, c)
		q.open = lates.Open
		return err
	})
	q.form = result.RunForm{Method: q.campaign.Method, CostRule: q.campaign.Costing(), Scoring: &q.campaign.Scoring}
	return q, err
}

func showRunRequest(w http.ResponseWriter, r *page.Request, status int, q runRequest) error {
	p := ui.Page{Title: r.T("office.run.new"), Lead: r.T("office.run.new.lead"), Crumbs: []ui.Link{office.Crumb(r, q.campaign, "runs")}}
	return office.Show(w, r, status, q.campaign, "runs", p, runRequestBody(r, q))
}

// RequestRun asks for a run, or shows the form again with one more amendment.
func (o *Pages) RequestRun(w http.ResponseWriter, r *page.Request) error {
	q, err := readRunRequest(r)
	if err != nil {
		return err
	}
	f := r.Fields()
	q.read(f)
	q.readScoring(f)
	if r.FormValue("more") != "" {
		q.addRow()
		return showRunRequest(w, r, http.StatusOK, q)
	}
	rows, err := q.readAmendments(r, f)
	if err != nil {
		return err
	}
	run := ""
	if err = f.Err(); err == nil {
		run, err = o.Results.RequestRun(r.Context(), r.Actor, q.campaign.PublicID, q.form)
		err = office.Renamed(err, func(name string) string { return byRow(name, rows) })
	}
	again := func(status int, wrong ui.Errors) error {
		q.wrong = wrong
		return showRunRequest(w, r, status, q)
	}
	return office.Outcome(w, r, err, runPath(q.campaign, run), again, "office.run.asked")
}

// read reads the form of a run as it was filled in.
func (q *runRequest) read(f *page.Form) {
	q.form.Name, q.form.DespiteLate = f.Text("name"), f.Bool("despite_late")
	q.form.Method, q.form.CostRule = f.Choice("method", campaign.Methods()...), f.Text("costs_method")
	if slices.Contains(campaign.CostMethods(), q.form.Method) {
		q.form.CostRule = ""
	}
	rows, _ := strconv.Atoi(f.Text("rows"))
	q.rows = make([]amendmentRow, max(1, min(rows, maxAmendments)))
	for i := range q.rows {
		name := func(part string) string { return rowField(i, part) }
		if f.Text(name("student"))+f.Text(name("post"))+f.Text(name("reason")) == "" {
			continue
		}
		a := result.Amendment{
			Kind: result.AmendmentKind(f.Text(name("kind"))), Post: q.code(f.Text(name("post"))),
			SetAside: f.Bool(name("set_aside")), Motive: result.Motive(f.Text(name("motive"))), Reason: f.Text(name("reason")),
		}
		if f.Text(name("number")) != "" {
			n := f.Int(name("number"), 0, 1000)
			a.At, a.Seats = n, n
		} else if a.Kind == result.SetSeats {
			f.Wrong(name("number"), "form.required")
		}
		q.rows[i] = amendmentRow{a, f.Text(name("student"))}
	}
}

// readAmendments finds whom the rows are about, and returns the row of each amendment:
// rows that were left empty are none.
func (q *runRequest) readAmendments(r *page.Request, f *page.Form) (rows []int, err error) {
	for i := range q.rows {
		row := &q.rows[i]
		if *row == (amendmentRow{}) {
			continue
		}
		if row.Kind != result.SetSeats {
			found, err := office.FindPerson(r, q.campaign, f, rowField(i, "student"), row.person)
			if err != nil {
				return nil, err
			}
			if found.ID != 0 {
				row.Student, row.person = found.PublicID, typedAs(found.Ref())
			}
		}
		q.form.Amendments, rows = append(q.form.Amendments, row.Amendment), append(rows, i)
	}
	return rows, nil
}

// code returns the code of a post as the campaign writes it, of which case says nothing.
func (q *runRequest) code(typed string) string {
	i := slices.IndexFunc(q.posts, func(p campaign.Post) bool { return strings.EqualFold(p.Code, typed) })
	if i < 0 {
		return typed
	}
	return q.posts[i].Code
}

func rowField(row int, part string) string { return "amendments." + strconv.Itoa(row) + "." + part }

// byRow turns the field of an amendment into that of its row on the page.
func byRow(name string, rows []int) string {
	part := strings.Split(name, ".")
	if len(part) != 3 {
		return name
	}
	field := part[2]
	if field == "at" || field == "seats" {
		field = "number"
	}
	if i, err := strconv.Atoi(part[1]); err == nil && i < len(rows) {
		return rowField(rows[i], field)
	}
	return name
}

// scoringFields are the parameters of the costs, in the order of the form.
var scoringFields = []struct {
	name string
	of   func(*campaign.Scoring) *campaign.Amount
}{
	{"max_post_cost", func(p *campaign.Scoring) *campaign.Amount { return &p.MaxPostCost }},
	{"correction", func(p *campaign.Scoring) *campaign.Amount { return &p.Correction }},
	{"max_cost", func(p *campaign.Scoring) *campaign.Amount { return &p.MaxCost }},
	{"bonus_factor", func(p *campaign.Scoring) *campaign.Amount { return &p.BonusFactor }},
}

func (q *runRequest) readScoring(f *page.Form) {
	scoring := *q.form.Scoring
	for _, field := range scoringFields {
		a, err := campaign.ParseAmount(office.Decimal(f.Text(field.name)))
		if err != nil || f.Text(field.name) == "" {
			f.Wrong(field.name, "office.amount.wrong", "found", f.Text(field.name))
			continue
		}
		*field.of(&scoring) = a
	}
	scoring.RankCosts = nil
	for _, word := range strings.FieldsFunc(f.Text("rank_costs"), func(c rune) bool { return c == ';' || c == ' ' }) {
		a, err := campaign.ParseAmount(office.Decimal(word))
		if err != nil {
			f.Wrong("rank_costs", "office.amount.wrong", "found", word)
		}
		scoring.RankCosts = append(scoring.RankCosts, a)
	}
	q.form.Scoring = &scoring
}

func (q runRequest) fields(r *page.Request) []ui.Field {
	fields := []ui.Field{
		{Name: "name", Label: r.T("office.run.name"), Value: q.form.Name, Hint: r.T("office.run.name.hint"), Optional: true},
		{Kind: ui.FieldRadio, Name: "method", Label: r.T("office.method"), Value: q.form.Method, Options: office.MethodOptions(r, campaign.Methods())},
		{Kind: ui.FieldSelect, Name: "costs_method", Label: r.T("office.settings.costs"), Value: cmp.Or(q.form.CostRule, q.campaign.CostsMethod),
			Hint: r.T("office.settings.costs.hint"), Options: office.MethodOptions(r, campaign.CostMethods())},
	}
	if q.open > 0 {
		box := ui.Field{Kind: ui.FieldCheck, Name: "despite_late", Label: r.T("office.run.despite", "count", q.open), Hint: r.T("office.run.despite.hint")}
		if q.form.DespiteLate {
			box.Value = "1"
		}
		fields = append(fields, box)
	}
	return q.withErrors(fields)
}

func (q runRequest) scoringFields(r *page.Request) []ui.Field {
	var costs []string
	for _, a := range q.form.Scoring.RankCosts {
		costs = append(costs, localAmount(r, a))
	}
	fields := []ui.Field{{Name: "rank_costs", Label: r.T("office.scoring.rank_costs"), Hint: r.T("office.scoring.rank_costs.hint"), Value: strings.Join(costs, " ; ")}}
	for _, f := range scoringFields {
		fields = append(fields, ui.Field{Name: f.name, Label: r.T("office.scoring." + f.name), Value: localAmount(r, *f.of(q.form.Scoring))})
	}
	return q.withErrors(fields)
}

// localAmount writes an amount of the engine exactly, with the reader's comma.
func localAmount(r *page.Request, a campaign.Amount) string {
	if r.Text.Lang == text.English {
		return a.String()
	}
	return strings.ReplaceAll(a.String(), ".", ",")
}

func (q runRequest) withErrors(fields []ui.Field) []ui.Field {
	for i := range fields {
		fields[i].Error = q.wrong.Of(fields[i].Name)
	}
	return fields
}

// row is one amendment of the form.
func (q runRequest) row(r *page.Request, i int) []ui.Field {
	a := q.rows[i]
	a.Kind = cmp.Or(a.Kind, result.AddWish)
	number := cmp.Or(a.At, a.Seats)
	shown := ""
	if number > 0 || a.Kind == result.SetSeats && a.Post != "" {
		shown = strconv.Itoa(number)
	}
	aside := ""
	if a.SetAside {
		aside = "1"
	}
	fields := []ui.Field{
		{Kind: ui.FieldSelect, Name: rowField(i, "kind"), Label: r.T("office.amendment.kind"), Value: string(a.Kind), Options: q.kinds(r)},
		{Name: rowField(i, "student"), Label: r.T("office.person"), Hint: r.T("office.person.hint"), Value: a.person, Optional: true},
		q.postField(r, rowField(i, "post"), a.Post),
		{Kind: ui.FieldNumber, Name: rowField(i, "number"), Label: r.T("office.amendment.number"), Hint: r.T("office.amendment.number.hint"), Value: shown, Min: "0", Optional: true},
		{Kind: ui.FieldSelect, Name: rowField(i, "motive"), Label: r.T("office.motive"), Value: string(a.Motive), Options: motives(r)},
		{Kind: ui.FieldArea, Name: rowField(i, "reason"), Label: r.T("office.explanation"), Value: a.Reason, Rows: 2},
		{Kind: ui.FieldCheck, Name: rowField(i, "set_aside"), Label: r.T("office.setaside"), Value: aside},
	}
	return q.withErrors(fields)
}

func (q runRequest) kinds(r *page.Request) []ui.Option {
	var options []ui.Option
	for _, kind := range []result.AmendmentKind{result.AddWish, result.PinPost, result.SetSeats} {
		options = append(options, ui.Option{Value: string(kind), Label: r.T("result.amendment." + string(kind))})
	}
	return options
}

func (q runRequest) postField(r *page.Request, name, value string) ui.Field {
	f := ui.Field{Name: name, Label: r.T("office.post.site"), Value: value}
	if len(q.posts)*len(q.rows) > offeredPosts {
		f.Hint = r.T("office.post.site.hint")
		return f
	}
	f.Kind, f.Options = ui.FieldSelect, q.sites(r)
	return f
}

func (q runRequest) sites(r *page.Request) []ui.Option {
	options := []ui.Option{{Label: r.T("office.choose")}}
	for _, p := range q.posts {
		if !p.Secondary {
			options = append(options, ui.Option{Value: p.Code, Label: p.Label()})
		}
	}
	return options
}

func motives(r *page.Request) []ui.Option {
	options := []ui.Option{{Label: r.T("office.choose")}}
	for _, m := range result.Motives {
		options = append(options, ui.Option{Value: string(m), Label: r.T(string(m.Name()))})
	}
	return options
}

// all are the fields of the whole form, for the summary of what is wrong.
func (q runRequest) all(r *page.Request) []ui.Field {
	fields := slices.Concat(q.fields(r), q.scoringFields(r))
	for i := range q.rows {
		fields = append(fields, q.row(r, i)...)
	}
	return fields
}

// recordCancelled writes who stopped a run: job knows neither people nor the log.
func recordCancelled(r *page.Request, tx *store.Tx, c campaign.Campaign, run result.Run) error {
	return audit.Record(r.Context(), tx, audit.Entry{
		Who: r.Actor.Who(), Action: "job.cancelled", Args: map[string]any{"kind": run.Label()}, Scope: c.PublicID,
		Kind: "campaign", Object: c.PublicID,
	})
}

// ShowAdopt shows what adopting a run means, before it is done.
func (o *Pages) ShowAdopt(w http.ResponseWriter, r *page.Request) error {
	return showAdopt(w, r, http.StatusOK, ui.Errors{})
}

func showAdopt(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	var run result.Run
	var runs []result.Run
	c, err := office.Read(r, result.RightRun, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if run, err = result.RunFor(ctx, tx, r.Actor, c.PublicID, r.PathValue("run")); err != nil {
			return err
		}
		if run.Summary == nil {
			return fault.New(fault.Conflict, "office.run.unsolved", "run", run.Label())
		}
		runs, err = result.RunsFor(ctx, tx, r.Actor, c.PublicID)
		return err
	})
	if err != nil {
		return err
	}
	options, replaces := []ui.Option{{Label: r.T("office.run.compared.none")}}, false
	for _, other := range runs {
		replaces = replaces || other.Adopted && other.PublicID != run.PublicID
		if other.Done && other.PublicID != run.PublicID {
			options = append(options, ui.Option{Value: other.PublicID, Label: other.Label()})
		}
	}
	compared := r.FormValue("compared")
	if compared == "" && len(options) == 2 {
		compared = options[1].Value
	}
	d := ui.Decision{
		Title: r.T("office.adopt.title", "run", run.Label()), Facts: summaryFacts(r, *run.Summary), Ask: true, Reason: r.PostFormValue("reason"),
		Form: ui.Form{
			Action: runPath(c, run.PublicID, "adopt"), Errors: wrong,
			Fields: []ui.Field{{Kind: ui.FieldSelect, Name: "compared", Label: r.T("office.run.compared"), Hint: r.T("office.run.compared.hint"), Options: options, Value: compared, Optional: true}},
			Submit: ui.Action{Label: r.T("office.run.adopt"), Icon: "check-lg", Kind: ui.Primary, Why: mayNotAdopt(r, c, run)},
			Cancel: ui.Link{Label: r.T("office.cancel"), Href: runPath(c, run.PublicID)},
		},
		Warning: r.T("office.adopt.warning"),
	}
	if replaces {
		d.Warning = r.T("office.adopt.replaces")
	}
	p := ui.Page{Title: r.T("office.run.adopt"), Crumbs: []ui.Link{office.Crumb(r, c, "runs"), {Label: run.Label(), Href: runPath(c, run.PublicID)}}}
	return office.Show(w, r, status, c, "runs", p, ui.Confirm(r.Text, d))
}

// mayNotAdopt says why a run cannot be adopted now; empty: it can.
func mayNotAdopt(r *page.Request, c campaign.Campaign, run result.Run) string {
	return cmp.Or(office.Why(r, c, result.RightRun, campaign.RunEngine), adoptAction(r, c, run).Why)
}

// Adopt submits a run to the commission.
func (o *Pages) Adopt(w http.ResponseWriter, r *page.Request) error {
	c, run, err := readRun(r, result.RightRun)
	if err != nil {
		return err
	}
	f := r.Fields()
	form := result.AdoptForm{Compared: f.Text("compared"), Reason: f.Text("reason")}
	err = o.Results.Adopt(r.Context(), r.Actor, c.PublicID, run.PublicID, form)
	again := func(status int, wrong ui.Errors) error { return showAdopt(w, r, status, wrong) }
	return office.Outcome(w, r, err, office.PathOf(c, "commission"), again, "office.adopted", "run", run.Label())
}
