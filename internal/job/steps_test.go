package job_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// things is a table of n things, each of which counts how often it was done.
func things(t *testing.T, db *store.DB, n int) {
	t.Helper()
	change(t, db, func(tx *store.Tx) error {
		if _, err := tx.ExecContext(t.Context(), "CREATE TABLE thing (id BIGINT PRIMARY KEY, times BIGINT NOT NULL)"); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), `INSERT INTO thing
			WITH RECURSIVE n (id) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT id + 1 FROM n WHERE id < $2)
			SELECT id, 0 FROM n`, 1, n)
		return err
	})
}

// done returns how often each thing was done, by key.
func done(t *testing.T, db *store.DB) (times []int) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.QueryContext(t.Context(), "SELECT times FROM thing ORDER BY id")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		times = nil
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				return err
			}
			times = append(times, n)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return times
}

// counting is work in steps that counts things.
func counting() job.Steps {
	return job.Steps{
		Count: func(ctx context.Context, tx *store.Tx, _ *job.Run) (n int, err error) {
			err = tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM thing").Scan(&n)
			return n, err
		},
		List: func(ctx context.Context, tx *store.Tx, _ *job.Run, after int64, most int) (keys []int64, err error) {
			rows, err := tx.QueryContext(ctx, "SELECT id FROM thing WHERE id > $1 ORDER BY id LIMIT $2", after, most)
			if err != nil {
				return nil, err
			}
			defer func() { _ = rows.Close() }()
			for rows.Next() {
				var key int64
				if err := rows.Scan(&key); err != nil {
					return nil, err
				}
				keys = append(keys, key)
			}
			return keys, rows.Err()
		},
		Prepare: func(_ context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			return count(keys), nil
		},
	}
}

func count(keys []int64) job.Write {
	return func(ctx context.Context, tx *store.Tx) error {
		for _, key := range keys {
			if _, err := tx.ExecContext(ctx, "UPDATE thing SET times = times + 1 WHERE id = $1", key); err != nil {
				return err
			}
		}
		return nil
	}
}

// once checks that every thing was done once, but for those that were not at all.
func once(t *testing.T, db *store.DB, never ...int) {
	t.Helper()
	for i, n := range done(t, db) {
		want := 1
		if slices.Contains(never, i+1) {
			want = 0
		}
		if n != want {
			t.Errorf("thing %d was done %d times, want %d", i+1, n, want)
		}
	}
}

func failedItems(t *testing.T, db *store.DB, task string) (items []job.FailedItem) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		items, err = job.FailedItems(t.Context(), tx, task, 100)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func retry(t *testing.T, db *store.DB, id string) {
	t.Helper()
	change(t, db, func(tx *store.Tx) error { return job.Retry(t.Context(), tx, id) })
}

func TestStepsDoEachThingOnceAndThenFinish(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		things(t, db, 250)
		steps, finished := counting(), 0
		steps.Finish = func(ctx context.Context, tx *store.Tx, run *job.Run) error {
			finished++
			if run.Subject != "c1" || slices.Contains(done(t, db), 0) {
				t.Error("finished before everything was done")
			}
			_, err := job.Enqueue(ctx, tx, job.Request{Kind: "what follows"})
			return err
		}
		id := enqueue(t, db, job.Request{Subject: "c1"})
		step(t, runner(db, steps.Handle), 1)
		once(t, db)
		task := find(t, db, id)
		if task.State != job.Done || task.Done != 250 || task.Total != 250 || finished != 1 {
			t.Errorf("finished %d times: %+v", finished, task)
		}
		step(t, &job.Runner{DB: db, Handlers: map[string]job.Handler{"what follows": nothing}}, 1)
	})
}

func TestAThingThatFailsIsSetAsideAndDoneAloneLater(t *testing.T) {
	t.Parallel()
	ways := map[string]func(ctx context.Context, tx *store.Tx) error{
		"a fault": func(context.Context, *store.Tx) error {
			return fault.New(fault.Invalid, "form.taken", "found", "C1")
		},
		"a statement that the database refuses": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO thing VALUES (1, 0)")
			return err
		},
		"a panic": func(context.Context, *store.Tx) error { panic("out of range") },
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				things(t, db, 60)
				broken, finished := []int64{5, 44, 45}, 0
				steps := counting()
				steps.Prepare = func(_ context.Context, _ *job.Run, keys []int64) (job.Write, error) {
					return func(ctx context.Context, tx *store.Tx) error {
						if err := count(keys)(ctx, tx); err != nil {
							return err
						}
						if slices.ContainsFunc(keys, func(k int64) bool { return slices.Contains(broken, k) }) {
							return way(ctx, tx)
						}
						return nil
					}, nil
				}
				steps.Name = func(_ context.Context, _ *store.Tx, _ *job.Run, key int64) (string, error) {
					return fmt.Sprintf("thing no. %d", key), nil
				}
				steps.Finish = func(context.Context, *store.Tx, *job.Run) error { finished++; return nil }
				id := enqueue(t, db, job.Request{})
				r := runner(db, steps.Handle)
				r.Log = silent
				step(t, r, 1)
				once(t, db, 5, 44, 45)
				task, items := find(t, db, id), failedItems(t, db, id)
				if task.State != job.Failed || task.Error.Key != "job.items.failed" || task.Error.Args["count"] != int64(3) ||
					task.Done != 57 || task.Total != 60 || finished != 0 {
					t.Errorf("finished %d times: %+v", finished, task)
				}
				if len(items) != 3 || items[0].Key != 5 || items[0].Name != "thing no. 5" || items[0].Attempts != 2 ||
					items[0].Error == nil || items[0].Detail == "" {
					t.Fatalf("set aside: %+v", items)
				}
				if name == "a fault" && (items[0].Error.Key != "form.taken" || items[0].Error.Args["found"] != "C1") {
					t.Errorf("the reason is %+v", items[0].Error)
				}

				// One reason is removed, then the others.
				broken = broken[:1]
				retry(t, db, id)
				step(t, r, 1)
				once(t, db, 5)
				if items := failedItems(t, db, id); len(items) != 1 || items[0].Attempts != 3 || finished != 0 {
					t.Errorf("still set aside: %+v", items)
				}
				broken = nil
				retry(t, db, id)
				step(t, r, 1)
				once(t, db)
				if task := find(t, db, id); task.State != job.Done || task.Done != 60 || finished != 1 || len(failedItems(t, db, id)) != 0 {
					t.Errorf("finished %d times: %+v", finished, task)
				}
			})
		})
	}
}

func TestWorkThatMustBeWholeStopsAtAThingThatFails(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		things(t, db, 60)
		broken := true
		steps := counting()
		steps.Whole, steps.Most = true, 10
		steps.Prepare = func(_ context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			if broken && slices.Contains(keys, 35) {
				return nil, fault.New(fault.Invalid, "form.taken", "found", "35")
			}
			return count(keys), nil
		}
		id := enqueue(t, db, job.Request{})
		r := runner(db, steps.Handle)
		step(t, r, 1)
		if task := find(t, db, id); task.State != job.Failed || task.Error.Key != "form.taken" || task.Done == 0 || task.Done > 34 {
			t.Errorf("%+v", task)
		}
		if items := failedItems(t, db, id); len(items) != 0 {
			t.Errorf("set aside: %+v", items)
		}
		broken = false
		retry(t, db, id)
		step(t, r, 1)
		once(t, db)
	})
}

func TestWhatAllThingsNeedIsNoFaultOfOneOfThem(t *testing.T) {
	t.Parallel()
	away := errors.New("no answer")
	for name, tt := range map[string]struct {
		err      error
		rest     time.Duration
		attempts int
	}{
		"the handler says when to come back": {job.Later(time.Minute, away), time.Minute, 0},
		"a fault that may pass":              {fault.New(fault.Unavailable, "job.busy").Because(away), 5 * time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				things(t, db, 40)
				gone := true
				steps := counting()
				steps.Most = 20
				steps.Prepare = func(_ context.Context, _ *job.Run, keys []int64) (job.Write, error) {
					if gone && slices.Max(keys) > 20 {
						return nil, tt.err
					}
					return count(keys), nil
				}
				id := enqueue(t, db, job.Request{})
				r := runner(db, steps.Handle)
				r.Log = silent
				step(t, r, 1)
				task := find(t, db, id)
				if task.State != job.Queued || task.Attempts != tt.attempts || !strings.Contains(task.Detail, "no answer") ||
					!task.DueAt.Equal(storetest.Start.Add(tt.rest)) || len(failedItems(t, db, id)) != 0 {
					t.Errorf("%+v", task)
				}
				gone = false
				storetest.Clock(t, db).Freeze(task.DueAt)
				step(t, r, 1)
				once(t, db)
			})
		})
	}
}

func TestATaskMayRestForeverWithoutBeingGivenUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id := enqueue(t, db, job.Request{})
		r := runner(db, func(context.Context, *job.Run) error { return job.Later(time.Minute, errors.New("no answer")) })
		r.Log = silent
		for i := range 4 * job.Attempts {
			step(t, r, 1)
			step(t, r, 0)
			storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Duration(i+1) * time.Minute))
		}
		if task := find(t, db, id); task.State != job.Queued || task.Attempts != 0 || task.Detail != "no answer" {
			t.Errorf("%+v", task)
		}
	})
}

func TestWorkOfWhichEverythingFailsIsStopped(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		things(t, db, 500)
		tried := map[int64]bool{}
		steps := counting()
		steps.Prepare = func(_ context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			for _, key := range keys {
				tried[key] = true
			}
			return nil, errors.New("a column is missing")
		}
		id := enqueue(t, db, job.Request{})
		r := runner(db, steps.Handle)
		r.Log = silent
		step(t, r, 1)
		if task := find(t, db, id); task.State != job.Queued || task.Attempts != 1 || !strings.Contains(task.Detail, "column") {
			t.Errorf("%+v", task)
		}
		if len(tried) > 50 {
			t.Errorf("%d things were tried before it was seen", len(tried))
		}
	})
}

func TestStepsAreCancelledBetweenTwoOfThem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		things(t, db, 100)
		var id string
		steps := counting()
		steps.Most = 10
		steps.Prepare = func(ctx context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			if slices.Contains(keys, 31) {
				change(t, db, func(tx *store.Tx) error { return job.Cancel(ctx, tx, id) })
			}
			return count(keys), nil
		}
		id = enqueue(t, db, job.Request{})
		r := runner(db, steps.Handle)
		step(t, r, 1)
		if task := find(t, db, id); task.State != job.Cancelled || task.Done < 31 || task.Done > 40 {
			t.Errorf("%+v", task)
		}
		retry(t, db, id)
		step(t, r, 1)
		once(t, db)
	})
}

func TestAStepOfARunnerThatIsThoughtDeadIsNotWritten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		things(t, db, 30)
		frozen := newStuck()
		slow := counting()
		slow.Most = 10
		slow.Prepare = func(ctx context.Context, run *job.Run, keys []int64) (job.Write, error) {
			if slices.Contains(keys, 15) {
				if err := frozen.handle(ctx, run); err != nil {
					return nil, err
				}
			}
			return count(keys), nil
		}
		id := enqueue(t, db, job.Request{})
		dead := runner(db, slow.Handle)
		dead.Log = silent
		finished := frozen.start(t, dead)
		storetest.Clock(t, db).Freeze(storetest.Start.Add(31 * time.Second))
		step(t, runner(db, counting().Handle), 1)
		frozen.leave <- nil
		if err := <-finished; err != nil {
			t.Fatal(err)
		}
		once(t, db)
		if task := find(t, db, id); task.State != job.Done || task.Done != 30 {
			t.Errorf("%+v", task)
		}
	})
}

func TestTwoNodesShareWorkInSteps(t *testing.T) {
	t.Parallel()
	const tasks = 6
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		things(t, db, 20*tasks)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var mu sync.Mutex
		finished := 0
		steps := counting()
		steps.Most = 3
		all := steps.List
		steps.List = func(ctx context.Context, tx *store.Tx, run *job.Run, after int64, most int) ([]int64, error) {
			var part int64
			if err := run.Payload(&part); err != nil {
				return nil, err
			}
			keys, err := all(ctx, tx, run, max(after, 20*part), most)
			return slices.DeleteFunc(keys, func(k int64) bool { return k > 20*(part+1) }), err
		}
		steps.Finish = func(context.Context, *store.Tx, *job.Run) error {
			mu.Lock()
			defer mu.Unlock()
			if finished++; finished == tasks {
				stop()
			}
			return nil
		}
		for part := range tasks {
			enqueue(t, db, job.Request{Payload: part})
		}
		var nodes sync.WaitGroup
		for range 2 {
			r := runner(db, steps.Handle)
			r.Workers, r.Log = 2, silent
			nodes.Go(func() {
				if err := r.Run(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		nodes.Wait()
		// The last may have been stopped in the very transaction that ends it.
		if _, err := runner(db, steps.Handle).Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		once(t, db)
	})
}

func TestLongWorkGivesWayToWhatWaits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		things(t, db, 40)
		clock := storetest.Clock(t, db)
		steps, seen := counting(), []string{}
		steps.Most = 10
		now := storetest.Start
		steps.Prepare = func(_ context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			if keys[0] == 1 {
				enqueue(t, db, job.Request{Kind: "short"})
			}
			seen = append(seen, "step")
			now = now.Add(1500 * time.Millisecond)
			clock.Freeze(now)
			return count(keys), nil
		}
		id := enqueue(t, db, job.Request{})
		r := runner(db, steps.Handle)
		r.Handlers["short"] = func(context.Context, *job.Run) error {
			seen = append(seen, "short")
			return nil
		}
		step(t, r, 3) // the long one in two turns
		once(t, db)
		if want := []string{"step", "step", "short", "step", "step"}; !slices.Equal(seen, want) {
			t.Errorf("seen %v, want %v", seen, want)
		}
		if task := find(t, db, id); task.State != job.Done || task.Done != 40 {
			t.Errorf("%+v", task)
		}
	})
}

func TestStepsAreMadeSmallWhereWritingTakesLong(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		things(t, db, 400)
		clock := storetest.Clock(t, db)
		now := storetest.Start
		var sizes []int
		steps := counting()
		steps.Prepare = func(_ context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			sizes = append(sizes, len(keys))
			return func(ctx context.Context, tx *store.Tx) error {
				slow := keys[0] > 200
				if slow {
					now = now.Add(time.Duration(len(keys)) * 10 * time.Millisecond)
					clock.Freeze(now)
				} else if len(keys) > 100 {
					t.Errorf("%d things in one step", len(keys))
				}
				return count(keys)(ctx, tx)
			}, nil
		}
		enqueue(t, db, job.Request{})
		step(t, runner(db, steps.Handle), 1)
		once(t, db)
		if last := sizes[len(sizes)-1]; last > 2 {
			t.Errorf("the last step, of things that take 10 ms each, took %d of them", last)
		}

		// Most of what a step costs may be the same for some things as for one.
		sizes, steps.Least = nil, 12
		now = now.Add(time.Hour)
		clock.Freeze(now)
		enqueue(t, db, job.Request{})
		step(t, runner(db, steps.Handle), 1)
		if before := sizes[len(sizes)-2]; before != 12 || slices.Min(sizes[:len(sizes)-1]) != 12 {
			t.Errorf("steps of 12 things at least took %v", sizes)
		}
	})
}

// Before work ends, PostgreSQL knows how many rows there are of what it filled.
func TestTheServerKnowsWhatWasFilled(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.Postgres)
	things(t, db, 120)
	steps, rows := counting(), 0.0
	steps.Fills = []string{"thing"}
	steps.Finish = func(ctx context.Context, tx *store.Tx, _ *job.Run) error {
		return tx.QueryRowContext(ctx, "SELECT reltuples FROM pg_class WHERE relname = 'thing'").Scan(&rows)
	}
	enqueue(t, db, job.Request{Subject: "c1"})
	step(t, runner(db, steps.Handle), 1)
	if rows != 120 {
		t.Errorf("the server knows of %v rows", rows)
	}
}
