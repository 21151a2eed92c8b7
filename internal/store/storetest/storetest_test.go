package storetest_test

import (
	"context"
	"testing"
	"time"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

func TestADatabaseIsMigratedAndItsOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if missing, err := db.Pending(t.Context()); err != nil || len(missing) != 0 {
			t.Fatalf("%v missing, %v", missing, err)
		}
		other := storetest.Open(t, db.Engine)
		exec(t, db, "CREATE TABLE storetest_mine (n INTEGER)")
		exec(t, other, "CREATE TABLE storetest_mine (n INTEGER)")
	})
}

func TestAnEmptyDatabaseHasNoTable(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		db := storetest.Empty(t, engine)
		if missing, err := db.Pending(t.Context()); err != nil || len(missing) == 0 {
			t.Errorf("%s: %v missing, %v", engine, missing, err)
		}
	}
}

func TestTheClockStandsStillUntilMoved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if now := db.Now(); !now.Equal(storetest.Start) {
			t.Errorf("at first it is %s", now)
		}
		later := storetest.Start.Add(48 * time.Hour)
		storetest.Clock(t, db).Freeze(later)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if !tx.Now.Equal(later) {
				t.Errorf("in a transaction it is %s, want %s", tx.Now, later)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestManyDatabasesAtOnce(t *testing.T) {
	t.Parallel()
	for range 8 {
		for _, engine := range storetest.Engines {
			t.Run(string(engine), func(t *testing.T) {
				t.Parallel()
				exec(t, storetest.Open(t, engine), "CREATE TABLE storetest_one (n INTEGER)")
			})
		}
	}
}

func exec(t *testing.T, db *store.DB, statement string) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(context.WithoutCancel(t.Context()), statement)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
