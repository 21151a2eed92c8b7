package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"stagora.org/stagora/internal/audit/queries"
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
	Object string // one thing, by its public identifier, with its Kind
	Scope  string // what happened in one campaign
	Person int64  // what one person did
	From   time.Time
	Until  time.Time // exclusive
	Before int64     // only lines older than this one; 0: from the newest
	Limit  int
}

// Find returns lines, newest first.
func Find(ctx context.Context, tx *store.Tx, s Search) ([]Line, error) {
	query, args := s.query()
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var lines []Line
	for rows.Next() {
		l, err := scanLine(rows)
		if err != nil {
			return nil, fmt.Errorf("read audit: %w", err)
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

// query asks only for what the search says, so that the index of each of its
// fields serves.
func (s Search) query() (string, []any) {
	var where []string
	var args []any
	holds := func(condition string, value any, asked bool) {
		if asked {
			args = append(args, value)
			where = append(where, condition+" $"+strconv.Itoa(len(args)))
		}
	}
	holds("object_kind =", s.Kind, s.Kind != "")
	holds("object =", s.Object, s.Object != "")
	holds("scope =", s.Scope, s.Scope != "")
	holds("person =", s.Person, s.Person != 0)
	holds("at >=", store.At(s.From), !s.From.IsZero())
	holds("at <", store.At(s.Until), !s.Until.IsZero())
	holds("id <", s.Before, s.Before != 0)
	query := `SELECT id, at, person, person_name, behalf_name, origin, action, args,
		object_kind, object, scope, before, after, reason FROM audit_entry`
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	args = append(args, s.Limit)
	return query + " ORDER BY id DESC LIMIT $" + strconv.Itoa(len(args)), args
}

func scanLine(rows *sql.Rows) (Line, error) {
	var l Line
	var at store.Time
	var args string
	err := rows.Scan(&l.ID, &at, &l.Person, &l.Name, &l.BehalfName, &l.Origin, &l.Action, &args,
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

// Kinds returns the kinds of things that the log speaks of.
func Kinds(ctx context.Context, tx *store.Tx) ([]string, error) {
	kinds, err := queries.New(tx).Kinds(ctx)
	if err != nil {
		return nil, fmt.Errorf("read kinds of audit: %w", err)
	}
	return kinds, nil
}
