package store_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// killOthers ends every connection to a database but the one that it asks by, and
// returns when they are gone.
func killOthers(t *testing.T, url string) {
	t.Helper()
	killer := storetest.OpenURL(t, url)
	const others = " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
	err := killer.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), "SELECT pg_terminate_backend(pid)"+others)
		return err
	})
	for n := 1; err == nil && n > 0; {
		err = killer.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRowContext(t.Context(), "SELECT count(*)"+others).Scan(&n)
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// crowd opens some connections, by reads that wait for each other.
func crowd(t *testing.T, db *store.DB) {
	t.Helper()
	const many = 8
	var here, ended sync.WaitGroup
	here.Add(many)
	for range many {
		ended.Go(func() {
			come := sync.OnceFunc(here.Done)
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				if _, err := read(t.Context(), tx); err != nil {
					return err
				}
				come()
				here.Wait()
				return nil
			})
			come()
			if err != nil {
				t.Error(err)
			}
		})
	}
	ended.Wait()
}

func TestATransactionThatWasNotSentTakesAnotherConnection(t *testing.T) {
	t.Parallel()
	url := storetest.EmptyURL(t, store.Postgres)
	db := storetest.OpenURL(t, url)
	counter(t, db)
	look := func() error {
		_, err := store.One(t.Context(), db, func(tx *store.Tx) (int64, error) { return read(t.Context(), tx) })
		return err
	}
	for name, again := range map[string]func() error{
		"a read": func() error {
			return db.Read(t.Context(), func(tx *store.Tx) error {
				_, err := read(t.Context(), tx)
				return err
			})
		},
		"a look of one statement": look,
		"a change":                func() error { return change(t, db, "", "UPDATE counter SET n = $1") },
		"a later change":          func() error { return change(t, db, "UPDATE counter SET n = $1") },
	} {
		crowd(t, db)
		if err := look(); err != nil { // no transaction ends on that connection
			t.Fatal(err)
		}
		killOthers(t, url)
		if err := again(); err != nil {
			t.Errorf("%s after the connections died: %v", name, err)
		}
	}
}

// A connection whose server process stands still is given up, and another one is used.
func TestAServerProcessThatStandsStillHoldsNobody(t *testing.T) {
	t.Parallel()
	db := storetest.Empty(t, store.Postgres)
	counter(t, db)
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		var pid int
		if err := tx.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
			return err
		}
		t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
		return syscall.Kill(pid, syscall.SIGSTOP) // before the end of the transaction is asked for
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := db.Read(ctx, func(tx *store.Tx) error {
		_, err := read(ctx, tx)
		return err
	}); err != nil {
		t.Errorf("the next read: %v", err)
	}
}

func TestADatabaseThatDoesNotAnswerIsUnreachable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := fmt.Sprintf("postgres://somebody@%s/stagora?sslmode=disable", listener.Addr())
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), refusing, time.Now); !store.IsUnreachable(err) {
		t.Errorf("a server that is not there: %v", err)
	}
	url := storetest.EmptyURL(t, store.Postgres)
	db := storetest.OpenURL(t, url)
	counter(t, db)
	for name, use := range map[string]func(func(*store.Tx) error) error{
		"a read":   func(do func(*store.Tx) error) error { return db.Read(t.Context(), do) },
		"a change": func(do func(*store.Tx) error) error { return db.Write(t.Context(), do) },
	} {
		err := use(func(tx *store.Tx) error {
			if _, err := read(t.Context(), tx); err != nil {
				return err
			}
			killOthers(t, url)
			_, err := read(t.Context(), tx)
			return err
		})
		if !store.IsUnreachable(err) {
			t.Errorf("%s whose connection died: %v", name, err)
		}
	}
	for _, err := range []error{errors.New("a fault of ours"), context.Canceled, change(t, db, "", "SELECT nothing FROM counter WHERE id = $1")} {
		if store.IsUnreachable(err) {
			t.Errorf("%v is taken for a database that does not answer", err)
		}
	}
}
