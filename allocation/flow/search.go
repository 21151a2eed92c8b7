package flow

// A search looks for a walk between two nodes of a network from both ends at
// once, always on the side that has cost less so far. So a search that fails
// costs little more than the smaller of the two sides, which it then knows to
// be closed.
type search struct {
	mark []int32 // of each node: the search and side that reached it last
	from []int32 // of each node reached: the one it was reached from
	via  []int32 // and how: the student who moves, or up or down the tree
	now  int32   // the mark of the forward side of this search; the other side has one more

	forward, backward side
	joins, meets      int32 // the arc that joins the sides: its nodes on the forward and on the backward one,
	joint             int32 // and its via

	steps   int
	stop    func() bool
	stopped bool
}

// How a walk passes between a node and the one around it.
const (
	up   = -1 // the node passes one student more on
	down = -2 // one less
)

// A side of a search is a breadth-first search with a cursor, so that it can be
// left in the midst of a node with many neighbours.
type side struct {
	mark  int32
	queue []int32 // the nodes reached
	next  int     // the place in the queue of the node looked at
	fresh bool    // nothing of that node has been looked at
	item  int32   // the next student to look at there
	child int32   // the next node within
	work  int
}

func (s *side) start(mark, v int32) {
	*s = side{mark: mark, queue: append(s.queue[:0], v), fresh: true}
}

func (s *side) closed() bool { return s.next == len(s.queue) }

// find looks for a walk and reports whether there is one; apply then takes it.
// If there is none, the nodes of one side are in reached. If there is no answer
// because of stop, it sets stopped.
func (n *network) find(from, to int32) bool {
	n.now += 2
	n.forward.start(n.now, from)
	n.backward.start(n.now+1, to)
	n.mark[from], n.mark[to] = n.forward.mark, n.backward.mark
	for {
		n.steps++
		if n.steps%4096 == 0 && n.stop() {
			n.stopped = true
			return false
		}
		switch {
		case n.forward.closed() || n.backward.closed():
			return false
		case n.forward.work <= n.backward.work:
			if n.stepForward(&n.forward) {
				return true
			}
		default:
			if n.stepBackward(&n.backward) {
				return true
			}
		}
	}
}

// reached returns the side that closed a failed search.
func (n *network) reached() []int32 {
	if n.forward.closed() {
		return n.forward.queue
	}
	return n.backward.queue
}

// behind returns the nodes from which there is a walk to a node.
func (n *network) behind(to int32) []int32 {
	n.now += 2
	n.backward.start(n.now+1, to)
	n.mark[to] = n.backward.mark
	for !n.backward.closed() {
		n.stepBackward(&n.backward)
	}
	return n.backward.queue
}

// stepForward looks at a few arcs that leave the node a side has come to, and
// reports whether one meets the other side.
func (n *network) stepForward(s *side) bool {
	v := s.queue[s.next]
	s.work++
	switch {
	case s.fresh:
		s.fresh, s.item, s.child = false, n.here[v], n.firstChild[v]
		return v != n.root && n.free(v) && n.reach(s, v, n.around[v], up)
	case s.item != none:
		a := s.item
		s.item = n.following[a]
		options := n.options(a)
		s.work += len(options)
		for _, w := range options {
			if n.reach(s, v, w, a) {
				return true
			}
		}
	case s.child < n.firstChild[v+1]:
		c := n.child[s.child]
		s.child++
		return n.spare(c) && n.reach(s, v, c, down)
	default:
		s.next++
		s.fresh = true
	}
	return false
}

// stepBackward does the same against the arcs, with those that come to the node.
func (n *network) stepBackward(s *side) bool {
	v := s.queue[s.next]
	s.work++
	switch {
	case s.fresh:
		s.fresh, s.item, s.child = false, n.firstAsker[v], n.firstChild[v]
		return v != n.root && n.spare(v) && n.reach(s, v, n.around[v], down)
	case s.item < n.endAsker[v]:
		a := n.asker[s.item]
		if n.at[a] == none {
			n.endAsker[v]--
			n.asker[s.item] = n.asker[n.endAsker[v]]
			return false
		}
		s.item++
		return n.reach(s, v, n.at[a], a)
	case s.child < n.firstChild[v+1]:
		c := n.child[s.child]
		s.child++
		return n.free(c) && n.reach(s, v, c, up)
	default:
		s.next++
		s.fresh = true
	}
	return false
}

// reach marks node w as reached from v, unless it is of another part. It reports
// whether the other side had reached it.
func (n *network) reach(s *side, v, w, via int32) bool {
	switch {
	case n.mark[w] == s.mark || n.part[w] != n.part[v]:
		return false
	case n.mark[w] == s.mark^1:
		n.joint, n.joins, n.meets = via, v, w
		if s == &n.backward {
			n.joins, n.meets = w, v
		}
		return true
	}
	n.mark[w], n.from[w], n.via[w] = s.mark, v, via
	s.queue = append(s.queue, w)
	return false
}

// apply takes the walk that was found.
func (n *network) apply() {
	n.take(n.joins, n.meets, n.joint)
	for v := n.joins; v != n.forward.queue[0]; v = n.from[v] {
		n.take(n.from[v], v, n.via[v])
	}
	for v := n.meets; v != n.backward.queue[0]; v = n.from[v] {
		n.take(v, n.from[v], n.via[v])
	}
}

// take goes along one arc.
func (n *network) take(from, to, via int32) {
	switch via {
	case up:
		n.used[from]++
	case down:
		n.used[to]--
	default:
		n.leave(via)
		n.enter(via, to)
	}
}

// cut makes the side that closed a failed search a part of its own.
func (n *network) cut() {
	n.parts++
	for _, v := range n.reached() {
		n.part[v] = n.parts
	}
}
