package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// The migrations form one sequence across owners. A released file never changes;
// a new one takes a greater number than all of them.
//
//go:embed migrations
var migrations embed.FS

// Migrate brings the schema up to date, one migration a transaction: a process
// that is killed meanwhile leaves a database on which the next one goes on. It
// refuses, without a change, a schema that it does not know
// ([UnknownSchemaError]) or that lacks a migration older than one it has. Several
// nodes may start at once on PostgreSQL: one of them migrates, the others wait.
func (db *DB) Migrate(ctx context.Context) error {
	folder, files, err := db.migrationFiles()
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if db.Engine == Postgres {
		dialect = goose.DialectPostgres
	}
	pool, done, err := db.migrator(ctx)
	if err != nil {
		return err
	}
	defer done()
	provider, err := goose.NewProvider(dialect, pool, folder)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	applied, err := db.applied(ctx)
	if err != nil {
		return err
	}
	if err := checkOrder(files, applied); err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// An UnknownSchemaError is given for a database that a newer Stagora has migrated.
type UnknownSchemaError struct {
	Migration int64 // the first one that this Stagora does not know
}

func (e *UnknownSchemaError) Error() string {
	return fmt.Sprintf("the database has migration %04d, which this version of Stagora does not know: "+
		"a newer version has changed the schema. Nothing was changed now: start that version, or give another database", e.Migration)
}

// A ForeignDatabaseError is given for a database whose tables are not Stagora's.
type ForeignDatabaseError struct {
	Table string // one of them
}

func (e *ForeignDatabaseError) Error() string {
	return fmt.Sprintf("the database has a table %q and was not made by Stagora, which needs a database of its own. "+
		"Nothing was changed: give another --database", e.Table)
}

// Pending returns the names of the migrations that the schema still lacks, in
// order. The error is an [UnknownSchemaError] if it has one that is not known, and a
// [ForeignDatabaseError] if it is not Stagora's.
func (db *DB) Pending(ctx context.Context) ([]string, error) {
	_, files, err := db.migrationFiles()
	if err != nil {
		return nil, err
	}
	applied, err := db.applied(ctx)
	if err != nil {
		return nil, err
	}
	if err := checkKnown(files, applied); err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		if !slices.Contains(applied, f.number) {
			names = append(names, f.name)
		}
	}
	return names, nil
}

// A migrationFile is one migration: 0030 is that of 0030_placement_entry.sql.
type migrationFile struct {
	number int64
	name   string
}

// migrationFiles returns the migrations of the engine, in order, and their folder.
func (db *DB) migrationFiles() (fs.FS, []migrationFile, error) {
	folder, err := fs.Sub(migrations, "migrations/"+string(db.Engine))
	if err != nil {
		return nil, nil, err
	}
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, nil, err
	}
	var files []migrationFile
	for _, e := range entries {
		number, _, _ := strings.Cut(e.Name(), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, nil, fmt.Errorf("read migrations: %s has no number", e.Name())
		}
		files = append(files, migrationFile{n, e.Name()})
	}
	return folder, files, nil
}

// applied returns the numbers of the migrations that the schema has, in order.
func (db *DB) applied(ctx context.Context) ([]int64, error) {
	return Get(ctx, db, func(tx *Tx) ([]int64, error) {
		tables, err := tx.tables(ctx)
		if err != nil || len(tables) == 0 {
			return nil, err
		}
		if !slices.Contains(tables, "goose_db_version") {
			return nil, &ForeignDatabaseError{tables[0]}
		}
		rows, err := tx.QueryContext(ctx, "SELECT version_id FROM goose_db_version WHERE version_id > 0 ORDER BY version_id")
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		var numbers []int64
		for rows.Next() {
			var n int64
			if err := rows.Scan(&n); err != nil {
				return nil, err
			}
			numbers = append(numbers, n)
		}
		return numbers, rows.Err()
	})
}

// tables returns the names of all tables, in order.
func (tx *Tx) tables(ctx context.Context) (names []string, err error) {
	all := "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
	if tx.Engine == SQLite {
		all = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	}
	rows, err := tx.QueryContext(ctx, all)
	if err != nil {
		return nil, fmt.Errorf("tables of the database: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("tables of the database: %w", err)
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// HasTable reports whether the schema has a table: one that was never migrated has none.
func HasTable(ctx context.Context, tx *Tx, name string) (bool, error) {
	names, err := tx.tables(ctx)
	return slices.Contains(names, name), err
}

func checkKnown(files []migrationFile, applied []int64) error {
	for _, n := range applied {
		if !slices.ContainsFunc(files, func(f migrationFile) bool { return f.number == n }) {
			return &UnknownSchemaError{n}
		}
	}
	return nil
}

// checkOrder returns nil if the migrations that are missing all come after those
// that are there.
func checkOrder(files []migrationFile, applied []int64) error {
	if err := checkKnown(files, applied); err != nil || len(applied) == 0 {
		return err
	}
	last := applied[len(applied)-1]
	for _, f := range files {
		if f.number < last && !slices.Contains(applied, f.number) {
			return fmt.Errorf("the database lacks migration %s although it has %04d: its schema is not one that Stagora makes. "+
				"Nothing was changed now: restore a copy of the database", f.name, last)
		}
	}
	return nil
}

// Schema names the schema that [DB.Migrate] makes: a hash of all migrations. Two
// databases of one engine and one schema name have the same tables.
func Schema() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := migrations.ReadFile(path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(content), content)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// migrationLock is an arbitrary number that all nodes share.
const migrationLock = 5_418_021

// migrator returns what migrates, while no other node does, until done is called. On
// PostgreSQL it is one session, which holds the lock and makes the changes: a server goes on
// for a while with what a node asked for that died, and as long it keeps the lock.
func (db *DB) migrator(ctx context.Context) (pool *sql.DB, done func(), err error) {
	if db.Engine == SQLite {
		keep := func(where string) error {
			_, err := db.write.ExecContext(ctx, "PRAGMA temp_store = "+where)
			return err
		}
		done = func() { _ = keep(inMemory) }
		return db.write, done, keep(inFiles)
	}
	pool = openPool(db.connector)
	pool.SetMaxOpenConns(1)
	done = func() { _ = pool.Close() } // which ends the session, and its lock
	if _, err := pool.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		done()
		return nil, nil, fmt.Errorf("lock migrations: %w", err)
	}
	return pool, done, nil
}
