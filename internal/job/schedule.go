package job

import (
	"context"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"stagora.org/stagora/internal/job/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Schedule asks for a task at certain times.
type Schedule struct {
	Kind string // of the task
	Spec string // as cron writes it, in the runner's time zone: "0 6 * * *", "@every 1m"
}

// setBack is how far behind its last tick a clock may be, by the difference
// between nodes. A clock further behind was set back, which only the demo does.
const setBack = time.Hour

// tick queues the tasks of the schedules whose time has come. The ticks that
// passed since the last one count as one, and so does a tick that comes while
// the task of the one before is unfinished.
func (r *Runner) tick(ctx context.Context) error {
	if len(r.Schedules) == 0 {
		return nil
	}
	last := map[Schedule]time.Time{}
	err := r.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := queries.New(tx).Schedules(ctx)
		for _, row := range rows {
			last[Schedule{row.Kind, row.Spec}] = row.Tick.Time
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read schedules: %w", err)
	}
	now := r.DB.Now()
	for _, s := range r.Schedules {
		was, known := last[s]
		switch {
		case !known:
			err = r.startSchedule(ctx, s)
		case was.After(now.Add(setBack)):
			err = r.moveSchedule(ctx, s, was, false)
		case !r.next(s, was).After(now):
			err = r.moveSchedule(ctx, s, was, true)
		}
		if err != nil {
			return fmt.Errorf("schedule %s %q: %w", s.Kind, s.Spec, err)
		}
	}
	return nil
}

// next returns the first tick after an instant.
func (r *Runner) next(s Schedule, after time.Time) time.Time {
	zone := r.Zone
	if zone == nil {
		zone = text.In(text.French, text.DefaultZone).Zone
	}
	return r.specs[s].Next(after.In(zone))
}

// startSchedule counts the ticks of a schedule from now on.
func (r *Runner) startSchedule(ctx context.Context, s Schedule) error {
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		return queries.New(tx).StartSchedule(ctx, queries.StartScheduleParams{
			Kind: s.Kind, Spec: s.Spec, Tick: store.At(tx.Now),
		})
	})
}

// moveSchedule moves a schedule on to now, unless another node was first, and
// queues its task.
func (r *Runner) moveSchedule(ctx context.Context, s Schedule, was time.Time, queue bool) error {
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		moved, err := queries.New(tx).MoveSchedule(ctx, queries.MoveScheduleParams{
			Kind: s.Kind, Spec: s.Spec, Was: store.At(was), Tick: store.At(tx.Now),
		})
		if err != nil || moved == 0 || !queue {
			return err
		}
		_, err = Enqueue(ctx, tx, Request{Kind: s.Kind, Key: "schedule " + s.Kind})
		return err
	})
}

// parseSchedules reads the specs, so that a wrong one is known at the start.
func (r *Runner) parseSchedules() error {
	r.specs = make(map[Schedule]cron.Schedule, len(r.Schedules))
	for _, s := range r.Schedules {
		spec, err := cron.ParseStandard(s.Spec)
		if err != nil {
			return fmt.Errorf("schedule %s: %w", s.Kind, err)
		}
		if r.Handlers[s.Kind] == nil {
			return fmt.Errorf("schedule %s: no handler does this kind of task", s.Kind)
		}
		r.specs[s] = spec
	}
	return nil
}
