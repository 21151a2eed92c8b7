package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// openFile opens a migrated database of this name in a folder that anybody may
// read, where the time stands still.
func openFile(t *testing.T, name string) (db *store.DB, path string, clock *store.MovableClock) {
	t.Helper()
	clock = &store.MovableClock{}
	clock.Freeze(storetest.Start)
	path = filepath.Join(t.TempDir(), name)
	db, err := store.Open(t.Context(), path, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db, path, clock
}

func TestNobodyElseReadsTheFilesOfADatabase(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"stagora.db", "50% of? it #1.db"} {
		_, path, _ := openFile(t, name)
		files, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(files) != 3 {
			t.Fatalf("the files of %s: %v, %v", name, files, err)
		}
		for _, f := range files {
			info, err := f.Info()
			if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(f.Name(), name) {
				t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
			}
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		again, err := store.Open(t.Context(), path, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = again.Close() }()
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("a file that was open to all: %v, %v", info.Mode(), err)
		}
	}
}

func TestACopyIsWholeAndTheLastTwoAreKept(t *testing.T) {
	t.Parallel()
	db, path, clock := openFile(t, "stagora.db")
	counter(t, db)
	var made []string
	for i := range 4 {
		clock.Freeze(storetest.Start.Add(time.Duration(i) * time.Hour))
		write(t, db, func(tx *store.Tx) error {
			return execAll(t.Context(), tx, "UPDATE counter SET n = n + 1")
		})
		copied, err := db.Copy(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, copied)
	}
	for i, copied := range made {
		info, err := os.Stat(copied)
		if gone := os.IsNotExist(err); gone != (i < 2) {
			t.Errorf("copy %d: %v", i, err)
		}
		if i < 2 {
			continue
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("copy %d: %v", i, info.Mode())
		}
		old, err := store.Open(t.Context(), copied, nil)
		if err != nil {
			t.Fatal(err)
		}
		n, err := store.Get(t.Context(), old, func(tx *store.Tx) (int64, error) { return read(t.Context(), tx) })
		if pending, errPending := old.Pending(t.Context()); err != nil || n != int64(i+1) || errPending != nil || len(pending) != 0 {
			t.Errorf("copy %d holds %d, %v; pending %v, %v", i, n, err, pending, errPending)
		}
		_ = old.Close()
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestACopyWithoutRoomIsRefusedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	db, path, _ := openFile(t, "stagora.db")
	// A file with a hole, which takes no room itself. SQLite reads as much as its
	// header says.
	if err := os.Truncate(path, 1<<42); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Copy(t.Context()); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("got %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	whole, second, _ := openFile(t, "stagora.db")
	if _, err := whole.Copy(ended); err == nil {
		t.Error("a copy that was given up succeeded")
	}
	for _, p := range []string{path, second} {
		files, err := filepath.Glob(p + ".*")
		if err != nil || len(files) != 0 {
			t.Errorf("left behind: %v, %v", files, err)
		}
	}
}

func TestAnEmptyDatabaseIsNotCopied(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		if copied, err := storetest.Empty(t, engine).Copy(t.Context()); err != nil || copied != "" {
			t.Errorf("%s: %q, %v", engine, copied, err)
		}
	}
}
