package exchange

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// An examination fills a report in.
type examination struct {
	report    *Report
	layout    Layout
	mapping   mapping
	decisions Decisions
}

// readCells reads every cell of every row, so that all that is wrong is said at
// once.
func (x *examination) readCells() {
	corrected := map[int]map[string]string{}
	for _, c := range x.decisions.Corrections {
		if corrected[c.Line] == nil {
			corrected[c.Line] = map[string]string{}
		}
		corrected[c.Line][c.Column] = c.Value
	}
	left := map[int]bool{}
	for _, line := range x.decisions.Left {
		left[line] = true
	}
	lexicons := make([]lexicon, len(x.layout.Columns))
	for c, column := range x.layout.Columns {
		lexicons[c] = newLexicon(column.Known)
	}
	for i := range x.report.Lines {
		line := &x.report.Lines[i]
		if left[line.Row.Line] {
			line.Outcome = Left
			continue
		}
		line.After = make(Values, len(x.layout.Columns))
		for c, column := range x.layout.Columns {
			cell, present := corrected[line.Row.Line][column.Name]
			if at := x.mapping.at[c]; at >= 0 && !present {
				cell, present = line.Row.Cell(at), true
			}
			if !present {
				continue
			}
			value, finding := column.read(x.report.Table.Format, lexicons[c], cell)
			line.After[column.Name] = value
			if finding != nil {
				line.add(*finding, column, cell)
			}
		}
		x.extraCells(line)
		line.Key = x.keyOf(line.After)
		if line.Key == "" && !line.wrong() {
			line.Findings = append(line.Findings, Finding{
				Line: line.Row.Line, Column: x.layout.Key, Title: x.title(x.layout.Key), Severity: Error, Key: "exchange.cell.empty",
			})
		}
	}
}

// add puts a finding at its place.
func (l *Line) add(f Finding, column Column, cell string) {
	f.Line, f.Column, f.Title, f.Found = l.Row.Line, column.Name, text.Key(column.Title), cell
	l.Findings = append(l.Findings, f)
}

// extraCells finds what stands to the right of the header: mostly a separator
// inside a cell that nobody quoted, which moved all the cells after it.
func (x *examination) extraCells(line *Line) {
	if extra := len(line.Row.Cells) - len(x.report.Table.Header); extra > 0 {
		line.Findings = append(line.Findings, Finding{
			Line: line.Row.Line, Severity: Error, Key: "exchange.row.long",
			Args: text.Blanks{"cells": len(line.Row.Cells), "columns": len(x.report.Table.Header)},
		})
	}
}

func (x *examination) keyOf(v Values) string {
	if x.layout.KeyOf != nil {
		return x.layout.KeyOf(v)
	}
	return v[x.layout.Key]
}

// wrong reports whether a row has an error.
func (l *Line) wrong() bool {
	return slices.ContainsFunc(l.Findings, func(f Finding) bool { return f.Severity == Error })
}

// compare looks up what is there now, and lets the owner judge whole rows.
func (x *examination) compare(ctx context.Context, tx *store.Tx, o Owner) error {
	var keys []string
	var sound []*Line
	for i := range x.report.Lines {
		line := &x.report.Lines[i]
		if line.Outcome == Left || line.wrong() {
			continue
		}
		sound = append(sound, line)
		keys = append(keys, line.Key)
	}
	slices.Sort(keys)
	existing, err := o.Existing(ctx, tx, slices.Compact(keys))
	if err != nil {
		return fmt.Errorf("import: what is there now: %w", err)
	}
	for _, line := range sound {
		line.compare(existing, x.layout)
	}
	findings, err := o.Review(ctx, tx, sound)
	if err != nil {
		return fmt.Errorf("import: review: %w", err)
	}
	x.place(findings)
	return nil
}

// compare sets what is there now and what will be there. Columns that the file
// does not have stay as they are; for something new they take their default.
func (l *Line) compare(existing map[string]Values, layout Layout) {
	before, known := existing[l.Key]
	if !known {
		l.Outcome = Created
		for _, column := range layout.Columns {
			if _, ok := l.After[column.Name]; !ok && column.Default != "" {
				l.After[column.Name] = column.Default
			}
		}
		return
	}
	l.Before = before
	after := maps.Clone(before)
	maps.Copy(after, l.After)
	l.After = after
	l.Outcome = Unchanged
	if !maps.Equal(before, after) {
		l.Outcome = Changed
	}
}

// place puts the findings of the owner on their rows. A doubt that a person has
// settled is a warning from then on.
func (x *examination) place(findings []Finding) {
	at, confirmed := make(map[int]*Line, len(x.report.Lines)), map[int]bool{}
	for i := range x.report.Lines {
		at[x.report.Lines[i].Row.Line] = &x.report.Lines[i]
	}
	for _, line := range x.decisions.Confirmed {
		confirmed[line] = true
	}
	for _, f := range findings {
		if f.Severity == Doubt && confirmed[f.Line] {
			f.Severity = Warning
		}
		f.Title = x.title(f.Column)
		if line := at[f.Line]; line != nil {
			line.Findings = append(line.Findings, f)
		}
	}
}

// duplicates finds rows about the same thing, and values that may stand only
// once. The first row counts; the person decides about the others.
func (x *examination) duplicates() {
	x.unique(x.layout.Key, func(l *Line) string { return l.Key })
	for _, name := range x.layout.Unique {
		x.unique(name, func(l *Line) string { return l.After[name] })
	}
}

func (x *examination) unique(name string, value func(*Line) string) {
	first := make(map[string]*Line, len(x.report.Lines))
	for i := range x.report.Lines {
		line := &x.report.Lines[i]
		v := strings.ToLower(value(line))
		if line.Outcome == Left || line.wrong() || v == "" {
			continue
		}
		earlier, twice := first[v]
		if !twice {
			first[v] = line
			continue
		}
		line.Findings = append(line.Findings, Finding{
			Line: line.Row.Line, Column: name, Title: x.title(name), Severity: Doubt,
			Key: "exchange.row.twice", Found: line.After[name], Args: text.Blanks{"first": earlier.Row.Line},
		})
	}
}

func (x *examination) title(name string) text.Key {
	i := slices.IndexFunc(x.layout.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return ""
	}
	return text.Key(x.layout.Columns[i].Title)
}

// settle gives each row the outcome of its worst finding, which comes first.
func (x *examination) settle() {
	for i := range x.report.Lines {
		line := &x.report.Lines[i]
		slices.SortStableFunc(line.Findings, func(a, b Finding) int { return cmp.Compare(b.Severity, a.Severity) })
		if line.Outcome == Left || len(line.Findings) == 0 {
			continue
		}
		switch line.Findings[0].Severity {
		case Error:
			line.Outcome = Refused
		case Doubt:
			line.Outcome = Doubtful
		}
	}
}
