package simplex

// none stands for no node, and matches transport.None.
const none = -1

// A tree spans the nodes of a network. Every node but the root hangs from
// another by an arc along which something more can still be sent: the tree is
// strongly feasible (Cunningham 1976), which is what keeps the simplex method
// from turning in circles.
type tree struct {
	node  []node
	price []int64 // what it costs to send one unit more from each node to the root
}

type node struct {
	up, depth         int32 // the node this one hangs from; none at the root
	via               int32 // the arc to it, in the words of the caller
	first, next, prev int32 // the children of a node, linked both ways; none at each end
}

// newTree returns a tree of n nodes that do not hang together yet.
func newTree(n int) tree {
	t := tree{node: make([]node, n), price: make([]int64, n)}
	for v := range t.node {
		t.node[v] = node{up: none, via: none, first: none, next: none, prev: none}
	}
	return t
}

// hang makes v, which hangs nowhere, the first child of node from.
func (t *tree) hang(v, from, via int32) {
	n := &t.node[v]
	n.up, n.via = from, via
	n.prev, n.next = none, t.node[from].first
	if n.next != none {
		t.node[n.next].prev = v
	}
	t.node[from].first = v
}

// take takes v, with what hangs from it, off the tree.
func (t *tree) take(v int32) {
	n := &t.node[v]
	if n.prev != none {
		t.node[n.prev].next = n.next
	} else {
		t.node[n.up].first = n.next
	}
	if n.next != none {
		t.node[n.next].prev = n.prev
	}
}

// graft cuts the arc above node cut, and hangs what hung from it on node from
// instead, by top, a node below cut or cut itself. Prices there change by shift.
func (t *tree) graft(cut, top, from, via int32, shift int64) {
	for v := top; ; {
		up, above := t.node[v].up, t.node[v].via
		t.take(v)
		t.hang(v, from, via)
		if v == cut {
			break
		}
		from, via, v = v, above, up
	}
	for v := top; v != none; v = t.after(v, top) {
		t.node[v].depth = t.node[t.node[v].up].depth + 1
		t.price[v] += shift
	}
}

// after returns the node that follows v when each node below top is visited after
// the one it hangs from; none after the last.
func (t *tree) after(v, top int32) int32 {
	if first := t.node[v].first; first != none {
		return first
	}
	for v != top {
		if next := t.node[v].next; next != none {
			return next
		}
		v = t.node[v].up
	}
	return none
}

// ancestor returns the node of that depth on the way from v to the root. The
// depth is at most that of v.
func (t *tree) ancestor(v, depth int32) int32 {
	for t.node[v].depth > depth {
		v = t.node[v].up
	}
	return v
}

// below reports whether v is top, or hangs somewhere below it.
func (t *tree) below(v, top int32) bool {
	return t.node[v].depth >= t.node[top].depth && t.ancestor(v, t.node[top].depth) == top
}

// join returns the node where the ways from a and b to the root meet.
func (t *tree) join(a, b int32) int32 {
	a = t.ancestor(a, min(t.node[a].depth, t.node[b].depth))
	b = t.ancestor(b, t.node[a].depth)
	for a != b {
		a, b = t.node[a].up, t.node[b].up
	}
	return a
}
