package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// A schema that is new, known or made by a newer version: each is told.
func TestMigrateSaysWhatItDoesAndRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "stagora.db")
	migrate := func() (code int, said string) {
		out, errs := strings.Builder{}, strings.Builder{}
		code = run([]string{"migrate", "--database", database}, streams{out: &out, err: &errs})
		return code, out.String() + errs.String()
	}
	if code, said := migrate(); code != 0 || !strings.Contains(said, "0010_audit_entry.sql") || strings.Contains(said, "copied") {
		t.Errorf("an empty database: exit %d\n%s", code, said)
	}
	if code, said := migrate(); code != 0 || strings.Contains(said, ".sql") {
		t.Errorf("a second time: exit %d\n%s", code, said)
	}
	db, err := store.Open(t.Context(), database, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (4711, TRUE)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if code, said := migrate(); code == 0 || !strings.Contains(said, "4711") {
		t.Errorf("a schema of a newer version: exit %d\n%s", code, said)
	}
}

// The database of 0.1 that is kept is a demo's: it is refused as it is, and migrated as
// one of production.
func TestMigrateCopiesTheDatabaseOfARelease(t *testing.T) {
	t.Parallel()
	database := storetest.KeptURL(t, store.SQLite, "0.1")
	migrate := func() (code int, said string, copies []string) {
		out, errs := strings.Builder{}, strings.Builder{}
		code = run([]string{"migrate", "--database", database}, streams{out: &out, err: &errs})
		copies, err := filepath.Glob(database + ".*.copy")
		if err != nil {
			t.Fatal(err)
		}
		return code, errs.String(), copies
	}
	if code, said, copies := migrate(); code == 0 || len(copies) != 0 || !strings.Contains(said, "demo") || strings.Contains(said, "up to date") {
		t.Errorf("of a demo: exit %d, copies %v\n%s", code, copies, said)
	}
	db, err := store.Open(t.Context(), database, nil)
	if err != nil {
		t.Fatal(err)
	}
	if pending, err := db.Pending(t.Context()); err != nil || len(pending) == 0 {
		t.Errorf("the schema of a demo was changed: %v", err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), "UPDATE identity_account SET demo = FALSE")
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if code, said, copies := migrate(); code != 0 || len(copies) != 1 || !strings.Contains(said, copies[0]) {
		t.Errorf("exit %d, copies %v\n%s", code, copies, said)
	}
}

// A database of something else is left as it is.
func TestMigrateLeavesAForeignDatabaseAlone(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		database := storetest.EmptyURL(t, engine)
		db, err := store.Open(t.Context(), database, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), "CREATE TABLE users (a TEXT)")
			return err
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		out, errs := strings.Builder{}, strings.Builder{}
		code := run([]string{"migrate", "--database", database}, streams{out: &out, err: &errs})
		if code == 0 || !strings.Contains(errs.String(), `table "users"`) {
			t.Errorf("%s: exit %d\n%s", engine, code, errs.String())
		}
	}
}
