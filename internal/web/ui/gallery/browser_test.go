package gallery_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/a-h/templ"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/ui"
	"stagora.org/stagora/internal/web/ui/gallery"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// noon is when the gallery is looked at.
var noon = time.Date(2026, 3, 20, 11, 0, 0, 0, time.UTC)

// serve shows the gallery as the address asks, under the policy of every page.
func serve(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(ui.StaticPrefix, ui.Static())
	mux.HandleFunc(gallery.Path, func(w http.ResponseWriter, r *http.Request) {
		g := gallery.Gallery{P: text.In(text.ParseLang(r.FormValue("lang")), ""), Now: noon, Query: r.URL.Query()}
		page, body := g.Page(ui.Density(r.FormValue("density")))
		page.Theme = ui.Theme(r.FormValue("theme"))
		show(t, w, r, page, body)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func show(t *testing.T, w http.ResponseWriter, r *http.Request, page ui.Page, body templ.Component) {
	w.Header().Set("Content-Security-Policy", ui.Policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := ui.Layout(page).Render(templ.WithChildren(r.Context(), body), w); err != nil {
		t.Errorf("%s: %v", r.URL, err)
	}
}

func TestTheGalleryIsAccessibleAtThreeWidthsInBothThemesAndLanguages(t *testing.T) {
	server := serve(t)
	for _, width := range []int{320, 768, browser.Desk} {
		for _, density := range []ui.Density{ui.Choose, ui.Manage} {
			w := browser.Open(t, width)
			for _, theme := range []ui.Theme{ui.Light, ui.Dark} {
				for _, lang := range text.Langs {
					q := url.Values{"lang": {string(lang)}, "theme": {string(theme)}, "density": {string(density)}}
					w.Visit(server.URL + gallery.Path + "?" + q.Encode())
					w.NotSee("⟦")
					w.Fits()
					w.Accessible()
					w.Screenshot(string(density) + "-" + string(theme) + "-" + string(lang))
				}
			}
		}
	}
}
