package campaign

import (
	"context"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// A figure names what is kept of a campaign.
type figure struct {
	campaign int64
	what     string
}

// A version is what figures about the participants of a campaign are computed from: as
// long as it stands, so do they. Students, cohorts, leaves and sites count their changes
// together; an office that changes the campaign holds its lock, which counts those.
// Lists are no part of it: on the opening day they change all the time.
type version struct {
	records, campaign int64
	phase             Phase
}

func versionOf(ctx context.Context, tx *store.Tx, c Campaign) (version, error) {
	records, err := reference.Revision(ctx, tx)
	return version{records, c.Changes, c.Phase}, err
}

// revisionKey is that of [reference.Revision] in [store.Once]: a page that keeps many
// figures reads it once.
type revisionKey struct{}

// keep returns a figure about the participants of a campaign, computed once for all
// pages until something changes it.
func keep[T any](ctx context.Context, tx *store.Tx, c Campaign, what string, compute func() (T, error)) (T, error) {
	records, err := store.Once(tx, revisionKey{}, func() (int64, error) { return reference.Revision(ctx, tx) })
	if err != nil {
		return *new(T), err
	}
	at := version{records, c.Changes, c.Phase}
	return store.Keep(tx, figure{c.ID, what}, at, compute)
}

// total counts a list of the participants of a campaign when nothing is asked of it, as
// [store.List.Count] does. The condition is the one that all its rows fulfil.
func total[T any](ctx context.Context, tx *store.Tx, c Campaign, l *store.List[T], where store.Condition) (n int, more bool, err error) {
	type counted struct {
		n    int
		more bool
	}
	t, err := keep(ctx, tx, c, "total "+where.SQL, func() (t counted, err error) {
		t.n, t.more, err = l.Count(ctx, tx, where, store.Ask{})
		return t, err
	})
	return t.n, t.more, err
}
