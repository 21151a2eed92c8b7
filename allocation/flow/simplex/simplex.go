package simplex

import "stagora.org/stagora/allocation/flow/transport"

// Solve returns a solution of least cost and prices that prove it, of all those
// there are the one that the rules above lead to. p must be valid and its floors
// within reach. It returns false when stop, which may be nil, said so.
func Solve(p *transport.Problem, stop func() bool) (*transport.Solution, bool) {
	s := newSolver(p)
	s.start()
	n := p.Students()
	improve := func(k int) bool {
		if k < n {
			return s.improve(int32(k))
		}
		return s.settle(k - n)
	}
	if !cycle(n+len(s.arcs), improve, stop) {
		return nil, false
	}
	return s.solution(), true
}

// unreachable is the price of a post that nobody can have.
const unreachable = 1 << 62

type solver struct {
	basis
	p     *transport.Problem
	root  int32
	floor []int32 // of each group: the arc of its floor, or none
}

func newSolver(p *transport.Problem) *solver {
	n, posts, groups := p.Students(), len(p.Seats), len(p.Groups)
	s := &solver{
		basis: basis{
			tree: newTree(posts + groups + 1),
			arcs: make([]arc, posts+groups, posts+2*groups),
			at:   make([]int32, n), other: make([]int32, n),
		},
		p: p, root: int32(posts + groups), floor: make([]int32, groups),
	}
	reward := s.reward()
	for q, seats := range p.Seats {
		s.arcs[q] = arc{from: int32(q), to: s.around(int32(q)), cap: int64(seats)}
	}
	for g, group := range p.Groups {
		v := int32(posts + g)
		s.arcs[v] = arc{from: v, to: s.around(v), cap: int64(group.Max - group.Min)}
		s.floor[g] = none
		if group.Min > 0 {
			s.floor[g] = int32(len(s.arcs))
			s.arcs = append(s.arcs, arc{from: v, to: s.around(v), cap: int64(group.Min), cost: -reward})
		}
	}
	return s
}

// reward returns what each student that a floor asks for is worth: more than any
// change to a solution can cost.
func (s *solver) reward() int64 {
	if len(s.p.Groups) == 0 {
		return 0
	}
	var edge, unplaced int64
	for _, c := range s.p.Cost {
		edge = max(edge, int64(c))
	}
	for _, c := range s.p.Unplaced {
		unplaced = max(unplaced, c)
	}
	return edge*int64(min(s.p.Students(), len(s.p.Seats)+1)) + unplaced + 1
}

func (s *solver) around(v int32) int32 {
	g := int32(transport.None)
	if posts := int32(len(s.p.Seats)); v >= posts {
		g = s.p.Groups[v-posts].Around
	} else if s.p.Within != nil {
		g = s.p.Within[v]
	}
	if g == transport.None {
		return s.root
	}
	return int32(len(s.p.Seats)) + g
}

// place returns the node of an edge.
func (s *solver) place(e int32) int32 {
	if e == transport.None {
		return s.root
	}
	return s.p.Post[e]
}

// start
func (s *solver) start() {
	p := s.p
	for i := range s.at {
		s.at[i] = transport.None
	}
	posts := len(p.Seats)
	for g := range p.Groups {
		v := int32(posts + g)
		k := v
		if s.floor[g] != none {
			k = s.floor[g]
		}
		s.begin(v, k)
	}
	for q := range p.Seats {
		s.begin(int32(q), int32(q))
	}
}

func (s *solver) begin(v, k int32) {
	a := &s.arcs[k]
	if a.cap == 0 || s.price[a.to] == unreachable {
		a.cap, s.arcs[v].cap = 0, 0
		s.price[v] = unreachable
		return
	}
	s.hang(v, a.to, ^k)
	s.node[v].depth = s.node[a.to].depth + 1
	s.price[v] = s.price[a.to] + a.cost
}

func (s *solver) pay(i, e int32) int64 {
	if e == transport.None {
		return s.p.Unplaced[i]
	}
	return int64(s.p.Cost[e]) + s.price[s.p.Post[e]]
}

func (s *solver) improve(i int32) bool {
	p := s.p
	best, least := int32(transport.None), p.Unplaced[i]
	from, to := p.First[i], p.First[i+1]
	cost, post := p.Cost[from:to], p.Post[from:to]
	for k, c := range cost {
		if pays := int64(c) + s.price[post[k]]; pays < least {
			best, least = from+int32(k), pays
		}
	}
	gain := s.pay(i, s.at[i]) - least
	if gain <= 0 {
		return false
	}
	s.enter(i, best, gain)
	return true
}

func (s *solver) enter(i, e int32, gain int64) {
	a, b := s.place(s.at[i]), s.place(e)
	if a != s.root && s.node[a].via == i {
		if s.node[b].depth > s.node[a].depth && s.ancestor(b, s.node[a].depth) == a {
			for v := b; v != a; v = s.node[v].up {
				s.send(v, 1)
			}
			s.at[i] = e
			s.graft(a, b, s.node[a].up, i, gain)
		} else {
			s.other[i] = e
			s.graft(a, a, b, i, -gain)
		}
		return
	}
	if s.pivot(a, b, i, 1, gain) > 0 {
		s.at[i], s.other[i] = e, s.at[i]
	} else {
		s.other[i] = e
	}
}

// close prices what nobody can have: at the least at which nobody would rather
// be there.
func (s *solver) close() {
	lid := make([]int32, s.root) // the outermost closed node around each node, or none
	closed := false
	for k := range lid {
		v := (int32(k) + int32(len(s.p.Seats))) % s.root // groups first, from the outside in
		lid[v] = none
		if s.price[v] != unreachable {
			continue
		}
		closed = true
		if lid[v] = v; s.around(v) != s.root && lid[s.around(v)] != none {
			lid[v] = lid[s.around(v)]
		} else {
			s.price[v] = s.price[s.around(v)]
		}
	}
	if !closed {
		return
	}
	for i := range s.at {
		pays := s.pay(int32(i), s.at[i])
		for e := s.p.First[i]; e < s.p.First[i+1]; e++ {
			if v := lid[s.p.Post[e]]; v != none {
				s.price[v] = max(s.price[v], pays-int64(s.p.Cost[e]))
			}
		}
	}
	for v, top := range lid {
		if top != none {
			s.price[v] = s.price[top]
		}
	}
}

func (s *solver) solution() *transport.Solution {
	s.close()
	posts := len(s.p.Seats)
	sol := &transport.Solution{Edge: s.at, Posts: s.price[:posts:posts]}
	if s.p.Groups != nil {
		sol.Groups = s.price[posts:s.root:s.root]
	}
	return sol
}
