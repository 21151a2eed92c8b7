package store

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Waiting returns how many changes wait for their turn to write.
func (db *DB) Waiting() int {
	db.writer.mu.Lock()
	defer db.writer.mu.Unlock()
	return len(db.writer.waiting)
}

// WriteAlone is [DB.Write] for a change that shares its commit with nobody.
func (db *DB) WriteAlone(ctx context.Context, change func(*Tx) error) error {
	return db.tryWrite(ctx, true, change)
}

// ShareForever lets a batch take changes however old it is: the machine may be
// slow, and a test that they share a commit must not be.
func (db *DB) ShareForever() { db.writer.longest = time.Hour }

// Nameless is how SQLite is given a statement.
var Nameless = nameless

// OpenSending opens a PostgreSQL database, and counts how often something is sent to it.
func OpenSending(t *testing.T, url string) (*DB, *atomic.Int64) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	sent, dial := &atomic.Int64{}, config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return sending{conn, sent}, err
	}
	never := func(context.Context, stdlib.ShouldPingParams) bool { return false }
	db := postgresOf(*config, stdlib.OptionShouldPing(never))
	db.now = time.Now
	t.Cleanup(func() { _ = db.Close() })
	return db, sent
}

type sending struct {
	net.Conn
	sent *atomic.Int64
}

func (s sending) Write(b []byte) (int, error) {
	s.sent.Add(1)
	return s.Conn.Write(b)
}

// StopCopying leaves the log of an SQLite database to those who write.
func (db *DB) StopCopying() { db.log.stop() }

// Path is that of the file of an SQLite database.
func (db *DB) Path() string { return db.path }
