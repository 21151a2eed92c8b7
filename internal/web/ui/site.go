package ui

import (
	"github.com/a-h/templ"

	"stagora.org/stagora/internal/text"
)

// A Demand is how much a site is asked for, in ten levels: 1 is the least, 10
// the most. 0 means that nobody may know yet.
type Demand int

// Word says a demand in words, from « très faible » to « très forte ».
func (d Demand) Word(p text.Printer) string {
	switch {
	case d < 1:
		return p.T("ui.demand.unknown")
	case d <= 2:
		return p.T("ui.demand.1")
	case d <= 4:
		return p.T("ui.demand.2")
	case d <= 6:
		return p.T("ui.demand.3")
	case d <= 8:
		return p.T("ui.demand.4")
	}
	return p.T("ui.demand.5")
}

// A Site is a site as somebody choosing sees it.
type Site struct {
	Code    string
	Name    string
	Where   string // institution, town
	Href    string
	Seats   int
	Demand  Demand
	Cutoff  string // last year's, as a sentence; may be empty
	Detail  string // one or two lines of the description
	Tags    []string
	Rank    int    // in the list of this person; 0: not in it
	Off     string // not empty: it may not be chosen, and this is why
	Actions []Action
	Extra   templ.Component // may be nil
}
