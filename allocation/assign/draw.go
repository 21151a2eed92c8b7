package assign

import "stagora.org/stagora/allocation/flow/transport"

// A rounding draws one placement out of shares, so that each student gets each
// post with the probability of the share (Gandhi, Khuller, Parthasarathy and
// Srinivasan, "Dependent rounding and its applications to approximation
// algorithms", 2006). Its graph, docs/algorithms/traded-lottery.md, has the
// students and a node for free seats on one side, the posts and a node for
// having none on the other; all values at a node add up to a multiple of whole.
type rounding struct {
	whole  int64
	ends   [][2]int32 // of each edge: the nodes, a student or the free seats first
	value  []int64    // of each edge, modulo whole; open if not 0
	first  []int32    // the edges of node v are edge[first[v]:first[v+1]], ascending
	edge   []int32
	opened []int32 // of each node: where its first open edge may stand, as those before are not open
	step   []int32 // of each node: its place in the walk, from 1; 0 if it was not met
}

// draw returns the edge that each student draws, or transport.None.
func (t *trade) draw(share []int64, numbers *stream) []int32 {
	r := t.rounding(share)
	edge := make([]int32, len(t.who))
	raised := make([]bool, len(r.ends)) // edges that ended at the whole
	for a := range edge {
		for r.open(int32(a)) != none {
			r.round(int32(a), numbers, raised)
		}
	}
	listed := int32(0) // edges of the rounding: a student's list, then having no post
	for a := range edge {
		edge[a] = transport.None
		for e := t.First[a]; e < t.First[a+1]; e++ {
			if raised[listed] || share[e] == t.draws {
				edge[a] = e
			}
			listed++
		}
		listed++
	}
	return edge
}

// rounding builds the graph.
func (t *trade) rounding(share []int64) *rounding {
	students, posts := int32(len(t.who)), int32(len(t.post))
	free, without := students+posts, students+posts+1
	r := &rounding{whole: t.draws}
	add := func(left, right int32, value int64) {
		r.ends = append(r.ends, [2]int32{left, right})
		r.value = append(r.value, value%r.whole)
	}
	seated, lacking := make([]int64, posts), int64(0)
	for a := range students {
		rest := r.whole
		for e := t.First[a]; e < t.First[a+1]; e++ {
			add(a, students+t.Post[e], share[e])
			seated[t.Post[e]] += share[e]
			rest -= share[e]
		}
		add(a, without, rest)
		lacking += rest
	}
	for q, seats := range t.Seats {
		add(free, students+int32(q), int64(seats)*r.whole-seated[q])
	}
	add(free, without, r.whole-lacking%r.whole)
	r.link(int(without) + 1)
	return r
}

// link lists the edges of each node.
func (r *rounding) link(nodes int) {
	r.first, r.step = make([]int32, nodes+1), make([]int32, nodes)
	for _, ends := range r.ends {
		r.first[ends[0]+1]++
		r.first[ends[1]+1]++
	}
	for v := range nodes {
		r.first[v+1] += r.first[v]
	}
	r.edge = make([]int32, 2*len(r.ends))
	at := append([]int32(nil), r.first...)
	for e, ends := range r.ends {
		for _, v := range ends {
			r.edge[at[v]] = int32(e)
			at[v]++
		}
	}
	r.opened = append([]int32(nil), r.first[:nodes]...)
}

// open returns the first open edge of a node, or none.
func (r *rounding) open(v int32) int32 { return r.openBut(v, none) }

// openBut returns the first open edge of a node that is not the one given.
func (r *rounding) openBut(v, used int32) int32 {
	end := r.first[v+1]
	for r.opened[v] < end && r.value[r.edge[r.opened[v]]] == 0 {
		r.opened[v]++
	}
	for _, e := range r.edge[r.opened[v]:end] {
		if e != used && r.value[e] != 0 {
			return e
		}
	}
	return none
}

// round walks from a student who has an open edge until it meets a node again,
// and moves the values around that cycle. No node has exactly one open edge, so
// that the walk can always go on.
func (r *rounding) round(student int32, numbers *stream, raised []bool) {
	var walk, met []int32
	e := int32(none)
	for v := student; r.step[v] == 0; {
		met = append(met, v)
		r.step[v] = int32(len(met))
		e = r.openBut(v, e)
		walk = append(walk, e)
		v = r.ends[e][0] + r.ends[e][1] - v
		if at := r.step[v]; at > 0 {
			r.turn(walk[at-1:], numbers, raised)
		}
	}
	for _, v := range met {
		r.step[v] = 0
	}
}

// turn moves the values around a cycle, up or down at the first edge and the
// other way at every other one, as the next number decides. On average no value
// changes, and at least one edge is no longer open.
func (r *rounding) turn(cycle []int32, numbers *stream, raised []bool) {
	up, down := r.whole, r.whole
	for n, e := range cycle {
		rise, fall := r.whole-r.value[e], r.value[e]
		if n%2 == 1 {
			rise, fall = fall, rise
		}
		up, down = min(up, rise), min(down, fall)
	}
	by := up
	if numbers.below(up+down) >= down {
		by = -down
	}
	for n, e := range cycle {
		if n%2 == 0 {
			r.value[e] += by
		} else {
			r.value[e] -= by
		}
		if r.value[e] == r.whole {
			r.value[e], raised[e] = 0, true
		}
	}
}
