package student

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

// What owners on higher floors join to the tables of students: only the owner of a
// table writes its name (ADR 14).
const (
	// From is where the records of students are read from: s is the record, p the
	// person. Conditions of [Where] name them so.
	From = "student_student s " + identity.JoinPerson + "s.person_id"

	// JoinRecord is followed by the key of a record, r.
	JoinRecord = "JOIN student_student r ON r.id = "

	// Now is the key of the record that stands for the person of r now.
	Now = "COALESCE(r.canonical_id, r.id)"

	// JoinCohortRow is followed by the key of a cohort: its row is k.
	JoinCohortRow = "JOIN student_cohort k ON k.id = "

	// FromMember is where memberships are read from: m is the membership, r the record
	// that it was written for. Those of which another record of the same person says
	// otherwise for that year are among them: see [Counts].
	FromMember = "student_member m " + JoinRecord + "m.student_id"

	// Counts is the condition that a membership of [FromMember] holds for the person: a
	// record merged into another only adds to it the years in which that one has none.
	Counts = "(r.canonical_id IS NULL OR NOT EXISTS (SELECT 1 FROM student_student e JOIN student_member o ON o.student_id = e.id" +
		" WHERE o.year_id = m.year_id AND (e.id = r.canonical_id OR (e.canonical_id = r.canonical_id AND e.id < r.id))))"

	// Members selects the keys of the records that stand now for those who are in a
	// cohort; it is followed by a condition on m.cohort_id.
	Members = "SELECT " + Now + " FROM " + FromMember + " WHERE " + Counts + " AND "

	// RecordsOfPerson selects the keys of all records of the person with the key $1:
	// the one that stands now and those merged into it.
	RecordsOfPerson = "SELECT COALESCE(s.canonical_id, s.id) FROM student_student s WHERE s.person_id = $1" +
		" UNION ALL SELECT r.id FROM student_student r WHERE r.canonical_id IN" +
		" (SELECT COALESCE(s.canonical_id, s.id) FROM student_student s WHERE s.person_id = $1)"

	numbered = " FROM student_student f WHERE f.number >= upper($1) AND f.number < upper($2)"
	withINE  = " FROM student_student f WHERE f.ine >= upper($1) AND f.ine < upper($2)"

	hasNumber = "s.number >= upper($1) AND s.number < upper($2)"
	hasINE    = "s.ine >= upper($1) AND s.ine < upper($2)"

	// MergedPeople selects the keys of the records into which others were merged.
	MergedPeople = "SELECT g.canonical_id FROM student_student g WHERE g.canonical_id IS NOT NULL"
)

// Words are where the words of a record are looked for, a row of [From], by s.id: number,
// INE, name and e-mail address of the person. What a row tells by itself comes first, so
// that databases need not look further. The conditions speak of both tables, so that
// SQLite does not begin with the records for them.
var Words = store.Words{
	{Having: "SELECT f.id" + numbered, Has: hasNumber},
	{Having: "SELECT f.id" + withINE, Has: hasINE},
	{Having: "SELECT f.id FROM student_student f WHERE f.person_id IN (" + identity.HavingWord + ")", Has: identity.HasWord("p.id")},
}

// RecordWords are [Words] for tables that keep the record for which they were written, by
// an expression for its key, where the row of [From] is the one that stands for it now: it
// is found by the words of either.
func RecordWords(record string) store.Words {
	words := make(store.Words, len(Words))
	for i, p := range Words {
		words[i] = store.Place{
			Having: p.Having + " UNION ALL SELECT y.id FROM student_student y WHERE y.canonical_id IN (" + p.Having + ")",
			Has:    "(" + p.Has + " OR " + record + " <> s.id AND " + record + " IN (" + p.Having + "))",
		}
	}
	return words
}

// SameRecords selects the keys of all records of a person: key is that of the record
// that stands for the person now.
func SameRecords(key string) string {
	return "SELECT a.id FROM student_student a WHERE a.id = " + key + " OR a.canonical_id = " + key
}

// InCohorts is the SQL that a person is in one of some cohorts: key is that of the record
// that stands for the person now, cohorts a table with a row for each of these, cohort
// what of that row is the key of a cohort, after what holds of it. None has a name of a,
// g, m or o.
func InCohorts(key, cohorts, cohort string) string {
	in := "EXISTS (SELECT 1 FROM student_member m CROSS JOIN " + cohorts + " WHERE " + cohort + " = m.cohort_id AND m.student_id "
	return "CASE WHEN " + key + " IN (" + MergedPeople + ") THEN " + in + "IN (" + SameRecords(key) + ")" +
		" AND NOT EXISTS (SELECT 1 FROM student_member o WHERE o.year_id = m.year_id AND o.student_id <> m.student_id AND o.student_id IN (" + SameRecords(key) + ")" +
		" AND (o.student_id = " + key + " OR (m.student_id <> " + key + " AND o.student_id < m.student_id)))) ELSE " + in + "= " + key + ") END"
}

// SamePeople returns the condition that an expression is the key of a record of one
// of the people whose records fulfil where; an empty one holds for everybody.
func SamePeople(expression string, where store.Condition) store.Condition {
	if where.SQL == "" {
		return store.Condition{SQL: "TRUE"}
	}
	where.SQL = expression + " IN (WITH now AS MATERIALIZED (" + nowOf(where.SQL) + ") SELECT now.id FROM now " +
		"UNION ALL SELECT a.id FROM student_student a WHERE a.canonical_id IN (SELECT now.id FROM now))"
	return where
}

// nowOf selects the keys of the records that stand now for those that fulfil a
// condition.
func nowOf(where string) string {
	return "SELECT COALESCE(s.canonical_id, s.id) AS id FROM " + From + " WHERE " + where
}

// records reads the record and the person of students; level, faculty and cohorts
// are named by [read].
var records = store.List[Student]{
	Select: "s.id, s.public_id, s.number, s.ine, s.ine_kind, s.birth_date, s.level_id, s.faculty_id, s.active, s.merged_into, s.changed_at, s.changed_by, " +
		"p.id, p.public_id, p.family_name, p.given_name, p.email, p.lang, p.sort_key, p.changed_by, p.changed_at",
	From: From, ID: "s.id", Scan: scanStudent,
}

func scanStudent(row store.Row) (Student, error) {
	var s Student
	p := &s.Person
	var changed store.Time
	var into sql.NullInt64
	err := row.Scan(&s.ID, &s.PublicID, &s.Number, &s.INE, &s.INEKind, &s.BirthDate, &s.Level.ID, &s.Faculty.ID, &s.Active, &into, &changed, &s.ChangedBy,
		&p.ID, &p.PublicID, &p.FamilyName, &p.GivenName, &p.Email, &p.Lang, &p.SortKey, &p.ChangedBy, &p.ChangedAt)
	s.MergedInto, s.ChangedAt = into.Int64, changed.Time
	return s, err
}

// All returns every record, merged ones too, in the order of names, for a caller
// that has its own right to ask. However many there are, it asks the database the
// same few questions.
func All(ctx context.Context, tx *store.Tx) ([]Student, error) {
	students, err := read(ctx, tx, store.Condition{})
	sortByName(students)
	return students, err
}

// ByIDs returns the students that internal keys stand for now, by these keys. Keys
// that are no student's are left out.
func ByIDs(ctx context.Context, tx *store.Tx, ids []int64) (map[int64]Student, error) {
	found := make(map[int64]Student, len(ids))
	for chunk := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), 500) {
		some, err := Where(ctx, tx, store.In("s.id", chunk))
		if err != nil {
			return nil, err
		}
		for id, s := range some {
			found[id] = *s
		}
	}
	return found, nil
}

// Where returns the students that the records which fulfil a condition stand for
// now, by the key of each record and by their own. The condition speaks of [From].
func Where(ctx context.Context, tx *store.Tx, where store.Condition) (map[int64]*Student, error) {
	return byRecord(ctx, tx, where, read)
}

// WithoutCohorts is [Where] for who does not need the cohorts of the students: of a whole
// campaign they are as many rows again.
func WithoutCohorts(ctx context.Context, tx *store.Tx, where store.Condition) (map[int64]*Student, error) {
	return byRecord(ctx, tx, where, readRecords)
}

// byRecord is [Where], given what reads records.
func byRecord(ctx context.Context, tx *store.Tx, where store.Condition, read func(context.Context, *store.Tx, store.Condition) ([]Student, error)) (map[int64]*Student, error) {
	students, err := read(ctx, tx, where)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*Student, len(students))
	var merged []int64
	for i := range students {
		s := &students[i]
		if s.MergedInto == 0 {
			byID[s.ID] = s
		} else {
			merged = append(merged, s.ID)
		}
	}
	if len(merged) == 0 {
		return byID, nil
	}
	canonical, err := LoadCanonical(ctx, tx)
	if err != nil {
		return nil, err
	}
	var missing []int64
	for _, id := range merged {
		if _, known := byID[canonical.Of(id)]; !known {
			missing = append(missing, canonical.Of(id))
		}
	}
	for chunk := range slices.Chunk(missing, 500) {
		others, err := read(ctx, tx, store.In("s.id", chunk))
		if err != nil {
			return nil, err
		}
		for i := range others {
			byID[others[i].ID] = &others[i]
		}
	}
	for _, id := range merged {
		byID[id] = byID[canonical.Of(id)]
	}
	return byID, nil
}

// read returns the records that fulfil a condition, merged ones too, in the order
// of their keys, in a number of statements that does not grow with them.
func read(ctx context.Context, tx *store.Tx, where store.Condition) ([]Student, error) {
	students, err := readRecords(ctx, tx, where)
	if err != nil || len(students) == 0 {
		return nil, err
	}
	cohorts := make(map[int64][]Membership, len(students))
	err = eachMembership(ctx, tx, keysOf(where, students), func(id int64, m Membership) { cohorts[id] = joined(cohorts[id], []Membership{m}) })
	for i := range students {
		students[i].Cohorts = cohorts[students[i].ID]
	}
	return students, err
}

// readRecords is [read] without the cohorts.
func readRecords(ctx context.Context, tx *store.Tx, where store.Condition) ([]Student, error) {
	students, err := records.All(ctx, tx, where)
	if err != nil {
		return nil, fmt.Errorf("read students: %w", err)
	}
	if len(students) == 0 {
		return nil, nil
	}
	level, faculty, err := studentRefs(ctx, tx)
	for i := range students {
		s := &students[i]
		s.Level, s.Faculty = level[s.Level.ID], faculty[s.Faculty.ID]
	}
	return students, err
}

// mostNamed is of how many records a statement names each.
const mostNamed = 500

// keysOf returns what makes an expression one of the keys of the records that fulfil
// where: those named are these students.
func keysOf(where store.Condition, students []Student) func(expression string) store.Condition {
	switch {
	case len(students) <= mostNamed:
		ids := make([]int64, len(students))
		for i, s := range students {
			ids[i] = s.ID
		}
		return func(expression string) store.Condition { return store.In(expression, ids) }
	case where.SQL == "":
		return func(expression string) store.Condition { return store.Where(expression + " IS NOT NULL") }
	}
	return func(expression string) store.Condition {
		return store.Condition{SQL: expression + " IN (SELECT s.id FROM " + From + " WHERE " + where.SQL + ")", Args: where.Args}
	}
}

func sortByName(students []Student) {
	slices.SortFunc(students, func(a, b Student) int {
		if c := strings.Compare(a.Person.SortKey, b.Person.SortKey); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
}
