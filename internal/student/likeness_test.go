package student

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/reference"
)

// distance stops early, but never below what it must tell.
func TestDistanceIsThatOfTheWholeTable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"abc", "acb", 1}, {"martin", "martine", 1}, {"dupond", "dupont", 1}, {"ca", "abc", 3}} {
		if got := distance([]rune(tt.a), []rune(tt.b), 10); got != tt.want {
			t.Errorf("%q and %q are %d apart, want %d", tt.a, tt.b, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching("[ab]{0,8}")
		x, y := []rune(word.Draw(t, "x")), []rune(word.Draw(t, "y"))
		most := rapid.IntRange(0, 4).Draw(t, "most")
		whole := distance(x, y, 100)
		if got := distance(x, y, most); (got <= most) != (whole <= most) || got <= most && got != whole {
			t.Fatalf("%q and %q are %d apart, and %d when counting stops above %d", string(x), string(y), whole, got, most)
		}
	})
}

// A name is close to one that has all its words, in whatever order and however long.
func TestNamesAreClose(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("abcdefghij", 12)
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"durand zoe", "durand marie zoe", true}, {"durand marie zoe", "durand zoe", true}, {"durand", "durand zoe", false},
		{"durand zoe", "durant zoe", true}, {"durand zoe", "duramt zue", false}, {"durand paul", "durand marie zoe", false},
		{long + " x", long + "k y", true}, {long + " x", "z" + long + "k yy", false},
	} {
		a := likeness{name: tt.a, joined: strings.ReplaceAll(tt.a, " ", "")}
		b := likeness{name: tt.b, joined: strings.ReplaceAll(tt.b, " ", "")}
		if got := a.closeName(&b); got != tt.want {
			t.Errorf("%q and %q are close: %t", tt.a, tt.b, got)
		}
	}
}

// What looks alike in a crowd is what looks alike when all are compared.
func TestACrowdFindsAllThatLookAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(id int64) Student {
			s := Student{}
			s.ID = id
			s.Person.FamilyName = rapid.SampledFrom([]string{"Martin", "Martine", "Durand", "Durant", "Éluard Paul"}).Draw(t, "family")
			s.Person.GivenName = rapid.SampledFrom([]string{"Zoé", "Zoe", "Paul", ""}).Draw(t, "given")
			s.BirthDate = rapid.SampledFrom([]reference.Date{"", "2003-07-14", "2003-07-15", "1999-01-01"}).Draw(t, "birth")
			s.Number = rapid.SampledFrom([]string{"", "12", "012", "34"}).Draw(t, "number")
			s.Person.Email = rapid.SampledFrom([]string{"", "a@x.fr", "b@x.fr"}).Draw(t, "email")
			return s
		}
		var all []Student
		for id := range int64(rapid.IntRange(0, 8).Draw(t, "n")) {
			all = append(all, draw(id+1))
		}
		one := draw(0)
		want, l := 0, likenessOf(one)
		for _, s := range all {
			if other := likenessOf(s); len(other.reasons(&l)) > 0 {
				want++
			}
		}
		crowd := crowdOf(all)
		if got := crowd.Like(one); len(got) != want {
			t.Fatalf("found %+v, want %d", got, want)
		}
		if got := crowd.Join(one); len(got) != want || len(crowd.all) != len(all)+1 {
			t.Fatalf("found %+v among %d, want %d", got, len(crowd.all), want)
		}
	})
}
