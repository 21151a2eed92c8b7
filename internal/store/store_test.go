package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// counter makes a table of one number, so that these tests depend on no owner.
func counter(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.ExecContext(t.Context(), "CREATE TABLE counter (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)"); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), "INSERT INTO counter (id, n) VALUES (1, 0)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(ctx context.Context, tx *store.Tx) (n int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT n FROM counter WHERE id = 1").Scan(&n)
	return n, err
}

func TestTwentyAtOnceLoseNothingUnderALock(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					if err := tx.Lock(t.Context(), "counter"); err != nil {
						return err
					}
					n, err := read(t.Context(), tx)
					if err != nil {
						return err
					}
					_, err = tx.ExecContext(t.Context(), "UPDATE counter SET n = $1 WHERE id = 1", n+1)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			n, err := read(t.Context(), tx)
			if n != 20 {
				t.Errorf("counted %d of 20", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAFailedChangeWritesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		refused := errors.New("refused")
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.ExecContext(t.Context(), "UPDATE counter SET n = 9 WHERE id = 1"); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Fatalf("got %v", err)
		}
		_ = db.Read(t.Context(), func(tx *store.Tx) error {
			if n, err := read(t.Context(), tx); err != nil || n != 0 {
				t.Errorf("n is %d, %v", n, err)
			}
			return nil
		})
	})
}

func TestALookCanChangeNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE counter SET n = 9 WHERE id = 1")
			return err
		})
		if err == nil {
			t.Error("a read changed the database")
		}
	})
}

func TestRefusalsOfTheDatabaseAreTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		run := func(query string) error {
			return db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), query)
				return err
			})
		}
		if err := run("INSERT INTO counter (id, n) VALUES (1, 0)"); !store.IsDuplicate(err) || store.IsInUse(err) {
			t.Errorf("a second row of the same key: %v", err)
		}
		if err := run("CREATE TABLE leaf (id BIGINT PRIMARY KEY, counter BIGINT NOT NULL REFERENCES counter (id))"); err != nil {
			t.Fatal(err)
		}
		if err := run("INSERT INTO leaf (id, counter) VALUES (1, 1)"); err != nil {
			t.Fatal(err)
		}
		if err := run("DELETE FROM counter WHERE id = 1"); !store.IsInUse(err) || store.IsDuplicate(err) {
			t.Errorf("removing what is referred to: %v", err)
		}
	})
}

func TestTimesSurviveAndCompareOnBothEngines(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		kind := map[store.Engine]string{store.SQLite: "TEXT", store.Postgres: "TIMESTAMPTZ"}[db.Engine]
		paris, err := time.LoadLocation("Europe/Paris")
		if err != nil {
			t.Fatal(err)
		}
		early := time.Date(2026, 10, 25, 2, 30, 0, 123_456_789, time.UTC)
		err = db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.ExecContext(t.Context(), fmt.Sprintf("CREATE TABLE moment (at %s NOT NULL, ended %s)", kind, kind)); err != nil {
				return err
			}
			// The same wall clock twice that night: the later one is given in its zone.
			for _, at := range []time.Time{early.Add(time.Hour).In(paris), early} {
				if _, err := tx.ExecContext(t.Context(), "INSERT INTO moment (at, ended) VALUES ($1, $2)", store.At(at), store.AtOrNil(time.Time{})); err != nil {
					return err
				}
			}
			var first store.Time
			var ended *store.Time
			if err := tx.QueryRowContext(t.Context(), "SELECT at, ended FROM moment WHERE at < $1 ORDER BY at LIMIT 1", store.At(early.Add(time.Minute))).Scan(&first, &ended); err != nil {
				return err
			}
			if want := early.Truncate(time.Microsecond); !first.Equal(want) || ended != nil {
				t.Errorf("read %v (ended %v), want %v", first, ended, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAMovableClockRunsOnOrStandsStill(t *testing.T) {
	t.Parallel()
	var clock store.MovableClock
	if got := clock.Now(); time.Since(got) > time.Minute {
		t.Errorf("a new clock shows %v", got)
	}
	at := time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC)
	clock.Freeze(at)
	if got := clock.Now(); !got.Equal(at) {
		t.Errorf("a frozen clock shows %v", got)
	}
	clock.Set(at)
	if got := clock.Now(); got.Before(at) || got.Sub(at) > time.Minute {
		t.Errorf("a running clock shows %v", got)
	}
}

func TestPostgresCompilesNoPlan(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if db.Engine != store.Postgres {
			return
		}
		for _, transaction := range []func(context.Context, func(*store.Tx) error) error{db.Read, db.Write} {
			var jit string
			err := transaction(t.Context(), func(tx *store.Tx) error {
				return tx.QueryRowContext(t.Context(), "SHOW jit").Scan(&jit)
			})
			if err != nil || jit != "off" {
				t.Errorf("jit is %q, %v", jit, err)
			}
		}
	})
}

func TestATransactionThatFillsTablesPlansAnew(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		ctx := t.Context()
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := tx.PlanAnew(ctx); err != nil || db.Engine == store.SQLite {
				return err
			}
			var mode string
			if err := tx.QueryRowContext(ctx, "SHOW plan_cache_mode").Scan(&mode); err != nil || mode != "force_custom_plan" {
				t.Errorf("plans are %s, %v", mode, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
