package assign

import (
	engine "stagora.org/stagora/allocation/assign"
)

// An OrderInput is what decides when one student is served.
type OrderInput struct {
	ID     string // pseudonym
	Score  *int64 // hundredths, the lower served first; nil: unknown, after everybody who has one
	Manual int    // the position that the office decided, from 1; 0: none
}

// A Position is a student's place in the order, with what put the student there.
type Position struct {
	ID        string
	Hash      string // what the student drew
	Automatic int    // the place by score and draw alone, from 1
	Effective int    // the place in which the student is served, from 1; may leave gaps
}

// Order returns the order that follows from scores, manual positions and the seed of
// the draw, the first served first.
func Order(of []OrderInput, seed string) []Position {
	drawn := engine.Order(candidates(of), seed)
	order := make([]Position, len(drawn))
	for i, p := range drawn {
		order[i] = Position{ID: p.ID, Hash: p.Hash, Automatic: p.Automatic, Effective: p.Effective}
	}
	return order
}

// An Interval is where one student may stand in the order: the first and the last
// position, both possible.
type Interval = engine.Interval

// Intervals returns the interval of each student over all draws, as they are given.
func Intervals(of []OrderInput) []Interval { return engine.Intervals(candidates(of)) }

func candidates(of []OrderInput) []engine.Candidate {
	list := make([]engine.Candidate, len(of))
	for i, one := range of {
		list[i] = engine.Candidate{ID: one.ID, Score: amount(one.Score), Manual: one.Manual}
	}
	return list
}
