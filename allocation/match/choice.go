package match

import (
	"slices"
	"sort"
)

// A choice is whom a post holds so far. Its rule is that of minority reserves
// (Hafalir, Yenmez and Yildirim, "Effective affirmative action in school
// choice", 2013): the best of each group have the seats reserved for it, all
// others go by merit. With this rule whoever is turned down once would be turned
// down again by any better lot of applicants, and more applicants never mean
// fewer taken: what deferred acceptance needs.
type choice struct {
	quota
	held  []*edge // best first
	count []int   // of those held, how many are of the group of each reserve
}

func newChoice(q quota) choice { return choice{quota: q, count: make([]int, len(q.reserved))} }

func newChoices(quotas []quota) []choice {
	choices := make([]choice, len(quotas))
	for p, q := range quotas {
		choices[p] = newChoice(q)
	}
	return choices
}

func (c *choice) full() bool { return len(c.held) >= c.seats }

// add holds one more, whatever the seats.
func (c *choice) add(e *edge) {
	at := sort.Search(len(c.held), func(k int) bool { return e.before(c.held[k]) })
	c.held = slices.Insert(c.held, at, e)
	if e.reserve != none {
		c.count[e.reserve]++
	}
}

// remove lets the one at a place in the ranking go.
func (c *choice) remove(k int) *edge {
	e := c.held[k]
	c.held = slices.Delete(c.held, k, k+1)
	if e.reserve != none {
		c.count[e.reserve]--
	}
	return e
}

// take holds one more, and returns the one whom the post then turns down: the
// last by rank whose group holds more than its reserve. It is nil while seats
// are free.
func (c *choice) take(e *edge) *edge {
	c.add(e)
	if len(c.held) <= c.seats {
		return nil
	}
	k := len(c.held) - 1
	for c.protects(c.held[k]) {
		k--
	}
	return c.remove(k)
}

// protects says whether the group of somebody held fills no more than its
// reserve. Reserves are within the seats, so that one too many cannot all be
// protected.
func (c *choice) protects(e *edge) bool {
	return e.reserve != none && c.count[e.reserve] <= c.reserved[e.reserve]
}

// seated tells those in reserved seats, by reserve, from those who have their
// seat by merit; all best first.
func (c *choice) seated() (reserved [][]*edge, merit []*edge) {
	reserved = make([][]*edge, len(c.reserved))
	for _, e := range c.held {
		if r := e.reserve; r != none && len(reserved[r]) < c.reserved[r] {
			reserved[r] = append(reserved[r], e)
		} else {
			merit = append(merit, e)
		}
	}
	return reserved, merit
}
