package ranking

import (
	"context"
	"fmt"

	"stagora.org/stagora/internal/ranking/queries"
	"stagora.org/stagora/internal/store"
)

// History returns the versions of a list, the first one first.
func History[W comparable](ctx context.Context, tx *store.Tx, key Key) ([]Version[W], error) {
	rows, err := queries.New(tx).Versions(ctx, queries.VersionsParams{Scope: key.Scope, Owner: key.Owner})
	if err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	versions := make([]Version[W], len(rows))
	for i, row := range rows {
		if versions[i], err = versionOf[W](row, nil); err != nil {
			return nil, err
		}
	}
	return versions, nil
}

// VersionAt returns a version of a list by its number.
func VersionAt[W comparable](ctx context.Context, tx *store.Tx, list List[W], number int) (Version[W], error) {
	return versionOf[W](queries.New(tx).Version(ctx, queries.VersionParams{ListID: list.id, Number: int64(number)}))
}

// A Broken list is no longer what its versions, or its receipts, say.
type Broken struct {
	Name    string // what hashes call the owner
	Version int    // the first one that does not follow
}

// verified is how many lists are verified together.
const verified = 200

// Verify recomputes the chain of every list of a scope, and compares the list as it
// stands and its receipts with the versions. It returns what does not hold.
func Verify(ctx context.Context, tx *store.Tx, scope string) ([]Broken, error) {
	q := queries.New(tx)
	var broken []Broken
	for after := int64(0); ; {
		lists, err := q.NextLists(ctx, queries.NextListsParams{Scope: scope, Owner: after, Limit: verified})
		if err != nil {
			return nil, fmt.Errorf("read lists: %w", err)
		}
		if len(lists) == 0 {
			return broken, nil
		}
		first := lists[0].Owner
		after = lists[len(lists)-1].Owner
		versions, err := q.VersionsBetween(ctx, queries.VersionsBetweenParams{Scope: scope, First: first, Last: after})
		if err != nil {
			return nil, fmt.Errorf("read versions: %w", err)
		}
		receipts, err := q.ReceiptsBetween(ctx, queries.ReceiptsBetweenParams{Scope: scope, First: first, Last: after})
		if err != nil {
			return nil, fmt.Errorf("read receipts: %w", err)
		}
		chains, given := map[int64][]queries.RankingVersion{}, map[int64][]queries.RankingReceipt{}
		for _, v := range versions {
			chains[v.ListID] = append(chains[v.ListID], v)
		}
		for _, r := range receipts {
			given[r.ListID] = append(given[r.ListID], r)
		}
		for _, l := range lists {
			n, err := brokenAt(l, chains[l.ID], given[l.ID])
			if err != nil {
				return nil, err
			}
			if n > 0 {
				broken = append(broken, Broken{l.Name, n})
			}
		}
	}
}

// brokenAt returns the first version that is not what the rest says, or 0.
func brokenAt(l queries.RankingList, chain []queries.RankingVersion, receipts []queries.RankingReceipt) (int, error) {
	n, err := checkChain(l.Scope, l.Name, chain)
	if n > 0 || err != nil {
		return n, err
	}
	last, wishes := "", "[]"
	if len(chain) > 0 {
		last, wishes = chain[len(chain)-1].Hash, chain[len(chain)-1].Wishes
	}
	if int(l.Version) != len(chain) || l.Hash != last || l.Wishes != wishes {
		return max(1, len(chain)), nil
	}
	for _, r := range receipts {
		if int(r.Version) > len(chain) || r.Version > 0 && r.Hash != chain[r.Version-1].Hash {
			return int(r.Version), nil
		}
	}
	return 0, nil
}

// checkChain returns the number of the first version whose hash does not follow
// from what it states and from the version before, or 0 if all do. Versions are
// given from the first on.
func checkChain(scope, name string, versions []queries.RankingVersion) (int, error) {
	previous := ""
	for i, v := range versions {
		hash, err := hashOf(scope, name, v)
		if err != nil {
			return 0, fmt.Errorf("version %d of %s: %w", v.Number, name, err)
		}
		if v.Number != int64(i+1) || v.Previous != previous || v.Hash != hash {
			return i + 1, nil
		}
		previous = v.Hash
	}
	return 0, nil
}
