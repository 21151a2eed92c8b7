/*
Package storetest gives a test a database of its own: real, migrated, empty,
on each engine.

	func TestAWishIsKept(t *testing.T) {
		t.Parallel()
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			…
			storetest.Clock(t, db).Freeze(deadline) // the clock that transactions read
			…
		})
	}

Each runs the test twice, as "sqlite" and as "postgres". A test that speaks of
one engine alone takes [Open]; one that starts Stagora as a program of its own
takes [URL]; one about migrations takes [Empty]; one that copies databases as files
takes a [Folder] for them.

No database is shared between tests, so tests may run side by side. The time
stands still at [Start] until the test moves it.

# How it is fast

The schema is made once and copied: on PostgreSQL from a template database, on
SQLite from a file. One private PostgreSQL server serves all test binaries of a
run. The first starts it, whether `make test` or a plain `go test` asked, and it
goes away by itself ten minutes after the last has begun. It needs PostgreSQL's
programs installed, and a test that finds none fails, saying so.
*/
package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"stagora.org/stagora/internal/store"
)

// Start is what a test's clock shows at first.
var Start = time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)

// Engines are the engines that everything must work on.
var Engines = []store.Engine{store.SQLite, store.Postgres}

// Each runs test as a subtest for each engine, on a new database.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	for _, engine := range Engines {
		t.Run(string(engine), func(t *testing.T) { test(t, Open(t, engine)) })
	}
}

// Open opens a new migrated database, which is closed and removed after the test.
func Open(t testing.TB, engine store.Engine) *store.DB {
	t.Helper()
	return OpenURL(t, URL(t, engine))
}

// Empty opens a new database without any table.
func Empty(t testing.TB, engine store.Engine) *store.DB {
	t.Helper()
	return OpenURL(t, EmptyURL(t, engine))
}

// EmptyURL makes a new database without any table, which is removed after the
// test, and returns what [store.Open] takes.
func EmptyURL(t testing.TB, engine store.Engine) string {
	t.Helper()
	return create(t, engine, none)
}

// URL makes a new migrated database, which is removed after the test, and
// returns what `stagora serve --database` takes: a URL or a path.
func URL(t testing.TB, engine store.Engine) string {
	t.Helper()
	return create(t, engine, migrated)
}

// clocks are the clocks of the open databases.
var clocks sync.Map // *store.DB → *store.MovableClock

// Clock returns the clock of a database that this package opened.
func Clock(t testing.TB, db *store.DB) *store.MovableClock {
	t.Helper()
	clock, ok := clocks.Load(db)
	if !ok {
		t.Fatal("storetest.Clock: this database was not opened by storetest, or is closed")
	}
	return clock.(*store.MovableClock)
}

// OpenURL opens a database that [URL] or [EmptyURL] made, for tests that open it more
// than once. It is closed after the test.
func OpenURL(t testing.TB, url string) *store.DB {
	t.Helper()
	clock := &store.MovableClock{}
	clock.Freeze(Start)
	db, err := store.Open(t.Context(), url, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	clocks.Store(db, clock)
	t.Cleanup(func() {
		clocks.Delete(db)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// A content says what a new database holds.
type content bool

const (
	none     content = false
	migrated content = true
)

func create(t testing.TB, engine store.Engine, c content) string {
	t.Helper()
	of := createSQLite
	if engine == store.Postgres {
		of = createPostgres
	}
	url, remove, err := of(c)
	if err != nil {
		t.Fatalf("make a %s database: %v", engine, err)
	}
	t.Cleanup(func() {
		if err := remove(); err != nil {
			t.Error(err)
		}
	})
	return url
}

// Folder makes an empty folder for SQLite databases, in memory where the machine has
// room there: a commit waits for no disk. It is removed after the test.
func Folder(t testing.TB) string {
	t.Helper()
	dir, err := newFolder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func newFolder() (string, error) {
	return os.MkdirTemp(scratch(), fmt.Sprintf("%s%d-", sqliteDirs, os.Getpid()))
}

func createSQLite(c content) (path string, remove func() error, err error) {
	dir, err := newFolder()
	if err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, "stagora.db")
	remove = func() error { return os.RemoveAll(dir) }
	if c == none {
		return path, remove, nil
	}
	template, err := sqliteTemplate()
	if err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return path, remove, os.WriteFile(path, template, 0o600)
}

// sqliteDirs is what the folders of SQLite databases are named: this, the number
// of the process that uses them, and something at random.
const sqliteDirs = "stagora-sqlite-"

// sqliteTemplate returns the bytes of a migrated database file.
var sqliteTemplate = sync.OnceValues(func() (template []byte, err error) {
	sweep()
	dir, err := newFolder()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "template.db")
	if err := migrate(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// sweep removes the databases of test binaries that were killed.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(scratch(), sqliteDirs+"*"))
	for _, dir := range dirs {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), sqliteDirs), "-")
		pid, err := strconv.Atoi(owner)
		if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir) // somebody else's, or being swept by another process
		}
	}
}

// made counts the PostgreSQL databases of this process, to name them.
var made atomic.Int64

func createPostgres(c content) (url string, remove func() error, err error) {
	server, err := running()
	if err != nil {
		return "", nil, err
	}
	template := "template0"
	if c == migrated {
		if template, err = postgresTemplate(); err != nil {
			return "", nil, err
		}
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), made.Add(1))
	ctx := context.Background()
	remove = func() error { return server.exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)") }
	return server.url(name), remove, server.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
}

// postgresTemplate returns the name of a migrated database that nobody writes
// to. It is named after the schema, so that the test binaries of one state of
// the source share one.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	server, err := running()
	if err != nil {
		return "", err
	}
	schema, err := store.Schema()
	if err != nil {
		return "", err
	}
	release, err := server.lock("template", syscall.LOCK_EX)
	if err != nil {
		return "", err
	}
	defer release()

	name := "template_" + schema[:16]
	ctx := context.Background()
	there, err := server.has(ctx, name)
	if there || err != nil {
		return name, err
	}
	// Under another name until it is whole: a run may be killed while it migrates.
	if err := server.exec(ctx, "DROP DATABASE IF EXISTS unfinished WITH (FORCE)", "CREATE DATABASE unfinished"); err != nil {
		return "", err
	}
	if err := migrate(server.url("unfinished")); err != nil {
		return "", err
	}
	return name, server.exec(ctx, "ALTER DATABASE unfinished RENAME TO "+name)
})

func migrate(url string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, url, nil)
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(ctx), db.Close())
}
