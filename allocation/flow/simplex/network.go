package simplex

import "errors"

// A Network is a problem of least cost: to send the supplies of some nodes to
// others along arcs. Costs may be negative. The highest cost, times the number of
// nodes, and the sums of supplies and of capacities must stay below 2^60.
type Network struct {
	Supply   []int64 // of each node: how much leaves it, less what arrives; together 0
	From, To []int32 // of each arc
	Capacity []int64 // of each arc, from 0
	Cost     []int64 // of each arc, for each unit
}

// What Flow cannot do.
var (
	ErrStopped    = errors.New("stopped before the least cost was found")
	ErrInfeasible = errors.New("no flow brings the supplies where they are wanted")
)

// Flow returns a flow of least cost, by arc, and prices by node that prove it:
// where an arc could carry more, price[From] ≤ Cost + price[To], and where it
// carries something, price[From] ≥ Cost + price[To]. It asks stop, if there is
// one, now and then whether to return ErrStopped. It is meant for thousands of
// nodes, and is simple rather than fast.
func (n *Network) Flow(stop func() bool) (flow, price []int64, err error) {
	b := n.start()
	if _, ok := repeat(len(b.arcs), b.settle, 0, stop); !ok {
		return nil, nil, ErrStopped
	}
	flow = make([]int64, len(n.From))
	for k, c := range b.arcs {
		switch {
		case k < len(flow):
			flow[k] = c.flow
		case c.flow > 0:
			return nil, nil, ErrInfeasible
		}
	}
	return flow, b.price[:len(n.Supply)], nil
}

// start returns a basis in which every node sends its supply to a root of its own,
// or takes it from there, at more than any way through the network can cost.
func (n *Network) start() *basis {
	nodes, root := len(n.Supply), int32(len(n.Supply))
	b := &basis{tree: newTree(nodes + 1), arcs: make([]arc, 0, len(n.From)+nodes)}
	dear := int64(1)
	for k, from := range n.From {
		b.arcs = append(b.arcs, arc{from: from, to: n.To[k], cap: n.Capacity[k], cost: n.Cost[k]})
		dear = max(dear, 1+int64(nodes)*max(n.Cost[k], -n.Cost[k]))
	}
	for v, supply := range n.Supply {
		c := arc{from: int32(v), to: root, flow: supply, cap: 1 << 61, cost: dear}
		b.price[v] = dear
		if supply < 0 {
			c.from, c.to, c.flow = root, int32(v), -supply
			b.price[v] = -dear
		}
		b.hang(int32(v), root, ^int32(len(b.arcs)))
		b.node[v].depth = 1
		b.arcs = append(b.arcs, c)
	}
	return b
}
