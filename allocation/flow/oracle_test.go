package flow

import (
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/transport"
)

// plain solves a problem as a textbook does: it sends round negative cycles,
// found by Bellman and Ford's algorithm in a list of arcs, until there is none. The seed
// shuffles the arcs and raises the prices at random as far as they may go, so
// that different seeds give different optima and different prices.
func plain(seed uint64) solver {
	return func(p *transport.Problem, stop func() bool) (*transport.Solution, bool) {
		if stop() {
			return nil, false
		}
		chance := rand.New(rand.NewPCG(seed, 0))
		c := newCirculation(p)
		shuffled := make([]*arc, len(c.arcs))
		for k, at := range chance.Perm(len(c.arcs)) {
			shuffled[k] = &c.arcs[at]
		}
		for c.cancel(shuffled) {
		}
		return c.solution(p, chance), true
	}
}

func never() bool { return false }

const floorReward = 1 << 40

type arc struct {
	from, to             int
	cost, flow, capacity int64
}

// A circulation has the students as nodes, then posts, groups and the root,
// from which every student is sent on.
type circulation struct {
	nodes, students int
	arcs            []arc // first those of the edges, then of having no post, then the tree
}

func newCirculation(p *transport.Problem) *circulation {
	n, posts := p.Students(), len(p.Seats)
	root := n + posts + len(p.Groups)
	node := func(g int32) int {
		if g == none {
			return root
		}
		return n + posts + int(g)
	}
	c := &circulation{nodes: root + 1, students: n}
	add := func(from, to int, cost, flow, capacity int64) {
		c.arcs = append(c.arcs, arc{from, to, cost, flow, capacity})
	}
	for i := range n {
		for e := p.First[i]; e < p.First[i+1]; e++ {
			add(i, n+int(p.Post[e]), int64(p.Cost[e]), 0, 1)
		}
	}
	for i := range n {
		add(i, root, p.Unplaced[i], 1, 1)
	}
	for q, seats := range p.Seats {
		within := int32(none)
		if p.Within != nil {
			within = p.Within[q]
		}
		add(n+q, node(within), 0, 0, int64(seats))
	}
	for g, group := range p.Groups {
		add(node(int32(g)), node(group.Around), -floorReward, 0, int64(group.Min))
		add(node(int32(g)), node(group.Around), 0, 0, int64(group.Max-group.Min))
	}
	return c
}

// cancel sends one more round a negative cycle, if there is one.
func (c *circulation) cancel(arcs []*arc) bool {
	dist, by := make([]int64, c.nodes), make([]*arc, c.nodes)
	last := -1
	for range c.nodes {
		last = -1
		for _, a := range arcs {
			if a.flow < a.capacity && dist[a.from]+a.cost < dist[a.to] {
				dist[a.to], by[a.to], last = dist[a.from]+a.cost, a, a.to
			}
			if a.flow > 0 && dist[a.to]-a.cost < dist[a.from] {
				dist[a.from], by[a.from], last = dist[a.to]-a.cost, a, a.from
			}
		}
		if last == -1 {
			return false
		}
	}
	other := func(v int) int { return by[v].from + by[v].to - v }
	for range c.nodes {
		last = other(last)
	}
	for v := last; ; {
		next := other(v)
		if by[v].to == v {
			by[v].flow++
		} else {
			by[v].flow--
		}
		if v = next; v == last {
			return true
		}
	}
}

// solution reads the edges off an optimal circulation and draws prices for it.
func (c *circulation) solution(p *transport.Problem, chance *rand.Rand) *transport.Solution {
	s := &transport.Solution{Edge: make([]int32, p.Students())}
	e := 0
	for i := range s.Edge {
		s.Edge[i] = none
		for range p.First[i+1] - p.First[i] {
			if c.arcs[e].flow > 0 {
				s.Edge[i] = int32(e)
			}
			e++
		}
	}
	// A price is at least the root's: so it is for empty posts too.
	free := slices.Clone(c.arcs)
	for _, a := range c.arcs[len(p.Post)+p.Students():][:len(p.Seats)] {
		free = append(free, arc{a.to, a.from, 0, 0, 1})
	}
	dist := make([]int64, c.nodes)
	for v := range dist {
		dist[v] = chance.Int64N(20)
	}
	for changed := true; changed; {
		changed = false
		for _, a := range free {
			if a.flow < a.capacity && dist[a.from]+a.cost < dist[a.to] {
				dist[a.to], changed = dist[a.from]+a.cost, true
			}
			if a.flow > 0 && dist[a.to]-a.cost < dist[a.from] {
				dist[a.from], changed = dist[a.to]-a.cost, true
			}
		}
	}
	root := dist[c.nodes-1]
	for v := c.students; v < c.nodes-1; v++ {
		if price := root - dist[v]; v < c.students+len(p.Seats) {
			s.Posts = append(s.Posts, price)
		} else {
			s.Groups = append(s.Groups, price)
		}
	}
	return s
}

// anyProblem draws a problem with at most so many students, posts and groups,
// and costs up to highest.
func anyProblem(t *rapid.T, students, posts, groups int, highest int32) *transport.Problem {
	p := &transport.Problem{First: []int32{0}}
	size := posts - rapid.IntRange(0, posts).Draw(t, "posts too few") // rapid likes small numbers, we large problems
	for range size {
		p.Seats = append(p.Seats, rapid.SampledFrom([]int32{1, 1, 2, 3, 0}).Draw(t, "seats"))
	}
	if groups > 0 && rapid.Bool().Draw(t, "grouped") {
		p.Within = make([]int32, size)
		for g := range rapid.IntRange(1, groups).Draw(t, "groups") {
			low := rapid.SampledFrom([]int32{0, 0, 1, 2, 3}).Draw(t, "floor")
			p.Groups = append(p.Groups, transport.Group{
				Around: rapid.Int32Range(none, int32(g)-1).Draw(t, "around"),
				Min:    low, Max: low + rapid.Int32Range(0, 4).Draw(t, "margin"),
			})
		}
		for q := range p.Within {
			p.Within[q] = rapid.Int32Range(none, int32(len(p.Groups))-1).Draw(t, "within")
		}
	}
	every := make([]int32, size)
	for q := range every {
		every[q] = int32(q)
	}
	for range students - rapid.IntRange(0, students).Draw(t, "students too few") {
		list := rapid.Permutation(every).Draw(t, "wishes")
		for _, q := range list[rapid.IntRange(0, size).Draw(t, "posts left out"):] {
			p.Post = append(p.Post, q)
			p.Cost = append(p.Cost, rapid.Int32Range(0, highest).Draw(t, "cost"))
		}
		p.First = append(p.First, int32(len(p.Post)))
		p.Unplaced = append(p.Unplaced, rapid.Int64Range(0, int64(highest)+2).Draw(t, "unplaced"))
	}
	return p
}

// exhaustive returns the total of the best solutions, the canonical one, and
// whether there is any at all, by trying them all in the order of preference.
func exhaustive(p *transport.Problem) (least int64, canonical []int32, feasible bool) {
	edge := make([]int32, p.Students())
	var try func(i int)
	try = func(i int) {
		if i == len(edge) {
			s := &transport.Solution{Edge: edge}
			if total := p.Total(s); keeps(p, edge) && (!feasible || total < least) {
				least, canonical, feasible = total, slices.Clone(edge), true
			}
			return
		}
		for e := p.First[i]; e < p.First[i+1]; e++ {
			edge[i] = e
			try(i + 1)
		}
		edge[i] = none
		try(i + 1)
	}
	try(0)
	return least, canonical, feasible
}

// keeps reports whether seats, floors and ceilings are kept to.
func keeps(p *transport.Problem, edge []int32) bool {
	posts, groups := make([]int32, len(p.Seats)), make([]int32, len(p.Groups))
	for _, e := range edge {
		if e == none {
			continue
		}
		q := p.Post[e]
		if posts[q]++; posts[q] > p.Seats[q] {
			return false
		}
		if p.Within != nil {
			for g := p.Within[q]; g != none; g = p.Groups[g].Around {
				groups[g]++
			}
		}
	}
	for g, n := range groups {
		if n < p.Groups[g].Min || n > p.Groups[g].Max {
			return false
		}
	}
	return true
}
