package office_test

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
)

const password = "correct horse battery"

// The people of an office, by the login that they have in tests.
const (
	nadia  = "nadia"  // all rights of the office
	paul   = "paul"   // another person of the office
	odile  = "odile"  // may see campaigns, and nothing else
	victor = "victor" // the office of another faculty
	ines   = "ines"   // a student
)

// A desk is a site with C1 on it, and the people who work with it.
type desk struct {
	t       *testing.T
	c1      *campaigntest.C1
	handler http.Handler
	tokens  map[string]string
}

func open(t *testing.T) *desk {
	t.Helper()
	db := storetest.Open(t, store.SQLite)
	d := &desk{t: t, c1: campaigntest.New(t, db), tokens: map[string]string{}}
	d.handler = node.Pages(&page.Site{
		DB: db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: d.c1.Campaigns.Base,
	}, d.c1.Campaigns)
	hash, err := identity.HashPassword(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		other, err := d.c1.Person(t.Context(), tx, "Victor", "Amsel", identity.RoleOffice, identity.Faculty("AILLEURS"))
		if err != nil {
			return err
		}
		for login, actor := range map[string]identity.Actor{
			nadia: d.c1.Office, paul: d.c1.Second, odile: d.c1.Observer, victor: other, ines: d.c1.Student["E05"],
		} {
			if _, err := identity.AddAccount(t.Context(), tx, actor.ID, login, hash, false); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// closed is a desk with C1 closed and everybody's list in place.
func closed(t *testing.T) *desk {
	t.Helper()
	d := open(t)
	d.c1.Open(t)
	d.c1.Rank(t)
	d.c1.Close(t)
	d.tokens = map[string]string{} // weeks have passed since they signed in
	return d
}

// path is a page of the campaign.
func (d *desk) path(parts ...string) string {
	return strings.Join(append([]string{office.Path, d.c1.ID}, parts...), "/")
}

// work does what waits in the background.
func (d *desk) work() {
	d.t.Helper()
	runner := &job.Runner{DB: d.c1.DB, Node: "node-1", Handlers: result.Handlers(d.c1.DB, d.c1.Campaigns.Base)}
	if _, err := runner.Step(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// An answer is what came back.
type answer struct {
	status int
	body   string // of a page, its entities read
	header http.Header
}

// do asks for a page as somebody. A form makes it a POST.
func (d *desk) do(login, path string, form url.Values, cookies ...*http.Cookie) answer {
	d.t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(d.t.Context(), method, path, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "stagora_session", Value: d.token(login)})
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	a := answer{status: w.Code, body: w.Body.String(), header: w.Result().Header}
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		if i := strings.Index(a.body, "⟦"); i >= 0 {
			d.t.Errorf("%s: a sentence is missing: %.80s", path, a.body[i:])
		}
		a.body = words(a.body)
	}
	return a
}

var tags = regexp.MustCompile(`(?s)<(script|svg).*?</(script|svg)>`)

// words reads entities, and makes every kind of space a plain one.
func words(body string) string {
	body = html.UnescapeString(tags.ReplaceAllString(body, ""))
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(body)), " ")
}

func (d *desk) token(login string) string {
	d.t.Helper()
	if d.tokens[login] == "" {
		token, err := identity.SignIn(d.t.Context(), d.c1.DB, login, password, "test")
		if err != nil {
			d.t.Fatal(err)
		}
		d.tokens[login] = token
	}
	return d.tokens[login]
}

// want fails unless a page has a status and holds each of the words.
func (d *desk) want(login, path string, form url.Values, status int, said ...string) answer {
	d.t.Helper()
	return d.check(login, path, d.do(login, path, form), status, said...)
}

func (d *desk) check(login, path string, a answer, status int, said ...string) answer {
	d.t.Helper()
	if a.status != status {
		d.t.Fatalf("%s %s: %d, want %d\n%s", login, path, a.status, status, excerpt(a.body))
	}
	for _, word := range said {
		if !strings.Contains(a.body, word) {
			d.t.Errorf("%s %s does not say %q\n%s", login, path, word, excerpt(a.body))
		}
	}
	return a
}

// follow posts a form and returns the page that it leads to.
func (d *desk) follow(login, path string, form url.Values, said ...string) (string, answer) {
	d.t.Helper()
	first := d.want(login, path, form, http.StatusSeeOther)
	to := first.header.Get("Location")
	cookies := (&http.Response{Header: first.header}).Cookies()
	return to, d.check(login, to, d.do(login, to, nil, cookies...), http.StatusOK, said...)
}

// excerpt is the content of a page without what surrounds it.
func excerpt(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	body = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")
	body = strings.Join(strings.Fields(body), " ")
	return body[:min(len(body), 900)]
}
