/*
Package officetest opens the pages of an office over campaign C1 of campaigntest, for the
people who work with it.
*/
package officetest

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
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
)

// Password is that of everybody.
const Password = "correct horse battery"

// The people of an office, by the login that they have in tests.
const (
	Nadia  = "nadia"  // all rights of the office
	Paul   = "paul"   // another person of the office
	Odile  = "odile"  // may see campaigns, and nothing else
	Victor = "victor" // the office of another faculty
	Ines   = "ines"   // a student
)

// A Desk is a site with C1 on it, and the people who work with it.
type Desk struct {
	T       *testing.T
	C1      *campaigntest.C1
	Handler http.Handler
	tokens  map[string]string
}

// Open returns a desk with C1 in draft.
func Open(t *testing.T) *Desk {
	t.Helper()
	db := storetest.Open(t, store.SQLite)
	d := &Desk{T: t, C1: campaigntest.New(t, db), tokens: map[string]string{}}
	d.Handler = node.Pages(&page.Site{
		DB: db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: d.C1.Campaigns.Base,
	}, d.C1.Campaigns)
	hash, err := identity.HashPassword(t.Context(), Password)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		other, err := d.C1.Person(t.Context(), tx, "Victor", "Amsel", identity.RoleOffice, identity.Faculty("AILLEURS"))
		if err != nil {
			return err
		}
		for login, actor := range map[string]identity.Actor{
			Nadia: d.C1.Office, Paul: d.C1.Second, Odile: d.C1.Observer, Victor: other, Ines: d.C1.Student["E05"],
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

// Closed is a desk with C1 closed and everybody's list in place.
func Closed(t *testing.T) *Desk {
	t.Helper()
	d := Open(t)
	d.C1.Open(t)
	d.C1.Rank(t)
	d.C1.Close(t)
	d.SignOut() // weeks have passed since they signed in
	return d
}

// SignOut forgets who has signed in: time has passed, and they sign in again.
func (d *Desk) SignOut() { d.tokens = map[string]string{} }

// Path is a page of the campaign.
func (d *Desk) Path(parts ...string) string {
	return strings.Join(append([]string{office.Path, d.C1.ID}, parts...), "/")
}

// Work does what waits in the background.
func (d *Desk) Work() {
	d.T.Helper()
	runner := &job.Runner{DB: d.C1.DB, Node: "node-1", Handlers: result.Handlers(d.C1.DB, d.C1.Campaigns.Base)}
	if _, err := runner.Step(d.T.Context()); err != nil {
		d.T.Fatal(err)
	}
}

// An Answer is what came back.
type Answer struct {
	Status int
	Body   string // of a page, its entities read
	Header http.Header

	Statements int // that the database was asked
}

// Do asks for a page as somebody. A form makes it a POST.
func (d *Desk) Do(login, path string, form url.Values, cookies ...*http.Cookie) Answer {
	d.T.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	token := d.token(login)
	ctx, counter := store.WithCounter(d.T.Context())
	r := httptest.NewRequestWithContext(ctx, method, path, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "stagora_session", Value: token})
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	d.Handler.ServeHTTP(w, r)
	a := Answer{Status: w.Code, Body: w.Body.String(), Header: w.Result().Header, Statements: counter.Statements()}
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		if i := strings.Index(a.Body, "⟦"); i >= 0 {
			d.T.Errorf("%s: a sentence is missing: %.80s", path, a.Body[i:])
		}
		a.Body = words(a.Body)
	}
	return a
}

var tags = regexp.MustCompile(`(?s)<(script|svg).*?</(script|svg)>`)

// words reads entities, and makes every kind of space a plain one.
func words(body string) string {
	body = html.UnescapeString(tags.ReplaceAllString(body, ""))
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(body)), " ")
}

func (d *Desk) token(login string) string {
	d.T.Helper()
	if d.tokens[login] == "" {
		token, err := identity.SignIn(d.T.Context(), d.C1.DB, login, Password, "test")
		if err != nil {
			d.T.Fatal(err)
		}
		d.tokens[login] = token
	}
	return d.tokens[login]
}

// Want fails unless a page has a status and holds each of the words.
func (d *Desk) Want(login, path string, form url.Values, status int, said ...string) Answer {
	d.T.Helper()
	return d.check(login, path, d.Do(login, path, form), status, said...)
}

func (d *Desk) check(login, path string, a Answer, status int, said ...string) Answer {
	d.T.Helper()
	if a.Status != status {
		d.T.Fatalf("%s %s: %d, want %d\n%s", login, path, a.Status, status, Excerpt(a.Body))
	}
	for _, word := range said {
		if !strings.Contains(a.Body, word) {
			d.T.Errorf("%s %s does not say %q\n%s", login, path, word, Excerpt(a.Body))
		}
	}
	return a
}

// Follow posts a form and returns the page that it leads to.
func (d *Desk) Follow(login, path string, form url.Values, said ...string) (string, Answer) {
	d.T.Helper()
	first := d.Want(login, path, form, http.StatusSeeOther)
	to := first.Header.Get("Location")
	cookies := (&http.Response{Header: first.Header}).Cookies()
	return to, d.check(login, to, d.Do(login, to, nil, cookies...), http.StatusOK, said...)
}

// Excerpt is the content of a page without what surrounds it.
func Excerpt(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	body = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")
	body = strings.Join(strings.Fields(body), " ")
	return body[:min(len(body), 900)]
}

// SeedDefects makes C1 as an office finds it: Léna has two records, Victoire the
// wrong level, Karim no address.
func (d *Desk) SeedDefects() {
	d.T.Helper()
	err := d.C1.DB.Write(d.T.Context(), func(tx *store.Tx) error {
		ctx, system := d.T.Context(), identity.System("test")
		for _, line := range campaigntest.Lines {
			s, err := student.ByPublicID(ctx, tx, d.C1.Record[line.Pseudonym])
			if err != nil {
				return err
			}
			switch line.Family {
			case "Marchetti":
				s.BirthDate = "2002-05-17"
				twin := s
				twin.Stamp, twin.Person = reference.Stamp{}, identity.Person{GivenName: s.Person.GivenName, FamilyName: s.Person.FamilyName, Email: "lena.m@valmer.example"}
				twin.Number, twin.Cohorts = "9999", nil
				if _, err := student.Put(ctx, tx, system, twin); err != nil {
					return err
				}
			case "Amblard":
				s.Level = reference.Ref{Code: "DFASM1"}
			case "Oster":
				s.Person.Email = ""
			default:
				continue
			}
			if _, err := student.Put(ctx, tx, system, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		d.T.Fatal(err)
	}
}

// Record returns the record of a student, by the family name.
func Record(d *Desk, family string) string {
	for _, line := range campaigntest.Lines {
		if line.Family == family {
			return d.C1.Record[line.Pseudonym]
		}
	}
	d.T.Fatalf("nobody is called %s", family)
	return ""
}

// Run asks for a run, has it solved, and returns its address.
func (d *Desk) Run(form url.Values) string {
	d.T.Helper()
	for name, value := range map[string]string{
		"method": "serial", "costs_method": "score-v2", "rows": "1", "rank_costs": "5 ; 4 ; 3 ; 3 ; 2 ; 2 ; 2 ; 1 ; 1 ; 1 ; 1 ; 1",
		"max_post_cost": "40", "correction": "1,4", "max_cost": "50", "bonus_factor": "0,25",
	} {
		if !form.Has(name) {
			form.Set(name, value)
		}
	}
	to, _ := d.Follow(Nadia, d.Path("runs"), form, "Le calcul est lancé.")
	d.Work()
	return to
}

// WithGeriatrics adds a wish for Zoé, by the commission.
func (d *Desk) WithGeriatrics() url.Values {
	return url.Values{
		"name": {"avec un vœu pour Zoé"}, "amendments.0.kind": {"wish"}, "amendments.0.student": {"delorme zo"},
		"amendments.0.post": {"CHUV-GERI"}, "amendments.0.motive": {"unplaced"}, "amendments.0.reason": {"accord de l’étudiante, commission du 27 mars"},
	}
}

// AdoptB has run B of C1 adopted, weighed against run A.
func (d *Desk) AdoptB() (a, b string) {
	d.T.Helper()
	a, b = d.Run(url.Values{}), d.Run(d.WithGeriatrics())
	d.Follow(Nadia, b+"/adopt", url.Values{"compared": {Last(a)}, "reason": {"personne ne reste sans stage"}}, "est soumis à la commission")
	return a, b
}

// Last returns what a path ends with: the identifier of a run.
func Last(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// Between returns what stands on a page between two texts.
func Between(t *testing.T, body, before, after string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, before)
	if !found {
		t.Fatalf("the page has no %q", before)
	}
	word, _, _ := strings.Cut(rest, after)
	return word
}
