package exchange

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
)

// changes returns what an applied import changed, in the order of the file.
func (i Import) changes(ctx context.Context, tx *store.Tx) ([]Change, error) {
	lines, err := i.Lines(ctx, tx)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, line := range lines {
		if line.Outcome == Created || line.Outcome == Changed {
			changes = append(changes, line.change())
		}
	}
	return changes, nil
}

// Blockers returns why an applied import cannot be undone: what has changed
// since, and what depends on it. None means that it can.
func (i Import) Blockers(ctx context.Context, tx *store.Tx, o Owner) ([]Finding, error) {
	changes, err := i.changes(ctx, tx)
	if err != nil {
		return nil, err
	}
	return blockers(ctx, tx, o, changes)
}

func blockers(ctx context.Context, tx *store.Tx, o Owner, changes []Change) ([]Finding, error) {
	keys := make([]string, len(changes))
	for n, c := range changes {
		keys[n] = c.Key
	}
	existing, err := o.Existing(ctx, tx, keys)
	if err != nil {
		return nil, fmt.Errorf("import: what is there now: %w", err)
	}
	var found []Finding
	for _, c := range changes {
		now, ok := existing[c.Key]
		if ok && holds(now, c.After) {
			continue
		}
		f := Finding{Line: c.Line, Severity: Error, Key: "exchange.undo.changed", Found: c.Key}
		if !ok {
			f.Key = "exchange.undo.gone"
		}
		found = append(found, f)
	}
	more, err := o.Blockers(ctx, tx, changes)
	if err != nil {
		return nil, fmt.Errorf("import: what depends on it: %w", err)
	}
	return append(found, more...), nil
}

// holds reports whether all values of part stand in whole.
func holds(whole, part Values) bool {
	for name, value := range part {
		if whole[name] != value {
			return false
		}
	}
	return true
}

// Undo puts back what was there before an import, all of it or nothing. It is
// refused if anything has changed since or depends on it.
func Undo(ctx context.Context, tx *store.Tx, o Owner, id string, who audit.Who) error {
	i, err := locked(ctx, tx, id)
	if err != nil {
		return err
	}
	if i.State != Applied {
		return fault.New(fault.Conflict, "exchange.undo.state", "file", i.File)
	}
	changes, err := i.changes(ctx, tx)
	if err != nil {
		return err
	}
	found, err := blockers(ctx, tx, o, changes)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return fault.New(fault.Conflict, "exchange.undo.blocked", "file", i.File, "count", len(found))
	}
	for _, c := range slices.Backward(changes) {
		back := Change{Line: c.Line, Key: c.Key, Before: c.After, After: maps.Clone(c.Before)}
		err := o.Write(ctx, tx, who, back)
		if store.IsInUse(err) {
			return fault.New(fault.Conflict, "exchange.undo.blocked", "file", i.File, "count", 1).Because(err)
		}
		if err != nil {
			return fmt.Errorf("undo import line %d: %w", c.Line, err)
		}
	}
	n, err := queries.New(tx).SetUndone(ctx, queries.SetUndoneParams{ID: i.id, UndoneAt: store.AtOrNil(tx.Now), UndoneBy: who.Name})
	if err != nil {
		return fmt.Errorf("undo import: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "exchange.undo.state", "file", i.File)
	}
	return audit.Record(ctx, tx, audit.Entry{
		Who: who, Action: "import.undone", Kind: "import", Object: i.ID, Scope: i.Scope,
		Args: map[string]any{"file": i.File, "count": len(changes)},
	})
}
