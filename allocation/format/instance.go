package format

import "slices"

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

// MaxWhole bounds the whole numbers of a certificate: JSON, whose numbers are
// doubles, holds them exactly up to here.
const MaxWhole = 1<<53 - 1

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
	Weight   int      // how much the ranks of this student count with Equity; 0, as when the file says nothing, is 1
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

// WishCost returns what a rank of a student's list, from 1, costs with Equity:
// the cost of the rank times the weight of the student.
func (in *Instance) WishCost(s *Student, rank int) int64 {
	return int64(max(1, s.Weight)) * in.RankCost(rank)
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
