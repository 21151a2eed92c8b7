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
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student/queries"
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

// Students returns the students that the actor may see, in the order of names,
// without those merged into another.
func Students(ctx context.Context, tx *store.Tx, actor identity.Actor) ([]Student, error) {
	students, err := All(ctx, tx)
	return slices.DeleteFunc(students, func(s Student) bool {
		return s.MergedInto != 0 || !actor.Can(RightView, s.Perimeters()...)
	}), err
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

// ByID returns the student that an internal key stands for now.
func ByID(ctx context.Context, tx *store.Tx, id int64) (Student, error) {
	row, err := queries.New(tx).StudentByID(ctx, id)
	return loadStudent(ctx, tx, row, err)
}

// ByPublicID returns the student that a public id stands for now.
func ByPublicID(ctx context.Context, tx *store.Tx, publicID string) (Student, error) {
	row, err := queries.New(tx).StudentByPublicID(ctx, publicID)
	return loadStudent(ctx, tx, row, err)
}

// OfPerson returns the student that a person is, or a NotFound fault.
func OfPerson(ctx context.Context, tx *store.Tx, personID int64) (Student, error) {
	row, err := queries.New(tx).StudentByPerson(ctx, personID)
	return loadStudent(ctx, tx, row, err)
}

// ByNumber returns the student with a number of the university, or a
// NotFound fault.
func ByNumber(ctx context.Context, tx *store.Tx, number string) (Student, error) {
	row, err := queries.New(tx).StudentByNumber(ctx, reference.Normalise(number))
	return loadStudent(ctx, tx, row, err)
}

func loadStudent(ctx context.Context, tx *store.Tx, row queries.StudentStudent, err error) (Student, error) {
	q := queries.New(tx)
	for err == nil && row.MergedInto.Valid {
		row, err = q.StudentByID(ctx, row.MergedInto.Int64)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return Student{}, reference.Unknown("student")
	}
	if err != nil {
		return Student{}, fmt.Errorf("read student: %w", err)
	}
	found, err := read(ctx, tx, store.Where("s.id = $1", row.ID))
	if err != nil {
		return Student{}, err
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

// Save adds a student, or changes the one with its public id. A new one
// is a new person, unless Person.ID names one that is there. The name, the
// e-mail address and the language are written to the person.
//
// A new student who looks like another is not refused: ask [Alike] before.
func Save(ctx context.Context, db *store.DB, actor identity.Actor, s Student) (saved Student, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
		saved, err = Put(ctx, tx, actor, s)
		return err
	})
	return saved, err
}

// Put is [Save] in a transaction of the caller.
func Put(ctx context.Context, tx *store.Tx, actor identity.Actor, s Student) (Student, error) {
	if err := reference.Lock(ctx, tx); err != nil {
		return Student{}, err
	}
	if !actor.CanSomewhere(RightEdit) {
		return Student{}, identity.Missing(RightEdit)
	}
	before, err := studentBefore(ctx, tx, actor, &s)
	if err != nil {
		return Student{}, err
	}
	if err := checkStudent(ctx, tx, &s); err != nil {
		return Student{}, err
	}
	if err := actor.Require(RightEdit, s.Perimeters()...); err != nil {
		return Student{}, err
	}
	entry := audit.Entry{
		Who: actor.Who(), Action: "student.created", Args: map[string]any{"student": s.Name()}, Kind: "student", After: s.log(),
	}
	if before == nil {
		err = addStudent(ctx, tx, actor, &s)
	} else {
		if before.log() == s.log() {
			return *before, nil
		}
		entry.Action, entry.Before = "student.changed", before.log()
		err = changeStudent(ctx, tx, actor, *before, &s)
	}
	if err != nil {
		return Student{}, err
	}
	entry.Object = s.PublicID
	return s, audit.Record(ctx, tx, entry)
}

// studentBefore returns the record that s changes, nil if s is new.
func studentBefore(ctx context.Context, tx *store.Tx, actor identity.Actor, s *Student) (*Student, error) {
	if s.PublicID == "" {
		*s = Student{
			Person: s.Person, Number: s.Number, INE: s.INE, INEKind: s.INEKind, BirthDate: s.BirthDate,
			Level: s.Level, Faculty: s.Faculty, Active: s.Active,
		}
		return nil, nil
	}
	before, err := ByPublicID(ctx, tx, s.PublicID)
	if err != nil {
		return nil, err
	}
	if err := actor.Require(RightEdit, before.Perimeters()...); err != nil {
		return nil, err
	}
	if before.PublicID != s.PublicID {
		return nil, fault.New(fault.Conflict, "reference.merge.gone", "student", before.Name())
	}
	if err := reference.CheckSeen(before.Stamp, s.Stamp); err != nil {
		return nil, err
	}
	s.ID, s.Cohorts, s.MergedInto = before.ID, before.Cohorts, 0
	s.Person.ID, s.Person.PublicID = before.Person.ID, before.Person.PublicID
	return &before, nil
}

// Drop removes a record added by mistake, with its memberships and the
// person, in a transaction of the caller: an import that is undone. It refuses
// one that something else refers to.
func Drop(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) error {
	if err := reference.Lock(ctx, tx); err != nil {
		return err
	}
	s, err := ByPublicID(ctx, tx, publicID)
	if err != nil {
		return err
	}
	if err := actor.Require(RightEdit, s.Perimeters()...); err != nil {
		return err
	}
	q := queries.New(tx)
	for _, m := range s.Cohorts {
		if _, err := q.RemoveMember(ctx, queries.RemoveMemberParams{CohortID: m.Cohort.ID, StudentID: s.ID}); err != nil {
			return fmt.Errorf("remove member: %w", err)
		}
	}
	if err := q.RemoveDuplicates(ctx, s.ID); err != nil {
		return fmt.Errorf("remove duplicates: %w", err)
	}
	err = q.RemoveStudent(ctx, s.ID)
	if err == nil {
		err = identity.RemovePerson(ctx, tx, s.Person.ID)
	}
	if store.IsInUse(err) {
		return fault.New(fault.Conflict, "reference.in-use", "name", s.Name()).Because(err)
	}
	if err != nil {
		return fmt.Errorf("remove student: %w", err)
	}
	return audit.Record(ctx, tx, audit.Entry{
		Who: actor.Who(), Action: "student.removed", Args: map[string]any{"student": s.Name()},
		Kind: "student", Object: publicID, Before: s.log(),
	})
}

func checkStudent(ctx context.Context, tx *store.Tx, s *Student) error {
	var form fault.Form
	names := personForm(s.Person)
	names.Check(&form)
	s.Person.FamilyName, s.Person.GivenName, s.Person.Email, s.Person.Lang = names.FamilyName, names.GivenName, names.Email, names.Lang
	if err := checkNumber(ctx, tx, s, &form); err != nil {
		return err
	}
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
	case s.BirthDate != "" && s.BirthDate.Noon().After(tx.Now.AddDate(-minAge, 0, 0)):
		form.Wrong("birth_date", "reference.birth-date.young", "found", s.BirthDate.Day(), "age", minAge)
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

// minAge is under the age of anybody in the second year; a later birth date is a
// slip of the hand.
const minAge = 14

func checkNumber(ctx context.Context, tx *store.Tx, s *Student, form *fault.Form) error {
	s.Number = reference.Normalise(s.Number)
	if s.Number == "" {
		return nil
	}
	if len([]rune(s.Number)) > reference.MaxCode {
		form.Wrong("number", "form.long", "max", reference.MaxCode)
	}
	other, err := queries.New(tx).StudentByNumber(ctx, s.Number)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && other.ID == s.ID) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read student: %w", err)
	}
	person, err := identity.PersonByID(ctx, tx, other.PersonID)
	form.Wrong("number", "form.taken", "found", s.Number, "by", person.Name())
	return err
}

func addStudent(ctx context.Context, tx *store.Tx, actor identity.Actor, s *Student) error {
	if s.Person.ID == 0 {
		person, err := identity.AddPerson(ctx, tx, actor.Author(), personForm(s.Person))
		if err != nil {
			return err
		}
		s.Person = person
	} else if err := updatePerson(ctx, tx, actor, s); err != nil {
		return err
	}
	s.Stamp = reference.Stamp{PublicID: uuid.NewString(), ChangedAt: tx.Now, ChangedBy: actor.Author()}
	id, err := queries.New(tx).AddStudent(ctx, queries.AddStudentParams{
		PublicID: s.PublicID, PersonID: s.Person.ID, Number: s.Number, Ine: s.INE, IneKind: string(s.INEKind),
		BirthDate: string(s.BirthDate), LevelID: s.Level.ID, FacultyID: s.Faculty.ID, Active: s.Active,
		ChangedAt: store.At(s.ChangedAt), ChangedBy: s.ChangedBy, NameKey: sql.NullString{String: nameKey(*s), Valid: true},
	})
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "reference.student.person", "person", s.Name()).Because(err)
	}
	if err != nil {
		return fmt.Errorf("add student: %w", err)
	}
	s.ID = id
	return compare(ctx, tx, *s)
}

func changeStudent(ctx context.Context, tx *store.Tx, actor identity.Actor, before Student, s *Student) error {
	if personForm(before.Person) != personForm(s.Person) {
		if err := updatePerson(ctx, tx, actor, s); err != nil {
			return err
		}
	} else {
		s.Person = before.Person
	}
	s.ChangedAt, s.ChangedBy = tx.Now, actor.Author()
	err := queries.New(tx).ChangeStudent(ctx, queries.ChangeStudentParams{
		ID: s.ID, Number: s.Number, Ine: s.INE, IneKind: string(s.INEKind), BirthDate: string(s.BirthDate),
		LevelID: s.Level.ID, FacultyID: s.Faculty.ID, Active: s.Active,
		ChangedAt: store.At(s.ChangedAt), ChangedBy: s.ChangedBy, NameKey: sql.NullString{String: nameKey(*s), Valid: true},
	})
	if err != nil {
		return fmt.Errorf("change student: %w", err)
	}
	return compareAgain(ctx, tx, *s)
}

func updatePerson(ctx context.Context, tx *store.Tx, actor identity.Actor, s *Student) error {
	if err := identity.UpdatePerson(ctx, tx, actor.Author(), s.Person.ID, personForm(s.Person)); err != nil {
		return err
	}
	person, err := identity.PersonByID(ctx, tx, s.Person.ID)
	s.Person = person
	return err
}

func personForm(p identity.Person) identity.PersonForm {
	return identity.PersonForm{FamilyName: p.FamilyName, GivenName: p.GivenName, Email: p.Email, Lang: p.Lang}
}

// CohortPerimeter is the perimeter of what belongs to a cohort.
func CohortPerimeter(code string) identity.Perimeter {
	return identity.Perimeter{Kind: identity.KindCohort, Key: code}
}
