package document

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func TestWhatNoFontHasIsShownAsItIs(t *testing.T) {
	t.Parallel()
	const ends = " ~\u00a0ȶΈΊΎΡΣώЀԓḀẛẞẠỹ‐‒―‗•…‰′‴‹›⁄⁴⁸ⁿ₉€№™←↕−≈≠≤≥■□▲●"
	tests := []struct{ name, in, want string }{
		{"line breaks stay", "a\nb", "a\nb"},
		{"a tab is a space", "a\tb", "a b"},
		{"a return is nothing", "a\r\nb", "a\nb"},
		{"a space as wide as a figure", "1\u20072", "1\u00a02"},
		{"a hyphen that does not break", "a\u2011b", "a\u2010b"},
		{"a letter and its mark become one", "E\u0301", "É"},
		{"a mark that no letter takes up stays", "x\u0301", "x\u0301"},
		{"other spaces and controls are shown", "a\u2003b\u0007c\u007fd", "a□b□c□d"},
		{"a broken byte is shown", "a\xffb", "a□b"},
		{"signs beside ours are shown", "\u0237\u0514\u2011\u2016\u2027\u2031\u2035\u203b\u2079\u25b3", "□□\u2010□□□□□□□"},
		{"the first and last of each of our ranges", ends, ends},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		if got := printable(tt.in); got != tt.want {
			t.Errorf("%s: %q printed as %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

// Each character of the repertoire is read back as it was given, in each of the fonts: by
// another program, out of the font that the file carries.
func TestEachCharacterIsReadBack(t *testing.T) {
	t.Parallel()
	var words []string
	for _, part := range repertoire.R16 {
		for from := rune(part.Lo); from <= rune(part.Hi); from += 16 {
			var word strings.Builder
			for r := from; r < from+16 && r <= rune(part.Hi); r++ {
				if r != softHyphen && !unicode.Is(unicode.Mn, r) && !unicode.IsSpace(r) && norm.NFC.String(string(r)) == string(r) {
					word.WriteRune(r)
				}
			}
			if word.Len() > 0 {
				words = append(words, word.String())
			}
		}
	}
	all := strings.Join(words, "\n")
	for name, block := range map[string]Block{
		"sans": Paragraph{Text: all}, "bold": Paragraph{Text: all, Strong: true}, "mono": Facts{Items: []Fact{{Value: all, Code: true}}},
	} {
		path := file(t, "letters-"+name+".pdf", pdf(t, Sheet{Issued: issued, Blocks: []Block{block}}, french))
		read := strings.Fields(run(t, "pdftotext", "-raw", "-enc", "UTF-8", path, "-"))
		got := strings.Join(read, "\n")
		for _, word := range words {
			if !strings.Contains(got, word) {
				t.Errorf("%s: %q is not read back", name, word)
			}
		}
	}
}
