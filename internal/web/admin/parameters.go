package admin

import (
	"context"
	"net/http"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// A list is one of the lists of reference data, as its pages need it. What an
// item says is kept by the names of the fields.
type list struct {
	name   string // in the address and in the catalogues: "faculties"
	kind   string // of an item, in the log
	icon   string
	right  identity.Right // to change it
	fields []entry
	items  func(ctx context.Context, tx *store.Tx, p text.Printer) ([]item, error)
	save   func(r *page.Request, f *page.Form, id string, seen time.Time) error
	// archive puts an item away, or offers it again.
	archive func(r *page.Request, id string, archived bool) error
}

// An entry is one field of an item.
type entry struct {
	name     string
	kind     ui.FieldKind
	column   ui.ColumnKind
	optional bool
	hint     bool // the catalogue has a hint for it
}

// An item is one line of a list.
type item struct {
	reference.Stamp
	label    string
	archived bool
	typed    map[string]string // as a form shows it
	cells    map[string]ui.Cell
}

// listOf makes the pages of one kind of reference data from its functions.
func listOf[T any](l list, all func(context.Context, *store.Tx) ([]T, error),
	show func(text.Printer, T) item, read func(*page.Form, *T),
	stamp func(*T) *reference.Stamp, archived func(*T) *bool,
	save func(context.Context, *store.DB, identity.Actor, T) (T, error),
) list {
	l.items = func(ctx context.Context, tx *store.Tx, p text.Printer) ([]item, error) {
		found, err := all(ctx, tx)
		items := make([]item, len(found))
		for i, x := range found {
			items[i] = show(p, x)
			items[i].Stamp, items[i].archived = *stamp(&x), *archived(&x)
		}
		return items, err
	}
	one := func(r *page.Request, id string) (x T, err error) {
		err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
			found, err := all(r.Context(), tx)
			for _, y := range found {
				if stamp(&y).PublicID == id {
					x = y
					return err
				}
			}
			return unknownItem
		})
		return x, err
	}
	l.save = func(r *page.Request, f *page.Form, id string, seen time.Time) error {
		var x T
		if id != "" {
			var err error
			if x, err = one(r, id); err != nil {
				return err
			}
			stamp(&x).ChangedAt = seen
		}
		read(f, &x)
		if err := f.Err(); err != nil {
			return err
		}
		_, err := save(r.Context(), r.DB, r.Actor, x)
		return err
	}
	l.archive = func(r *page.Request, id string, away bool) error {
		x, err := one(r, id)
		if err != nil {
			return err
		}
		*archived(&x) = away
		_, err = save(r.Context(), r.DB, r.Actor, x)
		return err
	}
	return l
}

var unknownItem = fault.New(fault.NotFound, "admin.parameters.unknown")

// find returns the list of an address.
func find(r *page.Request) (list, error) {
	for _, l := range lists {
		if l.name == r.PathValue("list") {
			return l, nil
		}
	}
	return list{}, unknownItem
}

// Parameters leads to the lists of reference data.
func Parameters(w http.ResponseWriter, r *page.Request) error {
	counts := map[string]int{}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error {
		for _, l := range lists {
			items, err := l.items(r.Context(), tx, r.Text)
			if err != nil {
				return err
			}
			for _, i := range items {
				if !i.archived {
					counts[l.name]++
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(w, ui.Page{
		Title: r.T("admin.parameters"), Lead: r.T("admin.parameters.lead"), Density: ui.Manage, Crumbs: []ui.Link{home(r)},
	}, parametersBody(r, counts))
}

// List shows one list.
func List(w http.ResponseWriter, r *page.Request) error {
	l, err := find(r)
	if err != nil {
		return err
	}
	t := ui.Table{
		Caption: r.T("admin." + l.name), Path: r.URL.Path, Export: r.URL.Path, Columns: l.columns(r),
		Empty: ui.Empty{Icon: l.icon, What: r.T("admin.list.none"), Why: r.T("admin." + l.name + ".lead")},
	}
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		items, err := l.items(r.Context(), tx, r.Text)
		for _, i := range items {
			t.Rows = append(t.Rows, l.row(r, i))
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
	p := ui.Page{Title: t.Caption, Lead: r.T("admin." + l.name + ".lead"), Density: ui.Manage, Crumbs: l.crumbs(r, false)}
	if r.Actor.CanSomewhere(l.right) {
		p.Actions = []ui.Action{{Label: r.T("admin." + l.name + ".new"), Icon: "plus-lg", Href: l.path() + "/new", Kind: ui.Primary}}
	}
	return r.Show(w, p, ui.DataTable(r.Text, t))
}

// NewItem asks for what a list lacks.
func NewItem(w http.ResponseWriter, r *page.Request) error {
	l, err := find(r)
	if err != nil {
		return err
	}
	return l.form(w, r, http.StatusOK, nil, ui.Errors{})
}

// Item shows one line of a list, to be read or changed.
func Item(w http.ResponseWriter, r *page.Request) error {
	l, i, err := findItem(r)
	if err != nil {
		return err
	}
	return l.form(w, r, http.StatusOK, &i, ui.Errors{})
}

func findItem(r *page.Request) (list, item, error) {
	l, err := find(r)
	if err != nil {
		return list{}, item{}, err
	}
	var items []item
	err = r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		items, err = l.items(r.Context(), tx, r.Text)
		return err
	})
	for _, i := range items {
		if i.PublicID == r.PathValue("item") {
			return l, i, err
		}
	}
	if err == nil {
		err = unknownItem
	}
	return list{}, item{}, err
}

// CreateItem adds a line to a list.
func CreateItem(w http.ResponseWriter, r *page.Request) error {
	l, err := find(r)
	if err != nil {
		return err
	}
	return l.keep(w, r, nil)
}

// SaveItem changes a line of a list.
func SaveItem(w http.ResponseWriter, r *page.Request) error {
	l, i, err := findItem(r)
	if err != nil {
		return err
	}
	return l.keep(w, r, &i)
}

// keep saves what was typed, or shows it again with what is wrong.
func (l list) keep(w http.ResponseWriter, r *page.Request, i *item) error {
	id, seen := "", time.Time{}
	if i != nil {
		id = i.PublicID
		seen, _ = time.Parse(time.RFC3339Nano, r.FormValue("seen"))
	}
	err := l.save(r, r.Fields(), id, seen)
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		return l.form(w, r, r.Explain(err).Status, i, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, l.path(), "admin.item.saved", "name", r.FormValue("name"))
}

// ArchiveItem puts a line away, or offers it again: it is then told where it was
// used, and offered nowhere.
func ArchiveItem(w http.ResponseWriter, r *page.Request) error {
	l, i, err := findItem(r)
	if err != nil {
		return err
	}
	away := r.FormValue("archived") != ""
	if err := l.archive(r, i.PublicID, away); err != nil {
		return err
	}
	said := "admin.item.restored"
	if away {
		said = "admin.item.archived"
	}
	return r.GoSaying(w, l.path(), said, "name", i.label)
}
