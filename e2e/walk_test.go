package e2e_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/demo"
	"stagora.org/stagora/internal/node"
)

// narrow is the width at which pages still have to fit: a small phone, or a desk
// enlarged four times.
const narrow = 320

// personas are who walks about; the first has not entered.
var personas = []struct{ name, login string }{
	{}, {"Ines", "ines.baraka"}, {"Nadia", "nadia.lopes"}, {"Marie", "marie.tellier"}, {"Alix", "alix.moreau"},
}

// Each persona follows every link from their home page on, in each state. Then a
// browser opens what they found: of each state the first page of each route, and
// with axe the first of all states, from the last one back, which has most to show.
func TestEveryPageWithinReachIsWholeFitsAndIsAccessible(t *testing.T) {
	t.Parallel()
	checked := map[string]bool{} // by axe, by route
	for _, state := range slices.Backward(demo.States) {
		s := play(t, state, browser.Desk)
		s.hold() // scheduled work is listed while it runs, and gone if it had nothing to report
		w := &walk{stage: s, routes: s.routes(), visits: make([][]visit, len(personas))}
		seen := map[string]bool{}
		for i, p := range personas {
			for _, v := range w.reach(p.login) {
				if !seen[v.route] {
					v.axe = !checked[v.route]
					w.visits[i] = append(w.visits[i], v)
				}
				seen[v.route], checked[v.route] = true, true
			}
		}
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			w.T = t
			for i, p := range personas {
				w.look(p.name, w.visits[i])
			}
		})
	}
}

// A walk is what there is to see of one state.
type walk struct {
	*stage
	routes *http.ServeMux
	visits [][]visit // by persona
}

// A visit is a page to open.
type visit struct {
	route, address string
	axe            bool // also checked by axe
}

// routes tells which route an address belongs to.
func (s *stage) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range node.Routes(s.demo.World().Campaigns) {
		mux.Handle(r.Pattern, http.NotFoundHandler())
	}
	return mux
}

// route names the route of an address; the demo's own addresses are routes of
// their own.
func (w *walk) route(address *url.URL) string {
	_, pattern := w.routes.Handler(&http.Request{Method: http.MethodGet, URL: address, Host: address.Host})
	if pattern == "" {
		return identifier.ReplaceAllString(address.Path, "{}")
	}
	return pattern
}

var (
	identifier = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
	mail       = regexp.MustCompile(`^/(demo/mailbox|mails)/[^/]+$`)
	hrefs      = regexp.MustCompile(`<a [^>]*href="([^"#]+)`)
)

// reach follows every link that a person is shown from their home page on, and
// returns the first address of each route that answers with a page. In both
// languages no sentence may be missing.
func (w *walk) reach(login string) (pages []visit) {
	w.Helper()
	french, english := w.client(login, "fr"), w.client(login, "en")
	met := map[string]bool{}
	waiting := []link{{from: "a bookmark", to: w.url + "/"}, {from: "a bookmark", to: w.url + "/sign-in"}}
	for len(waiting) > 0 {
		next := waiting[0]
		waiting = waiting[1:]
		at, err := url.Parse(next.to)
		if err != nil {
			w.Error(err)
			continue
		}
		route := w.route(at)
		if met[route] {
			continue
		}
		met[route] = true
		body := w.get(french, login, next)
		if body == "" {
			continue
		}
		w.get(english, login, next)
		pages = append(pages, visit{route: route, address: next.to})
		if mail.MatchString(at.Path) {
			continue // its links are for whom it was sent to
		}
		for _, found := range hrefs.FindAllStringSubmatch(body, -1) {
			to, err := at.Parse(html.UnescapeString(found[1]))
			if err == nil && to.Host == at.Host {
				waiting = append(waiting, link{from: at.Path, to: to.String()})
			}
		}
	}
	return pages
}

// A link leads from a page to an address.
type link struct{ from, to string }

// get returns a page, nothing for a file, and fails the test for what is no whole
// answer.
func (w *walk) get(client *http.Client, login string, l link) string {
	w.Helper()
	answer, err := client.Get(l.to)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		w.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		w.Errorf("%q is led from %s to %s, which answers %s", login, l.from, l.to, answer.Status)
	}
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		return ""
	}
	if _, missing, found := strings.Cut(string(body), "⟦"); found {
		w.Errorf("%q reads at %s a sentence that is missing: ⟦%.60s", login, l.to, missing)
	}
	return string(body)
}

// client is somebody's, in a language.
func (w *walk) client(login, lang string) *http.Client {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: time.Minute}
	forms := map[string]url.Values{"/preferences": {"lang": {lang}}}
	if login != "" {
		forms["/demo/enter"] = url.Values{"login": {login}}
	}
	for path, form := range forms {
		answer, err := client.PostForm(w.url+path, form)
		if err != nil {
			w.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			w.Fatalf("%s answers %s", path, answer.Status)
		}
	}
	return client
}

// look opens pages in a browser of a persona.
func (w *walk) look(name string, visits []visit) {
	w.Helper()
	if len(visits) == 0 {
		return
	}
	window := w.stranger()
	if name != "" {
		window = w.enter(name)
	}
	for _, v := range visits {
		window.Visit(v.address)
		if v.axe {
			window.Resize(browser.Desk)
			for _, trouble := range window.Violations() {
				w.Errorf("%s: %s", v.address, trouble)
			}
		}
		window.Resize(narrow)
		if over := window.Overflow(); over > 0 {
			w.Errorf("%s sticks %d px out of %d", v.address, over, narrow)
		}
	}
}
