package simplex

import (
	"fmt"

	"stagora.org/stagora/allocation/flow/transport"
)

// Walk solves p as Solve does, at fewer steps, and returns an error if after some
// move the tree is not what it promises to be.
func Walk(p *transport.Problem) error {
	s := &solver{p: p, root: int32(len(p.Seats) + len(p.Groups))}
	if !s.start() {
		return fmt.Errorf("refused")
	}
	lowest, highest := s.scale()
	for s.limit = lowest; s.limit < 2*highest; s.limit *= 2 {
		s.reprice()
		for changes := 1; changes > 0; {
			changes = 0
			for k := range p.Students() + len(s.arcs) {
				if !s.try(k) {
					continue
				}
				changes++
				if err := s.sound(); err != nil {
					return fmt.Errorf("after the move of %d at the limit %d: %w", k, s.limit, err)
				}
			}
		}
	}
	return nil
}

// sound returns nil if the tree spans all open nodes, each arc of it has room
// towards the root, and prices are what its arcs say.
func (s *solver) sound() error {
	seen := 0
	for v := s.root; v != none; v = s.after(v, s.root) {
		if seen++; v == s.root {
			continue
		}
		n := s.node[v]
		var price int64
		var from, to int32
		if n.via >= 0 {
			price = s.pays(n.via, s.other[n.via]) - int64(s.p.Cost[s.at[n.via]])
			from, to = s.place(s.at[n.via]), s.place(s.other[n.via])
		} else {
			a := s.arcs[^n.via]
			from, to, price = a.from, a.to, s.price[n.up]+a.cost
			if a.from != v {
				from, to, price = a.to, a.from, s.price[n.up]-a.cost
			}
		}
		switch {
		case from != v || to != n.up:
			return fmt.Errorf("node %d hangs from %d by an arc from %d to %d", v, n.up, from, to)
		case s.price[v] != price:
			return fmt.Errorf("node %d has the price %d, its arc says %d", v, s.price[v], price)
		case n.depth != s.node[n.up].depth+1:
			return fmt.Errorf("node %d has depth %d, below %d", v, n.depth, s.node[n.up].depth)
		case s.roomTo(v) <= 0:
			return fmt.Errorf("nothing more can be sent from node %d towards the root", v)
		}
	}
	for v, price := range s.price {
		if price == unreachable {
			seen++
		}
		if s.node[v].up == none && price != unreachable && int32(v) != s.root {
			return fmt.Errorf("node %d hangs nowhere", v)
		}
	}
	if seen != len(s.node) {
		return fmt.Errorf("the tree reaches %d of %d nodes", seen, len(s.node))
	}
	return nil
}
