package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/demo/large/largetest"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
)

// mostMemory is how much a process may grow while it writes a file of any length.
const mostMemory = 64 << 20

// filesWanted names, in the environment, what a process of its own is to ask for.
const filesWanted = "STAGORA_FILES_WANTED"

// wanted are the files that such a process asks for.
type wanted struct {
	Database string
	Asks     []ask
}

type ask struct{ Pattern, Path, Token string }

// lists are the routes of long lists that can be taken away as files.
var lists = []string{
	"GET /students", "GET /people", "GET /sites", "GET /contacts", "GET /cohorts", "GET /mails", "GET /jobs", "GET /campaigns",
	"GET /campaigns/{campaign}/participants", "GET /campaigns/{campaign}/lists", "GET /campaigns/{campaign}/order",
	"GET /campaigns/{campaign}/posts", "GET /campaigns/{campaign}/commission", "GET /campaigns/{campaign}/audit",
}

// A file is written as it is read: the memory that it takes does not grow with it. A
// process of its own asks for each, so that nothing else takes memory there.
func TestWalkOfFiles(t *testing.T) {
	if given := os.Getenv(filesWanted); given != "" {
		askForFiles(t, given)
		return
	}
	t.Parallel()
	w := newWalker(t, store.SQLite)
	all := wanted{Database: w.database}
	for _, route := range w.routes {
		for _, pattern := range lists {
			if route.Pattern != pattern {
				continue
			}
			for _, path := range w.addresses(t, route) {
				if strings.Contains(path, "?") {
					continue
				}
				for _, format := range []string{"csv", "xlsx"} {
					for _, who := range []string{"administrator", "office"} {
						all.Asks = append(all.Asks, ask{pattern, path + "?format=" + format, w.tokens[who]})
					}
				}
			}
		}
	}
	asked, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	own := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWalkOfFiles$", "-test.v")
	own.Env = append(os.Environ(), filesWanted+"="+string(asked))
	output, err := own.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	for _, pattern := range lists {
		if !strings.Contains(string(output), " bytes of "+pattern+" at ") {
			t.Errorf("no file of %s was written:\n%s", pattern, output)
		}
	}
}

// A sink is who takes an answer and keeps nothing of it.
type sink struct {
	header  http.Header
	status  int
	written int
}

func (s *sink) Header() http.Header { return s.header }

func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(b []byte) (int, error) {
	s.written += len(b)
	return len(b), nil
}

// SetWriteDeadline lets pages think that they write to a connection.
func (s *sink) SetWriteDeadline(time.Time) error { return nil }

// askForFiles is the process that asks.
func askForFiles(t *testing.T, given string) {
	var all wanted
	if err := json.Unmarshal([]byte(given), &all); err != nil {
		t.Fatal(err)
	}
	debug.SetGCPercent(20) // garbage goes early: what counts is what a file needs
	db := largetest.OpenAt(t, all.Database)
	pages := node.Pages(&page.Site{DB: db, Log: slog.New(slog.DiscardHandler), BaseURL: "http://large.example"}, &campaign.Campaigns{DB: db})
	for _, a := range all.Asks {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, a.Path, nil)
		r.AddCookie(&http.Cookie{Name: "stagora_session", Value: a.Token})
		idle, err := forgetPeak()
		if err != nil {
			t.Fatal(err)
		}
		answer := &sink{header: http.Header{}, status: http.StatusOK}
		pages.ServeHTTP(answer, r)
		peak, err := memory("VmHWM")
		if err != nil {
			t.Fatal(err)
		}
		if answer.status >= 500 {
			t.Errorf("%s answers %d", a.Path, answer.status)
		}
		if strings.HasPrefix(answer.header.Get("Content-Type"), "text/html") {
			continue // it is not for this person, or not yet
		}
		fmt.Fprintf(os.Stdout, "%d MB for %d bytes of %s at %s\n", (peak-idle)>>20, answer.written, a.Pattern, a.Path)
		if peak-idle > mostMemory {
			t.Errorf("%s of %d bytes takes %d MB", a.Path, answer.written, (peak-idle)>>20)
		}
	}
}

// forgetPeak gives memory back, and returns what the process has now. The largest
// that it ever had is counted from here on.
func forgetPeak() (int64, error) {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return 0, err
	}
	return memory("VmRSS")
}

// memory returns a line of what the system knows of the process, in bytes.
func memory(line string) (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(line + `:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		return 0, errors.New("/proc/self/status has no " + line)
	}
	kB, err := strconv.ParseInt(string(found[1]), 10, 64)
	return kB << 10, err
}
