package reference

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Cohort is the students who go through campaigns together for an academic
// year. It is a perimeter.
type Cohort struct {
	Stamp
	Code     string
	Name     string
	Level    Ref
	Year     Ref
	Faculty  Ref
	Expected int // the headcount that the office counts on
	Previous Ref // the same students, a year before; may be none
	Next     Ref `json:"-"` // the cohort whose Previous this is
	Archived bool
}

// Ref names the cohort.
func (c Cohort) Ref() Ref { return Ref{ID: c.ID, PublicID: c.PublicID, Code: c.Code, Name: c.Name} }

// Perimeters returns where the cohort lies.
func (c Cohort) Perimeters() []identity.Perimeter {
	return []identity.Perimeter{CohortPerimeter(c.Code), identity.Faculty(c.Faculty.Code)}
}

// Cohorts returns the cohorts that the actor may see, in the order of names.
func Cohorts(ctx context.Context, tx *store.Tx, actor identity.Actor) ([]Cohort, error) {
	cohorts, err := AllCohorts(ctx, tx)
	return slices.DeleteFunc(cohorts, func(c Cohort) bool { return !actor.Can(identity.StudentView, c.Perimeters()...) }), err
}

// CohortFor returns a cohort that the actor may see, or a NotFound fault.
func CohortFor(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) (Cohort, error) {
	cohort, err := cohortNoun.one(ctx, tx, publicID)
	if err == nil && !actor.Can(identity.StudentView, cohort.Perimeters()...) {
		return Cohort{}, unknown("cohort")
	}
	return cohort, err
}

// AllCohorts returns all cohorts, in the order of names, for a caller that has
// its own right to ask.
func AllCohorts(ctx context.Context, tx *store.Tx) ([]Cohort, error) {
	rows, err := queries.New(tx).Cohorts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read cohorts: %w", err)
	}
	levels, years, faculties, err := cohortRefs(ctx, tx)
	if err != nil {
		return nil, err
	}
	level, year, faculty := byID(levels, Level.Ref), byID(years, AcademicYear.Ref), byID(faculties, Faculty.Ref)
	cohorts := make([]Cohort, len(rows))
	for i, r := range rows {
		cohorts[i] = Cohort{
			Stamp: Stamp{r.ID, r.PublicID, r.ChangedAt.Time, r.ChangedBy},
			Code:  r.Code, Name: r.Name, Level: level[r.LevelID], Year: year[r.YearID], Faculty: faculty[r.FacultyID],
			Expected: int(r.Expected), Previous: Ref{ID: r.PreviousID.Int64}, Archived: r.Archived,
		}
	}
	refs := byID(cohorts, Cohort.Ref)
	next := map[int64]Ref{}
	for i, c := range cohorts {
		cohorts[i].Previous = refs[c.Previous.ID]
		next[c.Previous.ID] = c.Ref()
	}
	for i, c := range cohorts {
		cohorts[i].Next = next[c.ID]
	}
	return cohorts, nil
}

// CohortByID returns a cohort by the internal key.
func CohortByID(ctx context.Context, tx *store.Tx, id int64) (Cohort, error) {
	cohorts, err := AllCohorts(ctx, tx)
	if err != nil {
		return Cohort{}, err
	}
	for _, c := range cohorts {
		if c.ID == id {
			return c, nil
		}
	}
	return Cohort{}, unknown("cohort")
}

// SaveCohort adds a cohort, or changes the one with its public id.
func SaveCohort(ctx context.Context, db *store.DB, actor identity.Actor, c Cohort) (Cohort, error) {
	return cohortNoun.save(ctx, db, actor, c)
}

// PutCohort is [SaveCohort] in a transaction of the caller.
func PutCohort(ctx context.Context, tx *store.Tx, actor identity.Actor, c Cohort) (Cohort, error) {
	return cohortNoun.put(ctx, tx, actor, c)
}

// RemoveCohort removes a cohort that nothing refers to, so one without members.
func RemoveCohort(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return cohortNoun.delete(ctx, db, actor, publicID)
}

const maxCohort = 5_000

var cohortNoun = noun[Cohort]{
	name: "cohort", right: identity.StudentEdit, all: AllCohorts,
	stamp: func(c *Cohort) *Stamp { return &c.Stamp },
	label: func(c Cohort) string { return c.Name },
	where: Cohort.Perimeters,
	check: checkCohort,
	add: func(ctx context.Context, tx *store.Tx, c Cohort) (int64, error) {
		return queries.New(tx).AddCohort(ctx, queries.AddCohortParams{
			PublicID: c.PublicID, Code: c.Code, Name: c.Name, SortKey: text.SortKey(c.Name),
			LevelID: c.Level.ID, YearID: c.Year.ID, FacultyID: c.Faculty.ID, Expected: int64(c.Expected),
			PreviousID: orNull(c.Previous.ID), Archived: c.Archived, ChangedAt: store.At(c.ChangedAt), ChangedBy: c.ChangedBy,
		})
	},
	change: func(ctx context.Context, tx *store.Tx, c Cohort) error {
		return queries.New(tx).ChangeCohort(ctx, queries.ChangeCohortParams{
			ID: c.ID, Code: c.Code, Name: c.Name, SortKey: text.SortKey(c.Name),
			LevelID: c.Level.ID, YearID: c.Year.ID, FacultyID: c.Faculty.ID, Expected: int64(c.Expected),
			PreviousID: orNull(c.Previous.ID), Archived: c.Archived, ChangedAt: store.At(c.ChangedAt), ChangedBy: c.ChangedBy,
		})
	},
	remove: func(ctx context.Context, tx *store.Tx, id int64) error { return queries.New(tx).RemoveCohort(ctx, id) },
}

func checkCohort(ctx context.Context, tx *store.Tx, c *Cohort, others []Cohort, form *fault.Form) error {
	levels, years, faculties, err := cohortRefs(ctx, tx)
	if err != nil {
		return err
	}
	code(form, &c.Code)
	required(form, "name", &c.Name)
	resolveRequired(form, "level", &c.Level, levels, Level.Ref)
	resolveRequired(form, "year", &c.Year, years, AcademicYear.Ref)
	resolveRequired(form, "faculty", &c.Faculty, faculties, Faculty.Ref)
	resolve(form, "previous", &c.Previous, others, Cohort.Ref)
	if c.Expected < 0 || c.Expected > maxCohort {
		form.Wrong("expected", "form.range", "found", c.Expected, "min", 0, "max", maxCohort)
	}
	unique(form, "code", c.Code, others, func(o Cohort) string { return o.Code }, func(o Cohort) string { return o.Name })
	for _, o := range others {
		if !c.Previous.None() && o.Previous.ID == c.Previous.ID {
			form.Wrong("previous", "reference.cohort.followed", "previous", c.Previous.Name, "next", o.Name)
		}
	}
	members, err := queries.New(tx).MembersOfCohort(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	// The database ties a member to the year of the cohort.
	if len(members) > 0 && members[0].YearID != c.Year.ID {
		form.Wrong("year", "reference.cohort.year", "count", len(members))
	}
	return nil
}

func cohortRefs(ctx context.Context, tx *store.Tx) ([]Level, []AcademicYear, []Faculty, error) {
	levels, err := Levels(ctx, tx)
	if err != nil {
		return nil, nil, nil, err
	}
	years, err := AcademicYears(ctx, tx)
	if err != nil {
		return nil, nil, nil, err
	}
	faculties, err := Faculties(ctx, tx)
	return levels, years, faculties, err
}

// A Membership is a student's being in a cohort for a year.
type Membership struct {
	Cohort    Ref
	YearID    int64
	ChangedAt time.Time
	ChangedBy string
}

// memberships returns the cohorts of every student, in the order of years as
// they were added.
func memberships(ctx context.Context, tx *store.Tx) (map[int64][]Membership, error) {
	cohorts, err := AllCohorts(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := queries.New(tx).Members(ctx)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	cohort := byID(cohorts, Cohort.Ref)
	of := make(map[int64][]Membership, len(rows))
	for _, r := range rows {
		of[r.StudentID] = append(of[r.StudentID], Membership{cohort[r.CohortID], r.YearID, r.ChangedAt.Time, r.ChangedBy})
	}
	return of, nil
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
		CohortID: c.ID, StudentID: s.ID, YearID: c.Year.ID, ChangedAt: store.At(tx.Now), ChangedBy: by(actor),
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
	if err := lock(ctx, tx); err != nil {
		return Cohort{}, Student{}, err
	}
	c, err := cohortNoun.one(ctx, tx, cohort)
	if err != nil {
		return Cohort{}, Student{}, err
	}
	if err := actor.Require(identity.StudentEdit, c.Perimeters()...); err != nil {
		return Cohort{}, Student{}, err
	}
	s, err := StudentByPublicID(ctx, tx, student)
	return c, s, err
}

func recordMember(ctx context.Context, tx *store.Tx, actor identity.Actor, action string, c Cohort, s Student) error {
	return audit.Record(ctx, tx, audit.Entry{
		Who: actor.Who(), Action: action, Args: map[string]any{"student": s.Name(), "cohort": c.Name},
		Kind: "student", Object: s.PublicID, After: map[string]any{"cohort": c.Code},
	})
}
