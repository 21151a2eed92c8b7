/*
Package node is one node of Stagora running: its pages, its background work, its
mail, over one database.

Production starts one and keeps it; a demonstration starts one for each state it
shows. Nodes over the same database share nothing else, so that any number of
them may run.

What is not here: where the settings come from (the command), and what any of the
work does (each capability brings its own handlers).
*/
package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web"
	"stagora.org/stagora/internal/web/page"
)

// A Node is one node: what it works on.
type Node struct {
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

// Runner returns what does the background work.
func (n *Node) Runner() *job.Runner {
	all := capability.Union(Capabilities(n.Campaigns)...)
	return &job.Runner{
		DB: n.DB, Handlers: all.Work, Schedules: all.Schedules, Workers: workers, Node: nodeName(), Log: n.Log,
	}
}

func nodeName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "stagora"
	}
	return fmt.Sprintf("%s-%d", host, os.Getpid())
}

// Mailer returns what sends mail: work like any other, with a hand of its own, so
// that neither waits for the other.
func (n *Node) Mailer() *job.Runner {
	m := &notice.Mailer{DB: n.DB, Sender: n.Sender, Limit: rate.NewLimiter(n.MailRate, 1), Makers: capability.Union(Capabilities(n.Campaigns)...).Makers}
	return &job.Runner{
		DB: n.DB, Handlers: m.Handlers(), Schedules: m.Schedules(), Workers: 1, Node: nodeName(), Log: n.Log,
	}
}

// Pages returns what answers requests.
func (n *Node) Pages() http.Handler { return Pages(n.Site, n.Campaigns, n.More...) }

// Pages returns what answers requests of a site: every room, and more routes,
// which the demo has.
func Pages(s *page.Site, campaigns *campaign.Campaigns, more ...page.Route) http.Handler {
	s.Declared = capability.Union(Capabilities(campaigns)...)
	s.Files = s.Declared.Makers
	return web.Handler(s, append(Rooms(campaigns), page.Room{Routes: more})...)
}

// Work does background work and sends mail until ctx ends, and gives back what is
// not finished. People whose passwords still wait then are told to type them again.
func (n *Node) Work(ctx context.Context) error {
	// One that cannot start takes the other with it.
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	for _, r := range []*job.Runner{n.Runner(), n.Mailer()} {
		all.Go(func() {
			if err := r.Run(ctx); err != nil {
				stop(err)
			}
		})
	}
	all.Wait()
	err := context.Cause(ctx)
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	if n.Site.SignIns != nil {
		err = errors.Join(err, n.Site.SignIns.Close(context.WithoutCancel(ctx)))
	}
	return err
}

// How long requests under way may take to end when the node is asked to stop.
const stopWithin = 20 * time.Second

// Serve answers on a listener and does the work beside it until ctx ends; then it
// stops in order: no new request, streams ended, requests under way answered, work
// given back. An answer that streams has a deadline for each write instead of
// WriteTimeout, see [page.Request.Stream].
func Serve(ctx context.Context, listener net.Listener, pages http.Handler, work func(context.Context) error, log *slog.Logger) error {
	streaming, endStreams := context.WithCancel(context.WithoutCancel(ctx))
	defer endStreams()
	front := &http.Server{
		BaseContext: func(net.Listener) context.Context {
			return page.UntilStopped(context.WithoutCancel(ctx), streaming.Done())
		},
		Handler:           pages,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	workCtx, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	failed := make(chan error, 2)
	worked := make(chan error, 1)
	go func() {
		err := work(workCtx)
		if err != nil {
			err = fmt.Errorf("background work: %w", err)
			failed <- nil // the reason comes when it is waited for
		}
		worked <- err
	}()
	go func() {
		if err := front.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve: %w", err)
		}
	}()

	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		log.Info("stopping: answering what is under way")
	}
	endStreams()
	stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err = errors.Join(err, front.Shutdown(stopCtx))
	stopWork()
	return errors.Join(err, <-worked)
}
