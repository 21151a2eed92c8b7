/*
Package store opens the database and gives transactions.

Stagora runs on SQLite, inside the binary, or on PostgreSQL, for several nodes,
with one set of queries. Everything that a person is told is saved has been
written to disk by then: SQLite runs in WAL mode with synchronous=FULL,
PostgreSQL with its default synchronous commit.

A change of the domain is one function and one transaction:

	err := db.Write(ctx, func(tx *store.Tx) error {
		// lock, then read, check right and phase, write, record in audit, queue mail
	})

The transaction fixes Now when it begins, so that a rule and the record of its
outcome speak of the same instant. It is rolled back if the function returns an
error, and begun again, a few times, if the database found it in the way of
another one.

A page that shows one thing is one look, [Get]; a page that shows a part of many
is a [List], which filters, sorts, counts and pages in the database. What names
things is read once a transaction ([Once]).

What always holds:

  - one writer at a time on SQLite, and what several wait to write is committed
    together; on PostgreSQL, one holder at a time of each
    name given to [Tx.Lock];
  - a [DB.Read] sees one state of the whole database, and can change nothing;
  - a change whose statements PostgreSQL has refused, or never had, is not committed,
    even if the change itself overlooks it;
  - times are kept in UTC to the microsecond ([Time]).

What is not here: the tables. Each belongs to one package of the domain, which
names it after itself; the files in migrations carry the owner's name.
*/
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// An Engine is one of the two databases that Stagora runs on.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// A DB is an open database.
type DB struct {
	Engine    Engine
	path      string // of the SQLite file
	now       func() time.Time
	write     *sql.DB
	read      *sql.DB
	writer    *writer          // SQLite: whose turn it is to write
	log       *logCopy         // SQLite
	connector driver.Connector // PostgreSQL
	memory    memory           // of [Keep]
}

// Open opens a database: a PostgreSQL URL (postgres://…) or the path of an SQLite
// file, made if it is missing, which only its owner may read. The clock is what transactions take their Now
// from; nil is the machine's. The schema is brought up to date by [DB.Migrate].
func Open(ctx context.Context, database string, now func() time.Time) (*DB, error) {
	if now == nil {
		now = time.Now
	}
	open := openSQLite
	if strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://") {
		open = openPostgres
	}
	db, err := open(database)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.now = now
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.Close())
	}
	return db, nil
}

// sqliteReaders is how many readers work beside the one writer; more than the
// cores of a small server only makes them wait for each other.
const sqliteReaders = 8

func openSQLite(path string) (*DB, error) {
	if err := private(path); err != nil {
		return nil, err
	}
	if err := wordsInSQLite(); err != nil {
		return nil, err
	}
	// Signs that would end the path, or begin an escape.
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	dsn := "file:" + escaped + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_txlock=immediate"
	writing, err := sqlite.NewConnector(dsn + fmt.Sprintf("&_pragma=wal_autocheckpoint(%d)&_pragma=temp_store(%s)", longestLog, inMemory))
	if err != nil {
		return nil, err
	}
	reading, err := sqlite.NewConnector(strings.Replace(dsn, "&_txlock=immediate", "&_pragma=query_only(1)", 1))
	if err != nil {
		return nil, err
	}
	write, read := openPool(writing), openPool(reading)
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	w := &writer{pool: write, longest: batchTime}
	return &DB{Engine: SQLite, path: path, write: write, read: read, writer: w, log: newLogCopy(read, w)}, nil
}

// inMemory and inFiles are where SQLite keeps what the pages were that a statement or a
// savepoint changes, until it ends. There are few, written in steps; not so where a
// migration changes a whole table.
const (
	inMemory = "memory"
	inFiles  = "file"
)

// postgresConnections is the size of a node's pool: with three nodes it stays
// well under the 100 connections that PostgreSQL allows by default.
const postgresConnections = 24

func openPostgres(url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	return postgresOf(*config), nil
}

// connectWithin is how long PostgreSQL may take to take a connection, unless its URL
// says another time (connect_timeout).
const connectWithin = 10 * time.Second

func postgresOf(config pgx.ConnConfig, options ...stdlib.OptionOpenDB) *DB {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectWithin
	}
	connector := stdlib.GetConnector(config, append(options, stdlib.OptionAfterConnect(withoutJIT))...)
	pool := openPool(connector)
	pool.SetMaxOpenConns(postgresConnections)
	pool.SetMaxIdleConns(postgresConnections)
	pool.SetConnMaxLifetime(time.Hour)
	return &DB{Engine: Postgres, write: pool, read: pool, connector: connector}
}

// withoutJIT keeps PostgreSQL from compiling the plans of a session to machine code.
// It is made for reports that run for minutes: a list of ours takes 0.1 s, and
// compiling its plan took 10 s, each time anew.
func withoutJIT(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SET jit = off")
	return err
}

// Close closes the database. Transactions under way fail.
func (db *DB) Close() error {
	if db.read == db.write {
		return db.write.Close()
	}
	db.log.stop()
	return errors.Join(db.read.Close(), db.write.Close())
}

// Ping returns nil if the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.write.PingContext(ctx); err != nil {
		return err
	}
	return db.read.PingContext(ctx)
}

// Analyze lets PostgreSQL look at tables to which much was written, so that its plans know
// how many rows there are of what is new. By itself it looks about a minute later, and only
// where a tenth of a table has changed: until then it takes the participants of a campaign
// that has just opened for one, and goes through all students for each. SQLite plans without
// such figures.
func (db *DB) Analyze(ctx context.Context, tables ...string) error {
	if db.Engine != Postgres || len(tables) == 0 {
		return nil
	}
	if _, err := db.write.ExecContext(ctx, "ANALYZE "+strings.Join(tables, ", ")); err != nil {
		return fmt.Errorf("analyze %s: %w", strings.Join(tables, ", "), err)
	}
	return nil
}

// Now returns the time by the clock that the database was opened with, in UTC to
// the microsecond.
func (db *DB) Now() time.Time { return db.now().UTC().Truncate(time.Microsecond) }

// writeTries is how often a transaction is begun before the database's "in the
// way of another one" is passed on.
const writeTries = 5

// Write runs change in a transaction that may write. It commits if change
// returns nil; otherwise nothing is written. Change may run more than once, so
// its only effects must be through tx.
//
// On SQLite, changes that come at the same time share one commit, each with its
// own Now and outcome. Write returns nil once that commit is on disk.
func (db *DB) Write(ctx context.Context, change func(*Tx) error) error {
	return db.tryWrite(ctx, false, change)
}

func (db *DB) tryWrite(ctx context.Context, alone bool, change func(*Tx) error) error {
	var err error
	for range writeTries {
		if db.Engine == SQLite {
			err = db.writer.write(ctx, alone, func(tx *sql.Tx) error {
				return change(&Tx{Now: db.Now(), Engine: SQLite, tx: tx, shared: true})
			})
			alone = alone || errors.Is(err, errShared)
		} else {
			began := time.Now()
			err = db.run(ctx, db.write, nil, func(tx *Tx) error {
				began = time.Now()
				return change(tx)
			})
			counterOf(ctx).wrote(time.Since(began))
		}
		if !inTheWay(err) && !errors.Is(err, errShared) {
			return err
		}
	}
	return err
}

// Read runs look in a transaction that sees one state of the database and can
// write nothing. Look runs again only if its first statement did not reach the database.
func (db *DB) Read(ctx context.Context, look func(*Tx) error) error {
	var options *sql.TxOptions
	if db.Engine == Postgres {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return db.run(ctx, db.read, options, func(tx *Tx) error {
		tx.memory = &db.memory
		return look(tx)
	})
}

// Get is [DB.Read] for a look that finds one thing.
func Get[T any](ctx context.Context, db *DB, look func(*Tx) (T, error)) (T, error) {
	var found T
	err := db.Read(ctx, func(tx *Tx) (err error) {
		found, err = look(tx)
		return err
	})
	return found, err
}

// One is [Get] for a look of one statement, which sees one state by itself: no
// transaction is begun for it. To run another one, or one that writes, is a mistake of
// the program: it panics.
func One[T any](ctx context.Context, db *DB, look func(*Tx) (T, error)) (T, error) {
	return look(&Tx{Now: db.Now(), Engine: db.Engine, tx: &single{pool: db.read}})
}

// run runs a transaction. One that did not reach the database, because its connection
// had died, is begun anew on another: each that died is given up, and there are at most
// as many as the pool holds.
func (db *DB) run(ctx context.Context, pool *sql.DB, options *sql.TxOptions, do func(*Tx) error) error {
	err := db.runOnce(ctx, pool, options, do)
	for range postgresConnections {
		if !errors.Is(err, errUnsent) || ctx.Err() != nil {
			break
		}
		err = db.runOnce(ctx, pool, options, do)
	}
	return err
}

func (db *DB) runOnce(ctx context.Context, pool *sql.DB, options *sql.TxOptions, do func(*Tx) error) (err error) {
	sqlTx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done {
			if failed := ignoreDone(sqlTx.Rollback()); failed != nil {
				err = errors.Join(err, failed)
			}
		}
	}()
	if err := do(&Tx{Now: db.Now(), Engine: db.Engine, tx: sqlTx}); err != nil {
		return err
	}
	done = true
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// ignoreDone forgives a rollback that comes after the context ended the
// transaction by itself.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// A Tx is one transaction. It is what the generated queries run on.
type Tx struct {
	Now    time.Time // the instant of this transaction, UTC
	Engine Engine
	tx     statements
	shared bool        // with other changes, on SQLite
	known  map[any]any // by key of [Once]
	memory *memory     // of [Keep]; nil in a transaction that may write
}

// statements are what a transaction runs.
type statements interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// ExecContext runs a statement.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return tx.tx.ExecContext(tx.whole(ctx), query, args...)
}

// PrepareContext prepares a statement for the length of the transaction.
func (tx *Tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return tx.tx.PrepareContext(tx.whole(ctx), query)
}

// QueryContext runs a query.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.tx.QueryContext(tx.whole(ctx), query, args...)
}

// QueryRowContext runs a query for at most one row.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.tx.QueryRowContext(tx.whole(ctx), query, args...)
}

// whole returns a context that may end a change between two statements, and not
// within one: SQLite would then roll back the whole transaction, with the changes
// of others.
func (tx *Tx) whole(ctx context.Context) context.Context {
	if !tx.shared || ctx.Err() != nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// Lock waits until nobody else holds name, and holds it until the transaction
// ends. Take it before reading what the change depends on. On SQLite there is
// one writer at a time, so that every writer already holds every name.
func (tx *Tx) Lock(ctx context.Context, name string) error {
	if tx.Engine == SQLite {
		return nil
	}
	if _, err := tx.tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name); err != nil {
		return fmt.Errorf("lock %s: %w", name, err)
	}
	return nil
}

// PlanAnew makes PostgreSQL plan each statement of this transaction by what its tables
// hold now. A plan that it keeps from when they were nearly empty reads them from end to
// end, until a minute or so after they have grown. Work that fills tables asks for it;
// SQLite needs none.
func (tx *Tx) PlanAnew(ctx context.Context) error {
	if tx.Engine == SQLite {
		return nil
	}
	if _, err := tx.tx.ExecContext(ctx, "SET LOCAL plan_cache_mode = force_custom_plan"); err != nil {
		return fmt.Errorf("plan statements anew: %w", err)
	}
	return nil
}

// inTheWay reports whether the database gave a transaction up for the sake of
// another one, so that it may be begun again.
func inTheWay(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return false
}

// IsDuplicate reports whether a write was refused because what it adds exists
// already.
func IsDuplicate(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23505"
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

// IsInUse reports whether a write was refused because something else refers to
// what it removes, or because what it refers to is not there.
func IsInUse(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23503"
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
	}
	return false
}
