package simplex_test

import (
	"fmt"

	"stagora.org/stagora/allocation/flow/simplex"
	"stagora.org/stagora/allocation/flow/transport"
)

// Ana would like cardiology, then neurology; Bo cardiology alone. Each has one seat.
func ExampleSolve() {
	const cardiology, neurology = 0, 1
	p := &transport.Problem{
		First:    []int32{0, 2, 3},
		Post:     []int32{cardiology, neurology, cardiology},
		Cost:     []int32{1, 4, 1},
		Unplaced: []int64{100, 100},
		Seats:    []int32{1, 1},
	}
	s, _ := simplex.Solve(p, nil)
	fmt.Println("edges", s.Edge, "cost", p.Total(s))
	fmt.Println("proof:", p.Prove(s))
	// Output:
	// edges [1 2] cost 5
	// proof: <nil>
}

// Two units go from the first node to the last: the cheap way carries one.
func ExampleNetwork_Flow() {
	n := &simplex.Network{
		Supply:   []int64{2, 0, -2},
		From:     []int32{0, 1, 0},
		To:       []int32{1, 2, 2},
		Capacity: []int64{1, 1, 5},
		Cost:     []int64{1, 1, 7},
	}
	flow, _, err := n.Flow(nil)
	fmt.Println(flow, err)
	// Output: [1 1 1] <nil>
}
