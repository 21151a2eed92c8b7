package store_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"modernc.org/sqlite"

	"stagora.org/stagora/internal/store"
)

const benchClients = 32

// BenchmarkWrite compares changes with the bare rate of the same driver and disk,
// of as many clients: one insert of 364 bytes a transaction. "eight" are changes of
// about what a save of wishes takes: six queries and two inserts.
func BenchmarkWrite(b *testing.B) {
	row := strings.Repeat("x", 364)
	b.Run("bare", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "bare.db")
		connector, err := sqlite.NewConnector("file:" + path + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
		if err != nil {
			b.Fatal(err)
		}
		db := sql.OpenDB(connector)
		defer func() { _ = db.Close() }()
		db.SetMaxOpenConns(1)
		if _, err := db.Exec("CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"); err != nil {
			b.Fatal(err)
		}
		clients(b, func() error {
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			if _, err := tx.Exec("INSERT INTO line (text) VALUES ($1)", row); err != nil {
				return err
			}
			return tx.Commit()
		})
	})
	for name, statements := range map[string][]string{
		"one":   {"INSERT INTO line (text) VALUES ($1)"},
		"eight": {"SELECT 1 WHERE $1 = ''", "SELECT id FROM line WHERE text = $1 LIMIT 1", "SELECT 2 WHERE $1 = ''", "SELECT 3 WHERE $1 = ''", "SELECT 4 WHERE $1 = ''", "SELECT 5 WHERE $1 = ''", "INSERT INTO line (text) VALUES ($1)", "INSERT INTO line (text) VALUES ($1)"},
	} {
		b.Run(name, func(b *testing.B) {
			db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "stagora.db"), nil)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			err = db.Write(b.Context(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(b.Context(), "CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			clients(b, func() error {
				return db.Write(b.Context(), func(tx *store.Tx) error {
					for _, s := range statements {
						if _, err := tx.ExecContext(b.Context(), s, row); err != nil {
							return err
						}
					}
					return nil
				})
			})
		})
	}
}

// clients runs do from several goroutines until it was done b.N times.
func clients(b *testing.B, do func() error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	b.ResetTimer()
	for range benchClients {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := do(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
}
