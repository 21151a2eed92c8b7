package page_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// A site is a real server with one route for each kind of answer, and two people.
type site struct {
	*testing.T
	*httptest.Server
	page   *page.Site
	db     *store.DB
	log    *logged
	tokens map[string]string // of a login session, by login
}

// logged is what the site wrote in its log.
type logged struct {
	sync.Mutex
	bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.Write(b)
}

func (l *logged) text() string {
	l.Lock()
	defer l.Unlock()
	return l.String()
}

// routes have every kind of answer there is.
func routes() []page.Route {
	word := func(s string) templ.Component { return templ.Raw("<p>" + s + "</p>") }
	shown := func(w http.ResponseWriter, r *page.Request) error {
		return r.Show(w, ui.Page{Title: "Page"}, word(r.T("page.home")))
	}
	fails := func(kind fault.Kind) page.Handler {
		return func(http.ResponseWriter, *page.Request) error { return fault.New(kind, "page.unknown") }
	}
	all := []page.Route{
		{Pattern: "GET /html", Right: page.Public, Handle: shown},
		{Pattern: "GET /named/{name}", Right: page.Public, Handle: shown},
		{Pattern: "GET /part", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error { return r.ShowPart(w, word("part")) }},
		{Pattern: "GET /file", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
			return r.SendFile(w, "é.pdf", "application/pdf", []byte("%PDF"))
		}},
		{Pattern: "GET /list", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
			return r.SendList(w, exchange.List{Title: "Liste", Columns: []string{"Nom"}, Rows: [][]any{{"Inès"}}})
		}},
		{Pattern: "GET /go", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error { return r.Go(w, "/html") }},
		{Pattern: "GET /said", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
			return r.GoSaying(w, "/html", "page.trouble.denied")
		}},
		{Pattern: "GET /back", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error { return r.Go(w, r.Back()) }},
		{Pattern: "GET /broken", Right: page.Public, Handle: func(http.ResponseWriter, *page.Request) error { return errors.New("the secret cause") }},
		{Pattern: "GET /half", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
			return r.Show(w, ui.Page{Title: "Page"}, ui.Icon("no-such-icon"))
		}},
		{Pattern: "GET /signed-in", Right: page.SignedIn, Handle: shown},
		{Pattern: "GET /people", Right: identity.PersonView, Handle: shown},
		{Pattern: "POST /echo", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
			return r.ShowPart(w, word(r.FormValue("word")))
		}},
		{Pattern: "POST /form", Right: page.SignedIn, Handle: shown},
		{Pattern: "POST /long", Right: page.SignedIn, Limit: page.LongForm, Handle: shown},
		{Pattern: "GET /session", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
			r.SetSession(w, "token")
			r.SetLang(w, text.English)
			return r.Go(w, "/html")
		}},
		{Pattern: "GET /signed-out", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
			r.EndSession(w)
			return r.Go(w, "/html")
		}},
	}
	for kind := fault.Internal; kind <= fault.SignIn; kind++ {
		all = append(all, page.Route{Pattern: "GET /fault/" + kind.String(), Right: page.Public, Handle: fails(kind)})
	}
	return all
}

func open(t *testing.T, more ...page.Route) *site {
	t.Helper()
	s := &site{T: t, db: storetest.Open(t, store.SQLite), log: &logged{}, tokens: map[string]string{}}
	s.page = &page.Site{DB: s.db, Log: slog.New(slog.NewTextHandler(s.log, nil)), BaseURL: "https://stagora.test"}
	if err := s.db.Write(t.Context(), s.fill); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.StaticPrefix, ui.Static())
	mux.Handle("/", s.page.Handler(append(routes(), more...)))
	s.Server = httptest.NewServer(s.page.Protect(mux))
	t.Cleanup(s.Server.Close)
	return s
}

func (s *site) fill(tx *store.Tx) error {
	ctx := s.Context()
	if err := identity.DeclareRights(ctx, tx, node.Rights()); err != nil {
		return err
	}
	for login, role := range map[string]string{"rosa": identity.RoleAdministrator, "ines": identity.RoleStudent} {
		person, err := identity.AddPerson(ctx, tx, "test", identity.PersonForm{FamilyName: "Lopes", GivenName: login, Email: login + "@valmer.fr", Lang: "fr"})
		if err != nil {
			return err
		}
		if err := identity.GrantRole(ctx, tx, person.ID, role, identity.Everything, "", tx.Now, time.Time{}); err != nil {
			return err
		}
		account, err := identity.AddAccount(ctx, tx, person.ID, login, identity.PasswordHash{}, false)
		if err != nil {
			return err
		}
		if s.tokens[login], err = identity.OpenSession(ctx, tx, account, "test"); err != nil {
			return err
		}
	}
	return nil
}

// An answer is what came back.
type answer struct {
	*http.Response
	body string
}

// ask sends a request as a browser does which does not follow redirections. Headers are
// pairs of name and value; "as" stands for the session of a login.
func (s *site) ask(method, path, body string, headers ...string) answer {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "as" {
			r.AddCookie(&http.Cookie{Name: "stagora_session", Value: s.tokens[headers[i+1]]})
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer{response, string(content)}
}

func (s *site) get(path string, headers ...string) answer {
	s.Helper()
	return s.ask("GET", path, "", headers...)
}

// formOf is a form whose field has this many bytes.
func formOf(bytes int) string { return url.Values{"word": {strings.Repeat("x", bytes)}}.Encode() }

func TestARouteWithoutARightDoesNotStart(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it started")
		}
	}()
	(&page.Site{}).Handler([]page.Route{{Pattern: "GET /", Handle: func(http.ResponseWriter, *page.Request) error { return nil }}})
}

func TestARouteAdmitsWhoMay(t *testing.T) {
	s := open(t)
	for _, tt := range []struct {
		path, as string
		status   int
	}{
		{"/html", "", 200}, {"/html", "ines", 200}, {"/html", "nobody", 200},
		{"/signed-in", "", 303}, {"/signed-in", "nobody", 303}, {"/signed-in", "ines", 200},
		{"/people", "", 303}, {"/people", "ines", 403}, {"/people", "rosa", 200},
		{"/nowhere", "", 404}, {"/nowhere", "rosa", 404},
	} {
		if got := s.get(tt.path, "as", tt.as); got.StatusCode != tt.status {
			t.Errorf("%s as %q: %d, want %d", tt.path, tt.as, got.StatusCode, tt.status)
		}
	}
	if got := s.get("/people?f.name=é").Header.Get("Location"); got != "/sign-in?back=%2Fpeople%3Ff.name%3D%C3%A9" {
		t.Errorf("a stranger is sent to %s", got)
	}
}

func TestASentenceIsSaidOnce(t *testing.T) {
	s := open(t)
	note := s.get("/said").Cookies()[0]
	if !note.HttpOnly || note.SameSite != http.SameSiteLaxMode {
		t.Errorf("the note is kept as %v", note)
	}
	next := s.get("/html", "Cookie", note.Name+"="+note.Value)
	if !strings.Contains(next.body, "Accès refusé") {
		t.Error("the next page does not say it")
	}
	if c := next.Cookies(); len(c) != 1 || c[0].Name != note.Name || c[0].MaxAge >= 0 {
		t.Errorf("the note stays: %v", c)
	}
}
