package student

import (
	"context"
	"fmt"
	"time"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// What there is to look at in a record, as lists filter by it. The first that holds
// is the one that counts.
const (
	WatchDuplicate = "twin"
	WatchLeft      = "left"
	WatchNoEmail   = "no-email"
	WatchNothing   = "fine"
)

// ListFor returns the list of students as an actor may see it, each as the record
// that stands for them now, in the order of names. [SeenBy] narrows it to those whom
// the actor may see, [Complete] names what is read of them.
func ListFor(actor identity.Actor) *store.List[Student] {
	return &store.List[Student]{
		Select: records.Select, From: From, ID: "s.person_id", Scan: scanStudent, Default: "name",
		Alone: "student_student s", Joined: "p",
		Words: store.Words{
			{Having: "SELECT f.person_id" + numbered, Has: hasNumber, Alone: hasNumber}, // in the order of [Words]
			{Having: "SELECT f.person_id" + withINE, Has: hasINE, Alone: hasINE},
			{Having: identity.HavingWord, Has: identity.HasWord("p.id"), Alone: identity.HasWord("s.person_id")},
		},
		Columns: []store.Column{
			{Key: "name", Filter: store.WordsIn("s.person_id", identity.HavingWord), Sort: store.ByText("p.sort_key")},
			{Key: "number", Filter: identifier("s.number"), Sort: store.ByText("s.number")},
			{Key: "level", Filter: one("s.level_id = (" + reference.LevelWithCode + ")")},
			{Key: "cohort", Filter: one(inCohort)},
			{Key: "email", Filter: store.Lower("p.email")},
			{Key: "watch", Filter: store.Cases(watched(actor))},
			{Key: "ine", Filter: identifier("s.ine")},
			{Key: "faculty", Filter: one("s.faculty_id = (" + reference.FacultyWithCode + ")")},
			{Key: "changed", Filter: store.Moment("s.changed_at"), Sort: store.ByMoment("s.changed_at")},
		},
	}
}

// one filters by a condition on one value.
func one(condition string) store.Filter {
	return func(asked string, _ *time.Location) store.Condition { return store.Where(condition, asked) }
}

// identifier filters by the beginning of an identifier, however it is written.
func identifier(sql string) store.Filter {
	return func(asked string, _ *time.Location) store.Condition {
		return store.Beginning(sql, reference.Normalise(asked))
	}
}

// SeenBy returns the condition that a row of [From] is a record that stands for its
// person now and lies where the actor holds a right.
func SeenBy(actor identity.Actor, right identity.Right) store.Condition {
	return store.And(store.Where("s.merged_into IS NULL"), Within(actor.Perimeters(right)))
}

// Within returns the condition that a row of [From] lies in one of these perimeters:
// what [Student.Perimeters] says of one student.
func Within(in []identity.Perimeter) store.Condition {
	var where []store.Condition
	for _, p := range in {
		switch {
		case p == identity.Everything:
			return store.Condition{}
		case p.Kind == identity.KindSelf:
			where = append(where, store.Where("p.public_id = $1", p.Key))
		case p.Kind == identity.KindFaculty:
			where = append(where, store.Where("s.faculty_id = ("+reference.FacultyWithCode+")", p.Key))
		case p.Kind == identity.KindCohort:
			where = append(where, store.Where(inCohort, p.Key))
		}
	}
	return store.Or(where...)
}

// People returns the condition that an expression is the key of a person one of
// whose records, merged or not, lies in one of these perimeters.
func People(expression string, in []identity.Perimeter) store.Condition {
	where := Within(in)
	if where.SQL == "" {
		where.SQL = "TRUE"
	}
	where.SQL = expression + " IN (SELECT s.person_id FROM " + From + " WHERE " + where.SQL + ")"
	return where
}

// inCohort is the condition that a record is in the cohort whose code is $1: itself,
// or by a record merged into it in a year in which neither it nor an earlier one of
// those has a cohort (see joined).
const inCohort = `s.id IN (
	SELECT m.student_id FROM student_cohort c JOIN student_member m ON m.cohort_id = c.id WHERE c.code = $1
	UNION ALL
	SELECT r.canonical_id FROM student_cohort c JOIN student_member m ON m.cohort_id = c.id JOIN student_student r ON r.id = m.student_id
	WHERE c.code = $1 AND r.canonical_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM student_member o WHERE o.student_id = r.canonical_id AND o.year_id = m.year_id)
		AND NOT EXISTS (SELECT 1 FROM student_student e JOIN student_member o ON o.student_id = e.id
			WHERE e.canonical_id = r.canonical_id AND e.id < r.id AND o.year_id = m.year_id))`

// watched are the conditions of what there is to look at. A duplicate counts for an
// actor who may merge both records.
func watched(actor identity.Actor) map[string]store.Condition {
	twin := duplicate(actor)
	left, email := store.Where("NOT s.active"), store.Where("p.email = ''")
	return map[string]store.Condition{
		WatchDuplicate: twin,
		WatchLeft:      store.And(store.Not(twin), left),
		WatchNoEmail:   store.And(store.Not(twin), store.Not(left), email),
		WatchNothing:   store.And(store.Not(twin), store.Not(left), store.Not(email)),
	}
}

// duplicate returns the condition that a record looks like the same person as
// another, both of which the actor may merge.
func duplicate(actor identity.Actor) store.Condition {
	mergeable := Within(actor.Perimeters(RightMerge))
	other := func(this, other string) store.Condition {
		where := store.Condition{SQL: "s.id IN (SELECT d." + this + " FROM student_duplicate d)"}
		if mergeable.SQL != "" {
			where = store.Condition{
				SQL:  "s.id IN (SELECT d." + this + " FROM student_duplicate d WHERE d." + other + " IN (SELECT s.id FROM " + From + " WHERE " + mergeable.SQL + "))",
				Args: mergeable.Args,
			}
		}
		return where
	}
	return store.And(mergeable, store.Or(other("low_id", "high_id"), other("high_id", "low_id")))
}

// Complete names the level, the faculty and the cohorts of students that stand for
// themselves, as those of a page of [ListFor].
func Complete(ctx context.Context, tx *store.Tx, students []Student) error {
	level, faculty, err := studentRefs(ctx, tx)
	if err != nil || len(students) == 0 {
		return err
	}
	at := make(map[int64]*Student, len(students))
	ids := make([]int64, len(students))
	for i := range students {
		s := &students[i]
		s.Level, s.Faculty = level[s.Level.ID], faculty[s.Faculty.ID]
		at[s.ID], ids[i] = s, s.ID
	}
	return eachMembership(ctx, tx, func(expression string) store.Condition { return store.In(expression, ids) }, func(id int64, m Membership) { at[id].Cohorts = joined(at[id].Cohorts, []Membership{m}) })
}

// eachMembership calls do with the memberships of records, then with those of the
// records merged into them, in the order in which [joined] takes them. Among makes an
// expression one of the keys of these records.
func eachMembership(ctx context.Context, tx *store.Tx, among func(expression string) store.Condition, do func(id int64, m Membership)) error {
	const named = "m.year_id, m.changed_at, m.changed_by, c.id, c.public_id, c.code, c.name FROM student_member m JOIN student_cohort c ON c.id = m.cohort_id "
	own, merged := among("m.student_id"), among("r.canonical_id")
	rows, err := tx.QueryContext(ctx, "SELECT m.student_id, 0, "+named+"WHERE "+own.SQL+
		" UNION ALL SELECT r.canonical_id, r.id, "+named+JoinRecord+"m.student_id WHERE "+merged.SQL+" ORDER BY 2, 3", own.Args...)
	if err != nil {
		return fmt.Errorf("read cohorts of students: %w", err)
	}
	defer func() { _ = rows.Close() }()
	cohorts := map[int64]reference.Ref{} // thousands of students share the words that name one
	for rows.Next() {
		var id, by, year int64
		var changed store.Time
		var who string
		var c reference.Ref
		if err := rows.Scan(&id, &by, &year, &changed, &who, &c.ID, &c.PublicID, &c.Code, &c.Name); err != nil {
			return fmt.Errorf("read cohorts of students: %w", err)
		}
		if _, known := cohorts[c.ID]; !known {
			cohorts[c.ID] = c
		}
		do(id, Membership{cohorts[c.ID], year, changed.Time, who})
	}
	return rows.Err()
}

// DuplicatesAmong returns which of these students look like the same person as
// another, as far as the actor may merge both.
func DuplicatesAmong(ctx context.Context, tx *store.Tx, actor identity.Actor, students []Student) (map[int64]bool, error) {
	ids := make([]int64, len(students))
	for i, s := range students {
		ids[i] = s.ID
	}
	found, err := records.All(ctx, tx, store.And(store.In("s.id", ids), duplicate(actor)))
	if err != nil {
		return nil, fmt.Errorf("read duplicates: %w", err)
	}
	twins := make(map[int64]bool, len(found))
	for _, s := range found {
		twins[s.ID] = true
	}
	return twins, nil
}
