/*
Package audit keeps the log of what was done: who, on whose behalf, when, to
what, what stood there before and after, and why.

A line is written in the transaction of the change it tells of, so that neither
exists without the other. Lines are never changed or removed; the database
refuses it.

An action has a name ("person.changed") and, in the catalogues, a sentence under
"audit." + the name. What people read is that sentence with the line's blanks,
so that the log reads the same in every list.

What is not here: the right to read. Whoever shows lines asks identity first.
*/
package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// RightView is the code of the right to read the log. It is
// declared by package capability: rights are known from the floor above on.
const RightView = "audit.view"

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
	Action string         // "person.changed"
	Args   map[string]any // the blanks of the action's sentence, as [text.Blanks] keeps them
	Kind   string         // what it happened to: "campaign", "student"…
	Object string         // its public identifier
	Scope  string         // the public identifier of the campaign it happened in, or empty
	Before any            // what stood there, or nil; kept as JSON
	After  any
	Reason string // as the person gave it
}

// Record writes a line.
func Record(ctx context.Context, tx *store.Tx, e Entry) error {
	return RecordAll(ctx, tx, []Entry{e})
}

// RecordAll writes lines in their order, many in one statement.
func RecordAll(ctx context.Context, tx *store.Tx, entries []Entry) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		var err error
		if rows[i], err = e.row(store.At(tx.Now)); err != nil {
			return fmt.Errorf("audit %s: %w", e.Action, err)
		}
	}
	if err := store.AddRows(store.Later(ctx), tx, "audit_entry", entryColumns, rows, ""); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

var entryColumns = []string{
	"at", "person", "person_name", "behalf", "behalf_name", "origin", "action", "args", "object_kind", "object", "scope", "before", "after", "reason",
}

// row returns the columns of a line.
func (e Entry) row(at store.Time) ([]any, error) {
	args, err := json.Marshal(text.Blanks(e.Args))
	if err != nil {
		return nil, err
	}
	before, err := optional(e.Before)
	if err != nil {
		return nil, err
	}
	after, err := optional(e.After)
	if err != nil {
		return nil, err
	}
	return []any{
		at, e.Who.Person, e.Who.Name, e.Who.Behalf, e.Who.BehalfName, e.Who.Origin,
		e.Action, string(args), e.Kind, e.Object, e.Scope, before, after, e.Reason,
	}, nil
}

func optional(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}
