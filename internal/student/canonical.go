package student

import (
	"context"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student/queries"
)

// Canonical says, for the records that were merged, which one replaced them.
// Owners keep the keys that they wrote; readers ask here whom they mean now.
type Canonical map[int64]int64

type canonicalKey struct{}

// LoadCanonical returns the merges in force, read once a transaction. They are
// few. The caller must not change the map.
func LoadCanonical(ctx context.Context, tx *store.Tx) (Canonical, error) {
	return store.Once(tx, canonicalKey{}, func() (Canonical, error) { return loadCanonical(ctx, tx) })
}

func loadCanonical(ctx context.Context, tx *store.Tx) (Canonical, error) {
	rows, err := queries.New(tx).Merged(ctx)
	if err != nil {
		return nil, fmt.Errorf("read merged students: %w", err)
	}
	c := make(Canonical, len(rows))
	for _, r := range rows {
		c[r.ID] = r.MergedInto.Int64
	}
	return c, nil
}

// Of returns the record that stands for one now: itself, unless it was merged.
func (c Canonical) Of(id int64) int64 {
	for into, merged := c[id]; merged; into, merged = c[id] {
		id = into
	}
	return id
}

// Same returns all records of the person that one stands for: the one that
// stands for them now, then those merged into it.
func (c Canonical) Same(id int64) []int64 {
	now := c.Of(id)
	same := []int64{now}
	for merged := range c {
		if c.Of(merged) == now {
			same = append(same, merged)
		}
	}
	slices.Sort(same[1:])
	return same
}
