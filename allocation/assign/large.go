package assign

import (
	"errors"
	"slices"

	"stagora.org/stagora/allocation/flow"
	"stagora.org/stagora/allocation/flow/transport"
	"stagora.org/stagora/allocation/format"
)

// ServeMarket serves the students of a large market in its call order. It
// returns the post of each, -1 for none, and the rank of that wish, from 1, 0 for
// none. It takes time in proportion to the wishes.
func ServeMarket(m *format.Market) (post, rank []int32) {
	post, rank = make([]int32, m.Students()), make([]int32, m.Students())
	left := append([]int32(nil), m.Seats...)
	for _, i := range m.Order {
		post[i] = none
		for k, q := range m.Wish[m.First[i]:m.First[i+1]] {
			if left[q] > 0 {
				left[q]--
				post[i], rank[i] = q, int32(k)+1
				break
			}
		}
	}
	return post, rank
}

// MarketOptions are what a caller of SolveMarket may choose.
type MarketOptions struct {
	AnyOptimum bool        // leave out the canonical choice: any placement of least cost will do
	Stop       func() bool // as in Run
}

// A MarketResult is a placement of least cost in a large market.
type MarketResult struct {
	Post, Rank []int32 // of each student: -1 and 0 for none
	Prices     []int64 // of each post: what proves that no placement costs less
	Objective  int64   // the sum of all costs
}

// unplacedInMarket is what having no post costs in a large market.
const unplacedInMarket = 1000

// SolveMarket places the students of a large market by format.Equity: a rank
// costs its square, having no post costs 1,000, and the call order decides
// between placements of the same cost. The error is ErrStopped.
func SolveMarket(m *format.Market, o MarketOptions) (*MarketResult, error) {
	p := marketProblem(m)
	s, err := flow.Solve(p, flow.Options{AnyOptimum: o.AnyOptimum, Stop: o.Stop})
	if errors.Is(err, flow.ErrStopped) {
		return nil, ErrStopped
	}
	if err != nil {
		return nil, err
	}
	r := &MarketResult{
		Post: make([]int32, m.Students()), Rank: make([]int32, m.Students()),
		Prices: s.Posts, Objective: p.Total(s),
	}
	for n, i := range m.Order {
		r.Post[i] = none
		if e := s.Edge[n]; e != transport.None {
			wishes := m.Wish[m.First[i]:m.First[i+1]]
			r.Post[i], r.Rank[i] = p.Post[e], int32(slices.Index(wishes, p.Post[e])+1)
		}
	}
	return r, nil
}

// marketProblem lists the students in the call order. Posts without seats are
// left out of their lists, so that their price is 0; and so are wishes that cost
// more than having no post, which are never granted.
func marketProblem(m *format.Market) *transport.Problem {
	p := &transport.Problem{
		First:    make([]int32, 1, len(m.First)),
		Post:     make([]int32, 0, len(m.Wish)),
		Cost:     make([]int32, 0, len(m.Wish)),
		Unplaced: make([]int64, m.Students()),
		Seats:    m.Seats,
	}
	for n, i := range m.Order {
		cost := func(k int) int { return (k + 1) * (k + 1) }
		for k, q := range m.Wish[m.First[i]:m.First[i+1]] {
			if cost(k) > unplacedInMarket {
				break
			}
			if m.Seats[q] > 0 {
				p.Post, p.Cost = append(p.Post, q), append(p.Cost, int32(cost(k)))
			}
		}
		p.First = append(p.First, int32(len(p.Post)))
		p.Unplaced[n] = unplacedInMarket
	}
	return p
}
