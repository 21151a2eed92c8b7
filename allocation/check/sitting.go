package check

import (
	"container/heap"
	"fmt"
	"slices"

	"stagora.org/stagora/allocation/format"
)

// A sitting is a live choice played again by its rules, one event after another.
// It looks everything up anew where a solver would keep books.
type sitting struct {
	list      *format.CallList
	post      map[string]int
	candidate map[string]int
	needs     [][]need       // of each post: what it takes to have it
	barred    []map[int]bool // of each candidate, by post
	standing
}

// A need is so many half seats of a post.
type need struct{ post, halves int }

// A standing is what events change.
type standing struct {
	phase     string
	current   int         // or nobody
	situation []situation // of each candidate
	passes    []int
	held      []int // of each candidate who is placed: the post, and since which event
	since     []int
	left      []int // of each post, in half seats
	blocked   []bool
	place     []int // of each candidate, on a list that grows at its end
	owner     []int // of each place: who got it
	line      places
}

type situation int

const (
	isWaiting situation = iota
	isCurrent
	isPlaced
	isSkipped
	isWithout
)

const nobody = -1

// places is a heap of places on the list. Some may be of people who no longer
// wait there; they are dropped when they come first.
type places []int

func (p places) Len() int           { return len(p) }
func (p places) Less(i, j int) bool { return p[i] < p[j] }
func (p places) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

// Push is for package heap.
func (p *places) Push(x any) { *p = append(*p, x.(int)) }

// Pop is for package heap.
func (p *places) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

func newSitting(list *format.CallList) *sitting {
	s := &sitting{list: list, post: map[string]int{}, candidate: map[string]int{}}
	for i, p := range list.Posts {
		s.post[p.ID] = i
	}
	for i, p := range list.Posts {
		needs := []need{{i, 2}}
		for _, linked := range p.Linked {
			halves := 2
			if p.Kind == format.MixedPost {
				halves = 1
			}
			needs = append(needs, need{s.post[linked], halves})
		}
		s.needs = append(s.needs, needs)
	}
	for i, c := range list.Candidates {
		s.candidate[c.ID] = i
		barred := map[int]bool{}
		for _, b := range c.Barred {
			barred[s.post[b.Post]] = true
		}
		s.barred = append(s.barred, barred)
	}
	s.begin()
	return s
}

func (s *sitting) begin() {
	n := len(s.list.Candidates)
	s.standing = standing{
		phase: format.Prepared, current: nobody,
		situation: make([]situation, n), passes: make([]int, n), held: make([]int, n), since: make([]int, n),
		blocked: make([]bool, len(s.list.Posts)), place: make([]int, n),
	}
	for _, p := range s.list.Posts {
		s.left = append(s.left, 2*p.Seats)
	}
	for c := range n {
		s.place[c] = c
		s.owner = append(s.owner, c)
		s.line = append(s.line, c)
	}
}

// first returns who waits before all others, or nobody.
func (s *sitting) first() int {
	for len(s.line) > 0 {
		c := s.owner[s.line[0]]
		if s.situation[c] == isWaiting && s.place[c] == s.line[0] {
			return c
		}
		heap.Pop(&s.line)
	}
	return nobody
}

// obstacle says why a candidate cannot have a post, the completion rule apart; ""
// when nothing is in the way.
func (s *sitting) obstacle(c, p int) string {
	for _, need := range s.needs[p] {
		id := s.list.Posts[need.post].ID
		switch {
		case s.left[need.post] < need.halves:
			return "post " + id + " has no seat left for it"
		case s.blocked[need.post]:
			return "post " + id + " is blocked"
		case s.barred[c][need.post]:
			return "a rule bars " + s.list.Candidates[c].ID + " from post " + id
		}
	}
	return ""
}

// refusal says why an event is not allowed; "" when it is.
func (s *sitting) refusal(e *format.Event) string {
	c, p := s.candidate[e.Candidate], s.post[e.Post]
	if !s.inPhase(e.Type) {
		return "the sitting is " + s.phase
	}
	switch e.Type {
	case format.Call:
		switch {
		case s.current != nobody:
			return "it is the turn of " + s.list.Candidates[s.current].ID
		case e.Recall && s.situation[c] != isSkipped:
			return e.Candidate + " was not skipped"
		case e.Recall:
			return ""
		case s.situation[c] != isWaiting:
			return e.Candidate + " does not wait"
		case s.first() != c:
			return s.list.Candidates[s.first()].ID + " comes first"
		}
	case format.Take, format.ProxyTake, format.FallbackTake, format.Pass, format.AbsentEvent:
		if s.current != c {
			return "it is not the turn of " + e.Candidate
		}
		if e.Type == format.Pass || e.Type == format.AbsentEvent {
			return ""
		}
		return s.mayTake(c, p)
	case format.Release:
		if s.situation[c] != isPlaced {
			return e.Candidate + " has no post"
		}
	case format.CloseEvent, format.Undo:
		if s.current != nobody {
			return "it is the turn of " + s.list.Candidates[s.current].ID
		}
		if e.Type == format.Undo && (e.To < 0 || e.To >= e.N) {
			return fmt.Sprintf("there is no event %d before it", e.To)
		}
	}
	return ""
}

// inPhase says whether events of a type are allowed in the phase.
func (s *sitting) inPhase(event string) bool {
	switch event {
	case format.OpenEvent:
		return s.phase == format.Prepared
	case format.ResumeEvent:
		return s.phase == format.Paused
	case format.CloseEvent:
		return s.phase == format.InSession || s.phase == format.Paused
	case format.Block, format.Unblock, format.Undo:
		return s.phase != format.Ended
	}
	return s.phase == format.InSession
}

func (s *sitting) mayTake(c, p int) string {
	if why := s.obstacle(c, p); why != "" {
		return why
	}
	if s.list.Rules.Completion && s.leavesOut(c, p) {
		return "another post would leave fewer of those after without one"
	}
	return ""
}

// do does what an event does, which is allowed; undo apart.
func (s *sitting) do(e *format.Event) {
	c, p := s.candidate[e.Candidate], s.post[e.Post]
	switch e.Type {
	case format.OpenEvent, format.ResumeEvent:
		s.phase = format.InSession
	case format.PauseEvent:
		s.phase = format.Paused
	case format.CloseEvent:
		s.phase = format.Ended
	case format.Call:
		s.current, s.situation[c] = c, isCurrent
	case format.Take, format.ProxyTake, format.FallbackTake:
		s.give(c, p, e.N)
	case format.Pass:
		s.pass(c)
	case format.AbsentEvent:
		s.absent(c, e.N)
	case format.Release:
		for _, need := range s.needs[s.held[c]] {
			s.left[need.post] += need.halves
		}
		s.wait(c)
	case format.Block:
		s.blocked[p] = true
	case format.Unblock:
		s.blocked[p] = false
	}
}

func (s *sitting) give(c, p, event int) {
	for _, need := range s.needs[p] {
		s.left[need.post] -= need.halves
	}
	s.current, s.situation[c], s.held[c], s.since[c] = nobody, isPlaced, p, event
}

func (s *sitting) pass(c int) {
	s.current = nobody
	s.passes[c]++
	if s.passes[c] > 1 {
		s.situation[c] = isWithout
		return
	}
	s.toTheEnd(c)
}

func (s *sitting) absent(c, event int) {
	s.current = nobody
	switch s.list.Rules.Absent {
	case format.LastAbsent:
		s.toTheEnd(c)
		return
	case format.FallbackAbsent:
		if p := s.favourite(c); p != nobody {
			s.give(c, p, event)
			return
		}
	}
	s.situation[c] = isSkipped
}

// favourite returns the first favourite that a candidate may take, or nobody's.
func (s *sitting) favourite(c int) int {
	for _, id := range s.list.Candidates[c].Favourites {
		if p := s.post[id]; s.mayTake(c, p) == "" {
			return p
		}
	}
	return nobody
}

func (s *sitting) toTheEnd(c int) {
	s.place[c] = len(s.owner)
	s.owner = append(s.owner, c)
	s.wait(c)
}

// wait lets a candidate wait at their place.
func (s *sitting) wait(c int) {
	s.situation[c] = isWaiting
	heap.Push(&s.line, s.place[c])
}

// simulate ends a sitting in which nothing happened, by the favourites.
func (s *sitting) simulate() {
	for c := s.first(); c != nobody; c = s.first() {
		s.situation[c] = isCurrent
		if p := s.favourite(c); p != nobody {
			s.give(c, p, 0)
		} else {
			s.pass(c)
		}
	}
	s.phase = format.Ended
}

// state tells where the sitting stands.
func (s *sitting) state() format.SittingState {
	state := format.SittingState{Phase: s.phase}
	last := make([]int, len(s.list.Posts))
	var waiting, moved []int
	for c, one := range s.list.Candidates {
		switch s.situation[c] {
		case isWaiting:
			waiting = append(waiting, c)
		case isCurrent:
			state.Current = one.ID
		case isPlaced:
			state.Placements = append(state.Placements, format.Placement{Candidate: one.ID, Post: s.list.Posts[s.held[c]].ID, Event: s.since[c]})
			last[s.held[c]] = c + 1
		case isSkipped:
			state.Skipped = append(state.Skipped, one.ID)
		case isWithout:
			state.Without = append(state.Without, one.ID)
		}
		if s.passes[c] > 0 {
			state.Passed = append(state.Passed, one.ID)
		}
		if s.place[c] >= len(s.place) {
			moved = append(moved, c)
		}
	}
	state.Waiting, state.Moved = s.byPlace(waiting), s.byPlace(moved)
	for id, p := range s.post {
		state.Posts = append(state.Posts, format.CallPostState{
			Post: id, Left: format.Amount(s.left[p]) * format.One / 2, Blocked: s.blocked[p], Last: last[p],
		})
	}
	sortPosts(state.Posts)
	return state
}

func (s *sitting) byPlace(candidates []int) []string {
	slices.SortFunc(candidates, func(x, y int) int { return s.place[x] - s.place[y] })
	var ids []string
	for _, c := range candidates {
		ids = append(ids, s.list.Candidates[c].ID)
	}
	return ids
}
