package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
)

// mostAtOnce is how many rows are written in one transaction. A file that writes
// more is applied in steps, under a mark that pages show.
const mostAtOnce = 500

// A RowError says which row of a file could not be written.
type RowError struct {
	Line int
	Err  error
}

func (e *RowError) Error() string { return fmt.Sprintf("import line %d: %v", e.Line, e.Err) }

func (e *RowError) Unwrap() error { return e.Err }

// Apply writes what the report says, all of it or nothing. Shown is the digest of
// the report that the person read; a file applied without one being shown gives "".
// A report that has changed since is refused, and nothing is written.
//
// The file is read and examined before anything is locked. If it writes more than
// some hundred rows, Apply returns once the work is asked for: task is its public
// identifier. What was written is taken back if a row is refused later.
func Apply(ctx context.Context, db *store.DB, o Owner, id, shown string, who audit.Who) (r Report, task string, err error) {
	var i Import
	err = db.Read(ctx, func(tx *store.Tx) error {
		i, r, err = examined(ctx, tx, o, id)
		return err
	})
	if err != nil {
		return r, "", err
	}
	if err := r.Check(); err != nil {
		return r, "", err
	}
	now, err := r.Digest()
	if err != nil {
		return r, "", err
	}
	if shown != "" && shown != now {
		return r, "", i.moved()
	}
	if n := r.Count(Created) + r.Count(Changed); n > mostAtOnce {
		task, err := i.start(ctx, db, now, n, who)
		return r, task, err
	}
	return r, "", db.Write(ctx, func(tx *store.Tx) error { return i.applyAtOnce(ctx, tx, o, r, who) })
}

// examined returns an import that waits to be applied, and its report.
func examined(ctx context.Context, tx *store.Tx, o Owner, id string) (Import, Report, error) {
	i, err := Find(ctx, tx, id)
	if err != nil {
		return i, Report{}, err
	}
	if err := i.waits(); err != nil {
		return i, Report{}, err
	}
	r, err := i.Report(ctx, tx, o)
	return i, r, err
}

// waits returns nil if nobody has applied the import, or is about to.
func (i Import) waits() error {
	switch {
	case i.State != Checked:
		return i.notChecked()
	case i.Doing != "":
		return fault.New(fault.Conflict, "exchange.apply.busy", "file", i.File)
	}
	return nil
}

func (i Import) notChecked() error {
	return fault.New(fault.Conflict, "exchange.import.applied", "file", i.File)
}

func (i Import) moved() error {
	return fault.New(fault.Conflict, "exchange.apply.moved", "file", i.File)
}

// applyAtOnce writes what a report says, and keeps it.
func (i Import) applyAtOnce(ctx context.Context, tx *store.Tx, o Owner, r Report, who audit.Who) error {
	now, err := locked(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	if err := now.waits(); err != nil {
		return err
	}
	if err := now.alone(ctx, tx); err != nil {
		return err
	}
	if !now.Decisions.equal(i.Decisions) {
		return i.moved()
	}
	var changes []Change
	for _, line := range r.Lines {
		if line.Outcome == Created || line.Outcome == Changed {
			changes = append(changes, line.change())
		}
	}
	if err := unmoved(ctx, tx, o, changes); err != nil {
		return i.moved()
	}
	if err := o.Write(ctx, tx, who, changes); err != nil {
		return err
	}
	rows, err := keptRows(i.id, r.Lines)
	if err != nil {
		return err
	}
	for n := range rows {
		rows[n][writtenColumn] = r.Lines[n].writes()
	}
	if err := addRows(ctx, tx, rows); err != nil {
		return err
	}
	return i.record(ctx, tx, r.summary(), who)
}

// writes reports whether applying the file writes something for the row.
func (l Line) writes() bool { return l.Outcome == Created || l.Outcome == Changed }

// locked returns an import while nobody else applies or undoes one of its kind.
func locked(ctx context.Context, tx *store.Tx, id string) (Import, error) {
	i, err := Find(ctx, tx, id)
	if err != nil {
		return Import{}, err
	}
	if err := tx.Lock(ctx, "exchange."+i.Kind); err != nil {
		return Import{}, err
	}
	return Find(ctx, tx, id)
}

// alone returns a Conflict if another import of the kind is under way. One that waits for
// somebody, because rows of it were set aside, keeps nobody else waiting: each row is looked
// at again when it is written or taken back.
func (i Import) alone(ctx context.Context, tx *store.Tx) error {
	others, err := UnderWay(ctx, tx, i.Kind)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.ID == i.ID {
			continue
		}
		waits, err := other.waitsForSomebody(ctx, tx)
		if err != nil {
			return err
		}
		if !waits {
			return fault.New(fault.Conflict, "exchange.apply.other", "file", i.File)
		}
	}
	return nil
}

// waitsForSomebody reports whether the work on an import has failed, so that it goes on only
// if it is asked for again.
func (i Import) waitsForSomebody(ctx context.Context, tx *store.Tx) (bool, error) {
	kind := ApplyKind
	if i.Doing == TakingBack {
		kind = TakeBackKind
	}
	tasks, err := job.About(ctx, tx, kind, i.ID, 1)
	return len(tasks) > 0 && tasks[0].State == job.Failed, err
}

// unmoved returns a [RowError] if what a row found there does not stand there any
// more.
func unmoved(ctx context.Context, tx *store.Tx, o Owner, changes []Change) error {
	existing, err := o.Existing(ctx, tx, keysOf(changes))
	if err != nil {
		return fmt.Errorf("import: what is there now: %w", err)
	}
	for _, c := range changes {
		now, there := existing[c.Key]
		if there != (c.Before != nil) || there && !maps.Equal(now, c.Before) {
			return &RowError{c.Line, fault.New(fault.Conflict, "exchange.row.moved", "line", c.Line, "found", c.Key)}
		}
	}
	return nil
}

func keysOf(changes []Change) []string {
	keys := make([]string, len(changes))
	for n, c := range changes {
		keys[n] = c.Key
	}
	return keys
}

func (l Line) change() Change {
	return Change{Line: l.Row.Line, Key: l.Key, Before: l.Before, After: l.After}
}

// record says that an import was applied: in its row and in the log.
func (i Import) record(ctx context.Context, tx *store.Tx, s Summary, who audit.Who) error {
	kept, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("record import: %w", err)
	}
	n, err := queries.New(tx).SetApplied(ctx, queries.SetAppliedParams{ID: i.id, Report: string(kept), AppliedAt: store.AtOrNil(tx.Now), AppliedBy: who.Name})
	if err != nil {
		return fmt.Errorf("record import: %w", err)
	}
	if n == 0 {
		return i.notChecked()
	}
	return audit.Record(ctx, tx, audit.Entry{
		Who: who, Action: "import.applied", Kind: "import", Object: i.ID, Scope: i.Scope,
		Args: map[string]any{"file": i.File, "created": s.Rows[Created], "changed": s.Rows[Changed], "left": s.Rows[Left]},
	})
}

func (r Report) summary() Summary {
	s := Summary{Rows: map[Outcome]int{}, Warnings: r.Warnings(), Ignored: r.Ignored, Findings: r.Findings}
	for _, line := range r.Lines {
		s.Rows[line.Outcome]++
	}
	return s
}
