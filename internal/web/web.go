/*
Package web is Stagora as people see it: pages drawn by the server, which work
without JavaScript but for dragging.

Pages stand in rooms by audience, because that is how people meet them: package
student (one thing at a time, on a phone), package office and package records
(dense, keyboard first), package admin (the platform itself). Each room has its
routes in its routes.go, each with the right it takes. What every page goes through is package page; how things look
is package ui.

What is not here: rules. A handler decodes, calls one function of the domain and
encodes.
*/
package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Handler returns the whole site: its pages, its static files, and what the
// people who run it ask (/healthz, /readyz, /metrics). Whoever stops the site closes
// its queue of passwords ([page.Site.SignIns]).
func Handler(site *page.Site, rooms ...page.Room) http.Handler {
	site.Menu = menu(rooms)
	site.SignIns = identity.NewQueue(site.DB, site.Log)
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.StaticPrefix, ui.Static())
	mux.HandleFunc("GET /healthz", healthy)
	mux.Handle("GET /readyz", ready(site.DB))
	registry := prometheus.NewRegistry()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.Handle("/", site.Handler(append(Routes(), page.Routes(rooms...)...)))
	return measured(registry, site.Protect(mux))
}

// healthy answers as long as the process does.
func healthy(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }

// ready answers ok when requests can be served: the database answers and its
// schema is up to date.
func ready(db *store.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		pending, err := db.Pending(ctx)
		_, unknown := errors.AsType[*store.UnknownSchemaError](err)
		switch {
		case unknown:
			http.Error(w, "the schema is newer than this version of Stagora", http.StatusServiceUnavailable)
		case err != nil:
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		case len(pending) > 0:
			http.Error(w, "the schema is not up to date: run stagora migrate", http.StatusServiceUnavailable)
		default:
			_, _ = w.Write([]byte("ready\n"))
		}
	}
}

// measured counts and times requests for /metrics. Addresses are not kept: only
// methods and statuses, so that no identifier ends in a metric. Streams stand apart:
// they last as long as somebody looks on.
func measured(registry *prometheus.Registry, next http.Handler) http.Handler {
	duration := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "stagora_http_request_seconds", Help: "How long requests took.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"method", "code", "kind"})
	inFlight := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "stagora_http_requests_in_flight", Help: "Requests being answered.",
	})
	registry.MustRegister(duration, inFlight)
	timed := promhttp.InstrumentHandlerDuration(duration, next, promhttp.WithLabelFromCtx("kind", func(ctx context.Context) string {
		if page.WasStream(ctx) {
			return "stream"
		}
		return "page"
	}))
	return promhttp.InstrumentHandlerInFlight(inFlight, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timed.ServeHTTP(w, r.WithContext(page.Measurable(r.Context())))
	}))
}
