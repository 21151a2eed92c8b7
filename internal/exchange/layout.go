package exchange

import (
	"slices"
	"strings"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/text"
)

// A Layout says which columns a file of one kind has, and what may stand in
// them.
type Layout struct {
	Columns []Column
	// Key names the column that says what a row is about. Two rows with one key
	// are duplicates.
	Key string
	// KeyOf returns the key of a row where one column is not enough; nil is the
	// value of the column Key.
	KeyOf func(Values) string
	// Unique names the other columns in which no value may stand twice.
	Unique []string
}

// A Column is one column of a layout.
type Column struct {
	Name      string   // in code, and in what is kept: "email"
	Title     string   // its name for people, in the catalogues: "student.email"
	Spellings []string // other headers that mean this column; case, accents and signs do not count
	Need      Need
	Kind      Kind
	Default   string   // what an empty cell means, as it is kept
	Known     []string // the values that exist, if it must be one of them
	Unknown   string   // the sentence for a value that does not exist; empty: the general one
	Digits    int      // an identifier of so many digits, of which spreadsheets drop the zeros in front; 0: none
	Max       int      // the most characters of a text, or the greatest number; 0: no bound
	// Check judges a value that is well formed so far, and returns it as it is to
	// be kept. A finding needs its Severity, Key and Args alone. May be nil.
	Check func(value string) (string, *Finding)
}

// A Need says what an empty cell, or a missing column, is.
type Need int

// The needs.
const (
	Optional  Need = iota
	Advised        // a warning
	Mandatory      // an error
)

// A Kind says how the cells of a column are read, and kept.
type Kind int

// The kinds.
const (
	Text   Kind = iota // kept without the spaces around
	Code               // kept without any space
	Email              // kept in lower case
	Whole              // a whole number from 0, kept as digits
	Amount             // a number with at most two decimals, kept in hundredths
	YesNo              // kept as "yes" or "no"
	Date               // kept as 2026-03-20
)

// Yes and No are how a YesNo is kept.
const (
	Yes = "yes"
	No  = "no"
)

// Values are the cells of a row as they are kept, by the name of the column. A
// column that the file does not have is absent: that is not the same as empty.
type Values map[string]string

// mapping is where each column of a layout stands in a table; -1 if it does not.
type mapping struct {
	at       []int
	ignored  []string
	findings []Finding
}

// match finds the columns of a layout in the header of a table. Headers compare
// without case, accents, spaces and signs. What the layout does not know is
// ignored, and said.
func (l Layout) match(t Table) (mapping, error) {
	names := map[string]int{}
	for c, column := range l.Columns {
		for _, lang := range text.Langs {
			names[squeeze(text.Printer{Lang: lang}.T(column.Title))] = c
		}
		for _, spelling := range append(column.Spellings, column.Name) {
			names[squeeze(spelling)] = c
		}
	}
	m := mapping{at: slices.Repeat([]int{-1}, len(l.Columns))}
	for i, header := range t.Header {
		c, ok := names[squeeze(header)]
		switch {
		case ok && m.at[c] >= 0:
			return m, fault.New(fault.Invalid, "exchange.file.twice", "file", t.Name, "line", t.HeaderLine,
				"first", columnName(m.at[c]), "second", columnName(i), "column", text.Key(l.Columns[c].Title))
		case ok:
			m.at[c] = i
		case header != "":
			m.ignored = append(m.ignored, header)
		case t.used(i):
			m.ignored = append(m.ignored, columnName(i))
		}
	}
	for c, column := range l.Columns {
		if m.at[c] < 0 && column.Need != Optional {
			f := Finding{Line: t.HeaderLine, Column: column.Name, Title: text.Key(column.Title), Severity: Warning, Key: "exchange.column.advised"}
			if column.Need == Mandatory {
				f.Severity, f.Key = Error, "exchange.column.missing"
				_, f.Nearest = newLexicon(m.ignored).find(text.Printer{}.T(column.Title))
			}
			m.findings = append(m.findings, f)
		}
	}
	return m, nil
}

// used reports whether anything stands in a column.
func (t Table) used(i int) bool {
	return slices.ContainsFunc(t.Rows, func(r Row) bool { return strings.TrimSpace(r.Cell(i)) != "" })
}

// squeeze returns what two spellings of one header have in common.
func squeeze(s string) string { return strings.ReplaceAll(text.Fold(s), " ", "") }
