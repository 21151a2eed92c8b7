package auction

import (
	"slices"

	"stagora.org/stagora/allocation/flow/transport"
)

// A repair makes a nearly optimal solution optimal. It is a flow in the network of
// students, posts, groups and, outside all, the root: a student who has an edge is
// sent to its post; posts and groups send students on to what is around them, and
// whoever has no post goes to the root. The prices prove at all times that no flow
// between the same ends is cheaper. What may be wrong is the ends: students are
// over somewhere, or missing. Each round removes some of that along shortest
// paths, and adjusts the prices. (Successive shortest paths: Ahuja, Magnanti and
// Orlin, "Network Flows", 1993, chapter 9.)
//
// The price of the root is 0. It takes and gives as many students as it is asked
// for: when all else is in balance, so is the root.
type repair struct {
	*market
	edge   []int32   // of each student
	seated [][]int32 // the students at each post

	// By node: the posts, then the groups, then the root.
	price  []int64
	around []int32   // the node around it
	inside [][]int32 // the nodes that it is around
	sent   []int32   // how many students it sends on to the node around it
	least  []int32   // how many it may send on
	most   []int32
	over   []int32 // students that it has and does not send on; those missing, if negative

	search
}

func newRepair(m *market, edge []int32, prices []int64) *repair {
	posts := len(m.Seats)
	nodes := posts + len(m.Groups) + 1
	r := &repair{
		market: m,
		edge:   edge,
		seated: tables[int32](m),
		price:  append(prices, make([]int64, nodes-posts)...),
		around: make([]int32, nodes),
		inside: make([][]int32, nodes),
		sent:   make([]int32, nodes),
		least:  make([]int32, nodes),
		most:   make([]int32, nodes),
		over:   make([]int32, nodes),
		search: newSearch(nodes),
	}
	root := r.root()
	node := func(group int32) int32 {
		if group == none {
			return root
		}
		return int32(posts) + group
	}
	for q, seats := range m.Seats {
		r.around[q], r.most[q] = root, seats
		if m.Within != nil {
			r.around[q] = node(m.Within[q])
		}
	}
	for g, group := range m.Groups {
		v := node(int32(g))
		r.around[v], r.least[v], r.most[v] = node(group.Around), group.Min, group.Max
	}
	r.around[root] = none
	for v := range root {
		r.inside[r.around[v]] = append(r.inside[r.around[v]], v)
	}
	return r
}

func (r *repair) root() int32 { return int32(len(r.around)) - 1 }

// run repairs the flow, once these students have left what they have. It returns
// false if it is stopped, or the floors are out of reach.
func (r *repair) run(wrong []int32) bool {
	for _, i := range wrong {
		r.edge[i] = none
	}
	for i, e := range r.edge {
		if e != none {
			r.seated[r.Post[e]] = append(r.seated[r.Post[e]], int32(i))
		}
	}
	r.balance()

	// Most of the wrong come right by a short search each. The others search
	// together, and go only once the way that many have in common.
	var far []int32
	for k, i := range wrong {
		if len(far)*long > len(r.Post) {
			far = append(far, wrong[k:]...)
			break
		}
		if !r.find([]int32{i}, nil, long) {
			far = append(far, i)
			continue
		}
		r.improve()
	}
	for {
		far = slices.DeleteFunc(far, func(i int32) bool { return r.edge[i] != none || r.pays(i) == r.Unplaced[i] })
		crowded := r.crowded()
		if len(far)+len(crowded) == 0 {
			break
		}
		if !r.find(far, crowded, endless) {
			return false
		}
		r.improve()
	}
	for slices.ContainsFunc(r.over, func(n int32) bool { return n < 0 }) {
		if !r.find(nil, []int32{r.root()}, endless) {
			return false
		}
		r.improve()
	}
	return true
}

// balance sends on what the prices call for: from a post with a price, a student
// for every seat; from any other, those it has; from a group those that arrive,
// within its bounds.
func (r *repair) balance() {
	for q, seated := range r.seated {
		here := int32(len(seated))
		r.sent[q] = here
		if r.price[q] > 0 {
			r.sent[q] = r.most[q]
		}
		r.over[q] = here - r.sent[q]
		r.over[r.around[q]] += r.sent[q]
	}
	for v := r.root() - 1; int(v) >= len(r.seated); v-- { // inner groups before those around them
		r.sent[v] = min(max(r.over[v], r.least[v]), r.most[v])
		r.over[v] -= r.sent[v]
		r.over[r.around[v]] += r.sent[v]
	}
	r.over[r.root()] = 0
}

// crowded returns the nodes that have students over.
func (r *repair) crowded() []int32 {
	var nodes []int32
	for v, over := range r.over {
		if over > 0 {
			nodes = append(nodes, int32(v))
		}
	}
	return nodes
}

// pays returns what student i pays, or would at best when nowhere.
func (r *repair) pays(i int32) int64 {
	if e := r.edge[i]; e != none {
		return int64(r.Cost[e]) + r.price[r.Post[e]]
	}
	least := r.Unplaced[i]
	for e := r.First[i]; e < r.First[i+1]; e++ {
		least = min(least, int64(r.Cost[e])+r.price[r.Post[e]])
	}
	return least
}

// leave takes student i from where the student is.
func (r *repair) leave(i int32) {
	q := r.Post[r.edge[i]]
	at := slices.Index(r.seated[q], i)
	last := len(r.seated[q]) - 1
	r.seated[q][at] = r.seated[q][last]
	r.seated[q] = r.seated[q][:last]
	r.edge[i] = none
}

// solution returns the flow as a solution, when nothing is wrong with it.
func (r *repair) solution() *transport.Solution {
	posts := len(r.Seats)
	highest := int64(0)
	for _, unplaced := range r.Unplaced {
		highest = max(highest, unplaced)
	}
	for q := range posts {
		// Nobody is at a post that is cheaper than what is around it, and nobody
		// asks for one without seats at the highest price.
		r.price[q] = max(r.price[q], r.price[r.around[q]])
		if r.Seats[q] == 0 {
			r.price[q] = max(r.price[q], highest)
		}
	}
	s := &transport.Solution{Edge: r.edge, Posts: r.price[:posts:posts]}
	if r.Groups != nil {
		s.Groups = r.price[posts:r.root()]
	}
	return s
}
