package ui

import (
	"strconv"

	"stagora.org/stagora/internal/text"
)

// A Bar is one bar of a drawing.
type Bar struct {
	Label string // under the bar
	Value int
	Tone  Tone
	You   bool // where the reader is
}

// A BarChart counts things by rank, by class or by level: ranks obtained, or a
// distribution with the reader in it.
type BarChart struct {
	Title string // what is counted, with its unit and where it comes from
	Label string // heading of the labels in the table behind: "Rang du vœu"
	Unit  string // heading of the values: "Étudiants"
	Bars  []Bar
	You   string // what the mark says; empty: "Vous êtes ici"
}

// A StackChart sets amounts made of parts against a need: seats against needs.
type StackChart struct {
	Title string
	Label string   // heading of the rows in the table behind: "Catégorie"
	Parts []Part   // from the left
	Need  string   // heading of the needs; empty: there are none
	Rows  []Stack  // one bar each
	Notes []string // under the drawing
}

// A Part names one colour of a stacked bar.
type Part struct {
	Name string
	Tone Tone
}

// A Stack is one bar: a value for each part, and what is needed.
type Stack struct {
	Label  string
	Values []int
	Need   int
}

func (s Stack) total() int {
	sum := 0
	for _, v := range s.Values {
		sum += v
	}
	return sum
}

// An OrderStrip shows where the reader stands in an order: at a place, or
// between two while the order is not final. Places count from 1.
type OrderStrip struct {
	Title     string
	All       int
	Low, High int // the same when the place is known
}

// words says the place in a sentence.
func (o OrderStrip) words(p text.Printer) string {
	if o.Low == o.High {
		return p.T("ui.chart.you.at", "rank", o.Low, "all", o.All)
	}
	return p.T("ui.chart.you.range", "low", o.Low, "high", o.High, "all", o.All)
}

// A stripPart is one rectangle of a drawn order.
type stripPart struct{ class, x, y, width, height string }

// narrowest is the least width of the reader's own part, in places of a hundred: one
// place among thousands is drawn wide enough to be seen.
const narrowest = 0.8

// parts are who comes before the reader, the reader's own places, and who comes
// after. An end without anybody has no part.
func (o OrderStrip) parts() []stripPart {
	all := float64(max(o.All, 1))
	from, to := 100*float64(o.Low-1)/all, 100*float64(o.High)/all
	if short := narrowest - (to - from); short > 0 {
		from, to = from-short/2, to+short/2
		shift := max(-from, 0) - max(to-100, 0)
		from, to = from+shift, to+shift
	}
	var parts []stripPart
	add := func(class, y, height string, from, to float64) {
		if gap := 0.3; to-from > gap {
			parts = append(parts, stripPart{class, pct(from+gap/2, 100), y, pct(to-from-gap, 100), height})
		}
	}
	add("bar-neutral", "7", "16", 0, from)
	add("you", "2", "26", from, to)
	add("bar-neutral", "7", "16", to, 100)
	return parts
}

func (c BarChart) highest() int {
	most := 1
	for _, b := range c.Bars {
		most = max(most, b.Value)
	}
	return most
}

func (c BarChart) you(p text.Printer) string {
	if c.You != "" {
		return c.You
	}
	return p.T("ui.chart.you")
}

func (c StackChart) widest() int {
	most := 1
	for _, r := range c.Rows {
		most = max(most, r.total(), r.Need)
	}
	return most
}

// The drawings have no box of their own: across, they are in per cent of the
// page, so that words keep their size on a phone; down, in pixels.

// pct writes a share of a whole as a length across.
func pct(part, whole float64) string {
	return strconv.FormatFloat(100*part/whole, 'f', 2, 64) + "%"
}

const barsHeight = 150

// barTop is the upper edge of a bar, in pixels.
func barTop(value, highest int) int { return 20 + barsHeight - barsHeight*value/highest }

// fill returns the class of a bar.
func fill(t Tone) string {
	switch t {
	case Good, Warn, Bad, Neutral:
		return "bar bar-" + string(t)
	}
	return "bar"
}

// partStart is the sum of the values before part i.
func (s Stack) partStart(i int) int {
	sum := 0
	for _, v := range s.Values[:i] {
		sum += v
	}
	return sum
}
