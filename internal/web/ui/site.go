package ui

import (
	"github.com/a-h/templ"

	"stagora.org/stagora/internal/text"
)

// A Demand is how much a site is asked for.
type Demand struct {
	Strength int    // on a bar of ten levels: 1 is the least, 10 the most; 0: there is none, or no seat
	Said     string // in words
}

// DemandOf is a demand of a strength, whose level messages name.
func DemandOf(p text.Printer, strength int, level string) Demand {
	return Demand{strength, p.T("ui.demand." + level)}
}

// A Site is a site as somebody choosing sees it.
type Site struct {
	Code   string
	Name   string
	Where  string // institution, town
	Href   string
	Seats  int
	Demand Demand
	Cutoff string // last year's, as a sentence; may be empty
	Detail string // one or two lines of the description
	Tags   []string
	Rank   int    // in the list of this person; 0: not in it
	Off    string // not empty: it may not be chosen, and this is why

	// Of a card.
	Actions []Action
	Extra   templ.Component // may be nil

	// Of a line in a [SiteList].
	Do   SiteDo
	Open bool // Detail and Tags are shown
}

// A SiteDo is what the button of a site asks of the ranked list: the word that
// [ParseRanking] reads. The zero value is no button.
type SiteDo string

// What a button asks.
const (
	AddSite    SiteDo = doAdd
	RemoveSite SiteDo = doRemove
)

func (s Site) doWord(p text.Printer) string {
	switch {
	case s.Do == RemoveSite:
		return p.T("ui.rank.remove")
	case s.Off != "":
		return p.T("ui.site.add.anyway")
	}
	return p.T("ui.site.add")
}

// A SiteList is many sites, one line each. Hundreds are shown in parts, see
// [PagerOf].
type SiteList struct {
	ID    string // of the list, unique on the page
	Form  string // ID of the [Ranking] that the buttons belong to and that the lines follow
	Sites []Site
	Pager Pager
}

// SitesShown is how many sites a page shows at once: more would weigh over
// 150 kB with the rest of it.
const SitesShown = 100

// A Pager leads through a list that is held in memory and shown in parts.
type Pager struct {
	Label          string // names the links aloud
	From, To, All  int    // of the shown ones, from 1
	Previous, Next string // addresses; empty: there is none
}

// PagerOf is the part of a list of all things that an address asks for: part counts
// from 1, and one too far is the last. address returns the address of a part.
func PagerOf(all, size, part int, address func(part int) string) Pager {
	parts := max(1, (all+size-1)/size)
	part = min(max(part, 1), parts)
	g := Pager{From: min((part-1)*size+1, all), To: min(part*size, all), All: all}
	if part > 1 {
		g.Previous = address(part - 1)
	}
	if part < parts {
		g.Next = address(part + 1)
	}
	return g
}
