package flow

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"stagora.org/stagora/allocation/flow/auction"
	"stagora.org/stagora/allocation/flow/simplex"
	"stagora.org/stagora/allocation/flow/transport"
	"stagora.org/stagora/bench/market"
)

// ofMarket states a market as a problem: cost is the cost of each rank, from 1.
func ofMarket(shape market.Shape, cost func(rank int) int32, unplaced int64) *transport.Problem {
	m := market.Generate(shape)
	p := &transport.Problem{First: m.First, Post: m.Wish, Seats: m.Seats}
	for i := range m.Students() {
		for k := range m.First[i+1] - m.First[i] {
			p.Cost = append(p.Cost, cost(int(k)+1))
		}
		p.Unplaced = append(p.Unplaced, unplaced)
	}
	return p
}

func square(rank int) int32 { return int32(rank * rank) }
func zero(int) int32        { return 0 }

// grouped puts the posts of a problem into four groups, three of them within the
// first. The floors add up to about half of the seats, the ceilings to most.
func grouped(p *transport.Problem) *transport.Problem {
	p.Groups = []transport.Group{{Around: none}, {Around: 0}, {Around: 0}, {Around: 0}}
	p.Within = make([]int32, len(p.Seats))
	for q, seats := range p.Seats {
		g := int32(q % 4)
		p.Within[q] = g
		p.Groups[g].Max += seats
	}
	for g := 1; g < 4; g++ {
		p.Groups[0].Max += p.Groups[g].Max
	}
	for g := range p.Groups {
		p.Groups[g].Min, p.Groups[g].Max = p.Groups[g].Max/2, p.Groups[g].Max*9/10
	}
	return p
}

// oneList is a problem of students who all have the same list of posts of one
// seat, at the same costs.
func oneList(students, posts int32, seed uint64) *transport.Problem {
	p := &transport.Problem{First: []int32{0}, Seats: slices.Repeat([]int32{1}, int(posts))}
	for range students {
		for q := range posts {
			p.Post = append(p.Post, q)
			p.Cost = append(p.Cost, q*(q+int32(seed)))
		}
		p.First = append(p.First, int32(len(p.Post)))
		p.Unplaced = append(p.Unplaced, 1<<50)
	}
	return p
}

func TestAuctionAndSimplexLeadToTheSameSolution(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		for _, places := range []float64{1.1, 0.9} {
			long := market.Shape{Students: 150, Places: places, Seats: 1, Lists: [2]int{1, 60}, Seed: seed}
			shape := market.Shape{Students: 150, Places: places, Seats: 4, Lists: [2]int{1, 12}, Seed: seed}
			problems := map[string]*transport.Problem{
				"cost rank²":                ofMarket(shape, square, 1000),
				"as many placed as can be":  ofMarket(shape, square, 1<<50),
				"all ranks alike":           ofMarket(shape, zero, 1),
				"long lists, one seat each": ofMarket(long, square, 10000),
				"one list for all":          oneList(60, int32(60*places), seed),
				"groups":                    grouped(ofMarket(shape, square, 1000)),
				"groups, all ranks alike":   grouped(ofMarket(shape, zero, 1)),
			}
			for name, p := range problems {
				t.Run(fmt.Sprintf("%s, places %v, seed %d", name, places, seed), func(t *testing.T) {
					t.Parallel()
					agree(t, p)
				})
			}
		}
	}
}

// Posts may bid a step more for a student than a seat is worth; no price may fall
// below nothing for that.
func TestAPostWhoseSeatIsWorthNothingKeepsThePriceZero(t *testing.T) {
	t.Parallel()
	agree(t, &transport.Problem{
		First:    []int32{0, 3, 4, 5, 6, 8, 12, 15, 15, 19, 21, 22},
		Post:     []int32{1, 2, 3, 3, 3, 3, 1, 3, 0, 1, 2, 3, 1, 2, 3, 0, 1, 2, 3, 0, 2, 3},
		Cost:     []int32{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0},
		Unplaced: []int64{2, 0, 0, 0, 1, 0, 2, 0, 2, 1, 2},
		Seats:    []int32{1, 1, 3, 1},
	})
}

func agree(t *testing.T, p *transport.Problem) {
	t.Helper()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	bid, err := solve(p, Options{}, inTurn, auction.Solve)
	if _, ok := errors.AsType[*Obstacle](err); ok {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	pivoted, err := solve(p, Options{}, inTurn, simplex.Solve)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Prove(bid); err != nil {
		t.Error(err)
	}
	if !same(bid, pivoted) {
		t.Errorf("after the auction %v\nafter the simplex %v", bid, pivoted)
	}
}

// With everybody before them held where they are, no student can have a better
// edge at the same total: else the solution is not the canonical one.
func TestNobodyIsBetterOffInAnotherOptimumThatLeavesThoseBeforeThem(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		shape := market.Shape{Students: 40, Places: 0.95, Seats: 3, Lists: [2]int{1, 8}, Seed: seed}
		for name, p := range map[string]*transport.Problem{
			"cost rank²":              ofMarket(shape, square, 50),
			"all ranks alike":         ofMarket(shape, zero, 1),
			"groups":                  grouped(ofMarket(shape, square, 50)),
			"groups, all ranks alike": grouped(ofMarket(shape, zero, 1)),
		} {
			t.Run(fmt.Sprintf("%s, seed %d", name, seed), func(t *testing.T) {
				t.Parallel()
				s, err := Solve(p, Options{})
				if err != nil {
					t.Fatal(err)
				}
				least := p.Total(s)
				for i, e := range s.Edge {
					for better := p.First[i]; better < p.First[i+1] && better != e; better++ {
						q := holding(p, s, i, better)
						if other, err := Solve(q, Options{}); err != nil || q.Total(other) <= least {
							t.Fatalf("student %d has the edge %d and could have %d: %v", i, e, better, err)
						}
					}
				}
			})
		}
	}
}

// holding returns the problem in which students before i cannot but do as in the
// solution, and student i has an edge that nothing is as good as. Edges keep their
// numbers: what is not to be used costs too much.
func holding(p *transport.Problem, s *transport.Solution, i int, edge int32) *transport.Problem {
	const tooMuch = 1 << 28
	q := *p
	q.Cost, q.Unplaced = slices.Clone(p.Cost), slices.Clone(p.Unplaced)
	for j := range i + 1 {
		keep := s.Edge[j]
		if j == i {
			keep = edge
		}
		for e := p.First[j]; e < p.First[j+1]; e++ {
			if e != keep {
				q.Cost[e] = tooMuch
			}
		}
		if keep != none {
			q.Unplaced[j] = tooMuch
		}
	}
	return &q
}
