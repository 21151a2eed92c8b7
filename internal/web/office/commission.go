package office

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Commission shows the proposal on one screen: who goes where, at what cost, where
// it is full, and who is left.
func (o *Pages) Commission(w http.ResponseWriter, r *page.Request) error {
	return showCommission(w, r, http.StatusOK, ui.Errors{})
}

func readProposal(r *page.Request, right identity.Right) (c campaign.Campaign, p result.Proposal, err error) {
	c, err = read(r, right, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		p, err = result.ProposalFor(ctx, tx, r.Actor, c.PublicID)
		return err
	})
	return c, p, err
}

func showCommission(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	c, proposal, err := readProposal(r, campaign.RightView)
	if err != nil {
		return err
	}
	t := proposalTable(r, c, proposal)
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{
		Title: r.T("office.commission"),
		Lead:  r.T("office.commission.lead", "run", proposal.Run.Label(), "by", proposal.AdoptedBy, "at", proposal.AdoptedAt),
	}
	if c.Allows(campaign.Decide) == nil && may(r, c, result.RightDecide) {
		p.Actions = []ui.Action{{Label: r.T("office.do.proposed.confirm"), Icon: "check-lg", Href: pathOf(c, "commission", "confirm"), Kind: ui.Primary}}
	}
	return show(w, r, status, c, "commission", p, commissionBody(r, c, proposal, t, wrong))
}

// The marks of a line that the run alone does not explain.
const (
	markNone     = "run"
	markMoved    = "moved"
	markRepriced = "repriced"
	markPinned   = "pinned"
	markAdded    = "added"
	markKept     = "kept"
	markUnplaced = "unplaced"
)

var markTones = map[string]ui.Tone{
	markNone: ui.Neutral, markMoved: ui.Info, markRepriced: ui.Info, markPinned: ui.Info, markAdded: ui.Info, markKept: ui.Warn, markUnplaced: ui.Bad,
}

func markOf(l result.Line) string {
	switch {
	case l.Moved:
		return markMoved
	case l.Repriced:
		return markRepriced
	case l.Pinned:
		return markPinned
	case l.Now.Post == "" && l.Kept:
		return markKept
	case l.Now.Post == "":
		return markUnplaced
	case slices.ContainsFunc(l.Wishes, func(w result.LineWish) bool { return w.Added && w.Post == l.Now.Post }):
		return markAdded
	}
	return markNone
}

func proposalTable(r *page.Request, c campaign.Campaign, p result.Proposal) ui.Table {
	var marks []ui.Option
	for _, m := range []string{markNone, markMoved, markRepriced, markPinned, markAdded, markKept, markUnplaced} {
		marks = append(marks, ui.Option{Value: m, Label: r.T("office.mark." + m)})
	}
	path := pathOf(c, "commission")
	t := ui.Table{
		Caption: r.T("office.proposal"), Path: path, Export: path,
		Columns: []ui.Column{
			{Key: "position", Title: r.T("office.position"), Kind: ui.KindNumber, Filter: true},
			{Key: "name", Title: r.T("office.person"), Filter: true, Fixed: true},
			{Key: "number", Title: r.T("office.number"), Filter: true, Hidden: true},
			{Key: "score", Title: r.T("office.score"), Kind: ui.KindNumber, Filter: true},
			{Key: "post", Title: r.T("office.post.site"), Filter: true, Fixed: true},
			{Key: "rank", Title: r.T("office.rank"), Kind: ui.KindNumber, Filter: true},
			{Key: "cost", Title: r.T("office.cost"), Kind: ui.KindNumber, Filter: true},
			{Key: "bonus", Title: r.T("office.cost.bonus"), Kind: ui.KindNumber, Hidden: true},
			{Key: "mark", Title: r.T("office.mark"), Kind: ui.KindChoice, Filter: true, Options: marks},
			{Key: "before", Title: r.T("office.mark.before"), Filter: true, Hidden: true},
			{Key: "reason", Title: r.T("office.reason"), Filter: true, NoSort: true},
		},
		Empty: ui.Empty{Icon: "people", What: r.T("office.participants.none"), Why: r.T("office.participants.none.why")},
	}
	for _, l := range p.Lines {
		t.Rows = append(t.Rows, proposalRow(r, c, l))
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}

func proposalRow(r *page.Request, c campaign.Campaign, l result.Line) ui.Row {
	mark, cost, bonus, reason := markOf(l), ui.Cell{None: true}, ui.Cell{None: true}, ""
	if l.Now.Costs != nil {
		cost, bonus = ui.Amount(r.Text, l.Now.Costs.Total), ui.Amount(r.Text, l.Now.Costs.Bonus)
	}
	if l.Last != nil {
		reason = r.T("office.because", "motive", r.T(string(l.Last.Motive.Name())), "reason", l.Last.Reason)
	}
	post := ui.Word(l.Now.Name)
	if l.Now.Post == "" {
		post = ui.Cell{Text: r.T("office.nowhere"), Tone: ui.Bad}
	}
	return ui.Row{Tone: markTones[mark], Cells: []ui.Cell{
		ui.Count(r.Text, l.Position),
		{Text: l.Student.Name, Href: pathOf(c, "commission", l.Student.PublicID), Sort: sorted(l.Student.Name)},
		ui.Word(l.Student.Code), amount(r, l.Score), post, countOrNone(r, l.Now.Rank), cost, bonus,
		ui.StateCell(mark, markTones[mark], r.T("office.mark."+mark)), ui.Word(beforeOf(r, l)), ui.Word(reason),
	}}
}

// beforeOf is where the run had placed somebody whom the commission moved.
func beforeOf(r *page.Request, l result.Line) string {
	if !l.Moved {
		return ""
	}
	return placeName(r, l.Run)
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
	line     result.Line
	options  []result.Option
	history  []result.Decision
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
	k.campaign, err = read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) error {
		p, err := result.ProposalFor(ctx, tx, r.Actor, c.PublicID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(p.Lines, func(l result.Line) bool { return l.Student.PublicID == id })
		if i < 0 {
			return fault.New(fault.NotFound, "office.participant.unknown", "campaign", c.Name)
		}
		k.line = p.Lines[i]
		k.history = slices.DeleteFunc(p.Decisions, func(d result.Decision) bool { return d.Person.Student.PublicID != id })
		if k.off = why(r, c, result.RightDecide, campaign.Decide); k.off == "" {
			k.options, err = result.OptionsFor(ctx, tx, r.Actor, c.PublicID, id)
		}
		return err
	})
	if err != nil {
		return err
	}
	p := ui.Page{Title: k.line.Student.Name, Crumbs: []ui.Link{crumb(r, k.campaign, "commission")}}
	p.Lead = r.T("office.case.lead", "position", k.line.Position, "place", placeName(r, k.line.Now))
	return show(w, r, status, k.campaign, "commission", p, caseBody(r, k))
}

func (k studentCase) button(r *page.Request, kind result.DecisionKind, icon string) ui.Action {
	return ui.Action{Label: r.T("office.decide." + string(kind)), Icon: icon, Why: k.off}
}

// form is what the commission enters to decide; the one that was refused says why.
func (k studentCase) form(r *page.Request, kind result.DecisionKind) ui.Form {
	f := ui.Form{
		Action: pathOf(k.campaign, "commission", k.line.Student.PublicID),
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
	explanation := reasonField(r, name+"-reason")
	explanation.Label, explanation.Hint = r.T("office.explanation"), ""
	f.Fields = append(f.Fields,
		ui.Field{Kind: ui.FieldSelect, Name: "motive", ID: name + "-motive", Label: r.T("office.motive"), Options: motives(r)},
		explanation)
	if k.failed == name {
		f.Errors = k.wrong
		keepTyped(r, f.Fields)
	}
	return f
}

func (k studentCase) places(r *page.Request) []ui.Option {
	options := []ui.Option{{Label: r.T("office.nowhere")}}
	for _, o := range k.options {
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
	c, err := read(r, result.RightDecide, nil)
	if err != nil {
		return err
	}
	f, student := r.Fields(), r.PathValue("student")
	form := result.DecisionForm{
		Student: student, Kind: result.DecisionKind(f.Choice("kind", string(result.Move), string(result.Reprice), string(result.Keep))),
		From: f.Text("from"), To: f.Text("to"), SetAside: f.Bool("set_aside"), Motive: result.Motive(f.Text("motive")), Reason: f.Text("reason"),
	}
	if form.Kind == result.Reprice {
		if cost := readAmount(f, "cost"); cost != nil {
			form.Cost = *cost
		} else if f.Text("cost") == "" {
			f.Wrong("cost", "form.required")
		}
	}
	if err = f.Err(); err == nil {
		_, err = o.Results.Decide(r.Context(), r.Actor, c.PublicID, form)
	}
	again := func(status int, wrong ui.Errors) error { return showCase(w, r, status, string(form.Kind), wrong) }
	return outcome(w, r, err, pathOf(c, "commission", student), again, "office.decided")
}

// UndoDecision undoes the last decision about a student.
func (o *Pages) UndoDecision(w http.ResponseWriter, r *page.Request) error {
	c, err := read(r, result.RightDecide, nil)
	if err != nil {
		return err
	}
	f, student := r.Fields(), r.PathValue("student")
	reason := f.Reason("reason")
	if err = f.Err(); err == nil {
		err = o.Results.UndoDecision(r.Context(), r.Actor, c.PublicID, r.PathValue("decision"), reason)
	}
	again := func(status int, wrong ui.Errors) error { return showCase(w, r, status, string(result.Undo), wrong) }
	return outcome(w, r, err, pathOf(c, "commission", student), again, "office.decision.undo.done")
}

func (k studentCase) undoForm(r *page.Request) ui.Form {
	f := ui.Form{
		Action: pathOf(k.campaign, "commission", k.line.Student.PublicID, "decisions", k.line.Last.PublicID, "undo"),
		Fields: []ui.Field{reasonField(r, "undo-reason")},
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
	c, proposal, err := readProposal(r, result.RightDecide)
	if err != nil {
		return err
	}
	_, err = read(r, result.RightDecide, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		checks, err = readiness(ctx, tx, r, c)
		return err
	})
	if err != nil {
		return err
	}
	facts := append(summaryFacts(r, proposal.Summary), ui.Fact{Value: strconv.Itoa(len(proposal.Decisions)), Label: r.T("office.decisions")})
	d := ui.Decision{
		Title: r.T("office.confirm.title"), Facts: facts, Warning: r.T("office.confirm.warning"),
		Form: ui.Form{
			Action: pathOf(c, "commission", "confirm"), Errors: wrong,
			Submit: ui.Action{Label: r.T("office.do.proposed.confirm"), Icon: "check-lg", Kind: ui.Primary},
			Cancel: ui.Link{Label: r.T("office.cancel"), Href: pathOf(c, "commission")},
		},
	}
	if err := c.Allows(campaign.Decide); err != nil {
		d.Form.Submit.Why = ui.ErrorsOf(r.Text, err).Sentence
	} else if err := campaign.Go(c, checks); err != nil {
		d.Form.Submit.Why = ui.ErrorsOf(r.Text, err).Sentence
	}
	p := ui.Page{Title: r.T("office.do.proposed.confirm"), Crumbs: []ui.Link{crumb(r, c, "commission")}}
	return show(w, r, status, c, "commission", p, stepBody(r, overview{campaign: c, checks: checks}, d))
}

// ConfirmProposal says that the commission has decided.
func (o *Pages) ConfirmProposal(w http.ResponseWriter, r *page.Request) error {
	c, err := read(r, result.RightDecide, nil)
	if err != nil {
		return err
	}
	err = o.Results.ConfirmProposal(r.Context(), r.Actor, c.PublicID)
	again := func(status int, wrong ui.Errors) error { return showConfirm(w, r, status, wrong) }
	return outcome(w, r, err, pathOf(c, "commission"), again, "office.confirmed", "campaign", c.Name)
}

// Minutes answers with the minutes on paper, or as a list for a spreadsheet.
func (o *Pages) Minutes(w http.ResponseWriter, r *page.Request) error {
	var minutes result.Minutes
	c, err := read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		minutes, err = result.MinutesFor(ctx, tx, r.Actor, c.PublicID)
		return err
	})
	if err != nil {
		return err
	}
	title := r.T("office.minutes.file", "campaign", c.Name)
	if r.WantsFile() {
		columns, rows := minutes.Table(r.Text)
		list := exchange.List{Title: title, Made: r.Now(), Columns: columns}
		for _, row := range rows {
			cells := make([]any, len(row))
			for i, cell := range row {
				cells[i] = cell
			}
			list.Rows = append(list.Rows, cells)
		}
		return r.SendList(w, list)
	}
	content, err := minutes.Sheet(r.Text).PDF(r.Text)
	if err != nil {
		return err
	}
	return r.SendFile(w, title+".pdf", "application/pdf", content)
}
