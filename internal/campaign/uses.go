package campaign

import (
	"context"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/store"
)

// A use is that a campaign refers to something.
type use struct {
	key  int64
	name string
}

// uses lists what campaigns refer to in a table, by a column.
func uses(ctx context.Context, tx *store.Tx, table, column string, keys []int64) (map[int64]string, error) {
	list := store.List[use]{
		Select: "u." + column + ", c.name", From: table + " u JOIN campaign_campaign c ON c.id = u.campaign_id", ID: "u.id",
		Scan: func(row store.Row) (u use, err error) { return u, row.Scan(&u.key, &u.name) },
	}
	named := map[int64]string{}
	for some := range slices.Chunk(keys, 500) {
		found, err := list.All(ctx, tx, store.In("u."+column, some))
		if err != nil {
			return nil, fmt.Errorf("read what campaigns refer to: %w", err)
		}
		for _, u := range found {
			named[u.key] = u.name
		}
	}
	return named, nil
}

// WithStudents names a campaign that each of some records of students is enrolled in,
// by their keys. Those that are in none are left out.
func WithStudents(ctx context.Context, tx *store.Tx, students []int64) (map[int64]string, error) {
	return uses(ctx, tx, "campaign_participant", "student_id", students)
}

// WithSites names a campaign that opens a post at each of some sites, by their keys.
// Those that are in none are left out.
func WithSites(ctx context.Context, tx *store.Tx, sites []int64) (map[int64]string, error) {
	return uses(ctx, tx, "campaign_post", "site_id", sites)
}
