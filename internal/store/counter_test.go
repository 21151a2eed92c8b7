package store_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

func TestACounterCountsStatementsAndRows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		ctx, count := store.WithCounter(t.Context())
		err := db.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.ExecContext(ctx, "INSERT INTO counter (id, n) VALUES ($1, $2)", 2, 7); err != nil {
				return err
			}
			count.Record()
			rows, err := tx.QueryContext(ctx, "SELECT n FROM counter WHERE id <= $1", 5)
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
			add, err := tx.PrepareContext(ctx, "INSERT INTO counter (id, n) VALUES ($1, 0)")
			if err != nil {
				return err
			}
			for _, id := range []int{8, 9} {
				if _, err := add.ExecContext(ctx, id); err != nil {
					return err
				}
			}
			_, err = read(t.Context(), tx) // under a context that does not count
			return errors.Join(err, add.Close())
		})
		if err != nil {
			t.Fatal(err)
		}
		if count.Statements() != 4 || count.Rows() != 2 {
			t.Errorf("counted %d statements and %d rows, want 4 and 2", count.Statements(), count.Rows())
		}
		recorded := count.Recorded()
		if len(recorded) != 3 || recorded[0].SQL != "SELECT n FROM counter WHERE id <= $1" || recorded[0].Rows != 2 || len(recorded[2].Args) != 1 {
			t.Errorf("recorded %+v", recorded)
		}
	})
}

type nameKey struct{}

func TestWhatIsRememberedIsReadOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		loads := 0
		name := func(tx *store.Tx) (string, error) {
			return store.Once(tx, nameKey{}, func() (string, error) {
				loads++
				if loads == 1 {
					return "", errors.New("not yet")
				}
				return "Rennes", nil
			})
		}
		got, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]string, error) {
			if _, err := name(tx); err == nil {
				t.Error("a load that failed is remembered")
			}
			a, _ := name(tx)
			b, _ := name(tx)
			tx.Forget(nameKey{})
			c, err := name(tx)
			return []string{a, b, c}, err
		})
		if err != nil || !slices.Equal(got, []string{"Rennes", "Rennes", "Rennes"}) || loads != 3 {
			t.Errorf("got %v after %d loads, %v", got, loads, err)
		}
		if _, err := store.Get(t.Context(), db, name); err != nil || loads != 4 {
			t.Errorf("another transaction made it %d loads, %v", loads, err)
		}
	})
}

func TestACounterTellsTheLongestWrite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		ctx, count := store.WithCounter(t.Context())
		look := func(tx *store.Tx) error { _, err := read(ctx, tx); return err }
		if err := db.Read(ctx, look); err != nil || count.LongestWrite() != 0 {
			t.Errorf("a read is said to write for %v, %v", count.LongestWrite(), err)
		}
		for _, write := range []func(context.Context, func(*store.Tx) error) error{db.Write, db.WriteAlone} {
			before, began := count.LongestWrite(), time.Now()
			err := write(ctx, func(tx *store.Tx) error {
				// The wait for a turn is not part of what is told, so each takes longer than
				// the one before from here on.
				for inside := time.Now(); time.Since(inside) <= before; {
					runtime.Gosched()
				}
				return look(tx)
			})
			if got := count.LongestWrite(); err != nil || got <= before || got > time.Since(began) {
				t.Errorf("a change of %v is said to take %v, %v", time.Since(began), got, err)
			}
		}
	})
}
