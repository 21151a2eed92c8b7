/*
Package demo is Stagora to be tried: the data set "Estuaire", fictional and with
known results, entrances by one click, a clock that can be moved, mails that never
leave.

A demonstration shows one [State] of the data set at a time. Going to another one
begins anew, in a database of its own: what was kept by the former one (versions,
log, draw) cannot be changed, as it cannot in production.

What is here exists nowhere else: production has no movable clock, no entrance
without a password, no route of this package, and refuses a database that holds a
demo account.
*/
package demo

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/demo/large"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
)

// A Demo is a demonstration running. It answers requests by the world it shows.
type Demo struct {
	Folder  string     // where databases are made
	BaseURL string     // as people reach it
	Size    large.Size // of the world that the state [Many] shows
	Log     *slog.Logger
	Copies  *Copies // where worlds come from; nil: each is loaded anew

	mu    sync.RWMutex
	world *World
	made  int
}

// A World is one state of the data set in a database of its own, from when it was
// loaded on.
type World struct {
	DB        *store.DB
	Clock     *store.MovableClock
	Campaigns *campaign.Campaigns
	State     State // it began at
	Campaign  string
	Records   map[string]string // public identifiers of the students, by pseudonym
	Personas  []large.Persona   // whom one can be in the state [Many]

	node  *node.Node
	pages http.Handler
	stop  func() // ends its work and closes its database
}

// Show brings the demonstration to a state, in a new database; the former one is
// closed. Requests wait meanwhile.
func (d *Demo) Show(ctx context.Context, state State) (*World, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.made++
	path := filepath.Join(d.Folder, fmt.Sprintf("estuaire-%d.db", d.made))
	for _, left := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.RemoveAll(left); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	world, err := d.load(ctx, path, state)
	if err != nil {
		return nil, err
	}
	if d.world != nil {
		d.world.stop()
	}
	d.world = world
	return world, nil
}

// World returns what the demonstration shows now.
func (d *Demo) World() *World {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.world
}

// Close ends the demonstration.
func (d *Demo) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.world != nil {
		d.world.stop()
		d.world = nil
	}
}

// ServeHTTP answers by the world that is shown.
func (d *Demo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.World().pages.ServeHTTP(w, r)
}

// load makes a world and starts its work.
func (d *Demo) load(ctx context.Context, database string, state State) (*World, error) {
	w, err := d.fill(ctx, database, state)
	if err != nil {
		return nil, err
	}
	site := &page.Site{DB: w.DB, Log: d.Log, BaseURL: d.BaseURL, Demo: d.banner, Front: controlsPath}
	w.node = &node.Node{
		DB: w.DB, Site: site, Campaigns: w.Campaigns, Sender: notice.Catcher{}, MailRate: 1000, More: d.routes(), Log: d.Log,
	}
	w.pages = w.node.Pages()
	workCtx, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		if err := w.node.Work(workCtx); err != nil {
			d.Log.ErrorContext(workCtx, "background work ended", "err", err)
		}
	}()
	w.stop = func() {
		stopWork()
		<-worked
		if err := w.DB.Close(); err != nil {
			d.Log.Error("close the demo's database", "err", err)
		}
	}
	return w, nil
}

// fill makes the database of a state.
func (d *Demo) fill(ctx context.Context, database string, state State) (*World, error) {
	if state != Many {
		if d.Copies != nil {
			return d.Copies.Load(ctx, database, d.BaseURL, state)
		}
		return Load(ctx, database, d.BaseURL, state)
	}
	now := time.Now()
	made, err := large.Make(ctx, database, large.Options{Seed: "1", Size: d.Size, Now: now, Demo: true})
	if err != nil {
		return nil, err
	}
	clock := &store.MovableClock{}
	clock.Set(now)
	db, err := store.Open(ctx, database, clock.Now)
	if err != nil {
		return nil, err
	}
	campaigns := &campaign.Campaigns{DB: db, Base: d.BaseURL}
	return &World{DB: db, Clock: clock, Campaigns: campaigns, State: state, Personas: made.Personas}, nil
}

// Load makes a database (a new file, or an empty PostgreSQL database) hold the
// data set in a state, with a clock that shows its time.
func Load(ctx context.Context, database, baseURL string, state State) (*World, error) {
	clock := &store.MovableClock{}
	db, err := store.Open(ctx, database, clock.Now)
	if err != nil {
		return nil, err
	}
	l := &loader{
		db: db, clock: clock, data: data(),
		campaigns: &campaign.Campaigns{DB: db, Base: baseURL, DemoSeed: data().Campaign.Seed},
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	if err := l.reach(ctx, state); err != nil {
		return nil, err
	}
	return &World{DB: db, Clock: clock, Campaigns: l.campaigns, State: state, Campaign: l.campaign, Records: l.records}, nil
}

// MoveClock makes the world's clock show an instant and run on from there, and
// does at once what falls due by then. The clock may go back: what has happened
// stays.
func (d *Demo) MoveClock(ctx context.Context, to time.Time) error {
	w := d.World()
	w.Clock.Set(to)
	if err := w.Campaigns.CloseDue(ctx); err != nil {
		return err
	}
	return w.Campaigns.RemindDue(ctx)
}

// Enter opens a login session for one of the people of the data set.
func (d *Demo) Enter(ctx context.Context, login, origin string) (token string, err error) {
	return identity.SignInDemo(ctx, d.World().DB, login, origin)
}

// enterAgain opens a login session, at the present time of the world, for the
// person who is signed in; an empty token if nobody is.
func (d *Demo) enterAgain(r *page.Request) (token string, err error) {
	if !r.Actor.Known() {
		return "", nil
	}
	err = d.World().DB.Write(r.Context(), func(tx *store.Tx) error {
		accounts, err := identity.AccountsOfPerson(r.Context(), tx, r.Actor.ID)
		if err != nil || len(accounts) == 0 {
			return err
		}
		token, err = identity.OpenSession(r.Context(), tx, accounts[0].ID, r.Actor.Origin)
		return err
	})
	return token, err
}

func (l *loader) sentence(key string) string { return text.In(text.French, "").T(key) }
