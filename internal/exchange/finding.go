package exchange

import (
	"strings"

	"stagora.org/stagora/internal/text"
)

// A Severity says what a finding means for its row.
type Severity int

// The severities, the mildest first.
const (
	Warning Severity = iota // the row goes in; somebody should look
	Doubt                   // a person decides: the same as another one, or not?
	Error                   // the row cannot go in
)

// A Finding is something to say about one cell, one row or, on the line of the
// header, one column. It can be kept as JSON.
type Finding struct {
	Line     int         `json:"line"`
	Column   string      `json:"column,omitempty"` // its name in the layout; empty: the whole row
	Title    text.Key    `json:"title,omitempty"`  // its name for people
	Severity Severity    `json:"severity"`
	Key      string      `json:"key"`             // the sentence
	Found    string      `json:"found,omitempty"` // what stands in the file
	Args     text.Blanks `json:"args,omitempty"`  // the other blanks of the sentence
	Nearest  []string    `json:"nearest,omitempty"`
}

// Sentence says what was found, what is expected, and what was perhaps meant.
func (f Finding) Sentence(p text.Printer) string {
	blanks := map[string]any{"line": f.Line, "column": f.Title, "found": shortened(f.Found)}
	for name, value := range f.Args {
		blanks[name] = value
	}
	s := p.Message(f.Key, blanks)
	if len(f.Nearest) > 0 {
		s += " " + p.T("exchange.nearest", "nearest", strings.Join(f.Nearest, p.T("exchange.or")))
	}
	return s
}

// shortened returns a text that fits in a sentence.
func shortened(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// A lexicon finds a value among those that exist.
type lexicon struct {
	byFold  map[string]string // what is left of each value without case, accents and signs
	entries []lexeme          // in the order given
}

type lexeme struct {
	value  string
	folded []rune
}

func newLexicon(values []string) lexicon {
	l := lexicon{byFold: make(map[string]string, len(values))}
	for _, value := range values {
		folded := squeeze(value)
		if _, ok := l.byFold[folded]; !ok {
			l.byFold[folded] = value
		}
		l.entries = append(l.entries, lexeme{value, []rune(folded)})
	}
	return l
}

// find returns the value that is meant, or else the nearest of those that it may
// be a slip of, three at most. A slip changes less than half of the letters, and
// four at most.
func (l lexicon) find(value string) (string, []string) {
	const slips, most = 4, 3
	folded := squeeze(value)
	if v, ok := l.byFold[folded]; ok {
		return v, nil
	}
	var near []string
	nearest := slips
	letters := []rune(folded)
	for _, e := range l.entries {
		longer := max(len(letters), len(e.folded))
		if longer-min(len(letters), len(e.folded)) > nearest {
			continue
		}
		d := distance(letters, e.folded)
		if d > nearest || 2*d >= longer {
			continue
		}
		if d < nearest {
			near, nearest = nil, d
		}
		near = append(near, e.value)
	}
	return "", near[:min(len(near), most)]
}

// distance returns how many letters must be changed, added, removed or swapped
// with their neighbour to make a into b (optimal string alignment).
func distance(a, b []rune) int {
	var before, last []int // the two rows above
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		before, last = last, row
		row = make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
