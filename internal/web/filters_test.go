package web_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// filterField finds the filters that a list shows.
var filterField = regexp.MustCompile(`name="(f\.[a-z]+)"`)

// answerFilters asks every list for what nobody means, by each filter and by each two
// of them: it answers with what it found, or says what it cannot read.
func (w *walker) answerFilters(t *testing.T) {
	t.Helper()
	lists := 0
	for _, route := range w.routes {
		if !strings.HasPrefix(route.Pattern, "GET ") {
			continue
		}
		path, _, _ := strings.Cut(w.addresses(t, route)[0], "?")
		tried := map[string]bool{}
		for _, who := range w.names {
			answer := w.get(t, who, path)
			if answer.Code != http.StatusOK {
				continue
			}
			found := map[string]bool{}
			for _, match := range filterField.FindAllStringSubmatch(answer.Body.String(), -1) {
				found[match[1]] = true
			}
			filters := slices.Sorted(maps.Keys(found))
			shown := strings.Join(filters, " ")
			if shown == "" || tried[shown] {
				continue
			}
			tried[shown] = true
			w.tryFilters(t, who, path, filters)
			lists++
		}
	}
	if lists < 10 {
		t.Errorf("only %d lists with filters were found", lists)
	}
}

func (w *walker) tryFilters(t *testing.T, who, path string, filters []string) {
	t.Helper()
	try := func(asked url.Values) {
		if code := w.get(t, who, path+"?"+asked.Encode()).Code; code >= http.StatusInternalServerError {
			t.Errorf("%s?%s asked for by %s answers %d", path, asked.Encode(), who, code)
		}
	}
	for i, filter := range filters {
		try(url.Values{filter: {"abc"}})
		for _, other := range filters[i:] {
			try(url.Values{filter: {">1"}, other: {">1"}})
		}
	}
}

func (w *walker) get(t *testing.T, who, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil).WithContext(t.Context())
	if token := w.tokens[who]; token != "" {
		r.AddCookie(&http.Cookie{Name: "stagora_session", Value: token})
	}
	answer := httptest.NewRecorder()
	w.pages.ServeHTTP(answer, r)
	return answer
}
