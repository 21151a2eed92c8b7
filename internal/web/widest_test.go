package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var (
	columnOffered = regexp.MustCompile(`name="((?:[a-z]+\.)?cols)" value="([^"-][^"]*)"`)
	sizesOffered  = regexp.MustCompile(`(?s)name="((?:[a-z]+\.)?size)">(.*?)</select>`)
	sizeOffered   = regexp.MustCompile(`<option value="(\d+)"`)
)

// showWidest asks every page with a table for all that its tables offer, the largest page
// with all columns: it weighs no more than a page may.
func (w *walker) showWidest(t *testing.T) {
	t.Helper()
	asked := 0
	for _, route := range w.routes {
		if !strings.HasPrefix(route.Pattern, "GET ") {
			continue
		}
		for _, path := range w.addresses(t, route) {
			if strings.Contains(path, "?") {
				continue
			}
			for _, who := range []string{"administrator", "office"} {
				all := widest(w.get(t, who, path).Body.String())
				if len(all) == 0 {
					continue // refused, or without a table
				}
				answer := w.get(t, who, path+"?"+all.Encode())
				if n := answer.Body.Len(); answer.Code != http.StatusOK || n > budgets[walkSize().Name].bytes {
					t.Errorf("%s asked for by %s answers %d with %d bytes", path+"?"+all.Encode(), who, answer.Code, n)
				}
				asked++
			}
		}
	}
	if asked < 30 {
		t.Errorf("only %d pages with a table were asked for", asked)
	}
}

// widest is what an address asks for to see all columns and as many rows as the tables of
// a page offer.
func widest(page string) url.Values {
	all := url.Values{}
	for _, column := range columnOffered.FindAllStringSubmatch(page, -1) {
		all.Add(column[1], column[2])
	}
	for _, sizes := range sizesOffered.FindAllStringSubmatch(page, -1) {
		for _, size := range sizeOffered.FindAllStringSubmatch(sizes[2], -1) {
			all.Set(sizes[1], size[1]) // the last one is the largest
		}
	}
	return all
}
