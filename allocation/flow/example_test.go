package flow_test

import (
	"errors"
	"fmt"

	"stagora.org/stagora/allocation/flow"
	"stagora.org/stagora/allocation/flow/transport"
)

// Three students, two posts of one seat. The first two both want post 0; having
// no post costs 20. The first student keeps the first wish, because that is the
// first of the equal optima; the price of a seat is what one more would save.
func ExampleSolve() {
	p := &transport.Problem{
		First:    []int32{0, 2, 4, 5},
		Post:     []int32{0, 1, 0, 1, 1},
		Cost:     []int32{1, 4, 1, 4, 1},
		Unplaced: []int64{20, 20, 20},
		Seats:    []int32{1, 1},
	}
	s, err := flow.Solve(p, flow.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("edges", s.Edge, "of total cost", p.Total(s))
	fmt.Println("prices", s.Posts, "and the proof:", p.Prove(s))
	// Output:
	// edges [0 -1 4] of total cost 22
	// prices [19 16] and the proof: <nil>
}

// Both posts are a group that must hold two students, but only one has asked.
func ExampleSolve_obstacle() {
	p := &transport.Problem{
		First:    []int32{0, 0, 2},
		Post:     []int32{0, 1},
		Cost:     []int32{1, 4},
		Unplaced: []int64{20, 20},
		Seats:    []int32{1, 1},
		Within:   []int32{0, 0},
		Groups:   []transport.Group{{Around: transport.None, Min: 2, Max: 2}},
	}
	_, err := flow.Solve(p, flow.Options{})
	if obstacle, ok := errors.AsType[*flow.Obstacle](err); ok {
		fmt.Println("the floor of groups", obstacle.Groups, "against students", obstacle.Students)
	}
	// Output:
	// the floor of groups [0] against students [1]
}
