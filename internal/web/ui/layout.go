package ui

import (
	"time"

	"stagora.org/stagora/internal/text"
)

// A Page is what surrounds the content of a screen.
type Page struct {
	P       text.Printer
	Now     time.Time // the server's; countdowns run from it, never from the device
	Density Density
	Title   string // the h1, and the first part of the window's title
	Lead    string // one sentence under the h1, may be empty
	Crumbs  []Link // from the home page down to the parent; the page itself is added
	Next    *Next  // the next action of this person, may be nil
	Actions []Action

	Path    string // address of this page, to come back after changing language or theme
	Theme   Theme
	Nav     []NavItem
	Person  *Person // nil when nobody is signed in
	Demo    *Demo   // nil in production
	Banners []Banner

	Live    bool // carries server-sent events: loads the extension
	Ranking bool // carries a ranked list: loads dragging
	Refresh int  // without JavaScript, the page asks for itself again after so many seconds; 0 is never
}

// A Theme is what the person chose; the zero theme follows the device.
type Theme string

// The themes.
const (
	DeviceTheme Theme = ""
	Light       Theme = "light"
	Dark        Theme = "dark"
)

// A Next is the next action of the person on this page: what, until when, and
// what happens if nothing is done.
type Next struct {
	What     string
	Deadline *Deadline // may be nil
	Else     string    // what happens if nothing is done, may be empty
	Action   Action    // the way to do it; an Action without Label shows none
	Other    Action    // another way on, beside it; without Label, none
	Tone     Tone      // Neutral or Info: nothing urgent; Warn: attention; Good: nothing to do
}

// heading tells apart what there is to do and where one stands.
func (n Next) heading() string {
	if n.Tone == Neutral || n.Tone == Good {
		return "ui.next.stand"
	}
	return "ui.next"
}

// A NavItem is one entry of the main menu.
type NavItem struct {
	Label   string
	Href    string
	Icon    string
	Current bool
	Count   int // of things that wait there; 0 shows nothing
}

// A Person is who is signed in.
type Person struct {
	Name  string
	Role  string // as people say it
	Links []Link // of the menu, above signing out
}

// A Demo is the permanent banner of a demonstration.
type Demo struct {
	Clock    time.Time // the demonstration's own time; it runs on in the banner
	State    string    // of the data set, as people read it; may be empty
	Controls Link      // where one moves the clock and changes person
}

// A BannerKind is why a page carries a banner.
type BannerKind string

// The kinds of banner.
const (
	BannerInfo      BannerKind = "info"
	BannerDone      BannerKind = "done"      // what the person just did, after a redirect
	BannerIncident  BannerKind = "incident"  // something is not working
	BannerRehearsal BannerKind = "rehearsal" // mails cannot leave
	BannerViewAs    BannerKind = "view-as"   // reading as somebody else
)

// A Banner is a sentence above the page.
type Banner struct {
	Kind   BannerKind
	Text   string
	Action *Action // posts to Action.To, or is a link; may be nil (undo, stop viewing)
}

func (b Banner) tone() Tone {
	switch b.Kind {
	case BannerDone:
		return Good
	case BannerIncident:
		return Bad
	case BannerRehearsal, BannerViewAs:
		return Warn
	}
	return Info
}

func (b Banner) glyph() string {
	switch b.Kind {
	case BannerRehearsal:
		return "megaphone"
	case BannerViewAs:
		return "eye"
	}
	return b.tone().glyph()
}

// The addresses that every page links to.
const (
	PreferencesPath   = "/preferences" // POST lang, theme, back
	SignOutPath       = "/signout"     // POST
	HelpPath          = "/help"
	AccessibilityPath = "/accessibility"
	LegalPath         = "/legal"
)
