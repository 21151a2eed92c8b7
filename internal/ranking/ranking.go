/*
Package ranking keeps ranked lists: every version that was saved, each chained to
the one before by its hash, and the receipts given for them.

It knows no campaign and no post. A list belongs to a scope, such as a campaign,
and to an owner in it, who ranks; what a wish is, the package of the scope says
with a type of its own. Whether a list may change now, and to what, is the
verdict of that package too: it is asked as a function ([Replace]).

What always holds:

  - a version never changes, and no two have the same number: a save names the
    version that it replaces, and of two that name the same one, one is refused
    ([ErrStale]) and loses nothing;
  - a request that is sent again is answered with the version that it made;
  - what a version states is covered by its hash, and so is the hash before it
    ([Verify]); the form that was hashed has a number, kept with the version, so
    that versions of all times can be checked;
  - a scope's receipts are numbered from 1, without a gap and without a double,
    and anybody can ask whether one is authentic ([CheckReceipt]);
  - a receipt keeps what it prints, so that its file can be made whenever it is
    asked for, the same whatever was renamed since.

What is not here: rights, the log, mails, and what a receipt looks like.
*/
package ranking

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/ranking/queries"
	"stagora.org/stagora/internal/store"
)

// A Key names a list.
type Key struct {
	Scope string // public identifier of what the list is made for: a campaign
	Owner int64  // who ranks, by the key that the package of the scope knows them by
}

// A List is where the list of an owner stands. W is the type of its wishes, which
// is written as JSON.
type List[W comparable] struct {
	Key
	Name      string     // what hashes call the owner: a pseudonym
	Last      Version[W] // without who saved it; Number 0: nothing saved
	Confirmed int        // number of the last version that the owner confirmed; 0: none

	id int64
}

// Stands reports whether the owner confirmed the list as it stands.
func (l List[W]) Stands() bool { return l.Last.Number > 0 && l.Confirmed == l.Last.Number }

// A Version is a list as it was saved once. It never changes.
type Version[W comparable] struct {
	Number   int // from 1
	At       time.Time
	Author   int64 // the person; 0: Stagora itself
	By       string
	Channel  Channel
	Wishes   []W    // best first
	Form     int    // of the hash
	Hash     string // SHA-256 of the canonical form, hexadecimal
	Previous string // hash of the version before; empty for the first
}

// A Channel is the way a version came in. The sentence "wishes.channel." + the
// channel names it.
type Channel string

// The channels.
const (
	FromPage    Channel = "page"
	FromRestore Channel = "restore" // an earlier version taken up again
	FromImport  Channel = "import"
)

// Create makes an empty list. The name is what hashes call the owner from now on.
func Create(ctx context.Context, tx *store.Tx, key Key, name string) error {
	if err := queries.New(tx).AddList(ctx, queries.AddListParams{Scope: key.Scope, Owner: key.Owner, Name: name}); err != nil {
		return fmt.Errorf("add list: %w", err)
	}
	return nil
}

// CreateAll makes an empty list for each of many owners, by their names.
func CreateAll(ctx context.Context, tx *store.Tx, scope string, names map[int64]string) error {
	const perStatement = 500
	for some := range slices.Chunk(slices.Sorted(maps.Keys(names)), perStatement) {
		values, args := make([]string, len(some)), []any{scope}
		for i, owner := range some {
			values[i] = fmt.Sprintf("($1, $%d, $%d, 0, '[]', '', 0, 0)", 2*i+2, 2*i+3)
			args = append(args, owner, names[owner])
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO ranking_list (scope, owner, name, version, wishes, hash, confirmed, length) VALUES "+strings.Join(values, ", "), args...)
		if err != nil {
			return fmt.Errorf("add lists: %w", err)
		}
	}
	return nil
}

// Remove removes the lists of some owners. A list with a version is kept for ever: it is
// not removed.
func Remove(ctx context.Context, tx *store.Tx, scope string, owners []int64) error {
	those := store.And(store.Where("scope = $1 AND version = 0", scope), store.In("owner", owners))
	if _, err := tx.ExecContext(ctx, "DELETE FROM ranking_list WHERE "+those.SQL, those.Args...); err != nil {
		return fmt.Errorf("remove lists: %w", err)
	}
	return nil
}

// Get returns a list.
func Get[W comparable](ctx context.Context, tx *store.Tx, key Key) (List[W], error) {
	row, err := queries.New(tx).List(ctx, queries.ListParams{Scope: key.Scope, Owner: key.Owner})
	if err != nil {
		return List[W]{}, fmt.Errorf("read list: %w", err)
	}
	return listOf[W](row)
}

// All returns the lists of a scope, by owner.
func All[W comparable](ctx context.Context, tx *store.Tx, scope string) (map[int64]List[W], error) {
	rows, err := queries.New(tx).Lists(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("read lists: %w", err)
	}
	lists := make(map[int64]List[W], len(rows))
	for _, row := range rows {
		if lists[row.Owner], err = listOf[W](row); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// Some returns the lists of some owners, by owner.
func Some[W comparable](ctx context.Context, tx *store.Tx, scope string, owners []int64) (map[int64]List[W], error) {
	lists := make(map[int64]List[W], len(owners))
	read := store.List[List[W]]{
		Select: Columns, From: "ranking_list l", ID: "l.id", Scan: func(row store.Row) (List[W], error) { return Scan[W](row) },
	}
	for chunk := range slices.Chunk(owners, rowsAtOnce) {
		found, err := read.All(ctx, tx, store.And(store.Where("l.scope = $1", scope), store.In("l.owner", chunk)))
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			lists[l.Owner] = l
		}
	}
	return lists, nil
}

// Counts say where some lists stand.
type Counts struct {
	Lists     int
	Empty     int // without a wish
	Short     int // with some wishes, but fewer than advised
	Confirmed int // by their owners, as they stand
}

// Count counts the lists of a scope, in a time that hardly grows with them.
func Count(ctx context.Context, tx *store.Tx, scope string, advised int) (Counts, error) {
	n, err := queries.New(tx).Count(ctx, queries.CountParams{Scope: scope, Advised: int64(advised)})
	if err != nil {
		return Counts{}, fmt.Errorf("count lists: %w", err)
	}
	return Counts{int(n.Lists), int(n.EmptyLists), int(n.ShortLists), int(n.Confirmed)}, nil
}

// Counted selects the [Counts] of some lists l; advised is a placeholder.
func Counted(advised string) string {
	sum := func(where string) string {
		return "CAST(COALESCE(SUM(CASE WHEN " + where + " THEN 1 ELSE 0 END), 0) AS BIGINT)"
	}
	return "COUNT(*), " + sum("l.length = 0") + ", " + sum("l.length > 0 AND l.length < CAST("+advised+" AS BIGINT)") + ", " + sum("l.version > 0 AND l.confirmed = l.version")
}

// Join returns what joins the list l of an owner to a query of a higher floor, by
// expressions for its scope and owner. It has the columns version, length (how many
// wishes the last version has), saved_at and confirmed (a version's number, 0 for none).
func Join(scope, owner string) string { return "JOIN " + From + " ON " + Of(scope, owner) }

// From and [Of] are the two parts of [Join], for a query that says in which order its
// tables are read.
const From = Table + " l"

// Table holds the lists.
const Table = "ranking_list"

// Of is the condition that l is the list of an owner.
func Of(scope, owner string) string { return "l.scope = " + scope + " AND l.owner = " + owner }

// LastReceiptOf selects the code of the latest receipt of the list l, NULL for none.
const LastReceiptOf = "(SELECT g.code FROM ranking_receipt g WHERE g.list_id = l.id ORDER BY g.id DESC LIMIT 1)"

// Columns are what [Scan] reads of the list l.
const Columns = "l.id, l.scope, l.owner, l.name, l.version, l.wishes, l.hash, l.saved_at, l.confirmed"

// Scan reads [Columns], after columns of the caller's.
func Scan[W comparable](row store.Row, before ...any) (List[W], error) {
	var l queries.RankingList
	err := row.Scan(append(before, &l.ID, &l.Scope, &l.Owner, &l.Name, &l.Version, &l.Wishes, &l.Hash, &l.SavedAt, &l.Confirmed)...)
	if err != nil {
		return List[W]{}, err
	}
	return listOf[W](l)
}

func listOf[W comparable](row queries.RankingList) (List[W], error) {
	wishes, err := decode[W](row.Wishes)
	return List[W]{
		Key: Key{row.Scope, row.Owner}, Name: row.Name, Confirmed: int(row.Confirmed), id: row.ID,
		Last: Version[W]{Number: int(row.Version), At: row.SavedAt.OrZero(), Wishes: wishes, Hash: row.Hash},
	}, err
}

func versionOf[W comparable](row queries.RankingVersion, err error) (Version[W], error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Version[W]{}, fault.New(fault.NotFound, "wishes.noversion")
	}
	if err != nil {
		return Version[W]{}, fmt.Errorf("read version: %w", err)
	}
	wishes, err := decode[W](row.Wishes)
	return Version[W]{
		Number: int(row.Number), At: row.At.Time, Author: row.Author, By: row.AuthorName, Channel: Channel(row.Channel),
		Wishes: wishes, Form: int(row.Form), Hash: row.Hash, Previous: row.Previous,
	}, err
}

func decode[W any](text string) ([]W, error) {
	wishes := []W{}
	if err := json.Unmarshal([]byte(text), &wishes); err != nil {
		return nil, fmt.Errorf("read wishes: %w", err)
	}
	return wishes, nil
}
