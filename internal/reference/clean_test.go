package reference_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/reference"
)

// A thing is named in a form by its key or by its code; the key holds where both are
// there.
func TestAThingIsNamedByItsKeyOrItsCode(t *testing.T) {
	t.Parallel()
	a, b := reference.Ref{ID: 1, PublicID: "p1", Code: "CHUV", Name: "CHU"}, reference.Ref{ID: 2, PublicID: "p2", Code: "CLIN", Name: "Clinique"}
	itself := func(r reference.Ref) reference.Ref { return r }
	for _, tt := range []struct {
		name               string
		typed, want        reference.Ref
		optional, required string // what is wrong
	}{
		{"nothing", reference.Ref{Name: "only a name"}, reference.Ref{}, "", "where form.required"},
		{"a code", reference.Ref{Code: "CLIN"}, b, "", ""},
		{"a code as typed", reference.Ref{Code: " clin "}, b, "", ""},
		{"a key", reference.Ref{ID: 1}, a, "", ""},
		{"a key and the code of another", reference.Ref{ID: 1, Code: "CLIN"}, a, "", ""},
		{"the key of none", reference.Ref{ID: 3, Code: "CHUV"}, reference.Ref{ID: 3, Code: "CHUV"}, "where form.choice", "where form.choice"},
		{"the code of none", reference.Ref{Code: "CH"}, reference.Ref{Code: "CH"}, "where form.choice", "where form.choice"},
	} {
		var optional, required fault.Form
		one, other := tt.typed, tt.typed
		reference.OptionalRef(&optional, "where", &one, []reference.Ref{a, b}, itself)
		reference.RequiredRef(&required, "where", &other, []reference.Ref{a, b}, itself)
		if one != tt.want {
			t.Errorf("%s is %+v, want %+v", tt.name, one, tt.want)
		}
		if got := strings.Join(wrongs(optional.Err()), ", "); got != tt.optional {
			t.Errorf("%s, which may be left out: %q, want %q", tt.name, got, tt.optional)
		}
		if got := strings.Join(wrongs(required.Err()), ", "); got != tt.required {
			t.Errorf("%s, which must be filled in: %q, want %q", tt.name, got, tt.required)
		}
	}
	if refs := reference.RefsByID([]reference.Ref{a, b}, itself); len(refs) != 2 || refs[1] != a || refs[2] != b {
		t.Errorf("by key: %v", refs)
	}
}

// Whoever has a value keeps it: only another one is in the way.
func TestAValueIsTakenByAnotherOnly(t *testing.T) {
	t.Parallel()
	holders := []reference.Ref{{ID: 1, Code: "A", Name: "First"}, {ID: 2, Code: "B", Name: "Second"}}
	code := func(r reference.Ref) string { return r.Code }
	itself := func(r reference.Ref) reference.Ref { return r }
	for _, tt := range []struct {
		value string
		self  int64
		by    any
	}{
		{"a", 0, "First"}, {"A", 1, nil}, {"b", 1, "Second"}, {"C", 0, nil}, {"", 0, nil},
	} {
		var form fault.Form
		reference.CheckUnique(&form, "code", tt.value, tt.self, append(holders, reference.Ref{ID: 3, Name: "Without"}), code, itself)
		var by any
		for _, f := range fieldsOf(form.Err()) {
			by = f.Args["by"]
		}
		if by != tt.by {
			t.Errorf("%q for %d is taken by %v, want %v", tt.value, tt.self, by, tt.by)
		}
	}
	var form fault.Form
	reference.CheckTaken(&form, "code", "x", 1, holders)
	if wrong := fieldsOf(form.Err()); len(wrong) != 1 || wrong[0].Args["by"] != "Second" {
		t.Errorf("the second holder is another one: %v", form.Err())
	}
}

func TestATextOfSeveralLinesIsCleaned(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\r\n  12 rue\t \r\nBâtiment A  \n\n": "12 rue\nBâtiment A",
		"a\n\nb":                              "a\n\nb",
		"a\n  b":                              "a\n  b",
		" \n\t":                               "",
	} {
		if got := reference.CleanLines(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringOf(rapid.SampledFrom([]rune(" \t\r\nab"))).Draw(t, "typed")
		once := reference.CleanLines(in)
		if again := reference.CleanLines(once); again != once {
			t.Fatalf("%q is %q, then %q", in, once, again)
		}
	})
}

// An identifier is kept the same however it is typed, and a form says what was typed.
func TestAnIdentifierIsKeptOneWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9a-zA-Z]{0,12}`).Draw(t, "identifier")
		typed := ""
		for _, r := range s {
			typed += string(r) + rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f", ".", "-", "\u200b", "\ufeff"}).Draw(t, "between")
		}
		if got := reference.Normalise(typed); got != strings.ToUpper(s) {
			t.Fatalf("%q is kept as %q", typed, got)
		}
	})
	for in, want := range map[string]struct{ kept, wrong string }{
		"75 071 2184": {"750712184", ""},
		"75 071 2185": {"750712185", "identifier.finess.key"},
		"2A0000015":   {"2A0000015", ""}, // a warning stops nobody
	} {
		var form fault.Form
		kept := reference.CheckIdentifier(&form, "finess", in, reference.CheckFINESS)
		got := ""
		for _, f := range fieldsOf(form.Err()) {
			got = f.Key
			if f.Name != "finess" || f.Args["found"] != in {
				t.Errorf("%s: %+v", in, f)
			}
		}
		if kept != want.kept || got != want.wrong {
			t.Errorf("%s is kept as %s, %q", in, kept, got)
		}
	}
}

// Two intervals overlap where a day is in both.
func TestIntervalsOverlapWhereTheyShareADay(t *testing.T) {
	t.Parallel()
	first := time.Date(2024, 2, 25, 12, 0, 0, 0, time.UTC)
	day := func(n int) reference.Date { return reference.DateOf(first.AddDate(0, 0, n), time.UTC) }
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (from, to int) {
			from = rapid.IntRange(0, 9).Draw(t, name)
			return from, from + rapid.IntRange(0, 4).Draw(t, "length of "+name)
		}
		aFrom, aTo := draw("one")
		bFrom, bTo := draw("other")
		shared := false
		for n := range 20 {
			shared = shared || (n >= aFrom && n <= aTo && n >= bFrom && n <= bTo)
		}
		a, b := reference.Interval{From: day(aFrom), To: day(aTo)}, reference.Interval{From: day(bFrom), To: day(bTo)}
		if a.Overlaps(b) != shared || b.Overlaps(a) != shared {
			t.Fatalf("%v and %v: want %v", a, b, shared)
		}
	})
}

func TestAnInstantFallsOnTheDayOfItsZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 20, 23, 30, 0, 0, time.UTC)
	for zone, want := range map[string]reference.Date{"UTC": "2026-03-20", "Europe/Paris": "2026-03-21", "Pacific/Tahiti": "2026-03-20"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := reference.DateOf(at, location); got != want {
			t.Errorf("in %s it is %s, want %s", zone, got, want)
		}
	}
	for in, want := range map[string]reference.Date{"31/12/1899": "", "1.1.1900": "1900-01-01", "31-12-2199": "2199-12-31", "01/01/2200": ""} {
		if got, ok := reference.ParseDate(in); got != want || ok != (want != "") {
			t.Errorf("%s reads as %q, %v", in, got, ok)
		}
	}
	if !reference.Date("2024-02-29").Valid() || reference.Date("2026-02-29").Valid() || reference.Date("").Valid() {
		t.Error("a day is valid that is none, or the other way round")
	}
	if !reference.Date("").Noon().IsZero() {
		t.Error("an empty day has a noon")
	}
}
