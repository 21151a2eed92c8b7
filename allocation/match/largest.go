package match

// largest returns what each candidate gets, or nil, in a weakly stable matching
// that places at least two thirds of the most that any weakly stable one places
// (proved for posts without reserves), whatever the ties on both sides.
//
// It is Király's algorithm ("Linear time local approximation algorithm for
// maximum stable marriage", Algorithms, 2013), a post being as many posts of one
// seat as it has. For lists of total length L, ties of at most t posts and posts
// of at most s seats it takes O(L·(t+s)).
func (m *market) largest() []*edge {
	l := &search{
		posts:   newChoices(m.left),
		left:    make([][]*edge, len(m.lists)),
		again:   make([]bool, len(m.lists)),
		settled: make([]bool, len(m.in.Posts)),
	}
	for c := range m.lists {
		l.left[c] = m.accepted(c)
	}
	for _, first := range m.drawn {
		for c := first; c != none && m.fixed[c] == nil; {
			if len(l.left[c]) == 0 {
				if l.again[c] {
					break
				}
				l.again[c] = true
				l.left[c] = m.accepted(c)
				if len(l.left[c]) == 0 {
					break
				}
			}
			c = l.propose(c)
		}
	}
	return m.held(l.posts)
}

// accepted returns the edges of a list that can be granted, best first.
func (m *market) accepted(candidate int) []*edge {
	list := make([]*edge, 0, len(m.lists[candidate]))
	for _, e := range m.lists[candidate] {
		if e.accepted {
			list = append(list, e)
		}
	}
	return list
}

// A search is Király's algorithm under way.
type search struct {
	posts   []choice
	left    [][]*edge // of each list, what did not turn the candidate down for good
	again   []bool    // each candidate's second chance has begun
	settled []bool    // nobody whom the post holds is uncertain any more
}

// propose lets a candidate, who has something left, propose once, and returns
// who must propose next: the one turned down, or none.
func (l *search) propose(c int) int {
	e := l.favourite(c)
	e.again = l.again[c]
	post := &l.posts[e.post]
	if post.seats > 0 && post.full() {
		if k := l.uncertain(e.post); k != none {
			// That one has a free seat elsewhere that is as good: nothing is lost,
			// so this post is not struck off the list.
			out := post.remove(k)
			post.add(e)
			return out.candidate
		}
	}
	out := post.take(e)
	if out == nil {
		return none
	}
	l.strike(out)
	return out.candidate
}

// favourite returns a post tied for the first place of what is left of a list:
// one with a free seat if there is one, else the first by the draw.
func (l *search) favourite(c int) *edge {
	list := l.left[c]
	for _, e := range list {
		if e.wish != list[0].wish {
			break
		}
		if !l.posts[e.post].full() {
			return e
		}
	}
	return list[0]
}

// uncertain returns the place in its ranking of the last one held by a full post
// who could as well have a free seat elsewhere, or none. Once there is none, there
// never will be: free seats only become fewer, and whoever has one at hand does
// not ask a full post.
func (l *search) uncertain(p int) int {
	held := l.posts[p].held
	for k := len(held) - 1; k >= 0 && !l.settled[p]; k-- {
		if l.hasAsGood(held[k]) {
			return k
		}
	}
	l.settled[p] = true
	return none
}

// hasAsGood says whether a candidate could have a free seat elsewhere that is
// tied with the one they hold.
func (l *search) hasAsGood(held *edge) bool {
	for _, e := range l.left[held.candidate] {
		if e.wish == held.wish && !l.posts[e.post].full() {
			return true
		}
	}
	return false
}

// strike takes a post off the list of a candidate whom it turned down.
func (l *search) strike(e *edge) {
	list := l.left[e.candidate]
	for k, f := range list {
		if f == e {
			l.left[e.candidate] = append(list[:k], list[k+1:]...)
			return
		}
	}
}
