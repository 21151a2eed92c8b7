package store_test

import (
	"context"
	"reflect"
	"testing"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// change runs statements in one change, the last of them later, and returns the error
// of the change alone.
func change(t *testing.T, db *store.DB, later string, now ...string) error {
	t.Helper()
	return db.Write(t.Context(), func(tx *store.Tx) error {
		for _, query := range now {
			_, _ = tx.ExecContext(t.Context(), query, 1) // the change goes on
		}
		if later != "" {
			_, _ = tx.ExecContext(store.Later(t.Context()), later, 1)
		}
		return nil
	})
}

// counted returns how many rows the table of these tests has.
func counted(t *testing.T, db *store.DB) int {
	t.Helper()
	n, err := store.Get(t.Context(), db, func(tx *store.Tx) (n int, err error) {
		return n, tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM counter").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestALaterStatementRunsBeforeTheNext(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.ExecContext(store.Later(t.Context()), "UPDATE counter SET n = $1", 5); err != nil {
				return err
			}
			n, err := read(t.Context(), tx)
			if n != 5 {
				t.Errorf("read %d", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if err := change(t, db, "INSERT INTO counter (id, n) VALUES (2, $1)"); err != nil || counted(t, db) != 2 {
			t.Errorf("a later statement alone: %v, %d rows", err, counted(t, db))
		}
	})
}

func TestAStatementRunAheadTellsItsOutcome(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		for name, between := range map[string]func(*store.Tx) error{
			"with the next": func(tx *store.Tx) error { _, err := read(t.Context(), tx); return err },
			"with one for later": func(tx *store.Tx) error {
				_, err := tx.ExecContext(store.Later(t.Context()), "UPDATE counter SET n = $1", 3)
				return err
			},
			"with another one": func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), "UPDATE counter SET n = $1", 3)
				return err
			},
			"with one of no values": func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), "UPDATE counter SET n = 3")
				return err
			},
			"alone": func(*store.Tx) error { return nil },
		} {
			for id, want := range []int64{0, 1} {
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					ctx, outcome := store.Ahead(t.Context())
					if _, err := tx.ExecContext(ctx, "UPDATE counter SET n = 7 WHERE id = $1", id); err != nil {
						return err
					}
					if err := between(tx); err != nil {
						return err
					}
					for range 2 {
						if n, err := outcome.Rows(t.Context(), tx); err != nil || n != want {
							t.Errorf("%s: %d rows, %v; want %d", name, n, err, want)
						}
					}
					return nil
				})
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			ctx, outcome := store.Ahead(t.Context())
			if _, err := tx.ExecContext(ctx, "INSERT INTO counter (id, n) VALUES (1, $1)", 1); err != nil {
				return err
			}
			_, err := outcome.Rows(t.Context(), tx)
			return err
		})
		if !store.IsDuplicate(err) || counted(t, db) != 1 {
			t.Errorf("one that fails: %v, and %d rows", err, counted(t, db))
		}
	})
}

func TestALaterStatementThatFailsTakesItsChangeWithIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.ExecContext(t.Context(), "INSERT INTO counter (id, n) VALUES (2, $1)", 1); err != nil {
				return err
			}
			_, err := tx.ExecContext(store.Later(t.Context()), "INSERT INTO counter (id, n) VALUES (1, $1)", 1)
			return err
		})
		if !store.IsDuplicate(err) || counted(t, db) != 1 {
			t.Errorf("%v, and %d rows", err, counted(t, db))
		}
	})
}

// Whoever overlooks an error of the database is told when the change ends.
func TestAChangeThatLostItsTransactionIsNotSaidToBeOnDisk(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if db.Engine == store.SQLite {
			return // a statement that fails there leaves the transaction as it was
		}
		counter(t, db)
		const add = "INSERT INTO counter (id, n) VALUES (2, $1)"
		for name, lost := range map[string]string{
			"refused": "INSERT INTO counter (id, n) VALUES (1, $1)",
			"wrong":   "INSERT INTO nowhere (n) VALUES ($1)",
			"cut off": "SELECT pg_terminate_backend(pg_backend_pid()) WHERE $1 = 1",
		} {
			for i, statements := range [][]string{{add, lost}, {lost, add}, {lost}} {
				if err := change(t, db, "", statements...); err == nil || counted(t, db) != 1 {
					t.Errorf("%s %d: %v, and %d rows", name, i, err, counted(t, db))
				}
			}
			if err := change(t, db, add, lost); err == nil || counted(t, db) != 1 {
				t.Errorf("%s, then later: %v, and %d rows", name, err, counted(t, db))
			}
		}
	})
}

// What waits is part of its change, also when the statement that it goes with cannot be
// sent and nobody looks at the error.
func TestAChangeWithoutWhatWaitedIsNotSaidToBeOnDisk(t *testing.T) {
	t.Parallel()
	db := storetest.Empty(t, store.Postgres)
	counter(t, db)
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := read(t.Context(), tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(store.Later(t.Context()), "INSERT INTO counter (id, n) VALUES (2, $1)", 1); err != nil {
			return err
		}
		_, refused := tx.ExecContext(t.Context(), "UPDATE counter SET n = CAST($1 AS SMALLINT)", int64(1)<<40)
		if refused == nil {
			t.Error("a number that does not fit was sent")
		}
		return nil
	})
	if err == nil || counted(t, db) != 1 {
		t.Errorf("%v, and %d rows", err, counted(t, db))
	}
}

// What a query hands over does not depend on what it was sent with.
func TestTheFirstQueryOfATransactionReadsAsAnyOther(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.Postgres)
	const query = "SELECT 7::bigint, 7::int, 7::smallint, 1.5::float8, 2.50::numeric, 'é'::text, 'x'::varchar, true, NULL::text, NULL::bigint, " +
		"'\\x0102'::bytea, TIMESTAMPTZ '2026-03-20 17:00:00.123456Z', '{\"a\": 1}'::json, 'pg_class'::name, 9::oid, count(*), sum(n) FROM generate_series(1, $1) n"
	look := func(tx *store.Tx) (row []any, err error) {
		rows, err := tx.QueryContext(t.Context(), query, 3)
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		names, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		row = make([]any, len(names))
		into := make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				return nil, err
			}
		}
		return row, rows.Err()
	}
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		first, err := look(tx)
		if err != nil {
			return err
		}
		second, err := look(tx)
		if !reflect.DeepEqual(first, second) {
			t.Errorf("first  %#v\nsecond %#v", first, second)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A look of one statement needs no transaction, and what is more does not pass for one.
func TestALookOfOneStatementIsSentOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		counter(t, db)
		look := func(db *store.DB) (int64, error) {
			return store.One(t.Context(), db, func(tx *store.Tx) (int64, error) { return read(t.Context(), tx) })
		}
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE counter SET n = $1", 5)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n, err := look(db); err != nil || n != 5 {
			t.Errorf("read %d, %v", n, err)
		}
		for name, more := range map[string]func(*store.Tx){
			"a second query": func(tx *store.Tx) {
				_, _ = read(t.Context(), tx)
				_, _ = read(t.Context(), tx)
			},
			"one that writes": func(tx *store.Tx) { _, _ = tx.ExecContext(t.Context(), "UPDATE counter SET n = $1", 6) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s ran", name)
					}
				}()
				_, _ = store.One(t.Context(), db, func(tx *store.Tx) (int64, error) {
					more(tx)
					return 0, nil
				})
			}()
		}
		if n, err := look(db); err != nil || n != 5 {
			t.Errorf("then read %d, %v", n, err)
		}
	})
	db, sent := store.OpenSending(t, storetest.URL(t, store.Postgres))
	counter(t, db)
	for range 3 { // the first prepares the statement
		before := sent.Load()
		if _, err := store.One(t.Context(), db, func(tx *store.Tx) (int64, error) { return read(t.Context(), tx) }); err != nil {
			t.Fatal(err)
		}
		if n := sent.Load() - before; n > 2 {
			t.Errorf("sent %d times", n)
		}
	}
}

// How often something is sent to PostgreSQL is what most of a save costs.
func TestPostgresIsSentToAsSeldomAsItMay(t *testing.T) {
	t.Parallel()
	db, sent := store.OpenSending(t, storetest.URL(t, store.Postgres))
	counter(t, db)
	add := func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE counter SET n = n + $1", 1)
		return err
	}
	look := func(ctx context.Context, tx *store.Tx) error {
		_, err := read(ctx, tx)
		return err
	}
	later := func(ctx context.Context, tx *store.Tx) error { return add(store.Later(ctx), tx) }
	ahead := func(ctx context.Context, tx *store.Tx) error {
		ctx, _ = store.Ahead(ctx)
		return add(ctx, tx)
	}
	type step = func(context.Context, *store.Tx) error
	for _, tt := range []struct {
		name  string
		in    func(context.Context, func(*store.Tx) error) error
		steps []step
		want  int64
	}{
		{"an empty read", db.Read, nil, 0},
		{"a read of one thing", db.Read, []step{look}, 2},
		{"a read of two", db.Read, []step{look, look}, 3},
		{"an empty change", db.Write, nil, 0},
		{"a change of one thing", db.Write, []step{add}, 2},
		{"a change of one thing, and another later", db.Write, []step{add, later}, 2},
		{"a change that looks first, and two later", db.Write, []step{look, later, later}, 2},
		{"two changes ahead of a look, and another later", db.Write, []step{ahead, ahead, look, later}, 2},
		{"a change later", db.Write, []step{later}, 1},
	} {
		run := func() {
			err := tt.in(t.Context(), func(tx *store.Tx) error {
				for _, do := range tt.steps {
					if err := do(t.Context(), tx); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		run() // prepares the statements
		before := sent.Load()
		run()
		if got := sent.Load() - before; got != tt.want {
			t.Errorf("%s: sent %d times, not %d", tt.name, got, tt.want)
		}
	}
}
