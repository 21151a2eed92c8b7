package check

import (
	"fmt"
	"slices"

	"stagora.org/stagora/allocation/format"
)

// levels hold what the levels looked at so far have settled. A level counts one
// rank alone; the prices that prove its optimum say what every other placement as
// good has in common with this one, and that is kept in the levels after.
type levels struct {
	*problem
	method string
	struck []bool // of each edge: no optimum has it
	placed []bool // of each student: every optimum places them
	full   []bool // of each post: every optimum fills it
	high   []bool // of each group: every optimum is at its ceiling
	low    []bool // of each group: every optimum is at its floor
}

// levels sees that for each rank in turn, the prices of its level prove that no
// placement that keeps the levels before has a better number there.
func (c *claim) levels() (string, *Finding) {
	p, f := c.newProblem()
	if f != nil {
		return "", f
	}
	l := &levels{
		problem: p, method: c.in.Method,
		struck: make([]bool, len(p.post)), placed: make([]bool, len(p.took)), full: make([]bool, len(p.seats)),
		high: make([]bool, len(p.bands)), low: make([]bool, len(p.bands)),
	}
	ranks := l.sequence()
	given := c.out.Certificate.Levels
	if len(given) != len(ranks) {
		return "", wrong("the certificate has %d levels, expected %d", len(given), len(ranks))
	}
	for k, rank := range ranks {
		level := given[k]
		if level.Rank != int(rank) {
			return "", wrong("level %d of the certificate is of rank %d, expected %d", k+1, level.Rank, rank)
		}
		arcs, f := l.level(c.in, rank, &level)
		if f != nil {
			f.Message = fmt.Sprintf("at the level of rank %d, %s", rank, f.Message)
			return "", f
		}
		c.first = func() *Finding { return p.earlier(arcs) }
	}
	return fmt.Sprintf("for each of %d levels, no placement has a better number", len(ranks)), nil
}

// sequence returns the ranks in the order in which they are decided; 0 stands for
// no post.
func (l *levels) sequence() []int32 {
	var longest int32
	for _, n := range l.length {
		longest = max(longest, n)
	}
	var ranks []int32
	for r := range longest {
		ranks = append(ranks, r+1)
	}
	if l.method == format.Leximin {
		ranks = append([]int32{0}, ranks...)
		slices.Reverse(ranks[1:])
	}
	return ranks
}

// level judges one level, and settles what its prices show.
func (l *levels) level(in *format.Instance, rank int32, level *format.Level) ([]arc, *Finding) {
	n := l.charged(rank)
	price, f := l.prices(in, &level.Dual)
	if f != nil {
		return nil, f
	}
	arcs, f := n.canonical(price, level.Objective)
	if f != nil {
		return nil, f
	}
	count := 0
	for _, e := range l.took {
		if e == without && rank == 0 || e != without && l.rank[e] == rank {
			count++
		}
	}
	if level.Count != count {
		return nil, wrong("%d students are counted, the certificate says %d", count, level.Count)
	}
	l.settle(n, price)
	return arcs, nil
}

// charged returns the network of a level: an edge costs 1 if it is to be avoided
// at this level, and whatever is settled is worth more than all that together.
func (l *levels) charged(rank int32) *network {
	worth := int64(len(l.took)) + 1
	gain, most := l.gains(worth)
	n := *l.network
	n.first, n.post, n.cost = []int32{0}, nil, nil
	n.none, n.took = make([]int64, len(l.took)), make([]int32, len(l.took))
	for i, took := range l.took {
		n.took[i] = without
		for e := l.first[i]; e < l.first[i+1]; e++ {
			if l.struck[e] {
				continue
			}
			if e == took {
				n.took[i] = int32(len(n.post))
			}
			n.post = append(n.post, l.post[e])
			n.cost = append(n.cost, l.avoided(l.rank[e], rank)+most-gain[l.post[e]])
		}
		n.none[i] = l.avoided(0, rank) + most
		if l.placed[i] {
			n.none[i] += worth
		}
		n.first = append(n.first, int32(len(n.post)))
	}
	return &n
}

// avoided returns the cost, at the level of a rank, of having a post of rank r, or
// none (0).
func (l *levels) avoided(r, rank int32) int64 {
	if (r == rank) == (l.method == format.RankMaximal) {
		return 0
	}
	return 1
}

// gains returns what each post takes off the cost because of what is settled,
// and the most that a post takes off before anything is put on.
func (l *levels) gains(worth int64) (gain []int64, most int64) {
	gain = make([]int64, len(l.seats))
	for node := range gain {
		if l.full[node] {
			gain[node] += worth
		}
		off, on := gain[node], int64(0)
		for at := l.around(int32(node)); at != l.outside(); at = l.around(at) {
			g := at - int32(len(l.seats))
			if l.high[g] {
				off += worth
			}
			if l.low[g] {
				on += worth
			}
		}
		gain[node] = off - on
		most = max(most, off)
	}
	return gain, most
}

// settle keeps what all optima of a level have in common.
func (l *levels) settle(n *network, price []int64) {
	e := l.first[0] - 1
	for i := range n.took {
		node, cost := n.stands(i)
		pays := cost + price[node]
		l.placed[i] = l.placed[i] || n.none[i] > pays
		for f := n.first[i]; f < n.first[i+1]; f++ {
			for e++; l.struck[e]; e++ { // the next edge of the problem that the network has
			}
			l.struck[e] = n.cost[f]+price[n.post[f]] > pays
		}
	}
	for node := range l.outside() {
		own := price[node] - price[l.around(node)]
		if g := node - int32(len(l.seats)); g >= 0 {
			l.high[g] = l.high[g] || own > 0
			l.low[g] = l.low[g] || own < 0
		} else {
			l.full[node] = l.full[node] || own > 0
		}
	}
}
