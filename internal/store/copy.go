package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// copies is how many copies of an SQLite file are kept.
const copies = 2

// Copy copies the file of an SQLite database, as it stands at one instant, to one
// beside it that only its owner may read, and returns its path. Of all such copies
// the last two are kept. It is refused where there is no room for the copy and for
// a change of the whole database after it; nothing is left of a copy that failed.
//
// Of an empty database there is nothing to copy, nor on PostgreSQL: whoever runs
// it has its own means. The path is then empty.
func (db *DB) Copy(ctx context.Context) (path string, err error) {
	if db.Engine != SQLite {
		return "", nil
	}
	if applied, err := db.applied(ctx); err != nil || len(applied) == 0 {
		return "", err
	}
	if err := db.checkRoom(); err != nil {
		return "", err
	}
	partial := db.path + ".copying"
	if err := os.Remove(partial); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("copy database: %w", err)
	}
	// Made here, because SQLite would let others read it; into an empty file it copies.
	file, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return "", fmt.Errorf("copy database: %w", err)
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			path, err = "", errors.Join(err, os.Remove(partial))
		}
	}()
	if _, err := db.write.ExecContext(ctx, "VACUUM INTO $1", partial); err != nil {
		return "", fmt.Errorf("copy database: %w", err)
	}
	if err := file.Sync(); err != nil {
		return "", fmt.Errorf("copy database: %w", err)
	}
	path = db.path + db.Now().Format(".20060102T150405.000000Z") + copyEnding
	if err := errors.Join(os.Rename(partial, path), syncDir(filepath.Dir(path))); err != nil {
		return "", fmt.Errorf("copy database: %w", err)
	}
	return path, db.dropOldCopies()
}

const copyEnding = ".copy"

// dropOldCopies removes all copies but the last ones.
func (db *DB) dropOldCopies() error {
	entries, err := os.ReadDir(filepath.Dir(db.path))
	if err != nil {
		return fmt.Errorf("look for copies of the database: %w", err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(db.path)+".") && strings.HasSuffix(e.Name(), copyEnding) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names) // by their time
	for _, name := range names[:max(0, len(names)-copies)] {
		if err := os.Remove(filepath.Join(filepath.Dir(db.path), name)); err != nil {
			return fmt.Errorf("remove an old copy of the database: %w", err)
		}
	}
	return nil
}

// checkRoom returns an error unless the disk has room for a copy of the database,
// and for as much again.
func (db *DB) checkRoom() error {
	var size uint64
	for _, path := range []string{db.path, db.path + "-wal"} {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("copy database: %w", err)
		}
		size += uint64(info.Size())
	}
	free, err := room(filepath.Dir(db.path))
	if err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	if free < 2*size {
		return fmt.Errorf("no room to copy the database before its schema changes: %s has %d MB free, the copy and the change may need %d MB. "+
			"Nothing was changed: make room, then start again", filepath.Dir(db.path), free>>20, 2*size>>20)
	}
	return nil
}

// syncDir makes the names in a folder last.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// private makes the file of a database, and closes one that others may read.
func private(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = file.Chmod(info.Mode().Perm() &^ 0o077)
	}
	return errors.Join(err, file.Close())
}
