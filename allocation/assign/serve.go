package assign

import "stagora.org/stagora/allocation/format"

// none stands for no post.
const none = -1

// A market is an instance by indices.
type market struct {
	seats    []int
	closed   []bool
	students []student
	served   []int // indices of students, in the order in which they are served
	byID     []int // indices of posts, in the order of the bytes of their ids
	tree
}

type student struct {
	order    int
	pinned   int // a post, or none
	wishes   []wish
	fallback []int // posts
}

type wish struct {
	post, secondary int // none without a secondary post
	barred          bool
}

func newMarket(in *format.Instance) *market {
	x := in.Index()
	m := &market{
		seats:    make([]int, len(in.Posts)),
		closed:   make([]bool, len(in.Posts)),
		students: make([]student, len(in.Students)),
		served:   in.Sequence(),
		byID:     byID(in.Posts),
		tree:     newTree(in, x.Post),
	}
	for i, p := range in.Posts {
		m.seats[i], m.closed[i] = p.Seats, p.Closed
	}
	total := 0
	for _, s := range in.Students {
		total += len(s.Wishes)
	}
	wishes := make([]wish, total)
	for i, s := range in.Students {
		one := &m.students[i]
		one.order, one.pinned = s.Order, none
		if s.Pinned != "" {
			one.pinned = x.Post[s.Pinned]
		}
		one.wishes, wishes = wishes[:len(s.Wishes)], wishes[len(s.Wishes):]
		for k, w := range s.Wishes {
			one.wishes[k] = wish{post: x.Post[w.Post], secondary: none, barred: w.Barred != ""}
			if w.Secondary != "" {
				one.wishes[k].secondary = x.Post[w.Secondary]
			}
		}
		for _, post := range s.Fallback {
			one.fallback = append(one.fallback, x.Post[post])
		}
	}
	for position, i := range m.served {
		if m.students[i].order == 0 {
			m.students[i].order = position + 1
		}
	}
	return m
}

// A service is what serving a market gave.
type service struct {
	post      []int // of each student; none without a post
	rank      []int // of the wish granted, from 1; 0 when none was, also with a fallback
	secondary []int // given with it, or none
	filled    []int // seats taken at each post
	last      []int // highest order served at each post; 0 when nobody was
}

// open returns a service in which pinned students have their posts, and nobody
// else has one.
func (m *market) open() *service {
	s := &service{
		post:      make([]int, len(m.students)),
		rank:      make([]int, len(m.students)),
		secondary: make([]int, len(m.students)),
		filled:    make([]int, len(m.seats)),
		last:      make([]int, len(m.seats)),
	}
	for i, one := range m.students {
		s.post[i], s.secondary[i] = one.pinned, none
		if one.pinned != none {
			s.filled[one.pinned]++
		}
	}
	return s
}

// serve gives each student in turn the best wish that can still be granted.
func (m *market) serve() *service {
	s := m.open()
	for _, i := range m.served {
		if m.students[i].pinned != none {
			continue
		}
		if k := m.choice(m.students[i].wishes, s.filled); k != none {
			s.grant(m, i, k+1)
		}
	}
	return s
}

// grant gives student i the post at a position on the list, from 1, fallbacks
// after the wishes. Students must be granted theirs in the order in which they
// are served.
func (s *service) grant(m *market, i, position int) {
	one := &m.students[i]
	if position > len(one.wishes) {
		s.post[i] = one.fallback[position-len(one.wishes)-1]
		s.take(s.post[i], one.order)
		return
	}
	w := one.wishes[position-1]
	s.post[i], s.rank[i] = w.post, position
	s.take(w.post, one.order)
	if w.secondary != none && m.free(w.secondary, s.filled) {
		s.secondary[i] = w.secondary
		s.take(w.secondary, one.order)
	}
}

// choice returns the first wish that can be granted, or none.
func (m *market) choice(wishes []wish, filled []int) int {
	for k, w := range wishes {
		if !w.barred && m.free(w.post, filled) {
			return k
		}
	}
	return none
}

func (m *market) free(post int, filled []int) bool {
	return !m.closed[post] && filled[post] < m.seats[post]
}

func (s *service) take(post, order int) {
	s.filled[post]++
	s.last[post] = order // orders only grow
}
