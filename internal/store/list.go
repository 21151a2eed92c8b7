package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A List is one kind of list that people page through: where its rows come from,
// and by which columns they may be filtered, searched and sorted. The database
// does all of it and hands over the rows that are shown. A list is a value of the
// package that owns the table:
//
//	var students = store.List[Student]{
//		Select: "s.id, s.number, p.name",
//		From:   "student_student s JOIN identity_person p ON p.id = s.person_id",
//		ID:     "s.id",
//		Words:  store.Having("SELECT student_id FROM student_word WHERE word >= $1 AND word < $2"),
//		Columns: []store.Column{
//			{Key: "name", Filter: store.Prefix("p.folded"), Sort: store.ByText("p.sort_key")},
//			{Key: "faculty", Filter: store.Choice("f.code")},
//			{Key: "seen", Filter: store.Moment("p.seen_at"), Sort: store.ByMoment("p.seen_at").OrNull()},
//		},
//		Default: "name",
//		Scan:    scanStudent,
//	}
//
// A page costs the rows that it shows wherever it lies in the list, because it
// begins where the one before ended (keyset paging) and reads along an index.
// A column may therefore sort only if an index begins with its expression, then
// the ID.
type List[T any] struct {
	Select  string   // what Scan reads
	From    string   // tables and joins; each row once
	ID      string   // the unique whole number that ends every order: "s.id"
	Columns []Column // what may be asked for
	Default string   // sorts when nothing is asked: key of a column, "-name" downwards; empty: by ID
	Words   Words    // where the words of rows are looked for; none: no search
	WordsOf string   // what Words select instead of IDs, if it is no ID: "m.person", of whom there may be many rows
	Scan    func(Row) (T, error)

	// A count reads one table of From, unless its conditions name another. Empty: it reads
	// From, all of it.
	Alone  string // the table, with the words of rows in [Place.Alone]: "student_student s"
	Joined string // the other one: "p"

	// Long says that rows are long, and asked for in more ways than there are indexes: on
	// SQLite a page is found by IDs alone, and only its rows are read. PostgreSQL sorts
	// rows as it finds them and keeps no more than a page.
	Long bool
}

// A Column is what may be asked of one column of a list.
type Column struct {
	Key    string // its name in an address
	Filter Filter // nil: does not filter, unless Words
	Words  bool   // filters as a search of the list does
	Sort   Order  // the zero Order: does not sort
}

// A Row is what Scan reads one row from.
type Row interface {
	Scan(dest ...any) error
}

// An Ask is what a person asked of a list. Whatever does not fit the list is left
// out, so that old links open.
type Ask struct {
	Filters map[string]string // by key of column
	Search  string            // beginnings of words, in any order
	Sort    string            // key of a column
	Desc    bool
	After   string         // a cursor: the page that follows it
	Before  string         // a cursor: the page that ends before it
	Size    int            // rows of a page
	Zone    *time.Location // which moments are asked in; nil: UTC
}

// A Found is what is known of the rows that an ask lets through before any of them is
// read.
type Found struct {
	Counted bool // Count and More say how many there are, as [List.Count] does
	Count   int
	More    bool
	Among   Condition // that all of them fulfil; where they are few, it names them
	Rest    Ask       // what is left to ask of the rows that fulfil Among
}

// A Page is a part of a list, in order.
type Page[T any] struct {
	Rows     []T
	Next     string // [Ask.After] of the page that follows; empty: there is none
	Previous string // [Ask.Before] of the page before; empty: there is none
}

// manyHave is how many may have a word from which a page goes to its rows. When more
// have it, a page is soon full along the order of the list.
const manyHave = 1000

// Sizes of a page.
const (
	usualSize = 50
	maxSize   = 1000
	chunkSize = 500
)

// Page returns the page that is asked for, of the rows that fulfil where. If rows
// have gone since the link was made and the page would be empty, it is the last
// page instead, or the first.
func (l *List[T]) Page(ctx context.Context, tx *Tx, where Condition, ask Ask) (Page[T], error) {
	found, err := l.found(ctx, tx, ask, manyHave, Place.has)
	if err != nil {
		return Page[T]{}, err
	}
	q := l.query(And(where, found), ask)
	size := ask.Size
	if size < 1 || size > maxSize {
		size = usualSize
	}
	var page Page[T]
	if at, ok := q.parse(ask.After); ok {
		if page, err = q.after(ctx, tx, at, size); err == nil && len(page.Rows) == 0 {
			page, err = q.before(ctx, tx, nil, size)
		}
	} else if at, ok := q.parse(ask.Before); ok {
		page, err = q.before(ctx, tx, at, size)
	}
	if err != nil || len(page.Rows) > 0 {
		return page, err
	}
	return q.after(ctx, tx, nil, size)
}

// CountLimit is where [List.Count] stops: people read "more than 10,000".
const CountLimit = 10_000

// Count returns how many rows fulfil where and what is asked for, on all pages:
// at most [CountLimit], and whether there are more.
func (l *List[T]) Count(ctx context.Context, tx *Tx, where Condition, ask Ask) (n int, more bool, err error) {
	counted, err := l.counted(ctx, tx, where, ask)
	if err != nil || counted.Never() {
		return 0, false, err
	}
	limited := "SELECT COUNT(*) FROM (" + counted.SQL + " LIMIT " + strconv.Itoa(CountLimit+1) + ") AS counted"
	if err := tx.QueryRowContext(ctx, limited, counted.Args...).Scan(&n); err != nil {
		return 0, false, fmt.Errorf("count a list: %w", err)
	}
	return min(n, CountLimit), n > CountLimit, nil
}

// counted returns a select of one row for each row to count, or [Nothing].
func (l *List[T]) counted(ctx context.Context, tx *Tx, where Condition, ask Ask) (Condition, error) {
	all, gather := l.Matching(where, ask), CountLimit
	if l.WordsOf != "" && (where.SQL == "" || tx.Engine == Postgres) {
		// Whoever has the word has many rows, which are counted sooner than asked. SQLite
		// goes from those people on, and no further than to the limit, only if it is told.
		words, _ := l.asked(ask)
		if all.SQL == "" && len(words) == 1 && tx.Engine == SQLite {
			low, high := between(words[0])
			return Where("WITH owner(key) AS (SELECT DISTINCT * FROM ("+l.Words.Having()+") AS found) SELECT 1 FROM owner CROSS JOIN "+
				l.From+" WHERE "+l.WordsOf+" = owner.key", low, high), nil
		}
		gather = math.MaxInt
	}
	from, has := l.From, Place.has
	if l.Alone != "" && !strings.Contains(all.SQL, l.Joined+".") {
		from, has = l.Alone, Place.alone
	}
	found, err := l.found(ctx, tx, ask, gather, has)
	if err != nil {
		return Nothing, err
	}
	all = And(all, found)
	if all.Never() {
		return Nothing, nil
	}
	return Condition{"SELECT 1 FROM " + from + whereOf(all), all.Args}, nil
}

// Each calls do with all rows that fulfil where and what is asked for, in order,
// some hundred at a time: what an export writes, whose memory does not grow with
// the list. Do may ask tx for what belongs to its rows.
func (l *List[T]) Each(ctx context.Context, tx *Tx, where Condition, ask Ask, do func([]T) error) error {
	found, err := l.found(ctx, tx, ask, manyHave, Place.has)
	if err != nil {
		return err
	}
	q := l.query(And(where, found), ask)
	var at *place
	for {
		page, err := q.after(ctx, tx, at, chunkSize)
		if err != nil {
			return err
		}
		if len(page.Rows) == 0 {
			return nil
		}
		if err := do(page.Rows); err != nil {
			return err
		}
		if page.Next == "" {
			return nil
		}
		at, _ = q.parse(page.Next)
	}
}

// First returns the first rows that fulfil where, in the order of the list, at most
// so many.
func (l *List[T]) First(ctx context.Context, tx *Tx, where Condition, most int) ([]T, error) {
	q := l.query(where, Ask{})
	rows, _, err := q.walk(ctx, tx, q.forwards(nil), most)
	return rows[:min(len(rows), most)], err
}

// All returns the rows that fulfil where, in the order of the ID: for some rows
// that are known, one by its ID or those of a page. They are found by the condition and
// then put in order: along an index of the ID, SQLite would read all rows of a large run
// to keep a few.
func (l *List[T]) All(ctx context.Context, tx *Tx, where Condition) ([]T, error) {
	return l.read(ctx, tx, where, " ORDER BY +"+l.ID)
}

// Unordered returns the rows that fulfil where, in whichever order the database finds
// them: for many rows, which it would write down to sort.
func (l *List[T]) Unordered(ctx context.Context, tx *Tx, where Condition) ([]T, error) {
	return l.read(ctx, tx, where, "")
}

func (l *List[T]) read(ctx context.Context, tx *Tx, where Condition, order string) ([]T, error) {
	if where.Never() {
		return nil, nil
	}
	rows, err := tx.QueryContext(ctx, "SELECT "+l.Select+" FROM "+l.From+whereOf(where)+order, where.Args...)
	if err != nil {
		return nil, fmt.Errorf("read a list: %w", err)
	}
	defer func() { _ = rows.Close() }()
	// A slice that grows by itself is copied as it grows: of 20,000 rows, some five times.
	var full [][]T
	var found []T
	for rows.Next() {
		row, err := l.Scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read a list: %w", err)
		}
		if len(found) == readAtOnce {
			full, found = append(full, found), make([]T, 0, readAtOnce)
		}
		found = append(found, row)
	}
	if len(full) > 0 {
		found = slices.Concat(append(full, found)...)
	}
	return found, rows.Err()
}

// readAtOnce is how many rows are read before more room is made for others.
const readAtOnce = 512

// Filters reports whether a column of this name filters.
func (l *List[T]) Filters(key string) bool {
	return slices.ContainsFunc(l.Columns, func(c Column) bool { return c.Key == key && (c.Filter != nil || c.Words) })
}

// Sorts reports whether a column of this name sorts.
func (l *List[T]) Sorts(key string) bool {
	return slices.ContainsFunc(l.Columns, func(c Column) bool { return c.Key == key && c.Sort.sql != "" })
}

// Matching returns where and the filters that are asked for as one condition.
func (l *List[T]) Matching(where Condition, ask Ask) Condition {
	zone := ask.Zone
	if zone == nil {
		zone = time.UTC
	}
	all := []Condition{where}
	for _, c := range l.Columns {
		if asked := clean(ask.Filters[c.Key]); asked != "" && c.Filter != nil {
			all = append(all, c.Filter(asked, zone))
		}
	}
	return And(all...)
}

// query returns what is asked for but the search, in its order.
func (l *List[T]) query(where Condition, ask Ask) *query[T] {
	q := &query[T]{list: l, where: l.Matching(where, ask), order: ByNumber(l.ID)}
	if !q.sort(ask.Sort, ask.Desc) {
		name, desc := strings.CutPrefix(l.Default, "-")
		q.sort(name, desc)
	}
	return q
}

// sort sorts by a column, if there is one of that name that sorts.
func (q *query[T]) sort(name string, desc bool) bool {
	i := slices.IndexFunc(q.list.Columns, func(c Column) bool { return c.Key == name && c.Sort.sql != "" })
	if i < 0 {
		return false
	}
	q.name, q.order, q.desc = name, q.list.Columns[i].Sort, desc
	return true
}

// clean drops what no text in a database can hold.
func clean(asked string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(asked, ""), "\x00", ""))
}

func whereOf(c Condition) string {
	if c.SQL == "" {
		return ""
	}
	return " WHERE " + c.SQL
}
