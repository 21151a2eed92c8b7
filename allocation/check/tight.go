package check

import (
	"container/heap"
	"slices"
)

// An arc is a way in which the placement could change and cost the same: one
// student too many at from can be passed on to to. It is so because a student
// who is at from likes to as well, at these prices, or because a bound leaves
// room.
type arc struct {
	from, to int32
	when     int32 // see rank
}

// rank orders arcs by the student who would move: bounds first (0), then the
// students from the last served to the first. What a student likes less than
// what they have comes after what they like better.
func (n *network) rank(student int, better bool) int32 {
	turn := int32(student)
	if n.turn != nil {
		turn = n.turn[student]
	}
	r := 2 * (int32(len(n.took)) - turn)
	if better {
		r--
	}
	return r
}

// isBetter tells the two kinds of ranks of students apart.
func isBetter(rank int32) bool { return rank%2 == 1 }

// mover returns the student of a rank.
func (n *network) mover(rank int32) int {
	i := 0
	for n.rank(i, isBetter(rank)) != rank {
		i++
	}
	return i
}

// tight returns all arcs at these prices, which must be optimal.
func (n *network) tight(price []int64) []arc {
	var arcs []arc
	held := n.holds()
	for node := range n.outside() {
		up := n.around(node)
		if price[node] != price[up] {
			continue
		}
		if n.canTakeMore(node, held) {
			arcs = append(arcs, arc{node, up, 0})
		}
		if node < int32(len(n.seats)) || n.canSpare(node, held) {
			arcs = append(arcs, arc{up, node, 0})
		}
	}
	for i, took := range n.took {
		node, cost := n.stands(i)
		pays := cost + price[node]
		for e := n.first[i]; e < n.first[i+1]; e++ {
			if e != took && n.cost[e]+price[n.post[e]] == pays {
				arcs = append(arcs, arc{node, n.post[e], n.rank(i, took == without || e < took)})
			}
		}
		if took != without && n.none[i] == pays {
			arcs = append(arcs, arc{node, n.outside(), n.rank(i, false)})
		}
	}
	return arcs
}

// least sees that of all optimal prices these are the least: the componentwise
// least that are at least 0, or where none are, at least the highest that each
// node can have. They are when no set of nodes can become cheaper together, that
// is when tight arcs lead to every node from one that cannot.
func (n *network) least(price []int64, arcs []arc) *Finding {
	low := n.lowest(price)
	out := leaving(arcs, int(n.outside())+1)
	from := []int32{n.outside()}
	for node := range n.outside() {
		if price[node] < low[node] {
			return n.unlike(node, price, "too low")
		}
		if price[node] == low[node] {
			from = append(from, node)
		}
	}
	reached := out.reached(from...)
	for node := range n.outside() {
		if !reached[node] {
			return n.unlike(node, price, "too high")
		}
	}
	return nil
}

func (n *network) unlike(node int32, price []int64, how string) *Finding {
	if g := node - int32(len(n.seats)); g >= 0 {
		return wrong("the prices prove the optimum and are not the least: %d, in all, for group %s is %s", price[node], n.names.group(g), how)
	}
	id := n.names.post(node)
	return wrong("the prices prove the optimum and are not the least: %d, in all, at post %s is %s", price[node], id, how).posts(id)
}

// lowest returns what the least prices may not be below: 0, or the highest price
// that a node can have in an optimum where that is below 0.
func (n *network) lowest(price []int64) []int64 {
	low := make([]int64, len(price))
	if slices.Min(price) >= 0 {
		return low
	}
	for node, rise := range n.rises(price) {
		low[node] = min(0, price[node]+rise)
	}
	return low
}

// rises returns how much the price of each node can rise in an optimum, up to
// dearest: the length of the shortest way outside, an arc being as long as the
// prices of its ends differ from being tight. (Dijkstra's algorithm, from the
// outside against the arcs.)
func (n *network) rises(price []int64) []int64 {
	into := n.lengths(price)
	rise := make([]int64, len(price))
	for i := range rise {
		rise[i] = dearest
	}
	rise[n.outside()] = 0
	todo := &visits{{n.outside(), 0}}
	for todo.Len() > 0 {
		at := heap.Pop(todo).(visit)
		if at.length > rise[at.node] {
			continue
		}
		for _, a := range into[at.node] {
			if length := at.length + a.length; length < rise[a.node] {
				rise[a.node] = length
				heap.Push(todo, visit{a.node, length})
			}
		}
	}
	return rise
}

// lengths returns for each node the arcs that lead to it: where from, and how long.
func (n *network) lengths(price []int64) [][]visit {
	into := make([][]visit, len(price))
	held := n.holds()
	for node := range n.outside() {
		up := n.around(node)
		if n.canTakeMore(node, held) {
			into[up] = append(into[up], visit{node, price[up] - price[node]})
		}
		if node < int32(len(n.seats)) || n.canSpare(node, held) {
			into[node] = append(into[node], visit{up, price[node] - price[up]})
		}
	}
	for i := range n.took {
		from, cost := n.stands(i)
		pays := cost + price[from]
		for e := n.first[i]; e < n.first[i+1]; e++ {
			to := n.post[e]
			into[to] = append(into[to], visit{from, n.cost[e] + price[to] - pays})
		}
		into[n.outside()] = append(into[n.outside()], visit{from, n.none[i] - pays})
	}
	return into
}

// A visit is a node to be looked at, so far from the outside.
type visit struct {
	node   int32
	length int64
}

type visits []visit

func (v visits) Len() int           { return len(v) }
func (v visits) Less(i, j int) bool { return v[i].length < v[j].length }
func (v visits) Swap(i, j int)      { v[i], v[j] = v[j], v[i] }

// Push is for package heap.
func (v *visits) Push(x any) { *v = append(*v, x.(visit)) }

// Pop is for package heap.
func (v *visits) Pop() any {
	last := (*v)[len(*v)-1]
	*v = (*v)[:len(*v)-1]
	return last
}

// leavingArcs holds arcs by the node that they leave.
type leavingArcs struct {
	first []int32
	arcs  []arc
}

func leaving(arcs []arc, nodes int) leavingArcs {
	l := leavingArcs{first: make([]int32, nodes+1), arcs: make([]arc, len(arcs))}
	for _, a := range arcs {
		l.first[a.from+1]++
	}
	for node := range nodes {
		l.first[node+1] += l.first[node]
	}
	next := slices.Clone(l.first)
	for _, a := range arcs {
		l.arcs[next[a.from]] = a
		next[a.from]++
	}
	return l
}

func (l leavingArcs) of(node int32) []arc { return l.arcs[l.first[node]:l.first[node+1]] }

// reached says of each node whether arcs lead to it from some of them.
func (l leavingArcs) reached(from ...int32) []bool {
	reached := make([]bool, len(l.first)-1)
	var queue []int32
	reach := func(node int32) {
		if !reached[node] {
			reached[node] = true
			queue = append(queue, node)
		}
	}
	for _, node := range from {
		reach(node)
	}
	for len(queue) > 0 {
		node := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, a := range l.of(node) {
			reach(a.to)
		}
	}
	return reached
}
