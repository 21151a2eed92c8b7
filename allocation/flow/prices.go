package flow

import (
	"slices"

	"stagora.org/stagora/allocation/flow/transport"
)

// leastPrices replaces the prices of an optimal solution by the canonical ones:
// of the optimal prices that are nowhere negative, the least of each post and
// group. They exist for all at once, because the componentwise least of two
// vectors of optimal prices is optimal too. It reports false if stop ended it.
//
// A floor may force somebody to where they cost more than they would elsewhere;
// then every vector of optimal prices may have negative ones. The lower bound is
// therefore, for each post and group, the greatest optimal price where that is
// negative, and 0 elsewhere.
//
// Both are shortest paths, found by Dijkstra's algorithm: an arc between two nodes
// bounds the difference of their prices, and its length is what the known prices
// leave of that bound, which is not negative (Ahuja, Magnanti and Orlin 1993,
// sections 5.2 and 9.5). It takes O(m log C) for m edges of costs below C.
func leastPrices(p *transport.Problem, s *transport.Solution, stop func() bool) bool {
	w := newPricing(p, s, stop)
	bound := make([]int64, len(w.price))
	if slices.Min(w.price) < 0 && !w.greatest(bound) {
		return false
	}
	for v := range w.label {
		w.label[v] = w.price[v] - bound[v] // by how much the price may fall, as far as is known
	}
	if !w.run(w.fall) {
		return false
	}
	for v := range w.price {
		w.price[v] -= w.label[v]
	}
	s.Posts, s.Groups = w.price[:len(p.Seats):len(p.Seats)], nil
	if len(p.Groups) > 0 {
		s.Groups = w.price[len(p.Seats):w.tree.root]
	}
	return true
}

// far stands for no path known yet.
const far = 1<<63 - 1

// A pricing is a solved problem with its prices by node, the root having 0.
type pricing struct {
	p        *transport.Problem
	s        *transport.Solution
	tree     *network
	price    []int64
	firstAt  []int32 // the students at node v are student[firstAt[v]:firstAt[v+1]]
	student  []int32
	firstTo  []int32 // the edges to post q are edge[firstTo[q]:firstTo[q+1]]; only for greatest
	edge     []int32
	owner    []int32 // the student of each edge
	label    []int64 // the least length of a path known so far, of each node
	queue    queue
	stop     func() bool
	unlooked int
}

func newPricing(p *transport.Problem, s *transport.Solution, stop func() bool) *pricing {
	w := &pricing{p: p, s: s, tree: newNetwork(p), price: pricesByNode(s), stop: stop}
	w.tree.pass(p, s)
	nodes := len(w.price)
	w.label = make([]int64, nodes)
	w.tree.firstChild, w.tree.child = listBy(nodes, w.tree.around, func(int) bool { return true })
	at := make([]int32, p.Students())
	for i, e := range s.Edge {
		at[i] = w.tree.nodeOf(p, e)
	}
	w.firstAt, w.student = listBy(nodes, at, func(int) bool { return true })
	return w
}

// run settles the labels of all nodes from the lowest on; each node, when its
// turn comes, may lower others by relax.
func (w *pricing) run(look func(v int32)) bool {
	w.queue = queue{last: slices.Min(w.label)}
	for v, label := range w.label {
		if label < far {
			w.queue.push(label, int32(v))
		}
	}
	for w.queue.size > 0 {
		w.unlooked++
		if w.unlooked%1024 == 0 && w.stop() {
			return false
		}
		if e := w.queue.pop(); e.label == w.label[e.node] {
			look(e.node)
		}
	}
	return true
}

// relax lowers the label of a node to that of another plus the length between them.
func (w *pricing) relax(v int32, label int64) {
	if label < w.label[v] {
		w.label[v] = label
		w.queue.push(label, v)
	}
}

// pays returns what student i costs, prices included.
func (w *pricing) pays(i int32) int64 {
	if e := w.s.Edge[i]; e != none {
		return int64(w.p.Cost[e]) + w.price[w.p.Post[e]]
	}
	return w.p.Unplaced[i]
}

// fall lowers the labels of the nodes whose prices cannot fall further than that
// of v allows: those where somebody who is at v could be, and its neighbours in
// the tree. The root's never falls.
func (w *pricing) fall(v int32) {
	n, label := w.tree, w.label[v]
	for _, i := range w.student[w.firstAt[v]:w.firstAt[v+1]] {
		room := label - w.pays(i)
		for f := w.p.First[i]; f < w.p.First[i+1]; f++ {
			q := w.p.Post[f]
			w.relax(q, room+int64(w.p.Cost[f])+w.price[q])
		}
	}
	if v != n.root && n.free(v) {
		w.relax(n.around[v], label+w.price[n.around[v]]-w.price[v])
	}
	for _, c := range n.child[n.firstChild[v]:n.firstChild[v+1]] {
		if w.above(c) {
			w.relax(c, label+w.price[c]-w.price[v])
		}
	}
}

// above reports whether the price of node v may not be below that around it.
func (w *pricing) above(v int32) bool {
	return int(v) < len(w.p.Seats) || w.tree.spare(v)
}

// greatest sets bound to the greatest optimal price of each node where that is
// negative. Prices rise until a path to the root holds them.
func (w *pricing) greatest(bound []int64) bool {
	w.listEdges()
	for v := range w.label {
		w.label[v] = far
	}
	w.label[w.tree.root] = 0
	enough := -slices.Min(w.price) // no price is still negative after rising by this
	if !w.run(func(v int32) {
		if w.label[v] < enough {
			w.rise(v)
		}
	}) {
		return false
	}
	for v, label := range w.label {
		if label < enough {
			bound[v] = min(0, w.price[v]+label)
		}
	}
	return true
}

// rise lowers the labels of the nodes that the price of v holds down.
func (w *pricing) rise(v int32) {
	n, label := w.tree, w.label[v]
	if v == n.root {
		for i, e := range w.s.Edge {
			if e != none {
				w.relax(w.p.Post[e], label+w.p.Unplaced[i]-w.pays(int32(i)))
			}
		}
	} else if int(v) < len(w.p.Seats) {
		for _, f := range w.edge[w.firstTo[v]:w.firstTo[v+1]] {
			i := w.owner[f]
			w.relax(n.nodeOf(w.p, w.s.Edge[i]), label+int64(w.p.Cost[f])+w.price[v]-w.pays(i))
		}
	}
	if v != n.root && w.above(v) {
		w.relax(n.around[v], label+w.price[v]-w.price[n.around[v]])
	}
	for _, c := range n.child[n.firstChild[v]:n.firstChild[v+1]] {
		if n.free(c) {
			w.relax(c, label+w.price[v]-w.price[c])
		}
	}
}

func (w *pricing) listEdges() {
	w.firstTo, w.edge = listBy(len(w.p.Seats), w.p.Post, func(int) bool { return true })
	w.owner = make([]int32, len(w.p.Post))
	for i := range w.s.Edge {
		for f := w.p.First[i]; f < w.p.First[i+1]; f++ {
			w.owner[f] = int32(i)
		}
	}
}

// pricesByNode returns the prices of posts, groups and the root.
func pricesByNode(s *transport.Solution) []int64 {
	return slices.Concat(s.Posts, s.Groups, []int64{0})
}
