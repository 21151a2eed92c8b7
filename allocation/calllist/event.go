package calllist

import (
	"slices"

	"stagora.org/stagora/allocation/format"
)

// Allowed returns nil if the event would be allowed now, and the *Refusal if not.
// Of the event only what it does counts: type, candidate, post, recall and to;
// number, hashes, actor and time are for Apply to look at. So a page can ask
// beforehand which posts to offer.
func (s *Sitting) Allowed(e format.Event) error {
	if r := s.refusal(&e, s.about(&e)); r != nil {
		return r
	}
	return nil
}

// A subject is whom and what an event is about, each none when it is about no one
// or nothing.
type subject struct {
	c, p  int32
	known bool // the list has them, and there is such an event
}

func (s *Sitting) about(e *format.Event) subject {
	it := subject{none, none, true}
	switch e.Type {
	case format.Call, format.Pass, format.AbsentEvent, format.Release:
		it.c, it.known = s.find(e.Candidate)
	case format.Take, format.ProxyTake, format.FallbackTake:
		it.c, it.known = s.find(e.Candidate)
		if it.known {
			it.p, it.known = s.post[e.Post]
		}
	case format.Block, format.Unblock:
		it.p, it.known = s.post[e.Post]
	}
	return it
}

// find returns a candidate by id. Most events are about the current candidate or
// the next one: to ask these first spares most of the time of a long log.
func (s *Sitting) find(id string) (c int32, found bool) {
	if s.current != none && s.candidates[s.current].id == id {
		return s.current, true
	}
	if c := s.first(); c != none && s.candidates[c].id == id {
		return c, true
	}
	c, found = s.candidate[id]
	return c, found
}

// allowedIn says whether there are such events, and whether in this phase.
func allowedIn(event, phase string) (known, allowed bool) {
	switch event {
	case format.OpenEvent:
		return true, phase == format.Prepared
	case format.CloseEvent:
		return true, phase == format.InSession || phase == format.Paused
	case format.ResumeEvent:
		return true, phase == format.Paused
	case format.Block, format.Unblock, format.Undo:
		return true, phase != format.Ended
	case format.PauseEvent, format.Call, format.Take, format.ProxyTake, format.FallbackTake, format.Pass, format.AbsentEvent, format.Release:
		return true, phase == format.InSession
	}
	return false, false
}

// refusal returns why the event is not allowed, or nil.
func (s *Sitting) refusal(e *format.Event, it subject) *Refusal {
	refuse := func(why Why, who ...int32) *Refusal { return &Refusal{Event: *e, Why: why, Who: s.ids(who)} }
	known, allowed := allowedIn(e.Type, s.phase)
	if !known || !it.known {
		return refuse(Unknown)
	}
	if !allowed {
		r := refuse(WrongPhase)
		r.Phase = s.phase
		return r
	}
	switch e.Type {
	case format.CloseEvent:
		if s.current != none {
			return refuse(Busy, s.current)
		}
	case format.Undo:
		if s.current != none {
			return refuse(Busy, s.current)
		}
		if e.To < 0 || e.To > len(s.events) {
			return refuse(NoEvent)
		}
	case format.Call:
		if s.current != none {
			return refuse(Busy, s.current)
		}
		return s.mayCall(it.c, refuse, e.Recall)
	case format.Take, format.ProxyTake, format.FallbackTake, format.Pass, format.AbsentEvent:
		if s.current == none {
			return refuse(NotCurrent)
		}
		if s.current != it.c {
			return refuse(NotCurrent, s.current)
		}
		if it.p != none {
			return s.mayTake(it.c, it.p, refuse)
		}
	case format.Release:
		if s.situation[it.c] != placed {
			return refuse(NotPlaced)
		}
	}
	return nil
}

func (s *Sitting) mayCall(c int32, refuse func(Why, ...int32) *Refusal, recall bool) *Refusal {
	switch {
	case recall && s.situation[c] != skipped:
		return refuse(NotSkipped)
	case recall:
		return nil
	case s.situation[c] != waiting:
		return refuse(NotWaiting)
	}
	if first := s.first(); first != c {
		return refuse(NotFirst, first)
	}
	return nil
}

func (s *Sitting) mayTake(c, p int32, refuse func(Why, ...int32) *Refusal) *Refusal {
	if why, at, rule := s.obstacle(c, p); why != "" {
		r := refuse(why)
		r.Post, r.Rule = s.posts[at].id, rule
		return r
	}
	if s.rules.Completion {
		if out := s.leavesOut(c, p); len(out) > 0 {
			return refuse(Completion, out...)
		}
	}
	return nil
}

// obstacle says what keeps a candidate from a post, the completion rule apart: at
// which post, and by which rule. Nothing does when why is "".
func (s *Sitting) obstacle(c, p int32) (why Why, at int32, rule string) {
	if why, at := s.shortage(p, s.left); why != "" {
		return why, at, ""
	}
	if at, rule, barred := s.bar(c, p); barred {
		return Barred, at, rule
	}
	return "", none, ""
}

// shortage says what keeps everybody from a post when so much is left of each.
func (s *Sitting) shortage(p int32, left []int32) (why Why, at int32) {
	needs := s.posts[p].needs
	for _, need := range needs {
		if left[need.post] < need.halves {
			return Full, need.post
		}
	}
	for _, need := range needs {
		if s.blocked[need.post] {
			return Blocked, need.post
		}
	}
	return "", none
}

// bar returns the rule that bars a candidate from a post, or from one it is linked to.
func (s *Sitting) bar(c, p int32) (at int32, rule string, barred bool) {
	one := &s.candidates[c]
	if len(one.barred) == 0 {
		return none, "", false
	}
	for _, need := range s.posts[p].needs {
		if k := slices.Index(one.barred, need.post); k >= 0 {
			return need.post, one.rules[k], true
		}
	}
	return none, "", false
}

// effect does what an event, which is allowed, does.
func (s *Sitting) effect(e *format.Event, it subject) {
	switch e.Type {
	case format.OpenEvent, format.ResumeEvent:
		s.phase = format.InSession
	case format.PauseEvent:
		s.phase = format.Paused
	case format.CloseEvent:
		s.phase = format.Ended
	case format.Call:
		s.call(it.c)
	case format.Take, format.ProxyTake, format.FallbackTake:
		s.give(it.c, it.p, e.N)
	case format.Pass:
		s.pass(it.c)
	case format.AbsentEvent:
		s.absent(it.c, e.N)
	case format.Release:
		s.release(it.c)
	case format.Block, format.Unblock:
		s.blocked[it.p] = e.Type == format.Block
	case format.Undo:
		s.goBack(e.To)
	}
}

func (s *Sitting) absent(c int32, event int) {
	if s.rules.Absent == format.LastAbsent {
		s.toTheEnd(c)
		return
	}
	if s.rules.Absent == format.FallbackAbsent {
		if p := s.favourite(c); p != none {
			s.give(c, p, event)
			return
		}
	}
	s.end(c, skipped)
}

// favourite returns the first favourite that the candidate may take, or none.
func (s *Sitting) favourite(c int32) int32 {
	for _, p := range s.candidates[c].favourites {
		if why, _, _ := s.obstacle(c, p); why == "" && !(s.rules.Completion && len(s.leavesOut(c, p)) > 0) {
			return p
		}
	}
	return none
}

// goBack makes the sitting what it was right after an event, by doing again those
// that counted then. It takes time in proportion to their number.
func (s *Sitting) goBack(to int) {
	log := s.events
	s.events = log[:to]
	standing := s.Standing()
	s.standing = s.beginning()
	for _, n := range standing {
		if e := &log[n-1]; e.Type != format.Undo {
			s.effect(e, s.about(e))
		}
	}
	s.events = log
}
