package student

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student/queries"
)

// UndoDays is for how long a merge can be undone.
const UndoDays = 30

// A Difference is a field in which two records of a person differ.
type Difference struct {
	Field     string // its name in forms; in the catalogues under "reference.field."
	Kept      string
	Dropped   string
	Suggested bool // to be taken from the dropped record: the kept one has nothing there
}

// A MergePreview is what a merge would do, before it is done.
type MergePreview struct {
	Kept, Dropped Student
	Differences   []Difference
	Cohorts       []Membership       // that the kept record gains
	Overruled     []Membership       // of the dropped record, in a year in which the kept one has another
	Closes        []identity.Account // the accounts of the dropped record's person that would be closed
}

// A Merge is a line of the journal of merges.
type Merge struct {
	PublicID      string
	Kept, Dropped Student  // as they stand now
	Taken         []string // the fields that were copied from the dropped record
	Reason        string
	At            time.Time
	By            string
	UndoneAt      time.Time // zero: in force
	UndoneBy      string
}

// UndoableUntil returns the instant from which the merge cannot be undone.
func (m Merge) UndoableUntil() time.Time { return m.At.AddDate(0, 0, UndoDays) }

// Undoable reports whether the merge is in force and can still be undone.
func (m Merge) Undoable(now time.Time) bool {
	return m.UndoneAt.IsZero() && now.Before(m.UndoableUntil())
}

// copied is what a merge wrote elsewhere than in merged_into, for its undoing.
type copied struct {
	Fields map[string]change `json:"fields"`
	Closed bool              `json:"closed"` // the dropped record's person had open accounts
}

type change struct{ Before, After string }

type mergeField struct {
	name string
	get  func(Student) string
	set  func(*Student, string)
}

// mergeFields are the fields that a merge may copy, in the order of the form.
// An INE goes with its kind.
var mergeFields = []mergeField{
	{"family_name", func(s Student) string { return s.Person.FamilyName }, func(s *Student, v string) { s.Person.FamilyName = v }},
	{"given_name", func(s Student) string { return s.Person.GivenName }, func(s *Student, v string) { s.Person.GivenName = v }},
	{"email", func(s Student) string { return s.Person.Email }, func(s *Student, v string) { s.Person.Email = v }},
	{"number", func(s Student) string { return s.Number }, func(s *Student, v string) { s.Number = v }},
	{"ine", func(s Student) string { return strings.TrimSpace(s.INE + " " + string(s.INEKind)) }, func(s *Student, v string) {
		ine, kind, _ := strings.Cut(v, " ")
		s.INE, s.INEKind = ine, reference.INEKind(kind)
	}},
	{"birth_date", func(s Student) string { return string(s.BirthDate) }, func(s *Student, v string) { s.BirthDate = reference.Date(v) }},
	{"level", func(s Student) string { return s.Level.Code }, func(s *Student, v string) { s.Level = reference.Ref{Code: v} }},
	{"faculty", func(s Student) string { return s.Faculty.Code }, func(s *Student, v string) { s.Faculty = reference.Ref{Code: v} }},
}

// PreviewMerge tells what merging one record into another would do.
func PreviewMerge(ctx context.Context, tx *store.Tx, actor identity.Actor, keep, drop string) (MergePreview, error) {
	kept, dropped, err := pair(ctx, tx, actor, keep, drop)
	if err != nil {
		return MergePreview{}, err
	}
	p := MergePreview{Kept: kept, Dropped: dropped}
	for _, f := range mergeFields {
		if k, d := f.get(kept), f.get(dropped); k != d {
			p.Differences = append(p.Differences, Difference{f.name, k, d, k == ""})
		}
	}
	after := joined(slices.Clone(kept.Cohorts), dropped.Cohorts)
	p.Cohorts = after[len(kept.Cohorts):]
	for _, m := range dropped.Cohorts {
		if !slices.ContainsFunc(after, func(a Membership) bool { return a.Cohort.ID == m.Cohort.ID }) {
			p.Overruled = append(p.Overruled, m)
		}
	}
	accounts, err := identity.AccountsOfPerson(ctx, tx, dropped.Person.ID)
	p.Closes = slices.DeleteFunc(accounts, func(a identity.Account) bool { return !a.Disabled.IsZero() })
	return p, err
}

// A MergeForm asks for a merge: the public id of the record to keep and of the one
// to merge into it, the fields to take from the latter, and why.
type MergeForm struct {
	Keep, Drop string
	Take       []string
	Reason     string
}

// MergeStudents merges a record into another, closes the accounts of its person,
// and returns the public id of the merge, by which it can be undone.
func MergeStudents(ctx context.Context, db *store.DB, actor identity.Actor, f MergeForm) (publicID string, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
		publicID, err = mergeStudents(ctx, tx, actor, f)
		return err
	})
	return publicID, err
}

func mergeStudents(ctx context.Context, tx *store.Tx, actor identity.Actor, f MergeForm) (string, error) {
	kept, dropped, err := lockPair(ctx, tx, actor, f.Keep, f.Drop)
	if err != nil {
		return "", err
	}
	if err := checkMerge(&f); err != nil {
		return "", err
	}
	q := queries.New(tx)
	into := queries.SetMergedIntoParams{ID: dropped.ID, MergedInto: reference.KeyOrNull(kept.ID), ChangedAt: store.At(tx.Now), ChangedBy: actor.Author()}
	if n, err := q.SetMergedInto(ctx, into); err != nil || n == 0 {
		return "", fmt.Errorf("merge student %d: %d rows, %w", dropped.ID, n, err)
	}
	if err := stands(ctx, tx, kept.ID); err != nil {
		return "", err
	}
	after, journal, err := take(ctx, tx, actor, kept, dropped, f.Take)
	if err != nil {
		return "", err
	}
	if err := compareAll(ctx, tx, []Student{after}, []int64{kept.ID, dropped.ID}); err != nil {
		return "", err
	}
	if journal.Closed, err = identity.SetDisabled(ctx, tx, dropped.Person.ID, true); err != nil {
		return "", err
	}
	wrote, err := json.Marshal(journal)
	if err != nil {
		return "", fmt.Errorf("merge students: %w", err)
	}
	publicID := uuid.NewString()
	_, err = q.AddMerge(ctx, queries.AddMergeParams{
		PublicID: publicID, KeptID: kept.ID, DroppedID: dropped.ID, Copied: string(wrote), Reason: f.Reason,
		MergedAt: store.At(tx.Now), MergedBy: actor.Author(),
	})
	if err != nil {
		return "", fmt.Errorf("write merge: %w", err)
	}
	return publicID, audit.Record(ctx, tx, audit.Entry{
		Who: actor.Who(), Action: "student.merged", Args: map[string]any{"student": kept.Name(), "number": orDash(kept.Number), "dropped": orDash(dropped.Number)},
		Kind: "student", Object: kept.PublicID, Before: dropped.log(), After: journal, Reason: f.Reason,
	})
}

func checkMerge(f *MergeForm) error {
	var form fault.Form
	f.Reason = strings.TrimSpace(f.Reason)
	if f.Reason == "" {
		form.Wrong("reason", "form.reason")
	}
	for _, name := range f.Take {
		if !slices.ContainsFunc(mergeFields, func(m mergeField) bool { return m.name == name }) {
			form.Wrong("take", "form.choice", "found", name)
		}
	}
	return form.Err()
}

// take copies fields from the dropped record to the kept one, and returns what that is
// then and what was there before.
func take(ctx context.Context, tx *store.Tx, actor identity.Actor, kept, dropped Student, names []string) (Student, copied, error) {
	journal := copied{Fields: map[string]change{}}
	after := kept
	for _, f := range mergeFields {
		if k, d := f.get(kept), f.get(dropped); slices.Contains(names, f.name) && k != d {
			f.set(&after, d)
			journal.Fields[f.name] = change{k, d}
		}
	}
	if len(journal.Fields) == 0 {
		return after, journal, nil
	}
	// Nobody else has the number of the dropped record.
	if err := checkStudent(ctx, tx, &after, nil); err != nil {
		return after, journal, err
	}
	return after, journal, writeChange(ctx, tx, actor, kept, &after)
}

// MergesOf returns the merges of a record, the latest first, that the actor may
// undo or could have made.
func MergesOf(ctx context.Context, tx *store.Tx, actor identity.Actor, s Student) ([]Merge, error) {
	rows, err := queries.New(tx).MergesOf(ctx, s.ID)
	if err != nil {
		return nil, fmt.Errorf("read merges: %w", err)
	}
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.KeptID, r.DroppedID)
	}
	students := map[int64]Student{}
	for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), mostNamed) {
		found, err := read(ctx, tx, store.In("s.id", some))
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			students[s.ID] = s
		}
	}
	var merges []Merge
	for _, r := range rows {
		m, err := mergeOf(r, students[r.KeptID], students[r.DroppedID])
		if err != nil {
			return nil, err
		}
		if actor.Can(RightMerge, m.Kept.Perimeters()...) {
			merges = append(merges, m)
		}
	}
	return merges, nil
}

func mergeOf(r queries.StudentMerge, kept, dropped Student) (Merge, error) {
	var journal copied
	if err := json.Unmarshal([]byte(r.Copied), &journal); err != nil {
		return Merge{}, fmt.Errorf("read merge %d: %w", r.ID, err)
	}
	m := Merge{
		PublicID: r.PublicID, Kept: kept, Dropped: dropped, Reason: r.Reason,
		At: r.MergedAt.Time, By: r.MergedBy, UndoneAt: r.UndoneAt.OrZero(), UndoneBy: r.UndoneBy,
	}
	for _, f := range mergeFields {
		if _, taken := journal.Fields[f.name]; taken {
			m.Taken = append(m.Taken, f.name)
		}
	}
	return m, nil
}

// UndoMerge makes two records of one again, for [UndoDays] days. What was copied is
// put back, but for fields that somebody has changed since; the accounts that were
// closed are open again.
func UndoMerge(ctx context.Context, db *store.DB, actor identity.Actor, publicID, reason string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := reference.Lock(ctx, tx); err != nil {
			return err
		}
		if !actor.CanSomewhere(RightMerge) {
			return identity.Missing(RightMerge)
		}
		q := queries.New(tx)
		row, err := q.MergeByPublicID(ctx, publicID)
		if errors.Is(err, sql.ErrNoRows) {
			return reference.Unknown("merge")
		}
		if err != nil {
			return fmt.Errorf("read merge: %w", err)
		}
		kept, dropped, err := mergedPair(ctx, tx, row)
		if err != nil {
			return err
		}
		if !actor.Can(RightView, kept.Perimeters()...) {
			return reference.Unknown("merge")
		}
		if err := actor.Require(RightMerge, kept.Perimeters()...); err != nil {
			return err
		}
		m, err := mergeOf(row, kept, dropped)
		if err != nil {
			return err
		}
		if err := checkUndo(m, reason, tx.Now); err != nil {
			return err
		}
		return undoMerge(ctx, tx, actor, row, m, reason)
	})
}

func checkUndo(m Merge, reason string, now time.Time) error {
	switch {
	case !m.UndoneAt.IsZero():
		return fault.New(fault.Conflict, "reference.merge.undone", "by", m.UndoneBy, "at", m.UndoneAt)
	case !m.Undoable(now):
		return fault.New(fault.Closed, "reference.merge.late", "at", m.At, "days", UndoDays)
	case strings.TrimSpace(reason) == "":
		return noReason()
	}
	return nil
}

func undoMerge(ctx context.Context, tx *store.Tx, actor identity.Actor, row queries.StudentMerge, m Merge, reason string) error {
	var journal copied
	if err := json.Unmarshal([]byte(row.Copied), &journal); err != nil {
		return fmt.Errorf("read merge %d: %w", row.ID, err)
	}
	after := m.Kept
	for _, f := range mergeFields {
		if c, ok := journal.Fields[f.name]; ok && f.get(after) == c.After {
			f.set(&after, c.Before)
		}
	}
	if after.log() != m.Kept.log() {
		if err := checkAlone(ctx, tx, &after); err != nil {
			return err
		}
		if err := writeChange(ctx, tx, actor, m.Kept, &after); err != nil {
			return err
		}
	}
	q := queries.New(tx)
	_, err := q.ClearMergedInto(ctx, queries.ClearMergedIntoParams{
		ID: row.DroppedID, MergedInto: reference.KeyOrNull(row.KeptID), ChangedAt: store.At(tx.Now), ChangedBy: actor.Author(),
	})
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "reference.merge.number", "number", m.Dropped.Number).Because(err)
	}
	if err != nil {
		return fmt.Errorf("undo merge: %w", err)
	}
	if err := stands(ctx, tx, row.DroppedID); err != nil {
		return err
	}
	parted := m.Dropped
	parted.MergedInto = 0
	if err := compareAll(ctx, tx, []Student{after, parted}, []int64{row.KeptID, row.DroppedID}); err != nil {
		return err
	}
	if journal.Closed {
		if _, err := identity.SetDisabled(ctx, tx, m.Dropped.Person.ID, false); err != nil {
			return err
		}
	}
	if _, err := q.EndMerge(ctx, queries.EndMergeParams{ID: row.ID, UndoneAt: store.AtOrNil(tx.Now), UndoneBy: actor.Author()}); err != nil {
		return fmt.Errorf("undo merge: %w", err)
	}
	return audit.Record(ctx, tx, audit.Entry{
		Who: actor.Who(), Action: "student.merge-undone", Args: map[string]any{"student": m.Kept.Name(), "number": orDash(m.Kept.Number), "dropped": orDash(m.Dropped.Number)},
		Kind: "student", Object: m.Kept.PublicID, Before: journal, Reason: reason,
	})
}

// lockPair is pair, with nobody else changing students until the transaction ends.
func lockPair(ctx context.Context, tx *store.Tx, actor identity.Actor, keep, drop string) (kept, dropped Student, err error) {
	if err := reference.Lock(ctx, tx); err != nil {
		return kept, dropped, err
	}
	return pair(ctx, tx, actor, keep, drop)
}

// pair returns two records that stand for themselves and that the actor may merge.
func pair(ctx context.Context, tx *store.Tx, actor identity.Actor, keep, drop string) (kept, dropped Student, err error) {
	found, err := read(ctx, tx, store.In("s.public_id", []string{keep, drop}))
	if err != nil {
		return kept, dropped, err
	}
	if kept, err = standing(ctx, tx, actor, keep, found); err != nil {
		return kept, dropped, err
	}
	if dropped, err = standing(ctx, tx, actor, drop, found); err != nil {
		return kept, dropped, err
	}
	if kept.ID == dropped.ID {
		return kept, dropped, fault.New(fault.Invalid, "reference.merge.self", "student", kept.Name())
	}
	return kept, dropped, nil
}

// standing returns a record of those found that was not merged and that the actor may
// merge.
func standing(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string, found []Student) (Student, error) {
	i := slices.IndexFunc(found, func(s Student) bool { return s.PublicID == publicID })
	if i < 0 {
		return Student{}, reference.Unknown("student")
	}
	student := found[i]
	if student.MergedInto != 0 {
		var err error
		if student, err = ByID(ctx, tx, student.ID); err != nil {
			return Student{}, err
		}
	}
	if err := student.require(actor, RightMerge); err != nil {
		return Student{}, err
	}
	if student.PublicID != publicID {
		return Student{}, fault.New(fault.Conflict, "reference.merge.gone", "student", student.Name())
	}
	return student, nil
}

// mergedPair returns both records of a merge, as they stand by themselves.
func mergedPair(ctx context.Context, tx *store.Tx, row queries.StudentMerge) (kept, dropped Student, err error) {
	students, err := read(ctx, tx, store.In("s.id", []int64{row.KeptID, row.DroppedID}))
	for _, s := range students {
		switch s.ID {
		case row.KeptID:
			kept = s
		case row.DroppedID:
			dropped = s
		}
	}
	return kept, dropped, err
}

// stands keeps that a record stands for itself and for those merged into it, whatever
// was merged into those.
func stands(ctx context.Context, tx *store.Tx, id int64) error {
	const update = "UPDATE student_student SET canonical_id = NULLIF(CAST($1 AS BIGINT), id) WHERE id IN (" +
		"WITH RECURSIVE same (id) AS (SELECT CAST($1 AS BIGINT) UNION SELECT s.id FROM student_student s JOIN same ON s.merged_into = same.id) SELECT id FROM same)"
	tx.Forget(canonicalKey{})
	if _, err := tx.ExecContext(ctx, update, id); err != nil {
		return fmt.Errorf("keep for whom student %d stands: %w", id, err)
	}
	return nil
}
