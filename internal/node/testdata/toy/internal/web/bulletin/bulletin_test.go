package bulletin_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/demo"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
)

// A desk is a demonstration with the bulletin in it.
type desk struct {
	*testing.T
	world *demo.World
	pages http.Handler
}

func (d desk) as(login, method, path string, form url.Values) *httptest.ResponseRecorder {
	d.Helper()
	r := httptest.NewRequestWithContext(d.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if login != "" {
		token, err := identity.SignInDemo(d.Context(), d.world.DB, login, "test")
		if err != nil {
			d.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: "stagora_session", Value: token})
	}
	w := httptest.NewRecorder()
	d.pages.ServeHTTP(w, r)
	return w
}

// The capability declares everything itself: its chapter stands in the demonstration,
// its right belongs to offices, its entry to their menu, its mail is queued by its work
// and its line stands in the log.
func TestANewCapabilityIsThere(t *testing.T) {
	world, err := demo.Load(t.Context(), filepath.Join(t.TempDir(), "demo.db"), "https://stages.example", demo.Prep)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.DB.Close() })
	site := &page.Site{DB: world.DB, Log: slog.New(slog.DiscardHandler), BaseURL: "https://stages.example"}
	d := desk{t, world, node.Pages(site, world.Campaigns)}

	first := d.as("nadia.lopes", "GET", "/bulletin", nil)
	if body := first.Body.String(); first.Code != 200 || !strings.Contains(body, "La campagne de printemps ouvre") || !strings.Contains(body, `href="/bulletin"`) {
		t.Errorf("the demonstration's chapter, or the menu: %d\n%s", first.Code, body)
	}
	if got := d.as("nadia.lopes", "GET", "/bulletin/new", nil); got.Code != 200 {
		t.Errorf("the form: %d", got.Code)
	}
	if got := d.as("nadia.lopes", "POST", "/bulletin", url.Values{"said": {" "}}); got.Code != http.StatusUnprocessableEntity {
		t.Errorf("an empty note: %d", got.Code)
	}
	if got := d.as("nadia.lopes", "POST", "/bulletin", url.Values{"said": {"Fermé lundi."}}); got.Code != http.StatusSeeOther {
		t.Errorf("a note: %d\n%s", got.Code, got.Body)
	}
	if got := d.as("nadia.lopes", "GET", "/bulletin", nil).Body.String(); !strings.Contains(got, "Fermé lundi.") {
		t.Error("the note is not shown")
	}
	if got := d.as("adele.corbin", "GET", "/bulletin", nil); got.Code != http.StatusForbidden {
		t.Errorf("a student: %d", got.Code)
	}

	runner := &job.Runner{DB: world.DB, Node: "node-1", Handlers: capability.Union(node.Capabilities(world.Campaigns)...).Work}
	if _, err := runner.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	for what, query := range map[string]string{
		"mail":            "SELECT count(*) FROM notice_message WHERE kind = 'bulletin.posted'",
		"lines of log":    "SELECT count(*) / 2 FROM audit_entry WHERE action = 'bulletin.posted'",
		"rights declared": "SELECT count(*) FROM identity_known_right WHERE code = 'bulletin.edit'",
	} {
		var n int
		err := world.DB.Read(t.Context(), func(tx *store.Tx) error { return tx.QueryRowContext(t.Context(), query).Scan(&n) })
		if err != nil || n != 1 {
			t.Errorf("%s: %d, %v", what, n, err)
		}
	}
}
