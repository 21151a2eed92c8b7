package reference

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference/queries"
	"stagora.org/stagora/internal/store"
)

// A Period is when a placement takes place. It may have breaks: it is one or
// several intervals, in order, that share no day.
type Period struct {
	Stamp
	Code      string
	Name      string
	Intervals []Interval
	Archived  bool
}

// Ref names the period.
func (p Period) Ref() Ref { return Ref{ID: p.ID, PublicID: p.PublicID, Code: p.Code, Name: p.Name} }

// Outer returns the first and the last day of the whole period.
func (p Period) Outer() Interval {
	if len(p.Intervals) == 0 {
		return Interval{}
	}
	return Interval{p.Intervals[0].From, p.Intervals[len(p.Intervals)-1].To}
}

// Overlaps reports whether a day of i falls into one of the intervals.
func (p Period) Overlaps(i Interval) bool { return slices.ContainsFunc(p.Intervals, i.Overlaps) }

// Periods returns all periods, the latest first.
func Periods(ctx context.Context, tx *store.Tx) ([]Period, error) {
	return Remember(tx, func() ([]Period, error) { return loadPeriods(ctx, tx) })
}

func loadPeriods(ctx context.Context, tx *store.Tx) ([]Period, error) {
	q := queries.New(tx)
	rows, err := q.Periods(ctx)
	if err != nil {
		return nil, fmt.Errorf("read periods: %w", err)
	}
	intervals, err := q.PeriodIntervals(ctx)
	if err != nil {
		return nil, fmt.Errorf("read intervals: %w", err)
	}
	of := map[int64][]Interval{}
	for _, i := range intervals {
		of[i.PeriodID] = append(of[i.PeriodID], Interval{Date(i.StartsOn), Date(i.EndsOn)})
	}
	periods := make([]Period, len(rows))
	for i, r := range rows {
		periods[i] = Period{
			Stamp: Stamp{r.ID, r.PublicID, r.ChangedAt.Time, r.ChangedBy},
			Code:  r.Code, Name: r.Name, Intervals: of[r.ID], Archived: r.Archived,
		}
	}
	slices.SortStableFunc(periods, func(a, b Period) int { return strings.Compare(string(b.Outer().From), string(a.Outer().From)) })
	return periods, nil
}

// PeriodByID returns a period by the internal key.
func PeriodByID(ctx context.Context, tx *store.Tx, id int64) (Period, error) {
	periods, err := Periods(ctx, tx)
	if err != nil {
		return Period{}, err
	}
	for _, p := range periods {
		if p.ID == id {
			return p, nil
		}
	}
	return Period{}, Unknown("period")
}

// SavePeriod adds a period, or changes the one with its public id.
func SavePeriod(ctx context.Context, db *store.DB, actor identity.Actor, p Period) (Period, error) {
	return periodType.Save(ctx, db, actor, p)
}

// PutPeriod is [SavePeriod] in a transaction of the caller.
func PutPeriod(ctx context.Context, tx *store.Tx, actor identity.Actor, p Period) (Period, error) {
	return periodType.Put(ctx, tx, actor, p)
}

// RemovePeriod removes a period that nothing refers to.
func RemovePeriod(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return periodType.Remove(ctx, db, actor, publicID)
}

var periodType = RecordType[Period]{
	Name: "period", Right: RightCalendar, Find: Among("period", Periods, Period.Ref),
	Stamp: func(p *Period) *Stamp { return &p.Stamp },
	Label: func(p Period) string { return p.Name },
	Check: func(ctx context.Context, tx *store.Tx, p *Period, form *fault.Form) error {
		RequiredCode(form, &p.Code)
		RequiredText(form, "name", &p.Name)
		checkIntervals(form, p)
		others, err := Periods(ctx, tx)
		CheckUnique(form, "code", p.Code, p.ID, others, func(o Period) string { return o.Code }, Period.Ref)
		return err
	},
	Add: func(ctx context.Context, tx *store.Tx, p Period) (int64, error) {
		id, err := queries.New(tx).AddPeriod(ctx, queries.AddPeriodParams{
			PublicID: p.PublicID, Code: p.Code, Name: p.Name,
			Archived: p.Archived, ChangedAt: store.At(p.ChangedAt), ChangedBy: p.ChangedBy,
		})
		if err != nil {
			return 0, err
		}
		return id, addIntervals(ctx, queries.New(tx), id, p.Intervals)
	},
	Change: func(ctx context.Context, tx *store.Tx, _, p Period) error {
		err := queries.New(tx).ChangePeriod(ctx, queries.ChangePeriodParams{
			ID: p.ID, Code: p.Code, Name: p.Name,
			Archived: p.Archived, ChangedAt: store.At(p.ChangedAt), ChangedBy: p.ChangedBy,
		})
		if err != nil {
			return err
		}
		if err := queries.New(tx).ClearIntervals(ctx, p.ID); err != nil {
			return err
		}
		return addIntervals(ctx, queries.New(tx), p.ID, p.Intervals)
	},
	Delete: func(ctx context.Context, tx *store.Tx, id int64) error { return queries.New(tx).RemovePeriod(ctx, id) },
}

// checkIntervals puts the intervals in order and notes the first wrong one.
func checkIntervals(form *fault.Form, p *Period) {
	if len(p.Intervals) == 0 {
		form.Wrong("from", "form.required")
		return
	}
	for _, i := range p.Intervals {
		if !CheckInterval(form, i) {
			return
		}
	}
	slices.SortFunc(p.Intervals, func(a, b Interval) int { return strings.Compare(string(a.From), string(b.From)) })
	for n, i := range p.Intervals[1:] {
		if before := p.Intervals[n]; before.Overlaps(i) {
			form.Wrong("from", "reference.interval.overlap", "from", i.From.Day(), "before", before.To.Day())
			return
		}
	}
}

func addIntervals(ctx context.Context, q *queries.Queries, id int64, intervals []Interval) error {
	for _, i := range intervals {
		err := q.AddInterval(ctx, queries.AddIntervalParams{PeriodID: id, StartsOn: string(i.From), EndsOn: string(i.To)})
		if err != nil {
			return err
		}
	}
	return nil
}
