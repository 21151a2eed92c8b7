package job_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// stuck is a handler that says when it has begun, and returns when it is let go.
type stuck struct {
	begun chan struct{}
	leave chan error
}

func newStuck() *stuck { return &stuck{make(chan struct{}), make(chan error)} }

func (s *stuck) handle(context.Context, *job.Run) error {
	close(s.begun)
	return <-s.leave
}

// start lets a runner take one step beside the test, and returns when its handler
// has begun. Let go, it finishes before the test does.
func (s *stuck) start(t *testing.T, r *job.Runner) (finished chan error) {
	t.Helper()
	finished = make(chan error, 1)
	go func() {
		_, err := r.Step(context.WithoutCancel(t.Context()))
		finished <- err
	}()
	<-s.begun
	return finished
}

func TestTwoRunnersNeverDoOneTaskTwice(t *testing.T) {
	t.Parallel()
	const tasks = 5000
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		change(t, db, func(tx *store.Tx) error {
			for range tasks {
				if _, err := job.Enqueue(t.Context(), tx, job.Request{Kind: "work"}); err != nil {
					return err
				}
			}
			return nil
		})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var mu sync.Mutex
		done, all := map[string]int{}, make(chan struct{})
		handle := func(_ context.Context, run *job.Run) error {
			mu.Lock()
			defer mu.Unlock()
			done[run.ID]++
			if len(done) == tasks && done[run.ID] == 1 {
				close(all)
			}
			return nil
		}
		var runners sync.WaitGroup
		for range 2 {
			r := runner(db, handle)
			r.Workers = 4
			runners.Go(func() {
				if err := r.Run(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		<-all
		// A runner that is stopped has little time to write what has ended, and the machine
		// may be busy.
		for ended := 0; ended < tasks; {
			err := db.Read(ctx, func(tx *store.Tx) (err error) {
				ended, _, err = job.Tasks().Count(ctx, tx, store.Where("state = $1", string(job.Done)), store.Ask{})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		stop()
		runners.Wait()
		for id, times := range done {
			if times != 1 {
				t.Errorf("task %s was done %d times", id, times)
			}
		}
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			done, err := job.Tasks().First(t.Context(), tx, store.Where("state = $1", string(job.Done)), tasks+1)
			if len(done) != tasks {
				t.Errorf("%d tasks are done at the end", len(done))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestATaskOfADeadRunnerIsTakenOverAndItsEndIsNotWrittenTwice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := enqueue(t, db, job.Request{})
		frozen := newStuck()
		// It only seems dead, and comes back to write its result.
		dead := runner(db, func(ctx context.Context, run *job.Run) error {
			if err := frozen.handle(ctx, run); err != nil {
				return err
			}
			return db.Write(ctx, func(tx *store.Tx) error {
				if _, err := job.Enqueue(ctx, tx, job.Request{Kind: "the result of the dead"}); err != nil {
					return err
				}
				return run.Done(ctx, tx)
			})
		})
		dead.Log = silent
		finished := frozen.start(t, dead)

		working := newStuck()
		heir := runner(db, working.handle)
		heir.Node = "heir"
		step(t, heir, 0) // the lease still runs
		storetest.Clock(t, db).Freeze(storetest.Start.Add(31 * time.Second))
		inherited := working.start(t, heir)

		frozen.leave <- nil
		if err := <-finished; err != nil {
			t.Fatal(err)
		}
		if task := find(t, db, id); task.State != job.Running || task.Node != "heir" || task.Attempts != 2 {
			t.Errorf("after the dead came back: %+v", task)
		}
		working.leave <- nil
		if err := <-inherited; err != nil {
			t.Fatal(err)
		}
		if task := find(t, db, id); task.State != job.Done {
			t.Errorf("at the end: %+v", task)
		}
		step(t, &job.Runner{DB: db, Handlers: map[string]job.Handler{"the result of the dead": nothing}}, 0)
	})
}

func TestALeaseThatIsRenewedIsNotTakenOver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		enqueue(t, db, job.Request{})
		busy := newStuck()
		holder := runner(db, busy.handle)
		finished := busy.start(t, holder)
		other := runner(db, nothing)
		for i := range 5 {
			storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Duration(i) * 20 * time.Second))
			step(t, other, 0)
			if err := holder.Renew(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		busy.leave <- nil
		if err := <-finished; err != nil {
			t.Fatal(err)
		}
		step(t, other, 0)
	})
}

func TestATaskThatKillsItsRunnersIsGivenUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := enqueue(t, db, job.Request{})
		now := storetest.Start
		for range job.Attempts {
			killed := newStuck()
			finished := killed.start(t, runner(db, killed.handle))
			defer func() {
				killed.leave <- nil
				if err := <-finished; err != nil {
					t.Error(err)
				}
			}()
			now = now.Add(time.Minute)
			storetest.Clock(t, db).Freeze(now)
		}
		r := runner(db, func(context.Context, *job.Run) error {
			t.Error("tried once more")
			return nil
		})
		r.Log = silent
		step(t, r, 1)
		if task := find(t, db, id); task.State != job.Failed || task.Error == nil || task.Error.Key != "job.lost" {
			t.Errorf("%+v", task)
		}
	})
}

func TestAnInternalErrorIsTriedAgainLaterAndLaterThenShown(t *testing.T) {
	t.Parallel()
	failures := map[string]job.Handler{
		"error": func(context.Context, *job.Run) error { return errors.New("disk full") },
		"panic": func(context.Context, *job.Run) error { panic("disk full") },
		"fault that may pass": func(context.Context, *job.Run) error {
			return fault.New(fault.Unavailable, "job.busy").Because(errors.New("disk full"))
		},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := storetest.Start
		for name, failing := range failures {
			r := runner(db, failing)
			r.Log = silent
			id := enqueue(t, db, job.Request{})
			for i, rest := range []time.Duration{5 * time.Second, 25 * time.Second, 125 * time.Second, 625 * time.Second, 0} {
				step(t, r, 1)
				task := find(t, db, id)
				if task.Attempts != i+1 || !strings.Contains(task.Detail, "disk full") {
					t.Fatalf("%s, attempt %d: %+v", name, i+1, task)
				}
				if rest > 0 && (task.State != job.Queued || !task.DueAt.Equal(now.Add(rest))) {
					t.Fatalf("%s, attempt %d: %+v", name, i+1, task)
				}
				step(t, r, 0)
				now = now.Add(rest)
				storetest.Clock(t, db).Freeze(now)
			}
			task := find(t, db, id)
			if task.State != job.Failed || task.Error == nil {
				t.Errorf("%s: %+v", name, task)
			}
		}
	})
}

func TestAFaultIsShownAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		closed := storetest.Start.Add(-time.Hour)
		r := runner(db, func(context.Context, *job.Run) error {
			return fault.New(fault.Closed, "form.taken", "found", "C1", "by", closed)
		})
		id := enqueue(t, db, job.Request{})
		step(t, r, 1)
		task := find(t, db, id)
		if task.State != job.Failed || task.Attempts != 1 || task.Error == nil {
			t.Fatalf("%+v", task)
		}
		by, _ := task.Error.Args["by"].(time.Time)
		if task.Error.Kind != fault.Closed || task.Error.Key != "form.taken" || !by.Equal(closed) || task.Error.Args["found"] != "C1" {
			t.Errorf("the fault came back as %+v", task.Error)
		}
	})
}

func TestProgressIsSeenWhileTheWorkIsUnderWay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var id string
		r := runner(db, func(ctx context.Context, run *job.Run) error {
			if err := run.Progress(ctx, 12, 24, "number.percent", "n", 50); err != nil {
				return err
			}
			task := find(t, db, id)
			if task.State != job.Running || task.Done != 12 || task.Total != 24 ||
				task.Note != "number.percent" || task.NoteArgs["n"] != int64(50) {
				t.Errorf("%+v", task)
			}
			return nil
		})
		id = enqueue(t, db, job.Request{})
		step(t, r, 1)
	})
}

func TestARunningTaskHearsThatItIsCancelled(t *testing.T) {
	t.Parallel()
	hearing := map[string]func(context.Context, *job.Runner, *job.Run) error{
		"by its progress": func(ctx context.Context, _ *job.Runner, run *job.Run) error {
			return run.Progress(ctx, 1, 2, "")
		},
		"by its context": func(ctx context.Context, r *job.Runner, _ *job.Run) error {
			if err := r.Renew(ctx); err != nil {
				return err
			}
			return ctx.Err()
		},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for name, hear := range hearing {
			var id string
			var r *job.Runner
			r = runner(db, func(ctx context.Context, run *job.Run) error {
				change(t, db, func(tx *store.Tx) error { return job.Cancel(ctx, tx, id) })
				if task := find(t, db, id); task.State != job.Running || !task.Cancelling {
					t.Errorf("%s: %+v", name, task)
				}
				err := hear(ctx, r, run)
				if err == nil || ctx.Err() == nil {
					t.Errorf("%s: nothing heard", name)
				}
				return err
			})
			id = enqueue(t, db, job.Request{})
			step(t, r, 1)
			if task := find(t, db, id); task.State != job.Cancelled || task.Cancelling {
				t.Errorf("%s: %+v", name, task)
			}
			step(t, r, 0)
		}
	})
}

func TestARunnerThatStopsGivesItsTasksBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := enqueue(t, db, job.Request{})
		ctx, stop := context.WithCancel(t.Context())
		r := runner(db, func(ctx context.Context, _ *job.Run) error {
			stop()
			<-ctx.Done()
			return ctx.Err()
		})
		if err := r.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if task := find(t, db, id); task.State != job.Queued || task.Attempts != 0 {
			t.Errorf("%+v", task)
		}
		step(t, runner(db, nothing), 1)
	})
}

func TestAResultWrittenWithItsEndStands(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := runner(db, func(ctx context.Context, run *job.Run) error {
			if err := db.Write(ctx, func(tx *store.Tx) error { return run.Done(ctx, tx) }); err != nil {
				return err
			}
			return errors.New("too late to matter")
		})
		r.Log = silent
		id := enqueue(t, db, job.Request{})
		step(t, r, 1)
		if task := find(t, db, id); task.State != job.Done {
			t.Errorf("%+v", task)
		}
	})
}

func TestARunnerLeavesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := enqueue(t, db, job.Request{Kind: "newer"})
		step(t, runner(db, nothing), 0)
		if task := find(t, db, id); task.State != job.Queued {
			t.Errorf("%+v", task)
		}
	})
}

func TestARunnerThatStopsKeepsWhatItIsFinishing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := enqueue(t, db, job.Request{})
		ctx, stop := context.WithCancel(t.Context())
		r := runner(db, func(context.Context, *job.Run) error {
			stop()
			// It takes its time: its lease moves on all the same.
			lease := find(t, db, id).DueAt
			storetest.Clock(t, db).Freeze(storetest.Start.Add(20 * time.Second))
			for find(t, db, id).DueAt.Equal(lease) {
				if t.Context().Err() != nil {
					return t.Context().Err()
				}
			}
			return nil
		})
		if err := r.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if task := find(t, db, id); task.State != job.Done {
			t.Errorf("%+v", task)
		}
	})
}
