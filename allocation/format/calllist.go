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

// A CallState is one calllist-state/1 file: where a sitting stands.
type CallState struct {
	Engine     string
	Instance   string // Hash of the bytes of the instance file
	Phase      string // Prepared, InSession, Paused or Ended
	Current    string // the candidate whose turn it is; "" for nobody
	Placements []Placement
	Waiting    []string // in call order
	Skipped    []string // may be recalled
	Passed     []string // without a post
	Posts      []CallPostState
	Last       int    // the number of the last event; 0 for none
	Log        string // the hash of the last event
	Hash       string // Digest of this state
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
	Event     int
}

// A CallPostState is what is left of one post.
type CallPostState struct {
	Post    string
	Left    int
	Blocked bool
	Last    int // the position in the list of the last candidate placed here; 0 for none
}
