package format

// A MatchInstance is one match/1 file: a market where both sides have lists.
type MatchInstance struct {
	Proposing  string // Candidates or Posts: whom the matching favours
	Unranked   string // Refused or Last: what becomes of a candidate who asked and was not ranked
	Ties       *Ties  // how ties are broken; nil when there is none
	Posts      []MatchPost
	Candidates []MatchCandidate
	Fixed      []Pair // kept from a former round
}

// The sides that can propose.
const (
	Candidates = "candidates"
	Posts      = "posts"
)

// What becomes of a candidate whom a post did not rank.
const (
	Refused = "refused" // never admitted there
	Last    = "last"    // tied with the others who were not ranked, after everybody who was
)

// Ties is the rule that breaks ties.
type Ties struct {
	Rule string // DrawnTies or LargestTies
	Seed string
}

// The rules that break ties.
const (
	DrawnTies   = "lottery" // by lot beforehand
	LargestTies = "largest" // so that many are placed; at least two thirds of what is possible
)

// A MatchPost is a post with its ranking, best first: each entry is one
// candidate, or several who are tied.
type MatchPost struct {
	ID       string
	Seats    int
	Closed   bool
	Ranking  [][]string
	Reserved []Reserve
}

// A Reserve is how many seats of a post are for one group first.
type Reserve struct {
	Group string
	Seats int
}

// A MatchCandidate is a person with a list of posts, best first: each entry is
// one post, or several that are tied.
type MatchCandidate struct {
	ID     string
	Wishes [][]string
	Group  string // whose reserved seats are open to this candidate; "" for none
}

// A Pair is a candidate and a post.
type Pair struct{ Candidate, Post string }

// A MatchResult is one match-result/1 file: who goes where, and why.
type MatchResult struct {
	Engine      string
	Instance    string  // Hash of the bytes of the instance file
	Matches     []Match // by candidate
	Unmatched   []string
	Posts       []MatchPostResult // by post
	Reasons     []MatchReason     // by candidate, then wish; tied wishes by post
	Blocking    []Pair            // by candidate, then post: who would rather have each other, because of the pairs that are fixed
	Statistics  MatchStatistics
	Certificate string // the kind of proof: Stability
}

// Stability is the proof of a matching: no candidate and post, fixed pairs
// apart, would both rather have each other. The lists alone show it.
const Stability = "stability"

// A Match is a candidate at a post. Positions are counted over ties: two who
// share the first place both have 1, the next one 3.
type Match struct {
	Candidate string
	Post      string
	Wish      int  // the position of the post on the candidate's list; 0 if it is not there
	Rank      int  // the position of the candidate in the post's ranking; 0 if not ranked
	Fixed     bool // kept from a former round
}

// A MatchPostResult is what became of one post.
type MatchPostResult struct {
	Post     string
	Filled   int
	Cutoff   int // the worst rank admitted by merit, when the post is full; 0 for none
	Reserved []ReservedResult
}

// A ReservedResult is what became of the seats that a post reserved.
type ReservedResult struct {
	Group  string
	Filled int
	Cutoff int // the worst rank admitted to them, when they are full; 0 for none
}

// A MatchReason says what became of one wish.
type MatchReason struct {
	Candidate string
	Wish      int    // the position of the post on the list
	Post      string // on a list with ties, where Wish does not tell
	Outcome   string // Obtained, NotReached, Closed, Cutoff, Refused or Unranked
	Cutoff    int    // with Cutoff: the worst rank that got in; 0 when those who are fixed or have reserved seats fill the post
	Rank      int    // with Cutoff: the candidate's own
}

// The outcomes of a wish that only a two-sided market has.
const (
	Cutoff   = "cutoff"   // the post is full of candidates whom it prefers
	Unranked = "unranked" // the post did not rank the candidate, who came last; others have every seat
)

// MatchOutcomes returns the outcomes of a wish in a two-sided market, in the
// order of the documentation.
func MatchOutcomes() []string {
	return []string{Obtained, NotReached, Cutoff, Refused, Unranked, Closed}
}

// MatchStatistics sum a matching up. Wishes are over the candidates whose post
// is on their list.
type MatchStatistics struct {
	Candidates  int
	Placed      int
	FirstWish   int
	WithinThree int
	WorstWish   int // 0 when nobody has a wish
	WishSum     int
}
