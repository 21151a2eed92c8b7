package exchange

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// An Outcome says what applying the file does with a row.
type Outcome string

// The outcomes.
const (
	Created   Outcome = "created"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged"
	Refused   Outcome = "refused"  // something in it is wrong
	Doubtful  Outcome = "doubtful" // somebody decides first
	Left      Outcome = "left"     // somebody decided to leave it out
)

// A Line is what becomes of one row of the file.
type Line struct {
	Row      Row
	Key      string
	Outcome  Outcome
	Before   Values // what is there now; nil if nothing is
	After    Values // what will be there
	Findings []Finding
}

// A Report tells what applying a file would do, row by row, without doing it.
type Report struct {
	Table    Table
	Lines    []Line
	Ignored  []string  // columns that the layout does not know
	Findings []Finding // about the columns
}

// Count returns how many rows have an outcome.
func (r Report) Count(o Outcome) int {
	n := 0
	for _, line := range r.Lines {
		if line.Outcome == o {
			n++
		}
	}
	return n
}

// Warnings returns how many rows would go in with a warning.
func (r Report) Warnings() int {
	n := 0
	for _, line := range r.Lines {
		if line.applies() && len(line.Findings) > 0 {
			n++
		}
	}
	return n
}

func (l Line) applies() bool {
	return l.Outcome == Created || l.Outcome == Changed || l.Outcome == Unchanged
}

// Open returns the lines on which somebody must decide or repair something
// before the file can be applied.
func (r Report) Open() []int {
	var lines []int
	for _, line := range r.Lines {
		if line.Outcome == Refused || line.Outcome == Doubtful {
			lines = append(lines, line.Row.Line)
		}
	}
	return lines
}

// Check returns nil if the file can be applied as it is.
func (r Report) Check() error {
	if slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == Error }) {
		return fault.New(fault.Invalid, "exchange.apply.columns", "file", r.Table.Name)
	}
	if n := len(r.Open()); n > 0 {
		return fault.New(fault.Invalid, "exchange.apply.open", "file", r.Table.Name, "count", n)
	}
	return nil
}

// Digest names what a report says, so that what is applied is what was shown.
func (r Report) Digest() (string, error) {
	sum := sha256.New()
	enc := json.NewEncoder(sum)
	for _, line := range r.Lines {
		if err := enc.Encode([]any{line.Row.Line, line.Key, line.Outcome, line.Before, line.After}); err != nil {
			return "", fmt.Errorf("digest of report: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// OpenRows returns the rows that were refused or are in doubt, as the file has
// them, with a column of reasons: to be corrected and read again.
func (r Report) OpenRows(p text.Printer) List {
	return r.List(p, func(l *Line) bool { return l.Outcome == Refused || l.Outcome == Doubtful })
}

// List returns some rows as the file has them, with a column of what is said about
// each.
func (r Report) List(p text.Printer, keep func(*Line) bool) List {
	list := List{Title: p.T("exchange.rows.title"), Columns: append(slices.Clone(r.Table.Header), p.T("exchange.rows.reasons"))}
	for i := range r.Lines {
		line := &r.Lines[i]
		if !keep(line) {
			continue
		}
		row := make([]any, 0, len(list.Columns))
		for i := range r.Table.Header {
			row = append(row, line.Row.Cell(i))
		}
		list.Rows = append(list.Rows, append(row, reasons(p, line.Findings)))
	}
	return list
}

func reasons(p text.Printer, findings []Finding) string {
	s := ""
	for _, f := range findings {
		if s != "" {
			s += "\n"
		}
		s += f.Sentence(p)
	}
	return s
}

// Decisions are what a person settled after reading a report.
type Decisions struct {
	Corrections []Correction `json:"corrections,omitempty"`
	Left        []int        `json:"left,omitempty"`      // lines to leave out
	Confirmed   []int        `json:"confirmed,omitempty"` // lines in doubt that are right as they are
}

// equal reports whether two people decided the same.
func (d Decisions) equal(other Decisions) bool {
	return slices.Equal(d.Corrections, other.Corrections) && slices.Equal(d.Left, other.Left) && slices.Equal(d.Confirmed, other.Confirmed)
}

// tidy returns the decisions in one order, each once.
func (d Decisions) tidy() Decisions {
	lines := func(some []int) []int { return slices.Compact(slices.Sorted(slices.Values(some))) }
	d.Left, d.Confirmed = lines(d.Left), lines(d.Confirmed)
	return d
}

// about reports whether all lines are those of rows of a table, and all columns those of
// its layout.
func (d Decisions) about(t Table, layout Layout) bool {
	stands := func(line int) bool {
		_, found := slices.BinarySearchFunc(t.Rows, line, func(r Row, line int) int { return cmp.Compare(r.Line, line) })
		return found
	}
	for _, line := range slices.Concat(d.Left, d.Confirmed) {
		if !stands(line) {
			return false
		}
	}
	for _, c := range d.Corrections {
		if !stands(c.Line) || !slices.ContainsFunc(layout.Columns, func(column Column) bool { return column.Name == c.Column }) {
			return false
		}
	}
	return true
}

// A Correction puts another value in one cell.
type Correction struct {
	Line   int    `json:"line"`
	Column string `json:"column"` // its name in the layout
	Value  string `json:"value"`
}

// Examine tells what applying a table would do now. It writes nothing.
func Examine(ctx context.Context, tx *store.Tx, o Owner, t Table, d Decisions) (Report, error) {
	layout, err := o.Layout(ctx, tx)
	if err != nil {
		return Report{}, err
	}
	m, err := layout.match(t)
	if err != nil {
		return Report{}, err
	}
	r := Report{Table: t, Lines: make([]Line, len(t.Rows)), Ignored: m.ignored, Findings: m.findings}
	for i, row := range t.Rows {
		r.Lines[i].Row = row
	}
	if slices.ContainsFunc(m.findings, func(f Finding) bool { return f.Severity == Error }) {
		for i := range r.Lines {
			r.Lines[i].Outcome = Refused
		}
		return r, nil
	}
	x := examination{report: &r, layout: layout, mapping: m, decisions: d}
	x.readCells()
	if err := x.compare(ctx, tx, o); err != nil {
		return Report{}, err
	}
	x.duplicates()
	x.settle()
	return r, nil
}
