package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"stagora.org/stagora/internal/demo"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// protecting are the headers of every answer. What each says is held in package page.
var protecting = []string{
	"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
	"Cross-Origin-Resource-Policy", "Permissions-Policy", "Strict-Transport-Security",
}

// Package page holds its protection on routes of its own. Here it is held on every route
// of Stagora, and on what is no page: none stands outside, takes a header away or is
// asked by another site.
func TestEveryRouteIsProtected(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo.Result)
	site := &page.Site{DB: w.DB, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: "https://demo.example", Secure: true}
	pages := node.Pages(site, w.Campaigns)
	ask := func(who, method, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
		r.AddCookie(&http.Cookie{Name: "stagora_session", Value: w.people[who].token})
		if method == http.MethodPost {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}
		answer := httptest.NewRecorder()
		pages.ServeHTTP(answer, r)
		return answer
	}
	want := ask(stranger, http.MethodGet, page.SignInPath).Header()
	routes := append(node.Routes(w.Campaigns), page.Route{Pattern: "GET /healthz"}, page.Route{Pattern: "GET /readyz"},
		page.Route{Pattern: "GET /metrics"}, page.Route{Pattern: "GET " + ui.Asset("theme.css")}, page.Route{Pattern: "POST " + ui.Asset("theme.css")})
	shown := 0
	for _, route := range routes {
		method, path, _ := address(t, w, route.Pattern)
		for _, who := range []string{stranger, "ines.baraka", "nadia.lopes", "alix.moreau"} {
			got := ask(who, method, path)
			for _, header := range protecting {
				if v := got.Header().Get(header); v == "" || v != want.Get(header) {
					t.Errorf("%s answers %s with %s: %q", route.Pattern, who, header, v)
				}
			}
			if method == http.MethodPost && (got.Code != http.StatusForbidden || !strings.Contains(got.Body.String(), "Cette demande vient d’un autre site")) {
				t.Errorf("%s by %s, sent by another site: %d", route.Pattern, who, got.Code)
			}
			if got.Code == http.StatusOK {
				shown++
			}
		}
	}
	if shown < len(routes)/2 {
		t.Errorf("%d answers of %d routes show something: the test asks for little", shown, len(routes))
	}
}
