package flow

import (
	"testing"

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

// A round of a faculty: 240 students, 110 posts, 12 wishes each.
var faculty = market.Shape{Students: 240, Places: 1.1, Seats: 4, Lists: [2]int{12, 12}, Seed: 1}

func BenchmarkFaculty(b *testing.B) {
	for name, p := range map[string]*transport.Problem{
		"equity":  ofMarket(faculty, square, 1000),
		"ordered": ofMarket(faculty, zero, 1),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Solve(p, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		s, err := solve(p, Options{}, plain(1))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/canonical", func(b *testing.B) {
			for b.Loop() {
				leastPrices(p, s, nil)
				choose(p, s, nil)
			}
		})
	}
}
