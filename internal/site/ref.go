package site

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// A named site is what names it, with the key by which names are sorted.
type named struct {
	ref reference.Ref
	key string
}

var refs = store.List[named]{
	Select: "s.id, s.public_id, s.code, s.name, s.sort_key", From: "site_site s", ID: "s.id",
	Scan: func(row store.Row) (n named, err error) {
		return n, row.Scan(&n.ref.ID, &n.ref.PublicID, &n.ref.Code, &n.ref.Name, &n.key)
	},
}

// Refs returns what names the sites of some keys, in the order of names. Keys that
// are no site's are left out.
func Refs(ctx context.Context, tx *store.Tx, ids []int64) ([]reference.Ref, error) {
	var found []named
	for chunk := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), 500) {
		some, err := refs.All(ctx, tx, store.In("s.id", chunk))
		if err != nil {
			return nil, fmt.Errorf("read sites: %w", err)
		}
		found = append(found, some...)
	}
	slices.SortFunc(found, func(a, b named) int { return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.ref.ID, b.ref.ID)) })
	list := make([]reference.Ref, len(found))
	for i, n := range found {
		list[i] = n.ref
	}
	return list, nil
}
