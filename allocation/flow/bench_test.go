package flow

import (
	"testing"

	"stagora.org/stagora/allocation/flow/transport"
	"stagora.org/stagora/bench/market"
)

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
		s, err := solve(p, Options{}, inTurn, plain(1))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/canonical", func(b *testing.B) {
			for b.Loop() {
				leastPrices(p, s, never)
				choose(p, s, never)
			}
		})
	}
}
