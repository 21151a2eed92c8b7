package participants

import (
	"context"
	"net/http"
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Late shows the late cases of a campaign, to be asked for and agreed to.
func (o *Pages) Late(w http.ResponseWriter, r *page.Request) error {
	return showLate(w, r, http.StatusOK, ui.Errors{})
}

// waitingShown is how many late cases the page asks to decide at once. The table has all.
const waitingShown = 20

func showLate(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	var lates []campaign.Late
	c, err := office.Read(r, campaign.RightReopen, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		lates, err = campaign.Lates(ctx, tx, c)
		return err
	})
	if err != nil {
		return err
	}
	t := lateTable(r, c, lates)
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{Title: r.T("office.late"), Lead: r.T("office.late.lead")}
	return office.Show(w, r, status, c, "late", p, lateBody(r, c, lates, t, lateForm(r, c, wrong)))
}

var lateTones = map[string]ui.Tone{"waiting": ui.Warn, "open": ui.Info, "over": ui.Neutral, "refused": ui.Bad}

func lateState(r *page.Request, l campaign.Late) string {
	switch {
	case l.Waiting():
		return "waiting"
	case !l.Agreed:
		return "refused"
	case l.InForce(r.Now()):
		return "open"
	}
	return "over"
}

func lateTable(r *page.Request, c campaign.Campaign, lates []campaign.Late) ui.Table {
	var states []ui.Option
	for _, s := range []string{"waiting", "open", "over", "refused"} {
		states = append(states, ui.Option{Value: s, Label: r.T("office.late.state." + s)})
	}
	path := office.PathOf(c, "late")
	t := ui.Table{
		Caption: r.T("office.late"), Path: path, Export: path,
		Columns: []ui.Column{
			{Key: "name", Title: r.T("office.person"), Filter: true, Fixed: true},
			{Key: "state", Title: r.T("office.points.state"), Kind: ui.KindChoice, Filter: true, Options: states},
			{Key: "until", Title: r.T("office.late.until"), Kind: ui.KindMoment, Filter: true},
			{Key: "reason", Title: r.T("office.reason"), Filter: true},
			{Key: "by", Title: r.T("office.late.by"), Filter: true},
			{Key: "at", Title: r.T("office.late.at"), Kind: ui.KindMoment},
			{Key: "second", Title: r.T("office.late.second"), Filter: true},
			{Key: "decided", Title: r.T("office.late.decided"), Kind: ui.KindMoment, Hidden: true},
		},
		Empty: ui.Empty{Icon: "clock-history", What: r.T("office.late.none"), Why: r.T("office.late.none.why")},
	}
	for _, l := range lates {
		state := lateState(r, l)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: l.Student.Name, Href: office.PathOf(c, "participants", l.Student.PublicID), Sort: text.SortKey(l.Student.Name)},
			ui.StateCell(state, lateTones[state], r.T("office.late.state."+state)),
			ui.Moment(r.Text, l.Until), ui.Word(l.Reason), ui.Word(l.AskedBy), ui.Moment(r.Text, l.AskedAt),
			ui.Word(l.DecidedBy), ui.Moment(r.Text, l.DecidedAt),
		}})
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}

func lateForm(r *page.Request, c campaign.Campaign, wrong ui.Errors) ui.Form {
	f := ui.Form{
		Action: office.PathOf(c, "late"), Errors: wrong,
		Fields: []ui.Field{
			{Name: "student", Label: r.T("office.person"), Hint: r.T("office.person.hint")},
			{Kind: ui.FieldMoment, Name: "until", Label: r.T("office.late.until"), Hint: r.T("office.late.until.hint", "commission", c.CommissionAt)},
			office.ReasonField(r, "late-reason"),
		},
		Submit: ui.Action{Label: r.T("office.late.ask"), Icon: "clock-history", Kind: ui.Primary},
	}
	office.KeepTyped(r, f.Fields)
	return f
}

// AskLate asks to reopen one person's list.
func (o *Pages) AskLate(w http.ResponseWriter, r *page.Request) error {
	c, err := office.Read(r, campaign.RightReopen, nil)
	if err != nil {
		return err
	}
	f := r.Fields()
	typed, until, reason := f.Required("student"), f.Time("until"), f.Reason("reason")
	if f.Text("until") == "" {
		f.Wrong("until", "form.required")
	}
	found, err := office.FindPerson(r, c, f, "student", typed)
	if err != nil {
		return err
	}
	if err = f.Err(); err == nil {
		_, err = o.Campaigns.AskLate(r.Context(), r.Actor, c.PublicID, found.PublicID, until, reason)
	}
	again := func(status int, wrong ui.Errors) error { return showLate(w, r, status, wrong) }
	return office.Outcome(w, r, err, office.PathOf(c, "late"), again, "office.late.asked")
}

// DecideLate agrees to a late case, or refuses it.
func (o *Pages) DecideLate(w http.ResponseWriter, r *page.Request) error {
	c, err := office.Read(r, campaign.RightReopen, nil)
	if err != nil {
		return err
	}
	f, said := r.Fields(), "office.late.refused"
	agreed := f.Choice("decision", "agree", "refuse") == "agree"
	if agreed {
		said = "office.late.agreed"
	}
	if err = f.Err(); err == nil {
		err = o.Campaigns.DecideLate(r.Context(), r.Actor, c.PublicID, r.PathValue("late"), agreed)
	}
	again := func(status int, wrong ui.Errors) error { return showLate(w, r, status, wrong) }
	return office.Outcome(w, r, err, office.PathOf(c, "late"), again, said)
}

// waiting returns the late cases that a second person must decide.
func waiting(lates []campaign.Late) []campaign.Late {
	return slices.DeleteFunc(slices.Clone(lates), func(l campaign.Late) bool { return !l.Waiting() })
}

func secondWhy(r *page.Request, l campaign.Late) string {
	if l.MayDecide(r.Actor.ID) {
		return ""
	}
	return r.T("office.late.notyou")
}
