package simplex

import (
	"slices"

	"stagora.org/stagora/allocation/flow/transport"
)

// Solve returns a solution of least cost, and prices that prove it. p must be
// valid and its floors within reach. The result depends on p alone.
//
// It returns false when stop, which may be nil and is asked now and then, said so;
// and when floors within floors make prices that need more than 62 bits.
func Solve(p *transport.Problem, stop func() bool) (*transport.Solution, bool) {
	s := &solver{p: p, root: int32(len(p.Seats) + len(p.Groups))}
	if !s.start() || !s.run(stop) {
		return nil, false
	}
	s.priceClosed()
	posts := len(p.Seats)
	solution := &transport.Solution{Edge: s.at, Posts: s.price[:posts:posts]}
	if p.Groups != nil {
		solution.Groups = s.price[posts:s.root:s.root]
	}
	return solution, true
}

// A solver's nodes are the posts, then the groups, then the root.
type solver struct {
	basis
	p     *transport.Problem
	root  int32
	limit int64 // having no post costs no more than this, for the moment
	rises bool  // nobody need read on beyond a cost that is higher than what they pay
}

// run lets the cost of having no post rise step by step. While it is low, ways to
// the root are short and cheap to change; most of what changes later would have
// changed many times, had it been high from the start. The size of a step, and how
// much may stay unsettled before the next, were found by trial: smaller ones cost
// more on small problems and save more on large ones.
func (s *solver) run(stop func() bool) bool {
	tries := s.p.Students() + len(s.arcs)
	lowest, highest := s.scale()
	for s.limit = lowest; s.limit < highest; {
		s.reprice()
		changes, ok := repeat(tries, s.try, tries/16, stop)
		switch {
		case !ok:
			return false
		case changes > 0:
			s.limit += s.limit/8 + 1
		case s.everybodyIn():
			s.limit = highest
		default:
			s.limit *= 2
		}
	}
	s.reprice()
	_, ok := repeat(tries, s.try, 0, stop)
	return ok
}

// scale returns where the cost of having no post may start, below what most edges
// cost, and the highest there is.
func (s *solver) scale() (lowest, highest int64) {
	var sum int64
	for _, c := range s.p.Cost {
		sum += int64(c)
	}
	if len(s.p.Cost) > 0 {
		lowest = max(int64(slices.Min(s.p.Cost)), sum/int64(64*len(s.p.Cost)))
	}
	for _, c := range s.p.Unplaced {
		highest = max(highest, c)
	}
	return lowest + 1, highest
}

// everybodyIn reports whether nobody is without a post, or first to lose theirs if
// somebody else came.
func (s *solver) everybodyIn() bool {
	for v := s.node[s.root].first; v != none; v = s.node[v].next {
		if s.node[v].via >= 0 {
			return false
		}
	}
	return !slices.Contains(s.at, transport.None)
}

// try lets student k, or the arc that comes after all students, find something better.
func (s *solver) try(k int) bool {
	if n := s.p.Students(); k >= n {
		return s.settle(k - n)
	}
	return s.improve(int32(k))
}

// improve lets student i have the edge at which they pay least, and reports
// whether they have another now.
func (s *solver) improve(i int32) bool {
	pays := s.pays(i, s.at[i])
	best, least := s.at[i], pays
	if without := s.pays(i, transport.None); without < least {
		best, least = transport.None, without
	}
	from, to := s.p.First[i], s.p.First[i+1]
	cost, post := s.p.Cost[from:to], s.p.Post[from:to]
	for k, c := range cost {
		if s.rises && int64(c) >= least {
			break
		}
		if pays := int64(c) + s.price[post[k]]; pays < least {
			best, least = from+int32(k), pays
		}
	}
	if least == pays {
		return false
	}
	s.enter(i, best, pays-least)
	return true
}

// enter brings edge e of student i into the tree; gain is what it saves.
func (s *solver) enter(i, e int32, gain int64) {
	a, z := s.place(s.at[i]), s.place(e)
	switch {
	case a == s.root || s.node[a].via != i:
		if s.pivot(a, z, i, 1, gain) > 0 {
			s.at[i], s.other[i] = e, s.at[i]
		} else {
			s.other[i] = e
		}
	case s.below(z, a):
		// The student ties a, and leaves it for a post below: everybody on the way
		// moves up, into the seat that is left.
		for v := z; v != a; v = s.node[v].up {
			s.send(v, 1)
		}
		s.at[i] = e
		s.graft(a, z, s.node[a].up, i, gain)
	default:
		s.other[i] = e
		s.graft(a, a, z, i, -gain)
	}
}

// pays returns what edge e costs student i, with the price of its post.
func (s *solver) pays(i, e int32) int64 {
	if e == transport.None {
		return min(s.p.Unplaced[i], s.limit)
	}
	return int64(s.p.Cost[e]) + s.price[s.p.Post[e]]
}

// place returns the node of an edge.
func (s *solver) place(e int32) int32 {
	if e == transport.None {
		return s.root
	}
	return s.p.Post[e]
}

// reprice computes the prices again, from the root down.
func (s *solver) reprice() {
	for v := s.after(s.root, s.root); v != none; v = s.after(v, s.root) {
		n := &s.node[v]
		switch {
		case n.via >= 0:
			s.price[v] = s.pays(n.via, s.other[n.via]) - int64(s.p.Cost[s.at[n.via]])
		case s.arcs[^n.via].from == v:
			s.price[v] = s.price[n.up] + s.arcs[^n.via].cost
		default:
			s.price[v] = s.price[n.up] - s.arcs[^n.via].cost
		}
	}
}
