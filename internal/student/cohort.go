package student

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student/queries"
	"stagora.org/stagora/internal/text"
)

// A Cohort is the students who go through campaigns together for an academic
// year. It is a perimeter.
type Cohort struct {
	reference.Stamp
	Code     string
	Name     string
	Level    reference.Ref
	Year     reference.Ref
	Faculty  reference.Ref
	Expected int           // the headcount that the office counts on
	Previous reference.Ref // the same students, a year before; may be none
	Next     reference.Ref `json:"-"` // the cohort whose Previous this is
	Archived bool
}

// Ref names the cohort.
func (c Cohort) Ref() reference.Ref {
	return reference.Ref{ID: c.ID, PublicID: c.PublicID, Code: c.Code, Name: c.Name}
}

// Perimeters returns where the cohort lies.
func (c Cohort) Perimeters() []identity.Perimeter {
	return []identity.Perimeter{CohortPerimeter(c.Code), identity.Faculty(c.Faculty.Code)}
}

// Cohorts returns the cohorts that the actor may see, in the order of names.
func Cohorts(ctx context.Context, tx *store.Tx, actor identity.Actor) ([]Cohort, error) {
	cohorts, err := AllCohorts(ctx, tx)
	return slices.DeleteFunc(cohorts, func(c Cohort) bool { return !actor.Can(RightView, c.Perimeters()...) }), err
}

// CohortFor returns a cohort that the actor may see, or a NotFound fault.
func CohortFor(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) (Cohort, error) {
	cohort, err := cohortType.Find(ctx, tx, publicID)
	if err == nil && !actor.Can(RightView, cohort.Perimeters()...) {
		return Cohort{}, reference.Unknown("cohort")
	}
	return cohort, err
}

// AllCohorts returns all cohorts, in the order of names, for a caller that has
// its own right to ask.
func AllCohorts(ctx context.Context, tx *store.Tx) ([]Cohort, error) {
	return reference.Remember(tx, func() ([]Cohort, error) { return loadCohorts(ctx, tx) })
}

func loadCohorts(ctx context.Context, tx *store.Tx) ([]Cohort, error) {
	rows, err := queries.New(tx).Cohorts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read cohorts: %w", err)
	}
	levels, years, faculties, err := cohortRefs(ctx, tx)
	if err != nil {
		return nil, err
	}
	level, year, faculty := reference.RefsByID(levels, reference.Level.Ref), reference.RefsByID(years, reference.AcademicYear.Ref), reference.RefsByID(faculties, reference.Faculty.Ref)
	cohorts := make([]Cohort, len(rows))
	for i, r := range rows {
		cohorts[i] = Cohort{
			Stamp: reference.Stamp{ID: r.ID, PublicID: r.PublicID, ChangedAt: r.ChangedAt.Time, ChangedBy: r.ChangedBy},
			Code:  r.Code, Name: r.Name, Level: level[r.LevelID], Year: year[r.YearID], Faculty: faculty[r.FacultyID],
			Expected: int(r.Expected), Previous: reference.Ref{ID: r.PreviousID.Int64}, Archived: r.Archived,
		}
	}
	refs := reference.RefsByID(cohorts, Cohort.Ref)
	next := map[int64]reference.Ref{}
	for i, c := range cohorts {
		cohorts[i].Previous = refs[c.Previous.ID]
		next[c.Previous.ID] = c.Ref()
	}
	for i, c := range cohorts {
		cohorts[i].Next = next[c.ID]
	}
	return cohorts, nil
}

// CountMembers returns how many people are in a cohort.
func CountMembers(ctx context.Context, tx *store.Tx, cohortID int64) (int, error) {
	n, err := queries.New(tx).CountMembers(ctx, cohortID)
	if err != nil {
		return 0, fmt.Errorf("count members: %w", err)
	}
	return int(n), nil
}

// membersKey is that of [CountAllMembers] among what is kept.
type membersKey struct{}

// CountAllMembers returns how many people are in each cohort, by its key: those of
// [CountMembers]. They are counted once for all pages until a record changes, since that
// reads every student; the map is shared and must not be changed.
func CountAllMembers(ctx context.Context, tx *store.Tx) (map[int64]int, error) {
	at, err := reference.Revision(ctx, tx)
	if err != nil {
		return nil, err
	}
	return store.Keep(tx, membersKey{}, at, func() (map[int64]int, error) {
		rows, err := queries.New(tx).CountAllMembers(ctx)
		if err != nil {
			return nil, fmt.Errorf("count members: %w", err)
		}
		members := make(map[int64]int, len(rows))
		for _, r := range rows {
			members[r.CohortID] = int(r.Members)
		}
		return members, nil
	})
}

// SaveCohort adds a cohort, or changes the one with its public id.
func SaveCohort(ctx context.Context, db *store.DB, actor identity.Actor, c Cohort) (Cohort, error) {
	return cohortType.Save(ctx, db, actor, c)
}

// PutCohort is [SaveCohort] in a transaction of the caller.
func PutCohort(ctx context.Context, tx *store.Tx, actor identity.Actor, c Cohort) (Cohort, error) {
	return cohortType.Put(ctx, tx, actor, c)
}

// RemoveCohort removes a cohort that nothing refers to, so one without members.
func RemoveCohort(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return cohortType.Remove(ctx, db, actor, publicID)
}

const maxCohort = 5_000

var cohortType = reference.RecordType[Cohort]{
	Name: "cohort", Right: RightEdit, Find: reference.Among("cohort", AllCohorts, Cohort.Ref),
	Stamp:      func(c *Cohort) *reference.Stamp { return &c.Stamp },
	Label:      func(c Cohort) string { return c.Name },
	Perimeters: Cohort.Perimeters,
	Check:      checkCohort,
	Add: func(ctx context.Context, tx *store.Tx, c Cohort) (int64, error) {
		return queries.New(tx).AddCohort(ctx, queries.AddCohortParams{
			PublicID: c.PublicID, Code: c.Code, Name: c.Name, SortKey: text.SortKey(c.Name),
			LevelID: c.Level.ID, YearID: c.Year.ID, FacultyID: c.Faculty.ID, Expected: int64(c.Expected),
			PreviousID: reference.KeyOrNull(c.Previous.ID), Archived: c.Archived, ChangedAt: store.At(c.ChangedAt), ChangedBy: c.ChangedBy,
		})
	},
	Change: func(ctx context.Context, tx *store.Tx, _, c Cohort) error {
		return queries.New(tx).ChangeCohort(ctx, queries.ChangeCohortParams{
			ID: c.ID, Code: c.Code, Name: c.Name, SortKey: text.SortKey(c.Name),
			LevelID: c.Level.ID, YearID: c.Year.ID, FacultyID: c.Faculty.ID, Expected: int64(c.Expected),
			PreviousID: reference.KeyOrNull(c.Previous.ID), Archived: c.Archived, ChangedAt: store.At(c.ChangedAt), ChangedBy: c.ChangedBy,
		})
	},
	Delete: func(ctx context.Context, tx *store.Tx, id int64) error { return queries.New(tx).RemoveCohort(ctx, id) },
}

func checkCohort(ctx context.Context, tx *store.Tx, c *Cohort, form *fault.Form) error {
	others, err := AllCohorts(ctx, tx)
	if err != nil {
		return err
	}
	others = slices.DeleteFunc(others, func(o Cohort) bool { return o.ID == c.ID })
	levels, years, faculties, err := cohortRefs(ctx, tx)
	if err != nil {
		return err
	}
	reference.RequiredCode(form, &c.Code)
	reference.RequiredText(form, "name", &c.Name)
	reference.RequiredRef(form, "level", &c.Level, levels, reference.Level.Ref)
	reference.RequiredRef(form, "year", &c.Year, years, reference.AcademicYear.Ref)
	reference.RequiredRef(form, "faculty", &c.Faculty, faculties, reference.Faculty.Ref)
	reference.OptionalRef(form, "previous", &c.Previous, others, Cohort.Ref)
	if c.Expected < 0 || c.Expected > maxCohort {
		form.Wrong("expected", "form.range", "found", c.Expected, "min", 0, "max", maxCohort)
	}
	reference.CheckUnique(form, "code", c.Code, c.ID, others, func(o Cohort) string { return o.Code }, Cohort.Ref)
	for _, o := range others {
		if !c.Previous.None() && o.Previous.ID == c.Previous.ID {
			form.Wrong("previous", "reference.cohort.followed", "previous", c.Previous.Name, "next", o.Name)
		}
	}
	// The database ties a member to the year of the cohort.
	members, err := queries.New(tx).CountMembersOfOtherYear(ctx, queries.CountMembersOfOtherYearParams{CohortID: c.ID, YearID: c.Year.ID})
	if err != nil {
		return fmt.Errorf("count members: %w", err)
	}
	if members > 0 {
		form.Wrong("year", "reference.cohort.year", "count", int(members))
	}
	return nil
}

func cohortRefs(ctx context.Context, tx *store.Tx) ([]reference.Level, []reference.AcademicYear, []reference.Faculty, error) {
	levels, err := reference.Levels(ctx, tx)
	if err != nil {
		return nil, nil, nil, err
	}
	years, err := reference.AcademicYears(ctx, tx)
	if err != nil {
		return nil, nil, nil, err
	}
	faculties, err := reference.Faculties(ctx, tx)
	return levels, years, faculties, err
}

// A Membership is a student's being in a cohort for a year.
type Membership struct {
	Cohort    reference.Ref
	YearID    int64
	ChangedAt time.Time
	ChangedBy string
}

// joined adds to a student's own memberships those of the records merged into
// theirs, for the years in which they have none.
func joined(own []Membership, merged ...[]Membership) []Membership {
	for _, others := range merged {
		for _, m := range others {
			if !slices.ContainsFunc(own, func(o Membership) bool { return o.YearID == m.YearID }) {
				own = append(own, m)
			}
		}
	}
	return own
}

// JoinCohort puts a student into a cohort. It refuses one who is in another
// cohort of the same year; being in it already changes nothing.
func JoinCohort(ctx context.Context, db *store.DB, actor identity.Actor, cohort, student string) error {
	return db.Write(ctx, func(tx *store.Tx) error { return PutMember(ctx, tx, actor, cohort, student) })
}

// PutMember is [JoinCohort] in a transaction of the caller.
func PutMember(ctx context.Context, tx *store.Tx, actor identity.Actor, cohort, student string) error {
	c, s, err := lockMember(ctx, tx, actor, cohort, student)
	if err != nil {
		return err
	}
	for _, m := range s.Cohorts {
		if m.Cohort.ID == c.ID {
			return nil
		}
		if m.YearID == c.Year.ID {
			return fault.New(fault.Conflict, "reference.member.elsewhere", "student", s.Name(), "cohort", m.Cohort.Name, "year", c.Year.Name)
		}
	}
	err = queries.New(tx).AddMember(ctx, queries.AddMemberParams{
		CohortID: c.ID, StudentID: s.ID, YearID: c.Year.ID, ChangedAt: store.At(tx.Now), ChangedBy: actor.Author(),
	})
	if err != nil {
		return fmt.Errorf("add member: %w", err)
	}
	return recordMember(ctx, tx, actor, "member.joined", c, s)
}

// LeaveCohort takes a student out of a cohort.
func LeaveCohort(ctx context.Context, db *store.DB, actor identity.Actor, cohort, student string) error {
	return db.Write(ctx, func(tx *store.Tx) error { return DropMember(ctx, tx, actor, cohort, student) })
}

// DropMember is [LeaveCohort] in a transaction of the caller.
func DropMember(ctx context.Context, tx *store.Tx, actor identity.Actor, cohort, student string) error {
	c, s, err := lockMember(ctx, tx, actor, cohort, student)
	if err != nil {
		return err
	}
	canonical, err := LoadCanonical(ctx, tx)
	if err != nil {
		return err
	}
	removed := int64(0)
	for _, id := range canonical.Same(s.ID) {
		n, err := queries.New(tx).RemoveMember(ctx, queries.RemoveMemberParams{CohortID: c.ID, StudentID: id})
		if err != nil {
			return fmt.Errorf("remove member: %w", err)
		}
		removed += n
	}
	if removed == 0 {
		return fault.New(fault.Conflict, "reference.member.not", "student", s.Name(), "cohort", c.Name)
	}
	return recordMember(ctx, tx, actor, "member.left", c, s)
}

func lockMember(ctx context.Context, tx *store.Tx, actor identity.Actor, cohort, student string) (Cohort, Student, error) {
	if err := reference.Lock(ctx, tx); err != nil {
		return Cohort{}, Student{}, err
	}
	c, err := cohortType.Find(ctx, tx, cohort)
	if err != nil {
		return Cohort{}, Student{}, err
	}
	if err := actor.Require(RightEdit, c.Perimeters()...); err != nil {
		return Cohort{}, Student{}, err
	}
	s, err := ByPublicID(ctx, tx, student)
	return c, s, err
}

func recordMember(ctx context.Context, tx *store.Tx, actor identity.Actor, action string, c Cohort, s Student) error {
	return audit.Record(ctx, tx, audit.Entry{
		Who: actor.Who(), Action: action, Args: map[string]any{"student": s.Name(), "cohort": c.Name},
		Kind: "student", Object: s.PublicID, After: map[string]any{"cohort": c.Code},
	})
}
