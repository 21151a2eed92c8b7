package browser_test

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"stagora.org/stagora/e2e/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'"

const form = `<!doctype html><html lang="fr"><title>Essai</title><script src="/page.js" defer></script>
<main><h1>Mes vœux : essai</h1>
<a href="/other">L’été : autre page</a>
<form action="/save" method="post">
<label>Rang de B <input name="rank" value="7"></label>
<label>Trier par <select name="sort"><option>Ville</option><option>Nom du terrain</option></select></label>
<button>Enregistrer</button></form>
<p role="status" id="said"></p></main></html>`

const script = `
document.querySelector("input").addEventListener("keydown", event => {
	if (event.altKey && event.key === "ArrowUp") document.getElementById("said").textContent = "B passe au rang 1";
});
new EventSource("/events").onmessage = event => document.querySelector("h1").append(" " + event.data);
fetch("/list.json");
`

// site is a small site under the policy of Stagora's pages.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	html := func(pattern, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", policy)
			fmt.Fprintf(w, strings.ReplaceAll(body, "%RANK%", "%s"), r.FormValue("rank"))
		})
	}
	html("GET /{$}", form+"<!--%s-->")
	html("GET /other", `<!doctype html><html lang="fr"><title>Autre</title><main><h1>Autre page</h1></main>%s</html>`)
	html("POST /save", `<!doctype html><html lang="fr"><title>Fait</title><main><h1>Enregistré : %RANK%</h1></main></html>`)
	html("GET /bad", `<!doctype html><html><img src="/none.png" style="width: 2000px"><div style="width: 9px">%s</div><p>Texte</p>`+
		`<table width=2000><tr><td>Large</table><button></button></html>`)
	mux.HandleFunc("GET /page.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, script)
	})
	mux.HandleFunc("GET /list.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"name": "Inès Baraka"}`)
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: en direct\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections) // the stream of events has no end
	return server.URL
}

func TestAPersonReadsAndWritesByKeyboard(t *testing.T) {
	t.Parallel()
	for _, width := range []int{browser.Desk, browser.Phone} {
		w := browser.Open(t, width)
		w.Visit(site(t))
		w.See("Mes vœux : essai en direct") // the stream arrives, and the plain space meets the narrow one
		w.Accessible()
		w.Fits()
		w.Choose("Trier par", "Nom du terrain")
		w.Fill("Rang de B", "été 1")
		w.Press("Alt+ArrowUp")
		w.Hear("B passe au rang 1")
		w.Push("Enregistrer")
		w.See("Enregistré : été 1")
		w.NotSee("Mes vœux")
	}
}

func TestALinkIsFollowed(t *testing.T) {
	t.Parallel()
	url := site(t)
	w := browser.Open(t, browser.Desk)
	w.Visit(url)
	w.Follow("L’été : autre page")
	w.NotSee("Mes vœux")
	if w.Address() != url+"/other" {
		t.Errorf("arrived at %s", w.Address())
	}
	if picture, err := png.DecodeConfig(bytes.NewReader(w.Picture())); err != nil || picture.Width != browser.Desk {
		t.Errorf("took a picture %d px wide, %v", picture.Width, err)
	}
	if status, body := w.Fetch("/list.json"); status != 200 || !strings.Contains(string(body), "Inès") {
		t.Errorf("fetched %d %s", status, body)
	}
}

// The focus moves between the look and the key, as when a page puts something else
// in the place of what one had reached.
func TestAKeyReachesWhatItWasMeantForOrNothing(t *testing.T) {
	t.Parallel()
	url := site(t)
	w := browser.Open(t, browser.Desk)
	w.Visit(url)
	w.Reach("button", "Enregistrer")
	w.Mean()
	w.Evaluate(`document.querySelector("a").focus()`, nil)
	w.Press("Enter")
	if w.Hit() {
		t.Error("the key reached something else and nobody noticed")
	}
	w.Settle()
	if w.Address() != url+"/" {
		t.Errorf("the key was for the button and opened %s", w.Address())
	}
	w.Follow("L’été : autre page")
	w.See("Autre page")
}

// Both pages have a link of that name, and the first goes on only after what it has
// to save is saved, as the list of wishes does. The second page's link is meant.
func TestNothingIsPressedOnAPageThatHasMoreToDo(t *testing.T) {
	t.Parallel()
	const linked = `<!doctype html><html lang="fr"><title>Essai</title>%s<h1>Essai</h1><a href="%s">Suite</a></html>`
	var saves atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /first", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, linked, `<script src="/first.js" defer></script>`, "/second")
	})
	mux.HandleFunc("GET /first.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, `document.querySelector("a").addEventListener("click", async event => {
			event.preventDefault();
			await fetch("/save", { method: "POST" });
			location.assign(event.target.href);
		})`)
	})
	mux.HandleFunc("POST /save", func(http.ResponseWriter, *http.Request) {
		saves.Add(1)
		<-time.After(time.Second) // long enough to press the first link again
	})
	mux.HandleFunc("GET /second", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, linked, "", "/third") })
	mux.HandleFunc("GET /third", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, linked, "", "/") })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w := browser.Open(t, browser.Desk)
	w.Visit(server.URL + "/first")
	w.Follow("Suite")
	w.Follow("Suite")
	w.Until("the third page is there", func() bool { return w.Address() == server.URL+"/third" })
	if n := saves.Load(); n != 1 {
		t.Errorf("the first link was pressed %d times", n)
	}
}

func TestWindowsShareNoCookie(t *testing.T) {
	t.Parallel()
	url := site(t)
	one, two := browser.Open(t, browser.Desk), browser.Open(t, browser.Desk)
	var cookie string
	one.Visit(url)
	one.Evaluate(`document.cookie = "who=ines"`, nil)
	two.Visit(url)
	two.Evaluate(`document.cookie`, &cookie)
	if cookie != "" {
		t.Errorf("the other window has %s", cookie)
	}
}

// What a story promises to notice is noticed.
func TestAWindowFailsItsTest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		do   func(w *browser.Window, url string)
		want string
	}{
		{"for a text that never comes", func(w *browser.Window, url string) {
			w.Visit(url)
			w.Hurry().See("Vos voeux")
		}, "never showed"},
		{"for a text that stays", func(w *browser.Window, url string) {
			w.Visit(url)
			w.See("Mes vœux")
			w.Hurry().NotSee("Mes vœux")
		}, "still showed"},
		{"for a link that Tab does not reach", func(w *browser.Window, url string) {
			w.Visit(url)
			w.Hurry().Follow("Nulle part")
		}, `link "L’été\u202f: autre page"`},
		{"for silence", func(w *browser.Window, url string) {
			w.Visit(url)
			w.Hurry().Hear("B passe au rang 1")
		}, "no live region"},
		{"for a name that was sent and not shown", func(w *browser.Window, url string) {
			w.Visit(url)
			w.See("en direct")
			w.Fetch("/list.json")
			w.NotReceived("Inès Baraka")
		}, "list.json holds"},
		{"for what axe finds", func(w *browser.Window, url string) {
			w.Visit(url + "/bad")
			w.Accessible()
		}, "axe, button-name, critical"},
		{"for a page too wide", func(w *browser.Window, url string) {
			w.Visit(url + "/bad")
			w.Fits()
		}, "px wide"},
		{"for a broken policy", func(w *browser.Window, url string) {
			w.Visit(url + "/bad")
			w.See("Texte")
		}, "Content Security Policy"},
		{"for a logged error", func(w *browser.Window, url string) {
			w.Visit(url)
			w.Evaluate(`console.error("aïe")`, nil)
		}, "logged aïe"},
		{"for a thrown error", func(w *browser.Window, url string) {
			w.Visit(url)
			w.Evaluate(`new Promise(done => setTimeout(() => { setTimeout(done); throw Error("ouille") }))`, nil)
		}, "ouille"},
		{"for a status of 500", func(w *browser.Window, url string) {
			w.Visit(url)
			w.Fetch("/broken")
		}, "status 500"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			url := site(t)
			failed := failures(t, func(t testing.TB) { tt.do(browser.Open(t, browser.Phone), url) })
			if !strings.Contains(failed, tt.want) {
				t.Errorf("it said %q, want %q", failed, tt.want)
			}
		})
	}
}

// failures runs a test aside and returns what it failed for.
func failures(t *testing.T, test func(testing.TB)) string {
	t.Helper()
	aside := &aside{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer aside.cleanUp()
		test(aside)
	}()
	<-done
	return aside.said.String()
}

// An aside is a test whose failure is expected.
type aside struct {
	testing.TB
	said     strings.Builder
	cleanups []func()
}

func (a *aside) Helper()                           {}
func (a *aside) Cleanup(f func())                  { a.cleanups = append(a.cleanups, f) }
func (a *aside) Failed() bool                      { return a.said.Len() > 0 }
func (a *aside) Logf(string, ...any)               {}
func (a *aside) Error(args ...any)                 { fmt.Fprintln(&a.said, args...) }
func (a *aside) Errorf(format string, args ...any) { fmt.Fprintf(&a.said, format+"\n", args...) }
func (a *aside) Fatal(args ...any)                 { a.Error(args...); runtime.Goexit() }
func (a *aside) Fatalf(format string, args ...any) { a.Errorf(format, args...); runtime.Goexit() }

func (a *aside) cleanUp() {
	for i := len(a.cleanups) - 1; i >= 0; i-- {
		a.cleanups[i]()
	}
}
