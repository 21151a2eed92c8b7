package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// byPost compares two applications for the same post as the post does, the draw
// breaking ties.
func (m *matching) byPost(x, y *application) int {
	if x.place != y.place || m.candidateTicket == nil {
		return cmp.Compare(x.place, y.place)
	}
	return strings.Compare(m.candidateTicket[x.candidate], m.candidateTicket[y.candidate])
}

// asWritten compares as the ranking does that the post wrote.
func asWritten(x, y *application) int { return cmp.Compare(x.place, y.place) }

// prefers says whether a candidate would strictly rather have one post than
// another; nil is no post.
func (m *matching) prefers(x, y *application) bool {
	if x == nil || y == nil {
		return y == nil && x != nil
	}
	if x.wish != y.wish || m.postTicket == nil {
		return x.wish < y.wish
	}
	return m.postTicket[x.post] < m.postTicket[y.post]
}

// choose returns whom a post takes of some, best first: for each reserve the best
// of its group, then the best of all others.
func (m *matching) choose(q quota, among []*application) (reserved [][]*application, merit []*application) {
	reserved = make([][]*application, len(q.reserved))
	taken := 0
	rest := among
	for r, seats := range q.reserved {
		var others []*application
		for _, a := range rest {
			if len(reserved[r]) < seats && m.reserve(a.candidate, a.post) == r {
				reserved[r] = append(reserved[r], a)
				taken++
			} else {
				others = append(others, a)
			}
		}
		rest = others
	}
	return reserved, rest[:min(len(rest), max(0, q.seats-taken))]
}

// chooses says whether a post would take a newcomer beside those it has. Between
// equals it prefers whom it has.
func (m *matching) chooses(q quota, has []*application, newcomer *application, compare func(x, y *application) int) bool {
	return !slices.Contains(m.turnedDown(q, has, newcomer, compare), newcomer)
}

// turnedDown returns who would not be taken, of those a post has, best first, and a
// newcomer.
func (m *matching) turnedDown(q quota, has []*application, newcomer *application, compare func(x, y *application) int) []*application {
	if last := len(has) - 1; len(q.reserved) == 0 {
		switch {
		case len(has) < q.seats:
			return nil
		case len(has) > 0 && compare(newcomer, has[last]) < 0:
			return has[last:]
		}
		return []*application{newcomer}
	}
	among := append(slices.Clone(has), newcomer)
	slices.SortStableFunc(among, compare)
	reserved, merit := m.choose(q, among)
	for _, some := range append(reserved, merit) {
		among = slices.DeleteFunc(among, func(a *application) bool { return slices.Contains(some, a) })
	}
	return among
}

// stable sees that no candidate would rather have a post that would take them.
func (m *matching) stable() (string, *Finding) {
	for c, list := range m.lists {
		if m.fixed[c] {
			continue
		}
		for i := range list {
			a := &list[i]
			if a.accepted && m.prefers(a, m.mate[c]) && m.chooses(m.left[a.post], m.free[a.post], a, m.byPost) {
				candidate, post := m.name(a)
				f := wrong("candidate %s would rather have post %s, which would rather have %s", candidate, post, candidate).students(candidate).posts(post)
				for _, other := range m.turnedDown(m.left[a.post], m.free[a.post], a, m.byPost) {
					id, _ := m.name(other)
					f.Message += " than " + id
					f.students(id)
				}
				return "", f
			}
		}
	}
	return "no candidate and post would both rather have each other", nil
}

// optimal sees that of all stable matchings this is the best for the side that
// proposes. It is if no rotation is left: no round of candidates each of whom
// takes what the next one leaves, to everybody's advantage on that side, ending in
// another stable matching. (Irving and Leather, "The complexity of counting stable
// marriages", 1986; with reserved seats the same holds, as a post that loses one
// candidate takes at most one, the same whatever else it loses.) Then the same
// people are without a post in every stable matching (Roth 1986).
func (m *matching) optimal() (string, *Finding) {
	if m.in.Ties != nil && m.in.Ties.Rule == format.LargestTies {
		return m.large()
	}
	next := m.improving()
	if m.in.Proposing == format.Posts {
		next = m.worsening()
	}
	cycle := cycleOf(next)
	if len(cycle) == 0 {
		return fmt.Sprintf("no stable matching is better for the %s; no other places anybody else", m.in.Proposing), nil
	}
	f := wrong("another stable matching is better for the %s: some candidates take each other's posts", m.in.Proposing)
	for _, c := range cycle {
		f.students(m.in.Candidates[c].ID)
	}
	return "", f
}

// improving returns who would follow each candidate who leaves a post for a
// better one: whom the post would take instead, of those who would rather have
// it; -1 for nobody.
func (m *matching) improving() []int {
	wanted := make([][]*application, len(m.free))
	for p, has := range m.free {
		wanted[p] = slices.Clone(has)
	}
	for c, list := range m.lists {
		for i := range list {
			if a := &list[i]; !m.fixed[c] && a.accepted && m.prefers(a, m.mate[c]) {
				wanted[a.post] = append(wanted[a.post], a)
			}
		}
	}
	next := make([]int, len(m.lists))
	for c := range next {
		next[c] = -1
	}
	for p, has := range m.free {
		slices.SortStableFunc(wanted[p], m.byPost)
		for _, leaving := range has {
			if len(m.left[p].reserved) == 0 { // the same for all: the first who is not there
				if len(wanted[p]) > len(has) {
					next[leaving.candidate] = wanted[p][len(has)].candidate
				}
				continue
			}
			others := slices.DeleteFunc(slices.Clone(wanted[p]), func(a *application) bool { return a == leaving })
			reserved, merit := m.choose(m.left[p], others)
			for _, some := range append(reserved, merit) {
				for _, a := range some {
					if m.mate[a.candidate] != a {
						next[leaving.candidate] = a.candidate
					}
				}
			}
		}
	}
	return next
}

// worsening returns who would be turned down if each candidate with a post went
// to the next post down the list that would take them; -1 for nobody.
func (m *matching) worsening() []int {
	next := make([]int, len(m.lists))
	for c, list := range m.lists {
		next[c] = -1
		if m.fixed[c] || m.mate[c] == nil {
			continue
		}
		var below []*application
		for i := range list {
			if a := &list[i]; a.accepted && m.prefers(m.mate[c], a) {
				below = append(below, a)
			}
		}
		slices.SortFunc(below, func(x, y *application) int {
			if m.prefers(x, y) {
				return -1
			}
			return 1
		})
		for _, a := range below {
			if m.chooses(m.left[a.post], m.free[a.post], a, m.byPost) {
				if out := m.turnedDown(m.left[a.post], m.free[a.post], a, m.byPost); len(out) > 0 {
					next[c] = out[0].candidate
				}
				break
			}
		}
	}
	return next
}

// cycleOf returns a cycle of a function on numbers, -1 standing for no value; nil
// if there is none.
func cycleOf(next []int) []int {
	seen := make([]int, len(next)) // by which walk, from 1
	for start := range next {
		at := start
		for at >= 0 && seen[at] == 0 {
			seen[at] = start + 1
			at = next[at]
		}
		if at >= 0 && seen[at] == start+1 {
			cycle := []int{at}
			for k := next[at]; k != at; k = next[k] {
				cycle = append(cycle, k)
			}
			return cycle
		}
	}
	return nil
}

// large sees that at least two thirds are placed of the most that a stable matching
// can place. They are if nobody without a post could have one by moving one other
// candidate to a free seat, where a tie on the way lets both matchings be
// stable (Király 2013): then whatever a larger matching has more, it has in chains
// of five or more. With reserved seats, that is not proved.
func (m *matching) large() (string, *Finding) {
	if slices.ContainsFunc(m.in.Posts, func(p format.MatchPost) bool { return len(p.Reserved) > 0 }) {
		return "not proved with reserved seats", nil
	}
	for c, list := range m.lists {
		if m.fixed[c] || m.mate[c] != nil {
			continue
		}
		for i := range list {
			a := &list[i]
			if !a.accepted {
				continue
			}
			for _, held := range m.free[a.post] {
				for k := range m.lists[held.candidate] {
					to := &m.lists[held.candidate][k]
					if !to.accepted || len(m.free[to.post]) >= m.left[to.post].seats || to.wish != held.wish && held.place != a.place {
						continue
					}
					candidate, post := m.name(a)
					other, free := m.name(to)
					return "", wrong("candidate %s could have post %s, and %s the free post %s: more could be placed", candidate, post, other, free).
						students(candidate, other).posts(post, free)
				}
			}
		}
	}
	return "at least two thirds are placed of the most that can be", nil
}
