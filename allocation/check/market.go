package check

import (
	"fmt"
	"strconv"
	"sync"

	"stagora.org/stagora/allocation/format"
)

// The engines that place the students of a market.
const (
	MatchEngine  = "match"
	SerialEngine = "serial"
	AssignEngine = "assign"
)

// MarketUnplaced is what having no post costs with AssignEngine.
const MarketUnplaced = 1000

// VerifyMarket judges what an engine made of a market: the lines of placement, and
// with AssignEngine the prices that prove them. The market must satisfy its Check.
// The error tells that there is no such engine.
func VerifyMarket(m *format.Market, engine string, placement, prices []byte) (*Report, error) {
	c := &crowd{Market: m}
	switch engine {
	case MatchEngine:
		return c.judge(placement, step{"stability", c.stable}, step{"optimality", c.optimal}), nil
	case SerialEngine:
		return c.judge(placement, step{"certificate", c.served}), nil
	case AssignEngine:
		return c.judge(placement, step{"certificate", func() (string, *Finding) { return c.cheapest(prices) }}, step{"canonicality", c.earliest}), nil
	}
	return nil, fmt.Errorf("no engine %q: expected %s, %s or %s", engine, MatchEngine, SerialEngine, AssignEngine)
}

// VerifyAnyOptimum judges a placement of AssignEngine that was not asked to be the
// first of all optima, nor its prices to be the least.
func VerifyAnyOptimum(m *format.Market, placement, prices []byte) *Report {
	c := &crowd{Market: m}
	return c.judge(placement, step{"certificate", func() (string, *Finding) { return c.cheapest(prices) }})
}

// judge takes the steps of an engine after those that all have.
func (c *crowd) judge(placement []byte, steps ...step) *Report {
	r := &Report{}
	r.run(
		step{"format", func() (string, *Finding) {
			var err error
			if c.post, c.rank, err = format.ReadPlacement(placement, c.Market); err != nil {
				return "", wrong("the placement cannot be read: %v", err)
			}
			return fmt.Sprintf("%d lines", len(c.post)), nil
		}},
		step{"lists", c.lists},
		step{"seats", c.seats},
	)
	r.run(steps...)
	return r
}

// afterAll is a rank after all others.
const afterAll = 1<<31 - 1

// A crowd is a market with what its students got.
type crowd struct {
	*format.Market
	post, rank []int32
	filled     []int32 // of each post
	envious    []int32 // of each post: the best rank there of those who would rather have it
	network    *network
	price      []int64 // of each post, and of the outside
}

// about says what is wrong with a student of a market, and where.
func about(i int, post int32, message string, args ...any) *Finding {
	f := wrong(message, args...).students(strconv.Itoa(i))
	if post >= 0 {
		f.posts(strconv.Itoa(int(post)))
	}
	return f
}

func (c *crowd) lists() (string, *Finding) {
	placed := 0
	for i, p := range c.post {
		if p < 0 {
			continue
		}
		placed++
		if listed := c.Wish[c.First[i]+c.rank[i]-1]; listed != p {
			return "", about(i, p, "student %d has post %d at rank %d, where the list has %d", i, p, c.rank[i], listed)
		}
	}
	return fmt.Sprintf("%d of %d students placed", placed, len(c.post)), nil
}

func (c *crowd) seats() (string, *Finding) {
	c.filled = make([]int32, c.Posts())
	for i, p := range c.post {
		if p < 0 {
			continue
		}
		c.filled[p]++
		if c.filled[p] > c.Seats[p] {
			return "", about(i, p, "post %d has %d seats, student %d is one too many", p, c.Seats[p], i)
		}
	}
	return fmt.Sprintf("%d posts", c.Posts()), nil
}

// stable sees that nobody would rather have a post with a free seat, or with
// somebody whom it ranks after them. It uses several cores.
func (c *crowd) stable() (string, *Finding) {
	admits := make([]int32, c.Posts()) // ranks below this one would be taken
	for i, p := range c.post {
		if p >= 0 {
			admits[p] = max(admits[p], c.Rank[c.First[i]+c.rank[i]-1])
		}
	}
	for p := range admits {
		if c.filled[p] < c.Seats[p] {
			admits[p] = afterAll
		}
	}
	const cores = 2
	var all sync.WaitGroup
	blocks := make([]int32, cores) // the first wish that blocks, in each part
	envious := make([][]int32, cores)
	for core := range cores {
		from, to := len(c.post)*core/cores, len(c.post)*(core+1)/cores
		all.Go(func() { blocks[core], envious[core] = c.envy(from, to, admits) })
	}
	all.Wait()
	for _, e := range blocks {
		if e != without {
			i := c.lister(e)
			return "", about(i, c.Wish[e], "student %d would rather have post %d, which would rather have student %d", i, c.Wish[e], i)
		}
	}
	c.envious = envious[0]
	for _, more := range envious[1:] {
		for p, rank := range more {
			c.envious[p] = min(c.envious[p], rank)
		}
	}
	return "no student and post would both rather have each other", nil
}

// envy goes through the wishes of some students above what they got. It returns
// the first that a post would grant, or without, and the best rank at each post.
func (c *crowd) envy(from, to int, admits []int32) (blocks int32, best []int32) {
	best = make([]int32, c.Posts())
	for p := range best {
		best[p] = afterAll
	}
	for i := from; i < to; i++ {
		end := c.First[i+1]
		if c.post[i] >= 0 {
			end = c.First[i] + c.rank[i] - 1
		}
		for e := c.First[i]; e < end; e++ {
			p, rank := c.Wish[e], c.Rank[e]
			if rank < admits[p] && c.Seats[p] > 0 {
				return e, nil
			}
			best[p] = min(best[p], rank)
		}
	}
	return without, best
}

// lister returns whose list a wish is on.
func (c *crowd) lister(wish int32) int {
	i := 0
	for c.First[i+1] <= wish {
		i++
	}
	return i
}

// optimal sees that no rotation is left: no round of posts each of which takes, of
// those who would rather have it, the one it ranks first, from the next.
func (c *crowd) optimal() (string, *Finding) {
	next := make([]int, c.Posts())
	for p, rank := range c.envious {
		next[p] = -1
		if rank != afterAll {
			next[p] = int(c.post[c.Ranking[c.RankFirst[p]+rank-1]])
		}
	}
	cycle := cycleOf(next)
	if len(cycle) == 0 {
		return "no stable matching is better for anybody, and none places anybody else", nil
	}
	f := wrong("another stable matching is better for some students, who take each other's posts")
	for _, p := range cycle {
		f.posts(strconv.Itoa(p))
		f.students(strconv.Itoa(int(c.Ranking[c.RankFirst[p]+c.envious[p]-1])))
	}
	return "", f
}

// served serves the students again.
func (c *crowd) served() (string, *Finding) {
	left := append([]int32(nil), c.Seats...)
	for _, i := range c.Order {
		want := int32(without)
		for _, p := range c.Wish[c.First[i]:c.First[i+1]] {
			if left[p] > 0 {
				left[p]--
				want = p
				break
			}
		}
		if got := c.post[i]; got != want {
			return "", about(int(i), want, "student %d gets post %d when served again (-1: none), the result says %d", i, want, got)
		}
	}
	return "served again, each student has the best wish left", nil
}

// cheapest sees that the prices prove that the sum of the squares of the ranks, and
// of MarketUnplaced for each student without a post, is least.
func (c *crowd) cheapest(prices []byte) (string, *Finding) {
	price, objective, err := format.ReadPrices(prices, c.Market)
	if err != nil {
		return "", wrong("the prices cannot be read: %v", err)
	}
	number := func(i int32) string { return strconv.Itoa(int(i)) }
	n := &network{
		names: names{student: number, post: number},
		turn:  make([]int32, len(c.post)), first: c.First, post: c.Wish, seats: c.Seats,
		cost: make([]int64, len(c.Wish)), none: make([]int64, len(c.post)), took: make([]int32, len(c.post)),
	}
	for turn, i := range c.Order {
		n.turn[i] = int32(turn)
	}
	for i, p := range c.post {
		n.none[i], n.took[i] = MarketUnplaced, without
		if p >= 0 {
			n.took[i] = c.First[i] + c.rank[i] - 1
		}
		for e := c.First[i]; e < c.First[i+1]; e++ {
			rank := int64(e - c.First[i] + 1)
			n.cost[e] = rank * rank
			if c.Seats[c.Wish[e]] == 0 {
				n.cost[e] = dearest // nobody can have it
			}
		}
	}
	c.network, c.price = n, append(price, 0)
	if f := n.proves(c.price, objective); f != nil {
		return "", f
	}
	return fmt.Sprintf("no placement costs less than %d in sum, by the prices of %d posts", objective, len(price)), nil
}

func (c *crowd) earliest() (string, *Finding) {
	arcs := c.network.tight(c.price)
	if f := c.network.least(c.price, arcs); f != nil {
		return "", f
	}
	return "the least prices; of the placements that cost the same, the first in the call order", c.network.earlier(arcs)
}
