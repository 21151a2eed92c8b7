package format_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
)

// every calls try with each text of up to so many characters of an alphabet.
func every(alphabet string, length int, try func(s string)) {
	var grow func(s string)
	grow = func(s string) {
		try(s)
		if len(s) < length {
			for _, c := range alphabet {
				grow(s + string(c))
			}
		}
	}
	grow("")
}

// Each short number that JSON allows is read as the rational that it is, or refused when
// no amount is.
func TestEachShortNumberIsReadAsTheRationalThatItIs(t *testing.T) {
	t.Parallel()
	read := 0
	every("01-.e9", 6, func(s string) {
		if !json.Valid([]byte(s)) {
			return
		}
		read++
		exactly(t, s)
	})
	if read < 2000 {
		t.Errorf("%d numbers were read", read)
	}
	for _, s := range []string{
		"1000000000", "1000000000.000001", "999999999.999999", "-1000000000", "-1000000000.000001", "1e9", "10e8", "0.1e10", "1e-6", "1e-7", "10e-7", "100e-8",
		"1e1000", "0e1000", "0e1001", "0e-1000", "0e-1001", "0.0e-1001", "1E+9", "1000000000000000e-6", "9999999999999999e-7", "10000000000000000e-7", "0.00000000000000000001e20",
	} {
		exactly(t, s)
	}
}

func exactly(t *testing.T, s string) {
	t.Helper()
	got, err := format.ParseAmount(s)
	exponent := 0
	if _, e, found := strings.Cut(strings.ToLower(s), "e"); found {
		if _, err := fmt.Sscan(e, &exponent); err != nil {
			t.Fatal(err)
		}
	}
	if exponent < -1000 || exponent > 1000 { // 10 to that power is not worth computing
		if err == nil {
			t.Errorf("%s is read as %v", s, got)
		}
		return
	}
	exact, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%s is no number", s)
	}
	exact.Mul(exact, big.NewRat(int64(format.One), 1))
	fits := exact.IsInt() && exact.Num().CmpAbs(big.NewInt(int64(format.MaxCost))) <= 0
	if fits != (err == nil) || fits && exact.Num().Int64() != int64(got) {
		t.Errorf("%s is read as %v (%v), it is %s millionths", s, got, err, exact.RatString())
	}
}

// The text of an amount is the shortest that means it, and JSON already canonical.
func TestAmountsAreWrittenAsTheShortestCanonicalNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		// A double holds fifteen digits: beyond, RFC 8785 could not tell two amounts apart.
		a := format.Amount(rapid.Int64Range(-999_999_999_999_999, 999_999_999_999_999).Draw(t, "amount"))
		again, err := format.ParseAmount(a.String())
		if err != nil || again != a {
			t.Fatalf("%d is written %s and read %d (%v)", int64(a), a, int64(again), err)
		}
		if canonical, err := format.Canonical([]byte(a.String())); err != nil || string(canonical) != a.String() && (a <= -1 || a >= 1) {
			t.Fatalf("%s in canonical form is %s (%v)", a, canonical, err)
		}
		decimals := rapid.IntRange(0, 6).Draw(t, "decimals")
		step, rounded := format.Step(decimals), a.Round(decimals)
		off := rounded - a
		if rounded%step != 0 || 2*off > step || -2*off > step || 2*off == step && a < 0 || -2*off == step && a > 0 {
			t.Fatalf("%s to %d decimals is %s", a, decimals, rounded)
		}
	})
}

// RFC 8785 orders keys by UTF-16 units, here asked of the standard library.
func TestKeysStandInTheOrderOfTheirUTF16Units(t *testing.T) {
	t.Parallel()
	runes := []rune{'a', 'b', 0x7F, 0xE9, 0x7FF, 0xD7FF, 0xE000, 0xFB33, 0xFFFD, 0xFFFF, 0x10000, 0x103FF, 0x10400, 0x1F600, 0x10FFFF}
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfNDistinct(rapid.StringOfN(rapid.SampledFrom(runes), 0, 4, -1), 2, 6, rapid.ID[string]).Draw(t, "keys")
		ordered := slices.Clone(keys)
		slices.SortFunc(ordered, func(x, y string) int { return slices.Compare(utf16.Encode([]rune(x)), utf16.Encode([]rune(y))) })
		object := func(keys []string) []byte {
			members := make([]string, len(keys))
			for i, key := range keys {
				members[i] = `"` + key + `":0`
			}
			return []byte("{" + strings.Join(members, ",") + "}")
		}
		want := object(ordered)
		if got, err := format.Canonical(object(keys)); err != nil || string(got) != string(want) {
			t.Fatalf("%v\ngot  %+q\nwant %+q", err, got, want)
		}
		if format.IsCanonical(object(keys)) != slices.Equal(keys, ordered) {
			t.Fatalf("IsCanonical(%+q) is %t", object(keys), !slices.Equal(keys, ordered))
		}
	})
}

// Sixty-four lists inside one another are read, one more is refused: by both readers.
func TestJSONIsReadToItsDepth(t *testing.T) {
	t.Parallel()
	for _, brackets := range [][2]string{{"[", "]"}, {`{"a":`, "}"}} {
		deepest := 0
		for depth := range 80 {
			text := []byte(strings.Repeat(brackets[0], depth) + "0" + strings.Repeat(brackets[1], depth))
			_, err := format.Canonical(text)
			if err == nil {
				deepest = depth
			}
			if format.IsCanonical(text) != (err == nil) {
				t.Errorf("at depth %d Canonical says %v, IsCanonical the contrary", depth, err)
			}
		}
		if deepest != 64 {
			t.Errorf("%s is read %d deep", brackets[0], deepest)
		}
	}
}
