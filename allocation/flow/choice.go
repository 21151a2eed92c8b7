package flow

import (
	"slices"

	"stagora.org/stagora/allocation/flow/transport"
)

// choose turns an optimal solution into the canonical one: of all optima, the
// first in which the first student is best off, then the second, and so on. It
// reports false if stop ended it.
//
// By complementary slackness, whatever prices prove one optimum prove all: the
// optima are the solutions that use only edges of least price, fill the posts and
// bind the groups that have a price. They differ by closed walks in the network of
// these possibilities. So each student in turn takes the best option from which a
// walk leads back to where they are, and moves no more. A search that fails splits
// the network for good, and costs no more than the smaller part: all failures
// together take O(m log m) for m edges of least price, and each student succeeds
// at most once, in O(m), most often by a walk of a few steps.
func choose(p *transport.Problem, s *transport.Solution, stop func() bool) bool {
	n := tight(p, s)
	n.stop = stop
	for a := range n.who {
		a := int32(a)
		at := n.at[a]
		for _, better := range n.options(a) {
			if better == at {
				break
			}
			if n.part[better] != n.part[at] {
				continue
			}
			if n.find(better, at) {
				n.apply()
				n.take(at, better, a)
				break
			}
			if n.stopped {
				return false
			}
			n.cut()
		}
		n.settle(p, s, a)
	}
	return true
}

// tight returns the network of a solution's equals: of options, tree nodes and
// students, what the prices do not settle.
func tight(p *transport.Problem, s *transport.Solution) *network {
	n := newNetwork(p)
	n.pass(p, s)
	price := pricesByNode(s)
	for v, w := range n.around {
		if price[v] != price[w] {
			n.least[v], n.most[v] = n.used[v], n.used[v]
		}
	}
	n.first = append(n.first, 0)
	for i, e := range s.Edge {
		pays, at := p.Unplaced[i], n.root
		if e != none {
			pays, at = int64(p.Cost[e])+s.Posts[p.Post[e]], p.Post[e]
		}
		for f := p.First[i]; f < p.First[i+1]; f++ {
			if q := p.Post[f]; int64(p.Cost[f])+s.Posts[q] == pays {
				n.option = append(n.option, q)
			}
		}
		if p.Unplaced[i] == pays {
			n.option = append(n.option, n.root)
		}
		if before := n.first[len(n.who)]; len(n.option)-int(before) > 1 {
			n.offer(int32(i), at)
		} else {
			n.option = n.option[:before]
		}
	}
	n.link()
	return n
}

// settle writes down where a student is, who then moves no more.
func (n *network) settle(p *transport.Problem, s *transport.Solution, a int32) {
	i, at := n.who[a], n.at[a]
	s.Edge[i] = none
	if at != n.root {
		s.Edge[i] = p.First[i] + int32(slices.Index(p.Post[p.First[i]:p.First[i+1]], at))
	}
	n.leave(a)
}
