package student

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student/queries"
)

// sharing returns the keys of the records that share something with one of those that
// are compared, some hundred at most: so no record is compared with all others. Each
// value is looked for on its own, by its index, whatever the database believes of the
// size of the table.
func sharing(ctx context.Context, tx *store.Tx, students []Student) ([]int64, error) {
	var selects []store.Condition
	for _, shared := range sharedValues(students) {
		if len(shared.values) > 0 {
			selects = append(selects, shared.selects(shared.values))
		}
	}
	var found []int64
	err := eachOf(ctx, tx, selects, func(row store.Row) error {
		var id int64
		err := row.Scan(&id)
		found = append(found, id)
		return err
	})
	slices.Sort(found)
	return slices.Compact(found), err
}

// eachOf calls do with the rows of some selects, which one statement asks for.
func eachOf(ctx context.Context, tx *store.Tx, selects []store.Condition, do func(store.Row) error) error {
	if len(selects) == 0 {
		return nil
	}
	all := store.Union(selects...)
	rows, err := tx.QueryContext(ctx, all.SQL, all.Args...)
	if err != nil {
		return fmt.Errorf("compare students: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := do(rows); err != nil {
			return fmt.Errorf("compare students: %w", err)
		}
	}
	return rows.Err()
}

// unmerged is the condition of a record that stands for itself.
var unmerged = store.Where("s.merged_into IS NULL")

// A shared value is one by which records of one person may meet.
type shared struct {
	values []string // each once, in order
	where  func([]string) store.Condition
}

// selects returns the keys of the records that have one of some values.
func (s shared) selects(values []string) store.Condition {
	return store.Select("SELECT o.id FROM student_student o WHERE ", s.where(values))
}

// sharedValues returns the values of records by which others may meet them.
func sharedValues(students []Student) []shared {
	return sharedBy(func(do func(Student)) {
		for _, s := range students {
			do(s)
		}
	})
}

func sharedBy(each func(do func(Student))) []shared {
	column := func(expression string) func([]string) store.Condition {
		return func(values []string) store.Condition { return store.In(expression, values) }
	}
	all := []shared{
		{where: column("o.name_key")}, {where: column("o.ine")}, {where: column("ltrim(o.number, '0')")}, {where: column("o.birth_date")},
		{where: func(values []string) store.Condition { return identity.HavingEmail("o.person_id", values) }},
	}
	each(func(s Student) {
		for i, value := range []string{nameKey(s), s.INE, strings.TrimLeft(s.Number, "0"), string(s.BirthDate), s.Person.Email} {
			if value != "" {
				all[i].values = append(all[i].values, value)
			}
		}
	})
	for i := range all {
		slices.Sort(all[i].values)
		all[i].values = slices.Compact(all[i].values)
	}
	return all
}

// CrowdAround returns the records that share something with some that are about to
// be written, however many those are. Each is called once, and its record is not
// kept.
func CrowdAround(ctx context.Context, tx *store.Tx, each func(do func(Student))) (*Crowd, error) {
	crowd, known := NewCrowd(0), map[int64]bool{}
	for _, shared := range sharedBy(each) {
		for some := range slices.Chunk(shared.values, 500) {
			others, err := records.All(ctx, tx, store.And(unmerged, store.InAny("s.id", shared.selects(some))))
			if err != nil {
				return nil, fmt.Errorf("compare students: %w", err)
			}
			for _, s := range others {
				if !known[s.ID] {
					known[s.ID] = true
					crowd.Add(s)
				}
			}
		}
	}
	return crowd, nil
}

// mostCompared is how many records are compared by one question.
const mostCompared = 100

// compareAll finds the records that look like the same person as some that were
// written, and keeps the pairs. Those declared to be two people are none. Again are
// the keys of those that were compared before.
func compareAll(ctx context.Context, tx *store.Tx, written []Student, again []int64) error {
	for some := range slices.Chunk(again, 500) {
		if err := removeDuplicates(ctx, tx, some); err != nil {
			return err
		}
	}
	written = slices.DeleteFunc(slices.Clone(written), func(s Student) bool { return s.MergedInto != 0 })
	for some := range slices.Chunk(written, mostCompared) {
		if err := compareSome(ctx, tx, some); err != nil {
			return err
		}
	}
	return nil
}

func compareSome(ctx context.Context, tx *store.Tx, written []Student) error {
	among, err := crowdSharing(ctx, tx, written)
	if err != nil {
		return err
	}
	found := map[[2]int64]string{}
	ids := make([]int64, len(written))
	for i, s := range written {
		ids[i] = s.ID
		for _, d := range among.Like(s) {
			found[[2]int64{min(s.ID, d.ID), max(s.ID, d.ID)}] = joinReasons(d.Why)
		}
	}
	if len(found) == 0 {
		return nil
	}
	if err := leaveDistinct(ctx, tx, ids, found); err != nil {
		return err
	}
	var rows [][]any
	for pair, why := range found {
		rows = append(rows, []any{pair[0], pair[1], why})
	}
	return store.AddRows(ctx, tx, "student_duplicate", []string{"low_id", "high_id", "why"}, rows, "ON CONFLICT DO NOTHING")
}

// crowdSharing returns the records that share something with some that were written.
func crowdSharing(ctx context.Context, tx *store.Tx, written []Student) (*Crowd, error) {
	keys, err := sharing(ctx, tx, written)
	if err != nil {
		return nil, err
	}
	among := NewCrowd(len(keys))
	for some := range slices.Chunk(keys, 500) {
		others, err := records.All(ctx, tx, store.And(store.In("s.id", some), unmerged))
		if err != nil {
			return nil, fmt.Errorf("compare students: %w", err)
		}
		for _, s := range others {
			among.Add(s)
		}
	}
	return among, nil
}

// leaveDistinct takes the pairs of some records that were declared to be two people
// out of those found.
func leaveDistinct(ctx context.Context, tx *store.Tx, ids []int64, found map[[2]int64]string) error {
	const pairs = "SELECT d.low_id, d.high_id FROM student_distinct d WHERE "
	return eachOf(ctx, tx, []store.Condition{store.Select(pairs, store.In("d.low_id", ids)), store.Select(pairs, store.In("d.high_id", ids))},
		func(row store.Row) error {
			var pair [2]int64
			err := row.Scan(&pair[0], &pair[1])
			delete(found, pair)
			return err
		})
}

// removeDuplicates forgets whom some records look like.
func removeDuplicates(ctx context.Context, tx *store.Tx, ids []int64) error {
	where := store.Or(store.In("low_id", ids), store.In("high_id", ids))
	if _, err := tx.ExecContext(ctx, "DELETE FROM student_duplicate WHERE "+where.SQL, where.Args...); err != nil {
		return fmt.Errorf("remove duplicates: %w", err)
	}
	return nil
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
			if err := reference.Lock(ctx, tx); err != nil {
				return err
			}
			students, err := records.All(ctx, tx, store.And(store.In("s.id", due), store.Where("s.name_key IS NULL")))
			if err != nil {
				return fmt.Errorf("read students: %w", err)
			}
			for _, s := range students {
				key := queries.SetNameKeyParams{ID: s.ID, NameKey: sql.NullString{String: nameKey(s), Valid: true}}
				if err := queries.New(tx).SetNameKey(ctx, key); err != nil {
					return fmt.Errorf("set name key: %w", err)
				}
			}
			return compareAll(ctx, tx, students, due)
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
		if err := reference.Lock(ctx, tx); err != nil {
			return err
		}
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
