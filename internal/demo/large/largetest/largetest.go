/*
Package largetest gives tests and benches the worlds of package large. A world is
made once for a state of the source, kept in the folder for temporary files, and
copied.
*/
package largetest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"stagora.org/stagora/internal/demo/large"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// Now is the present of every world.
var Now = time.Date(2027, 1, 11, 9, 0, 0, 0, time.UTC)

// Open opens a copy of a world, with a clock that stands at [Now]. It is removed
// after the test.
func Open(t testing.TB, engine store.Engine, size large.Size) (*store.DB, *large.World) {
	t.Helper()
	database, w := Database(t, engine, size)
	return OpenAt(t, database), w
}

// OpenAt opens a copy that [Database] made, with a clock that stands at [Now].
func OpenAt(t testing.TB, database string) *store.DB {
	t.Helper()
	clock := &store.MovableClock{}
	clock.Freeze(Now)
	db, err := store.Open(t.Context(), database, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Database makes a copy of a world and returns its path or URL.
func Database(t testing.TB, engine store.Engine, size large.Size) (string, *large.World) {
	t.Helper()
	folder, err := folder(engine, size)
	if err != nil {
		t.Fatal(err)
	}
	if engine == store.Postgres {
		name := fmt.Sprintf("world_%s_%.16s", size.Name, filepath.Base(folder))
		url := storetest.FromTemplate(t, name, func(url string) error { return fill(t, url, folder, size) })
		return url, read(t, folder)
	}
	kept, err := kept(t, folder, size)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "world.db")
	if err := copyFile(kept, path); err != nil {
		t.Fatal(err)
	}
	return path, read(t, folder)
}

// folder is where what is made of a state of the source is kept.
func folder(engine store.Engine, size large.Size) (string, error) {
	source, err := source()
	if err != nil {
		return "", err
	}
	path := filepath.Join(os.TempDir(), fmt.Sprintf("stagora-worlds-%d", os.Getuid()), size.Name, string(engine), source)
	return path, os.MkdirAll(path, 0o700)
}

// kept returns the file of a world.
func kept(t testing.TB, folder string, size large.Size) (string, error) {
	return once(folder, "world.db", func(path string) error { return fill(t, path, folder, size) })
}

// model returns the file of the model, which all worlds of a state of the source
// share.
func model(t testing.TB, folder string, o large.Options) (string, error) {
	shared := filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(folder))), "model", filepath.Base(folder))
	if err := os.MkdirAll(shared, 0o700); err != nil {
		return "", err
	}
	return once(shared, "model.db", func(path string) error {
		// The rules of the product make it, in many transactions, each of which a disk would
		// have to confirm.
		made := filepath.Join(storetest.Folder(t), "model.db")
		if err := large.MakeModel(t.Context(), made, o); err != nil {
			return err
		}
		return copyFile(made, path)
	})
}

// once returns a database file of a folder, made by whoever comes first.
func once(folder, name string, fill func(path string) error) (string, error) {
	path := filepath.Join(folder, name)
	lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	sweep(folder)
	unfinished := filepath.Join(folder, "unfinished.db")
	for _, left := range []string{unfinished, unfinished + "-wal", unfinished + "-shm"} {
		if err := os.RemoveAll(left); err != nil {
			return "", err
		}
	}
	if err := fill(unfinished); err != nil {
		return "", err
	}
	return path, os.Rename(unfinished, path)
}

// sweep removes the worlds of earlier states of the source.
func sweep(folder string) {
	states, _ := os.ReadDir(filepath.Dir(folder))
	for _, s := range states {
		old, err := s.Info()
		if err == nil && s.Name() != filepath.Base(folder) && time.Since(old.ModTime()) > time.Hour {
			_ = os.RemoveAll(filepath.Join(filepath.Dir(folder), s.Name()))
		}
	}
}

func fill(t testing.TB, database, folder string, size large.Size) error {
	began := time.Now()
	o := large.Options{Seed: "1", Size: size, Now: Now}
	shared, err := model(t, folder, o)
	if err != nil {
		return err
	}
	// Each world is made from a copy of its own: SQLite refuses a file to one of two who
	// open it at the same moment.
	o.Model = filepath.Join(storetest.Folder(t), "model.db")
	if err := copyFile(shared, o.Model); err != nil {
		return err
	}
	w, err := large.Make(t.Context(), database, o)
	if err != nil {
		return err
	}
	t.Logf("made the %s world in %.0f s", size.Name, time.Since(began).Seconds())
	told, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "world.json"), told, 0o600)
}

func read(t testing.TB, folder string) *large.World {
	t.Helper()
	told, err := os.ReadFile(filepath.Join(folder, "world.json"))
	w := &large.World{}
	if err == nil {
		err = json.Unmarshal(told, w)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(in)
	return errors.Join(err, out.Close())
}

// source names the state of the source that decides what a world holds: all but
// pages, tests and documents.
var source = sync.OnceValues(func() (string, error) {
	_, here, _, _ := runtime.Caller(0)
	top := filepath.Join(filepath.Dir(here), "../../../..")
	var files []string
	for _, folder := range []string{"internal", "allocation"} {
		err := filepath.WalkDir(filepath.Join(top, folder), func(path string, entry fs.DirEntry, err error) error {
			decides := slices.Contains([]string{".go", ".sql", ".toml", ".txt"}, filepath.Ext(path)) &&
				!strings.HasSuffix(path, "_test.go") && !strings.Contains(path, "/internal/web/") && !strings.Contains(path, "/testdata/")
			if err == nil && !entry.IsDir() && decides {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	slices.Sort(files)
	sum := sha256.New()
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n%s", strings.TrimPrefix(path, top), len(content), content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:24], nil
})
