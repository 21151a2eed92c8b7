package page_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/web/page"
)

// hasty is a server whose answers are cut sooner than any test waits, but for those
// that stream.
const hasty = 300 * time.Millisecond

// serve has a site answer on a server of its own, which cuts answers soon.
func (s *site) serve(t *testing.T, stop <-chan struct{}, more ...page.Route) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		Handler: s.page.Protect(s.page.Handler(more)), ReadTimeout: hasty, WriteTimeout: hasty,
		BaseContext: func(net.Listener) context.Context { return page.UntilStopped(context.Background(), stop) },
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return "http://" + listener.Addr().String()
}

// listen opens a stream and returns its lines, and what its answer begins with.
func listen(t *testing.T, address string) (*http.Response, *bufio.Scanner) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Last-Event-ID", "41")
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response, bufio.NewScanner(response.Body)
}

// event reads the next event of a stream: its lines, joined by "|".
func event(lines *bufio.Scanner) string {
	var all []string
	for lines.Scan() {
		if lines.Text() == "" {
			return strings.Join(all, "|")
		}
		all = append(all, lines.Text())
	}
	return "the end"
}

func TestAStreamTellsUntilTheNodeStops(t *testing.T) {
	s, told, stop := open(t), make(chan string), make(chan struct{})
	ended := make(chan error, 1)
	address := s.serve(t, stop, page.Route{Pattern: "GET /turns", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
		return r.Stream(w, func(e *page.Events) error {
			for {
				turn, err := page.Next(e, told)
				if err != nil {
					ended <- err
					return err
				}
				if err := e.Send(page.Event{ID: turn, Name: "turn\n", Data: "<p>" + turn + "\r\nafter " + r.LastEvent() + "</p>"}); err != nil {
					return err
				}
			}
		})
	}})
	response, lines := listen(t, address+"/turns")
	for header, want := range map[string]string{
		"Content-Type": "text/event-stream", "X-Accel-Buffering": "no", "Cache-Control": "no-store", "Content-Encoding": "", "X-Content-Type-Options": "nosniff",
	} {
		if got := response.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	if got := event(lines); got != "retry: 2000" {
		t.Errorf("it begins with %q", got)
	}
	// Each event arrives before the next is told, also when the server would have cut
	// an answer several times over.
	beats := time.NewTicker(hasty / 2)
	defer beats.Stop()
	for i := range 8 {
		<-beats.C
		told <- fmt.Sprint(i)
		if got, want := event(lines), fmt.Sprintf("id: %d|event: turn |data: <p>%d|data: after 41</p>", i, i); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	close(stop)
	if err := <-ended; !errors.Is(err, page.ErrStreamEnds) {
		t.Errorf("the stream ended with %v", err)
	}
	if got := event(lines); got != "the end" || lines.Err() != nil {
		t.Errorf("after the end came %q, %v", got, lines.Err())
	}
}

func TestAStreamEndsWhenTheBrowserGoes(t *testing.T) {
	s, ended := open(t), make(chan error, 1)
	address := s.serve(t, nil, page.Route{Pattern: "GET /turns", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
		return r.Stream(w, func(e *page.Events) error {
			_, err := page.Next(e, make(chan int))
			ended <- err
			return err
		})
	}})
	response, lines := listen(t, address+"/turns")
	event(lines)
	_ = response.Body.Close()
	if err := <-ended; !errors.Is(err, page.ErrStreamEnds) {
		t.Errorf("the stream ended with %v", err)
	}
}

func TestAStreamTakesARight(t *testing.T) {
	s := open(t)
	address := s.serve(t, nil, page.Route{Pattern: "GET /turns", Right: page.SignedIn, Handle: func(w http.ResponseWriter, r *page.Request) error {
		return r.Stream(w, func(*page.Events) error { return nil })
	}})
	response, _ := listen(t, address+"/turns")
	if response.StatusCode != http.StatusSeeOther {
		t.Errorf("a stranger gets %d", response.StatusCode)
	}
}

// A list of any length is sent, however long it takes to make.
func TestALongListIsSent(t *testing.T) {
	s, more := open(t), make(chan string)
	address := s.serve(t, nil, page.Route{Pattern: "GET /list", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
		return r.SendList(w, exchange.List{Title: "Liste", Columns: []string{"Nom"}, Each: func(do func([]any) error) error {
			for row := range more {
				if err := do([]any{row}); err != nil {
					return err
				}
			}
			return nil
		}})
	}})
	go func() {
		beats := time.NewTicker(hasty / 2)
		defer beats.Stop()
		for range 8 {
			more <- strings.Repeat("x", 900_000)
			<-beats.C
		}
		close(more)
	}()
	response, err := http.Get(address + "/list?format=csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil || strings.Count(string(content), "\n") != 9 {
		t.Errorf("%d bytes, %d lines, %v", len(content), strings.Count(string(content), "\n"), err)
	}
	if got := response.Header.Get("Content-Disposition"); got != "attachment; filename=Liste.csv" {
		t.Errorf("kept as %s", got)
	}
}

// A list that is written as text arrives while it is made: its first rows before the
// last ones are known.
func TestAListArrivesWhileItIsMade(t *testing.T) {
	s, read := open(t), make(chan bool)
	address := s.serve(t, nil, page.Route{Pattern: "GET /list", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
		return r.SendList(w, exchange.List{Title: "Liste", Columns: []string{"Nom"}, Each: func(do func([]any) error) error {
			for range 3 {
				if err := do([]any{strings.Repeat("x", 30_000)}); err != nil {
					return err
				}
			}
			select {
			case <-read:
				return do([]any{"last"})
			case <-r.Context().Done():
				return r.Context().Err()
			}
		}})
	}})
	response, err := http.Get(address + "/list?format=csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.ReadFull(response.Body, make([]byte, 30_000)); err != nil {
		t.Fatal(err)
	}
	close(read)
	rest, err := io.ReadAll(response.Body)
	if err != nil || !strings.HasSuffix(string(rest), "\nlast\r\n") {
		t.Errorf("it ends with %q, %v", rest[max(0, len(rest)-10):], err)
	}
}

// A list that cannot be finished is a page with the reason or a download that the
// browser knows to be broken, so that nobody takes a part for the whole.
func TestAListThatBreaksOffIsNoFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	breaksOff := page.Route{Pattern: "GET /some", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
		return r.SendList(w, exchange.List{Title: "Liste", Columns: []string{"Nom"}, Each: func(do func([]any) error) error {
			rows, _ := strconv.Atoi(r.FormValue("rows"))
			for range rows {
				if err := do([]any{strings.Repeat("x", 30_000)}); err != nil {
					return err
				}
			}
			return errors.New("the database is gone")
		}})
	}}
	s := open(t, breaksOff)
	for _, asked := range []string{"csv&rows=1", "xlsx&rows=1", "xlsx&rows=300"} {
		got := s.get("/some?format=" + asked)
		if got.StatusCode != 500 || got.Header.Get("Content-Disposition") != "" || !strings.Contains(got.body, "<h1>") {
			t.Errorf("%s: %d, %v", asked, got.StatusCode, got.Header)
		}
	}
	if strings.Count(s.log.text(), "the database is gone") != 3 {
		t.Error("the log does not say why")
	}
	address := s.serve(t, nil, breaksOff)
	for _, encoding := range []string{"identity", "gzip"} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", address+"/some?format=csv&rows=300", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", encoding)
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = io.Copy(io.Discard, response.Body); response.StatusCode != 200 || err == nil {
			t.Errorf("%s: %d, read to its end: %v", encoding, response.StatusCode, err)
		}
		_ = response.Body.Close()
	}
	if strings.Count(s.log.text(), "the database is gone") != 5 {
		t.Error("the log does not say why a download broke off")
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "stagora-*")); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
}
