package auction

import "stagora.org/stagora/allocation/flow/transport"

const (
	none = transport.None

	// Prices of an auction are in steps, so many to a unit of cost. An auction ends
	// off by a step or so along each chain of students who would displace one
	// another: chains shorter than scale end exactly right.
	scale = 128

	// Past so many bids, a bidder doubles the step with every further haste bids.
	patience, haste = 512, 32

	// No price of an auction comes near so many units of cost.
	beyond = 1 << 54

	// A caller's stop is asked once in so many looks at edges.
	pace = 1 << 16
)

// Solve returns an optimal solution of p with prices that prove it, and false if
// stop returned true first. p must be valid and its floors within reach. Of
// several optima any may come back, but always the same one for the same p.
func Solve(p *transport.Problem, stop func() bool) (*transport.Solution, bool) {
	if stop == nil {
		stop = func() bool { return false }
	}
	m := newMarket(p, stop)
	end, ok := m.bidding()
	if !ok {
		return nil, false
	}
	prices, wrong := m.round(end)
	r := newRepair(m, end.edge, prices)
	if !r.run(wrong) {
		return nil, false
	}
	return r.solution(), true
}

// A market is a problem as an auction sees it: without groups, and where nobody
// minds having no post more than cap.
type market struct {
	*transport.Problem
	asked  []int32 // how many students have an edge to each post
	cap    int64
	rising bool // no list has an edge that costs less than the one before it

	stop    func() bool
	stopped bool
	looks   int // since stop was asked
}

// A standing is how an auction ends: the edge of each student, and the price of
// each post in steps.
type standing struct {
	edge  []int32
	price []int64
}

func newMarket(p *transport.Problem, stop func() bool) *market {
	highest, unplaced, rising := int32(0), int64(0), true
	for i := range p.Unplaced {
		unplaced = max(unplaced, p.Unplaced[i])
		before := int32(0)
		for _, cost := range p.Cost[p.First[i]:p.First[i+1]] {
			rising = rising && before <= cost
			highest, before = max(highest, cost), cost
		}
	}
	asked := make([]int32, len(p.Seats))
	for _, q := range p.Post {
		asked[q]++
	}
	// Where places are short, bidders outbid one another up to the cost of having
	// no post. An auction with a lower one tells as well who goes without, or
	// nearly; the repair raises the prices from there, all together.
	return &market{Problem: p, asked: asked, cap: min(3*int64(highest)+1, unplaced), rising: rising, stop: stop}
}

// limit returns the price, in steps, of having no post.
func (m *market) limit(i int32) int64 { return min(m.Unplaced[i], m.cap) * scale }

// tables returns an empty table for each post, with room for all who could sit
// there.
func tables[T any](m *market) [][]T {
	total := 0
	for q, seats := range m.Seats {
		total += int(min(seats, m.asked[q]))
	}
	room := make([]T, total)
	tables := make([][]T, len(m.Seats))
	for q, seats := range m.Seats {
		n := min(seats, m.asked[q])
		tables[q], room = room[:0:n], room[n:]
	}
	return tables
}

// halted counts so many looks, and returns whether the caller wants no more.
func (m *market) halted(looks int) bool {
	m.looks += looks
	if m.looks >= pace {
		m.looks = 0
		m.stopped = m.stopped || m.stop()
	}
	return m.stopped
}

// step returns by how much a bidder goes beyond what a place is worth to them,
// lest bidders of one mind bid for ever.
func step(bids int32) int64 {
	if bids < patience {
		return 1
	}
	return 1 << min((bids-patience)/haste, 40)
}

// round returns the prices of an auction in whole units, and the students who
// would then rather be elsewhere.
//
// A price is rounded down after a part of a unit is added, the same to all. Who is
// off by less than a unit comes right unless a whole unit falls between the two
// prices compared: the part is chosen so that this happens to the fewest.
func (m *market) round(end standing) (prices []int64, wrong []int32) {
	type pair struct {
		student   int32
		best, has int64
	}
	var off []pair
	var change [scale + 1]int // in the number of wrong students, from one part to the next
	for i, e := range end.edge {
		best, has := m.compare(int32(i), e, end.price)
		if best == has {
			continue
		}
		off = append(off, pair{int32(i), best, has})
		if has-best >= scale {
			continue
		}
		// Wrong with the parts from first to last, round the circle.
		first, last := (2*scale-has%scale)%scale, (2*scale-best%scale-1)%scale
		change[first]++
		change[last+1]--
		if first > last {
			change[0]++
		}
	}
	part, fewest, count := int64(0), len(off)+1, 0
	for k := range int64(scale) {
		count += change[k]
		if count < fewest {
			part, fewest = k, count
		}
	}
	prices = end.price
	for q := range prices {
		prices[q] = (prices[q] + part) / scale
	}
	for _, o := range off {
		if (o.best+part)/scale != (o.has+part)/scale {
			wrong = append(wrong, o.student)
		}
	}
	return prices, wrong
}

// compare returns what student i would best pay at these prices, in steps, and
// what the student pays with edge e.
func (m *market) compare(i, e int32, price []int64) (best, has int64) {
	best = min(m.Unplaced[i], beyond) * scale
	has = best
	if e != none {
		has = int64(m.Cost[e])*scale + price[m.Post[e]]
	}
	for f := m.First[i]; f < m.First[i+1]; f++ {
		cost := int64(m.Cost[f]) * scale
		if cost < best {
			best = min(best, cost+price[m.Post[f]])
		} else if m.rising {
			break
		}
	}
	return best, has
}
