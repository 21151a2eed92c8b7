package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Line is one line as it was written.
type Line struct {
	ID         int64
	At         time.Time
	Person     int64
	Name       string // who, as they were called then
	BehalfName string
	Origin     string
	Action     string
	Kind       string
	Object     string
	Scope      string
	Before     string // JSON, or empty
	After      string
	Reason     string
	args       text.Blanks
}

// Sentence tells what was done, in the reader's language.
func (l Line) Sentence(p text.Printer) string { return p.Message("audit."+l.Action, l.args) }

// A Search says which lines to read: those that fit every field which is not
// zero. The zero Search is all of them.
type Search struct {
	Kind   string // of the object
	Object string // one thing, by its public identifier
	Scope  string // what happened in one campaign
	Person int64  // what one person did
	Action string // by its name
	From   time.Time
	Until  time.Time // exclusive
	Before int64     // for Find and Each: only lines older than this one; 0: from the newest
	Limit  int       // for Find
}

// lines is the log, newest first.
var lines = store.List[Line]{
	Select: `id, at, person, person_name, behalf_name, origin, action, args,
		object_kind, object, scope, before, after, reason`,
	From:    "audit_entry",
	ID:      "id",
	Columns: []store.Column{{Key: "at", Sort: store.ByMoment("at")}},
	Default: "-at",
	Scan:    scanLine,
}

// condition asks only for what the search says, so that the index of each of its
// fields serves.
func (s Search) condition() store.Condition {
	var all []store.Condition
	holds := func(asked bool, condition string, value any) {
		if asked {
			all = append(all, store.Where(condition+" $1", value))
		}
	}
	holds(s.Kind != "", "object_kind =", s.Kind)
	holds(s.Object != "", "object =", s.Object)
	holds(s.Scope != "", "scope =", s.Scope)
	holds(s.Person != 0, "person =", s.Person)
	holds(s.Action != "", "action =", s.Action)
	holds(!s.From.IsZero(), "at >=", store.At(s.From))
	holds(!s.Until.IsZero(), "at <", store.At(s.Until))
	return store.And(all...)
}

// older is condition for those of its lines that are older than the one of Before.
func (s Search) older() store.Condition {
	if s.Before == 0 {
		return s.condition()
	}
	return store.And(s.condition(), store.Where("(at, id) < ((SELECT b.at FROM audit_entry b WHERE b.id = $1), $1)", s.Before))
}

// Find returns the newest lines, at most as many as the search says.
func Find(ctx context.Context, tx *store.Tx, s Search) ([]Line, error) {
	found, err := lines.First(ctx, tx, s.older(), s.Limit)
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	return found, nil
}

// Page returns a page of the lines that fit a search, newest first; ask says which
// one and how long. A Limit and a Before of the search do not count.
func Page(ctx context.Context, tx *store.Tx, s Search, ask store.Ask) (store.Page[Line], error) {
	return lines.Page(ctx, tx, s.condition(), ask)
}

// Each calls do with all lines that fit a search, newest first, some hundred at a time. A
// Limit of the search does not count.
func Each(ctx context.Context, tx *store.Tx, s Search, do func([]Line) error) error {
	return lines.Each(ctx, tx, s.older(), store.Ask{}, do)
}

// Count returns how many lines fit a search, at most [store.CountLimit], and
// whether there are more.
func Count(ctx context.Context, tx *store.Tx, s Search) (n int, more bool, err error) {
	return lines.Count(ctx, tx, s.condition(), store.Ask{})
}

func scanLine(row store.Row) (Line, error) {
	var l Line
	var at store.Time
	var args string
	err := row.Scan(&l.ID, &at, &l.Person, &l.Name, &l.BehalfName, &l.Origin, &l.Action, &args,
		&l.Kind, &l.Object, &l.Scope, &l.Before, &l.After, &l.Reason)
	if err != nil {
		return Line{}, err
	}
	l.At = at.Time
	if err := json.Unmarshal([]byte(args), &l.args); err != nil {
		return Line{}, fmt.Errorf("blanks of line %d: %w", l.ID, err)
	}
	return l, nil
}

// kindsQuery leaps from one kind to the next along an index: there are few kinds
// and many lines.
const kindsQuery = `WITH RECURSIVE found (kind) AS (
	SELECT (SELECT MIN(object_kind) FROM audit_entry)
	UNION ALL
	SELECT (SELECT MIN(e.object_kind) FROM audit_entry e WHERE e.object_kind > f.kind) FROM found f WHERE f.kind IS NOT NULL
)
SELECT kind FROM found WHERE kind IS NOT NULL`

// Kinds returns the kinds of things that the log speaks of, in order.
func Kinds(ctx context.Context, tx *store.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, kindsQuery)
	if err != nil {
		return nil, fmt.Errorf("read kinds of audit: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var kinds []string
	for rows.Next() {
		var kind string
		if err := rows.Scan(&kind); err != nil {
			return nil, fmt.Errorf("read kinds of audit: %w", err)
		}
		kinds = append(kinds, kind)
	}
	return kinds, rows.Err()
}
