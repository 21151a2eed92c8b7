package student

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student/queries"
)

// sharing returns the condition that a record shares something with one that it
// is compared with: so no record is compared with all others.
func sharing(s Student) store.Condition {
	shared := []store.Condition{store.Where("s.id IN (SELECT o.id FROM student_student o WHERE o.name_key = $1)", nameKey(s))}
	add := func(value, sql string) {
		if value != "" {
			shared = append(shared, store.Where("s.id IN ("+sql+")", value))
		}
	}
	add(s.INE, "SELECT o.id FROM student_student o WHERE o.ine = $1")
	add(strings.TrimLeft(s.Number, "0"), "SELECT o.id FROM student_student o WHERE ltrim(o.number, '0') = $1")
	add(string(s.BirthDate), "SELECT o.id FROM student_student o WHERE o.birth_date = $1")
	add(s.Person.Email, "SELECT o.id FROM student_student o WHERE o.person_id IN ("+identity.WithEmail+")")
	return store.And(store.Where("s.merged_into IS NULL AND s.id <> $1", s.ID), store.Or(shared...))
}

// compare finds the records that look like the same person as one that was
// written, and keeps the pairs. Those declared to be two people are none.
func compare(ctx context.Context, tx *store.Tx, s Student) error {
	if s.MergedInto != 0 {
		return nil
	}
	others, err := records.All(ctx, tx, sharing(s))
	if err != nil {
		return fmt.Errorf("compare students: %w", err)
	}
	q := queries.New(tx)
	var distinct []queries.DistinctFromRow
	if len(others) > 0 {
		if distinct, err = q.DistinctFrom(ctx, s.ID); err != nil {
			return fmt.Errorf("read distinct students: %w", err)
		}
	}
	for _, other := range others {
		low, high := s, other
		if low.ID > high.ID {
			low, high = high, low
		}
		why := matchReasons(low, high)
		if len(why) == 0 || slices.Contains(distinct, queries.DistinctFromRow{LowID: low.ID, HighID: high.ID}) {
			continue
		}
		if err := q.AddDuplicate(ctx, queries.AddDuplicateParams{LowID: low.ID, HighID: high.ID, Why: joinReasons(why)}); err != nil {
			return fmt.Errorf("add duplicates: %w", err)
		}
	}
	return nil
}

// compareAgain is [compare] for a record that was compared before.
func compareAgain(ctx context.Context, tx *store.Tx, s Student) error {
	if err := queries.New(tx).RemoveDuplicates(ctx, s.ID); err != nil {
		return fmt.Errorf("remove duplicates: %w", err)
	}
	return compare(ctx, tx, s)
}

// CompareKind is the background work that compares records which were written
// without being compared: before an upgrade, or by a change of the person alone.
const CompareKind = "student.compare"

const compareBatch = 50

// CompareDue compares the records that are to be compared, some in each
// transaction, and returns how many there were.
func CompareDue(ctx context.Context, db *store.DB) (int, error) {
	compared := 0
	for {
		due, err := store.Get(ctx, db, func(tx *store.Tx) ([]int64, error) { return queries.New(tx).ToCompare(ctx, compareBatch) })
		if err != nil || len(due) == 0 {
			return compared, err
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			students, err := records.All(ctx, tx, store.And(store.In("s.id", due), store.Where("s.name_key IS NULL")))
			if err != nil {
				return fmt.Errorf("read students: %w", err)
			}
			for _, s := range students {
				key := queries.SetNameKeyParams{ID: s.ID, NameKey: sql.NullString{String: nameKey(s), Valid: true}}
				if err := queries.New(tx).SetNameKey(ctx, key); err != nil {
					return fmt.Errorf("set name key: %w", err)
				}
				if err := compareAgain(ctx, tx, s); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return compared, err
		}
		compared += len(due)
	}
}

// ChangePerson is [identity.ChangePerson]; if the person is a student, the record
// is compared again.
func ChangePerson(ctx context.Context, db *store.DB, actor identity.Actor, publicID string, f identity.PersonForm) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		person, err := identity.PutPerson(ctx, tx, actor, publicID, f)
		if err != nil {
			return err
		}
		if err := queries.New(tx).CompareAgain(ctx, person.ID); err != nil {
			return fmt.Errorf("compare again: %w", err)
		}
		return nil
	})
}

// A likePair is two records that look like one person, by their keys.
type likePair struct {
	low, high int64
	why       []MatchReason
}

// pairs returns the pairs that fulfil a condition on d, a row of student_duplicate.
func pairs(ctx context.Context, tx *store.Tx, where store.Condition) ([]likePair, error) {
	if where.SQL != "" {
		where.SQL = " WHERE " + where.SQL
	}
	rows, err := tx.QueryContext(ctx, "SELECT d.low_id, d.high_id, d.why FROM student_duplicate d"+where.SQL+" ORDER BY d.low_id, d.high_id", where.Args...)
	if err != nil {
		return nil, fmt.Errorf("read duplicates: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var found []likePair
	for rows.Next() {
		var p likePair
		var why string
		if err := rows.Scan(&p.low, &p.high, &why); err != nil {
			return nil, fmt.Errorf("read duplicates: %w", err)
		}
		for reason := range strings.SplitSeq(why, ",") {
			p.why = append(p.why, MatchReason(reason))
		}
		found = append(found, p)
	}
	return found, rows.Err()
}

func joinReasons(why []MatchReason) string {
	words := make([]string, len(why))
	for i, w := range why {
		words[i] = string(w)
	}
	return strings.Join(words, ",")
}
