package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job/queries"
	"stagora.org/stagora/internal/store"
)

const (
	// poll is how often a free hand looks for work.
	poll = 200 * time.Millisecond
	// pulse is how often leases are renewed, cancellations seen and schedules
	// looked at.
	pulse = time.Second
	// lease is how long a task is left to a runner that no longer renews it:
	// many pulses, so that a busy machine does not lose its work.
	lease = 30 * time.Second
	// Takeover is when a task that its asker does at once ([Runner.Do]) is due for others.
	Takeover = lease
	// attempts is how often a task is tried in all.
	attempts = 5
	// farewell is how long the end of a task may take to write when the runner
	// stops.
	farewell = 10 * time.Second
)

// backoff is how long a task rests after its nth attempt failed: 5 s, 25 s,
// 2 min 5 s, 10 min 25 s.
func backoff(n int) time.Duration {
	d := time.Second
	for range n {
		d *= 5
	}
	return d
}

// A Runner takes tasks and has them done. Several may work on one database; each
// takes only the kinds it has handlers for.
type Runner struct {
	DB        *store.DB
	Handlers  map[string]Handler // by kind
	Schedules []Schedule
	Workers   int            // how many tasks at once; 0 is 1
	Zone      *time.Location // of the schedules; nil is Paris
	Node      string         // this node's name, shown with its tasks
	Log       *slog.Logger   // nil is the default

	once  sync.Once
	wrong error
	specs map[scheduleID]cron.Schedule
	kinds string // ",a,b,": what the handlers do

	mu   sync.Mutex
	runs map[*Run]bool // under way here
}

func (r *Runner) prepare() error {
	r.once.Do(func() {
		r.runs = map[*Run]bool{}
		r.kinds = "," + strings.Join(slices.Sorted(maps.Keys(r.Handlers)), ",") + ","
		if r.Log == nil {
			r.Log = slog.Default()
		}
		r.wrong = r.parseSchedules()
	})
	return r.wrong
}

// Run works until ctx ends; then it stops its handlers, waits for them, and gives
// back what they have not finished. It fails at once if a schedule is wrong.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.prepare(); err != nil {
		return err
	}
	var workers, pulses sync.WaitGroup
	// Leases are kept until the last handler has ended, also when it takes its time
	// to stop: nobody else must take its task meanwhile.
	beating, still := context.WithCancel(context.WithoutCancel(ctx))
	defer still()
	for range max(r.Workers, 1) {
		workers.Go(func() {
			every(ctx, poll, func() {
				for ctx.Err() == nil {
					did, err := r.one(ctx)
					r.note(ctx, "take a task", err)
					if !did {
						return
					}
				}
			})
		})
	}
	pulses.Go(func() {
		every(beating, pulse, func() {
			if ctx.Err() == nil {
				r.note(ctx, "look at the schedules", r.tick(ctx))
			}
			r.note(beating, "renew the leases", r.renew(beating))
		})
	})
	workers.Wait()
	still()
	pulses.Wait()
	return nil
}

// Step queues what the schedules ask for and does every task that is due, one
// after the other, and returns how many. With it a test, or a program of one
// thread, decides when work happens.
func (r *Runner) Step(ctx context.Context) (int, error) {
	if err := r.prepare(); err != nil {
		return 0, err
	}
	if err := r.tick(ctx); err != nil {
		return 0, err
	}
	for n := 0; ; n++ {
		did, err := r.one(ctx)
		if err != nil || !did {
			return n, err
		}
	}
}

// every calls do at once and then at each interval until ctx ends.
func every(ctx context.Context, interval time.Duration, do func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (r *Runner) note(ctx context.Context, doing string, err error) {
	if err != nil && ctx.Err() == nil {
		r.Log.ErrorContext(ctx, "background work: cannot "+doing, "err", err)
	}
}

// one takes the task that has been due longest and does it; it reports whether
// there was one.
func (r *Runner) one(ctx context.Context) (bool, error) {
	row, err := r.claim(ctx)
	if err != nil || row == nil {
		return false, err
	}
	_, err = r.work(ctx, row)
	return true, err
}

// Do does a task that waits, whenever it is due, and returns what its handler did: for
// work that is mostly short, while the person who asked for it waits. It is asked for
// with a due time after which others take it up, if this node has died ([Takeover]).
// Of a task that another runner has, Do does nothing.
func (r *Runner) Do(ctx context.Context, id string) error {
	if err := r.prepare(); err != nil {
		return err
	}
	var rows []queries.JobTask
	err := r.DB.Write(ctx, func(tx *store.Tx) (err error) {
		rows, err = queries.New(tx).ClaimOne(ctx, queries.ClaimOneParams{
			PublicID: id, Now: store.AtOrNil(tx.Now), Lease: store.At(tx.Now.Add(lease)), Node: r.Node,
		})
		return err
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	failed, err := r.work(ctx, &rows[0])
	if errors.Is(failed, errTurn) {
		failed = nil
	}
	return errors.Join(failed, err)
}

// work does a task that this runner has claimed. It returns what the handler returned,
// and whether the end of the attempt could not be written.
func (r *Runner) work(ctx context.Context, row *queries.JobTask) (failed, err error) {
	runCtx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	run := &Run{
		ID: row.PublicID, Kind: row.Kind, Subject: row.Subject, By: row.AskedBy, Attempt: int(row.Attempts),
		db: r.DB, runner: r, id: row.ID, claim: row.Claims, after: row.AfterKey, total: row.Total,
		payload: []byte(row.Payload), stop: stop,
	}
	if row.UniqueKey == scheduleKey+row.Kind {
		run.schedule = row.Kind
	}
	r.hold(run, true)
	defer r.hold(run, false)

	if run.Attempt > attempts {
		// Each attempt ended without a word: it takes its runner down with it.
		failed = fault.New(fault.Internal, "job.lost", "attempts", attempts)
	} else if row.Cancel {
		stop(errCancelled)
		failed = errCancelled
	} else {
		failed = safely(func() error { return r.Handlers[run.Kind](runCtx, run) })
	}
	// The end is written even if the runner is stopping.
	last, done := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer done()
	return failed, r.conclude(last, run, failed, context.Cause(runCtx))
}

// claim takes a task for this runner, or returns nil.
func (r *Runner) claim(ctx context.Context) (*queries.JobTask, error) {
	due, err := r.isDue(ctx)
	if err != nil || !due {
		return nil, err
	}
	var rows []queries.JobTask
	err = r.DB.Write(ctx, func(tx *store.Tx) (err error) {
		q, claim := queries.New(tx), queries.ClaimParams{
			Now: store.AtOrNil(tx.Now), Lease: store.At(tx.Now.Add(lease)), Node: r.Node, Kinds: r.kinds,
		}
		if tx.Engine == store.Postgres {
			rows, err = q.ClaimSkipping(ctx, queries.ClaimSkippingParams(claim))
		} else {
			rows, err = q.Claim(ctx, claim)
		}
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// isDue reports whether a task waits for a hand.
func (r *Runner) isDue(ctx context.Context) (due bool, err error) {
	err = r.DB.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = queries.New(tx).IsDue(ctx, queries.IsDueParams{Now: store.At(tx.Now), Kinds: r.kinds})
		return err
	})
	return due, err
}

// conclude records how an attempt ended: err is what the handler returned, cause
// why its context had ended, if it had.
func (r *Runner) conclude(ctx context.Context, run *Run, err, cause error) error {
	turned := errors.Is(err, errTurn)
	if err != nil && cause == nil && !turned && fault.KindOf(err) == fault.Internal {
		r.Log.ErrorContext(ctx, "task failed", "task", run.ID, "kind", run.Kind, "attempt", run.Attempt, "err", err)
	}
	why, isFault := errors.AsType[*fault.Error](err)
	wait, isPostponed := errors.AsType[*postponed](err)
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		switch {
		case err == nil:
			_, failed := run.end(ctx, tx, Done, nil, "")
			return failed
		case errors.Is(cause, errCancelled):
			_, failed := run.end(ctx, tx, Cancelled, nil, "")
			return failed
		case errors.Is(cause, errLost):
			return nil
		case cause != nil: // the runner stops, and the attempt was not the task's fault
			return run.putBack(ctx, tx, tx.Now, run.Attempt-1, "")
		case turned:
			return run.putBack(ctx, tx, tx.Now, run.Attempt-1, "")
		case isPostponed:
			return run.putBack(ctx, tx, tx.Now.Add(wait.after), run.Attempt-1, err.Error())
		case isFault && !passing(why) || isFault && run.Attempt > attempts:
			_, failed := run.end(ctx, tx, Failed, why, err.Error())
			return failed
		case run.Attempt >= attempts:
			given := fault.New(fault.Internal, "job.failed", "attempts", run.Attempt, "reference", run.ID)
			_, failed := run.end(ctx, tx, Failed, given, err.Error())
			return failed
		}
		return run.putBack(ctx, tx, tx.Now.Add(backoff(run.Attempt)), run.Attempt, err.Error())
	})
}

// passing reports whether a fault may be gone the next time without anybody's
// doing anything.
func passing(e *fault.Error) bool {
	return e.Kind == fault.Internal || e.Kind == fault.Unavailable || e.Kind == fault.TooMany
}

func (r *Run) putBack(ctx context.Context, tx *store.Tx, due time.Time, attempts int, detail string) error {
	_, err := queries.New(tx).PutBack(ctx, queries.PutBackParams{
		ID: r.id, Claims: r.claim, Due: store.At(due), Attempts: int64(attempts), Detail: detail,
	})
	if err != nil {
		return fmt.Errorf("give task %s back: %w", r.ID, err)
	}
	return nil
}

// renew keeps the leases of what is under way here, and stops what was cancelled
// or has been taken over.
func (r *Runner) renew(ctx context.Context) error {
	r.mu.Lock()
	runs := slices.Collect(maps.Keys(r.runs))
	r.mu.Unlock()
	for _, run := range runs {
		var cancel []bool
		err := r.DB.Write(ctx, func(tx *store.Tx) (err error) {
			cancel, err = queries.New(tx).Renew(ctx, queries.RenewParams{
				ID: run.id, Claims: run.claim, Lease: store.At(tx.Now.Add(lease)),
			})
			return err
		})
		if err != nil {
			return err
		}
		run.heed(cancel)
	}
	return nil
}

func (r *Runner) hold(run *Run, under bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if under {
		r.runs[run] = true
	} else {
		delete(r.runs, run)
	}
}
