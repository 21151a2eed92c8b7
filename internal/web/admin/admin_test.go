package admin_test

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

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
	"stagora.org/stagora/internal/web/page"
)

const password = "correct horse battery"

// A platform is a site with a few people, lists, mails and tasks.
type platform struct {
	t       *testing.T
	db      *store.DB
	handler http.Handler
	people  map[string]identity.Person // by login
	tokens  map[string]string
	mails   map[string]string // by recipient's login
	job     string
	faculty reference.Faculty
}

func open(t *testing.T) *platform {
	t.Helper()
	db := storetest.Open(t, store.SQLite)
	p := &platform{
		t: t, db: db, people: map[string]identity.Person{}, tokens: map[string]string{}, mails: map[string]string{},
		handler: node.Pages(&page.Site{DB: db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: "https://stagora.test"}, &campaign.Campaigns{DB: db},
			page.Route{Pattern: "GET " + admin.DemoMailboxPath, Right: page.Public, Handle: admin.DemoMailbox},
			page.Route{Pattern: "GET " + admin.DemoMailboxPath + "/{mail}", Right: page.Public, Handle: admin.DemoMail},
			page.Route{Pattern: "GET " + admin.DemoMailboxPath + "/{mail}/attachments/{number}", Right: page.Public, Handle: admin.DemoAttachment}),
	}
	if err := db.Write(t.Context(), p.fill); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *platform) fill(tx *store.Tx) error {
	ctx, system := p.t.Context(), identity.System("test")
	if err := identity.DeclareRights(ctx, tx, node.Rights()); err != nil {
		return err
	}
	hash, err := identity.HashPassword(ctx, password)
	if err != nil {
		return err
	}
	if p.faculty, err = reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: "valmer", Name: "Santé de Valmer"}); err != nil {
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
		p.people[who.login] = person
		if _, err := identity.AddAccount(ctx, tx, person.ID, who.login, hash, false); err != nil {
			return err
		}
		if err := identity.GrantRole(ctx, tx, person.ID, who.role, who.on(person), "Santé de Valmer", tx.Now, time.Time{}); err != nil {
			return err
		}
		if p.mails[who.login], err = notice.Queue(ctx, tx, notice.Message{
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
		Person: p.people["ines"], Number: "22001", Level: level.Ref(), Faculty: p.faculty.Ref(), Active: true,
	}); err != nil {
		return err
	}
	p.job, err = job.Enqueue(ctx, tx, job.Request{Kind: "job.purge", By: "Rosa Admin"})
	return err
}

// An answer is what came back.
type answer struct {
	status int
	body   string // of a page, its entities read
	header http.Header
}

// do asks for a page as somebody; an empty login is a stranger. A form makes it
// a POST.
func (p *platform) do(login, path string, form url.Values, headers ...string) answer {
	p.t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(p.t.Context(), method, path, body)
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
	p.handler.ServeHTTP(w, r)
	a := answer{status: w.Code, body: w.Body.String(), header: w.Result().Header}
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		if i := strings.Index(a.body, "⟦"); i >= 0 {
			p.t.Errorf("%s: a sentence is missing: %.60s", path, a.body[i:])
		}
		a.body = html.UnescapeString(a.body)
	}
	return a
}

func (p *platform) token(login string) string {
	p.t.Helper()
	if p.tokens[login] == "" {
		token, err := identity.SignIn(p.t.Context(), p.db, login, password, "test")
		if err != nil {
			p.t.Fatal(err)
		}
		p.tokens[login] = token
	}
	return p.tokens[login]
}

// want fails unless a page has a status and holds each of the words.
func (p *platform) want(login, path string, form url.Values, status int, words ...string) answer {
	p.t.Helper()
	a := p.do(login, path, form)
	if a.status != status {
		p.t.Errorf("%s %s: %d, want %d\n%s", login, path, a.status, status, excerpt(a.body))
	}
	for _, word := range words {
		if !strings.Contains(a.body, word) {
			p.t.Errorf("%s %s does not say %q\n%s", login, path, word, excerpt(a.body))
		}
	}
	return a
}

// excerpt is the content of a page without what surrounds it.
func excerpt(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	return body[:min(len(body), 3000)]
}

func (p *platform) person(login string) string {
	return admin.PeoplePath + "/" + p.people[login].PublicID
}
