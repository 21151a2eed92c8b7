package student

import (
	"context"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// refs reads how students are called who stand now for records (r).
var refs = store.List[namedRecord]{
	Select: "r.id, s.id, s.public_id, s.number, p.family_name, p.given_name",
	From:   "student_student r JOIN student_student s ON s.id = " + Now + " " + identity.JoinPerson + "s.person_id",
	ID:     "r.id",
	Scan: func(row store.Row) (n namedRecord, err error) {
		var s Student
		err = row.Scan(&n.record, &s.ID, &s.PublicID, &s.Number, &s.Person.FamilyName, &s.Person.GivenName)
		n.ref = s.Ref()
		return n, err
	},
}

type namedRecord struct {
	record int64
	ref    reference.Ref
}

// people reads the people whose records (r) these are.
var people = store.List[recordOf]{
	Select: "r.id, p.id, p.public_id, p.family_name, p.given_name, p.email, p.lang, p.sort_key, p.changed_by, p.changed_at",
	From:   refs.From, ID: "r.id",
	Scan: func(row store.Row) (o recordOf, err error) {
		p := &o.person
		return o, row.Scan(&o.record, &p.ID, &p.PublicID, &p.FamilyName, &p.GivenName, &p.Email, &p.Lang, &p.SortKey, &p.ChangedBy, &p.ChangedAt)
	},
}

type recordOf struct {
	record int64
	person identity.Person
}

// PeopleOf returns the people whom records stand for now, by the keys of the records: one
// statement for up to 500 keys. It is for who writes to them, or prints their names;
// [ByIDs] reads their cohorts too.
func PeopleOf(ctx context.Context, tx *store.Tx, ids []int64) (map[int64]identity.Person, error) {
	by := make(map[int64]identity.Person, len(ids))
	for chunk := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), 500) {
		found, err := people.All(ctx, tx, store.In("r.id", chunk))
		if err != nil {
			return nil, fmt.Errorf("read the people of students: %w", err)
		}
		for _, o := range found {
			by[o.record] = o.person
		}
	}
	return by, nil
}

// Refs names the students whom records stand for now, by the keys of the records: one
// statement for up to 500 keys.
func Refs(ctx context.Context, tx *store.Tx, ids []int64) (map[int64]reference.Ref, error) {
	named := make(map[int64]reference.Ref, len(ids))
	for chunk := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), 500) {
		found, err := refs.All(ctx, tx, store.In("r.id", chunk))
		if err != nil {
			return nil, fmt.Errorf("name students: %w", err)
		}
		for _, n := range found {
			named[n.record] = n.ref
		}
	}
	return named, nil
}
