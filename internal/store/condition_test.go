package store_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/store"
)

func TestConditionsAreJoinedWithTheirValues(t *testing.T) {
	t.Parallel()
	a, b := store.Where("a = $1", 1), store.Where("b > $2 OR b < $1", 2, 3)
	for _, c := range []struct {
		name string
		got  store.Condition
		want string
	}{
		{"none holds for everything", store.And(), "[]"},
		{"one stays as it is", store.And(store.Condition{}, b), "b > $2 OR b < $1 [2 3]"},
		{"placeholders are renumbered", store.And(a, b, a), "(a = $1) AND (b > $3 OR b < $2) AND (a = $4) [1 2 3 1]"},
		{"within one another", store.Or(a, store.And(a, b)), "(a = $1) OR ((a = $2) AND (b > $4 OR b < $3)) [1 1 2 3]"},
		{"of none, nothing", store.Or(), "FALSE []"},
		{"or everything", store.Or(a, store.Condition{}), "[]"},
		{"not", store.Not(b), "NOT (b > $2 OR b < $1) [2 3]"},
		{"not everything", store.Not(store.Condition{}), "FALSE []"},
		{"one of none", store.In("a", []int64{}), "FALSE []"},
		{"one of three, with room for four", store.And(a, store.In("a", []string{"x", "y", "z"})), "(a = $1) AND (a IN ($2, $3, $4, $5)) [1 x y z z]"},
	} {
		if got := strings.TrimSpace(fmt.Sprint(c.got.SQL, " ", c.got.Args)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestNumbersAreAskedForAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	least, most := int64(math.MinInt64), int64(math.MaxInt64)
	for asked, want := range map[string][2]int64{
		"12": {1200, 1200}, "6,5": {650, 650}, " = 7 ": {700, 700}, "> 10": {1001, most}, "<= 5": {least, 500}, "≥ 1 000": {100_000, most},
		"< 2": {least, 199}, "10-20": {1000, 2000}, "10..20": {1000, 2000}, "-3": {-300, -300}, "−3…4": {-300, 400},
	} {
		if low, high, ok := store.Range(asked); !ok || low != want[0] || high != want[1] {
			t.Errorf("%q: %d to %d, %t; want %v", asked, low, high, ok, want)
		}
	}
	for _, asked := range []string{"", "many", ">", "1-2-3", "NaN", "1e300"} {
		if low, high, ok := store.Range(asked); ok {
			t.Errorf("%q is read as %d to %d", asked, low, high)
		}
	}
	if c := store.Number("n")("1,5..2,5", nil); fmt.Sprint(c.Args) != "[2 2]" {
		t.Errorf("whole numbers between 1.5 and 2.5: %v", c)
	}
}

func TestMomentsAreAskedForAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for asked, want := range map[string][2]string{
		"2027":         {"2026-12-31T23:00:00Z", "2027-12-31T23:00:00Z"},
		"3/2027":       {"2027-02-28T23:00:00Z", "2027-03-31T22:00:00Z"}, // the hour changes within
		"2027-03":      {"2027-02-28T23:00:00Z", "2027-03-31T22:00:00Z"},
		"28/03/2027":   {"2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z"}, // a day of 23 hours
		"2027-03-28":   {"2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z"},
		"> 2027":       {"2027-12-31T23:00:00Z", ""},
		">= 2027":      {"2026-12-31T23:00:00Z", ""},
		"< 28/03/2027": {"", "2027-03-27T23:00:00Z"},
		"<= 2027":      {"", "2027-12-31T23:00:00Z"},
		"2026 .. 2027": {"2025-12-31T23:00:00Z", "2027-12-31T23:00:00Z"},
	} {
		from, to, ok := store.Period(asked, paris)
		if got := [2]string{moment(from), moment(to)}; !ok || got != want {
			t.Errorf("%q: %v, %t; want %v", asked, got, ok, want)
		}
	}
	for _, asked := range []string{"", "soon", "13/2027", "30/02/2027", "..2027", "20270301"} {
		if from, to, ok := store.Period(asked, paris); ok {
			t.Errorf("%q is read as %v to %v", asked, from, to)
		}
	}
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func TestWordsAreFoldedShortAndDifferent(t *testing.T) {
	t.Parallel()
	got := store.WordsOf("Éloïse d'Œuvrard", "eloise.oeuvrard@univ.fr 22001", strings.Repeat("é", 100)+" "+strings.Repeat("ω", 50))
	want := []string{"22001", "d", "doeuvrard", strings.Repeat("e", 40), "eloise", "fr", "oeuvrard", "univ", strings.Repeat("ω", 20)}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var many strings.Builder
	for i := range 500 {
		fmt.Fprintf(&many, "w%d ", i)
	}
	if n := len(store.WordsOf(many.String())); n != 60 {
		t.Errorf("%d words of a row are kept", n)
	}
}
