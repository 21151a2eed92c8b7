package auction

// A search finds shortest paths along which students can be sent on, from where
// they are over to where they are missing or can do without a post. The length of
// a path is what it costs beyond the prices: no length is negative. (Dijkstra,
// "A note on two problems in connexion with graphs", 1959.)
//
// The paths make a forest: those of different origins share no node, so that one
// of each origin can be taken at once.
type search struct {
	fromRoot bool // students are missing, and none are over but those without a post

	// By node, true of this search where seen is now.
	now    int32
	seen   []int32
	length []int64 // of the shortest path known to the node
	from   []int32 // the student who would come on it, or ^node for the node that would send one
	by     []int32 // the edge on which the student would come
	origin []int32 // of the path

	reached []int32 // nodes seen
	near    []int32 // nodes to visit that are as far as the one visited last
	far     []entry // a heap of the others, the nearest on top
	visited int64   // the length of the path to the node visited last
	left    int     // looks at edges, before the search is given up

	origins  []origin
	ends     []end
	shortest int64 // the length of the paths that are found
	found    int   // origins from which there is such a path
}

// An origin is where a path begins: a student without a post, or a node.
type origin struct {
	node  int32 // none for a student
	found int64 // the length of the shortest path from there, if one is found
}

// An end is where a path ends: at a node that misses a student or sends one to the
// root, or at a student who leaves the node, if at one, for no post.
type end struct {
	node, student, origin int32
}

const (
	endless = 1<<63 - 1 // no limit, no path
	long    = 1 << 16   // looks after which the search for a single student is given up
	itself  = -1 << 31  // where a path begins at a node
	each    = -1        // the origin of a node from which every way out is an origin
)

func newSearch(nodes int) search {
	return search{
		seen:   make([]int32, nodes),
		length: make([]int64, nodes),
		from:   make([]int32, nodes),
		by:     make([]int32, nodes),
		origin: make([]int32, nodes),
	}
}

// find looks for shortest paths from these students and nodes. It returns false if
// it was stopped, or there are none, or it took more looks at edges than limit.
func (r *repair) find(students, nodes []int32, limit int) bool {
	r.now++
	r.reached, r.near, r.far, r.origins, r.ends = r.reached[:0], r.near[:0], r.far[:0], r.origins[:0], r.ends[:0]
	r.visited, r.left, r.shortest, r.found = 0, limit, endless, 0
	r.fromRoot = len(nodes) == 1 && nodes[0] == r.root()

	for _, v := range nodes {
		r.reach(v, 0, itself, none, each)
	}
	// Whoever is nowhere may be taken to pay less than it takes to be somewhere: the
	// same for all lets those end together who pay the same in the end.
	least := int64(endless)
	for _, i := range students {
		least = min(least, r.pays(i))
	}
	for _, i := range students {
		r.ask(i, none, least, r.begin(none))
	}
	for {
		if r.stopped || r.left < 0 {
			return false
		}
		v, ok := r.next()
		if !ok || r.visited > r.shortest {
			break
		}
		if r.visited == r.shortest && len(nodes) == 0 && r.found == len(r.origins) {
			break
		}
		r.visit(v)
	}
	return len(r.ends) > 0
}

// visit looks at all ways on from node v.
func (r *repair) visit(v int32) {
	if r.over[v] < 0 {
		r.end(end{v, none, r.way(v)}, r.visited)
	}
	if up := r.around[v]; up != none && r.sent[v] < r.most[v] {
		length := r.visited + r.price[up] - r.price[v]
		if up != r.root() {
			r.reach(up, length, ^v, none, r.way(v))
		} else if !r.fromRoot {
			r.end(end{v, none, r.way(v)}, length)
		}
	}
	if int(v) < len(r.seated) {
		for _, i := range r.seated[v] {
			r.ask(i, v, r.pays(i), r.origin[v])
		}
		return
	}
	for _, inner := range r.inside[v] {
		if r.sent[inner] > r.least[inner] {
			r.reach(inner, r.visited+r.price[inner]-r.price[v], ^v, none, r.way(v))
		}
	}
	if v == r.root() {
		for i, e := range r.edge {
			if e == none {
				r.ask(int32(i), none, r.Unplaced[i], r.begin(v))
			}
		}
	}
}

// ask looks at all places where student i, who is at node v or nowhere and pays so
// much, could go.
func (r *repair) ask(i, v int32, pays int64, origin int32) {
	start := r.visited - pays
	if !r.fromRoot {
		r.end(end{v, i, origin}, start+r.Unplaced[i])
	}
	looks := int(r.First[i+1] - r.First[i])
	r.left -= looks
	r.halted(looks)
	for e := r.First[i]; e < r.First[i+1]; e++ {
		if length := start + int64(r.Cost[e]) + r.price[r.Post[e]]; length <= r.shortest {
			r.reach(r.Post[e], length, i, e, origin)
		}
	}
}

// begin returns a new origin.
func (r *repair) begin(node int32) int32 {
	r.origins = append(r.origins, origin{node, -1})
	return int32(len(r.origins) - 1)
}

// way returns the origin of a path on from node v.
func (r *repair) way(v int32) int32 {
	if r.origin[v] == each {
		return r.begin(v)
	}
	return r.origin[v]
}

// reach notes a path to node v, unless one as short is known.
func (r *repair) reach(v int32, length int64, from, by, origin int32) {
	if length > r.shortest || r.seen[v] == r.now && r.length[v] <= length {
		return
	}
	if r.seen[v] != r.now {
		r.seen[v] = r.now
		r.reached = append(r.reached, v)
	}
	r.length[v], r.from[v], r.by[v], r.origin[v] = length, from, by, origin
	if length == r.visited {
		r.near = append(r.near, v)
	} else {
		r.far = push(r.far, entry{length, v})
	}
}

// end notes the end of a path, unless one as short is known from the same origin
// or a shorter one from any.
func (r *repair) end(e end, length int64) {
	known := &r.origins[e.origin].found
	if length > r.shortest || length == *known {
		return
	}
	if length < r.shortest {
		r.shortest, r.found, r.ends = length, 0, r.ends[:0]
	}
	*known = length
	r.found++
	r.ends = append(r.ends, e)
}

// next returns the nearest node that has not been visited.
func (r *repair) next() (node int32, ok bool) {
	if n := len(r.near); n > 0 {
		node, r.near = r.near[n-1], r.near[:n-1]
		return node, true
	}
	for len(r.far) > 0 {
		var v entry
		v, r.far = pop(r.far)
		if v.value == r.length[v.index] {
			r.visited = v.value
			return v.index, true
		}
	}
	return none, false
}

// improve sends students along the paths that were found, and adjusts the prices
// so that the paths have the length 0 and none has less.
func (r *repair) improve() {
	for _, e := range r.ends {
		if node := r.origins[e.origin].node; node == none || node == r.root() || r.over[node] > 0 {
			r.send(e)
		}
	}
	for _, v := range r.reached {
		r.price[v] += max(0, r.shortest-r.length[v])
	}
	if r.fromRoot {
		for v := range r.price {
			r.price[v] -= r.shortest
		}
	}
}

// send sends one student each step along the path to this end, the last step first.
func (r *repair) send(e end) {
	v := e.node
	switch {
	case v == none:
		return
	case e.student != none:
		r.leave(e.student)
	case r.over[v] < 0:
		r.over[v]++
	default:
		r.sent[v]++
	}
	for {
		switch from := r.from[v]; {
		case from == itself:
			if v != r.root() {
				r.over[v]--
			}
			return
		case from >= 0:
			was := r.edge[from]
			if was != none {
				r.leave(from)
			}
			r.edge[from] = r.by[v]
			r.seated[v] = append(r.seated[v], from)
			if was == none {
				return
			}
			v = r.Post[was]
		case r.around[^from] == v:
			v = ^from
			r.sent[v]++
		default:
			r.sent[v]--
			v = ^from
		}
	}
}
