/*
Package audit keeps the log of what was done: who, on whose behalf, when, to
what, what stood there before and after, and why.

A line is written in the transaction of the change it tells of, so that neither
exists without the other. Lines are never changed or removed; the database
refuses it.

An action has a name ("wishes.saved") and, in the catalogues, a sentence under
"audit." + the name. What people read is that sentence with the line's blanks,
so that the log reads the same in every list.

What is not here: the right to read. Whoever shows lines asks identity first.
*/
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"stagora.org/stagora/internal/audit/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// Who did something: a person, perhaps on behalf of another, from somewhere. A
// zero Person is Stagora itself: a job or a schedule, named by Origin.
type Who struct {
	Person     int64
	Name       string
	Behalf     int64
	BehalfName string
	Origin     string // the network address, or the name of the command or job
}

// An Entry is one line to be written.
type Entry struct {
	Who    Who
	Action string         // "wishes.saved"
	Args   map[string]any // the blanks of the action's sentence: texts and whole numbers
	Kind   string         // what it happened to: "campaign", "student"…
	Object string         // its public identifier
	Scope  string         // the public identifier of the campaign it happened in, or empty
	Before any            // what stood there, or nil; kept as JSON
	After  any
	Reason string // as the person gave it
}

// Record writes a line.
func Record(ctx context.Context, tx *store.Tx, e Entry) error {
	args, err := json.Marshal(e.Args)
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	before, err := optional(e.Before)
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	after, err := optional(e.After)
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	err = queries.New(tx).Add(ctx, queries.AddParams{
		At: store.At(tx.Now), Person: e.Who.Person, PersonName: e.Who.Name,
		Behalf: e.Who.Behalf, BehalfName: e.Who.BehalfName, Origin: e.Who.Origin,
		Action: e.Action, Args: string(args), ObjectKind: e.Kind, Object: e.Object, Scope: e.Scope,
		Before: before, After: after, Reason: e.Reason,
	})
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}

func optional(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

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
	args       map[string]any
}

// Sentence tells what was done, in the reader's language.
func (l Line) Sentence(p text.Printer) string { return p.Message("audit."+l.Action, l.args) }

// A Search says which lines to read. The zero Search is all of them.
type Search struct {
	Kind, Object string // one thing, both or neither
	Scope        string // or all that happened in one campaign
	Person       int64  // or all that one person did
	Before       int64  // only lines older than this one; 0: from the newest
	Limit        int
}

// Find returns lines, newest first.
func Find(ctx context.Context, tx *store.Tx, s Search) ([]Line, error) {
	if s.Before == 0 {
		s.Before = math.MaxInt64
	}
	q, limit := queries.New(tx), int32(s.Limit)
	var rows []queries.AuditEntry
	var err error
	switch {
	case s.Object != "":
		rows, err = q.OfObject(ctx, queries.OfObjectParams{ObjectKind: s.Kind, Object: s.Object, ID: s.Before, Limit: limit})
	case s.Scope != "":
		rows, err = q.OfScope(ctx, queries.OfScopeParams{Scope: s.Scope, ID: s.Before, Limit: limit})
	case s.Person != 0:
		rows, err = q.OfPerson(ctx, queries.OfPersonParams{Person: s.Person, ID: s.Before, Limit: limit})
	default:
		rows, err = q.Latest(ctx, queries.LatestParams{ID: s.Before, Limit: limit})
	}
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	lines := make([]Line, len(rows))
	for i, r := range rows {
		if lines[i], err = line(r); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func line(r queries.AuditEntry) (Line, error) {
	l := Line{
		ID: r.ID, At: r.At.Time, Person: r.Person, Name: r.PersonName, BehalfName: r.BehalfName, Origin: r.Origin,
		Action: r.Action, Kind: r.ObjectKind, Object: r.Object, Scope: r.Scope, Before: r.Before, After: r.After, Reason: r.Reason,
	}
	if err := json.Unmarshal([]byte(r.Args), &l.args); err != nil {
		return Line{}, fmt.Errorf("audit line %d: %w", r.ID, err)
	}
	for name, value := range l.args {
		if n, ok := value.(float64); ok {
			l.args[name] = int64(n)
		}
	}
	return l, nil
}
