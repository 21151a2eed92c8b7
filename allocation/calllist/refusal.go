package calllist

import (
	"fmt"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// A Refusal says why an event is not allowed.
type Refusal struct {
	Event format.Event
	Why   Why
	Phase string   // WrongPhase: where the sitting stands
	Post  string   // Full, Blocked, Barred: the post of which a seat is needed
	Rule  string   // Barred: the rule
	Who   []string // Busy, NotCurrent: whose turn it is; NotFirst: who waits before; Completion: who would be left out
}

// A Why is a reason to refuse an event.
type Why string

// The reasons. The first three are about the log, the others about the sitting.
const (
	WrongHash   Why = "hash"        // Hash is not the Digest of the event
	WrongNumber Why = "number"      // N is not the next number
	WrongPrev   Why = "prev"        // Prev is not the hash of the event before
	Unknown     Why = "unknown"     // the list has no such candidate or post
	WrongPhase  Why = "phase"       // not while the sitting stands where it does
	Busy        Why = "busy"        // somebody is current
	NotCurrent  Why = "not-current" // it is not this candidate's turn
	NotFirst    Why = "not-first"   // somebody with an earlier place waits
	NotWaiting  Why = "not-waiting" // the candidate does not wait
	NotSkipped  Why = "not-skipped" // only who was skipped can be recalled
	NotPlaced   Why = "not-placed"  // only who was placed can be released
	Full        Why = "full"        // no seat that is needed is left
	Blocked     Why = "blocked"     // a seat that is needed is blocked
	Barred      Why = "barred"      // a rule bars the candidate
	Completion  Why = "completion"  // somebody who waits would be left without any post, with another choice not
	NoEvent     Why = "no-event"    // there is no such event to go back to
)

// Error tells what was refused and why, in a sentence.
func (r *Refusal) Error() string {
	what := []string{fmt.Sprintf("event %d, %s", r.Event.N, r.Event.Type)}
	for _, id := range []string{r.Event.Candidate, r.Event.Post} {
		if id != "" {
			what = append(what, id)
		}
	}
	return strings.Join(what, " ") + ": " + r.sentence()
}

func (r *Refusal) sentence() string {
	who := strings.Join(r.Who, ", ")
	switch r.Why {
	case WrongHash:
		return "its hash is not that of its content"
	case WrongNumber:
		return "another number comes next"
	case WrongPrev:
		return "prev is not the hash of the event before"
	case Unknown:
		return "the list has no such candidate or post"
	case WrongPhase:
		return "the sitting is " + r.Phase
	case Busy:
		return "it is the turn of " + who
	case NotCurrent:
		if who == "" {
			return "it is nobody's turn"
		}
		return "it is the turn of " + who
	case NotFirst:
		return who + " waits before"
	case NotWaiting:
		return r.Event.Candidate + " does not wait"
	case NotSkipped:
		return r.Event.Candidate + " was not skipped"
	case NotPlaced:
		return r.Event.Candidate + " is not placed"
	case Full:
		return "no seat that is needed is left at " + r.Post
	case Blocked:
		return r.Post + " is blocked"
	case Barred:
		return "the rule " + r.Rule + " bars " + r.Post
	case Completion:
		return who + " would be left without a post"
	}
	return fmt.Sprintf("there is no event %d to go back to", r.Event.To)
}
