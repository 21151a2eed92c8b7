package check

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// On every small network, the judge accepts the first of the cheapest placements
// with the least prices, and nothing else. What these are is found here by trying
// all placements, and by raising prices one step at a time.
func TestOnlyTheFirstOptimumWithTheLeastPricesIsAccepted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := drawNetwork(rt)
		optima := cheapest(n)
		if len(optima) == 0 {
			return // the floors cannot be met
		}
		n.took = optima[0]
		price := leastPrices(n)
		if f := n.optimal(price); f != nil {
			rt.Fatalf("prices %v do not prove the optimum: %v", price, f)
		}
		arcs := n.tight(price)
		if f := n.least(price, arcs); f != nil {
			rt.Fatalf("the least prices %v are refused: %v", price, f)
		}
		if f := n.earlier(arcs); f != nil {
			rt.Fatalf("the first optimum %v of %v is refused: %v", n.took, optima, f)
		}
		for _, other := range optima[1:] {
			n.took = other
			if f := n.optimal(price); f != nil {
				rt.Fatalf("the prices %v prove one optimum, %v, and not another, %v: %v", price, optima[0], other, f)
			}
			if n.earlier(n.tight(price)) == nil {
				rt.Fatalf("%v is accepted as the first of %v", other, optima)
			}
		}
		n.took = optima[0]
		for node := range n.outside() {
			for _, by := range []int64{-1, 1} {
				other := slices.Clone(price)
				for at := range n.outside() { // the posts and groups inside move too, or not
					if at == node || by > 0 == (rapid.IntRange(0, 2).Draw(rt, "moved") == 0) && n.inside(at, node) {
						other[at] += by
					}
				}
				if n.optimal(other) == nil && n.least(other, n.tight(other)) == nil {
					rt.Fatalf("the prices %v are accepted beside %v", other, price)
				}
			}
		}
		if below := leastAbove(n, make([]int64, len(price)), -100); !slices.Equal(below, price) && n.optimal(below) == nil && n.least(below, n.tight(below)) == nil {
			rt.Fatalf("the prices %v are accepted beside %v", below, price)
		}
		for _, took := range all(n) {
			n.took = took
			if !slices.ContainsFunc(optima, func(o []int32) bool { return slices.Equal(o, took) }) && n.optimal(price) == nil {
				rt.Fatalf("%v is accepted as an optimum beside %v", took, optima[0])
			}
		}
	})
}

func drawNetwork(rt *rapid.T) *network {
	posts := rapid.IntRange(1, 4).Draw(rt, "posts")
	n := &network{first: []int32{0}, names: names{
		student: func(i int32) string { return "s" + strconv.Itoa(int(i)) },
		post:    func(i int32) string { return "p" + strconv.Itoa(int(i)) },
		group:   func(i int32) string { return "g" + strconv.Itoa(int(i)) },
	}}
	for range posts {
		n.seats = append(n.seats, int32(rapid.IntRange(0, 2).Draw(rt, "seats")))
	}
	if rapid.Bool().Draw(rt, "groups") {
		n.within = make([]int32, posts)
		for p := range posts {
			n.within[p] = int32(rapid.IntRange(-1, 2).Draw(rt, "within"))
		}
		for g := range 3 {
			low := int32(rapid.IntRange(0, 2).Draw(rt, "floor"))
			n.bands = append(n.bands, band{
				around: int32(rapid.IntRange(-1, g-1).Draw(rt, "around")),
				min:    low, max: low + int32(rapid.IntRange(0, 2).Draw(rt, "room")),
			})
		}
	}
	dear := int64(rapid.SampledFrom([]int{1, 2, 9}).Draw(rt, "dearest"))
	for range rapid.IntRange(0, 5).Draw(rt, "students") {
		for p := range posts {
			if rapid.IntRange(0, 2).Draw(rt, "wished") > 0 {
				n.post = append(n.post, int32(p))
				n.cost = append(n.cost, rapid.Int64Range(0, dear).Draw(rt, "cost"))
			}
		}
		n.first = append(n.first, int32(len(n.post)))
		n.none = append(n.none, rapid.Int64Range(0, 2*dear).Draw(rt, "none"))
		n.took = append(n.took, without)
	}
	return n
}

// inside says whether a node is within a group.
func (n *network) inside(node, group int32) bool {
	for ; node != n.outside(); node = n.around(node) {
		if node == group {
			return true
		}
	}
	return false
}

// all returns every placement within the bounds, the first in the order of the
// students first.
func all(n *network) [][]int32 {
	var found [][]int32
	took := make([]int32, len(n.took))
	var choose func(i int)
	choose = func(i int) {
		if i == len(took) {
			n.took = took
			held := n.holds()
			for node := range n.outside() {
				if node < int32(len(n.seats)) {
					if held[node] > n.seats[node] {
						return
					}
				} else if b := n.bands[node-int32(len(n.seats))]; held[node] < b.min || held[node] > b.max {
					return
				}
			}
			found = append(found, slices.Clone(took))
			return
		}
		for e := n.first[i]; e < n.first[i+1]; e++ {
			took[i] = e
			choose(i + 1)
		}
		took[i] = without
		choose(i + 1)
	}
	choose(0)
	return found
}

func cheapest(n *network) [][]int32 {
	var best [][]int32
	least := int64(-1)
	for _, took := range all(n) {
		n.took = took
		switch sum, _ := n.total(); {
		case least < 0 || sum < least:
			least, best = sum, [][]int32{took}
		case sum == least:
			best = append(best, took)
		}
	}
	return best
}

// leastPrices finds the highest prices of the optimum from above, then the least
// from below that their negative part, by repeating every condition until it holds.
func leastPrices(n *network) []int64 {
	const far = 1000
	high := make([]int64, n.outside()+1)
	for i := range high {
		high[i] = far
	}
	high[n.outside()] = 0
	settle(n, func(a, b int32, more int64) bool { // price[b] ≥ price[a] + more
		if high[a] <= high[b]-more {
			return false
		}
		high[a] = high[b] - more
		return true
	})
	return leastAbove(n, high, 0)
}

// leastAbove finds the least prices of the optimum that are nowhere below a bound,
// nor below what is lower.
func leastAbove(n *network, high []int64, bound int64) []int64 {
	low := make([]int64, len(high))
	for i := range low {
		low[i] = min(bound, high[i])
	}
	low[n.outside()] = 0
	settle(n, func(a, b int32, more int64) bool {
		if low[b] >= low[a]+more {
			return false
		}
		low[b] = low[a] + more
		return true
	})
	return low
}

// settle calls keep with every condition on prices, until none changes anything.
func settle(n *network, keep func(a, b int32, more int64) bool) {
	held := n.holds()
	for changed := true; changed; {
		changed = false
		for node := range n.outside() {
			up := n.around(node)
			post := node < int32(len(n.seats))
			if post || n.canSpare(node, held) {
				changed = keep(up, node, 0) || changed
			}
			if n.canTakeMore(node, held) {
				changed = keep(node, up, 0) || changed
			}
		}
		for i, took := range n.took {
			at, cost := n.stands(i)
			for e := n.first[i]; e < n.first[i+1]; e++ {
				changed = keep(at, n.post[e], cost-n.cost[e]) || changed
			}
			if took != without {
				changed = keep(at, n.outside(), cost-n.none[i]) || changed
			}
		}
	}
}
