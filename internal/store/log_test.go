package store_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"stagora.org/stagora/internal/store"
)

// pages opens an SQLite database with a table of pages, and returns what adds so many in one
// commit and how many the database file has, without those that are in the log alone.
func pages(t *testing.T) (db *store.DB, add func(n int), copied func() int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pages.db")
	db, err := store.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	write(t, db, func(tx *store.Tx) error { return execAll(t.Context(), tx, "CREATE TABLE page (text TEXT NOT NULL)") })
	add = func(n int) {
		write(t, db, func(tx *store.Tx) error {
			for range n {
				if _, err := tx.ExecContext(t.Context(), "INSERT INTO page (text) VALUES ($1)", strings.Repeat("x", 4000)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return db, add, func() int64 {
		file, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return file.Size() / 4096
	}
}

func TestTheLogIsCopiedBesideThoseWhoWrite(t *testing.T) {
	t.Parallel()
	_, add, copied := pages(t)
	for _, n := range []int64{1, 3000, 3010} {
		add(int(n - max(0, copied()-1)))
		for copied() < n {
			runtime.Gosched()
		}
	}
}

// The log is begun anew though commits follow one another without a rest.
func TestTheLogIsBegunAnewUnderLoad(t *testing.T) {
	t.Parallel()
	db, add, _ := pages(t)
	for range 120 {
		add(200)
	}
	db.StopCopying()
	log, err := os.Stat(db.Path() + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if n := log.Size() / 4120; n > 12000 {
		t.Errorf("of 24,000 pages the log holds %d at once", n)
	}
}

// A commit copies nothing of the log as long as it is no longer than it may be.
func TestACommitCopiesALongLogOnly(t *testing.T) {
	t.Parallel()
	db, add, copied := pages(t)
	db.StopCopying()
	before := copied()
	for range 4 {
		add(4000)
		if n := copied(); n != before {
			t.Fatalf("a commit copied %d pages", n)
		}
	}
	add(4000)
	if n := copied(); n < 20000 {
		t.Errorf("the log is longer than it may be, and %d pages are copied", n)
	}
}
