package lottery

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Witness contributes to a mixed seed. Before anybody's place depends on it the
// witness publishes a Commitment; afterwards, the Value.
type Witness struct {
	ID         string
	Commitment string // Commitment(Value)
	Value      string // one line; best 32 random bytes in hexadecimal
}

// MixedSeed returns the seed to which all witnesses contributed: the SHA-256, in
// hexadecimal, of their values in the order of their ids (by bytes), then the public
// value, joined by line feeds. One witness who chose at random is enough to make it
// random; and since the public value was fixed beforehand but not known (the result
// of a national lottery to come), not even all witnesses together can choose it.
//
// It refuses what would let somebody steer the draw, or make it impossible to
// check: a value that is not the one committed to, an id that stands twice, nobody, a value
// that is empty, has several lines or is not UTF-8.
func MixedSeed(witnesses []Witness, public string) (string, error) {
	if len(witnesses) == 0 {
		return "", fmt.Errorf("found no witness, expected one at least")
	}
	if err := oneLine(public); err != nil {
		return "", fmt.Errorf("public value: %w", err)
	}
	sorted := slices.SortedFunc(slices.Values(witnesses), func(a, b Witness) int { return strings.Compare(a.ID, b.ID) })
	values := make([]string, 0, len(sorted)+1)
	for i, w := range sorted {
		if i > 0 && w.ID == sorted[i-1].ID {
			return "", fmt.Errorf("found the witness %q twice, expected each once", w.ID)
		}
		if err := oneLine(w.Value); err != nil {
			return "", fmt.Errorf("value of witness %q: %w", w.ID, err)
		}
		if c := Commitment(w.Value); c != w.Commitment {
			return "", fmt.Errorf("value of witness %q: found one whose SHA-256 is %s, expected the one committed to, %s", w.ID, c, w.Commitment)
		}
		values = append(values, w.Value)
	}
	return hash(strings.Join(append(values, public), "\n")), nil
}

// oneLine refuses a value that could be read in two ways.
func oneLine(value string) error {
	if value == "" || strings.ContainsAny(value, "\r\n") || !utf8.ValidString(value) {
		return fmt.Errorf("found %q, expected one line of text in UTF-8", value)
	}
	return nil
}
