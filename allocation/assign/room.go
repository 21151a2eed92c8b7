package assign

import (
	"slices"

	"stagora.org/stagora/allocation/flow/transport"
	"stagora.org/stagora/allocation/format"
)

// A room looks for who could make room for a wish that format.Ordered passed
// over: docs/algorithms/ordered.md gives the rules. Its nodes are the posts and
// the groups of the problem, the whole, and being without a post.
type room struct {
	*program
	at      []int32   // of each student: the node where the result has them
	there   [][]int32 // of each post, and of being without one: the students there, in the order served
	people  []int32   // of each post and group
	whole   int32
	without int32

	mark   []bool // of each node
	moved  []bool // of each student
	queue  []int32
	person []int32 // of each student of the market: the number in the problem
}

func newRoom(p *program, s *transport.Solution) *room {
	nodes := len(p.post) + len(p.Groups)
	r := &room{
		program: p,
		at:      make([]int32, len(p.who)),
		there:   make([][]int32, nodes+2),
		people:  make([]int32, nodes),
		whole:   int32(nodes),
		without: int32(nodes + 1),
		mark:    make([]bool, nodes+2),
		moved:   make([]bool, len(p.who)),
		person:  make([]int32, len(p.market.students)),
	}
	for a, i := range p.who {
		r.person[i] = int32(a)
		r.at[a] = r.without
		if e := s.Edge[a]; e != transport.None {
			r.at[a] = p.Post[e]
			for v := p.Post[e]; v != r.whole; v = r.outside(v) {
				r.people[v]++
			}
		}
		r.there[r.at[a]] = append(r.there[r.at[a]], int32(a))
	}
	return r
}

// outside returns what is directly around a post or group.
func (r *room) outside(v int32) int32 {
	posts := int32(len(r.post))
	g := int32(transport.None)
	if v >= posts {
		g = r.Groups[v-posts].Around
	} else if r.Within != nil {
		g = r.Within[v]
	}
	if g == transport.None {
		return r.whole
	}
	return posts + g
}

// reason says why student i of the market did not get wish k, counted from 0,
// of a post that is open and not barred.
func (r *room) reason(in *format.Instance, s *service, i, k int, why *format.Reason) {
	a, wish := r.person[i], r.market.students[i].wishes[k].post
	q := r.number[wish]
	if q == transport.None || r.earlier(q, a) == int(r.Seats[q]) {
		why.Outcome, why.LastOrder = format.Full, s.last[wish]
		return
	}
	r.search(q, a)
	why.Outcome = format.Completion
	if r.mark[r.whole] {
		for v := r.outside(r.at[a]); v != r.whole; v = r.outside(v) {
			if !r.mark[v] {
				why.Group = r.groupID(v)
			}
		}
		return
	}
	for b, moved := range r.moved {
		if moved && r.at[b] != r.without {
			why.Students = append(why.Students, in.Students[r.who[b]].ID)
		}
	}
	if r.people[q] < r.Seats[q] {
		v := r.outside(q)
		for r.people[v] < r.most(v) {
			v = r.outside(v)
		}
		why.Group = r.groupID(v)
	}
}

// earlier returns how many students before a are at a node.
func (r *room) earlier(v, a int32) int {
	n, _ := slices.BinarySearch(r.there[v], a)
	return n
}

func (r *room) groupID(v int32) string { return r.market.groups[int(v)-len(r.post)].id }

// most returns how many a post or group can hold.
func (r *room) most(v int32) int32 {
	if posts := int32(len(r.post)); v >= posts {
		return r.Groups[v-posts].Max
	}
	return r.Seats[v]
}

// search marks whatever could make room at post q if those who come after
// student a moved.
func (r *room) search(q, a int32) {
	clear(r.mark)
	clear(r.moved)
	r.queue = r.queue[:0]
	r.reach(q)
	for n := 0; n < len(r.queue); n++ {
		v := r.queue[n]
		for _, b := range r.there[v][r.earlier(v, a+1):] {
			r.moved[b] = true
			for e := r.First[b]; e < r.First[b+1]; e++ {
				r.reach(r.Post[e])
			}
			r.reach(r.without)
		}
		if v < r.whole && r.people[v] < r.most(v) {
			r.reach(r.outside(v))
		}
		if v != r.without && int(v) >= len(r.post) {
			r.within(v)
		}
	}
}

// within marks what can give a place up in a group, or in the whole.
func (r *room) within(group int32) {
	for v := range r.whole {
		least := int32(0)
		if posts := int32(len(r.post)); v >= posts {
			least = r.Groups[v-posts].Min
		}
		if !r.mark[v] && r.people[v] > least && r.outside(v) == group {
			r.reach(v)
		}
	}
}

func (r *room) reach(v int32) {
	if !r.mark[v] {
		r.mark[v] = true
		r.queue = append(r.queue, v)
	}
}
