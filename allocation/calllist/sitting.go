package calllist

import (
	"cmp"
	"slices"

	"stagora.org/stagora/allocation/format"
)

// none stands for nobody, and for no post.
const none = -1

// A Sitting is a live choice, with its log. Start or Replay make one.
type Sitting struct {
	rules      format.CallRules
	posts      []post
	candidates []candidate
	post       map[string]int32
	candidate  map[string]int32
	events     []format.Event
	standing
}

// A post, by indices. Taking it needs seats here and on linked posts.
type post struct {
	id    string
	seats int
	mixed bool
	needs []need  // its own seat first
	users []int32 // coupled and mixed posts that are linked to this one
}

// A need is what taking a post uses of one post, in half seats.
type need struct{ post, halves int32 }

type candidate struct {
	id         string
	favourites []int32
	barred     []int32 // posts
	rules      []string
}

// Start returns the sitting of a list before its first event; the events of the
// list are not looked at. The list must satisfy its Check: ReadCallList makes
// sure of it.
func Start(list *format.CallList) *Sitting {
	s := &Sitting{
		rules:      list.Rules,
		posts:      make([]post, len(list.Posts)),
		candidates: make([]candidate, len(list.Candidates)),
		post:       make(map[string]int32, len(list.Posts)),
		candidate:  make(map[string]int32, len(list.Candidates)),
	}
	for i, p := range list.Posts {
		s.post[p.ID] = int32(i)
	}
	for i, p := range list.Posts {
		own := &s.posts[i]
		own.id, own.seats, own.mixed = p.ID, p.Seats, p.Kind == format.MixedPost
		own.needs = []need{{int32(i), 2}}
		for _, id := range p.Linked {
			linked, halves := s.post[id], int32(2)
			if own.mixed {
				halves = 1
			}
			own.needs = append(own.needs, need{linked, halves})
			s.posts[linked].users = append(s.posts[linked].users, int32(i))
		}
	}
	for i, c := range list.Candidates {
		s.candidate[c.ID] = int32(i)
		own := &s.candidates[i]
		own.id = c.ID
		for _, id := range c.Favourites {
			own.favourites = append(own.favourites, s.post[id])
		}
		for _, bar := range c.Barred {
			own.barred = append(own.barred, s.post[bar.Post])
			own.rules = append(own.rules, bar.Rule)
		}
	}
	s.standing = s.beginning()
	return s
}

// Next returns who will be called next, not counting recalls: the candidate with
// the first place among those who wait. It says false when nobody waits.
func (s *Sitting) Next() (candidate string, waits bool) {
	if c := s.first(); c != none {
		return s.candidates[c].id, true
	}
	return "", false
}

// Events returns the log. It must not be changed.
func (s *Sitting) Events() []format.Event { return slices.Clip(s.events) }

// Standing returns the numbers of the events that still count, in their order:
// all but those that an undo cancelled. An undo that counts is one of them.
func (s *Sitting) Standing() []int {
	var numbers []int
	for n := len(s.events); n > 0; {
		numbers = append(numbers, n)
		if e := s.events[n-1]; e.Type == format.Undo {
			n = e.To
		} else {
			n--
		}
	}
	slices.Reverse(numbers)
	return numbers
}

// State returns where the sitting stands.
func (s *Sitting) State() format.SittingState {
	state := format.SittingState{Phase: s.phase, Waiting: s.ids(s.waiting())}
	last := make([]int, len(s.posts))
	for c := range s.candidates {
		id := s.candidates[c].id
		switch s.situation[c] {
		case current:
			state.Current = id
		case placed:
			p := s.held[c]
			last[p] = c + 1 // positions only grow
			state.Placements = append(state.Placements, format.Placement{Candidate: id, Post: s.posts[p].id, Event: int(s.since[c])})
		case skipped:
			state.Skipped = append(state.Skipped, id)
		case without:
			state.Without = append(state.Without, id)
		}
		if s.passes[c] > 0 {
			state.Passed = append(state.Passed, id)
		}
	}
	for slot := len(s.candidates); slot < len(s.slots); slot++ {
		if c := s.slots[slot]; s.place[c] == int32(slot) {
			state.Moved = append(state.Moved, s.candidates[c].id)
		}
	}
	for p := range s.posts {
		state.Posts = append(state.Posts, format.CallPostState{
			Post: s.posts[p].id, Left: format.Amount(s.left[p]) * format.One / 2, Blocked: s.blocked[p], Last: last[p],
		})
	}
	slices.SortFunc(state.Posts, func(a, b format.CallPostState) int { return cmp.Compare(a.Post, b.Post) })
	return state
}

func (s *Sitting) ids(candidates []int32) []string {
	var ids []string
	for _, c := range candidates {
		ids = append(ids, s.candidates[c].id)
	}
	return ids
}
