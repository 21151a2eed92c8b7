package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/web/page"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

const password = "correct horse battery"

// An entrance is a site where people sign in.
type entrance struct {
	http.Handler
	t    *testing.T
	db   *store.DB
	site *page.Site
	log  lockedLog
}

// A lockedLog is a log that many requests write.
type lockedLog struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func newEntrance(t *testing.T, db *store.DB, people int) *entrance {
	t.Helper()
	e := &entrance{t: t, db: db}
	hash, err := identity.HashPassword(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		for i := range people {
			p, err := identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{GivenName: "Ines", FamilyName: fmt.Sprint("Baraka", i)})
			if err != nil {
				return err
			}
			if _, err := identity.AddAccount(t.Context(), tx, p.ID, fmt.Sprint("ines", i), hash, false); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	e.site = &page.Site{DB: db, Log: slog.New(slog.NewTextHandler(&e.log, nil)), BaseURL: "https://stagora.test", Secure: true}
	e.Handler = node.Pages(e.site, &campaign.Campaigns{DB: db})
	t.Cleanup(func() {
		if err := e.site.SignIns.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return e
}

// post sends a login and a password.
func (e *entrance) post(login, password, back string) *http.Response {
	form := url.Values{"login": {login}, "password": {password}, "back": {back}}
	request := httptest.NewRequestWithContext(e.t.Context(), http.MethodPost, page.SignInPath, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	e.ServeHTTP(answer, request)
	return answer.Result()
}

func (e *entrance) get(address string, cookies ...*http.Cookie) (*http.Response, string) {
	request := httptest.NewRequestWithContext(e.t.Context(), http.MethodGet, address, nil)
	for _, c := range cookies {
		request.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	e.ServeHTTP(answer, request)
	return answer.Result(), answer.Body.String()
}

func cookie(r *http.Response, name string) *http.Cookie {
	for _, c := range r.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// wait follows the page where one waits until it lets somebody in.
func (e *entrance) wait(first *http.Response) (session *http.Cookie, goes string, page string) {
	ticket, address := cookie(first, "stagora_ticket"), first.Header.Get("Location")
	for range 3000 {
		answer, body := e.get(address, ticket)
		if session := cookie(answer, "stagora_session"); session != nil {
			if c := cookie(answer, "stagora_ticket"); c == nil || c.MaxAge >= 0 || c.Path != ticket.Path {
				e.t.Errorf("the ticket stays in the browser of who is let in: %v", c)
			}
			return session, answer.Header.Get("Location"), page
		}
		if seconds, err := strconv.Atoi(answer.Header.Get("Refresh")); answer.StatusCode != http.StatusOK || err != nil || seconds < 1 || seconds > 15 {
			e.t.Errorf("the page where one waits answered %d, Refresh %q", answer.StatusCode, answer.Header.Get("Refresh"))
			return nil, "", body
		}
		page = body
		<-time.After(5 * time.Millisecond)
	}
	e.t.Error("the wait does not end")
	return nil, "", page
}

var placeTold = regexp.MustCompile(`(?s)Votre place dans la file</dt>\s*<dd[^>]*>\d+</dd>.*Attente estimée</dt>\s*<dd[^>]*>\d+\x{a0}?\s?s</dd>`)

func TestSixtyWhoSignInAtOnceAreAllLetInWhereTheyWantedToGo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const people = 60
		e := newEntrance(t, db, people)
		start := make(chan struct{})
		var all sync.WaitGroup
		var mu sync.Mutex
		waited := 0
		for i := range people {
			all.Go(func() {
				<-start
				answer := e.post(fmt.Sprint("ines", i), password, "/account")
				if answer.StatusCode != http.StatusSeeOther {
					t.Errorf("number %d was answered %d", i, answer.StatusCode)
					return
				}
				session, goes, shown := cookie(answer, "stagora_session"), answer.Header.Get("Location"), ""
				if session == nil {
					c := cookie(answer, "stagora_ticket")
					if c == nil || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(goes, c.Path+"?") {
						t.Errorf("number %d: the ticket's cookie is %v, for %s", i, c, goes)
						return
					}
					if strings.Contains(goes, c.Value) {
						t.Error("the cookie is in the address")
					}
					session, goes, shown = e.wait(answer)
				}
				if session == nil || goes != "/account" {
					t.Errorf("number %d goes to %q", i, goes)
					return
				}
				if _, body := e.get("/account", session); !strings.Contains(body, fmt.Sprintf("Baraka%d<", i)) {
					t.Errorf("number %d is somebody else", i)
				}
				mu.Lock()
				defer mu.Unlock()
				if shown != "" {
					waited++
					if !placeTold.MatchString(shown) || strings.Contains(shown, password) {
						t.Errorf("number %d was shown %s", i, shown)
					}
				}
			})
		}
		close(start)
		all.Wait()
		if waited == 0 {
			t.Error("nobody waited: sixty at once should")
		}
		if s := e.log.String(); strings.Contains(s, password) || strings.Contains(s, url.QueryEscape(password)) {
			t.Error("a password is in the log")
		}
	})
}

func TestAWaitThatIsNotOnesOwnIsSaidToBeOver(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, storetest.Open(t, store.SQLite), 1)
	answer, body := e.get(page.SignInPath + "/wait/GUESSED?back=/account")
	if answer.StatusCode != http.StatusUnauthorized || answer.Header.Get("Refresh") != "" || !strings.Contains(body, "Cette attente est terminée") {
		t.Errorf("%d, %s", answer.StatusCode, body)
	}
	if !strings.Contains(body, `name="back" value="/account"`) {
		t.Error("where the person wanted to go is forgotten")
	}
}

func TestNothingLongIsTakenOrWrittenBackBeforeSignIn(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, storetest.Open(t, store.SQLite), 1)
	long := strings.Repeat("x", 10<<20)
	for name, sent := range map[string]struct {
		login, password, back string
		want                  int
	}{
		"login":                        {long, password, "/", http.StatusRequestEntityTooLarge},
		"password":                     {"ines0", long, "/", http.StatusRequestEntityTooLarge},
		"back":                         {"ines0", "wrong", "/" + long, http.StatusRequestEntityTooLarge},
		"a login a little too long":    {long[:256], password, "/", http.StatusUnprocessableEntity},
		"a password a little too long": {"ines0", long[:1025], "/", http.StatusUnprocessableEntity},
	} {
		answer := e.post(sent.login, sent.password, sent.back)
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != sent.want || len(body) > 20_000 {
			t.Errorf("%s: %d with %d bytes", name, answer.StatusCode, len(body))
		}
	}
}

func TestWhoCannotWaitIsToldWhenToReturn(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, storetest.Open(t, store.SQLite), 1)
	if err := e.site.SignIns.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	answer := e.post("ines0", password, "/")
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") != "30" || strings.Contains(string(body), password) {
		t.Errorf("%d, Retry-After %q, %s", answer.StatusCode, answer.Header.Get("Retry-After"), body)
	}
}

// The page where one waits fits a phone and is accessible in both languages, and lets
// the person in without a script. Who waits, and on which node, is written by hand.
func TestThePageWhereOneWaits(t *testing.T) {
	t.Parallel()
	for lang, title := range map[string]string{"fr": "Votre connexion attend son tour", "en": "Your sign-in is waiting for its turn"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			e := newEntrance(t, storetest.Open(t, store.SQLite), 1)
			e.site.Secure = false
			e.exec("INSERT INTO identity_node (name, pace, seen_at) VALUES ('other', 36000, $1)", store.At(e.db.Now()))
			for i := range 412 {
				sum := sha256.Sum256(fmt.Appendf(nil, "ADDRESS%d KEY", i))
				e.exec("INSERT INTO identity_ticket (token_hash, node, state, attempt_id, created_at, seen_at) VALUES ($1, 'other', 'waiting', 0, $2, $2)",
					hex.EncodeToString(sum[:]), store.At(e.db.Now()))
			}
			mux := http.NewServeMux()
			mux.Handle("/", e)
			mux.HandleFunc("GET /came", func(w http.ResponseWriter, r *http.Request) {
				http.SetCookie(w, &http.Cookie{Name: "stagora_ticket", Value: "KEY", Path: "/sign-in/wait/ADDRESS411"})
				http.SetCookie(w, &http.Cookie{Name: "stagora_lang", Value: lang, Path: "/"})
				http.Redirect(w, r, "/sign-in/wait/ADDRESS411?back=/account", http.StatusSeeOther)
			})
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)

			w := browser.Open(t, browser.Phone)
			w.Visit(server.URL + "/came")
			w.See(title)
			w.See("412")
			w.See("15 s")
			w.Fits()
			w.Accessible()
			w.Screenshot("wait-" + lang)

			w.WithoutScripts()
			e.exec("UPDATE identity_node SET pace = 1")
			w.Reload()
			w.See("1 s")
			e.exec("UPDATE identity_ticket SET state = 'good', account_id = (SELECT id FROM identity_account) WHERE id = 412")
			w.See("Ines Baraka0")
			if !strings.HasSuffix(w.Address(), "/account") {
				t.Errorf("the person was let in at %s", w.Address())
			}
		})
	}
}

func (e *entrance) exec(statement string, args ...any) {
	e.t.Helper()
	err := e.db.Write(e.t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(e.t.Context(), statement, args...)
		return err
	})
	if err != nil {
		e.t.Fatal(err)
	}
}
