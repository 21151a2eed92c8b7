package assign

import (
	"errors"
	"strconv"

	"stagora.org/stagora/allocation/flow/simplex"
	"stagora.org/stagora/allocation/flow/transport"
	"stagora.org/stagora/allocation/format"
)

// everyOrder is up to how many students all orders are tried instead of some.
const everyOrder = 7

// A trade gives every student a chance of each post. Shares are whole numbers,
// of draws; they stand by edge.
type trade struct {
	*program
	draws int64
	stop  func() bool
}

// traded runs format.TradedLottery: docs/algorithms/traded-lottery.md says how,
// to the number.
func (r Run) traded(in *format.Instance, m *market) (*placement, error) {
	p := newProgram(m)
	seed, draws := in.Parameters.Seed, in.Parameters.Draws
	t := &trade{program: p, draws: int64(draws), stop: r.Stop}
	before, ok := t.serveInTurns(seed)
	if !ok {
		return nil, ErrStopped
	}
	after, ok := t.improve(before)
	if !ok {
		return nil, ErrStopped
	}
	edge := t.draw(after, newStream(seed+":draw"))
	s := p.service(&transport.Solution{Edge: edge})
	proof := format.Certificate{Kind: format.Traded, Lottery: &format.Lottery{
		Draws: t.draws, Before: t.shares(in, before), After: t.shares(in, after),
	}}
	return &placement{service: s, proof: proof, missed: m.full(s)}, nil
}

// shares returns the chances of every student by rank.
func (t *trade) shares(in *format.Instance, share []int64) []format.Shares {
	list := make([]format.Shares, len(t.who))
	for a, i := range t.who {
		list[a] = format.Shares{Student: in.Students[i].ID, Wishes: make([]int64, t.list(a))}
		for e := t.First[a]; e < t.First[a+1]; e++ {
			list[a].Wishes[t.rank[e]-1] = share[e]
		}
	}
	return list
}

// serveInTurns returns in how many orders each student gets each post: in all
// orders when there are few, and t.draws becomes their number. It returns false
// if stopped.
func (t *trade) serveInTurns(seed string) (share []int64, ok bool) {
	share = make([]int64, len(t.Post))
	order, left := make([]int32, len(t.who)), make([]int32, len(t.Seats))
	begin := func() {
		for a := range order {
			order[a] = int32(a)
		}
	}
	begin()
	if len(order) <= everyOrder {
		t.draws = 0
		permute(order, func() {
			t.draws++
			t.serve(order, left, share)
		})
		return share, true
	}
	for d := int64(1); d <= t.draws; d++ {
		if t.stop != nil && t.stop() {
			return nil, false
		}
		begin()
		numbers := newStream(seed + ":run:" + strconv.FormatInt(d, 10))
		for i := len(order) - 1; i > 0; i-- {
			j := numbers.below(int64(i) + 1)
			order[i], order[j] = order[j], order[i]
		}
		t.serve(order, left, share)
	}
	return share, true
}

// permute calls visit with every order of a list, which it changes in place
// (Heap, "Permutations by interchanges", 1963).
func permute(list []int32, visit func()) {
	var deal func(n int)
	deal = func(n int) {
		if n <= 1 {
			visit()
			return
		}
		for i := range n {
			deal(n - 1)
			j := 0
			if n%2 == 0 {
				j = i
			}
			if i < n-1 {
				list[j], list[n-1] = list[n-1], list[j]
			}
		}
	}
	deal(len(list))
}

// serve serves the students in an order and counts what each gets.
func (t *trade) serve(order, left []int32, share []int64) {
	copy(left, t.Seats)
	for _, a := range order {
		for e := t.First[a]; e < t.First[a+1]; e++ {
			if q := t.Post[e]; left[q] > 0 {
				left[q]--
				share[e]++
				break
			}
		}
	}
}

// improve returns the shares of fewest steps down the lists by which nobody
// loses. A student's shares flow along the list from wish to wish: as much may pass a wish
// as passed it before, so that the chance of something as good does not fall. It
// returns false if stopped.
func (t *trade) improve(before []int64) (after []int64, ok bool) {
	edges, posts := int32(len(t.Post)), int32(len(t.post))
	end := edges + posts // where posts, and those without one, send all they have
	n := &simplex.Network{Supply: make([]int64, end+1)}
	arc := func(from, to int32, capacity, cost int64) {
		n.From, n.To = append(n.From, from), append(n.To, to)
		n.Capacity, n.Cost = append(n.Capacity, capacity), append(n.Cost, cost)
	}
	for e, q := range t.Post {
		arc(int32(e), edges+q, t.draws, 0)
	}
	for q, seats := range t.Seats {
		arc(edges+int32(q), end, int64(seats)*t.draws, 0)
	}
	for a := range t.who {
		first, next := t.First[a], t.First[a+1]
		if first == next {
			continue
		}
		n.Supply[first] += t.draws
		n.Supply[end] -= t.draws
		passing := t.draws
		for e := first; e < next; e++ {
			passing -= before[e]
			if e+1 < next {
				arc(e, e+1, passing, int64(t.rank[e+1]-t.rank[e]))
			} else {
				arc(e, end, passing, int64(t.list(a)+1)-int64(t.rank[e]))
			}
		}
	}
	flow, _, err := n.Flow(t.stop)
	if errors.Is(err, simplex.ErrInfeasible) {
		panic("assign: the shares before the trades do not keep to the seats")
	}
	if err != nil {
		return nil, false
	}
	return flow[:edges], true
}
