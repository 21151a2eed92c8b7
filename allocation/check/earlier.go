package check

import "slices"

// earlier sees that among the placements that cost the same, this one is the
// first in the order of the students: that no round of students, each taking what
// the next one leaves, gives somebody something better without giving somebody
// served before something else. Such a round is a cycle of tight arcs, of which
// the student served first moves to something better.
//
// So arcs come one after the other, by rank, and no arc to something better may
// close a cycle when it comes. All of them are judged together by halving the
// ranks: whatever the first half connects both ways is decided there, and counts
// as one node in the second. This takes O(m log n) for m arcs and n students, as
// each arc goes one way at each halving. (Strong components: Tarjan, "Depth-first
// search and linear graph algorithms", 1972.)
func (n *network) earlier(arcs []arc) *Finding {
	h := halving{label: make([]int32, n.outside()+1)}
	h.judge(slices.Clone(arcs), 0, 2*int32(len(n.took)))
	if h.found == 0 {
		return nil
	}
	post := n.names.post(n.closes(arcs, h.found))
	id := n.names.student(int32(n.mover(h.found)))
	return wrong("student %s could have post %s at the same cost, with nobody served before having anything else", id, post).students(id).posts(post)
}

// closes returns the post to which an arc of a rank closes a cycle.
func (n *network) closes(arcs []arc, rank int32) int32 {
	out := leaving(slices.DeleteFunc(slices.Clone(arcs), func(a arc) bool { return a.when > rank }), int(n.outside())+1)
	for _, a := range arcs {
		if a.when == rank && out.reached(a.to)[a.from] {
			return a.to
		}
	}
	return 0
}

type halving struct {
	label []int32 // of nodes, for numbering; 0 when not in use
	found int32   // the highest rank of an arc that closes a cycle: of the student served first
}

// judge looks at arcs whose ends become connected both ways by the ranks from low
// to high, if ever. It renumbers their ends.
func (h *halving) judge(arcs []arc, low, high int32) {
	better := false
	for _, a := range arcs {
		better = better || isBetter(a.when) && a.when >= low
	}
	if !better {
		return
	}
	nodes := h.renumber(arcs)
	middle := low + (high-low)/2
	component := components(arcs, nodes, middle)
	var first, second []arc // connected by the lower half, or not
	for _, a := range arcs {
		from, to := component[a.from], component[a.to]
		switch {
		case from != to:
			second = append(second, arc{from, to, a.when})
		case a.when <= middle:
			first = append(first, a)
		case isBetter(a.when): // it comes between nodes that are connected already
			h.found = max(h.found, a.when)
		}
	}
	if low < high {
		h.judge(first, low, middle)
		h.judge(second, middle+1, high)
		return
	}
	for _, a := range first {
		if isBetter(a.when) && a.when == low {
			h.found = max(h.found, a.when)
		}
	}
}

// renumber gives the ends of the arcs numbers from 0 without gaps, and returns
// how many there are.
func (h *halving) renumber(arcs []arc) int {
	var seen []int32
	number := func(node int32) int32 {
		if h.label[node] == 0 {
			seen = append(seen, node)
			h.label[node] = int32(len(seen))
		}
		return h.label[node] - 1
	}
	for i := range arcs {
		arcs[i].from, arcs[i].to = number(arcs[i].from), number(arcs[i].to)
	}
	for _, node := range seen {
		h.label[node] = 0
	}
	return len(seen)
}

// components numbers the strong components that the arcs of rank up to last make,
// and returns the number of each node's.
func components(arcs []arc, nodes int, last int32) []int32 {
	var early []arc
	for _, a := range arcs {
		if a.when <= last {
			early = append(early, a)
		}
	}
	t := tarjan{out: leaving(early, nodes), place: make([]int32, nodes), low: make([]int32, nodes), component: make([]int32, nodes)}
	t.next = make([]int32, nodes)
	copy(t.next, t.out.first)
	for node := range int32(nodes) {
		if t.place[node] == 0 {
			t.visit(node)
		}
	}
	return t.component
}

// tarjan holds the state of a depth-first search without recursion: paths are as
// long as there are nodes.
type tarjan struct {
	out       leavingArcs
	next      []int32 // of each node: the next arc to follow
	place     []int32 // when each node was found, from 1; 0 before
	low       []int32 // the earliest place known to be reached from the node
	component []int32
	count     int32   // components so far
	found     int32   // nodes so far
	open      []int32 // nodes found whose component is not known
	path      []int32
}

const decided = 1 << 30 // the place, for comparing, of a node whose component is known

func (t *tarjan) visit(root int32) {
	t.enter(root)
	for len(t.path) > 0 {
		node := t.path[len(t.path)-1]
		if t.next[node] < t.out.first[node+1] {
			to := t.out.arcs[t.next[node]].to
			t.next[node]++
			if t.place[to] == 0 {
				t.enter(to)
			} else {
				t.low[node] = min(t.low[node], t.place[to])
			}
			continue
		}
		t.path = t.path[:len(t.path)-1]
		if len(t.path) > 0 {
			before := t.path[len(t.path)-1]
			t.low[before] = min(t.low[before], t.low[node])
		}
		if t.low[node] == t.place[node] {
			t.leave(node)
		}
	}
}

func (t *tarjan) enter(node int32) {
	t.found++
	t.place[node], t.low[node] = t.found, t.found
	t.open = append(t.open, node)
	t.path = append(t.path, node)
}

// leave closes the component of which node was found first.
func (t *tarjan) leave(node int32) {
	for {
		last := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.component[last] = t.count
		t.place[last] = decided
		if last == node {
			break
		}
	}
	t.count++
}
