package format

import (
	"slices"
	"strconv"
)

// Check returns every rule of assign/1 that the content of the instance breaks,
// as Errors whose paths are those of the file, or nil. ReadInstance calls it;
// whoever builds an Instance in Go does too.
func (in *Instance) Check() error {
	c := checker{in: in, posts: make(map[string]int, len(in.Posts))}
	if !slices.Contains(Methods(), in.Method) {
		c.errs.add(root.at("method"), quote(in.Method), "one of "+quoteAll(Methods()))
	}
	if in.Parameters != nil || in.Method == TradedLottery {
		c.parameters(in.Rules())
	}
	c.thePosts()
	c.students()
	c.groups()
	c.pins()
	c.sums()
	return c.errs.asError()
}

var root *path // the empty path, "$"

type checker struct {
	in    *Instance
	errs  Errors
	posts map[string]int // by id, the first when an id is used twice
	named []naming       // of each post, the last line of a list that names it
}

// A naming is one line of a list, of a student by number (from 1, so that no
// student is 0): a wish, or a fallback.
type naming struct {
	student, line int
	fallback      bool
}

func (n naming) String() string {
	if n.fallback {
		return "fallback[" + strconv.Itoa(n.line) + "]"
	}
	return "wishes[" + strconv.Itoa(n.line) + "]"
}

// allows says whether the method of the instance knows groups, weights and
// fallbacks. About an unknown method something was said already.
func (c *checker) allows(key string) bool {
	switch c.in.Method {
	case Serial, ScoreV1, ScoreV2:
		return false
	case TradedLottery:
		return key == "fallback"
	}
	return true
}

func (c *checker) parameters(p *Parameters) {
	at := root.at("parameters")
	inRange := func(at *path, a, low, high Amount) {
		if a < low || a > high {
			c.errs.add(at, a.String(), aNumber(low, high))
		}
	}
	for i, cost := range p.RankCosts {
		inRange(at.at("rankCosts").nth(i), cost, 0, maxRankCost)
	}
	inRange(at.at("maxPostCost"), p.MaxPostCost, 0, MaxAmount)
	inRange(at.at("maxCost"), p.MaxCost, 0, MaxAmount)
	inRange(at.at("bonusFactor"), p.BonusFactor, 0, MaxAmount)
	if p.Correction < 0 || p.Correction > maxCorrection || p.Correction%Step(3) != 0 {
		c.errs.add(at.at("correction"), p.Correction.String(), "a number from 0 to 3 with at most 3 decimals")
	}
	if p.Decimals < 0 || p.Decimals > amountDecimals {
		c.errs.add(at.at("decimals"), strconv.Itoa(p.Decimals), aWhole(0, amountDecimals))
	}
	c.costs(at, p)
	switch {
	case c.in.Method == TradedLottery && p.Seed == "":
		c.errs.add(at.at("seed"), "nothing", aName)
	case p.Seed != "" && !isName(p.Seed):
		c.errs.add(at.at("seed"), quote(p.Seed), aName)
	}
	if c.in.Method == TradedLottery && (p.Draws < 1 || p.Draws > MaxDraws) {
		c.errs.add(at.at("draws"), strconv.Itoa(p.Draws), aWhole(1, MaxDraws))
	}
}

const (
	maxRankCost   = 1000 * One
	maxCorrection = 3 * One
)

func (c *checker) costs(at *path, p *Parameters) {
	least := int64(0)
	for i, cost := range p.Costs {
		if cost < least || cost > MaxRankCost {
			c.errs.add(at.at("costs").nth(i), strconv.FormatInt(cost, 10), aWhole(least, MaxRankCost))
		}
		least = min(max(least, cost), MaxRankCost)
	}
	if u := p.Unplaced; u != nil && (*u < 0 || *u > MaxUnplacedCost) {
		c.errs.add(at.at("unplaced"), strconv.FormatInt(*u, 10), aWhole(0, MaxUnplacedCost))
	}
}

func (c *checker) thePosts() {
	for i, p := range c.in.Posts {
		at := root.at("posts").nth(i)
		if first, again := c.posts[p.ID]; again {
			c.errs.add(at.at("id"), quote(p.ID), "an id that posts["+strconv.Itoa(first)+"] does not have")
		} else {
			c.posts[p.ID] = i
		}
		if !isName(p.ID) {
			c.errs.add(at.at("id"), quote(p.ID), aName)
		}
		if p.Seats < 0 || p.Seats > MaxSeats {
			c.errs.add(at.at("seats"), strconv.Itoa(p.Seats), aWhole(0, MaxSeats))
		}
		if p.Fixed != nil && (p.Median || *p.Fixed < -MaxAmount || *p.Fixed > MaxAmount) {
			c.errs.add(at.at("fixedCost"), p.Fixed.String(), aNumber(-MaxAmount, MaxAmount)+`, or "median" alone`)
		}
	}
}

func (c *checker) students() {
	if n := len(c.in.Students); c.in.Method == TradedLottery && n > MaxLotteryStudents {
		c.errs.add(root.at("students"), strconv.Itoa(n)+" students", "at most "+strconv.Itoa(MaxLotteryStudents)+" with method "+quote(TradedLottery))
	}
	ids, orders := make(map[string]int, len(c.in.Students)), make(map[int]int, len(c.in.Students))
	c.named = make([]naming, len(c.in.Posts))
	for i := range c.in.Students {
		s := &c.in.Students[i]
		at := root.at("students").nth(i)
		if first, again := ids[s.ID]; again {
			c.errs.add(at.at("id"), quote(s.ID), "an id that students["+strconv.Itoa(first)+"] does not have")
		} else {
			ids[s.ID] = i
		}
		if !isName(s.ID) {
			c.errs.add(at.at("id"), quote(s.ID), aName)
		}
		c.order(at.at("order"), s.Order, i, orders)
		if s.Score < -MaxAmount || s.Score > MaxAmount {
			c.errs.add(at.at("score"), s.Score.String(), aNumber(-MaxAmount, MaxAmount))
		}
		c.wishes(at.at("wishes"), i+1, s.Wishes)
		c.fallbacks(at.at("fallback"), i+1, s.Fallback)
		c.weight(at, s)
	}
}

// order checks one student's order: all or none have one, nobody the same.
func (c *checker) order(at *path, order, student int, orders map[int]int) {
	first, again := orders[order]
	switch {
	case (order == 0) != (c.in.Students[0].Order == 0):
		found := "an order here and none at students[0]"
		if order == 0 {
			found = "nothing"
		}
		c.errs.add(at, found, "an order for all students or for none")
	case order < 0 || order > MaxOrder:
		c.errs.add(at, strconv.Itoa(order), aWhole(1, MaxOrder))
	case order > 0 && again:
		c.errs.add(at, strconv.Itoa(order), "an order that students["+strconv.Itoa(first)+"] does not have")
	default:
		orders[order] = student
	}
}

func (c *checker) wishes(at *path, student int, wishes []Wish) {
	for i := range wishes {
		w := &wishes[i]
		c.listed(w.Post, naming{student, i, false}, func() *path { return at.nth(i).at("post") })
		if w.Secondary != "" {
			if p, known := c.posts[w.Secondary]; !known || !c.in.Posts[p].Secondary {
				c.errs.add(at.nth(i).at("secondary"), quote(w.Secondary), "the id of a secondary post of this file")
			}
		}
		if w.Barred != "" && !isName(w.Barred) {
			c.errs.add(at.nth(i).at("barred"), quote(w.Barred), aName)
		}
	}
}

func (c *checker) fallbacks(at *path, student int, posts []string) {
	if posts != nil && !c.allows("fallback") {
		c.errs.add(at, "a list", "no fallback with method "+quote(c.in.Method))
		return
	}
	for i, post := range posts {
		c.listed(post, naming{student, i, true}, func() *path { return at.nth(i) })
	}
}

// listed checks one post of a student's list: known, and there once.
func (c *checker) listed(post string, line naming, at func() *path) {
	p, known := c.posts[post]
	switch {
	case !known || c.in.Posts[p].Secondary:
		c.errs.add(at(), quote(post), aMainPost)
	case c.named[p].student == line.student:
		c.errs.add(at(), quote(post), "a post that "+c.named[p].String()+" does not name")
	default:
		c.named[p] = line
	}
}

const aMainPost = "the id of a post of this file that is not secondary"

// weight checks that the costs of a list are known and of a sensible size.
func (c *checker) weight(at *path, s *Student) {
	if s.Weight != 0 && !c.allows("weight") {
		c.errs.add(at.at("weight"), strconv.Itoa(s.Weight), "no weight with method "+quote(c.in.Method))
		return
	}
	if s.Weight < 0 || s.Weight > MaxWeightedCost {
		c.errs.add(at.at("weight"), strconv.Itoa(s.Weight), aWhole(1, MaxWeightedCost))
		return
	}
	ranks := len(s.Wishes) + len(s.Fallback)
	if c.in.Method != Equity || ranks == 0 {
		return
	}
	if known := len(c.in.Rules().Costs); known > 0 && ranks > known {
		beyond := at.at("wishes").nth(known)
		if known >= len(s.Wishes) {
			beyond = at.at("fallback").nth(known - len(s.Wishes))
		}
		c.errs.add(beyond, "rank "+strconv.Itoa(known+1), "no more ranks than parameters.costs has, "+strconv.Itoa(known))
		return
	}
	if cost := c.in.RankCost(ranks); cost > MaxWeightedCost/int64(max(1, s.Weight)) {
		c.errs.add(at.at("weight"), strconv.Itoa(max(1, s.Weight))+", with a rank that costs "+strconv.FormatInt(cost, 10),
			"a weight that times each cost is at most "+strconv.Itoa(MaxWeightedCost))
	}
}

// sums checks that the sum of all costs is a number that JSON can hold.
func (c *checker) sums() {
	if c.in.Method != Equity || len(c.errs) > 0 {
		return
	}
	all := int64(1)
	for i := range c.in.Students {
		s := &c.in.Students[i]
		if ranks := len(s.Wishes) + len(s.Fallback); ranks > 0 {
			all += c.in.WishCost(s, ranks)
		}
	}
	unplaced := all // the cost of having no post when nothing may be worse
	if p := c.in.Parameters; p != nil && p.Unplaced != nil {
		unplaced = *p.Unplaced
	}
	if n := int64(len(c.in.Students)); n > 0 && (all > MaxWhole || unplaced > (MaxWhole-all)/n) {
		c.errs.add(root.at("students"), "costs that are too large together",
			"weights and costs such that nobody placed costs at most "+strconv.Itoa(MaxWhole)+", the largest exact number of JSON")
	}
}

// pins checks that every pinned student can keep the post.
func (c *checker) pins() {
	kept, members := make([]int, len(c.in.Posts)), make([]int, len(c.in.Groups))
	around := make([][]int, len(c.in.Posts))
	for g := range c.in.Groups {
		for _, post := range c.in.Groups[g].Posts {
			if p, known := c.posts[post]; known {
				around[p] = append(around[p], g)
			}
		}
	}
	for i, s := range c.in.Students {
		if s.Pinned == "" {
			continue
		}
		at := root.at("students").nth(i).at("pinned")
		p, known := c.posts[s.Pinned]
		if !known || c.in.Posts[p].Secondary || c.in.Posts[p].Closed {
			c.errs.add(at, quote(s.Pinned), "the id of a post of this file that is neither secondary nor closed")
			continue
		}
		kept[p]++
		if kept[p] > c.in.Posts[p].Seats {
			c.errs.add(at, quote(s.Pinned), "at most as many pinned students as seats, "+strconv.Itoa(c.in.Posts[p].Seats))
		}
		for _, g := range around[p] {
			members[g]++
			if members[g] == c.in.Groups[g].Max+1 {
				c.errs.add(at, quote(s.Pinned), "at most as many pinned students as group "+quote(c.in.Groups[g].ID)+" may have, "+strconv.Itoa(c.in.Groups[g].Max))
			}
		}
	}
}
