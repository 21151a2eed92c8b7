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
	if r := s.refusal(&e); r != nil {
		return r
	}
	return nil
}

// refusal returns why the event is not allowed, or nil.
func (s *Sitting) refusal(e *format.Event) *Refusal {
	refuse := func(why Why) *Refusal { return &Refusal{Event: *e, Why: why} }
	phases, known := allowedIn[e.Type]
	c, p, found := s.subjects(e)
	switch {
	case !known || !found:
		return refuse(Unknown)
	case !slices.Contains(phases, s.phase):
		r := refuse(WrongPhase)
		r.Phase = s.phase
		return r
	}
	switch e.Type {
	case format.Call, format.CloseEvent, format.Undo:
		if s.current != none {
			r := refuse(Busy)
			r.Who = []string{s.candidates[s.current].id}
			return r
		}
	case format.Take, format.ProxyTake, format.FallbackTake, format.Pass, format.AbsentEvent:
		if s.current != c {
			r := refuse(NotCurrent)
			if s.current != none {
				r.Who = []string{s.candidates[s.current].id}
			}
			return r
		}
	}
	switch e.Type {
	case format.Call:
		return s.mayCall(c, refuse, e.Recall)
	case format.Take, format.ProxyTake, format.FallbackTake:
		return s.mayTake(c, p, refuse)
	case format.Release:
		if s.situation[c] != placed {
			return refuse(NotPlaced)
		}
	case format.Undo:
		if e.To < 0 || e.To > len(s.events) {
			return refuse(NoEvent)
		}
	}
	return nil
}

// allowedIn is the phases in which each type of event is allowed.
var allowedIn = map[string][]string{
	format.OpenEvent:    {format.Prepared},
	format.CloseEvent:   {format.InSession, format.Paused},
	format.PauseEvent:   {format.InSession},
	format.ResumeEvent:  {format.Paused},
	format.Call:         {format.InSession},
	format.Take:         {format.InSession},
	format.ProxyTake:    {format.InSession},
	format.FallbackTake: {format.InSession},
	format.Pass:         {format.InSession},
	format.AbsentEvent:  {format.InSession},
	format.Release:      {format.InSession},
	format.Block:        {format.Prepared, format.InSession, format.Paused},
	format.Unblock:      {format.Prepared, format.InSession, format.Paused},
	format.Undo:         {format.Prepared, format.InSession, format.Paused},
}

// subjects returns whom and what an event is about, and whether it names what
// its type needs.
func (s *Sitting) subjects(e *format.Event) (c, p int32, found bool) {
	c, p, found = none, none, true
	switch e.Type {
	case format.Call, format.Pass, format.AbsentEvent, format.Release:
		c, found = s.candidate[e.Candidate]
	case format.Take, format.ProxyTake, format.FallbackTake:
		if c, found = s.candidate[e.Candidate]; found {
			p, found = s.post[e.Post]
		}
	case format.Block, format.Unblock:
		p, found = s.post[e.Post]
	}
	return c, p, found
}

func (s *Sitting) mayCall(c int32, refuse func(Why) *Refusal, recall bool) *Refusal {
	switch {
	case recall && s.situation[c] != skipped:
		return refuse(NotSkipped)
	case recall:
		return nil
	case s.situation[c] != waiting:
		return refuse(NotWaiting)
	}
	if first := s.first(); first != c {
		r := refuse(NotFirst)
		r.Who = []string{s.candidates[first].id}
		return r
	}
	return nil
}

func (s *Sitting) mayTake(c, p int32, refuse func(Why) *Refusal) *Refusal {
	if why, at, rule := s.obstacle(c, p); why != "" {
		r := refuse(why)
		r.Post, r.Rule = s.posts[at].id, rule
		return r
	}
	if s.rules.Completion {
		if out := s.leavesOut(c, p); len(out) > 0 {
			r := refuse(Completion)
			r.Who = s.ids(out)
			return r
		}
	}
	return nil
}

// obstacle says what keeps a candidate from a post, the completion rule apart: at
// which post, and by which rule. Nothing does when why is "".
func (s *Sitting) obstacle(c, p int32) (why Why, at int32, rule string) {
	needs := s.posts[p].needs
	for _, need := range needs {
		if s.left[need.post] < need.halves {
			return Full, need.post, ""
		}
	}
	for _, need := range needs {
		if s.blocked[need.post] {
			return Blocked, need.post, ""
		}
	}
	if at, rule, barred := s.bar(c, p); barred {
		return Barred, at, rule
	}
	return "", none, ""
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
func (s *Sitting) effect(e *format.Event) {
	c, p, _ := s.subjects(e)
	switch e.Type {
	case format.OpenEvent, format.ResumeEvent:
		s.phase = format.InSession
	case format.PauseEvent:
		s.phase = format.Paused
	case format.CloseEvent:
		s.phase = format.Ended
	case format.Call:
		s.call(c)
	case format.Take, format.ProxyTake, format.FallbackTake:
		s.give(c, p, e.N)
	case format.Pass:
		s.pass(c)
	case format.AbsentEvent:
		s.absent(c, e.N)
	case format.Release:
		s.release(c)
	case format.Block, format.Unblock:
		s.blocked[p] = e.Type == format.Block
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
			s.effect(e)
		}
	}
	s.events = log
}
