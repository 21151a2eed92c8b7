package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// Steps is work over many things (receipts, reminders, rows of a file) that is
// done a few at a time, each step one short transaction. [Steps.Handle] is the
// handler of such work:
//
//	handlers["campaign.receipts"] = job.Steps{
//		List:    receiptsMissing, // the next participants without a receipt, by key
//		Prepare: composeReceipts, // reads and renders for those keys; returns what writes them
//	}.Handle
//
// A thing is known by its key: a positive number, usually the key of its row.
// List gives keys in ascending order, and the task keeps the last one that is
// behind, so that the work goes on there after a kill, on any node.
//
// What always holds:
//
//   - what a step writes and the progress past it are one transaction: each thing
//     is done exactly once, however often a node is killed or taken for dead;
//   - Prepare runs outside every transaction of writing; a step is made smaller
//     when its writing takes longer than a [Pace] allows;
//   - a thing that fails does not stop the others: it is set aside with the
//     reason ([FailedItems]), done again alone when all others are behind, and
//     again when somebody asks for the task once more ([Retry]). The task ends as
//     failed while one is left. [Steps.Whole] asks for the contrary;
//   - Finish runs once, in the transaction that ends the task, when every thing
//     is done: what must appear at once appears there;
//   - between two steps the work stops if it was cancelled, and gives its hand
//     back after a while if other tasks wait.
//
// The functions read what the task is about from the run: its Subject, its
// Payload. See the example.
type Steps struct {
	// Count says how many things there are, for the progress; nil if nobody knows.
	// It is asked once.
	Count func(ctx context.Context, tx *store.Tx, run *Run) (int, error)
	// List returns the keys of the things that come next: at most so many, each
	// greater than after, in ascending order; none when all are behind.
	List func(ctx context.Context, tx *store.Tx, run *Run, after int64, most int) ([]int64, error)
	// Prepare does for some things what takes time (reads, renders, computes), and
	// returns what writes the outcome. An error of either is of one of the things,
	// and tried again one by one, unless it is [Later] or a fault that may pass
	// (fault.Unavailable, fault.TooMany): those speak of all of them.
	Prepare func(ctx context.Context, run *Run, keys []int64) (Write, error)
	// Name says how people call a thing, for when it is set aside; nil: its key.
	Name func(ctx context.Context, tx *store.Tx, run *Run, key int64) (string, error)
	// Finish writes what comes after everything else; nil: nothing does.
	Finish func(ctx context.Context, tx *store.Tx, run *Run) error
	// Fills names tables of which PostgreSQL has to know before Finish shows what the work
	// has added to them ([store.DB.Analyze]); nil: by itself it knows soon enough.
	Fills []string
	// Whole makes a thing that fails fail the task: what is behind stays written,
	// and the task goes on there if somebody asks for it again.
	Whole bool
	// Most is how many things a step may take; 0 is 100.
	Most int
	// Least is how many a step takes however long its writing takes, where most of
	// what it costs does not depend on how many they are; 0 is 1.
	Least int
}

// A Write writes the outcome of a step. Like every change it may run more than
// once, so its only effects must be through tx.
type Write func(ctx context.Context, tx *store.Tx) error

const (
	// firstStep is how many things the first step takes, before it is known how
	// long they take.
	firstStep = 16
	// turn is how long work in steps keeps its hand while other tasks wait.
	turn = 2 * time.Second
	// hopeless is after how many failures one after the other the fault is not
	// that of the things.
	hopeless = 20
)

// errTurn gives the hand of work in steps to others.
var errTurn = errors.New("the task gives way to others")

// Handle is the [Handler] of work in steps.
func (s Steps) Handle(ctx context.Context, run *Run) error {
	w := &walk{Steps: s, run: run}
	if w.Most == 0 {
		w.Most = 100
	}
	w.pace = Pace{Size: min(max(firstStep, w.Least), w.Most), Least: w.Least, Most: w.Most}
	if err := w.count(ctx); err != nil {
		return err
	}
	for since := run.db.Now(); ; {
		keys, err := w.list(ctx)
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			break
		}
		if err := w.step(ctx, keys); err != nil {
			return err
		}
		if now := run.db.Now(); now.Sub(since) > turn {
			since = now
			if waiting, err := run.runner.isDue(ctx); err != nil || waiting {
				return errors.Join(err, errTurn)
			}
		}
	}
	if err := w.again(ctx); err != nil {
		return err
	}
	if err := w.run.db.Analyze(ctx, w.Fills...); err != nil {
		return err
	}
	return w.finish(ctx)
}

// A walk is one run of work in steps.
type walk struct {
	Steps
	run    *Run
	pace   Pace
	took   time.Duration // to write the last step
	failed int           // how many failed one after the other
}

func (w *walk) count(ctx context.Context) error {
	if w.Count == nil || w.run.after != 0 || w.run.total != 0 {
		return nil
	}
	err := w.run.db.Read(ctx, func(tx *store.Tx) error {
		n, err := w.Count(ctx, tx, w.run)
		w.run.total = int64(n)
		return err
	})
	if err != nil {
		return fmt.Errorf("count what task %s is about: %w", w.run.ID, err)
	}
	return w.run.db.Write(ctx, func(tx *store.Tx) error {
		return queries.New(tx).SetTotal(ctx, queries.SetTotalParams{ID: w.run.id, Claims: w.run.claim, Total: w.run.total})
	})
}

// list returns the keys of the next step.
func (w *walk) list(ctx context.Context) (keys []int64, err error) {
	err = w.run.db.Read(ctx, func(tx *store.Tx) (err error) {
		keys, err = w.List(ctx, tx, w.run, w.run.after, w.pace.Size)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list what task %s does next: %w", w.run.ID, err)
	}
	last := w.run.after
	for _, key := range keys {
		if key <= last {
			return nil, fmt.Errorf("task %s: the key %d comes after %d", w.run.ID, key, last)
		}
		last = key
	}
	return keys, nil
}

// step does some things together; if that fails, one by one.
func (w *walk) step(ctx context.Context, keys []int64) error {
	err := w.write(ctx, keys, keys[len(keys)-1])
	if err == nil {
		w.failed = 0
		w.pace.After(w.took)
		return nil
	}
	if w.Whole || !ofThing(ctx, err) {
		return err
	}
	for _, key := range keys {
		if len(keys) > 1 {
			err = w.write(ctx, []int64{key}, key)
		}
		if err == nil {
			w.failed = 0
			continue
		}
		if !ofThing(ctx, err) {
			return err
		}
		if err := w.setAside(ctx, key, err); err != nil {
			return err
		}
	}
	return nil
}

// write does things and moves the task past the key after, in one transaction.
func (w *walk) write(ctx context.Context, keys []int64, after int64) error {
	return safely(func() error {
		write, err := w.Prepare(ctx, w.run, keys)
		if err != nil {
			return err
		}
		return w.advance(ctx, after, len(keys), func(tx *store.Tx) error {
			w.took = 0
			if write == nil {
				return nil
			}
			began := w.run.db.Now()
			defer func() { w.took = w.run.db.Now().Sub(began) }()
			return write(ctx, tx)
		})
	})
}

// advance makes a change and moves the task on, in one transaction; if another
// runner has the task, neither happens.
func (w *walk) advance(ctx context.Context, after int64, did int, change func(*store.Tx) error) error {
	after = max(after, w.run.after)
	var cancel []bool
	err := w.run.db.Write(ctx, func(tx *store.Tx) error {
		if err := change(tx); err != nil {
			return err
		}
		var err error
		cancel, err = queries.New(tx).Advance(ctx, queries.AdvanceParams{
			ID: w.run.id, Claims: w.run.claim, AfterKey: after, Did: int64(did),
		})
		if err == nil && len(cancel) == 0 {
			err = errLost
		}
		return err
	})
	if errors.Is(err, errLost) {
		w.run.stop(errLost)
	}
	if err != nil {
		return err
	}
	w.run.after, w.run.Attempt = after, 1
	w.run.heed(cancel)
	return nil
}

// ofThing reports whether an error may be that of one thing among many, and not
// that of the task, of the database or of what all of them need.
func ofThing(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.Is(err, errLost) {
		return false
	}
	if _, later := errors.AsType[*postponed](err); later {
		return false
	}
	kind := fault.KindOf(err)
	return kind != fault.Unavailable && kind != fault.TooMany
}

// setAside records that a thing failed, and goes past it.
func (w *walk) setAside(ctx context.Context, key int64, why error) error {
	told, isFault := errors.AsType[*fault.Error](why)
	if !isFault {
		told = fault.New(fault.Internal, "job.item.failed", "reference", w.run.ID)
		w.run.runner.Log.ErrorContext(ctx, "a thing of a task failed", "task", w.run.ID, "kind", w.run.Kind, "key", key, "err", why)
	}
	args, err := json.Marshal(text.Blanks(told.Args))
	if err != nil {
		return fmt.Errorf("set %d of task %s aside: %w", key, w.run.ID, err)
	}
	err = w.advance(ctx, key, 0, func(tx *store.Tx) error {
		name, err := w.name(ctx, tx, key)
		if err != nil {
			return err
		}
		return queries.New(tx).SetItemAside(ctx, queries.SetItemAsideParams{
			TaskID: w.run.id, Key: key, Name: name, Error: told.Key, ErrorArgs: string(args),
			Detail: why.Error(), FailedAt: store.At(tx.Now),
		})
	})
	if err != nil {
		return fmt.Errorf("set %d of task %s aside: %w", key, w.run.ID, err)
	}
	w.failed++
	if w.failed >= hopeless {
		w.failed = 0
		return fmt.Errorf("%d things failed one after the other, the last with: %w", hopeless, why)
	}
	return nil
}

// name says how people call a thing.
func (w *walk) name(ctx context.Context, tx *store.Tx, key int64) (string, error) {
	if w.Name == nil {
		return strconv.FormatInt(key, 10), nil
	}
	return w.Name(ctx, tx, w.run, key)
}

// again does each thing that was set aside once more, alone.
func (w *walk) again(ctx context.Context) error {
	w.failed = 0
	for last := int64(0); ; {
		var items []queries.JobFailedItem
		err := w.run.db.Read(ctx, func(tx *store.Tx) (err error) {
			items, err = queries.New(tx).FailedItems(ctx, queries.FailedItemsParams{TaskID: w.run.id, After: last, Most: int32(w.Most)})
			return err
		})
		if err != nil {
			return fmt.Errorf("read what task %s set aside: %w", w.run.ID, err)
		}
		if len(items) == 0 {
			return nil
		}
		for _, item := range items {
			last = item.Key
			if err := w.alone(ctx, item.Key); err != nil {
				return err
			}
		}
	}
}

// alone does one thing that was set aside.
func (w *walk) alone(ctx context.Context, key int64) error {
	err := safely(func() error {
		write, err := w.Prepare(ctx, w.run, []int64{key})
		if err != nil {
			return err
		}
		return w.advance(ctx, key, 1, func(tx *store.Tx) error {
			if write != nil {
				if err := write(ctx, tx); err != nil {
					return err
				}
			}
			return queries.New(tx).RemoveFailedItem(ctx, queries.RemoveFailedItemParams{TaskID: w.run.id, Key: key})
		})
	})
	if err == nil {
		w.failed = 0
		return nil
	}
	if !ofThing(ctx, err) {
		return err
	}
	return w.setAside(ctx, key, err)
}

// finish ends the task, unless things are left that failed.
func (w *walk) finish(ctx context.Context) error {
	return w.run.db.Write(ctx, func(tx *store.Tx) error {
		left, err := queries.New(tx).CountFailedItems(ctx, w.run.id)
		if err != nil {
			return fmt.Errorf("count what task %s set aside: %w", w.run.ID, err)
		}
		if left > 0 {
			return fault.New(fault.Conflict, "job.items.failed", "count", int(left))
		}
		if w.Finish != nil {
			if err := w.Finish(ctx, tx, w.run); err != nil {
				return err
			}
		}
		return w.run.Done(ctx, tx)
	})
}

// safely turns a panic into an error with its stack.
func safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}
