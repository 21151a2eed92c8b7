package page

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/ui"
)

var statusOf = map[fault.Kind]int{
	fault.Internal:    http.StatusInternalServerError,
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.NotFound:    http.StatusNotFound,
	fault.Denied:      http.StatusForbidden,
	fault.Closed:      http.StatusConflict,
	fault.Conflict:    http.StatusConflict,
	fault.TooMany:     http.StatusTooManyRequests,
	fault.Unavailable: http.StatusServiceUnavailable,
	fault.SignIn:      http.StatusUnauthorized,
}

// A Trouble is an error as a person reads it.
type Trouble struct {
	Status    int
	Sentence  string
	Reference string // to quote when asking for help; only for what is ours to repair
	Fields    []FieldTrouble
}

// A FieldTrouble is what is wrong with one field of a form.
type FieldTrouble struct{ Name, Sentence string }

// databaseRetry is when to come back if the database does not answer.
const databaseRetry = 30 * time.Second

// noDatabase is the sentence of a request that the database did not answer.
const noDatabase = "page.nodatabase"

// reached returns err, as an Unavailable fault where the database did not answer, or not
// in time: it passes, and is nothing to report.
func (r *Request) reached(err error) error {
	if fault.KindOf(err) == fault.Internal && (store.IsUnreachable(err) || errors.Is(context.Cause(r.Context()), errNoAnswer)) {
		return fault.New(fault.Unavailable, noDatabase).Because(err)
	}
	return err
}

// Explain turns an error into what the person reads. What is ours to repair is
// logged, once, with the reference that the person is shown.
func (r *Request) Explain(err error) Trouble {
	err = r.reached(err)
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind == fault.Internal {
		ref := reference()
		if errors.Is(err, context.Canceled) {
			r.Log.InfoContext(r.Context(), "request given up by the browser", "route", r.Pattern)
		} else {
			r.Log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "reference", ref, "err", err)
		}
		return Trouble{Status: http.StatusInternalServerError, Sentence: r.T("page.internal", "reference", ref), Reference: ref}
	}
	if f.Key == noDatabase {
		r.Log.ErrorContext(r.Context(), "the database does not answer", "route", r.Pattern, "err", f.Err)
	}
	t := Trouble{Status: statusOf[f.Kind], Sentence: r.Text.Message(f.Key, f.Args)}
	switch f.Key {
	case tooLarge:
		t.Status = http.StatusRequestEntityTooLarge
	case longAddress:
		t.Status = http.StatusRequestURITooLong
	}
	for _, field := range f.Fields {
		t.Fields = append(t.Fields, FieldTrouble{field.Name, r.Text.Message(field.Key, field.Args)})
	}
	return t
}

// showError is the one place where an error becomes an answer.
func (s *Site) showError(w http.ResponseWriter, r *Request, err error) {
	err = r.reached(err)
	r.Request = r.WithContext(context.WithoutCancel(r.Context())) // what is left is to say why
	if fault.Has(err, noDatabase) {
		w.Header().Set("Retry-After", strconv.Itoa(int(databaseRetry.Seconds())))
	}
	if fault.KindOf(err) == fault.SignIn && r.Method == http.MethodGet && !r.Fragment() && !r.WantsJSON() {
		address := SignInPath
		if back := r.URL.RequestURI(); len(back) <= maxBack {
			address += "?back=" + url.QueryEscape(back)
		}
		http.Redirect(w, r.Request, address, http.StatusSeeOther)
		return
	}
	trouble := r.Explain(err)
	if r.WantsJSON() {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(trouble.Status)
		_ = json.NewEncoder(w).Encode(trouble)
		return
	}
	shown := r.ShowStatus(w, trouble.Status, ui.Page{Title: r.T("page.trouble." + kindTitle(err)), Density: ui.Choose}, troubleBody(r, trouble))
	if shown != nil {
		r.Log.ErrorContext(r.Context(), "error page failed", "err", shown)
	}
}

func kindTitle(err error) string { return fault.KindOf(err).String() }

// troubleBody says what happened and offers the way home.
func troubleBody(r *Request, t Trouble) templ.Component {
	return ui.EmptyState(ui.Empty{
		Icon: "info-circle", What: t.Sentence, Why: "",
		Actions: []ui.Action{{Label: r.T("page.home"), Href: "/"}},
	})
}

// SignInPath is where people sign in.
const SignInPath = "/sign-in"

// crossOrigin is the answer to a form that another site made a browser send.
var crossOrigin = fault.New(fault.Denied, "page.crossorigin")
