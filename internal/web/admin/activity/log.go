package activity

import (
	"net/http"
	"net/url"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// How many lines of the log a page shows, and how many people are offered whom a name
// may mean.
const (
	logPage   = 50
	mostMeant = 20
)

// A question is what somebody asks of the log, as its address says it.
type question struct {
	search    audit.Search
	typed     url.Values // the filters as typed
	kinds     []string
	campaigns map[string]string
	person    string            // the name of who did it, if one person was found
	several   []identity.Person // those whom what was typed may mean, [mostMeant] and one more at most
	wrong     ui.Errors
}

// answerable reports whether it is known what is asked.
func (q question) answerable() bool { return q.wrong.Sentence == "" && len(q.several) == 0 }

// logFilters are the parameters of the address by which lines are chosen; "after"
// and "before" say which page of them is shown.
var logFilters = []string{"campaign", "who", "kind", "object", "from", "until"}

// A logView is one page of the lines that were asked for.
type logView struct {
	store.Page[audit.Line]
	count int // of all pages
	more  bool
}

// Audit shows the log of what was done on the whole platform. It takes the right
// on everything, since a line does not say in which perimeters its object lies;
// the log of one campaign stands with the campaign.
func Audit(w http.ResponseWriter, r *page.Request) error {
	if !r.Actor.Can(audit.RightView) {
		return fault.New(fault.Denied, "admin.audit.everything")
	}
	var q question
	var view logView
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if q, err = ask(r, tx); err != nil || !q.answerable() || r.WantsFile() {
			return err
		}
		view.Page, err = audit.Page(r.Context(), tx, q.search, store.Ask{
			After: r.FormValue("after"), Before: r.FormValue("before"), Size: logPage,
		})
		if err != nil {
			return err
		}
		view.count, view.more, err = audit.Count(r.Context(), tx, q.search)
		return err
	})
	if err != nil {
		return err
	}
	status := http.StatusOK
	if q.wrong.Sentence != "" {
		status = http.StatusUnprocessableEntity
	} else if r.WantsFile() && q.answerable() {
		return r.SendList(w, logList(r, q))
	}
	return r.ShowStatus(w, status, ui.Page{
		Title: r.T("admin.audit"), Lead: r.T("admin.audit.lead"), Density: ui.Manage, Crumbs: []ui.Link{admin.Home(r)},
	}, logBody(r, q, view))
}

// ask reads what is asked of the log.
func ask(r *page.Request, tx *store.Tx) (question, error) {
	q := question{typed: url.Values{}}
	for _, name := range logFilters {
		if v := r.FormValue(name); v != "" {
			q.typed.Set(name, v)
		}
	}
	f := r.Fields()
	q.search.Scope, q.search.Kind, q.search.Object = f.Text("campaign"), f.Text("kind"), f.Text("object")
	q.search.From = f.Time("from")
	if last := f.Time("until"); !last.IsZero() {
		q.search.Until = last.In(r.Text.Location()).AddDate(0, 0, 1)
	}
	if !q.search.From.IsZero() && !q.search.Until.IsZero() && !q.search.From.Before(q.search.Until) {
		f.Wrong("until", "admin.audit.order")
	}
	if err := q.findPerson(r, tx, f); err != nil {
		return q, err
	}
	if err := f.Err(); err != nil {
		q.wrong = ui.ErrorsOf(r.Text, err)
	}
	var err error
	if q.kinds, err = audit.Kinds(r.Context(), tx); err != nil {
		return q, err
	}
	q.campaigns, err = campaignNames(r.Context(), tx, r.Actor)
	return q, err
}

// findPerson finds who is meant by a name, an e-mail address or an identifier.
func (q *question) findPerson(r *page.Request, tx *store.Tx, f *page.Form) error {
	asked := f.Text("who")
	if asked == "" {
		return nil
	}
	var err error
	if q.several, err = identity.FindPeople(r.Context(), tx, asked, mostMeant+1); err != nil {
		return err
	}
	switch len(q.several) {
	case 0:
		f.Wrong("who", "admin.audit.who.none", "found", asked)
	case 1:
		q.search.Person, q.person = q.several[0].ID, q.several[0].Name()
		q.several = nil
	}
	return nil
}

// address is the question again with some of it changed: names and values
// alternate, an empty value leaves the filter out.
func (q question) address(changes ...string) string {
	v := url.Values{}
	for name := range q.typed {
		v.Set(name, q.typed.Get(name))
	}
	for i := 0; i+1 < len(changes); i += 2 {
		v.Del(changes[i])
		if changes[i+1] != "" {
			v.Set(changes[i], changes[i+1])
		}
	}
	return admin.AuditPath + "?" + v.Encode()
}

func (q question) form(r *page.Request) ui.Form {
	campaigns := []ui.Option{{Label: r.T("admin.all.feminine")}}
	for _, id := range byName(q.campaigns) {
		campaigns = append(campaigns, ui.Option{Value: id, Label: q.campaigns[id]})
	}
	kinds := []ui.Option{{Label: r.T("admin.all")}}
	for _, kind := range q.kinds {
		kinds = append(kinds, ui.Option{Value: kind, Label: admin.Named(r.Text, "admin.kind.", kind)})
	}
	who := q.typed.Get("who")
	if q.person != "" {
		who = q.person
	}
	f := ui.Form{
		Action: admin.AuditPath, Get: true, Errors: q.wrong, Hidden: map[string]string{},
		Fields: []ui.Field{
			{Name: "who", Kind: ui.FieldSearch, Label: r.T("admin.audit.who"), Hint: r.T("admin.audit.who.hint"), Value: who},
			{Name: "kind", Kind: ui.FieldSelect, Label: r.T("admin.audit.kind"), Options: kinds, Value: q.typed.Get("kind")},
			{Name: "campaign", Kind: ui.FieldSelect, Label: r.T("admin.campaign"), Options: campaigns, Value: q.typed.Get("campaign")},
			{Name: "from", Kind: ui.FieldDate, Label: r.T("admin.audit.from"), Value: q.typed.Get("from")},
			{Name: "until", Kind: ui.FieldDate, Label: r.T("admin.audit.until"), Value: q.typed.Get("until")},
		},
		Submit: ui.Action{Label: r.T("admin.audit.search"), Icon: "filter", Kind: ui.Primary},
	}
	for i := range f.Fields {
		f.Fields[i].Error = q.wrong.Of(f.Fields[i].Name)
	}
	if object := q.typed.Get("object"); object != "" {
		f.Hidden["object"] = object
	}
	return f
}

// logList is what is asked of the log as a file.
func logList(r *page.Request, q question) exchange.List {
	list := exchange.List{Title: r.T("admin.audit"), Made: r.Now(), Columns: []string{
		r.T("admin.audit.at"), r.T("admin.audit.by"), r.T("admin.audit.behalf"), r.T("admin.audit.what"), r.T("admin.reason"),
		r.T("admin.audit.kind"), r.T("admin.reference"), r.T("admin.campaign"), r.T("admin.audit.before"), r.T("admin.audit.after"),
		r.T("admin.audit.origin"),
	}}
	list.Each = func(do func([]any) error) error {
		return r.DB.Read(r.Context(), func(tx *store.Tx) error {
			return audit.Each(r.Context(), tx, q.search, func(lines []audit.Line) error {
				for _, l := range lines {
					if err := do(logRow(r.Text, l, q.campaigns)); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	return list
}

func logRow(p text.Printer, l audit.Line, campaigns map[string]string) []any {
	return []any{
		l.At, admin.ActorName(p, l), l.BehalfName, l.Sentence(p), l.Reason,
		admin.Named(p, "admin.kind.", l.Kind), l.Object, campaigns[l.Scope], l.Before, l.After, l.Origin,
	}
}
