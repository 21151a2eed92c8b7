/*
Package student keeps the people in training: their records, the cohorts in
which they go through campaigns, their leaves, and duplicates of one person.

A student is a person in training. The name and the e-mail address are the
person's (identity). A student is in at most one cohort per academic year.

Two records of one person are merged by marking one as merged into the other.
No row of any owner moves: whoever reads students by number resolves it with
[Canonical], and the merge can be undone for [UndoDays] days.

Why somebody is not in a list is answered by the very predicates that made the
list ([Finding]): each is written once, and says what was found, what was
expected, who changed it last and who may correct it.

What is not here: wishes, placements, decisions. Their owners refer to what is
kept here.
*/
package student

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Student is a person in training.
type Student struct {
	reference.Stamp
	Person    identity.Person // whose name, e-mail address and language these are
	Number    string          // given by the university; empty: not known
	INE       string
	INEKind   reference.INEKind
	BirthDate reference.Date
	Level     reference.Ref
	Faculty   reference.Ref
	Active    bool // has not left the studies

	// MergedInto is the record that replaced this one; 0: none.
	MergedInto int64
	// Cohorts are theirs, one a year at most, with those of the records merged
	// into theirs.
	Cohorts []Membership
}

// Name returns the name as it is said.
func (s Student) Name() string { return s.Person.Name() }

// Ref names the student.
func (s Student) Ref() reference.Ref {
	return reference.Ref{ID: s.ID, PublicID: s.PublicID, Code: s.Number, Name: s.Person.Name()}
}

// Search returns what a search compares with: name, e-mail address and numbers,
// folded.
func (s Student) Search() string {
	return text.Fold(s.Person.SortedName() + " " + s.Person.GivenName + " " + s.Person.Email + " " + s.Number + " " + s.INE)
}

// InCohort returns the student's being in a cohort.
func (s Student) InCohort(id int64) (Membership, bool) {
	i := slices.IndexFunc(s.Cohorts, func(m Membership) bool { return m.Cohort.ID == id })
	if i < 0 {
		return Membership{}, false
	}
	return s.Cohorts[i], true
}

// Perimeters returns where the student lies: themselves, their faculty, their
// cohorts.
func (s Student) Perimeters() []identity.Perimeter {
	in := []identity.Perimeter{identity.Self(s.Person.PublicID), identity.Faculty(s.Faculty.Code)}
	for _, m := range s.Cohorts {
		in = append(in, CohortPerimeter(m.Cohort.Code))
	}
	return in
}

// For returns a student that the actor may see, or a NotFound fault. The
// public id of a merged record gives the one that replaced it.
func For(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) (Student, error) {
	student, err := ByPublicID(ctx, tx, publicID)
	if err == nil && !actor.Can(RightView, student.Perimeters()...) {
		return Student{}, reference.Unknown("student")
	}
	return student, err
}

// require returns nil if the actor holds a right on the student. To whoever may not even
// see them it answers as for a student that does not exist.
func (s Student) require(actor identity.Actor, right identity.Right) error {
	if !actor.Can(RightView, s.Perimeters()...) {
		return reference.Unknown("student")
	}
	return actor.Require(right, s.Perimeters()...)
}

// ByID returns the student that an internal key stands for now.
func ByID(ctx context.Context, tx *store.Tx, id int64) (Student, error) {
	return now(ctx, tx, store.Where("s.id = $1", id))
}

// ByPublicID returns the student that a public id stands for now.
func ByPublicID(ctx context.Context, tx *store.Tx, publicID string) (Student, error) {
	return now(ctx, tx, store.Where("s.public_id = $1", publicID))
}

// OfPerson returns the student that a person is, or a NotFound fault.
func OfPerson(ctx context.Context, tx *store.Tx, personID int64) (Student, error) {
	return now(ctx, tx, store.Where("s.person_id = $1", personID))
}

// ByNumber returns the student with a number of the university, or a
// NotFound fault.
func ByNumber(ctx context.Context, tx *store.Tx, number string) (Student, error) {
	found, err := ByNumbers(ctx, tx, []string{reference.Normalise(number)})
	if s, there := found[reference.Normalise(number)]; there || err != nil {
		return s, err
	}
	return Student{}, reference.Unknown("student")
}

// ByNumbers returns the students with some numbers, by number: the records that stand
// for themselves.
func ByNumbers(ctx context.Context, tx *store.Tx, numbers []string) (map[string]Student, error) {
	found := make(map[string]Student, len(numbers))
	for some := range slices.Chunk(numbers, 500) {
		students, err := read(ctx, tx, store.And(store.In("s.number", some), store.Where("s.number <> '' AND s.merged_into IS NULL")))
		if err != nil {
			return nil, err
		}
		for _, s := range students {
			found[s.Number] = s
		}
	}
	return found, nil
}

// MergedNumbers returns, for those of some numbers that a merged record has, the
// student who stands for it now.
func MergedNumbers(ctx context.Context, tx *store.Tx, numbers []string) (map[string]Student, error) {
	canonical, err := LoadCanonical(ctx, tx)
	if err != nil || len(canonical) == 0 {
		return nil, err
	}
	asked := make(map[string]bool, len(numbers))
	for _, number := range numbers {
		asked[number] = true
	}
	merged, into := slices.Sorted(maps.Keys(canonical)), []int64{}
	for _, id := range merged {
		into = append(into, canonical.Of(id))
	}
	now, err := ByIDs(ctx, tx, into)
	if err != nil {
		return nil, err
	}
	found := map[string]Student{}
	for some := range slices.Chunk(merged, 500) {
		records, err := records.All(ctx, tx, store.In("s.id", some))
		if err != nil {
			return nil, fmt.Errorf("read merged students: %w", err)
		}
		for _, s := range records {
			if asked[s.Number] && s.Number != "" {
				found[s.Number] = now[canonical.Of(s.ID)]
			}
		}
	}
	return found, nil
}

// now returns the student that the record which fulfils a condition stands for now, or
// a NotFound fault.
func now(ctx context.Context, tx *store.Tx, where store.Condition) (Student, error) {
	found, err := read(ctx, tx, where)
	if err == nil && len(found) > 0 && found[0].MergedInto != 0 {
		var canonical Canonical
		if canonical, err = LoadCanonical(ctx, tx); err == nil {
			found, err = read(ctx, tx, store.Where("s.id = $1", canonical.Of(found[0].ID)))
		}
	}
	if err != nil {
		return Student{}, err
	}
	if len(found) == 0 {
		return Student{}, reference.Unknown("student")
	}
	return found[0], nil
}

func studentRefs(ctx context.Context, tx *store.Tx) (level, faculty map[int64]reference.Ref, err error) {
	levels, err := reference.Levels(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	faculties, err := reference.Faculties(ctx, tx)
	return reference.RefsByID(levels, reference.Level.Ref), reference.RefsByID(faculties, reference.Faculty.Ref), err
}

// studentLog is what the log keeps of a student.
type studentLog struct {
	FamilyName, GivenName, Email, Lang string
	Number, INE                        string
	INEKind                            reference.INEKind
	BirthDate                          reference.Date
	Level, Faculty                     string
	Active                             bool
}

func (s Student) log() studentLog {
	return studentLog{
		s.Person.FamilyName, s.Person.GivenName, s.Person.Email, s.Person.Lang,
		s.Number, s.INE, s.INEKind, s.BirthDate, s.Level.Code, s.Faculty.Code, s.Active,
	}
}

// checkStudent cleans a record and refuses what is wrong. Holders are those who have
// its number, at least, by number.
func checkStudent(ctx context.Context, tx *store.Tx, s *Student, holders map[string]Student) error {
	var form fault.Form
	names := personForm(s.Person)
	names.Check(&form)
	s.Person.FamilyName, s.Person.GivenName, s.Person.Email, s.Person.Lang = names.FamilyName, names.GivenName, names.Email, names.Lang
	checkNumber(s, holders, &form)
	s.INE = reference.Normalise(s.INE)
	switch {
	case s.INE == "":
		s.INEKind = ""
	case s.INEKind == "":
		form.Wrong("ine_kind", "form.required")
	default:
		s.INE = reference.CheckIdentifier(&form, "ine", s.INE, func(v string) reference.Checked { return reference.CheckINE(s.INEKind, v) })
	}
	switch {
	case s.BirthDate != "" && !s.BirthDate.Valid():
		form.Wrong("birth_date", "reference.date", "found", string(s.BirthDate))
	case TooYoung(s.BirthDate, tx.Now):
		form.Wrong("birth_date", "reference.birth-date.young", "found", s.BirthDate.Day(), "age", MinAge)
	}
	levels, err := reference.Levels(ctx, tx)
	if err != nil {
		return err
	}
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return err
	}
	reference.RequiredRef(&form, "level", &s.Level, levels, reference.Level.Ref)
	reference.RequiredRef(&form, "faculty", &s.Faculty, faculties, reference.Faculty.Ref)
	return form.Err()
}

// MinAge is under the age of anybody in the second year; a later birth date is a
// slip of the hand.
const MinAge = 14

// TooYoung reports whether a birth date is that of a child.
func TooYoung(birth reference.Date, now time.Time) bool {
	return birth != "" && birth.Noon().After(now.AddDate(-MinAge, 0, 0))
}

func checkNumber(s *Student, holders map[string]Student, form *fault.Form) {
	s.Number = reference.Normalise(s.Number)
	if len([]rune(s.Number)) > reference.MaxCode {
		form.Wrong("number", "form.long", "max", reference.MaxCode)
	}
	if holder, taken := holders[s.Number]; taken && s.Number != "" && (s.ID == 0 || holder.ID != s.ID) {
		form.Wrong("number", "form.taken", "found", s.Number, "by", holder.Name())
	}
}

// checkAlone is [checkStudent] for one that is not written with others.
func checkAlone(ctx context.Context, tx *store.Tx, s *Student) error {
	holders, err := withNumbers(ctx, tx, []string{reference.Normalise(s.Number)})
	if err != nil {
		return err
	}
	return checkStudent(ctx, tx, s, holders)
}

func personForm(p identity.Person) identity.PersonForm {
	return identity.PersonForm{FamilyName: p.FamilyName, GivenName: p.GivenName, Email: p.Email, Lang: p.Lang}
}

// CohortPerimeter is the perimeter of what belongs to a cohort.
func CohortPerimeter(code string) identity.Perimeter {
	return identity.Perimeter{Kind: identity.KindCohort, Key: code}
}
