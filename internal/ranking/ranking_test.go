package ranking_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// A candidate is what a supervisor ranks: nothing of a campaign of students.
type candidate struct {
	Code string `json:"code"`
}

const scope = "3f0b8e0e-0000-4000-8000-000000000001"

var key = ranking.Key{Scope: scope, Owner: 7}

// each gives a test two empty lists in a scope, on each engine.
func each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(
				ranking.Create(ctx, tx, key, "N7"),
				ranking.Create(ctx, tx, ranking.Key{Scope: scope, Owner: 8}, "N8"),
				ranking.Create(ctx, tx, ranking.Key{Scope: "another", Owner: 7}, "N7"))
		})
		test(t, db)
	})
}

func write(t *testing.T, db *store.DB, change func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return change(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, db *store.DB, key ranking.Key) ranking.List[candidate] {
	t.Helper()
	list, err := store.Get(t.Context(), db, func(tx *store.Tx) (ranking.List[candidate], error) {
		return ranking.Get[candidate](t.Context(), tx, key)
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func ranked(codes ...string) []candidate {
	list := make([]candidate, len(codes))
	for i, code := range codes {
		list[i].Code = code
	}
	return list
}

// replace saves over a list as it was read.
func replace(t *testing.T, db *store.DB, list ranking.List[candidate], save ranking.Save[candidate], refusal error) (v ranking.Version[candidate], made bool, err error) {
	t.Helper()
	save.Author, save.By, save.Channel = 4, "Dr Faure", ranking.FromPage
	err = db.Write(t.Context(), func(tx *store.Tx) (err error) {
		v, made, err = ranking.Replace(t.Context(), tx, list, save, func() error { return refusal })
		return err
	})
	return v, made, err
}

func history(t *testing.T, db *store.DB) []ranking.Version[candidate] {
	t.Helper()
	versions, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]ranking.Version[candidate], error) {
		return ranking.History[candidate](t.Context(), tx, key)
	})
	if err != nil {
		t.Fatal(err)
	}
	return versions
}

func TestAnyScopeKeepsListsOfItsOwnWishes(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		empty := read(t, db, key)
		if empty.Last.Number != 0 || len(empty.Last.Wishes) != 0 || empty.Name != "N7" {
			t.Errorf("a new list: %+v", empty)
		}
		v, made, err := replace(t, db, empty, ranking.Save[candidate]{Wishes: ranked("b", "a"), Request: "r1"}, nil)
		if err != nil || !made || v.Number != 1 || v.By != "Dr Faure" {
			t.Fatalf("saved %+v, %v, %v", v, made, err)
		}
		list := read(t, db, key)
		if list.Last.Hash != v.Hash || !slices.Equal(list.Last.Wishes, ranked("b", "a")) || list.Stands() {
			t.Errorf("then stands %+v", list)
		}
		if other := read(t, db, ranking.Key{Scope: "another", Owner: 7}); other.Last.Number != 0 {
			t.Error("the list of the same owner in another scope changed")
		}
		v, made, err = replace(t, db, list, ranking.Save[candidate]{Base: 1, Wishes: ranked("b", "a"), Request: "r2"}, nil)
		if err != nil || made || v.Number != 1 || len(history(t, db)) != 1 {
			t.Errorf("what stands there already: %+v, %v, %v", v, made, err)
		}
		if v, made, err = replace(t, db, list, ranking.Save[candidate]{Base: 1, Request: "r3"}, nil); err != nil || !made || v.Number != 2 {
			t.Errorf("an empty list: %+v, %v, %v", v, made, err)
		}
	})
}

func TestASaveFromAnOldPageLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		old := read(t, db, key)
		first, _, err := replace(t, db, old, ranking.Save[candidate]{Wishes: ranked("a"), Request: "one"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		now := read(t, db, key)
		for name, list := range map[string]ranking.List[candidate]{"read before": old, "read since": now} {
			stands, made, err := replace(t, db, list, ranking.Save[candidate]{Wishes: ranked("b"), Request: "two"}, errors.New("closed"))
			if !errors.Is(err, ranking.ErrStale) || made || stands.Hash != first.Hash {
				t.Errorf("%s: %+v, %v, %v", name, stands, made, err)
			}
			other, made, err := replace(t, db, list, ranking.Save[candidate]{Wishes: ranked("b", "a"), Request: "one"}, nil)
			if !errors.Is(err, ranking.ErrStale) || made || other.Hash != first.Hash {
				t.Errorf("%s, other wishes under the same key: %+v, %v, %v", name, other, made, err)
			}
			again, made, err := replace(t, db, list, ranking.Save[candidate]{Wishes: ranked("a"), Request: "one"}, errors.New("closed"))
			if err != nil || made || again.Hash != first.Hash {
				t.Errorf("%s, the same request: %+v, %v, %v", name, again, made, err)
			}
		}
		stands, _, err := replace(t, db, now, ranking.Save[candidate]{Base: 1, Wishes: ranked("c"), Request: "one"}, nil)
		if !errors.Is(err, ranking.ErrStale) || stands.Number != 1 {
			t.Errorf("two changes under one request: %+v, %v", stands, err)
		}
		if n := len(history(t, db)); n != 1 {
			t.Errorf("%d versions are kept", n)
		}
	})
}

func TestWhatTheScopeRefusesIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		closed := fault.New(fault.Closed, "wishes.closed")
		v, made, err := replace(t, db, read(t, db, key), ranking.Save[candidate]{Wishes: ranked("a")}, closed)
		if !errors.Is(err, closed) || made || v.Number != 0 {
			t.Errorf("refused: %+v, %v, %v", v, made, err)
		}
		if list := read(t, db, key); list.Last.Number != 0 || len(history(t, db)) != 0 {
			t.Errorf("a refused save left %+v", list)
		}
		if broken := verify(t, db); len(broken) > 0 {
			t.Errorf("broken: %v", broken)
		}
	})
}

// Ten save over the same version at once: one is kept.
func TestOneOfTenSavesAtOnceIsKept(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		list := read(t, db, key)
		var group sync.WaitGroup
		kept := make([]bool, 10)
		for i := range kept {
			group.Go(func() {
				_, made, err := replace(t, db, list, ranking.Save[candidate]{Wishes: ranked(fmt.Sprint("c", i)), Request: fmt.Sprint(i)}, nil)
				kept[i] = made
				if made == (err != nil) || (err != nil && !errors.Is(err, ranking.ErrStale)) {
					t.Errorf("save %d: %v, %v", i, made, err)
				}
			})
		}
		group.Wait()
		if won := slices.DeleteFunc(kept, func(won bool) bool { return !won }); len(won) != 1 || len(history(t, db)) != 1 {
			t.Errorf("%d were kept, in %d versions", len(won), len(history(t, db)))
		}
	})
}

func verify(t *testing.T, db *store.DB) []ranking.Broken {
	t.Helper()
	broken, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]ranking.Broken, error) {
		return ranking.Verify(t.Context(), tx, scope)
	})
	if err != nil {
		t.Fatal(err)
	}
	return broken
}

func TestAConfirmationIsOfTheListThatWasRead(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		confirm := func(list ranking.List[candidate]) error {
			return db.Write(t.Context(), func(tx *store.Tx) error { return ranking.Confirm(t.Context(), tx, list) })
		}
		if _, _, err := replace(t, db, read(t, db, key), ranking.Save[candidate]{Wishes: ranked("a")}, nil); err != nil {
			t.Fatal(err)
		}
		first := read(t, db, key)
		if err := confirm(first); err != nil || !read(t, db, key).Stands() {
			t.Errorf("confirming: %v", err)
		}
		if _, _, err := replace(t, db, first, ranking.Save[candidate]{Base: 1, Wishes: ranked("b")}, nil); err != nil {
			t.Fatal(err)
		}
		if err := confirm(first); !errors.Is(err, ranking.ErrStale) || read(t, db, key).Stands() {
			t.Errorf("confirming what was replaced: %v", err)
		}
	})
}

func TestReceiptsAreNumberedWithoutAGap(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		give := func(receipts ...ranking.Receipt) error {
			return db.Write(t.Context(), func(tx *store.Tx) error { return ranking.Give(t.Context(), tx, receipts) })
		}
		owners := []int64{7, 8}
		for _, owner := range owners {
			list := read(t, db, ranking.Key{Scope: scope, Owner: owner})
			if _, _, err := replace(t, db, list, ranking.Save[candidate]{Wishes: ranked("a")}, nil); err != nil {
				t.Fatal(err)
			}
		}
		var group sync.WaitGroup
		for _, owner := range owners {
			for _, kind := range []ranking.ReceiptKind{ranking.OnConfirmation, ranking.AtDeadline} {
				list := read(t, db, ranking.Key{Scope: scope, Owner: owner})
				for range 3 {
					group.Go(func() {
						if err := give(ranking.NewReceipt(list, kind, "{}")); err != nil && !store.IsDuplicate(err) {
							t.Error(err)
						}
					})
				}
			}
		}
		group.Wait()
		seen := map[int]bool{}
		for _, owner := range owners {
			receipts, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]ranking.Receipt, error) {
				return ranking.Receipts(t.Context(), tx, ranking.Key{Scope: scope, Owner: owner})
			})
			if err != nil || len(receipts) != 2 {
				t.Errorf("owner %d: %d receipts, %v", owner, len(receipts), err)
			}
			for _, r := range receipts {
				seen[r.Number] = true
				if r.Owner != owner || r.Version != 1 || r.Facts != "{}" {
					t.Errorf("receipt %+v", r)
				}
			}
		}
		if len(seen) != 4 || !seen[1] || !seen[4] {
			t.Errorf("the numbers are %v", seen)
		}
	})
}

// Receipts are given together: all of them or none.
func TestReceiptsGivenTogetherAreAllOrNone(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var receipts []ranking.Receipt
		for _, owner := range []int64{7, 8} {
			list := read(t, db, ranking.Key{Scope: scope, Owner: owner})
			if _, _, err := replace(t, db, list, ranking.Save[candidate]{Wishes: ranked("a")}, nil); err != nil {
				t.Fatal(err)
			}
			receipts = append(receipts, ranking.NewReceipt(read(t, db, list.Key), ranking.AtDeadline, ""))
		}
		missing := func() (n int, owners []int64) {
			t.Helper()
			err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
				if n, err = ranking.CountWithoutReceipt(t.Context(), tx, scope, ranking.AtDeadline); err == nil {
					owners, err = ranking.WithoutReceipt(t.Context(), tx, scope, ranking.AtDeadline, 0, 10)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n, owners
		}
		if n, owners := missing(); n != 2 || !slices.Equal(owners, []int64{7, 8}) {
			t.Errorf("before: %d, %v have none", n, owners)
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return ranking.Give(ctx, tx, receipts[:1]) })
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			return ranking.Give(t.Context(), tx, []ranking.Receipt{receipts[1], receipts[0]})
		})
		if !store.IsDuplicate(err) {
			t.Errorf("one of them again: %v", err)
		}
		if n, owners := missing(); n != 1 || !slices.Equal(owners, []int64{8}) {
			t.Errorf("after: %d, %v have none", n, owners)
		}
		if broken := verify(t, db); len(broken) > 0 {
			t.Errorf("broken: %v", broken)
		}
	})
}
