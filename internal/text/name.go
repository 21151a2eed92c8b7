package text

import (
	"encoding/hex"
	"iter"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Fold returns what searches compare: lower case, without accents, ligatures and
// letters with a stroke as ASCII writes them, every run of other signs one space.
// Fold("Œuvre d'ÉTÉ") is "oeuvre d ete".
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for r := range decomposed(s) {
		switch {
		case inWord(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			r = unicode.ToLower(r)
			if r < utf8.RuneSelf {
				b.WriteByte(byte(r))
			} else if ascii, ok := undecomposed[r]; ok {
				b.WriteString(ascii)
			} else {
				b.WriteRune(r)
			}
		case unicode.Is(unicode.Mn, r): // an accent
		default:
			space = true
		}
	}
	return b.String()
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return !joins(r) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// decomposed ranges over the letters and accents of a text, each by itself, as NFD has
// them but for the order of several accents on one letter. Names are folded by ten
// thousands: NFD of a whole text takes twice as long, and room for each.
func decomposed(s string) iter.Seq[rune] {
	return func(yield func(rune) bool) {
		for i, r := range s {
			if r < utf8.RuneSelf {
				if !yield(r) {
					return
				}
				continue
			}
			parts := string(r)
			if unicode.Is(unicode.Hangul, r) { // of which there is no table
				parts = norm.NFD.String(parts)
			} else if d := norm.NFD.PropertiesString(s[i:]).Decomposition(); d != nil {
				parts = string(d)
			}
			for _, part := range parts {
				if !yield(part) {
					return
				}
			}
		}
	}
}

// undecomposed are the letters of names that are no letter and accent for Unicode, as
// ASCII writes them.
var undecomposed = map[rune]string{
	'œ': "oe", 'æ': "ae", 'ß': "ss", 'þ': "th", 'đ': "d", 'ð': "d", 'ħ': "h", 'ı': "i", 'ł': "l", 'ŋ': "n", 'ø': "o", 'ŧ': "t",
	'ɓ': "b", 'ɗ': "d", 'ƙ': "k",
}

// The signs that hold parts of one word together. Unicode counts some apostrophes among
// letters.
const (
	hyphens     = "-‐‑"
	apostrophes = "'’‘ʼʻ`´"
)

func joins(r rune) bool { return strings.ContainsRune(hyphens+apostrophes, r) }

// Words returns the words of a text, folded: those of [Fold], then those that apostrophes
// hold together, and those that hyphens do, written as one. Words("Anne O'Brien-Roy") is
// anne, o, brien, roy, obrien, obrienroy. Of an e-mail address there are the first ones
// alone.
func Words(s string) []string {
	words := strings.Fields(Fold(s))
	for chunk := range strings.FieldsSeq(s) {
		if strings.Contains(chunk, "@") || !strings.ContainsAny(chunk, hyphens+apostrophes) {
			continue
		}
		for held := range strings.FieldsFuncSeq(chunk, separates) {
			pieces := strings.FieldsFunc(held, func(r rune) bool { return strings.ContainsRune(hyphens, r) })
			for _, piece := range pieces {
				words = appendJoined(words, piece)
			}
			if len(pieces) > 1 {
				words = appendJoined(words, held)
			}
		}
	}
	return words
}

// appendJoined appends a word of several parts, folded and written as one.
func appendJoined(words []string, held string) []string {
	parts := strings.Fields(Fold(held))
	if len(parts) < 2 {
		return words
	}
	return append(words, strings.Join(parts, ""))
}

// separates reports whether a sign ends a word even where hyphens hold it together.
func separates(r rune) bool {
	return !joins(r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
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
