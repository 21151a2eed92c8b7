package reference

import (
	"context"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference/queries"
	"stagora.org/stagora/internal/store"
)

// An AcademicYear is what cohorts follow one another by.
type AcademicYear struct {
	Stamp
	Code     string // "2025-2026"
	Name     string
	Interval // its first and last day
	Archived bool
}

// Ref names the year.
func (y AcademicYear) Ref() Ref {
	return Ref{ID: y.ID, PublicID: y.PublicID, Code: y.Code, Name: y.Name}
}

// AcademicYears returns all academic years, the latest first.
func AcademicYears(ctx context.Context, tx *store.Tx) ([]AcademicYear, error) {
	return Remember(tx, func() ([]AcademicYear, error) {
		n, err := loadNames(ctx, tx)
		return n.years, err
	})
}

// SaveAcademicYear adds an academic year, or changes the one with its public id.
func SaveAcademicYear(ctx context.Context, db *store.DB, actor identity.Actor, y AcademicYear) (AcademicYear, error) {
	return yearType.Save(ctx, db, actor, y)
}

// PutAcademicYear is [SaveAcademicYear] in a transaction of the caller.
func PutAcademicYear(ctx context.Context, tx *store.Tx, actor identity.Actor, y AcademicYear) (AcademicYear, error) {
	return yearType.Put(ctx, tx, actor, y)
}

// RemoveAcademicYear removes an academic year that nothing refers to.
func RemoveAcademicYear(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return yearType.Remove(ctx, db, actor, publicID)
}

var yearType = RecordType[AcademicYear]{
	Name: "year", Right: RightCalendar, Find: Among("year", AcademicYears, AcademicYear.Ref),
	Stamp: func(y *AcademicYear) *Stamp { return &y.Stamp },
	Label: func(y AcademicYear) string { return y.Name },
	Check: func(ctx context.Context, tx *store.Tx, y *AcademicYear, form *fault.Form) error {
		RequiredCode(form, &y.Code)
		RequiredText(form, "name", &y.Name)
		if CheckInterval(form, y.Interval) && y.From == y.To {
			form.Wrong("to", "reference.interval.order", "from", y.From.Day(), "to", y.To.Day())
		}
		others, err := AcademicYears(ctx, tx)
		CheckUnique(form, "code", y.Code, y.ID, others, func(o AcademicYear) string { return o.Code }, AcademicYear.Ref)
		return err
	},
	Add: func(ctx context.Context, tx *store.Tx, y AcademicYear) (int64, error) {
		return queries.New(tx).AddYear(ctx, queries.AddYearParams{
			PublicID: y.PublicID, Code: y.Code, Name: y.Name, StartsOn: string(y.From), EndsOn: string(y.To),
			Archived: y.Archived, ChangedAt: store.At(y.ChangedAt), ChangedBy: y.ChangedBy,
		})
	},
	Change: func(ctx context.Context, tx *store.Tx, _, y AcademicYear) error {
		return queries.New(tx).ChangeYear(ctx, queries.ChangeYearParams{
			ID: y.ID, Code: y.Code, Name: y.Name, StartsOn: string(y.From), EndsOn: string(y.To),
			Archived: y.Archived, ChangedAt: store.At(y.ChangedAt), ChangedBy: y.ChangedBy,
		})
	},
	Delete: func(ctx context.Context, tx *store.Tx, id int64) error { return queries.New(tx).RemoveYear(ctx, id) },
}
