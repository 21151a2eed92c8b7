/*
Package table is the one kit for a long list: what people see, filter, search, sort,
page through, keep in a link and take away as a file, while the database does the
work.

A list is declared once, beside its page:

	var institutions = table.List[site.Institution]{
		Name: "records.institutions", Path: InstitutionsPath, Icon: "building",
		Rows: &site.InstitutionList,
		Where: func(r *page.Request) store.Condition { return site.SeenBy(r.Actor) },
		Columns: func(r *page.Request) []table.Column[site.Institution] {
			return []table.Column[site.Institution]{
				{Column: ui.Column{Key: "name", Title: r.T("records.field.name"), Fixed: true},
					Cell: func(i site.Institution) ui.Cell { return ui.LinkCell(i.Name, InstitutionsPath+"/"+i.PublicID) }},
				{Column: ui.Column{Key: "town", Title: r.T("records.field.town")},
					Cell: func(i site.Institution) ui.Cell { return ui.Word(i.Address.Town) }},
			}
		},
	}

and its handler is one line, which answers the page, and the file when the address
asks for one:

	return institutions.Show(w, r, ui.Page{Title: r.T("records.institutions")})

What always holds:

  - A column filters and sorts if the [store.List] says so for its key; nothing else
    can be asked. Its Kind says how a person asks: see [ui.ColumnKind] and the
    filters of package store.
  - The state stands in the address, in the parameters of [ui.ParseTable], with the
    place where a page begins instead of its number. An old link, with page=7 or a
    column that is no more, opens at the first page.
  - A page takes at most five statements, whatever the list holds, and its count
    stops at [store.CountLimit].
  - A file holds all rows that pass the filters, in the order and with the columns
    that are seen. It is read some hundred rows at a time.

A [Register] is a list with the form of one thing: its page, its errors, its history.

What is not here: lists that are short by nature, which [ui.Table] holds in memory.
*/
package table

import (
	"net/http"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// A List is a long list of things of one kind.
type List[T any] struct {
	Name string // in the catalogues: what the rows are; Name.none and Name.none.why when there is none
	Path string // address of the page; it may depend on the request: see [List.At]
	Icon string // of the empty list

	Rows    *store.List[T]                            // where the rows come from
	Where   func(*page.Request) store.Condition       // what the reader may see; nil: every row
	Columns func(*page.Request) []Column[T]           // in the order of the page
	ID      func(T) string                            // what a batch sends of a row; nil: rows cannot be chosen
	Tone    func(T) ui.Tone                           // of rows that stand out; may be nil
	Batch   func(*page.Request) ([]ui.Action, string) // what can be done with chosen rows, and where its form posts; may be nil

	// Search is the key of what the search looks for, when that is not in all columns:
	// "table.search.person"; may be empty.
	Search string

	// Size is how many rows a page has, whatever the address asks for; 0: as it asks.
	Size int

	// Find tells what is known of the rows that an ask lets through before they are read,
	// for a list that knows something; may be nil.
	Find func(*page.Request, *store.Tx, store.Ask) (store.Found, error)

	// Complete reads what belongs to the rows of a page, with as many statements
	// whatever their number; may be nil.
	Complete func(*page.Request, *store.Tx, []T) error
}

// A Column is one column: how it looks, and what it shows of a row. Filter and NoSort
// follow from the list, whatever Column says.
type Column[T any] struct {
	ui.Column
	Cell func(T) ui.Cell
}

// At returns the list at another address: that of one campaign, for instance.
func (l List[T]) At(path string) List[T] {
	l.Path = path
	return l
}

// Show answers with the page of the list, below what p says of it, or with its file
// when the address asks for one.
func (l List[T]) Show(w http.ResponseWriter, r *page.Request, p ui.Page) error {
	if r.WantsFile() {
		return l.Send(w, r)
	}
	t, err := l.Read(r)
	if err != nil {
		return err
	}
	if p.Density == "" {
		p.Density = ui.Manage
	}
	return r.Show(w, p, ui.DataTable(r.Text, t))
}

// Read returns the part of the list that the address asks for, for a page that shows
// more than the list.
func (l List[T]) Read(r *page.Request) (t ui.Table, err error) {
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		t, err = l.ReadIn(r, tx)
		return err
	})
	return t, err
}

// ReadIn is [List.Read] in a transaction of the page, which has read some names that
// the rows need too.
func (l List[T]) ReadIn(r *page.Request, tx *store.Tx) (ui.Table, error) {
	columns, t := l.table(r)
	ask := askOf(r, t.State)
	if l.Size > 0 {
		ask.Size = l.Size
	}
	found, err := l.find(r, tx, ask)
	if err != nil {
		return t, err
	}
	where := store.And(l.where(r), found.Among)
	part, err := l.Rows.Page(r.Context(), tx, where, found.Rest)
	if err != nil {
		return t, err
	}
	t.Paged.Previous, t.Paged.Next = part.Previous, part.Next
	switch {
	case found.Counted:
		t.Paged.Matching, t.Paged.More = found.Count, found.More
	case part.Previous == "" && part.Next == "":
		t.Paged.Matching = len(part.Rows)
	default:
		if t.Paged.Matching, t.Paged.More, err = l.Rows.Count(r.Context(), tx, where, found.Rest); err != nil {
			return t, err
		}
	}
	if err := l.complete(r, tx, part.Rows); err != nil {
		return t, err
	}
	for _, x := range part.Rows {
		t.Rows = append(t.Rows, l.row(columns, x))
	}
	return t, nil
}

// find returns what is known of the rows that an ask lets through.
func (l List[T]) find(r *page.Request, tx *store.Tx, ask store.Ask) (store.Found, error) {
	if l.Find == nil {
		return store.Found{Rest: ask}, nil
	}
	return l.Find(r, tx, ask)
}

// Send answers with the list as a file.
func (l List[T]) Send(w http.ResponseWriter, r *page.Request) error {
	columns, t := l.table(r)
	list := exchange.List{Title: t.Caption, Made: r.Now()}
	shown, at := t.State.Shown(t.Columns)
	for _, c := range shown {
		list.Columns = append(list.Columns, c.Title)
	}
	list.Each = func(do func([]any) error) error {
		return r.DB.Read(r.Context(), func(tx *store.Tx) error {
			return l.Rows.Each(r.Context(), tx, l.where(r), askOf(r, t.State), func(rows []T) error {
				if err := l.complete(r, tx, rows); err != nil {
					return err
				}
				for _, x := range rows {
					cells := make([]any, len(shown))
					for i, c := range shown {
						cells[i] = r.FileCell(c, columns[at[i]].Cell(x))
					}
					if err := do(cells); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	return r.SendList(w, list)
}

// table returns the columns of the list, and its table without rows.
func (l List[T]) table(r *page.Request) ([]Column[T], ui.Table) {
	columns := l.Columns(r)
	t := ui.Table{
		Caption: r.T(l.Name), Path: l.Path, Export: l.Path, Paged: &ui.Paged{Unsearched: len(l.Rows.Words) == 0},
		Empty: ui.Empty{Icon: l.Icon, What: r.T(l.Name + ".none"), Why: r.T(l.Name + ".none.why")},
	}
	if l.Search != "" {
		t.Paged.Search = r.T(l.Search)
	}
	for _, c := range columns {
		c.Filter, c.NoSort = l.Rows.Filters(c.Key), !l.Rows.Sorts(c.Key)
		t.Columns = append(t.Columns, c.Column)
	}
	if l.Batch != nil {
		t.Batch, t.BatchTo = l.Batch(r)
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return columns, t
}

func (l List[T]) row(columns []Column[T], x T) ui.Row {
	row := ui.Row{Cells: make([]ui.Cell, len(columns))}
	for i, c := range columns {
		row.Cells[i] = c.Cell(x)
	}
	if l.ID != nil {
		row.ID = l.ID(x)
	}
	if l.Tone != nil {
		row.Tone = l.Tone(x)
	}
	return row
}

func (l List[T]) where(r *page.Request) store.Condition {
	if l.Where == nil {
		return store.Condition{}
	}
	return l.Where(r)
}

func (l List[T]) complete(r *page.Request, tx *store.Tx, rows []T) error {
	if l.Complete == nil || len(rows) == 0 {
		return nil
	}
	return l.Complete(r, tx, rows)
}

// askOf is what an address asks of a list in the database.
func askOf(r *page.Request, s ui.TableState) store.Ask {
	return store.Ask{
		Filters: s.Filters, Search: s.Search, Sort: s.Sort, Desc: s.Desc, After: s.After, Before: s.Before, Size: s.PageRows(), Zone: r.Text.Location(),
	}
}
