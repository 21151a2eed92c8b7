package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Handler does the tasks of one kind. Its context ends when the task is
// cancelled, when its lease is lost or when the runner stops: it then returns as
// soon as it can, with an error, and has written nothing by halves.
//
// It may be called again for the same task, after a crash or a failure.
type Handler func(ctx context.Context, run *Run) error

// A Run is one attempt at a task.
type Run struct {
	ID      string // the task's public identifier
	Kind    string
	Subject string
	By      string
	Attempt int // from 1

	db       *store.DB
	runner   *Runner
	id       int64
	claim    int64
	after    int64 // of work in steps: the last key that is behind
	total    int64
	schedule string // the kind of the schedule that asked, or empty
	nothing  bool   // there was nothing to do
	payload  []byte
	stop     context.CancelCauseFunc
}

// Why the context of a handler ended.
var (
	errCancelled = errors.New("somebody cancelled the task")
	errLost      = errors.New("the lease of the task was lost: another runner may have it")
)

// postponed is an error that says when to try again.
type postponed struct {
	after time.Duration
	why   error
}

func (p *postponed) Error() string { return p.why.Error() }
func (p *postponed) Unwrap() error { return p.why }

// Later returns the error of a handler that cannot work now because something it
// needs is away, a mail server for example. The task is tried again after a
// while, as often as it takes: this does not count as one of its attempts. Until
// then [Task.Detail] tells why.
func Later(after time.Duration, why error) error { return &postponed{after, why} }

// Payload reads what the request gave into v.
func (r *Run) Payload(v any) error {
	if err := json.Unmarshal(r.payload, v); err != nil {
		return fmt.Errorf("payload of task %s: %w", r.ID, err)
	}
	return nil
}

// Progress records that done of total is behind, and what is being done now, as
// a sentence of the catalogues with its blanks; the key may be empty. Each call
// is a transaction of its own: a few a second are plenty. It returns an error if
// the work should stop.
func (r *Run) Progress(ctx context.Context, done, total int, key string, args ...any) error {
	blanks, err := json.Marshal(text.Blanks(fault.Pairs(args...)))
	if err != nil {
		return fmt.Errorf("progress of task %s: %w", r.ID, err)
	}
	var cancel []bool
	err = r.db.Write(ctx, func(tx *store.Tx) error {
		cancel, err = queries.New(tx).Progress(ctx, queries.ProgressParams{
			ID: r.id, Claims: r.claim, Done: int64(done), Total: int64(total), Note: key, NoteArgs: string(blanks),
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("progress of task %s: %w", r.ID, err)
	}
	r.heed(cancel)
	return context.Cause(ctx)
}

// heed stops the handler if the task, looked up by its claim, is no longer its
// own or was cancelled.
func (r *Run) heed(cancel []bool) {
	switch {
	case len(cancel) == 0:
		r.stop(errLost)
	case cancel[0]:
		r.stop(errCancelled)
	}
}

// Nothing says that there is nothing to report: nothing was done, or nothing that
// is not told elsewhere. When the handler then returns without an error, no task
// is left to be seen. Work that a schedule asks for often should say it.
func (r *Run) Nothing() { r.nothing = true }

// Done ends the task in the transaction that writes its result, so that the
// result exists exactly once: if another runner has taken the task over, it
// returns an error and the transaction is rolled back. A handler that does not
// call it ends its task by returning.
func (r *Run) Done(ctx context.Context, tx *store.Tx) error {
	n, err := r.end(ctx, tx, Done, nil, "")
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("end task %s: %w", r.ID, errLost)
	}
	return nil
}

// end records how the task ended, unless this is no longer the one to say so.
func (r *Run) end(ctx context.Context, tx *store.Tx, state State, why *fault.Error, detail string) (int64, error) {
	q := queries.New(tx)
	if r.schedule != "" {
		outcome := state
		if r.nothing && state == Done {
			outcome = NothingToReport
		}
		if err := q.EndSchedule(ctx, queries.EndScheduleParams{Kind: r.schedule, Outcome: string(outcome), EndedAt: store.AtOrNil(tx.Now)}); err != nil {
			return 0, fmt.Errorf("end task %s: %w", r.ID, err)
		}
	}
	if r.nothing && state == Done {
		n, err := q.Forget(ctx, queries.ForgetParams{ID: r.id, Claims: r.claim})
		if err != nil {
			return 0, fmt.Errorf("forget task %s: %w", r.ID, err)
		}
		return n, nil
	}
	end := queries.EndParams{
		ID: r.id, Claims: r.claim, State: string(state), ErrorArgs: "{}", Detail: detail, EndedAt: store.AtOrNil(tx.Now),
	}
	if why != nil {
		args, err := json.Marshal(text.Blanks(why.Args))
		if err != nil {
			return 0, fmt.Errorf("end task %s: %w", r.ID, err)
		}
		end.Error, end.ErrorKind, end.ErrorArgs = why.Key, int32(why.Kind), string(args)
	}
	n, err := q.End(ctx, end)
	if err != nil {
		return 0, fmt.Errorf("end task %s: %w", r.ID, err)
	}
	return n, nil
}
