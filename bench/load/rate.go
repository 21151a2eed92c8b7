package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"stagora.org/stagora/internal/store"
)

// Saves are held against the bare rate: as many clients, the same driver, a row of
// as many bytes, one transaction a row, on the same disk. Both are measured turn by
// turn, each client asking again as soon as it is answered.
const (
	rateClients = 32
	rateTime    = 8 * time.Second
	bareBytes   = 364
)

// A rate is what one round gave.
type rate struct {
	saves, bare float64 // a second
	took        quantiles
	cpu         time.Duration // of the server, a save
}

// rate measures one round.
func (m *market) rate(ctx context.Context, s *server, database string, round int) (r rate, err error) {
	transport := &http.Transport{MaxIdleConnsPerHost: rateClients}
	defer transport.CloseIdleConnections()
	browser := &http.Client{Transport: transport, Timeout: time.Minute}
	address := "http://" + s.address + "/my/campaigns/" + m.campaign + "/wishes"
	before, err := cpuOf(s.process.Process.Pid)
	if err != nil {
		return r, err
	}
	var mu sync.Mutex
	var took []time.Duration
	until := time.Now().Add(rateTime)
	var all sync.WaitGroup
	for i := range rateClients {
		// Students of other rounds have versions already: each round has its own.
		c := &client{candidate: m.students[round*rateClients+i]}
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(round), uint64(i)))
			for time.Now().Before(until) {
				c.save(ctx, browser, address, m.someWishes(random))
			}
			mu.Lock()
			defer mu.Unlock()
			for _, a := range c.acknowledged {
				took = append(took, a.took)
			}
		})
	}
	all.Wait()
	after, err := cpuOf(s.process.Process.Pid)
	if err != nil {
		return r, err
	}
	r.saves, r.took, r.cpu = float64(len(took))/rateTime.Seconds(), quantilesOf(took), (after-before)/time.Duration(max(1, len(took)))
	r.bare, err = bareRate(ctx, database)
	return r, err
}

// bareRate inserts rows, one a transaction.
func bareRate(ctx context.Context, database string) (float64, error) {
	driver, address, connections := "pgx", database, rateClients
	if !strings.HasPrefix(database, "postgres") {
		driver, connections = "sqlite", 1
		address = "file:" + database + ".bare?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS bare (id "+keyType(driver)+", content TEXT NOT NULL)"); err != nil {
		return 0, err
	}
	content := strings.Repeat("x", bareBytes)
	var done, failed atomic.Int64
	until := time.Now().Add(rateTime)
	var all sync.WaitGroup
	for range rateClients {
		all.Go(func() {
			for time.Now().Before(until) {
				tx, err := db.BeginTx(ctx, nil)
				if err == nil {
					_, err = tx.ExecContext(ctx, "INSERT INTO bare (content) VALUES ($1)", content)
				}
				if err == nil {
					err = tx.Commit()
				}
				if err != nil {
					failed.Add(1)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if n := failed.Load(); n > 0 {
		return 0, fmt.Errorf("%d bare clients failed", n)
	}
	return float64(done.Load()) / rateTime.Seconds(), nil
}

func keyType(driver string) string {
	if driver == "pgx" {
		return "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
	}
	return "INTEGER PRIMARY KEY"
}

// migrated makes sure that a database has its schema.
func migrated(ctx context.Context, database string) error {
	db, err := store.Open(ctx, database, nil)
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx); err != nil {
		_ = db.Close()
		return err
	}
	return db.Close()
}
