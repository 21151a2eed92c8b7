/*
Package ui is the look of Stagora: the theme, and the components that every
screen is made of. Its gallery (package gallery) shows them all.

Components are functions of plain data. They decide nothing: the caller brings
what is true (dates, counts, reasons, what may be done), and a component says it
the same way everywhere. Three rules hold in all of them:

  - A state is said in words; colour and icon repeat the words.
  - A thing that cannot be done says why, beside it.
  - Everything but dragging works without JavaScript: each button is a submit,
    each filter an address.

The pages are served under a policy that allows no inline style and no inline
script. So no component writes a style attribute or a handler; drawings use
presentation attributes, and stagora.js finds its elements by data attributes.

What is not here: routes, rights, reading the database, and any sentence that
belongs to one screen.
*/
package ui

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/text"
)

// A Density is how much one screen holds.
type Density string

// The two densities.
const (
	Choose Density = "choose" // students, supervisors: one task, large targets
	Manage Density = "manage" // offices: dense tables, keyboard first
)

// A Tone is what a thing means for the reader. It colours words that already
// say it.
type Tone string

// The tones.
const (
	Neutral Tone = "neutral"
	Info    Tone = "info"
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

// glyph returns the icon that goes with a tone.
func (t Tone) glyph() string {
	switch t {
	case Good:
		return "check-circle-fill"
	case Warn:
		return "exclamation-triangle-fill"
	case Bad:
		return "x-circle-fill"
	case Info:
		return "info-circle"
	}
	return "circle"
}

// class returns the CSS class of a tone; the zero tone is neutral.
func (t Tone) class() string {
	if t == "" {
		t = Neutral
	}
	return "tone-" + string(t)
}

// A Link is a text that leads somewhere.
type Link struct {
	Label string
	Href  string
}

// An Action is something a person may do: a link when it has an Href, and
// otherwise a submit button of the form around it.
type Action struct {
	Label string
	Icon  string // name of an icon, may be empty
	Href  string
	Name  string // of the button: what the form sends with it
	Value string
	To    string // address that the form posts to, if not its own
	Kind  Weight
	Why   string // not empty: it cannot be done now, and this is why
	Extra templ.Attributes
}

// A Weight is how much an action stands out.
type Weight string

// The weights. A screen has one Primary action at most.
const (
	Secondary Weight = "secondary" // the zero weight reads as this one
	Primary   Weight = "primary"
	Quiet     Weight = "quiet"  // a link among others
	Danger    Weight = "danger" // cannot be undone
)

func (a Action) class() string {
	switch a.Kind {
	case Primary:
		return "btn btn-primary"
	case Quiet:
		return "btn btn-quiet"
	case Danger:
		return "btn btn-danger"
	}
	return "btn btn-secondary"
}

// langOf returns the language of the printer, for lang attributes.
func langOf(p text.Printer) string {
	if p.Lang == "" {
		return string(text.French)
	}
	return string(p.Lang)
}

// utc writes an instant for the datetime attribute and for stagora.js.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// describedBy returns the aria-describedby of an element, or nothing.
func describedBy(ids ...string) templ.Attributes {
	joined := ""
	for _, id := range ids {
		if id == "" {
			continue
		}
		if joined != "" {
			joined += " "
		}
		joined += id
	}
	if joined == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": joined}
}

// units returns the words of durations, largest first, for the countdowns of
// stagora.js: "{n} j|{n} h|{n} min|{n} s".
func units(p text.Printer) string {
	words := make([]string, 0, 4)
	for _, unit := range []string{"day", "hour", "minute", "second"} {
		words = append(words, p.T("duration."+unit, "n", "{n}"))
	}
	return strings.Join(words, "|")
}
