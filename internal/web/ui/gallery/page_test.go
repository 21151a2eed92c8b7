package gallery_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/ui"
	"stagora.org/stagora/internal/web/ui/gallery"
)

// page returns the gallery as a tree, and as text.
func page(t *testing.T, lang text.Lang) (*html.Node, string) {
	t.Helper()
	p, body := gallery.Gallery{P: text.In(lang, ""), Now: noon}.Page(ui.Manage)
	var b bytes.Buffer
	if err := ui.Layout(p).Render(templ.WithChildren(context.Background(), body), &b); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return root, b.String()
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func TestNoElementCarriesAStyleOrAHandler(t *testing.T) {
	root, _ := page(t, text.French)
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
			t.Errorf("<%s> in the page", n.Data)
		}
	}
}

// What an element refers to is there, once: labels, descriptions, forms, links
// within the page.
func TestIdsAreUniqueAndReferencesHold(t *testing.T) {
	root, _ := page(t, text.French)
	ids := map[string]int{}
	for n := range root.Descendants() {
		if id, ok := attr(n, "id"); ok {
			ids[id]++
		}
	}
	for id, count := range ids {
		if count > 1 || strings.ContainsAny(id, " \t") || id == "" {
			t.Errorf("id %q stands %d times", id, count)
		}
	}
	for n := range root.Descendants() {
		for _, name := range []string{"for", "aria-describedby", "aria-labelledby", "form"} {
			value, _ := attr(n, name)
			for id := range strings.FieldsSeq(value) {
				if ids[id] == 0 {
					t.Errorf("<%s %s=%q> refers to nothing", n.Data, name, id)
				}
			}
		}
		if href, _ := attr(n, "href"); strings.HasPrefix(href, "#") && ids[href[1:]] == 0 {
			t.Errorf("<%s href=%q> leads nowhere", n.Data, href)
		}
	}
}

func TestEveryFieldHasAName(t *testing.T) {
	root, _ := page(t, text.French)
	labelled := map[string]bool{}
	for n := range root.Descendants() {
		if id, ok := attr(n, "for"); ok && n.Data == "label" {
			labelled[id] = true
		}
	}
	fields := 0
	for n := range root.Descendants() {
		kind, _ := attr(n, "type")
		if !slices.Contains([]string{"input", "select", "textarea"}, n.Data) || kind == "hidden" {
			continue
		}
		fields++
		id, _ := attr(n, "id")
		aria, _ := attr(n, "aria-label")
		by, _ := attr(n, "aria-labelledby") // what it refers to is there, see above
		inLabel := false
		for p := n.Parent; p != nil; p = p.Parent {
			inLabel = inLabel || p.Data == "label"
		}
		if !labelled[id] && aria == "" && by == "" && !inLabel {
			t.Errorf("<%s type=%s id=%s> has no label", n.Data, kind, id)
		}
	}
	if fields < 30 {
		t.Errorf("%d fields only: the gallery shows more", fields)
	}
}

func TestBothLanguagesAreCompleteInTheGallery(t *testing.T) {
	words := map[text.Lang]string{}
	for _, lang := range text.Langs {
		_, words[lang] = page(t, lang)
		if i := strings.Index(words[lang], "⟦"); i >= 0 {
			t.Errorf("%s: %s", lang, words[lang][i:min(i+80, len(words[lang]))])
		}
	}
	if words[text.French] == words[text.English] {
		t.Error("both languages read the same")
	}
}

func TestEveryIconOfTheGalleryIsDrawn(t *testing.T) {
	root, _ := page(t, text.English)
	empty := map[string]bool{}
	for n := range root.Descendants() {
		if class, _ := attr(n, "class"); n.Data == "svg" && class == "icon" && n.FirstChild == nil {
			empty[n.Parent.Data] = true
		}
	}
	if len(empty) > 0 {
		t.Errorf("icons without a drawing in %v", slices.Sorted(maps.Keys(empty)))
	}
}

// The gallery shows everything there is once, so that no screen is heavier unless it
// repeats something: see ui's own test of what is repeated.
func TestTheGalleryIsLight(t *testing.T) {
	for _, density := range []ui.Density{ui.Choose, ui.Manage} {
		surround, body := gallery.Gallery{Now: noon}.Page(density)
		var b bytes.Buffer
		if err := ui.Layout(surround).Render(templ.WithChildren(t.Context(), body), &b); err != nil {
			t.Fatal(err)
		}
		if b.Len() > 90_000 {
			t.Errorf("%s: %d bytes", density, b.Len())
		}
		t.Logf("%s: %d bytes", density, b.Len())
	}
}
