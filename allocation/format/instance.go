package format

import (
	"slices"
	"strconv"
)

// The methods of assign/1.
const (
	Serial        = "serial"
	ScoreV1       = "score-v1"
	ScoreV2       = "score-v2"
	Ordered       = "ordered"
	Equity        = "equity"
	Leximin       = "leximin"
	RankMaximal   = "rank-maximal"
	TradedLottery = "traded-lottery"
)

// Methods returns the names of the methods, in the order of the documentation.
func Methods() []string {
	return []string{Serial, ScoreV1, ScoreV2, Ordered, Equity, Leximin, RankMaximal, TradedLottery}
}

// Bounds of an instance: far above any campaign, and low enough that no sum of
// the engine can overflow.
const (
	MaxSeats           = 1_000_000 // of one post
	MaxOrder           = 1_000_000
	MaxRankCost        = 1_000_000
	MaxWeightedCost    = 1 << 30 // the weight of a student times the cost of a rank
	MaxUnplacedCost    = 1 << 40
	MaxDraws           = 1_000_000
	MaxLotteryStudents = 2000 // with TradedLottery
)

// NoCeiling is the Max of a group that has none.
const NoCeiling = 1 << 30

// An Instance is one assign/1 file: what a campaign asks the engine.
type Instance struct {
	Method     string
	Parameters *Parameters // nil: DefaultParameters
	Posts      []Post
	Students   []Student
	Groups     []Group // any two disjoint, or one inside the other
}

// A Group is a set of main posts which must receive at least Min and at most Max
// students together, pinned ones included.
type Group struct {
	ID       string
	Posts    []string
	Min, Max int
}

// A Post is a site's opening, with its number of seats.
type Post struct {
	ID        string
	Seats     int
	Closed    bool    // nobody may be assigned; demand and cost are still computed
	Secondary bool    // may only accompany a main post
	Fixed     *Amount // the cost of the post when it is not computed
	Median    bool    // the cost is the median of the computed ones; excludes Fixed
}

// A Student is one person who is placed, under an id.
type Student struct {
	ID       string
	Order    int // who is served first, from 1; for all students or for none (0: the order of the file)
	Score    Amount
	Weight   int      // how much the ranks of this student count with Equity; 1 when the file says nothing, and 0 counts as 1
	Pinned   string   // the post this student keeps; "" for none
	Wishes   []Wish   // best first
	Fallback []string // posts accepted after all wishes, best first
}

// Accepted returns the post at each rank of the list: the wishes, then the
// fallbacks. A wish that is barred keeps its rank, with "" for its post.
func (s *Student) Accepted() []string {
	posts := make([]string, 0, len(s.Wishes)+len(s.Fallback))
	for _, w := range s.Wishes {
		if w.Barred != "" {
			w.Post = ""
		}
		posts = append(posts, w.Post)
	}
	return append(posts, s.Fallback...)
}

// A Wish is one line of a student's list.
type Wish struct {
	Post      string
	Secondary string // given too if it is free when the post is granted; "" for none
	Barred    string // the rule that forbids granting it; "" when nothing does
}

// Parameters are the constants of the rules. A method looks at its own alone.
type Parameters struct {
	// Of ScoreV1 and ScoreV2.

	RankCosts   []Amount // what a wish at rank 1, 2, 3… adds to the demand for its post; 0 beyond
	MaxPostCost Amount
	Correction  Amount // the exponent of the correction; from 0 to 3, at most 3 decimals
	MaxCost     Amount // of a post cost with its bonus
	Decimals    int    // that costs are rounded to, 0 to 6
	BonusFactor Amount // of score-v1

	// Of Equity.
	Costs    []int64 // what rank 1, 2, 3… costs, never decreasing; empty: the square of the rank
	Unplaced *int64  // what having no post costs; nil: as many placed as possible, whatever it costs

	// Of TradedLottery.
	Seed  string
	Draws int // how many orders are drawn
}

// DefaultParameters returns what holds where a file says nothing. The constants
// of the scores are those that StageTrek is delivered with.
func DefaultParameters() *Parameters {
	p := &Parameters{
		MaxPostCost: 40 * One,
		Correction:  One * 14 / 10,
		MaxCost:     50 * One,
		Decimals:    2,
		BonusFactor: One / 4,
		Draws:       10_000,
	}
	for _, cost := range []Amount{5, 4, 3, 3, 2, 2, 2, 1, 1, 1, 1, 1} {
		p.RankCosts = append(p.RankCosts, cost*One)
	}
	return p
}

// Rules returns the parameters in force: those of the instance, or the defaults.
func (in *Instance) Rules() *Parameters {
	if in.Parameters == nil {
		return DefaultParameters()
	}
	return in.Parameters
}

// RankCost returns what a rank, from 1, costs with Equity before the weight of
// the student.
func (in *Instance) RankCost(rank int) int64 {
	if p := in.Parameters; p != nil && len(p.Costs) > 0 {
		return p.Costs[rank-1]
	}
	return int64(rank) * int64(rank)
}

// An Index finds posts and students by id.
type Index struct {
	Post    map[string]int
	Student map[string]int
}

// Index returns the place of each post and student in the lists of the instance.
func (in *Instance) Index() Index {
	x := Index{Post: make(map[string]int, len(in.Posts)), Student: make(map[string]int, len(in.Students))}
	for i, p := range in.Posts {
		x.Post[p.ID] = i
	}
	for i, s := range in.Students {
		x.Student[s.ID] = i
	}
	return x
}

// Sequence returns the students as indices, in the order in which they are
// served: by Order, or as they stand when none has one.
func (in *Instance) Sequence() []int {
	served := make([]int, len(in.Students))
	for i := range served {
		served[i] = i
	}
	slices.SortStableFunc(served, func(x, y int) int { return in.Students[x].Order - in.Students[y].Order })
	return served
}

// Check returns every rule of assign/1 that the content of the instance breaks,
// as Errors whose paths are those of the file, or nil. ReadInstance calls it;
// whoever builds an Instance in Go does too.
func (in *Instance) Check() error {
	c := checker{in: in, posts: make(map[string]int, len(in.Posts))}
	if !slices.Contains(Methods(), in.Method) {
		c.errs.add(root.at("method"), quote(in.Method), "one of "+quoteAll(Methods()))
	}
	c.parameters()
	c.thePosts()
	c.students()
	c.pins()
	return c.errs.asError()
}

var root *path // the empty path, "$"

type checker struct {
	in    *Instance
	errs  Errors
	posts map[string]int // by id, the first when an id is used twice
	named []naming       // of each post, the last wish that names it
}

// A naming is one wish, of a student by number (from 1, so that no student is 0).
type naming struct{ student, wish int }

func (c *checker) parameters() {
	p := c.in.Parameters
	if p == nil {
		return
	}
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
}

const (
	maxRankCost   = 1000 * One
	maxCorrection = 3 * One
)

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
	ids, orders := make(map[string]int, len(c.in.Students)), make(map[int]int, len(c.in.Students))
	c.named = make([]naming, len(c.in.Posts))
	for i, s := range c.in.Students {
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
	for i, w := range wishes {
		p, known := c.posts[w.Post]
		if !known || c.in.Posts[p].Secondary {
			c.errs.add(at.nth(i).at("post"), quote(w.Post), "the id of a post of this file that is not secondary")
		} else if before := c.named[p]; before.student == student {
			c.errs.add(at.nth(i).at("post"), quote(w.Post), "a post that wishes["+strconv.Itoa(before.wish)+"] does not name")
		} else {
			c.named[p] = naming{student, i}
		}
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

// pins checks that every pinned student can keep the post.
func (c *checker) pins() {
	kept := make([]int, len(c.in.Posts))
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
		if kept[p]++; kept[p] > c.in.Posts[p].Seats {
			c.errs.add(at, quote(s.Pinned), "at most as many pinned students as seats, "+strconv.Itoa(c.in.Posts[p].Seats))
		}
	}
}
