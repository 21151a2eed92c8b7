package assign

import (
	"slices"

	"stagora.org/stagora/allocation/format"
)

// Chances count what became of one student over many draws.
type Chances struct {
	Draws    int
	Obtained []int // by wish, in the order of the list
	Kept     int   // a pinned student keeps the post in every draw
	None     int   // no post
	Left     []int // by post of the instance: in how many of the draws without a post a seat was left there
}

// Simulate serves an instance once for each draw and counts what one student
// gets. The order of the instance is ignored: candidates, one for each student,
// say by score and manual position who comes before whom, and each draw, any
// number, shuffles those who are tied. The same draws give the same chances.
//
// A simulation can write no result: it only counts. An unknown student panics.
func Simulate(in *format.Instance, candidates []Candidate, student string, draws []uint64) Chances {
	m := newMarket(in)
	me, known := in.Index().Student[student]
	if !known {
		panic("assign: simulation of an unknown student " + student)
	}
	c := Chances{Draws: len(draws), Obtained: make([]int, len(in.Students[me].Wishes)), Left: make([]int, len(in.Posts))}
	if m.students[me].pinned != none {
		c.Kept = len(draws)
		return c
	}
	served, ties := sequence(in, candidates)
	kept := make([]int, len(m.seats))
	for _, s := range m.students {
		if s.pinned != none {
			kept[s.pinned]++
		}
	}
	filled := make([]int, len(m.seats))
	for _, draw := range draws {
		shuffle := generator(draw)
		for _, tie := range ties {
			shuffle.deal(served, tie)
		}
		copy(filled, kept)
		if k := m.serveUntil(me, served, filled); k == none {
			c.None++
			m.countLeft(filled, c.Left)
		} else {
			c.Obtained[k]++
		}
	}
	return c
}

// countLeft counts the posts that have a seat left. What comes after a student's
// list changes nothing of what is left at their turn, so that these counts say
// what each post, added at the end, would have given.
func (m *market) countLeft(filled, left []int) {
	for p, seats := range m.seats {
		if filled[p] < seats && !m.closed[p] {
			left[p]++
		}
	}
}

// serveUntil serves students until it is the turn of one, and returns the wish
// that this one gets, or none. Secondary posts change nobody's main post.
func (m *market) serveUntil(me int, served, filled []int) int {
	for _, i := range served {
		if m.students[i].pinned != none {
			continue
		}
		k := m.choice(m.students[i].wishes, filled)
		if i == me {
			return k
		}
		if k != none {
			filled[m.students[i].wishes[k].post]++
		}
	}
	panic("assign: a student who is never served")
}

// sequence returns the students in one possible order, and the places in that
// order that the draw deals anew, in groups.
func sequence(in *format.Instance, candidates []Candidate) (served []int, ties [][]int) {
	x := in.Index()
	order, groups := byScore(candidates)
	place := places(order)
	byPlace := make([]int, len(order))
	for i := range byPlace {
		byPlace[i] = i
	}
	slices.SortFunc(byPlace, func(a, b int) int { return place[a] - place[b] })
	at := make([]int, len(order)) // index in order → index in served
	for n, i := range byPlace {
		at[i] = n
		served = append(served, x.Student[order[i].ID])
	}
	for _, group := range groups {
		if len(group) < 2 {
			continue
		}
		tie := make([]int, len(group))
		for k, i := range group {
			tie[k] = at[i]
		}
		ties = append(ties, tie)
	}
	return served, ties
}

// A generator makes numbers out of a draw: SplitMix64 (Steele, Lea and Flood,
// "Fast splittable pseudorandom number generators", 2014). It serves
// simulations alone; real draws are made by package lottery.
type generator uint64

func (g *generator) next() uint64 {
	*g += 0x9E3779B97F4A7C15
	z := uint64(*g)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// deal shuffles the students who stand at some places (Fisher and Yates).
func (g *generator) deal(served, places []int) {
	for i := len(places) - 1; i > 0; i-- {
		j := g.next() % uint64(i+1) // the bias, below one in 10^13, is of no account in a simulation
		a, b := places[i], places[j]
		served[a], served[b] = served[b], served[a]
	}
}
