package job_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// nothing is a handler that succeeds.
func nothing(context.Context, *job.Run) error { return nil }

// runner returns a runner that does tasks of kind "work" with a handler.
func runner(db *store.DB, do job.Handler) *job.Runner {
	return &job.Runner{DB: db, Handlers: map[string]job.Handler{"work": do}, Node: "a"}
}

func enqueue(t *testing.T, db *store.DB, r job.Request) string {
	t.Helper()
	if r.Kind == "" {
		r.Kind = "work"
	}
	var id string
	change(t, db, func(tx *store.Tx) (err error) {
		id, err = job.Enqueue(t.Context(), tx, r)
		return err
	})
	return id
}

func change(t *testing.T, db *store.DB, do func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, db *store.DB, id string) job.Task {
	t.Helper()
	var task job.Task
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		task, err = job.Find(t.Context(), tx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// step does what is due and checks how much that was.
func step(t *testing.T, r *job.Runner, want int) {
	t.Helper()
	n, err := r.Step(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n != want {
		t.Fatalf("%d tasks were due, want %d", n, want)
	}
}

func TestATaskIsDoneWithWhatItsRequestSaid(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		type letter struct{ Post, Seats int }
		var got letter
		r := runner(db, func(_ context.Context, run *job.Run) error {
			if run.Subject != "c1" || run.By != "Nadia Lopes" || run.Attempt != 1 {
				t.Errorf("the run is %+v", run)
			}
			return run.Payload(&got)
		})
		id := enqueue(t, db, job.Request{Payload: letter{41, 3}, Subject: "c1", By: "Nadia Lopes"})
		if task := find(t, db, id); task.State != job.Queued || task.Ended() || !task.QueuedAt.Equal(storetest.Start) {
			t.Errorf("before: %+v", task)
		}
		step(t, r, 1)
		if got != (letter{41, 3}) {
			t.Errorf("payload %+v", got)
		}
		task := find(t, db, id)
		if task.State != job.Done || !task.Ended() || task.Attempts != 1 || task.Node != "a" || task.EndedAt.IsZero() {
			t.Errorf("after: %+v", task)
		}
		step(t, r, 0)
	})
}

func TestATaskOfARolledBackChangeNeverWas(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		no := errors.New("no seat left")
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := job.Enqueue(t.Context(), tx, job.Request{Kind: "work"}); err != nil {
				return err
			}
			return no
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		step(t, runner(db, nothing), 0)
	})
}

func TestATaskWaitsForItsTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		at := storetest.Start.Add(time.Hour)
		enqueue(t, db, job.Request{At: at})
		r := runner(db, nothing)
		storetest.Clock(t, db).Freeze(at.Add(-time.Microsecond))
		step(t, r, 0)
		storetest.Clock(t, db).Freeze(at)
		step(t, r, 1)
	})
}

func TestAnUnfinishedTaskKeepsItsKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		request := job.Request{Key: "run c1"}
		first := enqueue(t, db, request)
		if again := enqueue(t, db, request); again != first {
			t.Errorf("the same request gave another task")
		}
		step(t, runner(db, nothing), 1)
		if later := enqueue(t, db, request); later == first {
			t.Errorf("a finished task still has its key")
		}
	})
}

func TestOfManyAtOnceOneTakesTheKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var all sync.WaitGroup
		ids := make([]string, 12)
		for i := range ids {
			all.Go(func() {
				err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
					ids[i], err = job.Enqueue(t.Context(), tx, job.Request{Kind: "work", Key: "only one"})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, id := range ids {
			if id == "" || id != ids[0] {
				t.Errorf("tasks %v", ids)
				break
			}
		}
		step(t, runner(db, nothing), 1)
	})
}

func TestCancellingAQueuedTaskKeepsItFromRunning(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := enqueue(t, db, job.Request{})
		change(t, db, func(tx *store.Tx) error { return job.Cancel(t.Context(), tx, id) })
		step(t, runner(db, nothing), 0)
		if task := find(t, db, id); task.State != job.Cancelled || task.EndedAt.IsZero() {
			t.Errorf("%+v", task)
		}
		again := db.Write(t.Context(), func(tx *store.Tx) error { return job.Cancel(t.Context(), tx, id) })
		if !fault.Has(again, "job.ended") {
			t.Errorf("cancelling twice: %v", again)
		}
		unknown := db.Write(t.Context(), func(tx *store.Tx) error { return job.Cancel(t.Context(), tx, "x") })
		if fault.KindOf(unknown) != fault.NotFound {
			t.Errorf("cancelling nothing: %v", unknown)
		}
	})
}

func TestOnlyWhatFailedOrWasCancelledIsRetried(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		retry := func(id string) error {
			return db.Write(t.Context(), func(tx *store.Tx) error { return job.Retry(t.Context(), tx, id) })
		}
		fails := true
		r := runner(db, func(context.Context, *job.Run) error {
			if fails {
				return fault.New(fault.Invalid, "form.required")
			}
			return nil
		})
		id := enqueue(t, db, job.Request{Key: "k"})
		if err := retry(id); !fault.Has(err, "job.not-failed") {
			t.Errorf("retrying a queued task: %v", err)
		}
		step(t, r, 1)
		other := enqueue(t, db, job.Request{Key: "k"})
		if err := retry(id); !fault.Has(err, "job.busy") {
			t.Errorf("retrying while another has the key: %v", err)
		}
		change(t, db, func(tx *store.Tx) error { return job.Cancel(t.Context(), tx, other) })
		fails = false
		if err := retry(id); err != nil {
			t.Fatal(err)
		}
		step(t, r, 1)
		if task := find(t, db, id); task.State != job.Done || task.Error != nil || task.Attempts != 1 {
			t.Errorf("after the retry: %+v", task)
		}
		if err := retry(id); !fault.Has(err, "job.not-failed") {
			t.Errorf("retrying what is done: %v", err)
		}
	})
}

func TestTasksAreListedLatestFirstAndByPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := enqueue(t, db, job.Request{Subject: "c1"})
		b := enqueue(t, db, job.Request{Kind: "other", Subject: "c1"})
		c := enqueue(t, db, job.Request{Subject: "c2"})
		d := enqueue(t, db, job.Request{Subject: "c1"})
		step(t, &job.Runner{DB: db, Handlers: map[string]job.Handler{"other": nothing}}, 1)
		tests := []struct {
			name string
			ask  store.Ask
			want []string
		}{
			{"all", store.Ask{}, []string{d, c, b, a}},
			{"one state", store.Ask{Filters: map[string]string{"state": string(job.Done)}}, []string{b}},
			{"one kind", store.Ask{Filters: map[string]string{"kind": "work"}}, []string{d, c, a}},
			{"both", store.Ask{Filters: map[string]string{"kind": "work", "state": string(job.Done)}}, nil},
			{"a page", store.Ask{Size: 1}, []string{d}},
			{"the page after", store.Ask{Size: 1, After: "next"}, []string{c}},
		}
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			next := ""
			for _, tt := range tests {
				if tt.ask.After != "" {
					tt.ask.After = next
				}
				page, err := job.Tasks().Page(t.Context(), tx, store.Condition{}, tt.ask)
				if err != nil {
					return err
				}
				next = page.Next
				if got := idsOf(page.Rows); !slices.Equal(got, tt.want) {
					t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
				}
			}
			for most, want := range map[int][]string{10: {d, a}, 1: {d}} {
				tasks, err := job.About(t.Context(), tx, "work", "c1", most)
				if err != nil || !slices.Equal(idsOf(tasks), want) {
					t.Errorf("about c1: %v, want %v, %v", idsOf(tasks), want, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func idsOf(tasks []job.Task) []string {
	var ids []string
	for _, task := range tasks {
		ids = append(ids, task.ID)
	}
	return ids
}

func TestFailedTasksAreCountedUpToABound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := runner(db, func(context.Context, *job.Run) error { return fault.New(fault.Invalid, "form.required") })
		for range 3 {
			enqueue(t, db, job.Request{})
		}
		step(t, r, 3)
		enqueue(t, db, job.Request{})
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			for most, want := range map[int]int{2: 2, 3: 3, 10: 3} {
				if n, err := job.CountFailed(t.Context(), tx, most); n != want || err != nil {
					t.Errorf("up to %d: %d, %v", most, n, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// halfWay is work over two things that cannot do the second.
func halfWay() job.Handler {
	return job.Steps{
		Count: func(context.Context, *store.Tx, *job.Run) (int, error) { return 2, nil },
		List: func(_ context.Context, _ *store.Tx, _ *job.Run, after int64, _ int) ([]int64, error) {
			return []int64{1, 2}[min(after, 2):], nil
		},
		Prepare: func(_ context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			return func(context.Context, *store.Tx) error {
				if slices.Contains(keys, 2) {
					return fault.New(fault.Conflict, "job.ended")
				}
				return nil
			}, nil
		},
		Name: func(context.Context, *store.Tx, *job.Run, int64) (string, error) { return "the second", nil },
	}.Handle
}

func TestEndedTasksAreForgottenInTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const keep = 30 * 24 * time.Hour
		r := &job.Runner{DB: db, Handlers: map[string]job.Handler{"work": nothing, "half": halfWay(), job.PurgeKind: job.Purge(db, keep)}}
		old := enqueue(t, db, job.Request{})
		late := enqueue(t, db, job.Request{At: storetest.Start.Add(10 * keep)}) // queued as long ago, not ended
		half := enqueue(t, db, job.Request{Kind: "half"})
		step(t, r, 2)
		storetest.Clock(t, db).Freeze(storetest.Start.Add(keep + time.Second))
		recent := enqueue(t, db, job.Request{})
		enqueue(t, db, job.Request{Kind: job.PurgeKind})
		step(t, r, 2)
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			_, err := job.Find(t.Context(), tx, old)
			return err
		})
		if !fault.Has(err, "job.missing") {
			t.Errorf("the old task is still there: %v", err)
		}
		forgotten, err := store.Get(t.Context(), db, func(tx *store.Tx) (*job.Task, error) { return job.Remembered(t.Context(), tx, old) })
		if forgotten != nil || err != nil {
			t.Errorf("what stands for the old task is %+v, %v", forgotten, err)
		}
		find(t, db, late)
		find(t, db, recent)
		if task := find(t, db, half); task.State != job.Failed || task.Done != 1 {
			t.Errorf("the work that stopped half way is %s with %d done", task.State, task.Done)
		}
	})
}
