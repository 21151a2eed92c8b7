package calllist

import (
	"slices"

	"stagora.org/stagora/allocation/format"
)

// A standing is what events change.
type standing struct {
	phase     string
	current   int32       // whose turn it is, or none
	situation []situation // of each candidate
	passes    []uint8     // of each candidate: 0, 1, or 2 for more
	held      []int32     // the post of each candidate who is placed
	since     []int32     // and the number of the event that gave it
	left      []int32     // of each post, in half seats
	blocked   []bool

	// The list is a row of slots. A candidate stands at one, place; the slots that
	// a candidate left stay empty. Nobody waits before head.
	slots []int32
	place []int32
	head  int
}

type situation uint8

const (
	waiting situation = iota
	current
	placed
	skipped
	without
)

// beginning is where a sitting stands before its first event.
func (s *Sitting) beginning() standing {
	n := len(s.candidates)
	b := standing{
		phase:     format.Prepared,
		current:   none,
		situation: make([]situation, n),
		passes:    make([]uint8, n),
		held:      make([]int32, n),
		since:     make([]int32, n),
		left:      make([]int32, len(s.posts)),
		blocked:   make([]bool, len(s.posts)),
		slots:     make([]int32, n),
		place:     make([]int32, n),
	}
	for c := range b.slots {
		b.slots[c], b.place[c] = int32(c), int32(c)
	}
	for p := range b.left {
		b.left[p] = 2 * int32(s.posts[p].seats)
	}
	return b
}

func (b *standing) clone() standing {
	c := *b
	c.situation, c.passes = slices.Clone(b.situation), slices.Clone(b.passes)
	c.held, c.since = slices.Clone(b.held), slices.Clone(b.since)
	c.left, c.blocked = slices.Clone(b.left), slices.Clone(b.blocked)
	c.slots, c.place = slices.Clone(b.slots), slices.Clone(b.place)
	return c
}

func (b *standing) waitsAt(slot int) bool {
	c := b.slots[slot]
	return b.place[c] == int32(slot) && b.situation[c] == waiting
}

// first returns the candidate with the first place among those who wait, or none.
// Over a whole sitting it takes constant time, but for the way back after a release.
func (b *standing) first() int32 {
	for ; b.head < len(b.slots); b.head++ {
		if b.waitsAt(b.head) {
			return b.slots[b.head]
		}
	}
	return none
}

// waiting returns those who wait, in the order in which they will be called.
func (b *standing) waiting() []int32 {
	var all []int32
	for slot := b.head; slot < len(b.slots); slot++ {
		if b.waitsAt(slot) {
			all = append(all, b.slots[slot])
		}
	}
	return all
}

func (b *standing) call(c int32) { b.current, b.situation[c] = c, current }

// give ends a turn with a post.
func (s *Sitting) give(c, p int32, event int) {
	for _, need := range s.posts[p].needs {
		s.left[need.post] -= need.halves
	}
	s.held[c], s.since[c] = p, int32(event)
	s.end(c, placed)
}

// release lets a candidate wait again, at the old place.
func (s *Sitting) release(c int32) {
	for _, need := range s.posts[s.held[c]].needs {
		s.left[need.post] += need.halves
	}
	s.situation[c] = waiting
	s.head = min(s.head, int(s.place[c]))
}

func (s *Sitting) pass(c int32) {
	s.passes[c]++
	if s.passes[c] == 2 {
		s.end(c, without)
	} else {
		s.toTheEnd(c)
	}
}

func (b *standing) toTheEnd(c int32) {
	b.place[c] = int32(len(b.slots))
	b.slots = append(b.slots, c)
	b.end(c, waiting)
}

// end ends the turn of a candidate.
func (b *standing) end(c int32, as situation) { b.current, b.situation[c] = none, as }
