package bulletin

import (
	"net/http"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/bulletin"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

func showAll(w http.ResponseWriter, r *page.Request) error {
	said, err := store.Get(r.Context(), r.DB, func(tx *store.Tx) ([]string, error) { return bulletin.Latest(r.Context(), tx, r.Actor) })
	if err != nil {
		return err
	}
	var notes []templ.Component
	for _, note := range said {
		notes = append(notes, ui.Note(ui.Neutral, note))
	}
	return r.Show(w, ui.Page{
		Title: r.T("bulletin.title"), Actions: []ui.Action{{Label: r.T("bulletin.new"), Icon: "plus-lg", Href: bulletin.Path + "/new"}},
	}, templ.Join(notes...))
}

func showNew(w http.ResponseWriter, r *page.Request) error {
	return showForm(w, r, http.StatusOK, ui.Errors{})
}

func showForm(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	p := ui.Page{Title: r.T("bulletin.new"), Crumbs: []ui.Link{{Label: r.T("bulletin.title"), Href: bulletin.Path}}}
	return r.ShowStatus(w, status, p, ui.FormBlock(r.Text, ui.Form{
		Action: bulletin.Path, Errors: wrong,
		Fields: []ui.Field{{Kind: ui.FieldArea, Name: "said", Label: r.T("bulletin.said"), Value: r.PostFormValue("said"), Rows: 4}},
		Submit: ui.Action{Label: r.T("bulletin.new"), Icon: "plus-lg"},
	}))
}

func post(w http.ResponseWriter, r *page.Request) error {
	err := r.DB.Write(r.Context(), func(tx *store.Tx) error {
		return bulletin.Post(r.Context(), tx, r.Actor, r.PostFormValue("said"))
	})
	if wrong := ui.ErrorsOf(r.Text, err); len(wrong.Fields) > 0 {
		return showForm(w, r, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	return r.Go(w, bulletin.Path)
}
