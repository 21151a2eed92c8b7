package web

import (
	"net/http"

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

// signIn opens a login session and goes where the person wanted to go.
func signIn(w http.ResponseWriter, r *page.Request) error {
	token, err := identity.SignIn(r.Context(), r.DB, r.FormValue("login"), r.FormValue("password"), r.Actor.Origin)
	if fault.KindOf(err) == fault.SignIn || fault.KindOf(err) == fault.TooMany {
		return signInPage(w, r, r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	r.SetSession(w, token)
	return r.Go(w, r.Back())
}

func signInPage(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	form := ui.Form{
		Action: page.SignInPath, Errors: wrong,
		Fields: []ui.Field{
			{Name: "login", Label: r.T("signin.login"), Value: r.FormValue("login"), Complete: "username"},
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
