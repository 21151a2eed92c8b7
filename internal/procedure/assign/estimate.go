package assign

import (
	"strconv"

	engine "stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// The levels of demand that are not a tenth.
const (
	NoDemand     = 11 // nobody has asked for the post
	ClosedDemand = 0  // it has no seats
)

// Demand returns how sought each post is, by code: 1 for the strongest tenth to 10 for
// the weakest, or [NoDemand], or [ClosedDemand].
func (in *Instance) Demand() map[string]int {
	demand := make(map[string]int, len(in.in.Posts))
	for i, level := range engine.Demand(in.in) {
		demand[in.in.Posts[i].ID] = levelOf(level)
	}
	return demand
}

func levelOf(demand string) int {
	switch demand {
	case format.DemandClosed:
		return ClosedDemand
	case format.NoDemand:
		return NoDemand
	}
	tenth, err := strconv.Atoi(demand)
	if err != nil {
		panic("assign: a demand that is no tenth: " + demand)
	}
	return tenth
}

// A Simulator tells how often a student would get each wish of any list, over draws
// that it has made. It may be read by several at once.
type Simulator = engine.Baseline

// Simulator serves the instance once for each draw, in an order that follows from
// scores and manual positions alone: the positions of the instance are ignored. Each
// draw is a number; the same numbers give the same simulator.
func (in *Instance) Simulator(order []OrderInput, draws []uint64) *Simulator {
	return engine.NewBaseline(in.in, candidates(order), draws)
}
