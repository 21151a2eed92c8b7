package results_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"golang.org/x/net/html"

	"stagora.org/stagora/internal/web/office/officetest"
)

// catalogue are the sentences of a language that are long enough to be told apart.
func catalogue(t *testing.T, lang string) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../../text/catalog/*." + lang + ".toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	all := map[string]string{}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var sentences map[string]any
		if err := toml.Unmarshal(content, &sentences); err != nil {
			t.Fatal(err)
		}
		for key, value := range sentences {
			if s, plural := value.(map[string]any); plural {
				value = s["other"]
			}
			text, _ := value.(string)
			for _, part := range blank.Split(text, -1) {
				if part = strings.Join(strings.Fields(plain(part)), " "); len(part) >= 12 && len(part) > len(all[key]) {
					all[key] = part
				}
			}
		}
	}
	return all
}

var blank = regexp.MustCompile(`{{[^}]*}}`)

// Every page is whole in both languages: nothing of one stands on a page of the other, and
// both tell the same figures. So are the refusals and the files.
func TestEveryPageIsWholeInBothLanguages(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	sentences := map[string]map[string]string{"fr": catalogue(t, "fr"), "en": catalogue(t, "en")}
	foreign := func(lang, text string) (keys []string) {
		other := map[string]string{"fr": "en", "en": "fr"}[lang]
		for key, sentence := range sentences[other] {
			if strings.Contains(text, sentence) && !strings.Contains(sentences[lang][key], sentence) {
				keys = append(keys, key+": "+sentence)
			}
		}
		slices.Sort(keys)
		return keys
	}
	in := func(lang string) *http.Cookie { return &http.Cookie{Name: "stagora_lang", Value: lang} }
	check := func(login, page string, form url.Values) {
		t.Helper()
		var numbers [2]string
		for i, lang := range []string{"fr", "en"} {
			a := d.Do(login, page, form, in(lang))
			_, main, _ := strings.Cut(a.Body, "<main")
			if !strings.Contains(a.Body, `<html lang="`+lang+`"`) || main == "" {
				t.Errorf("%s is no page in %s: %d", page, lang, a.Status)
			}
			if keys := foreign(lang, ownWords(t, "<main"+main)); len(keys) > 0 {
				t.Errorf("%s in %s says %q", page, lang, keys)
			}
			for _, list := range facts(t, a.Body) {
				var values []string
				for _, value := range list {
					values = append(values, strings.Join(digits.FindAllString(value, -1), " "))
				}
				slices.Sort(values)
				numbers[i] += strings.Join(values, "; ")
			}
		}
		if numbers[0] != numbers[1] {
			t.Errorf("%s says %q in French, %q in English", page, numbers[0], numbers[1])
		}
	}
	check(officetest.Nadia, d.Path("runs"), nil)
	check(officetest.Nadia, d.Path("commission"), nil)
	check(officetest.Nadia, d.Path("runs"), asked(with(change(0, "wish", "2026E22", "CHUV-REAN", ""), "max_cost", "x", "amendments.0.reason", "")))
	waits, _ := d.Follow(officetest.Nadia, d.Path("runs"), asked(nil))
	check(officetest.Nadia, waits, nil)
	d.Follow(officetest.Nadia, waits+"/cancel", url.Values{"x": {"1"}})
	a, b := d.AdoptB()
	for _, form := range []url.Values{move("CHUV-GERI", "CHUV-REAN"), with(move("CHUV-GERI", ""), "reason", ""), with(reprice("CHUV-GERI", "x"), "motive", ""), keep()} {
		check(officetest.Nadia, caseOf(d, "E22"), form)
	}
	decide(d)
	compare := d.Path("runs", "compare") + "?run=" + officetest.Last(a) + "&run=" + officetest.Last(b)
	for _, page := range []string{d.Path("runs"), d.Path("runs", "new") + "?from=" + officetest.Last(b), a, b, compare, a + "/adopt", d.Path("commission"), caseOf(d, "E22"), caseOf(d, "E10"), d.Path("commission", "confirm")} {
		check(officetest.Nadia, page, nil)
	}
	for _, page := range []string{a, d.Path("commission"), caseOf(d, "E22"), waits} {
		check(officetest.Odile, page, nil)
	}
	check(officetest.Nadia, d.Path("publication"), nil)
	for _, lang := range []string{"fr", "en"} {
		for _, list := range []string{d.Path("runs"), d.Path("commission"), d.Path("commission", "minutes")} {
			rows := csvOf(d, officetest.Nadia, list+"?format=csv", in(lang))
			if keys := foreign(lang, strings.Join(slices.Concat(rows...), "\n")); len(keys) > 0 {
				t.Errorf("the file of %s in %s says %q", list, lang, keys)
			}
		}
		paper := strings.ReplaceAll(pdfOf(d, officetest.Nadia, d.Path("commission", "minutes"), in(lang)), "\n", " ")
		if keys := foreign(lang, paper); len(keys) > 0 {
			t.Errorf("the minutes in %s say %q", lang, keys)
		}
	}
	d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}})
	for _, login := range []string{officetest.Paul, officetest.Odile} {
		check(login, d.Path("publication"), nil)
	}
	d.Work()
	d.Follow(officetest.Paul, d.Path("publication"), url.Values{"really": {"yes"}})
	check(officetest.Paul, d.Path("publication"), nil)
	d.Work()
	check(officetest.Paul, d.Path("publication"), nil)
	check(officetest.Paul, d.Path("publication"), url.Values{"really": {"yes"}})
}

// ownWords are the words of a page without the messages that are about to leave: they speak
// the language of who gets them.
func ownWords(t *testing.T, main string) string {
	t.Helper()
	root := tree(t, main)
	var messages []*html.Node
	for n := range root.Descendants() {
		if n.Data == "details" && strings.Contains(said(n), "@") {
			messages = append(messages, n)
		}
	}
	for _, n := range messages {
		n.Parent.RemoveChild(n)
	}
	return said(root)
}

var digits = regexp.MustCompile(`[0-9]+`)
