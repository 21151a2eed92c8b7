package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"stagora.org/stagora/internal/job/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Schedule asks for a task at certain times.
type Schedule struct {
	Kind string // of the task
	Spec string // as cron writes it, in the runner's time zone: "0 6 * * *", "@every 1m"; empty: whenever If says so
	// If says whether there is anything to do, by a cheap look: only then is a task
	// asked for. Nil: always.
	If func(ctx context.Context, tx *store.Tx) (bool, error)
}

// A scheduleID is what tells one schedule from another.
type scheduleID struct{ kind, spec string }

func (s Schedule) id() scheduleID { return scheduleID{s.Kind, s.Spec} }

// A ScheduleStatus tells what became of a schedule's work.
type ScheduleStatus struct {
	Kind    string
	EndedAt time.Time // when its work last ended; zero: never yet
	// Outcome is how: Done, Failed, Cancelled, or [NothingToReport].
	Outcome State
	NextAt  time.Time // when its work comes next; zero: whenever there is something to do
}

// NothingToReport is the outcome of a schedule's work that called [Run.Nothing]. The
// sentence "job.state.nothing" names it.
const NothingToReport State = "nothing"

// Schedules returns what became of each schedule that a runner has known, by
// kind. Times of day are those of a runner whose Zone is nil.
func Schedules(ctx context.Context, tx *store.Tx) ([]ScheduleStatus, error) {
	rows, err := queries.New(tx).Schedules(ctx)
	if err != nil {
		return nil, fmt.Errorf("read schedules: %w", err)
	}
	all := make([]ScheduleStatus, 0, len(rows))
	for _, row := range rows {
		status := ScheduleStatus{Kind: row.Kind, EndedAt: row.EndedAt.OrZero(), Outcome: State(row.Outcome)}
		if row.Spec != "" {
			spec, err := cron.ParseStandard(row.Spec)
			if err != nil {
				return nil, fmt.Errorf("read schedule %s: %w", row.Kind, err)
			}
			status.NextAt = spec.Next(row.Tick.In(paris())).UTC()
		}
		all = append(all, status)
	}
	// A kind whose spec was changed has a row for each: the latest counts.
	return slices.CompactFunc(all, func(a, b ScheduleStatus) bool { return a.Kind == b.Kind }), nil
}

// Scheduled returns the unfinished task that a schedule asked for; false: there is
// none. One that rests ([Later]) tells why in its Detail.
func Scheduled(ctx context.Context, tx *store.Tx, kind string) (Task, bool, error) {
	id, err := queries.New(tx).Unfinished(ctx, scheduleKey+kind)
	if errors.Is(err, sql.ErrNoRows) {
		return Task{}, false, nil
	}
	if err != nil {
		return Task{}, false, fmt.Errorf("find scheduled %s: %w", kind, err)
	}
	t, err := Find(ctx, tx, id)
	return t, err == nil, err
}

// paris is the zone of schedules that say no other.
func paris() *time.Location { return text.In(text.French, text.DefaultZone).Zone }

// setBack is how far behind its last tick a clock may be, by the difference
// between nodes. A clock further behind was set back, which only the demo does.
const setBack = time.Hour

// scheduleKey begins the key of a task that a schedule asked for.
const scheduleKey = "schedule "

// tick queues the tasks of the schedules whose time has come. The ticks that
// passed since the last one count as one, and so does a tick that comes while
// the task of the one before is unfinished.
func (r *Runner) tick(ctx context.Context) error {
	if len(r.Schedules) == 0 {
		return nil
	}
	last := map[scheduleID]time.Time{}
	err := r.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := queries.New(tx).Schedules(ctx)
		for _, row := range rows {
			last[scheduleID{row.Kind, row.Spec}] = row.Tick.Time
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read schedules: %w", err)
	}
	now := r.DB.Now()
	for _, s := range r.Schedules {
		was, known := last[s.id()]
		switch {
		case !known:
			err = r.startSchedule(ctx, s)
		case s.Spec == "":
			err = r.ask(ctx, s, was)
		case was.After(now.Add(setBack)):
			err = r.moveSchedule(ctx, s, was, false)
		case !r.next(s, was).After(now):
			err = r.ask(ctx, s, was)
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
		zone = paris()
	}
	return r.specs[s.id()].Next(after.In(zone))
}

// startSchedule counts the ticks of a schedule from now on.
func (r *Runner) startSchedule(ctx context.Context, s Schedule) error {
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		return queries.New(tx).StartSchedule(ctx, queries.StartScheduleParams{
			Kind: s.Kind, Spec: s.Spec, Tick: store.At(tx.Now),
		})
	})
}

// ask moves a schedule on and queues its task, if there is anything to do.
func (r *Runner) ask(ctx context.Context, s Schedule, was time.Time) error {
	if s.If != nil {
		wanted := false
		err := r.DB.Read(ctx, func(tx *store.Tx) (err error) {
			_, err = queries.New(tx).Unfinished(ctx, scheduleKey+s.Kind)
			if !errors.Is(err, sql.ErrNoRows) {
				return err // it is being done
			}
			wanted, err = s.If(ctx, tx)
			return err
		})
		if err != nil || !wanted {
			return err
		}
	}
	return r.moveSchedule(ctx, s, was, true)
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
		_, err = Enqueue(ctx, tx, Request{Kind: s.Kind, Key: scheduleKey + s.Kind})
		return err
	})
}

// parseSchedules reads the specs, so that a wrong one is known at the start.
func (r *Runner) parseSchedules() error {
	r.specs = make(map[scheduleID]cron.Schedule, len(r.Schedules))
	for _, s := range r.Schedules {
		if r.Handlers[s.Kind] == nil {
			return fmt.Errorf("schedule %s: no handler does this kind of task", s.Kind)
		}
		if s.Spec == "" && s.If != nil {
			continue
		}
		spec, err := cron.ParseStandard(s.Spec)
		if err != nil {
			return fmt.Errorf("schedule %s: %w", s.Kind, err)
		}
		r.specs[s.id()] = spec
	}
	return nil
}
