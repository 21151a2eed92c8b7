package ranking

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/ranking/queries"
	"stagora.org/stagora/internal/store"
)

// ErrStale says that a list is no longer at the version that somebody saw.
var ErrStale = errors.New("the list has been saved since")

// A Save is a whole list, to replace the one that its page was made from.
type Save[W comparable] struct {
	Base    int    // number of the version that the page was made from; 0: nothing saved yet
	Wishes  []W    // best first
	Request string // made by the page, new for each change: a request sent again saves nothing twice
	Author  int64  // the person; 0: Stagora itself
	By      string
	Channel Channel
}

// Replace makes the wishes of a save the next version of a list, and returns it.
// The list is as any transaction read it before: a version that is still the last
// one is still the same.
//
// If it is not the base, or no longer the last, the save is the same request with the same
// wishes, whose answer was lost on the way, and the version that it made is returned; or
// another one, and the version that stands is returned with [ErrStale]. Otherwise what may
// returns but nil is returned, with the version that stands; may is asked once the list is
// held, and perhaps where its answer does not count. Wishes that stand there already make
// no version. Made reports whether one was made now. After an error nothing may be
// committed.
func Replace[W comparable](ctx context.Context, tx *store.Tx, list List[W], save Save[W], may func() error) (v Version[W], made bool, err error) {
	last := list.Last
	if last.Number != save.Base {
		v, err = again(ctx, tx, list, save)
		return v, false, err
	}
	if save.Wishes == nil {
		save.Wishes = []W{}
	}
	if last.Number > 0 && slices.Equal(last.Wishes, save.Wishes) {
		v, err = unchanged(ctx, tx, list, save, may)
		return v, false, err
	}
	next := Version[W]{
		Number: last.Number + 1, At: tx.Now, Author: save.Author, By: save.By, Channel: save.Channel,
		Wishes: save.Wishes, Form: lastForm, Previous: last.Hash,
	}
	row := next.row()
	if row.Hash, err = hashOf(list.Scope, list.Name, row); err != nil {
		return last, false, err
	}
	next.Hash = row.Hash
	// Both are sent with what may reads first. Numbers have no gap: the version is added only
	// where the list is replaced, and from then on nobody else can replace it.
	ctxReplaced, replaced := store.Ahead(ctx)
	ctxAdded, added := store.Ahead(ctx)
	q := queries.New(tx)
	err = errors.Join(
		q.ReplaceList(ctxReplaced, queries.ReplaceListParams{
			ID: list.id, Version: row.Number, Wishes: row.Wishes, Hash: row.Hash, SavedAt: store.AtOrNil(next.At),
			Length: int64(len(next.Wishes)), Base: int64(save.Base),
		}),
		q.AddVersion(ctxAdded, queries.AddVersionParams{
			ListID: list.id, Number: row.Number, At: row.At, Author: row.Author, AuthorName: row.AuthorName, Channel: row.Channel,
			Wishes: row.Wishes, Form: row.Form, Hash: row.Hash, Previous: row.Previous, Request: save.Request,
		}))
	if err != nil {
		return last, false, fmt.Errorf("replace list: %w", err)
	}
	refused := may()
	switch n, err := replaced.Rows(ctx, tx); {
	case err != nil:
		return last, false, errors.Join(refused, fmt.Errorf("replace list: %w", err))
	case n == 0:
		v, err = again(ctx, tx, list, save)
		return v, false, err
	case refused != nil:
		return last, false, refused
	}
	if n, err := added.Rows(ctx, tx); err != nil || n == 0 { // a page that gives two changes one request
		return last, false, errors.Join(err, ErrStale)
	}
	return next, true, nil
}

// unchanged answers a save of what stands in the list already.
func unchanged[W comparable](ctx context.Context, tx *store.Tx, list List[W], save Save[W], may func() error) (Version[W], error) {
	now, err := Get[W](ctx, tx, list.Key)
	if err != nil {
		return list.Last, err
	}
	if now.Last.Number != list.Last.Number {
		return again(ctx, tx, list, save)
	}
	return list.Last, may()
}

// again answers a save whose base is not the last version. A request that comes with other
// wishes than the first time is another one.
func again[W comparable](ctx context.Context, tx *store.Tx, list List[W], save Save[W]) (Version[W], error) {
	if save.Request != "" {
		row, err := queries.New(tx).VersionOfRequest(ctx, queries.VersionOfRequestParams{ListID: list.id, Request: save.Request})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return Version[W]{}, fmt.Errorf("read version of request: %w", err)
		}
		before, bad := versionOf[W](row, err)
		if err == nil && (bad != nil || slices.Equal(before.Wishes, save.Wishes)) {
			return before, bad
		}
	}
	now, err := Get[W](ctx, tx, list.Key)
	return now.Last, errors.Join(err, ErrStale)
}

// Confirm records that the owner means a list as it was read. If it has been saved
// since, the error is [ErrStale].
func Confirm[W comparable](ctx context.Context, tx *store.Tx, list List[W]) error {
	n, err := queries.New(tx).ConfirmList(ctx, queries.ConfirmListParams{ID: list.id, Confirmed: int64(list.Last.Number)})
	if err != nil {
		return fmt.Errorf("confirm list: %w", err)
	}
	if n == 0 {
		return ErrStale
	}
	return nil
}
