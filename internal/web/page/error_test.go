package page_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
)

func TestEachKindOfFaultHasItsPage(t *testing.T) {
	s := open(t)
	for kind, want := range map[fault.Kind]struct {
		status int
		title  string
	}{
		fault.Internal:    {500, "Un incident de notre côté"},
		fault.Invalid:     {422, "À corriger"},
		fault.NotFound:    {404, "Introuvable"},
		fault.Denied:      {403, "Accès refusé"},
		fault.Closed:      {409, "Ce n’est pas le moment"},
		fault.Conflict:    {409, "Quelqu’un est passé avant"},
		fault.TooMany:     {429, "Trop d’essais"},
		fault.Unavailable: {503, "Momentanément indisponible"},
	} {
		got := s.get("/fault/" + kind.String())
		if got.StatusCode != want.status || !strings.Contains(got.body, "<h1>"+want.title+"</h1>") {
			t.Errorf("%s: %d, %.80q", kind, got.StatusCode, got.body[max(0, strings.Index(got.body, "<h1>")):])
		}
		var trouble page.Trouble
		json1 := s.get("/fault/"+kind.String(), "Accept", "application/json")
		if err := json.Unmarshal([]byte(json1.body), &trouble); err != nil {
			t.Fatal(err)
		}
		if json1.StatusCode != want.status || trouble.Status != want.status || trouble.Sentence == "" || json1.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s for a script: %d, %+v", kind, json1.StatusCode, trouble)
		}
	}
	signIn := "/fault/" + fault.SignIn.String()
	if got := s.get(signIn); got.StatusCode != 303 || got.Header.Get("Location") != "/sign-in?back="+url.QueryEscape(signIn) {
		t.Errorf("who has to sign in gets %d, %s", got.StatusCode, got.Header.Get("Location"))
	}
	for name, got := range map[string]answer{
		"a fragment": s.get(signIn, "HX-Request", "true"), "a script": s.get(signIn, "Accept", "application/json"), "a form": s.ask("POST", "/form", "word=x"),
	} {
		if got.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s of who has to sign in: %d", name, got.StatusCode)
		}
	}
}

// A database that does not answer is no fault to report: one comes back later.
func TestADatabaseThatDoesNotAnswerIsAwaited(t *testing.T) {
	gone := func(_ http.ResponseWriter, r *page.Request) error {
		_, err := store.Open(r.Context(), "postgres://somebody@127.0.0.1:1/stagora", nil)
		return fmt.Errorf("read session: %w", err)
	}
	s := open(t, page.Route{Pattern: "GET /gone", Right: page.Public, Handle: gone}, page.Route{Pattern: "POST /gone", Right: page.Public, Handle: gone})
	for name, got := range map[string]answer{
		"a page": s.get("/gone", "as", "rosa"), "a form": s.ask("POST", "/gone", "word=x"), "a fragment": s.get("/gone", "HX-Request", "true"),
		"a save by script": s.ask("POST", "/gone", "word=x", "Accept", "application/json"),
	} {
		if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") != "30" || !strings.Contains(got.body, "Tout ce que Stagora vous a confirmé est enregistré") {
			t.Errorf("%s: %d, Retry-After %q, %s", name, got.StatusCode, got.Header.Get("Retry-After"), got.body)
		}
		if strings.Contains(got.body, "127.0.0.1") {
			t.Errorf("%s shows the cause", name)
		}
	}
	if n := strings.Count(s.log.text(), "the database does not answer"); n != 4 {
		t.Errorf("four such answers are logged %d times: %s", n, s.log.text())
	}
}

// A database that has stopped holds no page for ever; a change, a stream and a list as
// a file go on.
func TestAPageWaitsSoLongForTheDatabase(t *testing.T) {
	wait := func(_ http.ResponseWriter, r *page.Request) error {
		select {
		case <-r.Context().Done():
			return fmt.Errorf("read: %w", r.Context().Err())
		case <-time.After(time.Second):
			return fault.New(fault.Conflict, "page.unknown")
		}
	}
	s := open(t, page.Route{Pattern: "GET /stuck", Right: page.Public, Handle: wait}, page.Route{Pattern: "POST /stuck", Right: page.Public, Handle: wait},
		page.Route{Pattern: "GET /streamed", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
			return r.Stream(w, func(e *page.Events) error {
				return e.Send(page.Event{Data: fmt.Sprint(fault.KindOf(wait(w, r)))})
			})
		}}, page.Route{Pattern: "GET /listed", Right: page.Public, Handle: func(w http.ResponseWriter, r *page.Request) error {
			return r.SendList(w, exchange.List{Title: "Liste", Columns: []string{"Nom"}, Each: func(do func([]any) error) error {
				return do([]any{fault.KindOf(wait(w, r)).String()})
			}})
		}})
	s.page.ReadWithin = 200 * time.Millisecond
	if got := s.get("/stuck"); got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Errorf("a page: %d, %s", got.StatusCode, got.body)
	}
	if got := s.ask("POST", "/stuck", "word=x"); got.StatusCode != http.StatusConflict {
		t.Errorf("a change was ended half way: %d", got.StatusCode)
	}
	if got := s.get("/listed"); got.StatusCode != http.StatusOK || !strings.Contains(got.body, fault.Conflict.String()) {
		t.Errorf("a list: %d, %s", got.StatusCode, got.body)
	}
	if got := s.get("/streamed"); !strings.Contains(got.body, "data: "+fault.Conflict.String()) {
		t.Errorf("a stream: %s", got.body)
	}
}

// The cause of an error of ours is in the log, under the reference that the person is
// shown, and nowhere else.
func TestAnErrorOfOursIsLoggedAndNotShown(t *testing.T) {
	s := open(t)
	for _, path := range []string{"/broken", "/half"} {
		var trouble page.Trouble
		if err := json.Unmarshal([]byte(s.get(path, "Accept", "application/json").body), &trouble); err != nil {
			t.Fatal(err)
		}
		if len(trouble.Reference) != 8 || !strings.Contains(trouble.Sentence, trouble.Reference) {
			t.Errorf("%s: the person is told %+v", path, trouble)
		}
		if !strings.Contains(s.log.text(), "reference="+trouble.Reference) {
			t.Errorf("%s: the log does not have %s", path, trouble.Reference)
		}
	}
	shown := s.get("/broken")
	if shown.StatusCode != 500 || strings.Contains(shown.body, "secret") {
		t.Errorf("%d: %s", shown.StatusCode, shown.body)
	}
	if !strings.Contains(s.log.text(), "the secret cause") {
		t.Error("the log does not have the cause")
	}
	if half := s.get("/half"); half.StatusCode != 500 || strings.Count(half.body, "<html") != 1 {
		t.Errorf("half a page was sent before the error: %d", half.StatusCode)
	}
}

func TestAPageIsInOneLanguage(t *testing.T) {
	s := open(t)
	const french, english = "Revenir à l’accueil", "Back to the home page"
	fr, en := s.get("/html").body, s.get("/html", "Accept-Language", "en").body
	if !strings.Contains(fr, french) {
		t.Fatal("no French")
	}
	said := func(got answer) string {
		switch {
		case strings.Contains(got.body, french), strings.Contains(got.body, "Connectez-vous"):
			return "fr"
		}
		return "en"
	}
	if strings.Contains(en, french) {
		t.Errorf("a browser that reads English gets French; %s", english)
	}
	for _, tt := range []struct{ name, as, cookie, accept, want string }{
		{"nobody said anything", "", "", "", "fr"},
		{"the browser's", "", "", "en-GB,en;q=0.9", "en"},
		{"the browser's most wanted of ours", "", "", "de,fr;q=0.4,en;q=0.6", "en"},
		{"a language that we do not have", "", "", "de", "fr"},
		{"not a language", "", "", ";;;q", "fr"},
		{"the person's before the browser's", "ines", "", "en", "fr"},
		{"the chosen one before the person's", "ines", "en", "fr", "en"},
		{"a session that is lost: that of the page, which the script says", "lost", "", "fr", "fr"},
	} {
		headers := []string{"as", tt.as, "Accept-Language", tt.accept}
		if tt.cookie != "" {
			headers = []string{"Cookie", "stagora_lang=" + tt.cookie + "; stagora_session=" + s.tokens[tt.as], "Accept-Language", tt.accept}
		}
		if got := said(s.get("/html", headers...)); got != tt.want {
			t.Errorf("%s: a page in %s, want %s", tt.name, got, tt.want)
		}
		if tt.as == "ines" {
			continue
		}
		if got := said(s.get("/signed-in", append(headers, "Accept", "application/json")...)); got != tt.want {
			t.Errorf("%s: a script is answered in %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestBackNeverLeadsToAnotherSite(t *testing.T) {
	s := open(t)
	for back, want := range map[string]string{
		"/students?f.name=x&page=2#t":   "/students?f.name=x&page=2#t",
		"/students/":                    "/students",
		"/":                             "/",
		"/a%20b":                        "/a%20b",
		"":                              "/",
		"students":                      "/",
		"//evil.example":                "/",
		"/\\evil.example":               "/",
		"\\/evil.example":               "/",
		"/.%2F%5Cevil":                  "/",
		"/.%2Fevil":                     "/",
		"/%09/evil":                     "/",
		"/\t/evil":                      "/",
		"/%0d%0aSet-Cookie:x":           "/",
		"/.//evil.example":              "/evil.example",
		"/..//evil.example":             "/evil.example",
		"https://evil.example/":         "/",
		"javascript:alert(1)":           "/",
		"//user@evil.example/x":         "/",
		"/%5Cevil":                      "/",
		"/" + strings.Repeat("x", 3000): "/",
	} {
		got := s.get("/back?" + url.Values{"back": {back}}.Encode()).Header.Get("Location")
		if got != want {
			t.Errorf("back to %.40q leads to %q, want %q", back, got, want)
		}
	}
}

func TestCookiesAreForThisSiteAlone(t *testing.T) {
	s := open(t)
	for _, secure := range []bool{false, true} {
		s.page.Secure = secure
		for _, c := range append(s.get("/session").Cookies(), s.get("/said").Cookies()...) {
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != secure {
				t.Errorf("secure site %t: %v", secure, c)
			}
			if c.Name == "stagora_session" && (c.MaxAge != 0 || !c.Expires.IsZero()) {
				t.Errorf("the session outlives the browser: %v", c)
			}
		}
	}
	if c := s.get("/signed-out").Cookies(); len(c) != 1 || c[0].Name != "stagora_session" || c[0].MaxAge >= 0 {
		t.Errorf("signed out: %v", c)
	}
}
