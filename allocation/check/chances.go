package check

import (
	"fmt"
	"slices"
	"sort"
	"sync"

	"stagora.org/stagora/allocation/format"
)

// A raffle is the lottery with trades, made again: chances are whole numbers of
// draws.
type raffle struct {
	*problem
	seed   string
	draws  int64
	before []int64 // of each edge
	after  []int64
	total  []int64 // of each student: the sum of after
}

// allOrders is up to how many students every order is tried.
const allOrders = 7

// traded sees that the chances before the trades are those of the drawn orders,
// that the trades leave nobody worse off and no trade to make, and that the draw
// gives this placement.
func (c *claim) traded() (string, *Finding) {
	p, f := c.newProblem()
	if f != nil {
		return "", f
	}
	rules, given := c.in.Rules(), c.out.Certificate.Lottery
	r := &raffle{problem: p, seed: rules.Seed, draws: int64(rules.Draws)}
	if n := len(p.took); n <= allOrders {
		r.draws = 1
		for k := range n {
			r.draws *= int64(k + 1)
		}
	}
	if given.Draws != r.draws {
		return "", wrong("the chances are over %d orders, the certificate says %d", r.draws, given.Draws)
	}
	var claimed []int64
	if claimed, f = r.shares("before", given.Before, c); f != nil {
		return "", f
	}
	if r.after, f = r.shares("after", given.After, c); f != nil {
		return "", f
	}
	r.serve()
	for i := range r.took {
		for e := r.first[i]; e < r.first[i+1]; e++ {
			if claimed[e] != r.before[e] {
				id, post := r.names.student(int32(i)), r.names.post(r.post[e])
				return "", wrong("student %s gets post %s in %d of %d orders, the certificate says %d before the trades", id, post, r.before[e], r.draws, claimed[e]).students(id).posts(post)
			}
		}
	}
	if f := r.fair(); f != nil {
		return "", f
	}
	if f := r.exhausted(); f != nil {
		return "", f
	}
	if f := r.drawn(); f != nil {
		return "", f
	}
	return fmt.Sprintf("%d orders served again, nobody loses by the trades, no trade is left, the draw gives these posts", r.draws), nil
}

// shares puts the numbers of a certificate on the edges.
func (r *raffle) shares(when string, given []format.Shares, c *claim) ([]int64, *Finding) {
	if len(given) != len(r.took) {
		return nil, wrong("%s the trades, %d students have chances, expected %d", when, len(given), len(r.took))
	}
	on := make([]int64, len(r.post))
	for i, s := range given {
		id := r.names.student(int32(i))
		asked := c.asked[id]
		if s.Student != id || len(s.Wishes) != len(asked.Wishes)+len(asked.Fallback) {
			return nil, wrong("%s the trades, student %s stands with %d chances where %s is expected, with one for each post of the list", when, s.Student, len(s.Wishes), id).students(s.Student, id)
		}
		e := r.first[i]
		for k, chance := range s.Wishes {
			granted := e < r.first[i+1] && r.rank[e] == int32(k+1)
			if chance < 0 || chance > r.draws || !granted && chance != 0 {
				return nil, wrong("%s the trades, student %s has %d of %d chances at rank %d", when, id, chance, r.draws, k+1).students(id)
			}
			if granted {
				on[e] = chance
				e++
			}
		}
	}
	return on, nil
}

// serve serves the students in every order, on several cores; what each order
// adds is the same whoever serves it.
func (r *raffle) serve() {
	r.before = make([]int64, len(r.post))
	if len(r.took) <= allOrders {
		left := slices.Clone(r.seats)
		order := r.inTurn()
		permute(order, 0, func() { r.run(order, left, r.before) })
		return
	}
	const cores = 4
	var sum sync.Mutex
	var all sync.WaitGroup
	for core := range int64(cores) {
		all.Go(func() {
			counts, left, order := make([]int64, len(r.post)), slices.Clone(r.seats), r.inTurn()
			for d := core; d < r.draws; d += cores {
				for i := range order {
					order[i] = int32(i)
				}
				s := newStream(fmt.Sprintf("%s:run:%d", r.seed, d+1))
				for i := len(order); i >= 2; i-- {
					j := s.below(uint64(i))
					order[i-1], order[j] = order[j], order[i-1]
				}
				r.run(order, left, counts)
			}
			sum.Lock()
			defer sum.Unlock()
			for e, n := range counts {
				r.before[e] += n
			}
		})
	}
	all.Wait()
}

func (r *raffle) inTurn() []int32 {
	order := make([]int32, len(r.took))
	for i := range order {
		order[i] = int32(i)
	}
	return order
}

// run serves students in an order and counts what they get.
func (r *raffle) run(order, left []int32, counts []int64) {
	copy(left, r.seats)
	for _, i := range order {
		for e := r.first[i]; e < r.first[i+1]; e++ {
			if left[r.post[e]] > 0 {
				left[r.post[e]]--
				counts[e]++
				break
			}
		}
	}
}

// permute calls visit with every order of what follows the first k.
func permute(order []int32, k int, visit func()) {
	if k >= len(order)-1 {
		visit()
		return
	}
	for i := k; i < len(order); i++ {
		order[k], order[i] = order[i], order[k]
		permute(order, k+1, visit)
		order[k], order[i] = order[i], order[k]
	}
}

// fair sees that the chances after the trades keep to the seats, and that for no
// student and rank the chance of that rank or a better one has fallen.
func (r *raffle) fair() *Finding {
	r.total = make([]int64, len(r.took))
	at := make([]int64, len(r.seats))
	for i := range r.took {
		var before, after int64
		id := r.names.student(int32(i))
		for e := r.first[i]; e < r.first[i+1]; e++ {
			before += r.before[e]
			after += r.after[e]
			at[r.post[e]] += r.after[e]
			if after < before {
				return wrong("student %s had %d of %d chances of rank %d or better before the trades, and %d after", id, before, r.draws, r.rank[e], after).students(id)
			}
		}
		if after > r.draws {
			return wrong("student %s has %d of %d chances after the trades", id, after, r.draws).students(id)
		}
		r.total[i] = after
	}
	for node, n := range at {
		if n > int64(r.seats[node])*r.draws {
			id := r.names.post(int32(node))
			return wrong("post %s has %d seats, and %d times a seat's chances are given away after the trades", id, r.seats[node], n).posts(id)
		}
	}
	return nil
}

// exhausted sees that no trade lowers the sum of all steps down the lists: that
// no cycle of changes has a negative sum (Klein 1967). Such a cycle goes along
// lists, one step down costing 1 and one step up saving 1, and from list to list
// by posts. (Bellman and Ford's algorithm; a cycle among the last steps that
// improved a node is negative.)
func (r *raffle) exhausted() *Finding {
	ways := r.ways()
	nodes := int32(len(r.seats)) + 1 + int32(len(r.post)+len(r.took))
	length, last := make([]int32, nodes), make([]int32, nodes)
	for i := range last {
		last[i] = without
	}
	for changed, rounds := true, 0; changed; rounds++ {
		changed = false
		for _, w := range ways {
			if l := length[w.from] + w.cost; l < length[w.to] {
				length[w.to], last[w.to], changed = l, w.from, true
			}
		}
		if rounds%8 == 7 && changed {
			if node := onCycle(last); node != without {
				return r.trade(node, last)
			}
		}
	}
	return nil
}

// A way is a change of chances by one, from a node to another.
type way struct{ from, to, cost int32 }

// ways returns how chances could change. The nodes are the posts, where seats
// are left over, then for each student what stands at each edge and below all.
func (r *raffle) ways() []way {
	var ways []way
	spare := int32(len(r.seats))
	at := make([]int64, len(r.seats))
	for i := range r.took {
		below := r.draws // the chance of what stands at the edge, or further down
		var kept int64   // the chance of it that the orders leave
		for e := r.first[i]; e < r.first[i+1]; e++ {
			node, post := r.step(i, e), r.post[e]
			at[post] += r.after[e]
			ways = append(ways, way{node, post, 0})
			if r.after[e] > 0 {
				ways = append(ways, way{post, node, 0})
			}
			below -= r.after[e]
			kept += r.before[e]
			cost := r.descent(i, e)
			if below < r.draws-kept {
				ways = append(ways, way{node, node + 1, cost})
			}
			if below > 0 {
				ways = append(ways, way{node + 1, node, -cost})
			}
		}
		none := r.step(i, r.first[i+1])
		ways = append(ways, way{none, spare, 0})
		if below > 0 {
			ways = append(ways, way{spare, none, 0})
		}
	}
	for post, n := range at {
		if n < int64(r.seats[post])*r.draws {
			ways = append(ways, way{int32(post), spare, 0})
		}
		if n > 0 {
			ways = append(ways, way{spare, int32(post), 0})
		}
	}
	return ways
}

// step returns the node of an edge of student i; the one after the last edge is
// that of having no post.
func (r *raffle) step(i int, e int32) int32 { return int32(len(r.seats)) + 1 + e + int32(i) }

// descent returns how many ranks lie between an edge and the next one, or no
// post, which comes after the whole list.
func (r *raffle) descent(i int, e int32) int32 {
	if e+1 < r.first[i+1] {
		return r.rank[e+1] - r.rank[e]
	}
	return r.length[i] + 1 - r.rank[e]
}

// onCycle returns a node of a cycle of last steps, or without.
func onCycle(last []int32) int32 {
	seen := make([]int32, len(last)) // from 1: by which walk
	for start := range last {
		node := int32(start)
		for node != without && seen[node] == 0 {
			seen[node] = int32(start) + 1
			node = last[node]
		}
		if node != without && seen[node] == int32(start)+1 {
			return node
		}
	}
	return without
}

// trade names the students of a cycle that would lower the sum.
func (r *raffle) trade(node int32, last []int32) *Finding {
	var ids []string
	for at := last[node]; ; at = last[at] {
		if step := at - int32(len(r.seats)) - 1; step >= 0 {
			i := sort.Search(len(r.took), func(i int) bool { return step <= r.first[i+1]+int32(i) })
			ids = append(ids, r.names.student(int32(i)))
		}
		if at == node {
			break
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return wrong("a trade is left that makes somebody better off and nobody worse").students(ids...)
}
