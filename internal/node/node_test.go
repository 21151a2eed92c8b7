package node_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/time/rate"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/web/page"
)

// A running is a node that serves, as production does.
type running struct {
	address string
	stop    context.CancelFunc
	ended   chan error
}

// start serves a node with more routes, whose work is given.
func start(t *testing.T, work func(context.Context) error, more ...page.Route) running {
	t.Helper()
	db, log := storetest.Open(t, store.SQLite), slog.New(slog.DiscardHandler)
	n := &node.Node{
		DB: db, Log: log, Campaigns: &campaign.Campaigns{DB: db}, MailRate: rate.Inf, More: more, Sender: noMail{},
		Site: &page.Site{DB: db, Log: log, BaseURL: "https://stagora.test"},
	}
	if work == nil {
		work = n.Work
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := running{address: "http://" + listener.Addr().String(), stop: stop, ended: make(chan error, 1)}
	go func() { r.ended <- node.Serve(ctx, listener, n.Pages(), work, log) }()
	t.Cleanup(stop)
	return r
}

// noMail sends nothing: no mail is queued here.
type noMail struct{ notice.Sender }

func TestANodeServesItsPagesUntilItIsStopped(t *testing.T) {
	r := start(t, nil)
	for path, status := range map[string]int{"/healthz": 200, "/readyz": 200, page.SignInPath: 200, "/nowhere": 404, "/metrics": 200} {
		response, err := http.Get(r.address + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != status || response.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %d, %v", path, response.StatusCode, response.Header)
		}
	}
	r.stop()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get(r.address + "/healthz"); err == nil {
		t.Error("a node that has stopped answers")
	}
}

// Streams end, requests under way are answered, and the work stops last, because what
// is answered may have asked for some.
func TestANodeStopsInOrder(t *testing.T) {
	arrived, release, working := make(chan bool), make(chan bool), make(chan bool)
	var order []string // written by one after the other
	work := func(ctx context.Context) error {
		close(working)
		<-ctx.Done()
		order = append(order, "work")
		return nil
	}
	r := start(t, work,
		page.Route{Pattern: "GET /slow", Right: page.Public, Handle: func(w http.ResponseWriter, _ *page.Request) error {
			close(arrived)
			<-release
			order = append(order, "request")
			_, err := io.WriteString(w, "answered")
			return err
		}},
		page.Route{Pattern: "GET /turns", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
			return r.Stream(w, func(e *page.Events) error {
				_, err := page.Next(e, make(chan int))
				order = append(order, "stream")
				close(release) // the stream is the first to end
				return err
			})
		}})
	stream, err := http.Get(r.address + "/turns")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.Body.Close() }()
	lines := bufio.NewScanner(stream.Body)
	lines.Scan() // it has begun
	answered := make(chan string)
	go func() {
		response, err := http.Get(r.address + "/slow")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = response.Body.Close() }()
		content, _ := io.ReadAll(response.Body)
		answered <- string(content)
	}()
	<-working
	<-arrived
	r.stop()
	if got := <-answered; got != "answered" {
		t.Errorf("the request under way: %s", got)
	}
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	if got := strings.Join(order, ", "); got != "stream, request, work" {
		t.Errorf("it stopped in the order: %s", got)
	}
}

func TestANodeWhoseWorkFailsStops(t *testing.T) {
	gone := errors.New("the database is gone")
	r := start(t, func(context.Context) error { return gone })
	if err := <-r.ended; !errors.Is(err, gone) {
		t.Errorf("it ended with %v", err)
	}
}

// A stream is no slow request, however long somebody looks on.
func TestAStreamIsMeasuredApart(t *testing.T) {
	r := start(t, nil, page.Route{Pattern: "GET /turns", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
		return r.Stream(w, func(*page.Events) error { return nil })
	}})
	for _, path := range []string{"/turns", page.SignInPath} {
		response, err := http.Get(r.address + path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
	}
	response, err := http.Get(r.address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	metrics, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`stagora_http_request_seconds_count{code="200",kind="stream",method="get"} 1`, `{code="200",kind="page",method="get"} 1`} {
		if !strings.Contains(string(metrics), want) {
			t.Errorf("no %s", want)
		}
	}
	r.stop()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
}
