package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web"
	"stagora.org/stagora/internal/web/page"
)

// A server is one node of Stagora running: pages, background work, mail.
type server struct {
	DB        *store.DB
	Site      *page.Site
	Campaigns *campaign.Campaigns
	Sender    notice.Sender
	MailRate  rate.Limit // mails a second
	More      []page.Route
	Log       *slog.Logger
}

// Background work done at once by one node: enough that a long run of the engine
// does not keep reminders waiting.
const workers = 2

// How long requests and work under way may take to end when the node is asked to
// stop.
const stopWithin = 20 * time.Second

// run answers on a listener until ctx ends, and then stops in order: no new
// request, those under way answered, work given back.
func (s *server) run(ctx context.Context, listener net.Listener) error {
	node, err := os.Hostname()
	if err != nil {
		node = "stagora"
	}
	runner := &job.Runner{
		DB: s.DB, Handlers: handlers(s.DB, s.Campaigns), Schedules: schedules(), Workers: workers,
		Node: fmt.Sprintf("%s-%d", node, os.Getpid()), Log: s.Log,
	}
	front := &http.Server{
		Handler:           web.Handler(s.Site, s.Campaigns, s.More...),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}

	var work sync.WaitGroup
	workCtx, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	failed := make(chan error, 2)
	work.Go(func() {
		if err := runner.Run(workCtx); err != nil {
			failed <- fmt.Errorf("background work: %w", err)
		}
	})
	work.Go(func() {
		notice.Deliver(workCtx, s.DB, s.Sender, rate.NewLimiter(s.MailRate, 1), s.Log)
	})
	go func() {
		if err := front.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve: %w", err)
		}
	}()

	select {
	case err = <-failed:
	case <-ctx.Done():
		s.Log.Info("stopping: answering what is under way")
	}
	stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err = errors.Join(err, front.Shutdown(stopCtx))
	stopWork()
	work.Wait()
	return err
}

// handlers are what background work there is, by kind.
func handlers(db *store.DB, campaigns *campaign.Campaigns) map[string]job.Handler {
	all := map[string]job.Handler{
		job.PurgeKind: job.Purge(db, keepTasks),
		identityPurge: func(ctx context.Context, _ *job.Run) error { return identity.Purge(ctx, db) },
	}
	maps.Copy(all, campaigns.Handlers())
	return all
}

const (
	identityPurge = "identity.purge"
	keepTasks     = 30 * 24 * time.Hour
)

// schedules are when work comes by itself. Campaigns close within seconds of
// their deadline; lists are refused at the deadline itself, whoever is late.
func schedules() []job.Schedule {
	return []job.Schedule{
		{Kind: campaign.CloseKind, Spec: "@every 5s"},
		{Kind: campaign.RemindKind, Spec: "@every 1m"},
		{Kind: job.PurgeKind, Spec: "30 3 * * *"},
		{Kind: identityPurge, Spec: "40 3 * * *"},
	}
}

// untilStopped returns a context that ends when the process is asked to stop.
func untilStopped() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}
