package text_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"stagora.org/stagora/internal/text"
)

var blank = regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)

// sentences returns the keys of one language with the blanks of each.
func sentences(t *testing.T, lang text.Lang) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("catalog/*." + string(lang) + ".toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue for %s: %v", lang, err)
	}
	found := map[string][]string{}
	for _, file := range files {
		var content map[string]any
		if _, err := toml.DecodeFile(file, &content); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for key, value := range content {
			if _, twice := found[key]; twice {
				t.Errorf("%s: %q stands in another catalogue too", file, key)
			}
			found[key] = blanksOf(t, file, key, value)
		}
	}
	return found
}

// blanksOf returns the names of the blanks of a sentence, or of its fullest form.
func blanksOf(t *testing.T, file, key string, value any) []string {
	t.Helper()
	forms := map[string]any{"other": value}
	if m, ok := value.(map[string]any); ok {
		forms = m
		if m["other"] == nil {
			t.Errorf("%s: %q has no form \"other\"", file, key)
		}
	}
	var names []string
	for _, form := range forms {
		s, ok := form.(string)
		if !ok {
			t.Errorf("%s: %q is not a sentence", file, key)
		}
		for _, m := range blank.FindAllStringSubmatch(s, -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestBothLanguagesHaveTheSameSentences(t *testing.T) {
	fr, en := sentences(t, text.French), sentences(t, text.English)
	for key, blanks := range fr {
		other, ok := en[key]
		if !ok {
			t.Errorf("%q has no English", key)
		} else if !slices.Equal(blanks, other) {
			t.Errorf("%q: blanks %v in French, %v in English", key, blanks, other)
		}
	}
	for key := range en {
		if _, ok := fr[key]; !ok {
			t.Errorf("%q has no French", key)
		}
	}
}

// asked finds the keys that code names in full; keys built at run time are
// covered by the tests of the pages that build them.
var asked = regexp.MustCompile(`(?:\.T\(|fault\.New\(fault\.\w+, |\.Wrong\("[^"]*", |Key: +|text\.Key\()"([a-z][\w-]*(?:\.[\w-]+)+)"`)

func TestEveryKeyAskedForExists(t *testing.T) {
	known := sentences(t, text.French)
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "build") {
			return fs.SkipDir // with sources of their own
		}
		if d.IsDir() {
			return nil
		}
		if (!strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".templ")) ||
			strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range asked.FindAllSubmatch(source, -1) {
			seen++
			if _, ok := known[string(m[1])]; !ok {
				t.Errorf("%s asks for %q, which no catalogue has", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("no key found in the source: the pattern no longer fits the code")
	}
}

func TestEverySentenceIsWritten(t *testing.T) {
	t.Parallel()
	for _, lang := range text.Langs {
		p := text.In(lang, "")
		for key, blanks := range sentences(t, lang) {
			filled := map[string]any{}
			for _, name := range blanks {
				filled[name] = "{{.x}}"
			}
			for _, n := range []int{1, 5} {
				if slices.Contains(blanks, "count") {
					filled["count"] = n
				}
				s, err := p.Fill(key, filled)
				if err != nil || s == "" || strings.Contains(strings.ReplaceAll(s, "{{.x}}", ""), "{{") {
					t.Errorf("%s %s: %q, %v", lang, key, s, err)
				}
			}
		}
	}
}
