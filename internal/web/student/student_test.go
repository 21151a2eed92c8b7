package student_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
)

// A world is C1 behind the site.
type world struct {
	*campaigntest.C1
	server *httptest.Server
}

// open returns C1 open to wishes, with everybody's list but those of some.
func open(t *testing.T, without ...string) *world {
	t.Helper()
	w := draft(t)
	w.Open(t)
	for _, line := range campaigntest.Lines {
		if !strings.Contains(strings.Join(without, " "), line.Pseudonym) {
			w.Save(t, line.Pseudonym, line.Wishes...)
		}
	}
	return w
}

func draft(t *testing.T) *world {
	t.Helper()
	db := storetest.Open(t, store.SQLite)
	w := &world{C1: campaigntest.New(t, db)}
	site := &page.Site{DB: db, Log: slog.New(slog.DiscardHandler)}
	w.server = httptest.NewServer(node.Pages(site, w.Campaigns))
	site.BaseURL = w.server.URL
	t.Cleanup(w.server.Close)
	return w
}

// token signs a student in.
func (w *world) token(t *testing.T, pseudonym string) string {
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

// A visitor is somebody at a browser without JavaScript.
type visitor struct {
	t      *testing.T
	w      *world
	client *http.Client
}

// as returns a visitor who has signed in; "" is a stranger.
func (w *world) as(t *testing.T, pseudonym string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if pseudonym != "" {
		at, _ := url.Parse(w.server.URL)
		jar.SetCookies(at, []*http.Cookie{{Name: "stagora_session", Value: w.token(t, pseudonym)}})
	}
	return &visitor{t, w, &http.Client{Jar: jar}}
}

// An answer is what came back, redirects followed.
type answer struct {
	Status int
	Path   string
	Body   string
	Header http.Header
}

func (v *visitor) do(method, path string, form url.Values, accept string) answer {
	v.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	request, err := http.NewRequestWithContext(v.t.Context(), method, v.w.server.URL+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if strings.Contains(string(content), "⟦") {
		v.t.Errorf("%s %s: a sentence is in no catalogue: %.60s", method, path, content[strings.Index(string(content), "⟦"):])
	}
	return answer{response.StatusCode, response.Request.URL.RequestURI(), plain(string(content)), response.Header}
}

func (v *visitor) get(path string) answer { v.t.Helper(); return v.do("GET", path, nil, "text/html") }
func (v *visitor) post(path string, form url.Values) answer {
	v.t.Helper()
	return v.do("POST", path, form, "text/html")
}

// plain makes every kind of space the same, and reads quotes as they are seen.
func plain(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&#39;", "'", "&#34;", `"`).Replace(s)
}

// has fails the test unless an answer has a status and holds every text.
func (a answer) has(t *testing.T, status int, texts ...string) {
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

func (w *world) path(more ...string) string {
	return strings.Join(append([]string{student.Path, w.ID}, more...), "/")
}

// list is a form of the list: its version, its items, and the button pressed.
func list(version, do string, codes ...string) url.Values {
	return url.Values{"version": {version}, "item": codes, "do": {do}}
}
