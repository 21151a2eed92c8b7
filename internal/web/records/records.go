/*
Package records is the office's pages on what campaigns refer to: students and
their cohorts, sites and their institutions, contacts, and the files that bring
all of them in.

A [Register] is one such list with its form: rows to filter, order and export, one
page for each thing, errors beside fields, and the history under it. What a thing
has of its own (placements and leaves of a student, contacts of a site) stands
under the form.

What is not here: rules, which are reference's; short lists that the platform is
arranged by (levels, years, periods, categories), which are on the pages of the
administrators.
*/
package records

import (
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// The addresses of the pages.
const (
	StudentsPath     = "/students"
	CohortsPath      = "/cohorts"
	SitesPath        = "/sites"
	InstitutionsPath = "/institutions"
	ContactsPath     = "/contacts"
	ImportsPath      = "/imports"
)

// A Register is a list of things of one kind with their form.
type Register struct {
	path    string
	name    string // in the catalogues: "records.students"
	noun    string // in the log: "student"
	icon    string
	edit    identity.Right
	columns func(r *page.Request) []ui.Column
	load    func(r *page.Request, tx *store.Tx) ([]entry, error)
	// one reads the thing with a public id that the reader may see, or a NotFound
	// fault.
	one func(r *page.Request, tx *store.Tx, publicID string) (entry, error)
	// fields are those of the form without their values; new says that nothing is
	// there yet.
	fields func(r *page.Request, tx *store.Tx, fresh bool) ([]ui.Field, error)
	// save reads the form, and adds a thing or changes the one with the stamp.
	save func(r *page.Request, f *page.Form, s reference.Stamp) (publicID, label string, err error)
	// more is what stands beside the form of one thing; may be nil.
	more func(r *page.Request, tx *store.Tx, e entry) (templ.Component, error)
	// actions are those of the list and, with an entry, of its page; may be nil.
	actions func(r *page.Request, e *entry) []ui.Action
}

// An entry is one thing of a register.
type entry struct {
	reference.Stamp
	label  string
	lead   string
	cells  []ui.Cell // the first leads to the page
	typed  map[string]string
	chosen map[string][]string // of fields that take several
	may    bool                // the reader may change it
	reads  bool                // the reader may read its history
	thing  any
}

// List shows the register.
func (g Register) List(w http.ResponseWriter, r *page.Request) error {
	t := ui.Table{
		Caption: r.T("records." + g.name), Path: g.path, Export: g.path, Columns: g.columns(r),
		Empty: ui.Empty{Icon: g.icon, What: r.T("records." + g.name + ".none"), Why: r.T("records." + g.name + ".none.why")},
	}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error {
		entries, err := g.load(r, tx)
		for _, e := range entries {
			e.cells[0].Href = g.path + "/" + e.PublicID
			t.Rows = append(t.Rows, ui.Row{Cells: e.cells})
		}
		return err
	})
	if err != nil {
		return err
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{Title: t.Caption, Lead: r.T("records." + g.name + ".lead"), Density: ui.Manage, Crumbs: []ui.Link{home(r)}}
	if r.Actor.CanSomewhere(g.edit) {
		p.Actions = append(p.Actions, ui.Action{Label: r.T("records." + g.name + ".new"), Icon: "plus-lg", Href: g.path + "/new", Kind: ui.Primary})
	}
	if g.actions != nil {
		p.Actions = append(p.Actions, g.actions(r, nil)...)
	}
	return r.Show(w, p, ui.DataTable(r.Text, t))
}

// New asks what is to be added.
func (g Register) New(w http.ResponseWriter, r *page.Request) error {
	return g.newPage(w, r, http.StatusOK, ui.Errors{})
}

// Create adds a thing.
func (g Register) Create(w http.ResponseWriter, r *page.Request) error {
	publicID, label, err := g.save(r, r.Fields(), reference.Stamp{})
	if fault.KindOf(err) == fault.Invalid {
		return g.newPage(w, r, http.StatusUnprocessableEntity, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, g.path+"/"+publicID, "records.created", "name", label)
}

func (g Register) newPage(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	var fields []ui.Field
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		fields, err = g.fields(r, tx, true)
		return err
	})
	if err != nil {
		return err
	}
	p := ui.Page{Title: r.T("records." + g.name + ".new"), Density: ui.Manage, Crumbs: []ui.Link{home(r), g.crumb(r)}}
	f := g.form(r, g.path, fields, entry{}, wrong)
	f.Submit.Label = r.T("records.create")
	f.Cancel = ui.Link{Label: r.T("records.cancel"), Href: g.path}
	return r.ShowStatus(w, status, p, inPanel(r.Text, "", f))
}

// Page shows one thing.
func (g Register) Page(w http.ResponseWriter, r *page.Request) error {
	return g.page(w, r, http.StatusOK, ui.Errors{})
}

// Save changes one thing.
func (g Register) Save(w http.ResponseWriter, r *page.Request) error {
	stamp := reference.Stamp{PublicID: r.PathValue("id")}
	stamp.ChangedAt, _ = time.Parse(time.RFC3339Nano, r.FormValue("seen")) // a form that does not say it changes whatever stands there
	_, label, err := g.save(r, r.Fields(), stamp)
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		return g.page(w, r, r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, g.path+"/"+stamp.PublicID, "records.saved", "name", label)
}

func (g Register) page(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	var e entry
	var fields []ui.Field
	var more templ.Component
	var lines []audit.Line
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if e, err = g.one(r, tx, r.PathValue("id")); err != nil {
			return err
		}
		if fields, err = g.fields(r, tx, false); err != nil {
			return err
		}
		if e.reads {
			if lines, err = audit.Find(r.Context(), tx, audit.Search{Kind: g.noun, Object: e.PublicID, Limit: historyLength}); err != nil {
				return err
			}
		}
		if g.more != nil {
			more, err = g.more(r, tx, e)
		}
		return err
	})
	if err != nil {
		return err
	}
	p := ui.Page{Title: e.label, Lead: e.lead, Density: ui.Manage, Crumbs: []ui.Link{home(r), g.crumb(r)}}
	if g.actions != nil {
		p.Actions = g.actions(r, &e)
	}
	f := g.form(r, g.path+"/"+e.PublicID, fields, e, wrong)
	return r.ShowStatus(w, status, p, thingBody(r, e, f, more, lines))
}

// historyLength is how many lines a page shows of the history of a thing.
const historyLength = 20

// form fills the fields in: with what was typed, or with what stands there.
func (g Register) form(r *page.Request, action string, fields []ui.Field, e entry, wrong ui.Errors) ui.Form {
	f := ui.Form{
		Action: action, Fields: fields, Errors: wrong,
		Submit: ui.Action{Label: r.T("records.save"), Icon: "save", Kind: ui.Primary},
	}
	if e.PublicID != "" {
		f.Hidden = map[string]string{"seen": e.ChangedAt.UTC().Format(time.RFC3339Nano)}
	}
	if e.PublicID != "" && !e.may {
		f.Submit.Why = r.T("records.readonly")
	}
	for i := range f.Fields {
		field := &f.Fields[i]
		field.Complete = "off"
		switch {
		case r.Method == http.MethodPost && r.PathValue("act") == "":
			field.Value, field.Values = r.PostForm.Get(field.Name), r.PostForm[field.Name]
		case e.typed != nil:
			field.Value, field.Values = e.typed[field.Name], e.chosen[field.Name]
		}
		if e.PublicID != "" && !e.may {
			field.Off = r.T("records.readonly")
		}
	}
	return f
}

func (g Register) crumb(r *page.Request) ui.Link {
	return ui.Link{Label: r.T("records." + g.name), Href: g.path}
}

// home is the first crumb of every page.
func home(r *page.Request) ui.Link { return ui.Link{Label: r.T("records.home"), Href: "/"} }

// field is a field named by the catalogues; its hint is there if they have one.
func field(r *page.Request, name string, f ui.Field) ui.Field {
	f.Name, f.Label = name, r.T("records.field."+name)
	if key := "records.field." + name + ".hint"; f.Hint == "" && r.Text.Has(key) {
		f.Hint = r.T(key)
	}
	return f
}

// options are the things that a field chooses among, after "none" if it may be
// left empty.
func options[T any](r *page.Request, among []T, ref func(T) reference.Ref, none bool) []ui.Option {
	var all []ui.Option
	if none {
		all = append(all, ui.Option{Label: r.T("records.nobody")})
	}
	for _, x := range among {
		label := ref(x).Name
		if code := ref(x).Code; code != label {
			label = code + " · " + label
		}
		all = append(all, ui.Option{Value: ref(x).Code, Label: label})
	}
	return all
}

// kept leaves out what is archived, so that it is offered nowhere.
func kept[T any](among []T, archived func(T) bool) []T {
	var all []T
	for _, x := range among {
		if !archived(x) {
			all = append(all, x)
		}
	}
	return all
}

func ref(code string) reference.Ref { return reference.Ref{Code: code} }

func refs(codes []string) []reference.Ref {
	var all []reference.Ref
	for _, code := range codes {
		all = append(all, ref(code))
	}
	return all
}

func codesOf(refs []reference.Ref) []string {
	var all []string
	for _, r := range refs {
		all = append(all, r.Code)
	}
	return all
}

// ticked is how a box of a form says yes.
func ticked(yes bool) string {
	if yes {
		return "1"
	}
	return ""
}

func digits(n int) string { return strconv.Itoa(n) }

// day reads a date of a form; an empty one is left to the rules.
func day(f *page.Form, name string) reference.Date {
	d, ok := reference.ParseDate(f.Text(name))
	if !ok {
		f.Wrong(name, "reference.date", "found", f.Text(name))
	}
	return d
}

// What a thing is, in lists.
const (
	inUse    = "in-use"
	archived = "archived"
)

func stateColumn(r *page.Request) ui.Column {
	return ui.Column{Key: "state", Title: r.T("records.state"), Kind: ui.KindChoice, Filter: true, Options: []ui.Option{
		{Value: inUse, Label: r.T("records.state.in-use")}, {Value: archived, Label: r.T("records.state.archived")},
	}}
}

func stateCell(r *page.Request, away bool) ui.Cell {
	if away {
		return ui.StateCell(archived, ui.Neutral, r.T("records.state.archived"))
	}
	return ui.StateCell(inUse, ui.Good, r.T("records.state.in-use"))
}
