package large

import (
	"testing"

	"stagora.org/stagora/internal/text"
)

func TestNoTwoPeopleHaveOneName(t *testing.T) {
	t.Parallel()
	met := map[string]int{}
	logins := map[string]int{}
	for n := range firstContact + 40*blockContact {
		given, family := personName(n)
		if other, twice := met[given+" "+family]; twice {
			t.Fatalf("%d and %d are both called %s %s", other, n, given, family)
		}
		met[given+" "+family] = n
		login := login(n, given, family)
		if other, twice := logins[login]; twice {
			t.Fatalf("%d and %d both sign in as %s", other, n, login)
		}
		logins[login] = n
		if login != text.Fold(login) {
			t.Fatalf("the login %s is no single plain word", login)
		}
	}
}

func TestPlaceholdersAreRecognised(t *testing.T) {
	t.Parallel()
	m := &model{codes: map[string]int{}}
	c, err := m.cut("body", "Bonjour Qzg007x QZS012X, le 2026-03-16T07:00:00Z : qzf007x.")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []partKind
	for _, p := range c.parts {
		kinds = append(kinds, p.kind)
	}
	want := []partKind{literal, name, literal, name, literal, date, literal, name, literal}
	if len(kinds) != len(want) {
		t.Fatalf("%d parts: %+v", len(kinds), c.parts)
	}
	for i := range want {
		if kinds[i] != want[i] {
			t.Errorf("part %d is %+v", i, c.parts[i])
		}
	}
	if c.parts[1].style != asName || c.parts[3].style != asCode || c.parts[7].style != asFound {
		t.Error("the ways of writing are confused")
	}
}
