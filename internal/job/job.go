/*
Package job does work in the background: what would take too long while a person
waits (a run of the engine, an export), what happens at an hour (reminders, the
automatic receipt at a deadline), what must be tried again (mail).

A task is asked for in the transaction of the change that needs it ([Enqueue]):
if the change is rolled back, the task never was. Tasks live in the database that
everything else lives in; any node's [Runner] takes the next one that is due.

What always holds:

  - no task is taken by two runners while the first holds its lease; a runner
    that dies loses its lease, and another takes the task up again;
  - a task is done at least once, and recorded as ended once. A handler whose
    result must exist exactly once writes it in the transaction that ends the
    task: [Run.Done];
  - at most one unfinished task has a given key;
  - each tick of a schedule queues one task, however many nodes there are;
  - work over many things goes in steps that a kill does not undo: [Steps];
  - a failure that only a person can repair (a fault) is shown and not tried
    again; any other is tried again, later and later, and shown when that has
    not helped. A panic is such a failure.

How runners hear of new tasks: they look, five times a second. That serves all
nodes alike, needs nothing but the database, and costs a read of an index.

What is not here: what the kinds of task do. The program registers a [Handler]
for each kind, so that this package knows nobody.
*/
package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// RightView is the code of the right to see background work, start it again, cancel it. It is
// declared by package capability: rights are known from the floor above on.
const RightView = "job.view"

// A State is where a task stands.
type State string

// The states of a task. The sentence "job.state.<state>" names each.
const (
	Queued    State = "queued"    // waiting for its time and for a free hand
	Running   State = "running"   // some runner has it
	Done      State = "done"      // it is done
	Failed    State = "failed"    // it could not be done; Task.Error says why
	Cancelled State = "cancelled" // somebody stopped it
)

// A Request asks for a task.
type Request struct {
	Kind    string    // names the handler: "campaign.run"
	Payload any       // what the handler needs, as JSON; nil for nothing
	Key     string    // at most one unfinished task has it; empty for no such limit
	At      time.Time // not before; zero for at once
	Subject string    // public identifier of what it concerns, or empty
	By      string    // the name of who asks, or empty for Stagora itself
}

// A Task is one piece of background work as the database has it.
type Task struct {
	ID          string // public
	Kind        string
	Subject     string
	By          string
	State       State
	Cancelling  bool  // it runs, and was asked to stop
	Done, Total int64 // progress: so many of so many; Total is 0 while nobody knows
	Note        string
	NoteArgs    text.Blanks  // what it is doing: a sentence of the catalogues, or empty
	Error       *fault.Error // why it failed, for the person; nil otherwise
	Detail      string       // the last error in the words of the log, for administrators
	Attempts    int
	Node        string // the node that has it, or had it last

	QueuedAt  time.Time
	DueAt     time.Time // not before, if queued; the end of its lease, if running
	StartedAt time.Time // zero: not yet
	EndedAt   time.Time // zero: not yet
}

// Ended reports whether nothing more will happen to the task by itself.
func (t Task) Ended() bool { return t.State != Queued && t.State != Running }

// Enqueue asks for a task in the transaction of the change that needs it, and
// returns its public identifier. If an unfinished task has the request's key,
// that one's is returned and nothing is added; what it reads is what stands in
// the database when it reads, so it may already be past what the change wrote.
func Enqueue(ctx context.Context, tx *store.Tx, r Request) (string, error) {
	payload, err := json.Marshal(r.Payload)
	if err != nil {
		return "", fmt.Errorf("enqueue %s: %w", r.Kind, err)
	}
	id := store.NewID()
	due := tx.Now
	if r.At.After(due) {
		due = r.At
	}
	q := queries.New(tx)
	for range 3 {
		added, err := q.Add(ctx, queries.AddParams{
			PublicID: id, Kind: r.Kind, Subject: r.Subject, AskedBy: r.By, UniqueKey: r.Key,
			Payload: string(payload), Due: store.At(due), QueuedAt: store.At(tx.Now),
		})
		if err != nil {
			return "", fmt.Errorf("enqueue %s: %w", r.Kind, err)
		}
		if len(added) == 1 {
			return added[0], nil
		}
		// The task that has the key may end between the two statements; then
		// there is room for this one.
		same, err := q.Unfinished(ctx, r.Key)
		if !errors.Is(err, sql.ErrNoRows) {
			return same, err
		}
	}
	return "", fmt.Errorf("enqueue %s: tasks with the key %q come and go", r.Kind, r.Key)
}

// Find returns a task by its public identifier, and a NotFound fault if there is
// none.
func Find(ctx context.Context, tx *store.Tx, id string) (Task, error) {
	row, err := queries.New(tx).ByPublicID(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Task{}, fault.New(fault.NotFound, "job.missing")
	}
	if err != nil {
		return Task{}, fmt.Errorf("find task %s: %w", id, err)
	}
	return task(row)
}

// Remembered is [Find] of a task that another package has noted: nil if it ended so long
// ago that it was forgotten ([Purge]).
func Remembered(ctx context.Context, tx *store.Tx, id string) (*Task, error) {
	found, err := Find(ctx, tx, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &found, nil
}

// tasks is the list of tasks, latest first.
var tasks = store.List[Task]{
	Select: `id, public_id, kind, subject, asked_by, state, due, cancel, attempts, node, done, total, note, note_args,
		error, error_kind, error_args, detail, queued_at, started_at, ended_at`,
	From: "job_task",
	ID:   "id",
	Columns: []store.Column{
		{Key: "kind", Filter: store.Choice("kind")},
		{Key: "state", Filter: store.Choice("state")},
		{Key: "queued", Filter: store.Moment("queued_at"), Sort: store.ByNumber("id")},
	},
	Default: "-queued",
	Scan:    scanTask,
}

// Tasks returns the list of tasks, latest first.
func Tasks() *store.List[Task] { return &tasks }

func scanTask(from store.Row) (Task, error) {
	var row queries.JobTask
	err := from.Scan(&row.ID, &row.PublicID, &row.Kind, &row.Subject, &row.AskedBy, &row.State, &row.Due, &row.Cancel, &row.Attempts,
		&row.Node, &row.Done, &row.Total, &row.Note, &row.NoteArgs, &row.Error, &row.ErrorKind, &row.ErrorArgs, &row.Detail,
		&row.QueuedAt, &row.StartedAt, &row.EndedAt)
	if err != nil {
		return Task{}, err
	}
	return task(row)
}

// About returns the tasks of a kind about a subject, the latest first, at most so many.
func About(ctx context.Context, tx *store.Tx, kind, subject string, most int) ([]Task, error) {
	found, err := tasks.First(ctx, tx, store.Where("kind = $1 AND subject = $2", kind, subject), most)
	if err != nil {
		return nil, fmt.Errorf("tasks about %s: %w", subject, err)
	}
	return found, nil
}

// CountFailed returns how many tasks have failed, and most if there are more.
func CountFailed(ctx context.Context, tx *store.Tx, most int) (int, error) {
	n, err := queries.New(tx).CountFailed(ctx, int32(most))
	if err != nil {
		return 0, fmt.Errorf("count failed tasks: %w", err)
	}
	return int(n), nil
}

// Cancel stops a task: at once if it has not begun, otherwise as soon as its
// handler sees it, which may finish first. A task that has ended is a Conflict.
func Cancel(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := Find(ctx, tx, id); err != nil {
		return err
	}
	q := queries.New(tx)
	n, err := q.CancelQueued(ctx, queries.CancelQueuedParams{PublicID: id, EndedAt: store.AtOrNil(tx.Now)})
	if err == nil && n == 0 {
		n, err = q.CancelRunning(ctx, id)
	}
	if err != nil {
		return fmt.Errorf("cancel task %s: %w", id, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "job.ended")
	}
	return nil
}

// Retry queues a task again that failed or was cancelled. Any other is a
// Conflict, and so is one whose key another unfinished task has.
func Retry(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := Find(ctx, tx, id); err != nil {
		return err
	}
	n, err := queries.New(tx).Retry(ctx, queries.RetryParams{PublicID: id, Now: store.At(tx.Now)})
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "job.busy").Because(err)
	}
	if err != nil {
		return fmt.Errorf("retry task %s: %w", id, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "job.not-failed")
	}
	return nil
}

// PurgeKind is the kind of the task that [Purge] handles.
const PurgeKind = "job.purge"

// Purge returns the handler that forgets tasks that ended longer ago than keep, but for
// work by steps that stopped half way: somebody may have it go on.
// A schedule should ask for it.
func Purge(db *store.DB, keep time.Duration) Handler {
	return func(ctx context.Context, run *Run) error {
		return db.Write(ctx, func(tx *store.Tx) error {
			if _, err := queries.New(tx).Purge(ctx, store.AtOrNil(tx.Now.Add(-keep))); err != nil {
				return fmt.Errorf("purge tasks: %w", err)
			}
			return run.Done(ctx, tx)
		})
	}
}

func task(row queries.JobTask) (Task, error) {
	t := Task{
		ID: row.PublicID, Kind: row.Kind, Subject: row.Subject, By: row.AskedBy,
		State: State(row.State), Cancelling: row.Cancel, Done: row.Done, Total: row.Total,
		Note: row.Note, Detail: row.Detail, Attempts: int(row.Attempts), Node: row.Node,
		QueuedAt: row.QueuedAt.Time, DueAt: row.Due.Time,
		StartedAt: row.StartedAt.OrZero(), EndedAt: row.EndedAt.OrZero(),
	}
	if err := json.Unmarshal([]byte(row.NoteArgs), &t.NoteArgs); err != nil {
		return Task{}, fmt.Errorf("task %s: %w", t.ID, err)
	}
	if row.Error != "" {
		var args text.Blanks
		if err := json.Unmarshal([]byte(row.ErrorArgs), &args); err != nil {
			return Task{}, fmt.Errorf("task %s: %w", t.ID, err)
		}
		t.Error = &fault.Error{Kind: fault.Kind(row.ErrorKind), Key: row.Error, Args: fault.Args(args)}
	}
	return t, nil
}
