package main

import (
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

// The database of 0.1 that is kept is a demo's: it is upgraded, then refused.
func TestMigrateCopiesTheDatabaseOfARelease(t *testing.T) {
	t.Parallel()
	database := storetest.KeptURL(t, store.SQLite, "0.1")
	out, errs := strings.Builder{}, strings.Builder{}
	code := run([]string{"migrate", "--database", database}, streams{out: &out, err: &errs})
	copies, err := filepath.Glob(database + ".*.copy")
	if code == 0 || err != nil || len(copies) != 1 || !strings.Contains(errs.String(), copies[0]) || !strings.Contains(errs.String(), "demo") {
		t.Errorf("exit %d, copies %v, %v\n%s", code, copies, err, errs.String())
	}
}
