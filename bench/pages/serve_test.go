package pages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/demo/large"
	"stagora.org/stagora/internal/demo/large/largetest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
)

// A usage is what a process has used so far.
type usage struct {
	CPU  time.Duration
	Peak int64 // kilobytes of memory, since the program or a step began
}

func used() usage {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it fails for no process of its own
	return usage{time.Duration(u.Utime.Nano() + u.Stime.Nano()), peak()}
}

// peak is not asked of getrusage, which counts what the parent had when it made this
// process.
func peak() int64 {
	content, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(content)) {
		if rest, is := strings.CutPrefix(line, "VmHWM:"); is {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}

// hello is a page that asks nothing of anybody: what a request costs by itself.
const hello = "<!doctype html><title>Hello</title><p>Hello, world.</p>\n"

// serve answers pages of a world, without background work, until its input ends.
// It tells its address first.
func serve(database string) error {
	db, err := open(context.Background(), database)
	if err != nil {
		return err
	}
	campaigns := &campaign.Campaigns{DB: db, Base: "http://large.example", Stale: time.Hour}
	site := &page.Site{DB: db, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), BaseURL: "http://large.example"}
	mux := http.NewServeMux()
	mux.Handle("/", node.Pages(site, campaigns))
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, hello) })
	mux.HandleFunc("GET /used", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(used()) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends when the parent does
		_ = listener.Close()
	}()
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	if err := server.Serve(listener); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return db.Close()
}

// open opens a database of a world, whose clock stands at its present.
func open(ctx context.Context, database string) (*store.DB, error) {
	clock := &store.MovableClock{}
	clock.Freeze(largetest.Now)
	return store.Open(ctx, database, clock.Now)
}

// A server is a process that answers pages.
type server struct {
	address string
	process *exec.Cmd
	input   io.Closer
	tokens  map[string]string // by persona
}

// start starts a server on a database and signs the personas of its world in.
func start(ctx context.Context, database string, w *large.World) (*server, error) {
	s := &server{tokens: map[string]string{}}
	if err := s.signIn(ctx, database, w); err != nil {
		return nil, err
	}
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s.process = exec.CommandContext(ctx, own)
	s.process.Env = append(os.Environ(), serveVariable+"="+database)
	s.process.Stderr = os.Stderr
	if s.input, err = s.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	_, err = fmt.Fscanln(out, &s.address)
	return s, err
}

func (s *server) stop() error { return errors.Join(s.input.Close(), s.process.Wait()) }

func (s *server) signIn(ctx context.Context, database string, w *large.World) error {
	db, err := open(ctx, database)
	if err != nil {
		return err
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		accounts, err := identity.Accounts(ctx, tx)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			for _, p := range w.Personas {
				if a.Login != p.Login {
					continue
				}
				if s.tokens[p.Name], err = identity.OpenSession(ctx, tx, a.ID, "bench"); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return errors.Join(err, db.Close())
}

// used asks the server what it has used.
func (s *server) used() (u usage, err error) {
	resp, err := http.Get("http://" + s.address + "/used")
	if err != nil {
		return u, err
	}
	defer func() { _ = resp.Body.Close() }()
	return u, json.NewDecoder(resp.Body).Decode(&u)
}

// browser asks for compressed answers and leaves them so.
var browser = &http.Client{Transport: &http.Transport{DisableCompression: true}, CheckRedirect: func(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}}

// get asks for a page and returns how many bytes came.
func (s *server) get(who, path, encoding string) (status, size int, err error) {
	status, content, err := s.read(who, path, encoding)
	return status, len(content), err
}

// nextLink is the link to the page that follows.
var nextLink = regexp.MustCompile(`rel="next" href="([^"]+)"`)

// turn returns the address of the page that lies some pages on, or of the last one.
func (s *server) turn(who, path string, pages int) (string, error) {
	for range pages {
		_, content, err := s.read(who, path, "identity")
		if err != nil {
			return path, err
		}
		next := nextLink.FindSubmatch(content)
		if next == nil {
			break
		}
		path = html.UnescapeString(string(next[1]))
	}
	return path, nil
}

// read asks for a page.
func (s *server) read(who, path, encoding string) (status int, content []byte, err error) {
	request, err := http.NewRequest(http.MethodGet, "http://"+s.address+path, nil)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Accept-Encoding", encoding)
	if token := s.tokens[who]; token != "" {
		request.AddCookie(&http.Cookie{Name: "stagora_session", Value: token})
	}
	resp, err := browser.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	content, err = io.ReadAll(resp.Body)
	return resp.StatusCode, content, err
}

// serveVariable makes this program a server: it holds the database.
const serveVariable = "STAGORA_BENCH_SERVE"
