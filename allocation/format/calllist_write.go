package format

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// Bytes returns the call list as a canonical calllist/1 file.
func (l *CallList) Bytes() []byte {
	w := &writer{}
	w.open('{')
	w.list("candidates", len(l.Candidates), func(i int) { w.callCandidate(&l.Candidates[i]) })
	w.list("events", len(l.Events), func(i int) { w.event(&l.Events[i], l.Events[i].Hash) })
	w.keyText("format", "calllist/1")
	w.list("posts", len(l.Posts), func(i int) {
		p := &l.Posts[i]
		w.open('{')
		w.keyText("id", p.ID)
		if p.Kind != SimplePost {
			w.keyText("kind", p.Kind)
			w.names("linked", p.Linked)
		}
		w.keyInt("seats", p.Seats)
		w.close('}')
	})
	w.key("rules")
	w.open('{')
	w.keyText("absent", l.Rules.Absent)
	w.ifTrue("completion", l.Rules.Completion)
	w.close('}')
	w.close('}')
	return w.b
}

func (w *writer) callCandidate(c *CallCandidate) {
	w.open('{')
	if len(c.Barred) > 0 {
		w.list("barred", len(c.Barred), func(i int) {
			w.open('{')
			w.keyText("post", c.Barred[i].Post)
			w.keyText("rule", c.Barred[i].Rule)
			w.close('}')
		})
	}
	w.names("favourites", c.Favourites)
	w.keyText("id", c.ID)
	w.close('}')
}

// event writes an event, without its hash when hash is "".
func (w *writer) event(e *Event, hash string) {
	w.open('{')
	w.keyText("actor", e.Actor)
	w.keyText("at", e.At)
	w.ifText("by", e.By)
	w.ifText("candidate", e.Candidate)
	w.ifText("hash", hash)
	w.keyInt("n", e.N)
	w.ifText("post", e.Post)
	w.keyText("prev", e.Prev)
	w.ifText("reason", e.Reason)
	w.ifTrue("recall", e.Recall)
	if e.Type == Undo {
		w.keyInt("to", e.To)
	}
	w.keyText("type", e.Type)
	w.close('}')
}

// Digest returns what Hash must be: the SHA-256, in hexadecimal, of the canonical
// JSON of the event without its hash.
func (e *Event) Digest() string {
	d := e.digest()
	return string(d[:])
}

// Sealed says whether Hash is the Digest of the event.
func (e *Event) Sealed() bool {
	d := e.digest()
	return e.Hash == string(d[:])
}

func (e *Event) digest() (d [2 * sha256.Size]byte) {
	w := writers.Get().(*writer)
	w.b = w.b[:0]
	w.event(e, "")
	sum := sha256.Sum256(w.b)
	writers.Put(w)
	hex.Encode(d[:], sum[:])
	return d
}

// writers are kept from one event to the next: a log may have millions.
var writers = sync.Pool{New: func() any { return new(writer) }}

// Bytes returns the state as a canonical calllist-state/1 file.
func (s *CallState) Bytes() []byte {
	w := &writer{}
	w.open('{')
	w.keyText("engine", s.Engine)
	w.keyText("format", "calllist-state/1")
	w.keyText("hash", s.Hash)
	w.keyText("instance", s.Instance)
	w.ifInt("last", s.Last)
	w.ifText("log", s.Log)
	w.ifTrue("simulated", s.Simulated)
	w.key("state")
	w.sittingState(&s.State)
	w.close('}')
	return w.b
}

// Bytes returns the state alone as canonical JSON.
func (s *SittingState) Bytes() []byte {
	w := &writer{}
	w.sittingState(s)
	return w.b
}

// Digest returns the SHA-256, in hexadecimal, of the state as canonical JSON.
func (s *SittingState) Digest() string {
	sum := sha256.Sum256(s.Bytes())
	return hex.EncodeToString(sum[:])
}

func (w *writer) sittingState(s *SittingState) {
	w.open('{')
	w.ifText("current", s.Current)
	w.names("moved", s.Moved)
	w.names("passed", s.Passed)
	w.keyText("phase", s.Phase)
	w.list("placements", len(s.Placements), func(i int) {
		p := &s.Placements[i]
		w.open('{')
		w.keyText("candidate", p.Candidate)
		w.ifInt("event", p.Event)
		w.keyText("post", p.Post)
		w.close('}')
	})
	w.list("posts", len(s.Posts), func(i int) {
		p := &s.Posts[i]
		w.open('{')
		w.ifTrue("blocked", p.Blocked)
		w.ifInt("last", p.Last)
		w.keyAmount("left", p.Left)
		w.keyText("post", p.Post)
		w.close('}')
	})
	w.names("skipped", s.Skipped)
	w.names("waiting", s.Waiting)
	w.names("without", s.Without)
	w.close('}')
}
