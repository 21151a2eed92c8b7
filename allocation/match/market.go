package match

import (
	"cmp"
	"slices"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/lottery"
)

// none stands for no candidate, no post and no reserve.
const none = -1

// An edge is a post on a candidate's list, seen from both sides.
type edge struct {
	candidate, post int
	wish            int  // the position of the post on the list, over ties; 0 for a fixed post that is not there
	place           int  // the same with ties broken, from 0
	rank            int  // the position of the candidate in the ranking, over ties; who is not ranked comes after all
	ranked          bool // the post ranks the candidate
	accepted        bool // each may be given the other
	reserve         int  // the reserve of the post that is for the candidate's group, or none
	standing        int  // the rank doubled: odd numbers are for those who are moved between two ranks
	again           bool // the candidate is on a second chance: stands before others of the rank
	luck            int  // what the draw says between tied candidates, the least first
}

// before orders the candidates of one post.
func (e *edge) before(f *edge) bool {
	switch {
	case e.standing != f.standing:
		return e.standing < f.standing
	case e.again != f.again:
		return e.again
	}
	return e.luck < f.luck
}

func inRanking(e, f *edge) int {
	switch {
	case e.before(f):
		return -1
	case f.before(e):
		return 1
	}
	return 0
}

// A market is an instance by indices, ties broken by the draw.
type market struct {
	in      *format.MatchInstance
	lists   [][]*edge // of each candidate, best first
	ranking [][]*edge // of each post, best first: those who asked
	fixed   []*edge   // of each candidate, or nil
	all     []quota   // of each post, before anybody is fixed
	left    []quota   // what those who are fixed leave
	kept    [][]int   // of each post and reserve, the seats that those who are fixed hold of it
	drawn   []int     // the candidates, in the order of the draw
}

// A quota is what a post may take.
type quota struct {
	seats    int
	reserved []int // of these seats, for the group of each reserve
}

func newMarket(in *format.MatchInstance) *market {
	m := &market{
		in:      in,
		lists:   make([][]*edge, len(in.Candidates)),
		ranking: make([][]*edge, len(in.Posts)),
		fixed:   make([]*edge, len(in.Candidates)),
	}
	candidates, posts := make([]string, len(in.Candidates)), make([]string, len(in.Posts))
	for c, one := range in.Candidates {
		candidates[c] = one.ID
	}
	for p, one := range in.Posts {
		posts[p] = one.ID
	}
	candidate, post := numbers(candidates), numbers(posts)
	asked := make([][]*edge, len(in.Posts)) // of each post, fixed ones too
	m.ask(post, asked)
	m.fix(candidate, post, asked)
	m.rank(candidate, asked)
	m.draw(candidates, posts)
	for p, edges := range asked {
		for _, e := range edges {
			if e.accepted && m.fixed[e.candidate] == nil {
				m.ranking[p] = append(m.ranking[p], e)
			}
		}
		slices.SortFunc(m.ranking[p], inRanking)
	}
	return m
}

func numbers(ids []string) map[string]int {
	n := make(map[string]int, len(ids))
	for i, id := range ids {
		n[id] = i
	}
	return n
}

// ask makes the edges of every list.
func (m *market) ask(post map[string]int, asked [][]*edge) {
	for c, one := range m.in.Candidates {
		position := 1
		for _, tie := range one.Wishes {
			for _, id := range tie {
				e := m.edge(c, post[id])
				e.wish = position
				m.lists[c] = append(m.lists[c], e)
				asked[e.post] = append(asked[e.post], e)
			}
			position += len(tie)
		}
	}
}

func (m *market) edge(candidate, post int) *edge {
	group := m.in.Candidates[candidate].Group
	return &edge{candidate: candidate, post: post, reserve: slices.IndexFunc(m.in.Posts[post].Reserved,
		func(r format.Reserve) bool { return group != "" && r.Group == group })}
}

// fix sets aside the pairs that are kept, with their seats.
func (m *market) fix(candidate, post map[string]int, asked [][]*edge) {
	m.all, m.left, m.kept = make([]quota, len(m.in.Posts)), make([]quota, len(m.in.Posts)), make([][]int, len(m.in.Posts))
	for p, one := range m.in.Posts {
		q := quota{seats: one.Seats}
		for _, r := range one.Reserved {
			q.reserved = append(q.reserved, r.Seats)
		}
		m.all[p], m.left[p] = q, quota{seats: q.seats, reserved: slices.Clone(q.reserved)}
		m.kept[p] = make([]int, len(q.reserved))
	}
	for _, pair := range m.in.Fixed {
		c, p := candidate[pair.Candidate], post[pair.Post]
		at := slices.IndexFunc(m.lists[c], func(e *edge) bool { return e.post == p })
		if at >= 0 {
			m.fixed[c] = m.lists[c][at]
		} else {
			m.fixed[c] = m.edge(c, p)
			asked[p] = append(asked[p], m.fixed[c])
		}
		q := &m.left[p]
		q.seats--
		if r := m.fixed[c].reserve; r != none && q.reserved[r] > 0 {
			q.reserved[r]--
			m.kept[p][r]++
		}
	}
	for p := range m.left {
		m.left[p].fit()
	}
}

// fit keeps the reserves within the seats, when those who are fixed took too many
// that were not reserved: the first reserves are served first.
func (q *quota) fit() {
	free := q.seats
	for r := range q.reserved {
		q.reserved[r] = min(q.reserved[r], free)
		free -= q.reserved[r]
	}
}

// rank gives every edge its place in the ranking of the post.
func (m *market) rank(candidate map[string]int, asked [][]*edge) {
	position := make([]int, len(m.in.Candidates)) // in the ranking of one post; 0 if not there
	for p, post := range m.in.Posts {
		next := 1
		for _, tie := range post.Ranking {
			for _, id := range tie {
				position[candidate[id]] = next
			}
			next += len(tie)
		}
		for _, e := range asked[p] {
			e.rank, e.ranked = position[e.candidate], true
			if e.rank == 0 {
				e.rank, e.ranked = next, false
			}
			e.standing = 2 * e.rank
			e.accepted = !post.Closed && post.Seats > 0 && (e.ranked || m.in.Unranked == format.Last)
		}
		for _, tie := range post.Ranking {
			for _, id := range tie {
				position[candidate[id]] = 0
			}
		}
	}
}

// draw breaks the ties on both sides. Without a rule there are none, and the ids
// stand in for the draw.
func (m *market) draw(candidates, posts []string) {
	seed := ""
	if m.in.Ties != nil {
		seed = m.in.Ties.Seed
	}
	m.drawn = drawn(seed, candidates)
	luck := make([]int, len(candidates))
	for n, c := range m.drawn {
		luck[c] = n
	}
	postLuck := make([]int, len(posts))
	for n, p := range drawn(seed, posts) {
		postLuck[p] = n
	}
	for c, list := range m.lists {
		slices.SortFunc(list, func(e, f *edge) int {
			return cmp.Or(cmp.Compare(e.wish, f.wish), cmp.Compare(postLuck[e.post], postLuck[f.post]))
		})
		for k, e := range list {
			e.place, e.luck = k, luck[c]
		}
		if e := m.fixed[c]; e != nil {
			e.luck = luck[c]
		}
	}
}

// drawn returns ids as indices, in the order of the draw.
func drawn(seed string, ids []string) []int {
	n := numbers(ids)
	order := make([]int, len(ids))
	for i, ticket := range lottery.Order(seed, ids) {
		order[i] = n[ticket.ID]
	}
	return order
}

// noLuck stands after everybody else of the same rank.
const noLuck = 1 << 31
