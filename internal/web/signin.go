package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// showSignIn asks who somebody is.
func showSignIn(w http.ResponseWriter, r *page.Request) error {
	if r.Actor.Known() {
		return r.Go(w, r.Back())
	}
	return signInPage(w, r, http.StatusOK, ui.Errors{})
}

// waitPath is where people wait for their turn to be signed in.
const waitPath = page.SignInPath + "/wait"

// signIn opens a login session and goes where the person wanted to go. When many
// sign in at once it shows them where to wait.
func signIn(w http.ResponseWriter, r *page.Request) error {
	admission, err := r.SignIns().SignIn(r.Context(), r.PostFormValue("login"), r.PostFormValue("password"), r.Actor.Origin)
	switch {
	case err != nil:
		return signInAgain(w, r, err)
	case admission.Token != "":
		r.SetSession(w, admission.Token)
		return r.Go(w, r.Back())
	}
	path := waitPath + "/" + admission.Ticket.ID
	r.SetTicket(w, path, admission.Ticket.Key)
	return r.Go(w, path+"?back="+url.QueryEscape(r.Back()))
}

// showTurn tells people how long they will wait, and signs them in when their turn
// has come. The page asks again by itself, without a script.
func showTurn(w http.ResponseWriter, r *page.Request) error {
	if r.Actor.Known() {
		return r.Go(w, r.Back())
	}
	ticket := identity.Ticket{ID: r.PathValue("ticket"), Key: r.Ticket()}
	turn, err := identity.Ask(r.Context(), r.DB, ticket, r.Actor.Origin)
	switch {
	case err != nil:
		return signInAgain(w, r, err)
	case turn.Token != "":
		r.EndTicket(w, waitPath+"/"+ticket.ID)
		r.SetSession(w, turn.Token)
		return r.Go(w, r.Back())
	}
	w.Header().Set("Refresh", strconv.Itoa(int(renewal(turn.Wait).Seconds())))
	p := ui.Page{Title: r.T("signin.wait.title"), Lead: r.T("signin.wait.lead"), Density: ui.Choose}
	return r.Show(w, p, turnBody(r, turn))
}

// renewal returns when a page where one waits asks again: when the turn should
// have come, and often enough before to see that its person is still there.
func renewal(wait time.Duration) time.Duration {
	return min(max(wholeSeconds(wait), time.Second), 15*time.Second)
}

// wholeSeconds rounds up: nobody is told to wait for less than it takes.
func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// signInAgain shows the form with why nobody was signed in, if it is a reason for
// the person and not for us.
func signInAgain(w http.ResponseWriter, r *page.Request, err error) error {
	switch fault.KindOf(err) {
	case fault.SignIn, fault.TooMany, fault.Invalid:
	case fault.Unavailable:
		w.Header().Set("Retry-After", strconv.Itoa(int(identity.FullRetry.Seconds())))
	default:
		return err
	}
	return signInPage(w, r, r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
}

func signInPage(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	form := ui.Form{
		Action: page.SignInPath, Errors: wrong,
		Fields: []ui.Field{
			{Name: "login", Label: r.T("signin.login"), Value: r.PostFormValue("login"), Complete: "username"},
			{Name: "password", Kind: ui.FieldPassword, Label: r.T("signin.password"), Complete: "current-password"},
		},
		Hidden: map[string]string{"back": r.Back()},
		Submit: ui.Action{Label: r.T("signin.submit"), Icon: "box-arrow-right", Kind: ui.Primary},
	}
	return r.ShowStatus(w, status, ui.Page{Title: r.T("signin.title"), Lead: r.T("signin.lead"), Density: ui.Choose}, signInBody(r, form))
}

// signOut ends the login session, on the server and in the browser.
func signOut(w http.ResponseWriter, r *page.Request) error {
	if err := identity.SignOut(r.Context(), r.DB, r.Session()); err != nil {
		return err
	}
	r.EndSession(w)
	return r.Go(w, "/")
}

// setPreferences keeps the language or the theme chosen on this browser.
func setPreferences(w http.ResponseWriter, r *page.Request) error {
	if lang := r.FormValue("lang"); lang != "" {
		r.SetLang(w, text.ParseLang(lang))
	}
	if r.PostForm.Has("theme") {
		r.SetTheme(w, ui.Theme(r.FormValue("theme")))
	}
	return r.Go(w, r.Back())
}
