package format

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// A Result is one assign-result/1 file: who goes where, and why.
type Result struct {
	Method      string
	Engine      string // who made it: "stagora 0.1.0"
	Instance    string // Hash of the bytes of the instance file
	Assignments []Assignment
	Posts       []PostResult
	Reasons     []Reason
	Statistics  Statistics
	Certificate Certificate
}

// Hash names a file by its content: "sha256:" and the SHA-256 of its bytes in
// hexadecimal.
func Hash[C Content](file C) string {
	sum := sha256.New()
	for from := 0; from < len(file); from += hashAtOnce { // by pieces: a string would be copied whole
		sum.Write([]byte(file[from:min(from+hashAtOnce, len(file))]))
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

const hashAtOnce = 64 << 10

// An Assignment is what one student gets. A result has one for each student, in
// the order in which they are served.
type Assignment struct {
	Student   string
	Order     int
	Post      string // "" for a student without a post
	Rank      int    // of the wish that was granted, from 1; 0 without a post, for a post kept (pinned), or for a fallback
	Secondary string
	Costs     *Costs // with the methods that have costs
}

// Costs are what a placement costs a student: Cost is PostCost and Bonus
// together, within the limits of the rule. All are 0 for a student without a
// post.
type Costs struct{ PostCost, Bonus, Cost Amount }

// A PostResult is what became of one post. A result has one for each post, by
// id in the order of bytes.
type PostResult struct {
	Post      string
	Filled    int
	LastOrder int           // the highest order served here; 0 when nobody was (students pinned here are not served)
	Worth     *DemandedCost // with the methods that have costs
}

// A DemandedCost is the cost of a post and the level of demand for it: "1" (the
// strongest tenth) to "10", NoDemand or DemandClosed.
type DemandedCost struct {
	PostCost Amount
	Demand   string
}

// The demand levels that are not a tenth.
const (
	NoDemand     = "none"   // nobody wished for the post
	DemandClosed = "closed" // the post has no seats
)

// A Reason says what became of one wish. A result has one for each wish, in the
// order of the students, then of their wishes, and one with Wish 0 for each
// student who wished for nothing.
type Reason struct {
	Student   string
	Wish      int // from 1; 0 with Absent
	Outcome   string
	LastOrder int      // with Full: the last order served at the post; 0 if pinned students fill it
	Rule      string   // with Barred: the rule
	Group     string   // with Completion: the group that would have been left short, or over-full
	Students  []string // with Completion: who would have been left without a post, in the order served
}

// Equal says whether two reasons say the same.
func (r Reason) Equal(other Reason) bool {
	return r.Student == other.Student && r.Wish == other.Wish && r.Outcome == other.Outcome && r.LastOrder == other.LastOrder &&
		r.Rule == other.Rule && r.Group == other.Group && slices.Equal(r.Students, other.Students)
}

// The outcomes of a wish.
const (
	Obtained   = "obtained"
	Full       = "full"        // every seat was taken before this student's turn
	Closed     = "closed"      // the post is closed, or has no seats
	Barred     = "barred"      // a rule forbids it to this student
	NotReached = "not-reached" // a better wish was granted, or a post was kept
	Completion = "completion"  // there was a seat, but a group or other students would have been left out
	Absent     = "absent"      // the student wished for nothing
)

// Outcomes returns the outcomes, in the order of the documentation.
func Outcomes() []string {
	return []string{Obtained, Full, Closed, Barred, NotReached, Completion, Absent}
}

// Statistics sum a result up. Ranks are over the students who have one.
type Statistics struct {
	Students    int
	Placed      int
	FirstWish   int
	WithinThree int
	WorstRank   int // 0 when nobody has a rank
	RankSum     int
	Cost        *CostStatistics // with the methods that have costs
}

// CostStatistics are over all students, those without a post counting 0.
type CostStatistics struct {
	Mean      Amount
	Deviation Amount // of the population
}
