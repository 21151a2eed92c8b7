package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An Order is an expression that rows are sorted by. Rows of the same value are
// sorted by the ID of the list; rows without a value come last, upwards and
// downwards.
type Order struct {
	sql   string
	null  bool
	bound string // the placeholder that the expression is compared with
	value func() value
}

// ByText sorts by texts, byte by byte: a name is sorted by its [text.SortKey].
func ByText(sql string) Order { return order[string](sql) }

// ByNumber sorts by whole numbers.
func ByNumber(sql string) Order {
	o := order[int64](sql)
	o.bound = "CAST($1 AS BIGINT)" // the column may be of a smaller type than what an address holds
	return o
}

// ByMoment sorts by instants ([Time]).
func ByMoment(sql string) Order { return order[Time](sql) }

// ByBool sorts by truths: false first.
func ByBool(sql string) Order { return order[bool](sql) }

func order[T any](sqlText string) Order {
	return Order{sql: sqlText, bound: "$1", value: func() value { return &sql.Null[T]{} }}
}

// OrNull returns the order of an expression that may be NULL.
func (o Order) OrNull() Order {
	o.null = true
	return o
}

// A value is what a row is sorted by, of the type of its column.
type value interface {
	sql.Scanner
	driver.Valuer
}

// A place is where a row stands in a list: a page begins after it or ends before
// it. The row itself may have gone.
type place struct {
	value value // nil in an order by the ID alone
	id    int64
}

// A cursor is a place as an address carries it. Sort is the column that it belongs
// to: under another order it means nothing.
type cursor struct {
	Sort  string          `json:"s"`
	Value json.RawMessage `json:"v,omitempty"`
	ID    int64           `json:"i"`
}

// A query is a list with what was asked of it.
type query[T any] struct {
	list  *List[T]
	where Condition
	name  string // of the column that sorts; empty: the ID
	order Order
	desc  bool
}

// byID reports whether the list is sorted by its ID alone.
func (q *query[T]) byID() bool { return q.order.sql == q.list.ID }

// format writes a place for an address.
func (q *query[T]) format(p *place) (string, error) {
	c := cursor{Sort: q.name, ID: p.id}
	if !q.byID() {
		text, err := json.Marshal(p.value)
		if err != nil {
			return "", fmt.Errorf("write a cursor: %w", err)
		}
		c.Value = text
	}
	text, err := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(text), err
}

// parse reads a place from an address: its value has the type of the column that
// sorts, whatever somebody made of the address. What cannot be read is no place.
func (q *query[T]) parse(s string) (*place, bool) {
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || s == "" {
		return nil, false
	}
	var c cursor
	if err := json.Unmarshal(text, &c); err != nil || c.Sort != q.name {
		return nil, false
	}
	p := &place{id: c.ID}
	if q.byID() {
		return p, true
	}
	p.value = q.order.value()
	if err := json.Unmarshal(c.Value, p.value); err != nil {
		return nil, false
	}
	v, err := p.value.Value()
	content, _ := v.(string)
	return p, err == nil && (v != nil || q.order.null) && !strings.Contains(content, "\x00")
}

// after returns the rows that follow a place, from the first one on if it is nil.
func (q *query[T]) after(ctx context.Context, tx *Tx, from *place, size int) (Page[T], error) {
	rows, places, err := q.walk(ctx, tx, q.forwards(from), size)
	if err != nil || len(rows) == 0 {
		return Page[T]{}, err
	}
	return q.page(rows, places, size, from != nil, len(rows) > size)
}

// before returns the rows that end before a place, with the last one if it is nil.
func (q *query[T]) before(ctx context.Context, tx *Tx, to *place, size int) (Page[T], error) {
	rows, places, err := q.walk(ctx, tx, q.backwards(to), size)
	if err != nil || len(rows) == 0 {
		return Page[T]{}, err
	}
	more := len(rows) > size
	rows, places = rows[:min(len(rows), size)], places[:min(len(rows), size)]
	slices.Reverse(rows)
	slices.Reverse(places)
	return q.page(rows, places, size, more, to != nil)
}

// page makes a page of rows, which may be one too many.
func (q *query[T]) page(rows []T, places []*place, size int, previous, next bool) (p Page[T], err error) {
	p.Rows = rows[:min(len(rows), size)]
	if previous {
		if p.Previous, err = q.format(places[0]); err != nil {
			return p, err
		}
	}
	if next {
		p.Next, err = q.format(places[len(p.Rows)-1])
	}
	return p, err
}

// A segment is a part of a list that one index gives in order: the rows of one
// value, those of the values that follow it, those without a value. One statement
// for each reads nothing that is not shown, on both engines, which an OR or a
// comparison of pairs does not.
type segment struct {
	where Condition
	order string
}

// forwards returns the segments after a place.
func (q *query[T]) forwards(from *place) []segment {
	switch {
	case q.byID():
		return []segment{q.ids(from, Condition{}, q.desc)}
	case from == nil:
		return append([]segment{q.values(q.desc)}, q.nulls(nil, q.desc)...)
	case q.isNull(from):
		return q.nulls(from, q.desc)
	}
	return append([]segment{q.ties(from, q.desc), q.beyond(from, q.desc)}, q.nulls(nil, q.desc)...)
}

// backwards returns the segments before a place, from it towards the first row.
func (q *query[T]) backwards(to *place) []segment {
	switch {
	case q.byID():
		return []segment{q.ids(to, Condition{}, !q.desc)}
	case to == nil || q.isNull(to):
		return append(q.nulls(to, !q.desc), q.values(!q.desc))
	}
	return []segment{q.ties(to, !q.desc), q.beyond(to, !q.desc)}
}

func (q *query[T]) isNull(p *place) bool {
	v, _ := p.value.Value() // parse has seen it
	return v == nil
}

// direction returns the comparison that leads on in an order, and its name.
func direction(desc bool) (sign, order string) {
	if desc {
		return " < ", " DESC"
	}
	return " > ", ""
}

// ids returns the rows of a condition, by their ID.
func (q *query[T]) ids(from *place, where Condition, desc bool) segment {
	sign, order := direction(desc)
	if from != nil {
		where = And(where, Where(q.list.ID+sign+"$1", from.id))
	}
	return segment{where, q.list.ID + order}
}

// ties returns the rows of the same value as a place.
func (q *query[T]) ties(at *place, desc bool) segment {
	return q.ids(at, Where(q.order.sql+" = "+q.order.bound, at.value), desc)
}

// beyond returns the rows of other values, on one side of a place.
func (q *query[T]) beyond(at *place, desc bool) segment {
	sign, order := direction(desc)
	return segment{Where(q.order.sql+sign+q.order.bound, at.value), q.order.sql + order + ", " + q.list.ID + order}
}

// values returns the rows that have a value.
func (q *query[T]) values(desc bool) segment {
	_, order := direction(desc)
	s := segment{order: q.order.sql + order + ", " + q.list.ID + order}
	if q.order.null {
		s.where = Where(q.order.sql + " IS NOT NULL")
	}
	return s
}

// nulls returns the rows without a value, if there can be any.
func (q *query[T]) nulls(from *place, desc bool) []segment {
	if !q.order.null {
		return nil
	}
	return []segment{q.ids(from, Where(q.order.sql+" IS NULL"), desc)}
}

// walk reads rows along the segments until there is one more than size.
func (q *query[T]) walk(ctx context.Context, tx *Tx, segments []segment, size int) (rows []T, places []*place, err error) {
	for _, s := range segments {
		if rows, places, err = q.read(ctx, tx, s, size+1, rows, places); err != nil {
			return nil, nil, fmt.Errorf("read a list: %w", err)
		}
		if len(rows) > size {
			break
		}
	}
	return rows, places, nil
}

// read appends the rows of one segment, until there are enough.
func (q *query[T]) read(ctx context.Context, tx *Tx, s segment, enough int, into []T, places []*place) ([]T, []*place, error) {
	where := And(q.where, s.where)
	if where.Never() {
		return into, places, nil
	}
	from := " FROM " + q.list.From
	first := from + whereOf(where) + " ORDER BY " + s.order + " LIMIT " + strconv.Itoa(enough)
	if q.list.Long && tx.Engine == SQLite {
		first = from + " WHERE " + q.list.ID + " IN (SELECT " + q.list.ID + first + ") ORDER BY " + s.order
	}
	statement := "SELECT " + q.list.Select + ", " + q.order.sql + ", " + q.list.ID + first
	found, err := tx.QueryContext(ctx, statement, where.Args...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = found.Close() }()
	for len(into) < enough && found.Next() {
		at := &place{value: q.order.value()}
		row, err := q.list.Scan(placedRow{found, at})
		if err != nil {
			return nil, nil, err
		}
		into, places = append(into, row), append(places, at)
	}
	return into, places, found.Err()
}

// A placedRow is a row that is followed by its place.
type placedRow struct {
	rows *sql.Rows
	at   *place
}

// Scan reads the row, and its place.
func (r placedRow) Scan(dest ...any) error {
	return r.rows.Scan(append(slices.Clip(dest), r.at.value, &r.at.id)...)
}
