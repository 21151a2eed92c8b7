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

// What owners on higher floors join to the tables of sites: only the owner of a table
// writes its name (ADR 14).
const (
	// From is where sites are read from, s.
	From = "site_site s"

	// JoinSite is followed by the key of a site, s.
	JoinSite = "JOIN site_site s ON s.id = "

	// HavingWord selects the keys of the sites that have a word from $1 on and before $2
	// ([store.Place]): their own, or one of their institution.
	HavingWord = sitesWithWord + " UNION ALL SELECT o.id FROM site_site o WHERE o.institution_id IN (" + institutionsWithWord + ")"
)

// Opens returns the condition that a main site, s, is open to students of one of some
// levels.
func Opens(levels []int64) store.Condition {
	taken := store.Or() // of none
	for _, level := range slices.Compact(slices.Sorted(slices.Values(levels))) {
		taken = store.Or(taken, store.Where("s.id NOT IN (SELECT x.site_id FROM site_closed_level x WHERE x.level_id = $1)", level))
	}
	return store.And(store.Where("s.main AND NOT s.archived"), taken)
}

// OfFaculty returns the condition that a site, s, is of a faculty, or of none: another
// faculty's sites are no business of its campaigns.
func OfFaculty(faculty int64) store.Condition {
	return store.Where("(s.faculty_id = $1 OR s.faculty_id IS NULL)", faculty)
}

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
