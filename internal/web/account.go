package web

import (
	"net/http"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

const accountPath = "/account"

// showAccount lets people change their own password.
func showAccount(w http.ResponseWriter, r *page.Request) error {
	return accountPage(w, r, http.StatusOK, ui.Errors{})
}

func changePassword(w http.ResponseWriter, r *page.Request) error {
	err := identity.ChangePassword(r.Context(), r.DB, r.Actor, r.Session(), r.FormValue("present"), r.FormValue("next"))
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.TooMany) {
		return accountPage(w, r, r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, accountPath, "account.changed")
}

func accountPage(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	form := ui.Form{
		Action: accountPath, Errors: wrong,
		Fields: []ui.Field{
			{Name: "present", Kind: ui.FieldPassword, Label: r.T("account.present"), Complete: "current-password"},
			{Name: "next", Kind: ui.FieldPassword, Label: r.T("account.next"), Hint: r.T("account.next.hint"), Complete: "new-password"},
		},
		Submit: ui.Action{Label: r.T("account.submit"), Icon: "lock", Kind: ui.Primary},
	}
	return r.ShowStatus(w, status, ui.Page{Title: r.T("account.title"), Density: ui.Choose}, ui.FormBlock(r.Text, form))
}
