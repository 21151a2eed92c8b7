package format

// A Certificate is the proof that comes with an assignment. Its kind follows
// from the method (Proof), and says which of the other fields is filled.
type Certificate struct {
	Kind    string
	Dual    *Dual    // with DualPrices
	Levels  []Level  // with PerLevel, in the order in which they were decided
	Lottery *Lottery // with Traded
}

// The kinds of certificate.
const (
	Replay     = "replay" // serving the students again, one after another, gives the same result
	DualPrices = "dual"   // prices at which nobody could be placed more cheaply
	PerLevel   = "levels" // such prices for each rank that was decided in turn
	Traded     = "trades" // the chances before and after the trades
)

// Proof returns the kind of certificate of a method, "" for an unknown one.
func Proof(method string) string {
	switch method {
	case Serial, ScoreV1, ScoreV2, Ordered:
		return Replay
	case Equity:
		return DualPrices
	case Leximin, RankMaximal:
		return PerLevel
	case TradedLottery:
		return Traded
	}
	return ""
}

// A Dual proves that no placement has a smaller sum of costs than Objective: the
// prices of seats, which a student pays on top of the cost of a wish. No number
// is above MaxWhole.
type Dual struct {
	Posts     []PostPrice  // every main post, by id in the order of bytes
	Groups    []GroupPrice // every group, by id in the order of bytes
	Objective int64
}

// A PostPrice is what a seat of a post costs beyond the wish: 0 where seats
// stay free.
type PostPrice struct {
	Post  string
	Price int64
}

// A GroupPrice is what a group takes off the cost of its posts because it has
// a floor, or adds because it has a ceiling. At least one of the two is 0.
type GroupPrice struct {
	Group          string
	Floor, Ceiling int64
}

// A Level proves what was decided about one rank: Count students have it, and
// no placement that keeps the levels before has a better number.
type Level struct {
	Rank  int // 0: without a post
	Count int
	Dual
}

// A Lottery is what the trades started from and led to, in Draws-ths: how often
// each student gets each post. Students stand in the order in which they are
// served.
type Lottery struct {
	Draws         int64
	Before, After []Shares
}

// Shares are the chances of one student: a number for each rank of the list,
// fallbacks included. What is missing to Draws is the chance of no post.
type Shares struct {
	Student string
	Wishes  []int64
}
