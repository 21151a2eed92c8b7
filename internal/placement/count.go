package placement

import (
	"context"

	"stagora.org/stagora/internal/store"
)

// CountOfStudents returns how many lines of the ledger are about some records of
// students, by their keys, ended ones too.
func CountOfStudents(ctx context.Context, tx *store.Tx, students []int64) (map[int64]int, error) {
	return store.CountBy(ctx, tx, "placement_entry", "student_id", students)
}

// CountAtSites returns how many lines of the ledger are about some sites, main or
// secondary, by their keys, ended ones too.
func CountAtSites(ctx context.Context, tx *store.Tx, sites []int64) (map[int64]int, error) {
	count, err := store.CountBy(ctx, tx, "placement_entry", "site_id", sites)
	if err != nil {
		return nil, err
	}
	secondary, err := store.CountBy(ctx, tx, "placement_entry", "secondary_id", sites)
	for id, n := range secondary {
		count[id] += n
	}
	return count, err
}
