/*
Package page is what every page of Stagora goes through: who asks, may they, in
which language, and what becomes of an error.

A [Route] is one line: method and path, the right it takes, the handler. A handler
decodes, calls one function of the domain, encodes; it returns an error, and this
package, alone, turns errors into pages. A route without a right does not exist:
[Public] and [SignedIn] have to be written.

The right on the line is held against what the person may do anywhere; the
function of the domain that is called then asks for the right on the object
itself, inside its transaction.

What is not here: any page in particular, and how things look (package ui).
*/
package page

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/ui"
)

// The rights of routes that ask for none in particular.
const (
	Public   identity.Right = "public"    // anybody, signed in or not
	SignedIn identity.Right = "signed-in" // anybody who has signed in
)

// A Handler answers one request, or says why not.
type Handler func(w http.ResponseWriter, r *Request) error

// A Route is one line of the table of routes.
type Route struct {
	Pattern string         // as [http.ServeMux] has it: "GET /campaigns/{campaign}"
	Right   identity.Right // what it takes
	Handle  Handler
	Limit   int64 // bytes that a request may send; 0: [SmallForm] from anybody, [FormLimit] from who has signed in
}

// What a request may send, in bytes. A route that takes more than a form says so.
const (
	SmallForm = 4 << 10   // from people whom nobody knows yet
	FormLimit = 64 << 10  // a form with a few long texts
	LongForm  = 1 << 20   // a form over a whole list: hundreds of seats, wishes, decisions
	FileLimit = 21 << 20  // a form with a file to import
	inMemory  = 256 << 10 // of a file; the rest waits in a temporary file
)

// A Request is one request by one person.
type Request struct {
	*http.Request
	DB    *store.DB
	Actor identity.Actor
	Text  text.Printer
	Log   *slog.Logger
	site  *Site

	patience *time.Timer // ends the request when it has waited too long for the database
	answered func()      // lets passwords have the core again: see [identity.Answering]; nil for strangers
}

// A Site holds what all requests share.
type Site struct {
	DB      *store.DB
	Log     *slog.Logger
	BaseURL string // as people reach it, without a slash at the end: what mails link to

	// SignIns is where passwords wait.
	SignIns *identity.Queue
	// Front is where strangers are sent from the home page; empty is where people
	// sign in.
	Front string
	// Menu returns the main menu of a person, the entry under path marked as
	// current.
	Menu func(r *Request) []ui.NavItem
	// Declared is what all capabilities declare: the screens of roles and of mails
	// show it.
	Declared capability.Capability
	// Demo returns the permanent banner of a demonstration; nil in production.
	Demo func(r *Request) *ui.Demo
	// Secure says that people reach the site by HTTPS, so that cookies may be
	// held to it.
	Secure bool
	// Files make the files of mails that are not kept, for whoever looks at one.
	Files notice.Makers
	// ReadWithin is how long a page may wait for the database; 0: 30 s.
	ReadWithin time.Duration
	// TrustProxy says that the site stands behind a proxy which sets
	// X-Forwarded-For.
	TrustProxy bool
}

// MakeFile makes the file of a mail that is not kept.
func (r *Request) MakeFile(tx *store.Tx, f notice.File) (notice.Attachment, error) {
	return r.site.Files.Make(r.Context(), tx, f)
}

// Handler returns the routes as one handler, with sessions, rights and errors
// seen to. It stands behind [Site.Protect].
func (s *Site) Handler(routes []Route) http.Handler {
	mux := http.NewServeMux()
	for _, route := range routes {
		if route.Right == "" {
			panic("page: no right for " + route.Pattern)
		}
		mux.Handle(route.Pattern, s.serve(route))
	}
	mux.Handle("/", s.serve(Route{Right: Public, Handle: func(http.ResponseWriter, *Request) error {
		return fault.New(fault.NotFound, "page.unknown")
	}}))
	return mux
}

// serve is where a request meets its route: the person is recognised, the right
// is asked for, and an error becomes a page.
func (s *Site) serve(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		request.Body = http.MaxBytesReader(w, request.Body, route.limit())
		r := &Request{Request: request, DB: s.DB, Log: s.Log, site: s}
		defer r.bound()()
		err := r.recognise()
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			r.patience.Stop() // a change ends by itself: half way nobody would know
		}
		if r.Actor.Known() {
			r.answered = sync.OnceFunc(identity.Answering())
			defer r.answered()
		}
		if err == nil {
			err = r.admit(route.Right)
		}
		if err == nil {
			err = r.readForm(route.limit())
			defer r.forgetFiles()
		}
		if err == nil {
			err = route.Handle(w, r)
		}
		if err != nil {
			s.showError(w, r, err)
		}
	})
}

// readWithin is how long a page may wait for the database, unless the site says
// another time.
const readWithin = 30 * time.Second

// errNoAnswer is why a request ends that has waited too long for the database.
var errNoAnswer = errors.New("the database has not answered in time")

// bound ends the request's context when it has waited too long for the database. What
// it returns is called when the request has been answered.
func (r *Request) bound() (answered func()) {
	ctx, end := context.WithCancelCause(r.Context())
	r.patience = time.AfterFunc(cmp.Or(r.site.ReadWithin, readWithin), func() { end(errNoAnswer) })
	r.Request = r.WithContext(ctx)
	return func() {
		r.patience.Stop()
		end(nil)
	}
}

// recognise finds out who asks, and in which language they read.
func (r *Request) recognise() error {
	token := ""
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		token = cookie.Value
	}
	actor, err := identity.ActorOfSession(r.Context(), r.DB, token, r.address())
	r.Actor = actor
	r.Text = text.In(r.lang(), "")
	return err
}

// admit refuses people who lack the right of a route.
func (r *Request) admit(right identity.Right) error {
	switch {
	case right == Public:
		return nil
	case !r.Actor.Known():
		return fault.New(fault.SignIn, "signin.needed")
	case right == SignedIn || r.Actor.CanSomewhere(right):
		return nil
	}
	return identity.Missing(right)
}

// In makes the request speak in the time of a campaign's zone.
func (r *Request) In(zone string) { r.Text = text.In(r.Text.Lang, zone) }

// T returns a sentence in the reader's language.
func (r *Request) T(key string, args ...any) string { return r.Text.T(key, args...) }

// Now returns the server's time.
func (r *Request) Now() time.Time { return r.DB.Now() }

// BaseURL returns the address of the site as people reach it.
func (r *Request) BaseURL() string { return r.site.BaseURL }

// SignIns returns where passwords wait.
func (r *Request) SignIns() *identity.Queue { return r.site.SignIns }

// Declared returns what all capabilities declare.
func (r *Request) Declared() capability.Capability { return r.site.Declared }

// Front returns where strangers are sent.
func (r *Request) Front() string {
	if r.site.Front != "" {
		return r.site.Front
	}
	return SignInPath
}

// Fragment reports whether a script asked for a part of the page only.
func (r *Request) Fragment() bool { return r.Header.Get("HX-Request") == "true" }

// WantsJSON reports whether a script of ours asked, which shows the outcome
// itself.
func (r *Request) WantsJSON() bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

// Show writes a whole page: what surrounds the body is filled in from the
// request, but for what the caller says.
func (r *Request) Show(w http.ResponseWriter, p ui.Page, body templ.Component) error {
	return r.ShowStatus(w, http.StatusOK, p, body)
}

// ShowStatus does as [Request.Show] with another status: a form that was wrong is
// shown again with 422.
func (r *Request) ShowStatus(w http.ResponseWriter, status int, p ui.Page, body templ.Component) error {
	p.P, p.Now, p.Path, p.Theme = r.Text, r.Now(), r.URL.RequestURI(), r.theme()
	if r.site.Menu != nil {
		p.Nav = r.site.Menu(r)
	}
	if r.Actor.Known() {
		p.Person = &ui.Person{Name: r.Actor.Name, Links: []ui.Link{{Label: r.T("account.title"), Href: "/account"}}}
	}
	if r.site.Demo != nil {
		p.Demo = r.site.Demo(r)
	}
	if note := r.takeNote(w); note != "" {
		p.Banners = append(p.Banners, ui.Banner{Kind: ui.BannerDone, Text: note})
	}
	return r.write(templ.WithChildren(r.Context(), body), w, status, ui.Layout(p))
}

// ShowPart writes a part of a page, for a script that asked for it.
func (r *Request) ShowPart(w http.ResponseWriter, part templ.Component) error {
	return r.write(r.Context(), w, http.StatusOK, part)
}

// write draws the whole before it sends anything: a drawing that fails is an error
// page and not half a page. A browser that has gone away meanwhile is no error.
func (r *Request) write(ctx context.Context, w http.ResponseWriter, status int, c templ.Component) error {
	var drawn bytes.Buffer
	if err := c.Render(ctx, &drawn); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(drawn.Bytes())
	return nil
}

// Go sends the person to another page of the site after something was done.
func (r *Request) Go(w http.ResponseWriter, path string) error {
	http.Redirect(w, r.Request, path, http.StatusSeeOther)
	return nil
}

// GoSaying does as [Request.Go] and shows a sentence at the top of the next page.
func (r *Request) GoSaying(w http.ResponseWriter, path, key string, args ...any) error {
	http.SetCookie(w, &http.Cookie{
		Name: noteCookie, Value: url.QueryEscape(r.T(key, args...)), Path: "/", MaxAge: 60,
		HttpOnly: true, Secure: r.site.Secure, SameSite: http.SameSiteLaxMode,
	})
	return r.Go(w, path)
}

// takeNote returns the sentence left by [Request.GoSaying], once.
func (r *Request) takeNote(w http.ResponseWriter) string {
	cookie, err := r.Cookie(noteCookie)
	if err != nil {
		return ""
	}
	http.SetCookie(w, &http.Cookie{Name: noteCookie, Path: "/", MaxAge: -1})
	note, err := url.QueryUnescape(cookie.Value)
	if err != nil {
		return ""
	}
	return note
}

// reference returns a short number by which an error is found in the log.
func reference() string { return rand.Text()[:8] }
