package flow

import (
	"stagora.org/stagora/allocation/flow/transport"
)

const none = transport.None

// A network holds what may still change in a solution. Its nodes are the posts,
// then the groups, then the root, around all; to have no post is to be at the
// root. It has two kinds of arc: a student may move from where they are to
// another of their options, and a node may pass more or fewer students on to
// the node around it. A closed walk of such moves turns one solution into another.
type network struct {
	// The tree.
	root        int32
	around      []int32 // of each node but the root
	used        []int32 // how many students each node but the root passes on
	least, most []int32 // the bounds of used; equal where nothing may change
	firstChild  []int32 // the nodes directly within v are child[firstChild[v]:firstChild[v+1]]
	child       []int32

	// The students who have options, in their order. Each has the root last, if at all.
	who    []int32 // their index in the problem
	first  []int32 // the options of student a are option[first[a]:first[a+1]]
	option []int32 // a node
	at     []int32 // the node where each is, or none once settled

	// Who is where, and who could be.
	here             []int32 // of each node: the first student at it, or none
	following, ahead []int32 // of each student: the neighbours in that list
	firstAsker       []int32 // those with v among their options are asker[firstAsker[v]:endAsker[v]], settled ones perhaps left out
	endAsker         []int32
	asker            []int32

	// Arcs between different parts are of no use: no closed walk holds them.
	part  []int32 // of each node
	parts int32

	search
}

// newNetwork returns the tree of a problem, through which used students pass,
// within the bounds of seats, floors and ceilings.
func newNetwork(p *transport.Problem) *network {
	posts := len(p.Seats)
	nodes := posts + len(p.Groups)
	room := make([]int32, 9*nodes+8)
	take := func(size int) []int32 {
		part := room[:size:size]
		room = room[size:]
		return part
	}
	n := &network{
		root: int32(nodes), around: take(nodes), used: take(nodes), least: take(nodes), most: take(nodes),
		part: take(nodes + 1), here: take(nodes + 1),
	}
	n.mark, n.from, n.via = take(nodes+1), take(nodes+1), take(nodes+1)
	copy(n.most, p.Seats)
	for q := range p.Seats {
		n.around[q] = n.root
		if p.Within != nil && p.Within[q] != none {
			n.around[q] = int32(posts) + p.Within[q]
		}
	}
	for g, group := range p.Groups {
		n.around[posts+g] = n.root
		if group.Around != none {
			n.around[posts+g] = int32(posts) + group.Around
		}
		n.least[posts+g], n.most[posts+g] = group.Min, group.Max
	}
	return n
}

// offer gives student i of the problem the options added since the student
// before, and puts them at one of these.
func (n *network) offer(i, at int32) {
	n.who = append(n.who, i)
	n.at = append(n.at, at)
	n.first = append(n.first, int32(len(n.option)))
}

// link makes the lists that searches follow, once the bounds and options stand.
func (n *network) link() {
	nodes := int(n.root) + 1
	n.firstChild, n.child = listBy(nodes, n.around, func(v int) bool { return n.least[v] < n.most[v] })

	for v := range n.here {
		n.here[v] = none
	}
	n.following, n.ahead = make([]int32, len(n.who)), make([]int32, len(n.who))
	for a := len(n.who) - 1; a >= 0; a-- {
		n.enter(int32(a), n.at[a])
	}
	n.firstAsker, n.endAsker = make([]int32, nodes+1), make([]int32, nodes)
	for _, v := range n.option {
		n.firstAsker[v+1]++
	}
	for v := range nodes {
		n.firstAsker[v+1] += n.firstAsker[v]
		n.endAsker[v] = n.firstAsker[v]
	}
	n.asker = make([]int32, len(n.option))
	for a := range n.who {
		for _, v := range n.options(int32(a)) {
			n.asker[n.endAsker[v]] = int32(a)
			n.endAsker[v]++
		}
	}
}

// listBy lists the indices of key that are kept, by their key, which is below size.
func listBy(size int, key []int32, kept func(int) bool) (first, list []int32) {
	first = make([]int32, size+2)
	for x, k := range key {
		if kept(x) {
			first[k+2]++
		}
	}
	for k := range size {
		first[k+2] += first[k+1]
	}
	list = make([]int32, first[size+1])
	for x, k := range key {
		if kept(x) {
			list[first[k+1]] = int32(x)
			first[k+1]++
		}
	}
	return first[:size+1], list
}

func (n *network) options(a int32) []int32 { return n.option[n.first[a]:n.first[a+1]] }

// enter puts a student who is nowhere at a node.
func (n *network) enter(a, v int32) {
	n.at[a] = v
	n.following[a], n.ahead[a] = n.here[v], none
	if next := n.here[v]; next != none {
		n.ahead[next] = a
	}
	n.here[v] = a
}

// leave takes a student away from their node.
func (n *network) leave(a int32) {
	next, before := n.following[a], n.ahead[a]
	if before == none {
		n.here[n.at[a]] = next
	} else {
		n.following[before] = next
	}
	if next != none {
		n.ahead[next] = before
	}
	n.at[a] = none
}

// free reports whether node v may pass one more student on.
func (n *network) free(v int32) bool { return n.used[v] < n.most[v] }

// spare reports whether node v may pass one student less on.
func (n *network) spare(v int32) bool { return n.used[v] > n.least[v] }

// pass sends the students of a solution up the tree.
func (n *network) pass(p *transport.Problem, s *transport.Solution) {
	for _, e := range s.Edge {
		if e != none {
			n.used[p.Post[e]]++
		}
	}
	// Groups stand after those around them: what is within a node is complete before it.
	for q := range p.Seats {
		n.passOn(int32(q))
	}
	for v := n.root - 1; int(v) >= len(p.Seats); v-- {
		n.passOn(v)
	}
}

func (n *network) passOn(v int32) {
	if w := n.around[v]; w != n.root {
		n.used[w] += n.used[v]
	}
}

// nodeOf returns where an edge leads: to a post, or to the root for none.
func (n *network) nodeOf(p *transport.Problem, edge int32) int32 {
	if edge == none {
		return n.root
	}
	return p.Post[edge]
}
