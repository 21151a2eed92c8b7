package admin

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// A list is one of the lists of reference data, whatever its items are.
type list struct {
	name    string // in the address and in the catalogues: "faculties"
	noun    string // of an item, in the log
	icon    string
	pages                                                 // those of a [table.Register]
	offered func(context.Context, *store.Tx) (int, error) // how many items are not archived
	archive func(http.ResponseWriter, *page.Request) error
}

// pages are the handlers of a [table.Register].
type pages interface {
	List(http.ResponseWriter, *page.Request) error
	New(http.ResponseWriter, *page.Request) error
	Create(http.ResponseWriter, *page.Request) error
	Page(http.ResponseWriter, *page.Request) error
	Change(http.ResponseWriter, *page.Request) error
}

// A kind is what the pages need to know of the items of one list. There are few of
// them: they are read whole.
type kind[T any] struct {
	name     string // in the address and in the catalogues: "faculties"
	noun     string // of an item, in the log
	icon     string
	right    identity.Right // to change the list
	fields   []entry
	all      func(context.Context, *store.Tx) ([]T, error)
	save     func(context.Context, *store.DB, identity.Actor, T) (T, error)
	show     func(text.Printer, T) item
	read     func(*page.Form, *T)
	stamp    func(*T) *reference.Stamp
	archived func(*T) *bool
}

// An entry is one field of an item.
type entry struct {
	name     string
	kind     ui.FieldKind
	column   ui.ColumnKind
	optional bool
	hint     bool // the catalogue has a hint for it
}

// An item is what an item says, by the names of the fields.
type item struct {
	typed map[string]string // as a form shows it
	cells map[string]ui.Cell
}

func (l list) path() string { return ParametersPath + "/" + l.name }

// list makes the pages of a kind.
func (k kind[T]) list() list {
	return list{
		name: k.name, noun: k.noun, icon: k.icon, offered: k.offered, archive: k.archive,
		pages: table.Register[T]{
			Name: "admin." + k.name, Path: k.path(), Noun: k.noun, Right: k.right,
			Crumbs: func(r *page.Request) []ui.Link {
				return []ui.Link{Home(r), {Label: r.T("admin.parameters"), Href: ParametersPath}}
			},
			Show: k.table, Find: k.find, About: k.about, Fields: k.form, Save: k.keep, Beside: k.state,
		},
	}
}

func (k kind[T]) path() string { return ParametersPath + "/" + k.name }

func (k kind[T]) find(r *page.Request, tx *store.Tx, publicID string) (T, error) {
	found, err := k.all(r.Context(), tx)
	for i := range found {
		if k.stamp(&found[i]).PublicID == publicID {
			return found[i], err
		}
	}
	if err == nil {
		err = unknownItem
	}
	return *new(T), err
}

var unknownItem = fault.New(fault.NotFound, "admin.parameters.unknown")

// one reads one item.
func (k kind[T]) one(r *page.Request, publicID string) (T, error) {
	return store.Get(r.Context(), r.DB, func(tx *store.Tx) (T, error) { return k.find(r, tx, publicID) })
}

func (k kind[T]) about(r *page.Request, x T) table.About {
	return table.About{
		Stamp: *k.stamp(&x), Label: k.show(r.Text, x).typed["name"],
		May: r.Actor.CanSomewhere(k.right), Reads: r.Actor.Can(audit.RightView),
	}
}

func (k kind[T]) form(r *page.Request, _ *store.Tx, x T) ([]ui.Field, error) {
	var i item
	if k.stamp(&x).PublicID != "" {
		i = k.show(r.Text, x)
	}
	var fields []ui.Field
	for _, e := range k.fields {
		fields = append(fields, ui.Field{
			Name: e.name, Kind: e.kind, Label: k.label(r, e), Hint: k.hint(r, e), Optional: e.optional, Value: i.typed[e.name],
		})
	}
	return fields, nil
}

func (k kind[T]) keep(r *page.Request, f *page.Form, stamp reference.Stamp) (x T, err error) {
	if stamp.PublicID != "" {
		if x, err = k.one(r, stamp.PublicID); err != nil {
			return x, err
		}
		k.stamp(&x).ChangedAt = stamp.ChangedAt
	}
	k.read(f, &x)
	if err := f.Err(); err != nil {
		return x, err
	}
	return k.save(r.Context(), r.DB, r.Actor, x)
}

func (k kind[T]) offered(ctx context.Context, tx *store.Tx) (n int, err error) {
	found, err := k.all(ctx, tx)
	for i := range found {
		if !*k.archived(&found[i]) {
			n++
		}
	}
	return n, err
}

// archive puts an item away, or offers it again: it is then told where it was used,
// and offered nowhere.
func (k kind[T]) archive(w http.ResponseWriter, r *page.Request) error {
	x, err := k.one(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	away := r.FormValue("archived") != ""
	*k.archived(&x) = away
	if x, err = k.save(r.Context(), r.DB, r.Actor, x); err != nil {
		return err
	}
	said := "admin.item.restored"
	if away {
		said = "admin.item.archived"
	}
	about := k.about(r, x)
	return r.GoSaying(w, k.path()+"/"+about.PublicID, said, "name", about.Label)
}

// state says whether an item is offered, and changes it.
func (k kind[T]) state(r *page.Request, _ *store.Tx, x T) (templ.Component, error) {
	about := k.about(r, x)
	return itemState(r, k.path()+"/"+about.PublicID, about.May, *k.archived(&x), LogOf(k.noun, about.PublicID)), nil
}

const (
	itemOffered  = "offered"
	itemArchived = "archived"
)

// table answers with the list, or with its file.
func (k kind[T]) table(w http.ResponseWriter, r *page.Request, p ui.Page) error {
	t := ui.Table{
		Caption: p.Title, Path: k.path(), Export: k.path(), Columns: k.columns(r),
		Empty: ui.Empty{Icon: k.icon, What: r.T("admin.list.none"), Why: p.Lead},
	}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error {
		found, err := k.all(r.Context(), tx)
		for _, x := range found {
			t.Rows = append(t.Rows, k.row(r, x))
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
	return r.Show(w, p, ui.DataTable(r.Text, t))
}

func (k kind[T]) columns(r *page.Request) []ui.Column {
	var columns []ui.Column
	for _, e := range k.fields {
		columns = append(columns, ui.Column{
			Key: e.name, Title: k.label(r, e), Kind: e.column, Filter: e.column == ui.KindText, Fixed: e.name == "name",
		})
	}
	return append(columns, ui.Column{Key: "state", Title: r.T("admin.state"), Kind: ui.KindChoice, Filter: true, Options: []ui.Option{
		{Value: itemOffered, Label: r.T("admin.item.offered")}, {Value: itemArchived, Label: r.T("admin.item.away")},
	}}, ui.Column{Key: "changed", Title: r.T("admin.changed"), Kind: ui.KindMoment, Hidden: true})
}

func (k kind[T]) row(r *page.Request, x T) ui.Row {
	var row ui.Row
	i, stamp := k.show(r.Text, x), k.stamp(&x)
	for _, e := range k.fields {
		cell := i.cells[e.name]
		if e.name == "name" {
			cell.Href, cell.Sort = k.path()+"/"+stamp.PublicID, text.SortKey(i.typed["name"])
		}
		row.Cells = append(row.Cells, cell)
	}
	state := ui.StateCell(itemOffered, ui.Good, r.T("admin.item.offered"))
	if *k.archived(&x) {
		state = ui.StateCell(itemArchived, ui.Neutral, r.T("admin.item.away"))
	}
	row.Cells = append(row.Cells, state, ui.Moment(r.Text, stamp.ChangedAt))
	return row
}

// label names a field: by the list if the catalogues have a name of its own.
func (k kind[T]) label(r *page.Request, e entry) string {
	if key := "admin." + k.name + "." + e.name; r.Text.Has(key) {
		return r.T(key)
	}
	return r.T("admin.field." + e.name)
}

func (k kind[T]) hint(r *page.Request, e entry) string {
	if !e.hint {
		return ""
	}
	if key := "admin." + k.name + "." + e.name + ".hint"; r.Text.Has(key) {
		return r.T(key)
	}
	return r.T("admin.field." + e.name + ".hint")
}

// of returns a handler of the list that the address names.
func of(do func(list, http.ResponseWriter, *page.Request) error) func(http.ResponseWriter, *page.Request) error {
	return func(w http.ResponseWriter, r *page.Request) error {
		for _, l := range lists {
			if l.name == r.PathValue("list") {
				return do(l, w, r)
			}
		}
		return unknownItem
	}
}

func archiveItem(l list, w http.ResponseWriter, r *page.Request) error { return l.archive(w, r) }

// Parameters leads to the lists of reference data.
func Parameters(w http.ResponseWriter, r *page.Request) error {
	counts := map[string]int{}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		for _, l := range lists {
			if counts[l.name], err = l.offered(r.Context(), tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(w, ui.Page{
		Title: r.T("admin.parameters"), Lead: r.T("admin.parameters.lead"), Density: ui.Manage, Crumbs: []ui.Link{Home(r)},
	}, parametersBody(r, counts))
}
