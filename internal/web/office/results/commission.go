package results

import (
	"context"
	"net/http"
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// Commission shows the proposal on one screen: who goes where, at what cost, where
// it is full, and who is left.
func (o *Pages) Commission(w http.ResponseWriter, r *page.Request) error {
	return showCommission(w, r, http.StatusOK, ui.Errors{})
}

// A commissionView is what the page of the commission tells beside the table.
type commissionView struct {
	campaign campaign.Campaign
	proposal result.Proposal
	without  []result.Assignment // the first students without a post
	table    ui.Table
	wrong    ui.Errors
}

// unplacedShown is how many students without a post the page names: the table has all.
const unplacedShown = 10

// without is the parameter that asks the table for those without a post alone, whatever
// the commission has decided about them.
const without = "without"

func showCommission(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	v := commissionView{wrong: wrong}
	var err error
	v.campaign, err = office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if v.proposal, err = result.ProposalFor(ctx, tx, r.Actor, c.PublicID); err != nil || r.WantsFile() {
			return err
		}
		unplaced := store.And(v.proposal.Those(), result.WithoutPost)
		if v.without, err = v.proposal.Assignments().First(ctx, tx, unplaced, unplacedShown); err != nil {
			return err
		}
		return v.proposal.Name(ctx, tx, v.without)
	})
	if err != nil {
		return err
	}
	list := proposalList(v.campaign, v.proposal)
	if r.FormValue(without) != "" {
		list.Where = func(*page.Request) store.Condition { return store.And(v.proposal.Those(), result.WithoutPost) }
	}
	if r.WantsFile() {
		return list.Send(w, r)
	}
	if v.table, err = list.Read(r); err != nil {
		return err
	}
	v.table.Keep = beside(r, true)
	if typed := r.FormValue(without); typed != "" {
		v.table.Keep[without] = typed
	}
	p := ui.Page{
		Title: r.T("office.commission"),
		Lead:  r.T("office.commission.lead", "run", v.proposal.Run.Label(), "by", v.proposal.AdoptedBy, "at", v.proposal.AdoptedAt),
	}
	if v.campaign.Allows(campaign.Decide) == nil && office.May(r, v.campaign, result.RightDecide) {
		p.Actions = []ui.Action{{Label: r.T("office.do.proposed.confirm"), Icon: "check-lg", Href: office.PathOf(v.campaign, "commission", "confirm"), Kind: ui.Primary}}
	}
	return office.Show(w, r, status, v.campaign, "commission", p, commissionBody(r, v))
}

var markTones = map[result.Mark]ui.Tone{
	result.MarkNone: ui.Neutral, result.MarkMoved: ui.Info, result.MarkRepriced: ui.Info, result.MarkPinned: ui.Info, result.MarkAdded: ui.Info,
	result.MarkKept: ui.Warn, result.MarkUnplaced: ui.Bad,
}

func markName(r *page.Request, m result.Mark) string { return r.T("office.mark." + string(m)) }

// proposalList is where everybody is.
func proposalList(c campaign.Campaign, p result.Proposal) table.List[result.Assignment] {
	return table.List[result.Assignment]{
		Name: "office.proposal", Path: office.PathOf(c, "commission"), Icon: "people", Rows: p.Assignments(), Search: "table.search.person",
		Where:   func(*page.Request) store.Condition { return p.Those() },
		Columns: func(r *page.Request) []table.Column[result.Assignment] { return proposalColumns(r, c) },
		Tone:    func(a result.Assignment) ui.Tone { return markTones[a.Mark] },
		Complete: func(r *page.Request, tx *store.Tx, rows []result.Assignment) error {
			return p.Name(r.Context(), tx, rows)
		},
	}
}

func proposalColumns(r *page.Request, c campaign.Campaign) []table.Column[result.Assignment] {
	var marks []ui.Option
	for _, m := range result.Marks {
		marks = append(marks, ui.Option{Value: string(m), Label: markName(r, m)})
	}
	type column = table.Column[result.Assignment]
	cost := func(which func(*result.Costs) int64) func(result.Assignment) ui.Cell {
		return func(a result.Assignment) ui.Cell {
			if a.Now.Costs == nil {
				return ui.Cell{None: true}
			}
			return ui.Amount(r.Text, which(a.Now.Costs))
		}
	}
	return []column{
		{Column: ui.Column{Key: "position", Title: r.T("office.position"), Kind: ui.KindNumber},
			Cell: func(a result.Assignment) ui.Cell { return ui.Count(r.Text, a.Position) }},
		{Column: ui.Column{Key: "name", Title: r.T("office.person"), Fixed: true},
			Cell: func(a result.Assignment) ui.Cell {
				return ui.LinkCell(a.Student.Name, office.PathOf(c, "commission", a.Student.PublicID))
			}},
		{Column: ui.Column{Key: "number", Title: r.T("office.number"), Hidden: true},
			Cell: func(a result.Assignment) ui.Cell { return ui.Word(a.Student.Code) }},
		{Column: ui.Column{Key: "score", Title: r.T("office.score"), Kind: ui.KindNumber},
			Cell: func(a result.Assignment) ui.Cell { return office.Amount(r, a.Score) }},
		{Column: ui.Column{Key: "post", Title: r.T("office.post.site"), Fixed: true},
			Cell: func(a result.Assignment) ui.Cell { return postCell(r, a) }},
		{Column: ui.Column{Key: "rank", Title: r.T("office.rank"), Kind: ui.KindNumber},
			Cell: func(a result.Assignment) ui.Cell { return office.CountOrNone(r, a.Now.Rank) }},
		{Column: ui.Column{Key: "cost", Title: r.T("office.cost"), Kind: ui.KindNumber},
			Cell: cost(func(c *result.Costs) int64 { return c.Total })},
		{Column: ui.Column{Key: "bonus", Title: r.T("office.cost.bonus"), Kind: ui.KindNumber, Hidden: true},
			Cell: cost(func(c *result.Costs) int64 { return c.Bonus })},
		{Column: ui.Column{Key: "mark", Title: r.T("office.mark"), Kind: ui.KindChoice, Options: marks},
			Cell: func(a result.Assignment) ui.Cell {
				return ui.StateCell(string(a.Mark), markTones[a.Mark], markName(r, a.Mark))
			}},
		{Column: ui.Column{Key: "before", Title: r.T("office.mark.before"), Hidden: true},
			Cell: func(a result.Assignment) ui.Cell { return ui.Word(beforeOf(r, a)) }},
		{Column: ui.Column{Key: "reason", Title: r.T("office.reason")},
			Cell: func(a result.Assignment) ui.Cell { return ui.Word(decidedBecause(r, a)) }},
	}
}

func postCell(r *page.Request, a result.Assignment) ui.Cell {
	if a.Now.Post == "" {
		return ui.Cell{Text: r.T("office.nowhere"), Tone: ui.Bad}
	}
	return ui.Word(a.Now.Name)
}

// beforeOf is where the run had placed somebody whom the commission moved.
func beforeOf(r *page.Request, a result.Assignment) string {
	if !a.Moved() {
		return ""
	}
	return placeName(r, a.Given)
}

// decidedBecause says why the commission decided about somebody.
func decidedBecause(r *page.Request, a result.Assignment) string {
	if a.Motive == "" {
		return ""
	}
	return r.T("office.because", "motive", r.T(string(a.Motive.Name())), "reason", a.Reason)
}

// decisionEvents are the decisions of the commission as a history.
func decisionEvents(r *page.Request, decisions []result.Decision) []ui.Event {
	var events []ui.Event
	for _, d := range slices.Backward(decisions) {
		what := d.Sentence(r.Text)
		if d.Undone {
			what = r.T("office.decision.undone", "decision", what)
		}
		events = append(events, ui.Event{At: d.At, Who: d.By, What: what, Reason: d.Reason})
	}
	return events
}

// A studentCase is one student before the commission.
type studentCase struct {
	campaign campaign.Campaign
	line     result.Case
	off      string // why nothing can be decided; empty: it can
	failed   string // the kind of the form that was refused
	wrong    ui.Errors
}

// Case shows one student to the commission: wishes with what became of them, and
// what may be decided.
func (o *Pages) Case(w http.ResponseWriter, r *page.Request) error {
	return showCase(w, r, http.StatusOK, "", ui.Errors{})
}

func showCase(w http.ResponseWriter, r *page.Request, status int, failed string, wrong ui.Errors) error {
	id := r.PathValue("student")
	k := studentCase{failed: failed, wrong: wrong}
	var err error
	k.campaign, err = office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		k.off = office.Why(r, c, result.RightDecide, campaign.Decide)
		k.line, err = result.CaseFor(ctx, tx, r.Actor, c.PublicID, id)
		return err
	})
	if err != nil {
		return err
	}
	p := ui.Page{Title: k.line.Student.Name, Crumbs: []ui.Link{office.Crumb(r, k.campaign, "commission")}}
	p.Lead = r.T("office.case.lead", "position", k.line.Position, "place", placeName(r, k.line.Now))
	return office.Show(w, r, status, k.campaign, "commission", p, caseBody(r, k))
}

// offers reports whether the form of a kind of decision is on the page.
func (k studentCase) offers(kind result.DecisionKind) bool {
	placed := k.line.Now.Post != ""
	switch kind {
	case result.Move:
		return k.off == ""
	case result.Reprice:
		return k.off == "" && placed
	case result.Keep:
		return k.off == "" && !placed && !k.line.Kept
	case result.Undo:
		return k.off == "" && k.line.Last() != nil
	}
	return false
}

func (k studentCase) button(r *page.Request, kind result.DecisionKind, icon string) ui.Action {
	return ui.Action{Label: r.T("office.decide." + string(kind)), Icon: icon, Why: k.off}
}

// form is what the commission enters to decide; the one that was refused says why.
func (k studentCase) form(r *page.Request, kind result.DecisionKind) ui.Form {
	f := ui.Form{
		Action: office.PathOf(k.campaign, "commission", k.line.Student.PublicID),
		Hidden: map[string]string{"kind": string(kind), "from": k.line.Now.Post},
		Submit: ui.Action{Label: r.T("office.decide." + string(kind)), Icon: "check-lg", Kind: ui.Primary},
	}
	name := string(kind)
	switch kind {
	case result.Move:
		f.Fields = []ui.Field{
			{Kind: ui.FieldSelect, Name: "to", ID: "to", Label: r.T("office.decide.to"), Value: r.FormValue("to"), Options: k.places(r)},
			{Kind: ui.FieldCheck, Name: "set_aside", ID: "set-aside", Label: r.T("office.setaside"), Hint: r.T("office.setaside.hint")},
		}
	case result.Reprice:
		cost := ""
		if k.line.Now.Costs != nil {
			cost = r.Text.Hundredths(k.line.Now.Costs.Total)
		}
		f.Fields = []ui.Field{{Name: "cost", ID: "cost", Label: r.T("office.cost"), Value: cost, Hint: r.T("office.decide.cost.hint")}}
	}
	explanation := office.ReasonField(r, name+"-reason")
	explanation.Label, explanation.Hint = r.T("office.explanation"), ""
	f.Fields = append(f.Fields,
		ui.Field{Kind: ui.FieldSelect, Name: "motive", ID: name + "-motive", Label: r.T("office.motive"), Options: motives(r)},
		explanation)
	if k.failed == name {
		f.Errors = k.wrong
		office.KeepTyped(r, f.Fields)
	}
	return f
}

func (k studentCase) places(r *page.Request) []ui.Option {
	options := []ui.Option{{Label: r.T("office.nowhere")}}
	for _, o := range k.line.Options {
		label := r.T("office.option", "post", o.Name, "count", o.Free)
		if o.Rank > 0 {
			label = r.T("office.option.listed", "post", o.Name, "count", o.Free, "rank", o.Rank)
		}
		option := ui.Option{Value: o.Code, Label: label}
		switch {
		case o.Free <= 0:
			option.Label, option.Off = o.Name, r.T("office.option.full")
			if o.Rank > 0 {
				option.Label += " " + r.T("office.option.rank", "rank", o.Rank)
			}
		case !o.Possible():
			option.Off = r.T("office.option.barred")
		}
		options = append(options, option)
	}
	return options
}

// Decide writes a decision of the commission about one student.
func (o *Pages) Decide(w http.ResponseWriter, r *page.Request) error {
	c, err := office.Read(r, result.RightDecide, nil)
	if err != nil {
		return err
	}
	f, student := r.Fields(), r.PathValue("student")
	form := result.DecisionForm{
		Student: student, Kind: result.DecisionKind(f.Choice("kind", string(result.Move), string(result.Reprice), string(result.Keep))),
		From: f.Text("from"), To: f.Text("to"), SetAside: f.Bool("set_aside"), Motive: result.Motive(f.Text("motive")), Reason: f.Text("reason"),
	}
	if form.Kind == result.Reprice {
		if cost := office.ReadAmount(f, "cost"); cost != nil {
			form.Cost = *cost
		} else if f.Text("cost") == "" {
			f.Wrong("cost", "form.required")
		}
	}
	if err = f.Err(); err == nil {
		_, err = o.Results.Decide(r.Context(), r.Actor, c.PublicID, form)
	}
	again := func(status int, wrong ui.Errors) error { return showCase(w, r, status, string(form.Kind), wrong) }
	return office.Outcome(w, r, err, office.PathOf(c, "commission", student), again, "office.decided")
}

// UndoDecision undoes the last decision about a student.
func (o *Pages) UndoDecision(w http.ResponseWriter, r *page.Request) error {
	c, err := office.Read(r, result.RightDecide, nil)
	if err != nil {
		return err
	}
	f, student := r.Fields(), r.PathValue("student")
	reason := f.Reason("reason")
	if err = f.Err(); err == nil {
		err = o.Results.UndoDecision(r.Context(), r.Actor, c.PublicID, r.PathValue("decision"), reason)
	}
	again := func(status int, wrong ui.Errors) error { return showCase(w, r, status, string(result.Undo), wrong) }
	return office.Outcome(w, r, err, office.PathOf(c, "commission", student), again, "office.decision.undo.done")
}

func (k studentCase) undoForm(r *page.Request) ui.Form {
	f := ui.Form{
		Action: office.PathOf(k.campaign, "commission", k.line.Student.PublicID, "decisions", k.line.Last().PublicID, "undo"),
		Fields: []ui.Field{office.ReasonField(r, "undo-reason")},
		Submit: ui.Action{Label: r.T("office.decision.undo"), Icon: "arrow-counterclockwise", Kind: ui.Primary},
	}
	if k.failed == string(result.Undo) {
		f.Errors = k.wrong
	}
	return f
}

// ShowConfirm shows, in numbers, what the commission is about to confirm.
func (o *Pages) ShowConfirm(w http.ResponseWriter, r *page.Request) error {
	return showConfirm(w, r, http.StatusOK, ui.Errors{})
}

func showConfirm(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	var checks []campaign.Check
	var proposal result.Proposal
	c, err := office.Read(r, result.RightDecide, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if proposal, err = result.ProposalFor(ctx, tx, r.Actor, c.PublicID); err != nil {
			return err
		}
		checks, err = office.Readiness(ctx, tx, r, c)
		return err
	})
	if err != nil {
		return err
	}
	facts := append(summaryFacts(r, proposal.Summary), ui.Fact{Value: r.Text.Number(int64(proposal.Decided)), Label: r.T("office.decisions")})
	d := ui.Decision{
		Title: r.T("office.confirm.title"), Facts: facts, Warning: r.T("office.confirm.warning"),
		Form: ui.Form{
			Action: office.PathOf(c, "commission", "confirm"), Errors: wrong,
			Submit: ui.Action{Label: r.T("office.do.proposed.confirm"), Icon: "check-lg", Kind: ui.Primary},
			Cancel: ui.Link{Label: r.T("office.cancel"), Href: office.PathOf(c, "commission")},
		},
	}
	if err := c.Allows(campaign.Decide); err != nil {
		d.Form.Submit.Why = ui.ErrorsOf(r.Text, err).Sentence
	} else if err := campaign.RequireReady(c, checks); err != nil {
		d.Form.Submit.Why = ui.ErrorsOf(r.Text, err).Sentence
	}
	p := ui.Page{Title: r.T("office.do.proposed.confirm"), Crumbs: []ui.Link{office.Crumb(r, c, "commission")}}
	return office.Show(w, r, status, c, "commission", p, office.StepBody(r, c, checks, d))
}

// ConfirmProposal says that the commission has decided.
func (o *Pages) ConfirmProposal(w http.ResponseWriter, r *page.Request) error {
	c, err := office.Read(r, result.RightDecide, nil)
	if err != nil {
		return err
	}
	err = o.Results.ConfirmProposal(r.Context(), r.Actor, c.PublicID)
	again := func(status int, wrong ui.Errors) error { return showConfirm(w, r, status, wrong) }
	return office.Outcome(w, r, err, office.PathOf(c, "commission"), again, "office.confirmed", "campaign", c.Name)
}

// Minutes answers with the minutes on paper, or as a list for a spreadsheet.
func (o *Pages) Minutes(w http.ResponseWriter, r *page.Request) error {
	var minutes result.Minutes
	c, err := office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		minutes, err = result.MinutesFor(ctx, tx, r.Actor, c.PublicID)
		return err
	})
	if err != nil {
		return err
	}
	title := r.T("office.minutes.file", "campaign", c.Name)
	if r.WantsFile() {
		list := exchange.List{Title: title, Made: r.Now(), Columns: result.MinuteColumns(r.Text)}
		for _, line := range minutes.Lines {
			list.Rows = append(list.Rows, minuteCells(r.Text, line))
		}
		return r.SendList(w, list)
	}
	content, err := minutes.Sheet(r.Text).PDF(r.Text)
	if err != nil {
		return err
	}
	return r.SendFile(w, title+".pdf", "application/pdf", content)
}

// minuteCells are the cells of a line of the minutes, in which a spreadsheet finds numbers
// that it sorts and adds up.
func minuteCells(p text.Printer, l result.MinuteLine) []any {
	var rank, cost any
	if l.Rank > 0 {
		rank = l.Rank
	}
	if l.Costs != nil {
		cost = exchange.Hundredths(l.Costs.Total)
	}
	return []any{l.Position, l.Student, l.Number, l.Place(p), rank, l.How(p), cost}
}
