package text

import (
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Fold returns what searches compare: lower case, without accents, ligatures
// spelt out, every run of other signs one space. Fold("Œuvre d'ÉTÉ") is
// "oeuvre d ete".
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteString(ligature(unicode.ToLower(r)))
		case unicode.Is(unicode.Mn, r): // an accent
		default:
			space = true
		}
	}
	return b.String()
}

func ligature(r rune) string {
	switch r {
	case 'œ':
		return "oe"
	case 'æ':
		return "ae"
	case 'ß':
		return "ss"
	}
	return string(r)
}

// A collator writes sort keys. It has room of its own for them.
type collator struct {
	*collate.Collator
	collate.Buffer
}

var collators = sync.Pool{New: func() any { return &collator{Collator: collate.New(language.French, collate.IgnoreCase)} }}

// SortKey returns a text whose byte order is the order of a French dictionary,
// on either database.
func SortKey(s string) string {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.Reset()
	return hex.EncodeToString(c.KeyFromString(&c.Buffer, s))
}

// SortByName sorts a list as a French dictionary does, by a name of each of its
// elements. Equal names keep their order.
func SortByName[T any](list []T, name func(T) string) {
	type keyed struct {
		key  string
		item T
	}
	all := make([]keyed, len(list))
	for i, item := range list {
		all[i] = keyed{SortKey(name(item)), item}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	for i, k := range all {
		list[i] = k.item
	}
}

// Initials returns the first letters of the words of a name, two at most.
func Initials(name string) string {
	var letters []rune
	for word := range strings.FieldsSeq(name) {
		if len(letters) < 2 {
			letters = append(letters, unicode.ToUpper([]rune(word)[0]))
		}
	}
	return string(letters)
}
