package exchange

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
)

// What is under way with an import whose rows are too many for one transaction. The
// name of each is in the catalogues under "exchange.doing.".
const (
	Applying   = "applying"    // its rows are being written
	TakingBack = "taking-back" // what it wrote is being taken back
)

// The kinds of work.
const (
	ApplyKind    = "import.apply"
	TakeBackKind = "import.take-back"
)

const (
	// chunk is how many rows are kept or forgotten in one transaction, and how many a
	// step writes at most.
	chunk = 256
	// least is how many rows a step writes at least: some thirty statements are the
	// same for one row and for these.
	least = 32
)

// UnderWay returns the imports of a kind that are being applied or taken back; of
// every kind if it is empty.
func UnderWay(ctx context.Context, tx *store.Tx, kind string) ([]Import, error) {
	rows, err := queries.New(tx).UnderWay(ctx, kind)
	if err != nil {
		return nil, fmt.Errorf("imports under way: %w", err)
	}
	imports := make([]Import, len(rows))
	for n, row := range rows {
		if imports[n], err = imported(row); err != nil {
			return nil, err
		}
	}
	return imports, nil
}

// start marks an import as being applied, and asks for the work.
func (i Import) start(ctx context.Context, db *store.DB, digest string, total int, who audit.Who) (task string, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
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
		n, err := queries.New(tx).Start(ctx, queries.StartParams{ID: i.id, Shown: digest, Total: int64(total)})
		if err != nil || n == 0 {
			return fmt.Errorf("start import: %d rows, %w", n, err)
		}
		task, err = job.Enqueue(ctx, tx, job.Request{Kind: ApplyKind, Key: ApplyKind + " " + i.ID, Subject: i.ID, By: who.Name, Payload: who})
		return err
	})
	return task, err
}

// Owners tells who speaks for a kind of file, for somebody who imports one.
type Owners func(kind string, actor identity.Actor) (Owner, bool)

// A process is the work on one import.
type process struct {
	db     *store.DB
	owners Owners
	i      Import
	who    audit.Who
}

// open finds the import that a task is about.
func open(ctx context.Context, db *store.DB, owners Owners, run *job.Run) (*process, error) {
	p := &process{db: db, owners: owners}
	if err := run.Payload(&p.who); err != nil {
		return nil, err
	}
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		p.i, err = Find(ctx, tx, run.Subject)
		return err
	})
	return p, err
}

// asker speaks for the file in the name of the person who asked, with the rights that are
// theirs now.
func (p *process) asker(ctx context.Context, tx *store.Tx) (Owner, error) {
	if p.who.Person == 0 {
		return p.speaker(identity.System(p.who.Origin))
	}
	person, err := identity.PersonByID(ctx, tx, p.who.Person)
	if err != nil {
		return nil, err
	}
	actor, err := identity.LoadActor(ctx, tx, person, p.who.Origin)
	if err != nil {
		return nil, err
	}
	if !actor.CanSomewhere(RightImport) {
		return nil, identity.Missing(RightImport)
	}
	return p.speaker(actor)
}

func (p *process) speaker(actor identity.Actor) (Owner, error) {
	o, known := p.owners(p.i.Kind, actor)
	if !known {
		return o, fmt.Errorf("import %s: nobody speaks for %s", p.i.ID, p.i.Kind)
	}
	return o, nil
}

// applyWork is the work that writes the rows of an import. A row that is refused stops
// it, and what was written is taken back.
func applyWork(db *store.DB, owners Owners) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		p, err := open(ctx, db, owners, run)
		if err != nil {
			return err
		}
		if p.i.Doing != Applying {
			return nil // somebody has stopped it
		}
		if err := p.plan(ctx); err != nil {
			return p.stopped(ctx, err)
		}
		steps := job.Steps{Whole: true, Most: chunk, Least: least, List: p.next, Prepare: p.write, Finish: p.finish}
		return p.stopped(ctx, steps.Handle(ctx, run))
	}
}

// plan keeps what each row is to do, some in each transaction, so that the work goes
// on there after a kill. It refuses what was not shown.
func (p *process) plan(ctx context.Context) error {
	if p.i.planned {
		return nil
	}
	var r Report
	err := p.db.Read(ctx, func(tx *store.Tx) error {
		o, err := p.asker(ctx, tx)
		if err != nil {
			return err
		}
		r, err = p.i.Report(ctx, tx, o)
		return err
	})
	if err != nil {
		return err
	}
	now, err := r.Digest()
	if err != nil {
		return err
	}
	if now != p.i.shown || r.Check() != nil {
		return p.i.moved()
	}
	if err := p.i.forgetRows(ctx, p.db); err != nil {
		return err
	}
	for some := range slices.Chunk(r.Lines, chunk) {
		rows, err := keptRows(p.i.id, some)
		if err != nil {
			return err
		}
		if err := p.db.Write(ctx, func(tx *store.Tx) error { return addRows(ctx, tx, rows) }); err != nil {
			return err
		}
	}
	summary, err := json.Marshal(r.summary())
	if err != nil {
		return fmt.Errorf("plan import: %w", err)
	}
	p.i.Summary = r.summary()
	return p.db.Write(ctx, func(tx *store.Tx) error {
		return queries.New(tx).SetPlanned(ctx, queries.SetPlannedParams{ID: p.i.id, Report: string(summary)})
	})
}

// forgetRows removes what is kept of the rows of an import, some in each
// transaction.
func (i Import) forgetRows(ctx context.Context, db *store.DB) error {
	for {
		var n int64
		err := db.Write(ctx, func(tx *store.Tx) (err error) {
			n, err = queries.New(tx).ForgetRows(ctx, queries.ForgetRowsParams{ImportID: i.id, Limit: chunk})
			return err
		})
		if err != nil {
			return fmt.Errorf("forget rows of import: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}

// next returns the lines to be written next.
func (p *process) next(ctx context.Context, tx *store.Tx, _ *job.Run, after int64, most int) ([]int64, error) {
	lines, err := queries.New(tx).ToWrite(ctx, queries.ToWriteParams{ImportID: p.i.id, Line: int32(after), Limit: int32(most)})
	return keysOfLines(lines), err
}

func keysOfLines(lines []int32) []int64 {
	keys := make([]int64, len(lines))
	for n, line := range lines {
		keys[n] = int64(line)
	}
	return keys
}

// errNotMine ends work on an import with which something else is under way now.
var errNotMine = errors.New("something else is under way with the import")

// write reads some lines, and returns what writes them.
func (p *process) write(ctx context.Context, _ *job.Run, keys []int64) (job.Write, error) {
	var changes []Change
	first, last := int32(keys[0]), int32(keys[len(keys)-1])
	err := p.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := queries.New(tx).RowsToWrite(ctx, queries.RowsToWriteParams{ImportID: p.i.id, FirstLine: first, LastLine: last})
		if err != nil {
			return fmt.Errorf("rows of import: %w", err)
		}
		changes, err = changesOf(rows)
		return err
	})
	return func(ctx context.Context, tx *store.Tx) error {
		if err := tx.PlanAnew(ctx); err != nil {
			return err
		}
		if err := p.advance(ctx, tx, Applying, len(changes)); err != nil {
			return err
		}
		o, err := p.asker(ctx, tx)
		if err != nil {
			return err
		}
		if err := unmoved(ctx, tx, o, changes); err != nil {
			return err
		}
		if err := o.Write(ctx, tx, p.who, changes); err != nil {
			return err
		}
		return p.i.mark(ctx, tx, first, last, true)
	}, err
}

// advance counts rows as done, if the work is still what is under way.
func (p *process) advance(ctx context.Context, tx *store.Tx, doing string, rows int) error {
	n, err := queries.New(tx).Advance(ctx, queries.AdvanceParams{ID: p.i.id, Doing: doing, Rows: int64(rows)})
	if err != nil {
		return fmt.Errorf("advance import: %w", err)
	}
	if n == 0 {
		return errNotMine
	}
	return nil
}

// mark says of the rows between two lines whether they are written.
func (i Import) mark(ctx context.Context, tx *store.Tx, first, last int32, written bool) error {
	err := queries.New(tx).Mark(ctx, queries.MarkParams{ImportID: i.id, FirstLine: first, LastLine: last, Written: written})
	if err != nil {
		return fmt.Errorf("mark rows of import: %w", err)
	}
	return nil
}

// finish makes the import applied, once all rows are written.
func (p *process) finish(ctx context.Context, tx *store.Tx, _ *job.Run) error {
	return p.i.record(ctx, tx, p.i.Summary, p.who)
}

// stopped takes back what an import wrote if it cannot go on by itself. An error
// that may pass is returned, to be tried again.
func (p *process) stopped(ctx context.Context, why error) error {
	if errors.Is(why, errNotMine) {
		return nil
	}
	f, isFault := errors.AsType[*fault.Error](why)
	if !isFault || f.Kind == fault.Internal || f.Kind == fault.Unavailable || f.Kind == fault.TooMany {
		return why
	}
	finding := Finding{Severity: Error, Key: f.Key, Args: map[string]any(f.Args)}
	if row, is := errors.AsType[*RowError](why); is {
		finding.Line = row.Line
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		return p.i.takeBack(ctx, tx, audit.Who{Origin: "import"}, &finding)
	})
}

// takeBack asks for the work that takes back what an import wrote. Why is what
// stopped it; nil if somebody undoes one that was applied.
func (i Import) takeBack(ctx context.Context, tx *store.Tx, who audit.Who, why *Finding) error {
	q := queries.New(tx)
	kept := ""
	if why != nil {
		b, err := json.Marshal(why)
		if err != nil {
			return fmt.Errorf("take import back: %w", err)
		}
		kept = string(b)
	}
	n, err := q.TakeBack(ctx, queries.TakeBackParams{ID: i.id, Stopped: kept})
	if err != nil {
		return fmt.Errorf("take import back: %w", err)
	}
	if n == 0 {
		return errNotMine
	}
	// Counted after a step that was being written: none follows it.
	total, err := q.CountWritten(ctx, i.id)
	if err != nil {
		return fmt.Errorf("take import back: %w", err)
	}
	if err := q.SetTotal(ctx, queries.SetTotalParams{ID: i.id, Total: total}); err != nil {
		return fmt.Errorf("take import back: %w", err)
	}
	if why != nil {
		if err := i.recordStop(ctx, tx, who, why.Line, int(total)); err != nil {
			return err
		}
	}
	return i.askBack(ctx, tx, who)
}

// recordStop says in the log that a row stopped an import, or that somebody did.
func (i Import) recordStop(ctx context.Context, tx *store.Tx, who audit.Who, line, written int) error {
	e := audit.Entry{
		Who: who, Action: "import.stopped", Kind: "import", Object: i.ID, Scope: i.Scope,
		Args: map[string]any{"file": i.File, "line": line, "count": written},
	}
	if line == 0 {
		e.Action, e.Args = "import.halted", map[string]any{"file": i.File, "count": written}
	}
	return audit.Record(ctx, tx, e)
}

func (i Import) askBack(ctx context.Context, tx *store.Tx, who audit.Who) error {
	_, err := job.Enqueue(ctx, tx, job.Request{Kind: TakeBackKind, Key: TakeBackKind + " " + i.ID, Subject: i.ID, By: who.Name, Payload: who})
	return err
}

// takeBackWork is the work that takes back what an import wrote, the last row first. A
// row that something depends on is set aside, told, and tried again when somebody
// asks.
func takeBackWork(db *store.DB, owners Owners) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		p, err := open(ctx, db, owners, run)
		if err != nil {
			return err
		}
		if p.i.Doing != TakingBack {
			return nil
		}
		steps := job.Steps{Most: chunk, Least: least, List: p.last, Prepare: p.restore, Finish: p.restored, Name: p.nameOf}
		return steps.Handle(ctx, run)
	}
}

// The keys of the work that goes backwards count from the greatest line down.
func lineOf(key int64) int32 { return int32(math.MaxInt32 - key) }

// last returns the lines to be taken back next.
func (p *process) last(ctx context.Context, tx *store.Tx, _ *job.Run, after int64, most int) ([]int64, error) {
	lines, err := queries.New(tx).ToTakeBack(ctx, queries.ToTakeBackParams{ImportID: p.i.id, Line: lineOf(after), Limit: int32(most)})
	keys := make([]int64, len(lines))
	for n, line := range lines {
		keys[n] = int64(lineOf(int64(line)))
	}
	return keys, err
}

func (p *process) nameOf(_ context.Context, _ *store.Tx, _ *job.Run, key int64) (string, error) {
	return fmt.Sprint(lineOf(key)), nil
}

// restore reads some written lines, and returns what takes them back.
func (p *process) restore(ctx context.Context, _ *job.Run, keys []int64) (job.Write, error) {
	var changes []Change
	first, last := lineOf(keys[len(keys)-1]), lineOf(keys[0])
	err := p.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := queries.New(tx).RowsToTakeBack(ctx, queries.RowsToTakeBackParams{ImportID: p.i.id, FirstLine: first, LastLine: last})
		if err != nil {
			return fmt.Errorf("rows of import: %w", err)
		}
		changes, err = changesOf(rows)
		return err
	})
	return func(ctx context.Context, tx *store.Tx) error {
		if err := p.advance(ctx, tx, TakingBack, len(changes)); err != nil {
			return err
		}
		// Whether it may be taken back was looked at when it was asked for: it is whole or nothing.
		o, err := p.speaker(identity.System(p.who.Origin))
		if err != nil {
			return err
		}
		found, err := blockers(ctx, tx, o, changes)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			f := found[0]
			args := []any{"line", f.Line, "found", f.Found}
			for name, value := range f.Args {
				args = append(args, name, value)
			}
			return fault.New(fault.Conflict, f.Key, args...)
		}
		if err := o.Write(ctx, tx, p.who, backwards(changes)); err != nil {
			return err
		}
		return p.i.mark(ctx, tx, first, last, false)
	}, err
}

// restored says that nothing is left of what an import wrote.
func (p *process) restored(ctx context.Context, tx *store.Tx, _ *job.Run) error {
	if p.i.State == Applied {
		return p.i.recordUndone(ctx, tx, p.who, p.i.Total)
	}
	if _, err := queries.New(tx).Rest(ctx, p.i.id); err != nil {
		return fmt.Errorf("take import back: %w", err)
	}
	return audit.Record(ctx, tx, audit.Entry{
		Who: p.who, Action: "import.taken-back", Kind: "import", Object: p.i.ID, Scope: p.i.Scope,
		Args: map[string]any{"file": p.i.File, "count": p.i.Total},
	})
}

// Aside returns the rows that could not be taken back: findings on their lines, at
// most so many.
func (i Import) Aside(ctx context.Context, tx *store.Tx, most int) ([]Finding, error) {
	tasks, err := job.About(ctx, tx, TakeBackKind, i.ID, 1)
	if err != nil || len(tasks) == 0 {
		return nil, err
	}
	items, err := job.FailedItems(ctx, tx, tasks[0].ID, most)
	if err != nil {
		return nil, err
	}
	found := make([]Finding, len(items))
	for n, item := range items {
		found[n] = Finding{Line: int(lineOf(item.Key)), Severity: Error, Key: item.Error.Key, Args: map[string]any(item.Error.Args)}
		found[n].Found, _ = item.Error.Args["found"].(string)
	}
	slices.SortFunc(found, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	return found, nil
}
