package ui_test

import (
	"io"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"

	"stagora.org/stagora/internal/web/ui"
)

// firstScreen is what a page without a ranked list loads, a font included.
var firstScreen = []string{
	"lib/bootstrap/bootstrap.min.css", "theme.css", "parts.css", "lib/htmx/htmx.min.js", "stagora.js",
	"lib/atkinson/atkinson-latin-normal.woff2", "mark.svg", "icons.svg",
}

func fetch(t *testing.T, address string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", address, nil)
	r.Header.Set("Accept-Encoding", "br, gzip")
	w := httptest.NewRecorder()
	ui.Static().ServeHTTP(w, r)
	return w
}

func TestTheFirstScreenIsLight(t *testing.T) {
	total := 0
	for _, name := range firstScreen {
		w := fetch(t, ui.Asset(name))
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %v", name, w.Code, w.Header())
		}
		n := w.Body.Len()
		t.Logf("%6d  %s", n, name)
		total += n
	}
	if total > 120_000 { // leaves 30 kB of the 150 kB to the page itself
		t.Errorf("%d bytes as sent", total)
	}
	t.Logf("%6d", total)
}

func TestAFileThatChangesChangesAddress(t *testing.T) {
	address := ui.Asset("theme.css")
	old := ui.StaticPrefix + "000000000000/" + path.Base(address)
	if w := fetch(t, old); w.Code != 200 || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("a page from before an upgrade gets %d, %q", w.Code, w.Header().Get("Cache-Control"))
	}
	for _, strange := range []string{"/static/", "/static/x", "/static/x/../ui.go", "/static/x/lib/icons/x.svg"} {
		if w := fetch(t, strange); w.Code != 404 {
			t.Errorf("%s gives %d", strange, w.Code)
		}
	}
}

// The style sheets name files that exist, and nothing from elsewhere.
func TestStyleSheetsStayAtHome(t *testing.T) {
	for _, name := range []string{"theme.css", "parts.css"} {
		css, err := io.ReadAll(fetchPlain(t, ui.Asset(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`url\("([^"]+)"\)`).FindAllSubmatch(css, -1) {
			if w := fetch(t, path.Dir(ui.Asset(name))+"/"+string(m[1])); w.Code != 200 {
				t.Errorf("%s names %s: %d", name, m[1], w.Code)
			}
		}
		if strings.Contains(string(css), "http") {
			t.Errorf("%s names another site", name)
		}
	}
}

func fetchPlain(t *testing.T, address string) io.Reader {
	t.Helper()
	w := httptest.NewRecorder()
	ui.Static().ServeHTTP(w, httptest.NewRequest("GET", address, nil))
	return w.Body
}

func fetchText(t *testing.T, address string) string {
	t.Helper()
	all, err := io.ReadAll(fetchPlain(t, address))
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}
