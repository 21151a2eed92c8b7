package calllist_test

import (
	"maps"
	"slices"

	"stagora.org/stagora/allocation/format"
)

// A reference is the sitting written a second time, from docs/algorithms/call-list.md:
// by names, counting seats anew for every question, and with a copy of everything
// after each event, so that it can go back to any.
type reference struct {
	list *format.CallList
	snapshot
	after []snapshot // after[n] is how it stood after event n
}

type snapshot struct {
	phase   string
	current string
	queue   []string          // everybody, by place
	moved   map[string]bool   // who went to the end
	is      map[string]string // waiting, placed, skipped or without; the current one keeps what it was
	passes  map[string]int
	held    map[string]format.Placement
	blocked map[string]bool
}

func newReference(list *format.CallList) *reference {
	r := &reference{list: list, snapshot: snapshot{
		phase: "prepared", moved: map[string]bool{}, is: map[string]string{}, passes: map[string]int{},
		held: map[string]format.Placement{}, blocked: map[string]bool{},
	}}
	for _, c := range list.Candidates {
		r.queue = append(r.queue, c.ID)
		r.is[c.ID] = "waiting"
	}
	r.after = []snapshot{r.copy()}
	return r
}

func (s snapshot) copy() snapshot {
	s.queue, s.moved, s.is = slices.Clone(s.queue), maps.Clone(s.moved), maps.Clone(s.is)
	s.passes, s.held, s.blocked = maps.Clone(s.passes), maps.Clone(s.held), maps.Clone(s.blocked)
	return s
}

func (r *reference) those(situation string) []string {
	var ids []string
	for _, id := range r.queue {
		if r.is[id] == situation && id != r.current {
			ids = append(ids, id)
		}
	}
	return ids
}

func (r *reference) thePost(id string) format.CallPost {
	return r.list.Posts[slices.IndexFunc(r.list.Posts, func(p format.CallPost) bool { return p.ID == id })]
}

// uses returns how many half seats of a post the taker of another (or the same) needs.
func (r *reference) uses(taken, of string) int {
	switch p := r.thePost(taken); {
	case taken == of:
		return 2
	case slices.Contains(p.Linked, of) && p.Kind == "mixed":
		return 1
	case slices.Contains(p.Linked, of):
		return 2
	}
	return 0
}

// free returns the half seats left of a post when these posts are taken.
func (r *reference) free(id string, taken []string) int {
	halves := 2 * r.thePost(id).Seats
	for _, t := range taken {
		halves -= r.uses(t, id)
	}
	return halves
}

func (r *reference) taken() []string {
	var taken []string
	for _, p := range r.held {
		taken = append(taken, p.Post)
	}
	return taken
}

// can says whether a person can take a post when these posts are taken.
func (r *reference) can(candidate, id string, taken []string) bool {
	c := r.list.Candidates[slices.IndexFunc(r.list.Candidates, func(c format.CallCandidate) bool { return c.ID == candidate })]
	for _, q := range append([]string{id}, r.thePost(id).Linked...) {
		barred := slices.ContainsFunc(c.Barred, func(b format.Bar) bool { return b.Post == q })
		if r.free(q, taken) < r.uses(id, q) || r.blocked[q] || barred {
			return false
		}
	}
	return true
}

// granted says whether the current person may take a post.
func (r *reference) granted(id string) bool {
	if !r.can(r.current, id, r.taken()) {
		return false
	}
	if !r.list.Rules.Completion {
		return true
	}
	most := r.most(r.those("waiting"), append(r.taken(), id))
	for _, q := range r.list.Posts {
		if r.can(r.current, q.ID, r.taken()) && r.least(r.those("waiting"), append(r.taken(), q.ID)) > most {
			return false
		}
	}
	return true
}

// least counts who can all have simple posts, by trying everything.
func (r *reference) least(people, taken []string) int {
	return r.best(people, taken, func(p format.CallPost) bool { return p.Kind == "simple" })
}

// after counts who can all have posts, by trying everything.
func (r *reference) afterAll(people, taken []string) int {
	return r.best(people, taken, func(format.CallPost) bool { return true })
}

func (r *reference) best(people, taken []string, counts func(format.CallPost) bool) int {
	if len(people) == 0 {
		return 0
	}
	best := r.best(people[1:], taken, counts)
	for _, p := range r.list.Posts {
		if best < len(people) && counts(p) && r.can(people[0], p.ID, taken) {
			best = max(best, 1+r.best(people[1:], append(slices.Clone(taken), p.ID), counts))
		}
	}
	return best
}

// most counts who can have simple posts, and mixed ones by the last, odd halves of the
// posts they are linked to, by trying everything.
func (r *reference) most(people, taken []string) int {
	room := map[string]int{}
	for _, p := range r.list.Posts {
		switch p.Kind {
		case "simple":
			room[p.ID] = r.free(p.ID, taken) / 2
		case "mixed":
			odd := r.free(p.Linked[0], taken)%2 + r.free(p.Linked[1], taken)%2
			room[p.ID] = min(r.free(p.ID, taken)/2, odd)
		}
	}
	var count func(people []string) int
	count = func(people []string) int {
		if len(people) == 0 {
			return 0
		}
		best := count(people[1:])
		for _, p := range r.list.Posts {
			if room[p.ID] > 0 && best < len(people) && r.can(people[0], p.ID, taken) {
				room[p.ID]--
				best = max(best, 1+count(people[1:]))
				room[p.ID]++
			}
		}
		return best
	}
	return count(people)
}

// odd says whether a last half of a seat is left somewhere, once these posts are taken too.
func (r *reference) odd(posts ...string) bool {
	return slices.ContainsFunc(r.list.Posts, func(p format.CallPost) bool { return r.free(p.ID, append(r.taken(), posts...))%2 == 1 })
}

func (r *reference) allowed(e format.Event) bool {
	open, mine := r.phase == "open", r.phase == "open" && r.current == e.Candidate
	switch e.Type {
	case "open":
		return r.phase == "prepared"
	case "close":
		return (open || r.phase == "paused") && r.current == ""
	case "pause":
		return open
	case "resume":
		return r.phase == "paused"
	case "call":
		if !open || r.current != "" {
			return false
		}
		if e.Recall {
			return r.is[e.Candidate] == "skipped"
		}
		waiting := r.those("waiting")
		return len(waiting) > 0 && waiting[0] == e.Candidate
	case "take", "proxy-take", "fallback-take":
		return mine && r.granted(e.Post)
	case "pass", "absent":
		return mine
	case "release":
		return open && r.is[e.Candidate] == "placed"
	case "block", "unblock":
		return r.phase != "closed"
	case "undo":
		return r.phase != "closed" && r.current == "" && e.To < len(r.after)
	}
	return false
}

func (r *reference) apply(e format.Event) {
	switch e.Type {
	case "open", "resume":
		r.phase = "open"
	case "close":
		r.phase = "closed"
	case "pause":
		r.phase = "paused"
	case "call":
		r.current = e.Candidate
	case "take", "proxy-take", "fallback-take":
		r.give(e.Post, e.N)
	case "pass":
		r.pass()
	case "absent":
		r.absent(e.N)
	case "release":
		delete(r.held, e.Candidate)
		r.is[e.Candidate] = "waiting"
	case "block":
		r.blocked[e.Post] = true
	case "unblock":
		r.blocked[e.Post] = false
	case "undo":
		r.snapshot = r.after[e.To].copy()
	}
	r.after = append(r.after, r.copy())
}

func (r *reference) give(post string, event int) {
	r.held[r.current] = format.Placement{Candidate: r.current, Post: post, Event: event}
	r.end("placed")
}

func (r *reference) end(situation string) {
	r.is[r.current] = situation
	r.current = ""
}

func (r *reference) toTheEnd() {
	r.queue = append(slices.DeleteFunc(r.queue, func(id string) bool { return id == r.current }), r.current)
	r.moved[r.current] = true
	r.end("waiting")
}

func (r *reference) pass() {
	r.passes[r.current]++
	if r.passes[r.current] > 1 {
		r.end("without")
	} else {
		r.toTheEnd()
	}
}

func (r *reference) favourite() string {
	for _, c := range r.list.Candidates {
		for _, p := range c.Favourites {
			if c.ID == r.current && r.granted(p) {
				return p
			}
		}
	}
	return ""
}

func (r *reference) absent(event int) {
	post := r.favourite()
	switch rule := r.list.Rules.Absent; {
	case rule == "last":
		r.toTheEnd()
	case rule == "fallback" && post != "":
		r.give(post, event)
	default:
		r.end("skipped")
	}
}

// simulate plays the rest from the favourites.
func (r *reference) simulate() {
	for {
		waiting := r.those("waiting")
		if r.current == "" && len(waiting) == 0 {
			break
		}
		if r.current == "" {
			r.current = waiting[0]
		}
		if post := r.favourite(); post != "" {
			r.give(post, 0)
		} else {
			r.pass()
		}
	}
	r.phase = "closed"
}

func (r *reference) state() format.SittingState {
	s := format.SittingState{Phase: r.phase, Current: r.current, Waiting: r.those("waiting")}
	last := map[string]int{}
	for position, c := range r.list.Candidates {
		if c.ID == r.current {
			// in no list
		} else if r.is[c.ID] == "skipped" {
			s.Skipped = append(s.Skipped, c.ID)
		} else if r.is[c.ID] == "without" {
			s.Without = append(s.Without, c.ID)
		}
		if p, ok := r.held[c.ID]; ok {
			s.Placements = append(s.Placements, p)
			last[p.Post] = position + 1
		}
		if r.passes[c.ID] > 0 {
			s.Passed = append(s.Passed, c.ID)
		}
	}
	for _, id := range r.queue {
		if r.moved[id] {
			s.Moved = append(s.Moved, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(postIDs(r.list))) {
		s.Posts = append(s.Posts, format.CallPostState{
			Post: id, Left: format.Amount(r.free(id, r.taken())) * format.One / 2, Blocked: r.blocked[id], Last: last[id],
		})
	}
	return s
}

func postIDs(list *format.CallList) map[string]bool {
	ids := map[string]bool{}
	for _, p := range list.Posts {
		ids[p.ID] = true
	}
	return ids
}
