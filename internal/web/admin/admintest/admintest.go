/*
Package admintest opens the pages of administrators over a small platform: an
administrator, two offices, a student, their mails and a piece of background work.
*/
package admintest

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
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/admin/activity"
	"stagora.org/stagora/internal/web/page"
)

// Password is that of everybody.
const Password = "correct horse battery"

// A Platform is a site with a few people, lists, mails and tasks.
type Platform struct {
	T       *testing.T
	DB      *store.DB
	Handler http.Handler
	People  map[string]identity.Person // by login
	Mails   map[string]string          // by recipient's login
	Job     string
	Faculty reference.Faculty
	tokens  map[string]string // of sessions, by login
}

// Open opens a platform whose people, by login, are root, nadia, victor and ines.
func Open(t *testing.T) *Platform {
	t.Helper()
	db := storetest.Open(t, store.SQLite)
	p := &Platform{
		T: t, DB: db, People: map[string]identity.Person{}, tokens: map[string]string{}, Mails: map[string]string{},
		Handler: node.Pages(&page.Site{DB: db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: "https://stagora.test"}, &campaign.Campaigns{DB: db},
			page.Route{Pattern: "GET " + activity.DemoMailboxPath, Right: page.Public, Handle: activity.DemoMailbox},
			page.Route{Pattern: "GET " + activity.DemoMailboxPath + "/{mail}", Right: page.Public, Handle: activity.DemoMail},
			page.Route{Pattern: "GET " + activity.DemoMailboxPath + "/{mail}/attachments/{number}", Right: page.Public, Handle: activity.DemoAttachment}),
	}
	if err := db.Write(t.Context(), p.fill); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *Platform) fill(tx *store.Tx) error {
	ctx, system := p.T.Context(), identity.System("test")
	if err := identity.DeclareRights(ctx, tx, node.Rights()); err != nil {
		return err
	}
	hash, err := identity.HashPassword(ctx, Password)
	if err != nil {
		return err
	}
	if p.Faculty, err = reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: "valmer", Name: "Santé de Valmer"}); err != nil {
		return err
	}
	for _, who := range []struct {
		login, given, family, role string
		on                         func(identity.Person) identity.Perimeter
	}{
		{"root", "Rosa", "Admin", identity.RoleAdministrator, func(identity.Person) identity.Perimeter { return identity.Everything }},
		{"nadia", "Nadia", "Lopes", identity.RoleOffice, func(identity.Person) identity.Perimeter { return identity.Faculty("valmer") }},
		{"victor", "Victor", "Amsel", identity.RoleOffice, func(identity.Person) identity.Perimeter { return identity.Faculty("caen") }},
		{"ines", "Ines", "Baraka", identity.RoleStudent, func(s identity.Person) identity.Perimeter { return identity.Self(s.PublicID) }},
	} {
		person, err := identity.AddPerson(ctx, tx, "test", identity.PersonForm{FamilyName: who.family, GivenName: who.given, Email: who.login + "@valmer.fr"})
		if err != nil {
			return err
		}
		p.People[who.login] = person
		if _, err := identity.AddAccount(ctx, tx, person.ID, who.login, hash, false); err != nil {
			return err
		}
		if err := identity.GrantRole(ctx, tx, person.ID, who.role, who.on(person), "Santé de Valmer", tx.Now, time.Time{}); err != nil {
			return err
		}
		if p.Mails[who.login], err = notice.Queue(ctx, tx, notice.Message{
			Kind: identity.NoticeAccountCreated, Link: "https://stagora.test/", Contact: "scolarite@valmer.fr",
			To:          notice.Recipient{Person: person.ID, Name: person.Name(), Address: person.Email, Lang: text.French},
			Blanks:      text.Blanks{"login": who.login},
			Attachments: []notice.Attachment{{Name: "note.txt", MediaType: "text/plain", Content: []byte("bonjour " + who.login)}},
		}); err != nil {
			return err
		}
	}
	// Ines is a student of the faculty, which is all that her own role does not say.
	level, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: "DFASM1", Name: "DFASM1", Position: 4})
	if err != nil {
		return err
	}
	if _, err := student.Put(ctx, tx, system, student.Student{
		Person: p.People["ines"], Number: "22001", Level: level.Ref(), Faculty: p.Faculty.Ref(), Active: true,
	}); err != nil {
		return err
	}
	p.Job, err = job.Enqueue(ctx, tx, job.Request{Kind: "job.purge", By: "Rosa Admin"})
	return err
}

// An Answer is what came back.
type Answer struct {
	Status int
	Body   string // of a page, its entities read
	Header http.Header
}

// Do asks for a page as somebody; an empty login is a stranger. A form makes it
// a POST.
func (p *Platform) Do(login, path string, form url.Values, headers ...string) Answer {
	p.T.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(p.T.Context(), method, path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if login != "" {
		r.AddCookie(&http.Cookie{Name: "stagora_session", Value: p.token(login)})
	}
	w := httptest.NewRecorder()
	p.Handler.ServeHTTP(w, r)
	a := Answer{Status: w.Code, Body: w.Body.String(), Header: w.Result().Header}
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		if i := strings.Index(a.Body, "⟦"); i >= 0 {
			p.T.Errorf("%s: a sentence is missing: %.60s", path, a.Body[i:])
		}
		a.Body = html.UnescapeString(a.Body)
	}
	return a
}

func (p *Platform) token(login string) string {
	p.T.Helper()
	if p.tokens[login] == "" {
		token, err := identity.SignIn(p.T.Context(), p.DB, login, Password, "test")
		if err != nil {
			p.T.Fatal(err)
		}
		p.tokens[login] = token
	}
	return p.tokens[login]
}

// Want fails unless a page has a status and holds each of the words.
func (p *Platform) Want(login, path string, form url.Values, status int, words ...string) Answer {
	p.T.Helper()
	a := p.Do(login, path, form)
	if a.Status != status {
		p.T.Errorf("%s %s: %d, want %d\n%s", login, path, a.Status, status, Excerpt(a.Body))
	}
	for _, word := range words {
		if !strings.Contains(a.Body, word) {
			p.T.Errorf("%s %s does not say %q\n%s", login, path, word, Excerpt(a.Body))
		}
	}
	return a
}

// Excerpt is the content of a page without what surrounds it.
func Excerpt(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	return body[:min(len(body), 3000)]
}

// Person returns the address of the page of somebody.
func (p *Platform) Person(login string) string {
	return admin.PeoplePath + "/" + p.People[login].PublicID
}

// Form writes names and values in turn.
func Form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// Find reads something from the database.
func Find[T any](p *Platform, look func(tx *store.Tx) (T, error)) T {
	p.T.Helper()
	var found T
	err := p.DB.Read(p.T.Context(), func(tx *store.Tx) (err error) {
		found, err = look(tx)
		return err
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return found
}

// Newest returns the newest line of the log.
func (p *Platform) Newest() audit.Line {
	p.T.Helper()
	return Find(p, func(tx *store.Tx) (audit.Line, error) {
		lines, err := audit.Find(p.T.Context(), tx, audit.Search{Limit: 1})
		if len(lines) == 0 {
			return audit.Line{}, err
		}
		return lines[0], err
	})
}

// Refuses fails unless a form is shown again with an error beside the field and
// what was typed in it, and nothing was done.
func (p *Platform) Refuses(path string, typed url.Values, field, sentence string) {
	p.T.Helper()
	before := p.Newest().ID
	a := p.Do("root", path, typed)
	if a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusConflict {
		p.T.Errorf("%s %v: %d\n%s", path, typed, a.Status, Excerpt(a.Body))
		return
	}
	if field != "" {
		beside := regexp.MustCompile(`(?s)id="f-` + field + `-error".{0,800}?</p>`).FindString(a.Body)
		if !strings.Contains(beside, sentence) {
			p.T.Errorf("%s %v: beside %s stands %q, want %q\n%s", path, typed, field, beside, sentence, Excerpt(a.Body))
		}
	} else if !strings.Contains(a.Body, sentence) {
		p.T.Errorf("%s %v: %q is not said\n%s", path, typed, sentence, Excerpt(a.Body))
	}
	for name, values := range typed {
		if v := values[0]; v != "" && name != "password" && name != "seen" && !strings.Contains(a.Body, v) {
			p.T.Errorf("%s: what was typed in %s (%q) is lost", path, name, v)
		}
	}
	if p.Newest().ID != before {
		p.T.Errorf("%s %v: refused, and yet something was done", path, typed)
	}
}
