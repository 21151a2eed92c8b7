package table

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// A Register is the pages of the things of one kind: their list, and the form by
// which one is added, read and changed, with the history under it. It is declared
// once, and its methods are handlers; "id" in the address is a public identifier.
//
// Somebody who changed a thing since the form was shown is never overruled: the
// form carries when the thing was last changed, and whoever saves it compares
// ([reference.CheckSeen]). What is wrong stands at its field, with what was typed.
type Register[T any] struct {
	Name   string                        // in the catalogues: what the things are; Name.lead, Name.new
	Path   string                        // address of the list; one thing is below it
	Noun   string                        // of one thing, in the log
	Right  identity.Right                // to add one, and to change one
	Crumbs func(*page.Request) []ui.Link // that lead to the list

	// Show answers with the list, below what the page says of it: [List.Show].
	Show func(http.ResponseWriter, *page.Request, ui.Page) error
	// Find returns one thing, or a NotFound fault unless the reader may see it.
	Find func(r *page.Request, tx *store.Tx, publicID string) (T, error)
	// About says what the pages need to know of one thing; of the zero T, when one
	// is about to be added, nothing is asked.
	About func(*page.Request, T) About
	// Fields are those of the form with what stands in a thing; the zero T is one
	// that is about to be added.
	Fields func(*page.Request, *store.Tx, T) ([]ui.Field, error)
	// Save reads the form, and adds a thing or changes the one with the stamp.
	Save func(*page.Request, *page.Form, reference.Stamp) (T, error)

	// Beside is what stands beside the form of one thing; may be nil.
	Beside func(*page.Request, *store.Tx, T) (templ.Component, error)
	// Actions are those of the list (nil) and of the page of one thing; may be nil.
	Actions func(*page.Request, *T) []ui.Action
}

// About is what the pages need to know of one thing.
type About struct {
	reference.Stamp
	Label, Lead string
	May         bool // the reader may change it
	Reads       bool // the reader may read its history
}

// historyLength is how many lines a page shows of the history of a thing.
const historyLength = 20

// Head is the head of the page of the list.
func (g Register[T]) Head(r *page.Request) ui.Page {
	p := ui.Page{Title: r.T(g.Name), Lead: r.T(g.Name + ".lead"), Density: ui.Manage, Crumbs: g.Crumbs(r)}
	if r.Actor.CanSomewhere(g.Right) {
		p.Actions = append(p.Actions, ui.Action{Label: r.T(g.Name + ".new"), Icon: "plus-lg", Href: g.Path + "/new", Kind: ui.Primary})
	}
	if g.Actions != nil {
		p.Actions = append(p.Actions, g.Actions(r, nil)...)
	}
	return p
}

// List shows the list, or answers with its file.
func (g Register[T]) List(w http.ResponseWriter, r *page.Request) error {
	return g.Show(w, r, g.Head(r))
}

// New asks what is to be added.
func (g Register[T]) New(w http.ResponseWriter, r *page.Request) error {
	return g.newPage(w, r, http.StatusOK, ui.Errors{})
}

// Create adds a thing, and shows it.
func (g Register[T]) Create(w http.ResponseWriter, r *page.Request) error {
	added, err := g.Save(r, r.Fields(), reference.Stamp{})
	if fault.KindOf(err) == fault.Invalid {
		return g.newPage(w, r, http.StatusUnprocessableEntity, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	about := g.About(r, added)
	return r.GoSaying(w, g.Path+"/"+about.PublicID, "table.created", "name", about.Label)
}

func (g Register[T]) newPage(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	f := ui.Form{
		Action: g.Path, Errors: wrong,
		Submit: ui.Action{Label: r.T("table.create"), Icon: "save", Kind: ui.Primary},
		Cancel: ui.Link{Label: r.T("table.cancel"), Href: g.Path},
	}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		f.Fields, err = g.Fields(r, tx, *new(T))
		return err
	})
	if err != nil {
		return err
	}
	fill(r, f.Fields, r.Method == http.MethodPost, "")
	p := ui.Page{Title: r.T(g.Name + ".new"), Density: ui.Manage, Crumbs: g.Inside(r)}
	return r.ShowStatus(w, status, p, newBody(r, f))
}

// Page shows one thing.
func (g Register[T]) Page(w http.ResponseWriter, r *page.Request) error {
	return g.page(w, r, http.StatusOK, false, ui.Errors{})
}

// Change saves what was typed of one thing.
func (g Register[T]) Change(w http.ResponseWriter, r *page.Request) error {
	stamp := reference.Stamp{PublicID: r.PathValue("id")}
	stamp.ChangedAt, _ = time.Parse(time.RFC3339Nano, r.FormValue("seen")) // a form that does not say it changes whatever stands there
	changed, err := g.Save(r, r.Fields(), stamp)
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		return g.page(w, r, r.Explain(err).Status, true, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, g.Path+"/"+stamp.PublicID, "table.saved", "name", g.About(r, changed).Label)
}

// Done answers what was done beside the form: back to the page of the thing with
// what is said, or the page with what was wrong.
func (g Register[T]) Done(w http.ResponseWriter, r *page.Request, err error, said string) error {
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		return g.page(w, r, r.Explain(err).Status, false, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, g.Path+"/"+r.PathValue("id"), said)
}

// page shows one thing; typed says that its form was sent, and is shown as it was.
func (g Register[T]) page(w http.ResponseWriter, r *page.Request, status int, typed bool, wrong ui.Errors) error {
	var x T
	var about About
	var beside templ.Component
	var lines []audit.Line
	f := ui.Form{Errors: wrong, Submit: ui.Action{Label: r.T("table.save"), Icon: "save", Kind: ui.Primary}}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if x, err = g.Find(r, tx, r.PathValue("id")); err != nil {
			return err
		}
		about = g.About(r, x)
		if f.Fields, err = g.Fields(r, tx, x); err != nil {
			return err
		}
		if about.Reads {
			if lines, err = audit.Find(r.Context(), tx, audit.Search{Kind: g.Noun, Object: about.PublicID, Limit: historyLength}); err != nil {
				return err
			}
		}
		if g.Beside != nil {
			beside, err = g.Beside(r, tx, x)
		}
		return err
	})
	if err != nil {
		return err
	}
	f.Action = g.Path + "/" + about.PublicID
	f.Hidden = map[string]string{"seen": about.ChangedAt.UTC().Format(time.RFC3339Nano)}
	off := ""
	if !about.May {
		off = r.T("table.readonly")
		f.Submit.Why = off
	}
	fill(r, f.Fields, typed, off)
	p := ui.Page{Title: about.Label, Lead: about.Lead, Density: ui.Manage, Crumbs: g.Inside(r)}
	if g.Actions != nil {
		p.Actions = g.Actions(r, &x)
	}
	return r.ShowStatus(w, status, p, thingBody(r, about, f, beside, lines))
}

// fill puts what was typed into fields, if something was, and closes them if they
// may not be changed.
func fill(r *page.Request, fields []ui.Field, typed bool, off string) {
	for i := range fields {
		f := &fields[i]
		f.Complete, f.Off = "off", off
		if typed {
			f.Value, f.Values = r.PostForm.Get(f.Name), r.PostForm[f.Name]
		}
	}
}

// Inside are the crumbs of a page below the list.
func (g Register[T]) Inside(r *page.Request) []ui.Link {
	return append(g.Crumbs(r), ui.Link{Label: r.T(g.Name), Href: g.Path})
}

// events are lines of the log as a page shows them.
func events(p text.Printer, lines []audit.Line) []ui.Event {
	all := make([]ui.Event, len(lines))
	for i, l := range lines {
		who := l.Name
		if who == "" {
			who = l.Origin
		}
		all[i] = ui.Event{At: l.At, Who: who, For: l.BehalfName, What: l.Sentence(p), Reason: l.Reason}
	}
	return all
}
