package web

import (
	"net/http"

	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// home tells each person what awaits them, and a stranger what this is.
func home(w http.ResponseWriter, r *page.Request) error {
	return r.Show(w, ui.Page{Title: r.T("home.title"), Density: ui.Choose}, ui.EmptyState(ui.Empty{What: r.T("home.welcome")}))
}

// menu is the main menu of a person: what their rights open.
func menu(r *page.Request) []ui.NavItem { return admin.Menu(r) }
