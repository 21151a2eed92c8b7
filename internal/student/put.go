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
)

// An Enrolment is a student to be written, with the cohorts and the login that a
// file gives them.
type Enrolment struct {
	Student
	In    []string // the codes of all their cohorts; nil: they stay where they are
	Login string   // of a new one; empty: none
}

// Save adds a student, or changes the one with its public id. A new one is a new
// person, unless Person.ID names one that is there. The name, the e-mail address and
// the language are written to the person.
//
// A new student who looks like another is not refused: ask [FindDuplicates] before.
func Save(ctx context.Context, db *store.DB, actor identity.Actor, s Student) (saved Student, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
		saved, err = Put(ctx, tx, actor, s)
		return err
	})
	return saved, err
}

// Put is [Save] in a transaction of the caller.
func Put(ctx context.Context, tx *store.Tx, actor identity.Actor, s Student) (Student, error) {
	saved, err := PutAll(ctx, tx, actor, []Enrolment{{Student: s}})
	if item, ok := errors.AsType[*fault.Item](err); ok {
		err = item.Err
	}
	if err != nil {
		return Student{}, err
	}
	return saved[0], nil
}

// PutAll is [Put] for some students, in a number of statements that hardly grows
// with the new ones among them. A [fault.Item] says which one it refuses.
func PutAll(ctx context.Context, tx *store.Tx, actor identity.Actor, all []Enrolment) ([]Student, error) {
	if err := reference.Lock(ctx, tx); err != nil {
		return nil, err
	}
	if !actor.CanSomewhere(RightEdit) {
		return nil, identity.Missing(RightEdit)
	}
	b := &batch{actor: actor, rows: make([]row, len(all))}
	for i, e := range all {
		b.rows[i] = row{Enrolment: e}
	}
	for _, do := range []func(context.Context, *store.Tx) error{b.find, b.check, b.add, b.change, b.move, b.compare, b.record} {
		if err := do(ctx, tx); err != nil {
			return nil, err
		}
	}
	saved := make([]Student, len(b.rows))
	for i, r := range b.rows {
		saved[i] = r.Student
	}
	return saved, nil
}

// A batch is students that are written together.
type batch struct {
	actor identity.Actor
	rows  []row
}

// A row is one student of a batch.
type row struct {
	Enrolment
	before  *Student // nil: a new one
	same    bool     // nothing of the record changes
	entries []audit.Entry
}

// each does something with every student that there is something to do with, and
// says which one it was refused for.
func (b *batch) each(do func(*row) error) error {
	for i := range b.rows {
		if err := do(&b.rows[i]); err != nil {
			return &fault.Item{Index: i, Err: err}
		}
	}
	return nil
}

// find reads what stands there of those that are not new.
func (b *batch) find(ctx context.Context, tx *store.Tx) error {
	var ids []string
	for _, r := range b.rows {
		if r.PublicID != "" {
			ids = append(ids, r.PublicID)
		}
	}
	stands := map[string]Student{}
	for some := range slices.Chunk(ids, 500) {
		found, err := read(ctx, tx, store.In("s.public_id", some))
		if err != nil {
			return err
		}
		for _, s := range found {
			stands[s.PublicID] = s
		}
	}
	return b.each(func(r *row) error {
		if r.PublicID == "" {
			r.Student = Student{
				Person: r.Person, Number: r.Number, INE: r.INE, INEKind: r.INEKind, BirthDate: r.BirthDate,
				Level: r.Level, Faculty: r.Faculty, Active: r.Active,
			}
			return nil
		}
		before, there := stands[r.PublicID]
		if !there {
			return reference.Unknown("student")
		}
		return r.changes(ctx, tx, b.actor, before)
	})
}

// changes makes r a change of a record that the actor may change, which must stand
// for its person.
func (r *row) changes(ctx context.Context, tx *store.Tx, actor identity.Actor, before Student) error {
	if before.MergedInto != 0 {
		now, err := ByPublicID(ctx, tx, before.PublicID)
		if err != nil {
			return err
		}
		if err := now.require(actor, RightEdit); err != nil {
			return err
		}
		return fault.New(fault.Conflict, "reference.merge.gone", "student", now.Name())
	}
	if err := before.require(actor, RightEdit); err != nil {
		return err
	}
	if err := reference.CheckSeen(before.Stamp, r.Stamp); err != nil {
		return err
	}
	r.before = &before
	r.ID, r.Cohorts, r.MergedInto = before.ID, before.Cohorts, 0
	r.Person.ID, r.Person.PublicID = before.Person.ID, before.Person.PublicID
	return nil
}

// check cleans what was entered and refuses what is wrong.
func (b *batch) check(ctx context.Context, tx *store.Tx) error {
	numbers := make([]string, 0, len(b.rows))
	for i := range b.rows {
		numbers = append(numbers, reference.Normalise(b.rows[i].Number))
	}
	holders, err := withNumbers(ctx, tx, numbers)
	if err != nil {
		return err
	}
	return b.each(func(r *row) error {
		if err := checkStudent(ctx, tx, &r.Student, holders); err != nil {
			return err
		}
		if r.Number != "" && r.ID == 0 {
			holders[r.Number] = r.Student // for the others of the batch
		}
		if err := b.actor.Require(RightEdit, r.Perimeters()...); err != nil {
			return err
		}
		r.same = r.before != nil && r.before.log() == r.log()
		return nil
	})
}

// withNumbers returns who has some numbers, by number.
func withNumbers(ctx context.Context, tx *store.Tx, numbers []string) (map[string]Student, error) {
	numbers = slices.DeleteFunc(slices.Clone(numbers), func(n string) bool { return n == "" })
	holders := make(map[string]Student, len(numbers))
	for some := range slices.Chunk(numbers, 500) {
		found, err := records.All(ctx, tx, store.And(store.In("s.number", some), store.Where("s.number <> '' AND s.merged_into IS NULL")))
		if err != nil {
			return nil, fmt.Errorf("read who has a number: %w", err)
		}
		for _, s := range found {
			holders[s.Number] = s
		}
	}
	return holders, nil
}

var studentColumns = []string{
	"public_id", "person_id", "number", "ine", "ine_kind", "birth_date", "level_id", "faculty_id", "active", "changed_at", "changed_by", "name_key",
}

// add writes the new ones.
func (b *batch) add(ctx context.Context, tx *store.Tx) error {
	if err := b.addPeople(ctx, tx); err != nil {
		return err
	}
	var rows [][]any
	for i := range b.rows {
		r := &b.rows[i]
		if r.before != nil {
			continue
		}
		r.Stamp = reference.Stamp{PublicID: uuid.NewString(), ChangedAt: tx.Now, ChangedBy: b.actor.Author()}
		rows = append(rows, []any{
			r.PublicID, r.Person.ID, r.Number, r.INE, string(r.INEKind), string(r.BirthDate), r.Level.ID, r.Faculty.ID, r.Active,
			store.At(r.ChangedAt), r.ChangedBy, nameKey(r.Student),
		})
		r.note("student.created", nil)
	}
	keys, err := store.AddNamedRows(ctx, tx, "student_student", studentColumns, rows)
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "reference.student.person", "person", b.rows[0].Name()).Because(err)
	}
	for i := range b.rows {
		if b.rows[i].before == nil {
			b.rows[i].ID = keys[b.rows[i].PublicID]
		}
	}
	return err
}

// note adds a line about the record to the log.
func (r *row) note(action string, before any) {
	r.entries = append(r.entries, audit.Entry{
		Action: action, Args: map[string]any{"student": r.Name()}, Kind: "student", Object: r.PublicID, Before: before, After: r.log(),
	})
}

// addPeople adds the people whom new students are, or changes those who are there.
func (b *batch) addPeople(ctx context.Context, tx *store.Tx) error {
	var added []identity.NewPerson
	var of []int
	for i := range b.rows {
		r := &b.rows[i]
		switch {
		case r.before != nil:
		case r.Person.ID == 0:
			p := identity.NewPerson{PersonForm: personForm(r.Person), Login: r.Login}
			if r.Login != "" {
				p.Role = identity.RoleStudent
			}
			added, of = append(added, p), append(of, i)
		default:
			before, err := identity.PersonByID(ctx, tx, r.Person.ID)
			if err == nil {
				r.Person, err = identity.UpdatePerson(ctx, tx, b.actor.Author(), before, personForm(r.Person))
			}
			if err != nil {
				return &fault.Item{Index: i, Err: err}
			}
		}
	}
	people, err := identity.AddPeople(ctx, tx, b.actor.Author(), added)
	if err != nil {
		taken, is := errors.AsType[*fault.Error](err)
		at := slices.IndexFunc(added, func(p identity.NewPerson) bool { return is && p.Login != "" && p.Login == taken.Args["login"] })
		if at >= 0 {
			err = &fault.Item{Index: of[at], Err: err}
		}
		return err
	}
	for n, i := range of {
		b.rows[i].Person = people[n]
	}
	return nil
}

// change writes those that were there and are otherwise now.
func (b *batch) change(ctx context.Context, tx *store.Tx) error {
	return b.each(func(r *row) error {
		switch {
		case r.before == nil:
			return nil
		case r.same:
			r.Student = *r.before
			return nil
		}
		if err := writeChange(ctx, tx, b.actor, *r.before, &r.Student); err != nil {
			return err
		}
		r.note("student.changed", r.before.log())
		return nil
	})
}

// writeChange writes the record and the person of a student.
func writeChange(ctx context.Context, tx *store.Tx, actor identity.Actor, before Student, s *Student) error {
	person := before.Person
	if personForm(before.Person) != personForm(s.Person) {
		var err error
		if person, err = identity.UpdatePerson(ctx, tx, actor.Author(), before.Person, personForm(s.Person)); err != nil {
			return err
		}
	}
	s.Person, s.ChangedAt, s.ChangedBy = person, tx.Now, actor.Author()
	err := queries.New(tx).ChangeStudent(ctx, queries.ChangeStudentParams{
		ID: s.ID, Number: s.Number, Ine: s.INE, IneKind: string(s.INEKind), BirthDate: string(s.BirthDate),
		LevelID: s.Level.ID, FacultyID: s.Faculty.ID, Active: s.Active,
		ChangedAt: store.At(s.ChangedAt), ChangedBy: s.ChangedBy, NameKey: sql.NullString{String: nameKey(*s), Valid: true},
	})
	if err != nil {
		return fmt.Errorf("change student: %w", err)
	}
	return nil
}

// move makes each a member of the cohorts that are theirs, and of no other.
func (b *batch) move(ctx context.Context, tx *store.Tx) error {
	if !slices.ContainsFunc(b.rows, func(r row) bool { return r.In != nil }) {
		return nil
	}
	cohorts, err := AllCohorts(ctx, tx)
	if err != nil {
		return err
	}
	byCode := make(map[string]Cohort, len(cohorts))
	for _, c := range cohorts {
		byCode[c.Code] = c
	}
	m := moves{actor: b.actor, cohorts: byCode, left: map[int64][]int64{}}
	err = b.each(func(r *row) error {
		if r.In == nil {
			return nil
		}
		return m.plan(ctx, tx, r)
	})
	if err != nil {
		return err
	}
	return m.write(ctx, tx)
}

// compare finds who looks like those that were written.
func (b *batch) compare(ctx context.Context, tx *store.Tx) error {
	var written []Student
	var again []int64
	for _, r := range b.rows {
		if r.same {
			continue
		}
		written = append(written, r.Student)
		if r.before != nil {
			again = append(again, r.ID)
		}
	}
	return compareAll(ctx, tx, written, again)
}

// record writes the log.
func (b *batch) record(ctx context.Context, tx *store.Tx) error {
	var all []audit.Entry
	for _, r := range b.rows {
		for _, e := range r.entries {
			e.Who = b.actor.Who()
			all = append(all, e)
		}
	}
	return audit.RecordAll(ctx, tx, all)
}

// Drop removes a record added by mistake, with its memberships and the person, in a
// transaction of the caller: an import that is undone. It refuses one that something
// else refers to.
func Drop(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) error {
	s, err := ByPublicID(ctx, tx, publicID)
	if err != nil {
		return err
	}
	err = DropAll(ctx, tx, actor, []Student{s})
	if store.IsInUse(err) {
		return fault.New(fault.Conflict, "reference.in-use", "name", s.Name()).Because(err)
	}
	return err
}

// DropAll is [Drop] for some students as they stand. The error is one of
// [store.IsInUse] if something refers to one of them.
func DropAll(ctx context.Context, tx *store.Tx, actor identity.Actor, students []Student) error {
	if err := reference.Lock(ctx, tx); err != nil {
		return err
	}
	entries := make([]audit.Entry, len(students))
	ids, people := make([]int64, len(students)), make([]int64, len(students))
	for i, s := range students {
		if err := s.require(actor, RightEdit); err != nil {
			return &fault.Item{Index: i, Err: err}
		}
		ids[i], people[i] = s.ID, s.Person.ID
		entries[i] = audit.Entry{
			Who: actor.Who(), Action: "student.removed", Args: map[string]any{"student": s.Name()},
			Kind: "student", Object: s.PublicID, Before: s.log(),
		}
	}
	for some := range slices.Chunk(ids, 500) {
		if err := removeDuplicates(ctx, tx, some); err != nil {
			return err
		}
		for _, from := range []string{"student_member WHERE student_id", "student_student WHERE id"} {
			where := store.In("", some)
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+from+where.SQL, where.Args...); err != nil {
				return fmt.Errorf("remove students: %w", err)
			}
		}
	}
	if err := identity.RemovePeople(ctx, tx, people); err != nil {
		return err
	}
	return audit.RecordAll(ctx, tx, entries)
}
