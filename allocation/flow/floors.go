package flow

import (
	"fmt"
	"slices"

	"stagora.org/stagora/allocation/flow/transport"
)

// An Obstacle says why floors cannot be met: the floors of its Groups add up to
// more students than its Students, the seats of its Posts and the ceilings of its
// Ceilings together. There are two kinds.
//
// Most often the groups lack students: Posts and Ceilings are then within the
// groups, and Students are all who have an edge to another post of the groups.
// Or a ceiling around the groups is too low for all their floors; there are then
// no Students.
//
// None of these floors can be left out of the reason: without it the others can
// be met. All are indices in the problem, ascending.
type Obstacle struct {
	Groups   []int32 // groups whose floors are in question
	Students []int32
	Posts    []int32
	Ceilings []int32 // groups whose ceilings hold students off
}

func (o *Obstacle) Error() string {
	return fmt.Sprintf("the floors of groups %v cannot be met: only students %v may go there, posts %v have too few seats, groups %v too low a ceiling",
		o.Groups, o.Students, o.Posts, o.Ceilings)
}

// meetFloors returns why the floors of a problem cannot be met, nil if they
// can, and false if stop ended it.
//
// The floors are met one after the other, the last group first, so those within
// before those around: each by a maximum flow, which keeps those already met. The
// first that fails gives a minimum cut (Ford and Fulkerson 1956; Hoffman 1960 for
// lower bounds): of all minimum cuts, the one that holds least on the side of the
// group. Then every floor is left out that the reason does not need, the first
// group first. So which reason is given depends on the problem alone.
func meetFloors(p *transport.Problem, stop func() bool) (*Obstacle, bool) {
	var floors []int32
	for g, group := range p.Groups {
		if group.Min > 0 {
			floors = append(floors, int32(g))
		}
	}
	found, ok := obstacle(p, floors, stop)
	for k := 0; ok && found != nil && k < len(found.Groups); {
		var fewer *Obstacle
		fewer, ok = obstacle(p, slices.Delete(slices.Clone(found.Groups), k, k+1), stop)
		if fewer != nil {
			found = fewer
		} else {
			k++
		}
	}
	return found, ok
}

// obstacle does so for some of the floors, ascending, without leaving any out.
func obstacle(p *transport.Problem, floors []int32, stop func() bool) (*Obstacle, bool) {
	if len(floors) == 0 {
		return nil, true
	}
	n := everything(p)
	n.stop = stop
	for _, g := range slices.Backward(floors) {
		v := int32(len(p.Seats)) + g
		for n.least[v] = p.Groups[g].Min; n.used[v] < n.least[v]; n.used[v]++ {
			if n.find(n.around[v], v) {
				n.apply()
			} else if n.stopped {
				return nil, false
			} else {
				return n.explain(p, v), true
			}
		}
	}
	return nil, true
}

// everything returns the network in which every edge may be used and no floor
// holds yet. To begin with, each student has the first post that is not full.
func everything(p *transport.Problem) *network {
	n := newNetwork(p)
	clear(n.least)
	n.first = append(n.first, 0)
	for i := range p.Unplaced {
		posts := p.Post[p.First[i]:p.First[i+1]]
		at := n.root
		if k := slices.IndexFunc(posts, n.open); k >= 0 {
			at = posts[k]
		}
		for v := at; v != n.root; v = n.around[v] {
			n.used[v]++
		}
		n.option = append(append(n.option, posts...), n.root)
		n.offer(int32(i), at)
	}
	n.link()
	return n
}

// open reports whether one more student may pass from v to the root.
func (n *network) open(v int32) bool {
	for ; v != n.root; v = n.around[v] {
		if !n.free(v) {
			return false
		}
	}
	return true
}

// explain returns the cut that keeps students from a group: the nodes from which
// there is still a walk to it, against all others.
func (n *network) explain(p *transport.Problem, group int32) *Obstacle {
	near := make([]bool, n.root+1)
	for _, v := range n.behind(group) {
		near[v] = true
	}
	o, posts := &Obstacle{}, int32(len(p.Seats))
	for v, around := range n.around {
		v := int32(v)
		switch {
		case near[v] && !near[around] && n.least[v] > 0:
			o.Groups = append(o.Groups, v-posts)
		case !near[v] && near[around] && v < posts:
			o.Posts = append(o.Posts, v)
		case !near[v] && near[around]:
			o.Ceilings = append(o.Ceilings, v-posts)
		}
	}
	if near[n.root] {
		return o // everybody is on this side already: the seats and ceilings alone hold them off
	}
	for i := range p.Unplaced {
		if slices.ContainsFunc(p.Post[p.First[i]:p.First[i+1]], func(q int32) bool { return near[q] }) {
			o.Students = append(o.Students, int32(i))
		}
	}
	return o
}
