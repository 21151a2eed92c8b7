package exchange

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
)

// Blockers returns why an applied import cannot be undone: what has changed since,
// and what depends on it. None means that it can.
func (i Import) Blockers(ctx context.Context, tx *store.Tx, o Owner) ([]Finding, error) {
	var found []Finding
	for after := 0; ; {
		changes, err := i.written(ctx, tx, after, mostAtOnce)
		if err != nil {
			return nil, err
		}
		if len(changes) == 0 {
			return found, nil
		}
		after = changes[len(changes)-1].Line
		some, err := blockers(ctx, tx, o, changes)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
}

func blockers(ctx context.Context, tx *store.Tx, o Owner, changes []Change) ([]Finding, error) {
	existing, err := o.Existing(ctx, tx, keysOf(changes))
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
	found = append(found, more...)
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	return found, nil
}

// A BlockedError is why an import cannot be undone: the cause of the refusal of [Undo].
type BlockedError struct {
	Found []Finding // in the order of the file
}

func (e *BlockedError) Error() string {
	return fmt.Sprintf("%d reasons against the undoing, the first on line %d", len(e.Found), e.Found[0].Line)
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

// Undo puts back what was there before an import. It is refused if anything has
// changed since or depends on it: a [BlockedError] in the chain of the error then has all
// reasons. An import that is being applied is stopped. What
// wrote more than some hundred rows is taken back in steps, after Undo returns.
func Undo(ctx context.Context, db *store.DB, o Owner, id string, who audit.Who) error {
	var many bool
	err := db.Read(ctx, func(tx *store.Tx) error {
		i, err := Find(ctx, tx, id)
		if err != nil || i.Doing != "" {
			return err
		}
		if err := i.isApplied(); err != nil {
			return err
		}
		some, err := i.written(ctx, tx, 0, mostAtOnce+1)
		if err != nil {
			return err
		}
		if many = len(some) > mostAtOnce; !many {
			return nil // looked at again when it is locked
		}
		return i.free(ctx, tx, o)
	})
	if err != nil {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		i, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		switch i.Doing {
		case TakingBack:
			return i.askBack(ctx, tx, who)
		case Applying:
			return i.takeBack(ctx, tx, who, &Finding{Severity: Error, Key: "exchange.stop.asked", Args: map[string]any{"by": who.Name}})
		}
		if err := i.isApplied(); err != nil {
			return err
		}
		if err := i.alone(ctx, tx); err != nil {
			return err
		}
		if many {
			return i.takeBack(ctx, tx, who, nil)
		}
		return i.undoAtOnce(ctx, tx, o, who)
	})
}

func (i Import) isApplied() error {
	if i.State != Applied {
		return fault.New(fault.Conflict, "exchange.undo.state", "file", i.File)
	}
	return nil
}

// free returns nil if nothing keeps the import from being undone.
func (i Import) free(ctx context.Context, tx *store.Tx, o Owner) error {
	found, err := i.Blockers(ctx, tx, o)
	if err == nil && len(found) > 0 {
		err = i.blocked(found)
	}
	return err
}

// blocked refuses an undoing. What is counted is rows: one may have several reasons.
func (i Import) blocked(found []Finding) error {
	rows := map[int]bool{}
	for _, f := range found {
		rows[f.Line] = true
	}
	return fault.New(fault.Conflict, "exchange.undo.blocked", "file", i.File, "count", len(rows)).Because(&BlockedError{found})
}

// backwards returns what takes changes back, the last first.
func backwards(changes []Change) []Change {
	back := make([]Change, 0, len(changes))
	for _, c := range slices.Backward(changes) {
		back = append(back, Change{Line: c.Line, Key: c.Key, Before: c.After, After: maps.Clone(c.Before)})
	}
	return back
}

func (i Import) undoAtOnce(ctx context.Context, tx *store.Tx, o Owner, who audit.Who) error {
	if err := i.free(ctx, tx, o); err != nil {
		return err
	}
	changes, err := i.written(ctx, tx, 0, mostAtOnce)
	if err != nil {
		return err
	}
	err = o.Write(ctx, tx, who, backwards(changes))
	if store.IsInUse(err) {
		return fault.New(fault.Conflict, "exchange.undo.used", "file", i.File).Because(err)
	}
	if err != nil {
		return err
	}
	if err := i.mark(ctx, tx, 0, math.MaxInt32, false); err != nil {
		return err
	}
	return i.recordUndone(ctx, tx, who, len(changes))
}

// recordUndone says that an import was undone: in its row and in the log.
func (i Import) recordUndone(ctx context.Context, tx *store.Tx, who audit.Who, count int) error {
	n, err := queries.New(tx).SetUndone(ctx, queries.SetUndoneParams{ID: i.id, UndoneAt: store.AtOrNil(tx.Now), UndoneBy: who.Name})
	if err != nil {
		return fmt.Errorf("undo import: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "exchange.undo.state", "file", i.File)
	}
	return audit.Record(ctx, tx, audit.Entry{
		Who: who, Action: "import.undone", Kind: "import", Object: i.ID, Scope: i.Scope,
		Args: map[string]any{"file": i.File, "count": count},
	})
}
