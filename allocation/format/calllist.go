package format

// A CallList is one calllist/1 file: a live choice, with everything that
// happened so far.
type CallList struct {
	Rules      CallRules
	Posts      []CallPost
	Candidates []CallCandidate // in call order
	Events     []Event
}

// CallRules are what a sitting decides beforehand.
type CallRules struct {
	Absent     string // SkipAbsent, FallbackAbsent or LastAbsent
	Completion bool   // a choice is refused when it leaves somebody after without a post
}

// What becomes of a candidate who does not answer.
const (
	SkipAbsent     = "skip"     // passed over; may be recalled
	FallbackAbsent = "fallback" // gets the first free favourite, else is passed over
	LastAbsent     = "last"     // goes to the end of the list
)

// A CallPost is a post that can be chosen.
type CallPost struct {
	ID     string
	Seats  int
	Kind   string // SimplePost, CoupledPost or MixedPost
	Linked []string
}

// The kinds of post.
const (
	SimplePost  = "simple"
	CoupledPost = "coupled" // takes a seat here, and one of each linked post
	MixedPost   = "mixed"   // takes half a seat of each of its two linked posts
)

// A CallCandidate is a person who is called.
type CallCandidate struct {
	ID         string
	Favourites []string // best first
	Barred     []Bar
}

// A Bar is a post that a rule forbids to a candidate.
type Bar struct{ Post, Rule string }

// An Event is one line of the log of a sitting.
type Event struct {
	N         int // from 1, without gap
	Type      string
	Candidate string
	Post      string
	Actor     string // who did it
	By        string // with ProxyTake: the proxy
	At        string // when, as the caller writes it
	Reason    string // with Release
	Recall    bool   // with Call: one who had been skipped
	To        int    // with Undo: the number of the last event that still counts
	Prev      string // the hash of the event before; "" for the first
	Hash      string // Digest of this one
}

// The types of events.
const (
	OpenEvent    = "open"
	CloseEvent   = "close"
	PauseEvent   = "pause"
	ResumeEvent  = "resume"
	Call         = "call"
	Take         = "take"
	ProxyTake    = "proxy-take"
	FallbackTake = "fallback-take"
	Pass         = "pass"
	AbsentEvent  = "absent"
	Release      = "release"
	Block        = "block"
	Unblock      = "unblock"
	Undo         = "undo"
)

// A CallState is one calllist-state/1 file: where a sitting stands after the
// last event of its log, or where it would end if everybody chose by favourites.
type CallState struct {
	Engine    string
	Instance  string // Hash of the bytes of the instance file
	Simulated bool   // from the favourites; then Last is 0 and Log is empty
	Last      int    // the number of the last event
	Log       string // the hash of the last event
	State     SittingState
	Hash      string // Digest of State
}

// A SittingState is all that decides how a sitting can go on. Two logs that
// lead to the same state are worth the same, however many events each has.
type SittingState struct {
	Phase      string      // Prepared, InSession, Paused or Ended
	Current    string      // the candidate whose turn it is; "" for nobody
	Placements []Placement // in the order of the candidates
	Waiting    []string    // in the order in which they will be called
	Skipped    []string    // absent, may be recalled; in the order of the candidates
	Without    []string    // passed twice: without a post; in the order of the candidates
	Passed     []string    // who passed at least once; in the order of the candidates
	Moved      []string    // who went to the end of the list, in the order in which they now stand there
	Posts      []CallPostState
}

// The phases of a sitting.
const (
	Prepared  = "prepared"
	InSession = "open"
	Paused    = "paused"
	Ended     = "closed"
)

// A Placement is a candidate at a post since an event.
type Placement struct {
	Candidate string
	Post      string
	Event     int // 0 when simulated
}

// A CallPostState is what is left of one post.
type CallPostState struct {
	Post    string // posts stand by id bytes
	Left    Amount // seats; halves are possible where mixed posts are linked
	Blocked bool
	Last    int // the highest position in the list of those placed here; 0 for none
}
