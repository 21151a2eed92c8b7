package assign

import "stagora.org/stagora/allocation/format"

// A Baseline is an instance served once for each of many draws. What any student
// would get with any list is then looked up: what is left at a student's turn does
// not depend on the student's own list. It holds four bytes a student and draw, and
// may be read by several at once.
type Baseline struct {
	market  *market
	student map[string]int
	post    map[string]int
	turn    [][]int32 // by draw and student: how many were served before
	full    [][]int32 // by draw and post: after how many served it was full; [neverFull] if it never was
}

const neverFull = int32(1<<31 - 1)

// NewBaseline serves an instance once for each draw, as [Simulate] does: the same
// draws give the same chances.
func NewBaseline(in *format.Instance, candidates []Candidate, draws []uint64) *Baseline {
	x := in.Index()
	b := &Baseline{market: newMarket(in), student: x.Student, post: x.Post}
	m := b.market
	served, ties := sequence(in, candidates)
	kept := make([]int, len(m.seats))
	for _, s := range m.students {
		if s.pinned != none {
			kept[s.pinned]++
		}
	}
	filled := make([]int, len(m.seats))
	for _, draw := range draws {
		shuffle := generator(draw)
		for _, tie := range ties {
			shuffle.deal(served, tie)
		}
		copy(filled, kept)
		turn, full := b.serve(served, filled)
		b.turn, b.full = append(b.turn, turn), append(b.full, full)
	}
	return b
}

// serve serves everybody in one order.
func (b *Baseline) serve(served, filled []int) (turn, full []int32) {
	m := b.market
	turn, full = make([]int32, len(m.students)), make([]int32, len(m.seats))
	for p, seats := range m.seats {
		full[p] = neverFull
		if m.closed[p] || filled[p] >= seats {
			full[p] = 0
		}
	}
	for n, i := range served {
		turn[i] = int32(n)
		if m.students[i].pinned != none {
			continue
		}
		k := m.choice(m.students[i].wishes, filled)
		if k == none {
			continue
		}
		p := m.students[i].wishes[k].post
		filled[p]++
		if filled[p] >= m.seats[p] {
			full[p] = int32(n + 1)
		}
	}
	return turn, full
}

// Draws returns how many draws were served.
func (b *Baseline) Draws() int { return len(b.turn) }

// Chances counts, over the first draws, what one student would get with a list in
// place of the one in the instance. An unknown student or post panics.
func (b *Baseline) Chances(student string, wishes []format.Wish, draws int) Chances {
	me, known := b.student[student]
	if !known {
		panic("assign: chances of an unknown student " + student)
	}
	c := Chances{Draws: draws, Obtained: make([]int, len(wishes)), Left: make([]int, len(b.market.seats))}
	if b.market.students[me].pinned != none {
		c.Kept = draws
		return c
	}
	posts := make([]int, len(wishes))
	for k, w := range wishes {
		p, known := b.post[w.Post]
		if !known {
			panic("assign: chances of an unknown post " + w.Post)
		}
		posts[k] = p
		if w.Barred != "" {
			posts[k] = none
		}
	}
	for d := range draws {
		b.count(&c, posts, b.turn[d][me], b.full[d])
	}
	return c
}

// count counts one draw: turn is the student's.
func (b *Baseline) count(c *Chances, posts []int, turn int32, full []int32) {
	for k, p := range posts {
		if p != none && full[p] > turn {
			c.Obtained[k]++
			return
		}
	}
	c.None++
	for p := range full {
		if full[p] > turn {
			c.Left[p]++
		}
	}
}
