package ui

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// Page sizes that a table offers, the first by default. A page of more rows would
// weigh over 150 kB, and so would one of more cells.
var pageSizes = []int{50, 100}

const (
	maxCells  = 800
	maxFilter = 200     // bytes of one filter; what is longer was not typed by a person
	maxCursor = 1 << 14 // bytes of a cursor, which holds what its row is sorted by: a name may be long
)

// A TableState is what a person asked of a table: an address says it in full.
type TableState struct {
	Filters map[string]string // by key of column; never an empty one
	Search  string            // in any column
	Sort    string            // key of a column; empty: the order of the caller
	Desc    bool
	Columns []string // keys of the shown columns, in the table's order
	Page    int      // from 1, of a list in memory
	After   string   // the page that begins there, of a list in the database
	Before  string   // the page that ends there
	Size    int      // rows to a page, as asked for: see PageRows

	name   string
	chosen bool // the columns are not those shown by default
}

// ParseTable reads the state of a table from an address. Whatever does not fit
// the columns is left out: an old link still opens. name is [Table.Name].
func ParseTable(name string, columns []Column, query url.Values) TableState {
	s := TableState{name: name, Filters: map[string]string{}, Page: 1, Size: pageSizes[0]}
	s.Search = clean(query.Get(s.param("q")))
	for _, c := range columns {
		if v := clean(query.Get(s.param("f." + c.Key))); v != "" && c.Filter {
			s.Filters[c.Key] = v
		}
	}
	s.parseSort(columns, query.Get(s.param("sort")))
	s.parseColumns(columns, query[s.param("cols")])
	if n, err := strconv.Atoi(query.Get(s.param("page"))); err == nil && n > 1 {
		s.Page = n
	}
	s.After, s.Before = whole(query.Get(s.param("after"))), whole(query.Get(s.param("before")))
	if n, err := strconv.Atoi(query.Get(s.param("size"))); err == nil && slices.Contains(pageSizes, n) {
		s.Size = n
	}
	return s
}

func clean(s string) string {
	if len(s) > maxFilter {
		s = s[:maxFilter]
	}
	return strings.TrimSpace(strings.ToValidUTF8(s, ""))
}

// whole returns a cursor as it is: a part of one is another place, or none.
func whole(cursor string) string {
	if len(cursor) > maxCursor {
		return ""
	}
	return cursor
}

func (s *TableState) parseSort(columns []Column, asked string) {
	key, desc := strings.CutPrefix(asked, "-")
	for _, c := range columns {
		if c.Key == key && !c.NoSort {
			s.Sort, s.Desc = key, desc
		}
	}
}

func (s *TableState) parseColumns(columns []Column, asked []string) {
	var wanted []string
	for _, a := range asked {
		wanted = append(wanted, strings.Split(a, ",")...)
	}
	var shown, usual []string
	for _, c := range columns {
		if !c.Hidden || c.Fixed {
			usual = append(usual, c.Key)
		}
		if c.Fixed || slices.Contains(wanted, c.Key) {
			shown = append(shown, c.Key)
		}
	}
	s.Columns = usual
	if len(wanted) > 0 && len(shown) > 0 {
		s.Columns = shown
	}
	s.chosen = !slices.Equal(s.Columns, usual)
}

func (s TableState) param(name string) string {
	if s.name == "" {
		return name
	}
	return s.name + "." + name
}

// Values writes the state for an address: ParseTable(Values()) is the same state.
func (s TableState) Values() url.Values {
	v := url.Values{}
	for key, value := range s.Filters {
		v.Set(s.param("f."+key), value)
	}
	if s.Search != "" {
		v.Set(s.param("q"), s.Search)
	}
	if s.Sort != "" {
		v.Set(s.param("sort"), s.sortValue())
	}
	if s.chosen {
		v.Set(s.param("cols"), strings.Join(s.Columns, ","))
	}
	if s.Page > 1 {
		v.Set(s.param("page"), strconv.Itoa(s.Page))
	}
	if s.After != "" {
		v.Set(s.param("after"), s.After)
	} else if s.Before != "" {
		v.Set(s.param("before"), s.Before)
	}
	if s.Size != pageSizes[0] && s.Size != 0 {
		v.Set(s.param("size"), strconv.Itoa(s.Size))
	}
	return v
}

func (s TableState) sortValue() string {
	if s.Desc {
		return "-" + s.Sort
	}
	return s.Sort
}

// Filtered reports whether the state leaves rows out.
func (s TableState) Filtered() bool { return len(s.Filters) > 0 || s.Search != "" }

// PageRows returns how many rows a page has: as many as asked for, or fewer when so many
// columns are shown that the page would be too heavy.
func (s TableState) PageRows() int {
	return max(1, min(s.Size, maxCells/max(1, len(s.Columns))))
}

// With returns the state on another page.
func (s TableState) With(page int) TableState {
	s.Page, s.After, s.Before = page, "", ""
	return s
}

// from returns the state on the page that begins after a place or ends before one.
func (s TableState) from(after, before string) TableState {
	s.Page, s.After, s.Before = 1, after, before
	return s
}

// SortedBy returns the state sorted by a column: upwards, and downwards if it was
// already sorted upwards by it.
func (s TableState) SortedBy(key string) TableState {
	s.Sort, s.Desc = key, s.Sort == key && !s.Desc
	return s.With(1)
}

// Without returns the state without the filter of a column; "" is the search.
func (s TableState) Without(key string) TableState {
	s.Filters = maps.Clone(s.Filters)
	delete(s.Filters, key)
	if key == "" {
		s.Search = ""
	}
	return s.With(1)
}

// Matching returns the rows that pass the filters, in the order asked for, on
// all pages. An export writes them, with the columns of the state.
func (s TableState) Matching(columns []Column, rows []Row) []Row {
	if !s.Filtered() && s.Sort == "" {
		return rows
	}
	tests := s.tests(columns)
	kept := make([]Row, 0, len(rows))
	for _, row := range rows {
		if passes(row, tests) {
			kept = append(kept, row)
		}
	}
	if i := slices.IndexFunc(columns, func(c Column) bool { return c.Key == s.Sort }); i >= 0 {
		sortRows(kept, columns[i].Kind, i, s.Desc)
	}
	return kept
}

// Shown returns the columns of the state, with the place of each in the row.
func (s TableState) Shown(columns []Column) (shown []Column, at []int) {
	for i, c := range columns {
		if slices.Contains(s.Columns, c.Key) {
			shown, at = append(shown, c), append(at, i)
		}
	}
	return shown, at
}

// A View is the page of a table that is shown.
type View struct {
	Rows     []Row
	All      int // rows of the table
	Matching int // rows that pass the filters, on all pages
	From, To int // of the shown rows among the matching ones, from 1; 0 if none
	Page     int // the page shown: the last one if the state asked for more
	Pages    int // at least 1

	paged *Paged // nil: the list is in memory
}

// view returns what a table shows.
func (t Table) view() View {
	if t.Paged == nil {
		return t.State.View(t.Columns, t.Rows)
	}
	return View{Rows: t.Rows, Matching: t.Paged.Matching, Page: 1, Pages: 1, paged: t.Paged}
}

// empty reports whether the list has no row at all, whatever is asked for.
func (v View) empty(s TableState) bool {
	if v.paged != nil {
		return len(v.Rows) == 0 && !s.Filtered()
	}
	return v.All == 0
}

// View returns the page that the state asks for.
func (s TableState) View(columns []Column, rows []Row) View {
	matching := s.Matching(columns, rows)
	size := s.PageRows()
	v := View{All: len(rows), Matching: len(matching), Pages: max(1, (len(matching)+size-1)/size)}
	v.Page = min(max(s.Page, 1), v.Pages)
	from := (v.Page - 1) * size
	v.Rows = matching[from:min(from+size, len(matching))]
	if len(v.Rows) > 0 {
		v.From, v.To = from+1, from+len(v.Rows)
	}
	return v
}

type test func(Row) bool

func passes(row Row, tests []test) bool {
	for _, t := range tests {
		if !t(row) {
			return false
		}
	}
	return true
}

func (s TableState) tests(columns []Column) []test {
	var tests []test
	for i, c := range columns {
		asked, ok := s.Filters[c.Key]
		if !ok {
			continue
		}
		switch c.Kind {
		case KindNumber:
			low, high, ok := store.Range(asked)
			tests = append(tests, func(r Row) bool {
				cell := r.Cells[i]
				return ok && !cell.None && low <= cell.Number && cell.Number <= high
			})
		case KindChoice:
			tests = append(tests, func(r Row) bool { return r.Cells[i].Choice == asked })
		case KindMoment:
			tests = append(tests, func(r Row) bool { return strings.Contains(r.Cells[i].Text, asked) })
		default:
			part := text.Fold(asked)
			tests = append(tests, func(r Row) bool { return part != "" && strings.Contains(searchable(r.Cells[i].Text), part) })
		}
	}
	parts := strings.Fields(text.Fold(s.Search))
	for _, part := range parts {
		tests = append(tests, func(r Row) bool {
			return slices.ContainsFunc(r.Cells, func(c Cell) bool { return strings.Contains(searchable(c.Text), part) })
		})
	}
	if len(parts) == 0 && strings.TrimSpace(s.Search) != "" {
		tests = append(tests, func(Row) bool { return false }) // signs alone
	}
	return tests
}

// searchable is what is looked for in the text of a cell.
func searchable(s string) string { return strings.Join(text.Words(s), " ") }

func sortRows(rows []Row, kind ColumnKind, i int, desc bool) {
	compare := func(a, b Cell) int { return cmp.Compare(a.Number, b.Number) }
	if kind == KindText || kind == KindChoice {
		keys := map[string]string{}
		key := func(c Cell) string {
			if c.Sort != "" {
				return c.Sort
			}
			k, ok := keys[c.Text]
			if !ok {
				k = text.SortKey(c.Text)
				keys[c.Text] = k
			}
			return k
		}
		compare = func(a, b Cell) int { return strings.Compare(key(a), key(b)) }
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		x, y := a.Cells[i], b.Cells[i]
		if x.None != y.None {
			if x.None {
				return 1
			}
			return -1
		}
		if desc {
			return compare(y, x)
		}
		return compare(x, y)
	})
}
