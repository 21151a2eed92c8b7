package auction_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/auction"
	"stagora.org/stagora/allocation/flow/transport"
)

// What the repair starts from: nobody sits on another, and a price is a sign that
// all seats are taken.
func TestAuctionsEndInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawShape(t).problem()
		edge, price := auction.Bid(p)
		held := make([]int32, len(p.Seats))
		for _, e := range edge {
			if e != transport.None {
				held[p.Post[e]]++
			}
		}
		for q, seats := range p.Seats {
			switch {
			case held[q] > seats:
				t.Fatalf("post %d has %d seats and %d students", q, seats, held[q])
			case price[q] < 0:
				t.Fatalf("post %d has the price %d", q, price[q])
			case price[q] > 0 && held[q] < seats:
				t.Fatalf("post %d has a free seat and the price %d", q, price[q])
			}
		}
	})
}

// The auctions are there to spare the repair its work.
func TestAuctionsLeaveLittleToRepair(t *testing.T) {
	t.Parallel()
	for _, places := range []int{80, 90, 110, 130} {
		p := shape{students: 3000, places: places, seats: 5, list: 15, cost: squares, unplaced: 1000}.problem()
		edge, price := auction.Bid(p)
		if _, wrong := auction.Round(p, edge, price); len(wrong)*100 > p.Students() {
			t.Errorf("with places for %d in a hundred, %d of %d students are wrong", places, len(wrong), p.Students())
		}
	}
}

// The repair proves an optimum from wherever it starts: the auction only saves it
// work.
func TestTheRepairStartsFromAnyPrices(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawShape(t)
		p := s.problem()
		r := rand.New(rand.NewPCG(s.seed, 1))
		highest := rapid.SampledFrom([]int64{1, 5, 100, 2000}).Draw(t, "highest price")
		prices := make([]int64, len(p.Seats))
		for q := range prices {
			prices[q] = max(0, r.Int64N(highest*2)-highest)
		}
		edge, wrong := wherever(p, prices, r)
		solution, ok := auction.Repair(p, edge, prices, wrong)
		if !ok {
			t.Fatalf("no solution of %+v", p)
		}
		if err := p.Prove(solution); err != nil {
			t.Fatalf("%v\n%+v", err, p)
		}
	})
}

// wherever gives each student one of the best edges at these prices that still has
// a seat, but some none; who would rather be elsewhere is wrong.
func wherever(p *transport.Problem, prices []int64, r *rand.Rand) (edge, wrong []int32) {
	held := make([]int32, len(p.Seats))
	for i := range p.Unplaced {
		best, chosen := p.Unplaced[i], int32(transport.None)
		for e := p.First[i]; e < p.First[i+1]; e++ {
			best = min(best, int64(p.Cost[e])+prices[p.Post[e]])
		}
		for e := p.First[i]; e < p.First[i+1]; e++ {
			if q := p.Post[e]; int64(p.Cost[e])+prices[q] == best && held[q] < p.Seats[q] && r.IntN(3) > 0 {
				chosen = e
			}
		}
		if edge = append(edge, chosen); chosen != transport.None {
			held[p.Post[chosen]]++
		} else if best < p.Unplaced[i] {
			wrong = append(wrong, int32(i))
		}
	}
	return edge, wrong
}

// No other part of a unit leaves fewer students wrong, and the others are right.
func TestRoundingLeavesTheFewestWrong(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawShape(t)
		s.unplaced = min(s.unplaced, 1<<50)
		p := s.problem()
		r := rand.New(rand.NewPCG(s.seed, 2))
		price := make([]int64, len(p.Seats))
		for q := range price {
			price[q] = max(0, r.Int64N(20*auction.Scale)-5*auction.Scale)
		}
		edge := make([]int32, p.Students())
		for i := range edge {
			edge[i] = p.First[i] + r.Int32N(p.First[i+1]-p.First[i]+1)
			if edge[i] == p.First[i+1] {
				edge[i] = transport.None
			}
		}
		fewest := p.Students()
		for part := range int64(auction.Scale) {
			fewest = min(fewest, len(astray(p, edge, rounded(price, part))))
		}
		prices, wrong := auction.Round(p, edge, slices.Clone(price))
		if want := astray(p, edge, prices); !slices.Equal(wrong, want) {
			t.Fatalf("wrong are %v, want %v", wrong, want)
		}
		if len(wrong) != fewest {
			t.Fatalf("%d are wrong, with another part %d", len(wrong), fewest)
		}
	})
}

func rounded(price []int64, part int64) []int64 {
	prices := slices.Clone(price)
	for q := range prices {
		prices[q] = (prices[q] + part) / auction.Scale
	}
	return prices
}

// astray returns the students who would rather be elsewhere than on these edges.
func astray(p *transport.Problem, edge []int32, prices []int64) (students []int32) {
	pays := func(e int32) int64 { return int64(p.Cost[e]) + prices[p.Post[e]] }
	for i, e := range edge {
		has := p.Unplaced[i]
		if e != transport.None {
			has = pays(e)
		}
		content := has <= p.Unplaced[i]
		for f := p.First[i]; f < p.First[i+1]; f++ {
			content = content && has <= pays(f)
		}
		if !content {
			students = append(students, int32(i))
		}
	}
	return students
}

func TestAHeapGivesTheLowestFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.Int64Range(-9, 9)).Draw(t, "values")
		want := slices.Sorted(slices.Values(values))
		if got := auction.Sorted(values); !slices.Equal(got, want) {
			t.Fatalf("%v come as %v", values, got)
		}
	})
}
