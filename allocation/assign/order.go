package assign

import (
	"cmp"
	"slices"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/lottery"
)

// A Candidate is what decides when a student is served.
type Candidate struct {
	ID     string
	Score  *format.Amount // accumulated so far, the lower served first; nil when unknown: after everybody who has one
	Manual int            // the position that the office decided, from 1; 0 for none
}

// A Position is a student's place in the order, with what put them there.
type Position struct {
	Candidate
	Hash      string // what the student drew: lottery.Ticket
	Automatic int    // the place by score and draw alone, from 1
	Effective int    // the place in which the student is served, from 1; may leave gaps
}

// Order returns the candidates in the order in which they are served.
//
// They stand by score, the lowest first; between equal scores the draw decides
// (package lottery, by candidate id). Who has a manual position stands there,
// even beyond the number of candidates; when several have the same, the first
// of them by score and draw keeps it and the others follow. Everybody else
// fills the places left, in order.
func Order(candidates []Candidate, seed string) []Position {
	positions := make([]Position, len(candidates))
	for i, c := range candidates {
		positions[i] = Position{Candidate: c, Hash: lottery.Draw(seed, c.ID).Hash}
	}
	slices.SortFunc(positions, func(x, y Position) int {
		return cmp.Or(compareScores(x.Score, y.Score), cmp.Compare(x.Hash, y.Hash), cmp.Compare(x.ID, y.ID))
	})
	order := make([]Candidate, len(positions))
	for i := range positions {
		positions[i].Automatic = i + 1
		order[i] = positions[i].Candidate
	}
	for i, effective := range places(order) {
		positions[i].Effective = effective
	}
	slices.SortFunc(positions, func(x, y Position) int { return x.Effective - y.Effective })
	return positions
}

func compareScores(x, y *format.Amount) int {
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return 1
	case y == nil:
		return -1
	}
	return cmp.Compare(*x, *y)
}

// places returns the effective place of each candidate, given in automatic order.
func places(order []Candidate) []int {
	manual := make([]int, 0, len(order)) // indices, by manual position, then automatic order
	for i, c := range order {
		if c.Manual > 0 {
			manual = append(manual, i)
		}
	}
	slices.SortStableFunc(manual, func(x, y int) int { return order[x].Manual - order[y].Manual })
	place := make([]int, len(order))
	taken := make(map[int]bool, len(manual))
	last := 0
	for _, i := range manual {
		last = max(order[i].Manual, last+1)
		place[i], taken[last] = last, true
	}
	next := 1
	for i, c := range order {
		if c.Manual > 0 {
			continue
		}
		for taken[next] {
			next++
		}
		place[i] = next
		next++
	}
	return place
}

// An Interval is where a student can stand in the order.
type Interval struct {
	ID          string
	First, Last int // effective positions, both possible
}

// Intervals returns, in the order of the candidates given, the first and the
// last position that each can have over all draws. So it tells everything that
// scores and manual positions decide, and nothing of the draw.
func Intervals(candidates []Candidate) []Interval {
	order, ties := byScore(candidates)
	place := places(order)
	at := make(map[string]Interval, len(candidates))
	for _, tie := range ties {
		// The draw deals the places of a tie to those who have the same manual
		// position, or none, in every way.
		for _, i := range tie {
			at[order[i].ID] = Interval{ID: order[i].ID, First: place[tie[0]], Last: place[tie[len(tie)-1]]}
		}
	}
	intervals := make([]Interval, len(candidates))
	for i, c := range candidates {
		intervals[i] = at[c.ID]
	}
	return intervals
}

// byScore returns the candidates by score, and the groups (as indices in that
// order) among whom the draw alone decides: the same score, and the same manual
// position or none.
func byScore(candidates []Candidate) (order []Candidate, ties [][]int) {
	order = slices.Clone(candidates)
	slices.SortFunc(order, func(x, y Candidate) int {
		return cmp.Or(compareScores(x.Score, y.Score), cmp.Compare(x.Manual, y.Manual), cmp.Compare(x.ID, y.ID))
	})
	for i, c := range order {
		if i > 0 && compareScores(order[i-1].Score, c.Score) == 0 && order[i-1].Manual == c.Manual {
			last := &ties[len(ties)-1]
			*last = append(*last, i)
		} else {
			ties = append(ties, []int{i})
		}
	}
	return order, ties
}
