package simplex_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/simplex"
)

func TestAFlowIsTheCheapestThatBringsTheSupplies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t)
		flow, price, err := n.Flow(nil)
		want, feasible := cheapest(n)
		if !feasible {
			if !errors.Is(err, simplex.ErrInfeasible) {
				t.Fatalf("no flow brings the supplies of %+v, and Flow found %v, %v", n, flow, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("%v: %+v", err, n)
		}
		rest := append([]int64(nil), n.Supply...)
		var sum int64
		for k, units := range flow {
			if units < 0 || units > n.Capacity[k] {
				t.Fatalf("arc %d carries %d: %+v", k, units, n)
			}
			if reduced := n.Cost[k] + price[n.To[k]] - price[n.From[k]]; reduced < 0 && units < n.Capacity[k] || reduced > 0 && units > 0 {
				t.Fatalf("arc %d carries %d, and prices differ by %d: %+v", k, units, reduced, n)
			}
			rest[n.From[k]] -= units
			rest[n.To[k]] += units
			sum += units * n.Cost[k]
		}
		for v, left := range rest {
			if left != 0 {
				t.Fatalf("%d are left at node %d: %v of %+v", left, v, flow, n)
			}
		}
		if sum != want {
			t.Fatalf("the flow costs %d, the least is %d: %v of %+v", sum, want, flow, n)
		}
	})
}

func anyNetwork(t *rapid.T) *simplex.Network {
	n := &simplex.Network{Supply: make([]int64, rapid.IntRange(0, 4).Draw(t, "nodes"))}
	if len(n.Supply) == 0 {
		return n
	}
	node := rapid.Int32Range(0, int32(len(n.Supply))-1)
	for range rapid.IntRange(0, 6).Draw(t, "arcs") {
		n.From = append(n.From, node.Draw(t, "from"))
		n.To = append(n.To, node.Draw(t, "to"))
		n.Capacity = append(n.Capacity, rapid.Int64Range(0, 3).Draw(t, "capacity"))
		n.Cost = append(n.Cost, rapid.Int64Range(-4, 4).Draw(t, "cost"))
	}
	for range rapid.IntRange(0, 4).Draw(t, "supplies") {
		n.Supply[node.Draw(t, "supplier")]++
		n.Supply[node.Draw(t, "customer")]--
	}
	return n
}

// cheapest tries every flow.
func cheapest(n *simplex.Network) (sum int64, feasible bool) {
	sum = math.MaxInt64
	rest := append([]int64(nil), n.Supply...)
	var choose func(k int, cost int64)
	choose = func(k int, cost int64) {
		if k == len(n.From) {
			for _, left := range rest {
				if left != 0 {
					return
				}
			}
			sum, feasible = min(sum, cost), true
			return
		}
		for units := range n.Capacity[k] + 1 {
			rest[n.From[k]] -= units
			rest[n.To[k]] += units
			choose(k+1, cost+units*n.Cost[k])
			rest[n.From[k]] += units
			rest[n.To[k]] -= units
		}
	}
	choose(0, 0)
	return sum, feasible
}

func TestAFlowIsNotSoughtOnceStopped(t *testing.T) {
	t.Parallel()
	n := &simplex.Network{Supply: []int64{1, -1}, From: []int32{0}, To: []int32{1}, Capacity: []int64{1}, Cost: []int64{1}}
	if _, _, err := n.Flow(func() bool { return true }); !errors.Is(err, simplex.ErrStopped) {
		t.Errorf("stopped, and the error is %v", err)
	}
}
