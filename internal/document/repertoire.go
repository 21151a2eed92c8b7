package document

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// repertoire is what all our fonts can draw, of the scripts written from left
// to right: Latin, Greek, Cyrillic, and the signs of an office.
// TestRepertoireIsInEveryFont holds it to the fonts.
var repertoire = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0020, Hi: 0x007e, Stride: 1},
		{Lo: 0x00a0, Hi: 0x0236, Stride: 1},
		{Lo: 0x0300, Hi: 0x036f, Stride: 1}, // marks that no composed letter takes up
		{Lo: 0x0384, Hi: 0x038a, Stride: 1},
		{Lo: 0x038e, Hi: 0x03a1, Stride: 1},
		{Lo: 0x03a3, Hi: 0x03ce, Stride: 1},
		{Lo: 0x0400, Hi: 0x0513, Stride: 1},
		{Lo: 0x1e00, Hi: 0x1e9b, Stride: 1},
		{Lo: 0x1e9e, Hi: 0x1e9e, Stride: 1},
		{Lo: 0x1ea0, Hi: 0x1ef9, Stride: 1},
		{Lo: 0x2010, Hi: 0x2010, Stride: 1},
		{Lo: 0x2012, Hi: 0x2015, Stride: 1},
		{Lo: 0x2017, Hi: 0x2022, Stride: 1},
		{Lo: 0x2026, Hi: 0x2026, Stride: 1},
		{Lo: 0x2030, Hi: 0x2030, Stride: 1},
		{Lo: 0x2032, Hi: 0x2034, Stride: 1},
		{Lo: 0x2039, Hi: 0x203a, Stride: 1},
		{Lo: 0x2044, Hi: 0x2044, Stride: 1},
		{Lo: 0x2074, Hi: 0x2078, Stride: 1},
		{Lo: 0x207f, Hi: 0x2089, Stride: 1},
		{Lo: 0x20ac, Hi: 0x20ac, Stride: 1},
		{Lo: 0x2116, Hi: 0x2116, Stride: 1},
		{Lo: 0x2122, Hi: 0x2122, Stride: 1},
		{Lo: 0x2190, Hi: 0x2195, Stride: 1},
		{Lo: 0x2212, Hi: 0x2212, Stride: 1},
		{Lo: 0x2248, Hi: 0x2248, Stride: 1},
		{Lo: 0x2260, Hi: 0x2260, Stride: 1},
		{Lo: 0x2264, Hi: 0x2265, Stride: 1},
		{Lo: 0x25a0, Hi: 0x25a1, Stride: 1},
		{Lo: 0x25b2, Hi: 0x25b2, Stride: 1},
		{Lo: 0x25cf, Hi: 0x25cf, Stride: 1},
	},
	LatinOffset: 1,
}

const softHyphen = '\u00ad'

// printable returns s as the fonts can draw it, line breaks kept.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == softHyphen:
			return -1
		case r == '\n', unicode.Is(repertoire, r):
			return r
		case r == '\t':
			return ' '
		case r == '\u202f', r == '\u2007':
			return '\u00a0'
		case r == '\u2011':
			return '\u2010'
		case r == '\r', unicode.Is(unicode.Cf, r): // marks of direction and of joining: nothing to see
			return -1
		}
		return '□'
	}, norm.NFC.String(s))
}
