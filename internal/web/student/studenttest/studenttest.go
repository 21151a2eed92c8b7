/*
Package studenttest opens the pages of students over campaign C1 of campaigntest, for
visitors at a browser without JavaScript.
*/
package studenttest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
)

// A World is C1 behind the site.
type World struct {
	*campaigntest.C1
	Server *httptest.Server
}

// Open returns C1 open to wishes, with everybody's list but those of some.
func Open(t *testing.T, without ...string) *World {
	t.Helper()
	w := Draft(t)
	w.Open(t)
	for _, line := range campaigntest.Lines {
		if !strings.Contains(strings.Join(without, " "), line.Pseudonym) {
			w.Save(t, line.Pseudonym, line.Wishes...)
		}
	}
	return w
}

// Draft returns C1 before it opens.
func Draft(t *testing.T) *World {
	t.Helper()
	db := storetest.Open(t, store.SQLite)
	w := &World{C1: campaigntest.New(t, db)}
	site := &page.Site{DB: db, Log: slog.New(slog.DiscardHandler)}
	w.Server = httptest.NewServer(node.Pages(site, w.Campaigns))
	site.BaseURL = w.Server.URL
	t.Cleanup(w.Server.Close)
	return w
}

// Token signs a student in.
func (w *World) Token(t *testing.T, pseudonym string) string {
	t.Helper()
	login := strings.ToLower(pseudonym)
	err := w.DB.Write(t.Context(), func(tx *store.Tx) error {
		accounts, err := identity.AccountsOfPerson(t.Context(), tx, w.Student[pseudonym].ID)
		if err != nil || len(accounts) > 0 {
			return err
		}
		_, err = identity.AddAccount(t.Context(), tx, w.Student[pseudonym].ID, login, identity.PasswordHash{}, true)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	token, err := identity.SignInDemo(t.Context(), w.DB, login, "test")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// A Visitor is somebody at a browser without JavaScript.
type Visitor struct {
	T      *testing.T
	World  *World
	Client *http.Client
}

// As returns a visitor who has signed in; "" is a stranger.
func (w *World) As(t *testing.T, pseudonym string) *Visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if pseudonym != "" {
		at, _ := url.Parse(w.Server.URL)
		jar.SetCookies(at, []*http.Cookie{{Name: "stagora_session", Value: w.Token(t, pseudonym)}})
	}
	return &Visitor{t, w, &http.Client{Jar: jar}}
}

// An Answer is what came back, redirects followed.
type Answer struct {
	Status int
	Path   string
	Body   string
	Header http.Header
}

// Do sends a request, with what kind of answer is accepted, and follows redirects.
func (v *Visitor) Do(method, path string, form url.Values, accept string) Answer {
	v.T.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	request, err := http.NewRequestWithContext(v.T.Context(), method, v.World.Server.URL+path, body)
	if err != nil {
		v.T.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := v.Client.Do(request)
	if err != nil {
		v.T.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		v.T.Fatal(err)
	}
	if strings.Contains(string(content), "⟦") {
		v.T.Errorf("%s %s: a sentence is in no catalogue: %.60s", method, path, content[strings.Index(string(content), "⟦"):])
	}
	return Answer{response.StatusCode, response.Request.URL.RequestURI(), plain(string(content)), response.Header}
}

// Get asks for a page.
func (v *Visitor) Get(path string) Answer { v.T.Helper(); return v.Do("GET", path, nil, "text/html") }

// Post sends a form.
func (v *Visitor) Post(path string, form url.Values) Answer {
	v.T.Helper()
	return v.Do("POST", path, form, "text/html")
}

// plain makes every kind of space the same, and reads quotes as they are seen.
func plain(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&#39;", "'", "&#34;", `"`).Replace(s)
}

// Has fails the test unless an answer has a status and holds every text.
func (a Answer) Has(t *testing.T, status int, texts ...string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("%s: status %d, want %d\n%.600s", a.Path, a.Status, status, a.Body)
	}
	for _, text := range texts {
		if !strings.Contains(a.Body, text) {
			t.Errorf("%s does not say %q", a.Path, text)
		}
	}
}

// Path is the address of a page of the campaign.
func (w *World) Path(more ...string) string {
	return strings.Join(append([]string{student.Path, w.ID}, more...), "/")
}

// List is a form of the list: its version, its items, and the button pressed.
func List(version, do string, codes ...string) url.Values {
	return url.Values{"version": {version}, "item": codes, "do": {do}}
}

// Saved returns the list of a student as it stands.
func (w *World) Saved(t *testing.T, pseudonym string) (v campaign.Version) {
	t.Helper()
	w.Read(t, func(tx *store.Tx) error {
		m, err := campaign.ForStudent(context.Background(), tx, w.Student[pseudonym], w.ID)
		v = m.Current
		return err
	})
	return v
}

// Codes are the posts of wishes, in their order.
func Codes(list []campaign.Wish) string {
	all := make([]string, len(list))
	for i, wish := range list {
		all[i] = wish.Post
	}
	return strings.Join(all, " ")
}

// Confirm confirms a version and returns the code of the receipt.
func (v *Visitor) Confirm(version string) string {
	v.T.Helper()
	got := v.Post(v.World.Path("wishes", "confirm"), url.Values{"version": {version}})
	got.Has(v.T, 200, "Accusé de réception, version "+version)
	return got.Path[strings.LastIndex(got.Path, "/")+1:]
}
