package demo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
)

// Copies loads each state of the data set once, and copies it as a file from then on:
// for those who show many worlds, as stories and tests do. It lives as long as its
// program does, so that a copy is never older than the data set or the schema.
//
// What was written while a state was loaded, such as a mail, names the address that
// was given first. The zero Copies is ready for use, also by several at once.
type Copies struct {
	mu     sync.Mutex
	loaded map[State]func() (original, error)
}

// An original is a world as it was loaded, with the bytes of its database.
type original struct {
	world World
	shows time.Time // what the clock showed
	file  []byte
}

// Load makes an SQLite database, a file that nobody has open, hold the data set in a
// state, as [Load] does of any database.
func (c *Copies) Load(ctx context.Context, database, baseURL string, state State) (*World, error) {
	from, err := c.original(context.WithoutCancel(ctx), baseURL, state)()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(database, from.file, 0o600); err != nil {
		return nil, err
	}
	w := from.world
	w.Clock = &store.MovableClock{}
	w.Clock.Set(from.shows)
	if w.DB, err = store.Open(ctx, database, w.Clock.Now); err != nil {
		return nil, err
	}
	w.Campaigns = &campaign.Campaigns{DB: w.DB, Base: baseURL, DemoSeed: data().Campaign.Seed}
	return &w, nil
}

func (c *Copies) original(ctx context.Context, baseURL string, state State) func() (original, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loaded == nil {
		c.loaded = map[State]func() (original, error){}
	}
	if c.loaded[state] == nil {
		c.loaded[state] = sync.OnceValues(func() (original, error) { return makeOriginal(ctx, baseURL, state) })
	}
	return c.loaded[state]
}

func makeOriginal(ctx context.Context, baseURL string, state State) (o original, err error) {
	folder, err := os.MkdirTemp("", "stagora-demo-")
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "original.db")
	w, err := Load(ctx, path, baseURL, state)
	if err != nil {
		return o, err
	}
	o.shows = w.Clock.Now()
	if err := w.DB.Close(); err != nil {
		return o, err
	}
	o.world = World{State: w.State, Campaign: w.Campaign, Records: w.Records}
	o.file, err = os.ReadFile(path)
	return o, err
}
