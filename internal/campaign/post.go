package campaign

import (
	"time"

	"stagora.org/stagora/internal/reference"
)

// A Post is a site's opening in one campaign, with its number of seats.
type Post struct {
	ID           int64 `json:"-"`
	Code         string
	Site         reference.Ref
	Seats        int
	Closed       bool // to wishes: kept for the commission
	Secondary    bool // may only accompany a main post
	ClosedLevels []reference.Ref

	Min, Ideal, Max int // what the site can take, as it was known when the post was opened

	Last *LastYear // nil: no campaign before had this site

	AgreedSeats int // a number of seats that somebody else found right; -1: none
	AgreedBy    string
	AgreedAt    time.Time

	setBy     int64
	Cutoff    int `json:"-"` // once published: position of the last person served; 0: not full
	ChangedAt time.Time
	ChangedBy string
}

// LastYear is what a site was in the last campaign that had it.
type LastYear struct {
	Campaign string
	Seats    int
	Cutoff   int // position of the last person served; 0: it was not full
}

// Label returns the name that people know the post by.
func (p Post) Label() string {
	if p.Site.Name == "" {
		return p.Code
	}
	return p.Site.Name
}

// How far the number of seats may be from last year's before a second person has
// to look at it (a wrong capacity was once released to thousands of candidates).
const (
	surprisePercent = 30
	surpriseSeats   = 5
)

// Surprising reports whether the seats differ so much from last year's that
// somebody else than the person who set them must find them right.
func (p Post) Surprising() bool {
	if p.Last == nil {
		return false
	}
	difference := max(p.Seats-p.Last.Seats, p.Last.Seats-p.Seats)
	return difference > surpriseSeats || 100*difference > surprisePercent*p.Last.Seats
}

// Agreed reports whether somebody else has found the present seats right.
func (p Post) Agreed() bool { return p.AgreedBy != "" && p.AgreedSeats == p.Seats }

// MayAgree reports whether a person may be the second to look at the seats: not
// the one who set them.
func (p Post) MayAgree(person int64) bool { return person != 0 && person != p.setBy }

// Totals sum the posts of a campaign up.
type Totals struct {
	All      int // posts
	Posts    int // main posts with seats
	Open     int // posts with seats
	Visible  int // posts with seats that take wishes
	Seats    int // at main posts that take wishes
	Reserved int // at main posts closed to wishes: for the commission
	Second   int // at secondary posts
}

// TotalsOf sums posts up; [TotalsFor] has the database do it.
func TotalsOf(posts []Post) Totals {
	t := Totals{All: len(posts)}
	for _, p := range posts {
		switch {
		case p.Secondary:
			t.Second += p.Seats
		case p.Closed:
			t.Reserved += p.Seats
		default:
			t.Seats += p.Seats
		}
		if p.Seats == 0 {
			continue
		}
		t.Open++
		if !p.Secondary {
			t.Posts++
		}
		if !p.Closed {
			t.Visible++
		}
	}
	return t
}
