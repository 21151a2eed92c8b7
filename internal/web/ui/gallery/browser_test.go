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

// looks are four ways to see the gallery: every pair of density, theme and
// language is among them.
var looks = []struct {
	density ui.Density
	theme   ui.Theme
	lang    text.Lang
}{
	{ui.Choose, ui.Light, text.French},
	{ui.Choose, ui.Dark, text.English},
	{ui.Manage, ui.Dark, text.French},
	{ui.Manage, ui.Light, text.English},
}

func TestTheGalleryIsAccessibleAtThreeWidths(t *testing.T) {
	server := serve(t)
	for _, width := range []int{320, 768, browser.Desk} {
		w := browser.Open(t, width)
		for _, look := range looks {
			q := url.Values{"lang": {string(look.lang)}, "theme": {string(look.theme)}, "density": {string(look.density)}}
			w.Visit(server.URL + gallery.Path + "?" + q.Encode())
			w.NotSee("⟦")
			w.Fits()
			w.Accessible()
			w.Screenshot(string(look.density) + "-" + string(look.theme))
		}
	}
}

// A name in the head of a page may be one word of a hundred letters.
func TestALongNameFits(t *testing.T) {
	server := serve(t)
	for _, width := range []int{320, browser.Desk} {
		w := browser.Open(t, width)
		w.Visit(server.URL + gallery.Path)
		for _, of := range []string{"h1", ".crumbs li:last-child", ".page-head .lead"} {
			named := 0
			w.Evaluate(`(() => {
				const all = document.querySelectorAll("`+of+`");
				for (const part of all) part.textContent = "É".repeat(100);
				return all.length;
			})()`, &named)
			if named == 0 {
				t.Errorf("the gallery has no %s", of)
			}
			w.Fits()
		}
	}
}

// What unfolds stays within the page too: menus, columns, filters, figures.
func TestWhatUnfoldsFitsAPhone(t *testing.T) {
	server := serve(t)
	w := browser.Open(t, 320)
	w.Visit(server.URL + gallery.Path + "?density=choose")
	var unfolded int
	for _, what := range []string{".masthead .person", ".masthead .nav-phone", ".table-block .columns", ".paste, .chart details"} {
		w.Evaluate(`(() => {
			for (const d of document.querySelectorAll("details.menu")) d.open = false;
			const all = document.querySelectorAll("`+what+`");
			for (const d of all) d.open = true;
			for (const box of document.querySelectorAll("[data-keep]")) box.checked = true;
			return all.length;
		})()`, &unfolded)
		if unfolded == 0 {
			t.Errorf("nothing to unfold: %s", what)
		}
		w.Fits()
		var outside int
		w.Evaluate(`[...document.querySelectorAll("details[open] .menu-body")].filter(b => b.getBoundingClientRect().left < 0 || b.getBoundingClientRect().right > innerWidth).length`, &outside)
		if outside > 0 {
			t.Errorf("%s unfolds beyond the edge of the screen", what)
		}
	}
	w.Accessible()
}
