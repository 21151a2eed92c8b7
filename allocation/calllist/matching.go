package calllist

import "slices"

// leftAfter returns the half seats left at each post once p was taken.
func (s *Sitting) leftAfter(p int32) []int32 {
	left := slices.Clone(s.left)
	for _, need := range s.posts[p].needs {
		left[need.post] -= need.halves
	}
	return left
}

// room returns how many people each simple post can take. With halves it lets
// mixed posts take people too, but only by the last, odd halves of the posts
// they are linked to, one by each.
//
// More people than that cannot get posts, whatever they take. Whoever takes a coupled
// post could take a linked one, since bars and blocks there hold for both.
// Those who take mixed posts can be shared out between the two linked posts so that each
// gets half of them, rounded up or down (an Eulerian orientation): then they fit into
// whole seats, but for one at most at each post with an odd half.
func (s *Sitting) room(left []int32, halves bool) []int32 {
	room := make([]int32, len(s.posts))
	for p := range s.posts {
		post := &s.posts[p]
		if why, _ := s.shortage(int32(p), left); why != "" {
			continue
		}
		switch {
		case len(post.needs) == 1:
			room[p] = left[p] / 2
		case post.mixed && halves:
			room[p] = min(left[p]/2, left[post.needs[1].post]%2+left[post.needs[2].post]%2)
		}
	}
	return room
}

// A matching gives posts to people, each as far as bars allow and there is room.
type matching struct {
	s       *Sitting
	room    []int32
	holders [][]int32 // the people at each post
	post    map[int32]int32
	free    []int32 // the posts that were not found full yet, in no order that matters

	// The search for an augmenting path.
	unseen []int32 // the posts that it has not reached
	by     []int32 // who reached each other one
}

// unprovided provides for the people one after another, as far as possible without
// taking from anybody before, and returns those who get nothing. They are
// as few as possible: it is a maximum matching, found by augmenting paths (Berge,
// "Two theorems in graph theory", 1957). Who they are does not depend on which posts the
// others get. For n people, m posts and b bars it takes O(n(m + n + b)), and
// about n + m steps while posts are plenty.
func (s *Sitting) unprovided(people, room []int32) []int32 {
	m := &matching{
		s:       s,
		room:    room,
		holders: make([][]int32, len(room)),
		post:    make(map[int32]int32, len(people)),
		by:      make([]int32, len(room)),
	}
	for p, n := range room {
		if n > 0 {
			m.free = append(m.free, int32(p))
		}
	}
	m.forget()
	var rest []int32
	for _, c := range people {
		if !m.seat(c) && !m.augment(c) {
			rest = append(rest, c)
		}
	}
	return rest
}

// seat gives c a post with room, if there is one.
func (m *matching) seat(c int32) bool {
	for k := 0; k < len(m.free); {
		p := m.free[k]
		switch {
		case m.full(p):
			last := len(m.free) - 1
			m.free[k] = m.free[last]
			m.free = m.free[:last]
		case m.barred(c, p):
			k++
		default:
			m.put(c, p)
			return true
		}
	}
	return false
}

func (m *matching) full(p int32) bool { return len(m.holders[p]) == int(m.room[p]) }

func (m *matching) barred(c, p int32) bool {
	_, _, barred := m.s.bar(c, p)
	return barred
}

func (m *matching) put(c, p int32) {
	m.post[c] = p
	m.holders[p] = append(m.holders[p], c)
}

// augment looks for a post with room by way of people who can move, and moves
// them. What a search that fails has seen need not be seen again: no path
// will ever lead out of there.
func (m *matching) augment(c int32) bool {
	for queue := []int32{c}; len(queue) > 0; queue = queue[1:] {
		who := queue[0]
		unseen := m.unseen[:0]
		for _, p := range m.unseen {
			if m.barred(who, p) {
				unseen = append(unseen, p)
				continue
			}
			m.by[p] = who
			if !m.full(p) {
				m.move(p)
				m.forget()
				return true
			}
			queue = append(queue, m.holders[p]...)
		}
		m.unseen = unseen
	}
	return false
}

// move gives p to who reached it, that one's post to who reached that, and so on
// to the one who had none.
func (m *matching) move(p int32) {
	for {
		who := m.by[p]
		before, had := m.post[who]
		m.put(who, p)
		if !had {
			return
		}
		k := slices.Index(m.holders[before], who)
		m.holders[before] = slices.Delete(m.holders[before], k, k+1)
		p = before
	}
}

// forget makes every post worth looking at again.
func (m *matching) forget() {
	m.unseen = m.unseen[:0]
	for p, n := range m.room {
		if n > 0 {
			m.unseen = append(m.unseen, int32(p))
		}
	}
}
