package job_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// scheduled returns a runner whose "work" a schedule asks for.
func scheduled(db *store.DB, spec string, do job.Handler) *job.Runner {
	r := runner(db, do)
	r.Schedules = []job.Schedule{{Kind: "work", Spec: spec}}
	return r
}

func TestEachTickIsWorkedOnceAmongTheNodes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var done atomic.Int64
		nodes := make([]*job.Runner, 4)
		for i := range nodes {
			nodes[i] = scheduled(db, "0 * * * *", func(context.Context, *job.Run) error {
				done.Add(1)
				return nil
			})
		}
		for hour := range 6 {
			storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Duration(hour) * time.Hour))
			var all sync.WaitGroup
			for _, node := range nodes {
				all.Go(func() {
					if _, err := node.Step(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			// The first look only notes where the ticks begin.
			if got := done.Load(); got != int64(hour) {
				t.Fatalf("after %d ticks: %d runs", hour, got)
			}
		}
	})
}

func schedules(t *testing.T, db *store.DB) (all []job.ScheduleStatus) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		all, err = job.Schedules(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWorkOfAScheduleThatHadNothingToReportLeavesNoTask(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		idle, broken := true, false
		r := scheduled(db, "@every 1m", func(_ context.Context, run *job.Run) error {
			if idle {
				run.Nothing()
			}
			if broken {
				return fault.New(fault.Invalid, "form.required")
			}
			return nil
		})
		step(t, r, 0)
		if all := schedules(t, db); len(all) != 1 || !all[0].EndedAt.IsZero() || !all[0].NextAt.Equal(storetest.Start.Add(time.Minute)) {
			t.Errorf("before the first: %+v", all)
		}
		now := storetest.Start
		for _, tt := range []struct {
			idle, broken bool
			tasks        int
			outcome      job.State
		}{
			{true, false, 0, job.NothingToReport},
			{false, false, 1, job.Done},
			{true, false, 1, job.NothingToReport},
			{true, true, 2, job.Failed},
		} {
			idle, broken = tt.idle, tt.broken
			now = now.Add(time.Minute)
			storetest.Clock(t, db).Freeze(now)
			step(t, r, 1)
			var tasks []job.Task
			err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
				tasks, err = job.Tasks().First(t.Context(), tx, store.Condition{}, 10)
				return err
			})
			if err != nil || len(tasks) != tt.tasks {
				t.Errorf("%+v: %d tasks, %v", tt, len(tasks), err)
			}
			if all := schedules(t, db); len(all) != 1 || all[0].Kind != "work" || all[0].Outcome != tt.outcome ||
				!all[0].EndedAt.Equal(now) || !all[0].NextAt.Equal(now.Add(time.Minute)) {
				t.Errorf("%+v: %+v", tt, all)
			}
		}
	})
}

func TestAScheduleAsksOnlyIfThereIsSomethingToDo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		wanted := false
		r := scheduled(db, "@every 1m", nothing)
		r.Schedules[0].If = func(context.Context, *store.Tx) (bool, error) { return wanted, nil }
		clock := storetest.Clock(t, db)
		step(t, r, 0)
		clock.Freeze(storetest.Start.Add(90 * time.Second))
		step(t, r, 0)
		wanted = true
		step(t, r, 1) // its tick was passed already
		step(t, r, 0)
		clock.Freeze(storetest.Start.Add(150 * time.Second))
		step(t, r, 1)
	})
}

func TestAScheduleWithoutHoursAsksWheneverThereIsSomethingToDo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		wanted := 2
		r := scheduled(db, "", func(_ context.Context, run *job.Run) error {
			wanted--
			run.Nothing()
			return nil
		})
		r.Schedules[0].If = func(context.Context, *store.Tx) (bool, error) { return wanted > 0, nil }
		step(t, r, 0) // it is seen for the first time
		step(t, r, 1)
		step(t, r, 1)
		step(t, r, 0)
		if all := schedules(t, db); len(all) != 1 || !all[0].EndedAt.Equal(storetest.Start) || !all[0].NextAt.IsZero() {
			t.Errorf("%+v", all)
		}
		// A clock that is set back keeps nothing waiting.
		storetest.Clock(t, db).Freeze(storetest.Start.Add(-30 * time.Minute))
		wanted = 1
		step(t, r, 1)
	})
}

func TestSchedulesKeepTheHoursOfTheirZone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := scheduled(db, "0 6 * * *", nothing)
		clock := storetest.Clock(t, db)
		clock.Freeze(time.Date(2027, 3, 26, 12, 0, 0, 0, time.UTC))
		step(t, r, 0)
		for _, tt := range []struct {
			day, hour, minute int
			want              int
		}{
			{27, 4, 59, 0}, {27, 5, 0, 1}, // winter: 6:00 in Paris is 5:00 UTC
			{28, 3, 59, 0}, {28, 4, 0, 1}, // summer time began in the night
			{31, 4, 0, 1}, // two ticks were missed: one run makes up for them
			{31, 4, 1, 0},
		} {
			clock.Freeze(time.Date(2027, 3, tt.day, tt.hour, tt.minute, 0, 0, time.UTC))
			step(t, r, tt.want)
		}
	})
}

func TestATickDoesNotPileUpOnUnfinishedWork(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		idle := &job.Runner{DB: db, Handlers: map[string]job.Handler{"work": nothing}}
		asks := scheduled(db, "@every 1m", nothing)
		step(t, asks, 0)
		clock := storetest.Clock(t, db)
		clock.Freeze(storetest.Start.Add(time.Minute))
		busy := newStuck()
		working := scheduled(db, "@every 1m", busy.handle)
		finished := busy.start(t, working)
		clock.Freeze(storetest.Start.Add(2 * time.Minute))
		if err := working.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		step(t, asks, 0)
		busy.leave <- nil
		if err := <-finished; err != nil {
			t.Fatal(err)
		}
		step(t, idle, 0)
		clock.Freeze(storetest.Start.Add(3 * time.Minute))
		step(t, asks, 1)
	})
}

func TestASchedulesTicksFollowAClockThatIsSetBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := scheduled(db, "0 * * * *", nothing)
		clock := storetest.Clock(t, db)
		step(t, r, 0)
		clock.Freeze(storetest.Start.Add(-48 * time.Hour))
		step(t, r, 0)
		clock.Freeze(storetest.Start.Add(-47 * time.Hour))
		step(t, r, 1)
	})
}

func TestAWrongScheduleIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	for name, schedule := range map[string]job.Schedule{
		"a spec that is none":      {Kind: "work", Spec: "every Tuesday"},
		"a kind that nobody does":  {Kind: "rest", Spec: "@daily"},
		"neither hours nor reason": {Kind: "work"},
		"an hour that there isn't": {Kind: "work", Spec: "0 25 * * *"},
	} {
		r := runner(db, nothing)
		r.Schedules = []job.Schedule{schedule}
		if err := r.Run(t.Context()); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
