package results_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/web/office/officetest"
)

// alerts are what a page says is wrong, above its forms or instead of them.
func alerts(t *testing.T, body string) (sentences []string) {
	t.Helper()
	for n := range tree(t, body).Descendants() {
		if attr(n, "role") == "alert" {
			sentences = append(sentences, said(n))
		}
	}
	return sentences
}

// refuse posts a form that is to be refused with a sentence, at a field if one is named,
// and fails if anything was done.
func refuse(d *officetest.Desk, login, path string, form url.Values, status int, sentence string, at ...string) {
	d.T.Helper()
	line, before := lastLine(d), phase(d)
	a := d.Do(login, path, form)
	if a.Status != status {
		d.T.Errorf("%s %s %v: %d, want %d\n%s", login, path, form, a.Status, status, officetest.Excerpt(a.Body))
		return
	}
	words := strings.Join(alerts(d.T, a.Body), " ")
	if _, page, _ := strings.Cut(a.Body, "<main"); !strings.Contains(page, "<nav") { // the page of an error: it says nothing else
		words = officetest.Excerpt(a.Body)
	}
	if !strings.Contains(words, sentence) {
		d.T.Errorf("%s %v: the page says %q is wrong, not %q", path, form, words, sentence)
	}
	for _, id := range at {
		if !strings.Contains(a.Body, `id="`+id+`-error"`) {
			d.T.Errorf("%s %v: nothing is said at %s: %q", path, form, id, words)
		}
	}
	if lastLine(d) != line || phase(d) != before {
		d.T.Errorf("%s %v was refused, and yet something was done", path, form)
	}
}

// with is a form with some fields otherwise.
func with(form url.Values, pairs ...string) url.Values {
	other := url.Values{}
	for name, values := range form {
		other[name] = slices.Clone(values)
	}
	for i := 0; i < len(pairs); i += 2 {
		other.Set(pairs[i], pairs[i+1])
	}
	return other
}

// pairsOf are the fields of a form, each with its first value.
func pairsOf(form url.Values) (pairs []string) {
	for name := range form {
		pairs = append(pairs, name, form.Get(name))
	}
	return pairs
}
