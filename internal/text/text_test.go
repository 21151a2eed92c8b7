package text_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"stagora.org/stagora/internal/text"
)

func TestBlanksAreWrittenForTheReader(t *testing.T) {
	close := time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC)
	fr, en := text.In(text.French, ""), text.In(text.English, "Indian/Reunion")
	tests := []struct{ name, got, want string }{
		{"a date and time, French, Paris", fr.DateTime(close), "vendredi 20 mars 2026 à 18:00 (heure de Paris)"},
		{"the same instant overseas, English", en.DateTime(close), "Friday 20 March 2026 at 21:00 (Réunion time)"},
		{"the first of a month", fr.Date(time.Date(2026, 4, 1, 7, 0, 0, 0, time.UTC)), "mercredi 1er avril 2026"},
		{"an exact time has its offset", fr.Exact(close.Add(-2 * time.Minute)), "vendredi 20 mars 2026 à 17:58:00 (heure de Paris, UTC+01:00)"},
		{"two units of a duration", fr.Duration(51 * time.Hour), "2 j\u00a03 h"},
		{"a duration with a gap", fr.Duration(48*time.Hour + 5*time.Minute), "2 j"},
		{"no time left", fr.Duration(-time.Second), "0 s"},
		{"thousands", fr.Number(1234567), "1\u202f234\u202f567"},
		{"a negative amount", fr.Hundredths(-1005), "−10,05"},
		{"an amount in English", en.Hundredths(693), "6.93"},
		{"a share", fr.Percent(13, 24), "54 %"},
		{"a share of nothing", fr.Percent(0, 0), "–"},
		{"one of something", fr.T("form.wrong", "count", 1), "Un champ est à corriger. Rien n’a été enregistré\u00a0; votre saisie est conservée ci-dessous."},
		{"nothing is singular in French", fr.T("ui.seats", "count", 0), "0 place"},
		{"and plural in English", en.T("ui.seats", "count", int64(0)), "0 seats"},
		{"one of them is not", en.T("ui.seats", "count", int64(1)), "1 seat"},
		{"what is not counted is plural", fr.T("ui.seats", "count", "plus de 10"), "plus de 10 places"},
		{"a million of something", fr.T("form.wrong", "count", 1000000), "1\u202f000\u202f000 champs sont à corriger. Rien n’a été enregistré\u00a0; votre saisie est conservée ci-dessous."},
		{"a key in a blank", fr.T("date.time", "date", text.Key("date.weekday.0"), "time", "1", "zone", "z"), "dimanche à 1 (z)"},
		{"an unknown key is visible", fr.T("no.such.key"), "⟦no.such.key⟧"},
		{"a list", fr.List([]string{"a", "b", "c"}), "a, b et c"},
		{"the zero printer is French, Paris", text.Printer{}.Minute(close), "18:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}

func TestNamesSortAsInAFrenchDictionary(t *testing.T) {
	names := []string{"Zoé", "Élise", "Eliott", "Noël-Hubert", "Noah", "Le Guen", "Œil", "Oster", "Oeillet"}
	text.SortByName(names, func(name string) string { return name })
	want := []string{"Eliott", "Élise", "Le Guen", "Noah", "Noël-Hubert", "Œil", "Oeillet", "Oster", "Zoé"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestWordsAreFoundByPartsAndAsOne(t *testing.T) {
	for in, want := range map[string]string{
		"Anne O'Brien":              "anne o brien obrien",
		"O'Brien-N’Guyen":           "o brien n guyen obrien nguyen obriennguyen",
		"N’Guyen, Jean-Éric":        "n guyen jean eric nguyen jeaneric",
		"d'Arc-Lys-Đô/a-b":          "d arc lys do a b darc darclysdo ab",
		"jean-luc@univ-valmer.test": "jean luc univ valmer test",
		" - ' -x ":                  "x",
	} {
		if got := strings.Join(text.Words(in), " "); got != want {
			t.Errorf("Words(%q) = %q, want %q", in, got, want)
		}
	}
}

// Folded words stand in databases: they must stay what NFD of the whole text made of
// them. Every sign that NFD takes apart, alone and among others, with accents in either
// order.
func TestFoldDecomposesAsNFDDoes(t *testing.T) {
	t.Parallel()
	tried := 0
	for r := range rune(unicode.MaxRune + 1) {
		if norm.NFD.IsNormalString(string(r)) {
			continue
		}
		tried++
		s := string(r) + "-a" + string(r) + "\u0323\u0307b"
		if got, want := text.Fold(s), text.Fold(norm.NFD.String(s)); got != want {
			t.Errorf("%q (%U): %q, of its NFD %q", s, r, got, want)
		}
	}
	if tried < 13_000 {
		t.Errorf("NFD takes %d signs apart", tried)
	}
}

func TestFoldForgetsWhatPeopleMistype(t *testing.T) {
	for in, want := range map[string]string{
		"Pédiatrie, CHU de Valmer": "pediatrie chu de valmer",
		"  Œuvre d’ÉTÉ ":           "oeuvre d ete",
		"":                         "",
		"Đặng Øyvind ŁUKASZ":       "dang oyvind lukasz",
		"Þór Ðorđe Straẞe ħı":      "thor dorde strasse hi",
		"NʼGuyen %_\"":             "n guyen",
	} {
		if got := text.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFillRefusesWhatIsMissingAndNothingElse(t *testing.T) {
	t.Parallel()
	p := text.In(text.French, "")
	hostile := "⟦Inès⟧ <no value> {{.n}}"
	if s, err := p.Fill("number.percent", map[string]any{"n": hostile}); err != nil || !strings.Contains(s, hostile) {
		t.Errorf("%q, %v", s, err)
	}
	for what, fill := range map[string]func() (string, error){
		"a blank":                  func() (string, error) { return p.Fill("number.percent", map[string]any{"m": 1}) },
		"all blanks":               func() (string, error) { return p.Fill("number.percent", nil) },
		"the sentence":             func() (string, error) { return p.Fill("no.such.key", nil) },
		"the sentence of a blank":  func() (string, error) { return p.Fill("number.percent", map[string]any{"n": text.Key("no.such.key")}) },
		"a blank, after a lenient": func() (string, error) { _ = p.T("number.percent"); return p.Fill("number.percent", nil) },
	} {
		if s, err := fill(); err == nil {
			t.Errorf("without %s: %q", what, s)
		}
	}
	if s := p.T("number.percent"); !strings.Contains(s, "<no value>") {
		t.Errorf("a page shows what is missing: %q", s)
	}
}

func BenchmarkSentence(b *testing.B) {
	p := text.In(text.French, "")
	for b.Loop() {
		p.T("form.wrong", "count", 12)
	}
}
