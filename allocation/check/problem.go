package check

import (
	"cmp"
	"slices"

	"stagora.org/stagora/allocation/format"
)

// A problem is what an instance asks of a method that looks at everybody
// together, as a network without costs, beside the ranks of its edges.
type problem struct {
	*network
	rank   []int32          // of each edge: the rank on the list, fallbacks after wishes
	length []int32          // of each student's list
	node   map[string]int32 // of each post that can be had, by id
	band   map[string]int32 // of each group, by id
	index  map[string]int   // of each student who is served, by id
}

// problem leaves out who keeps a post, and what nobody can be given: closed
// posts, posts without a seat left by those who keep one, barred wishes.
func (c *claim) newProblem() (*problem, *Finding) {
	p := &problem{network: &network{first: []int32{0}}, node: map[string]int32{}, band: map[string]int32{}, index: map[string]int{}}
	kept := map[string]int32{}
	for _, s := range c.in.Students {
		if s.Pinned != "" {
			kept[s.Pinned]++
		}
	}
	p.places(c.in, kept)
	students, posts := []string{}, make([]string, len(p.seats))
	for id, node := range p.node {
		posts[node] = id
	}
	for _, id := range c.sequence() {
		s := c.asked[id]
		if s.Pinned != "" {
			continue
		}
		p.index[id] = len(students)
		students = append(students, id)
		if f := p.list(s, c.got[id], c.place(id)); f != nil {
			return nil, f
		}
	}
	p.names = names{
		student: func(i int32) string { return students[i] },
		post:    func(i int32) string { return posts[i] },
		group:   func(i int32) string { return c.in.Groups[i].ID },
	}
	p.cost, p.none = make([]int64, len(p.post)), make([]int64, len(p.took))
	return p, nil
}

// places numbers posts and groups; kept are the students who are there already.
func (p *problem) places(in *format.Instance, kept map[string]int32) {
	outermost := make([]int32, len(in.Groups))
	for g := range outermost {
		outermost[g] = int32(g)
	}
	slices.SortStableFunc(outermost, func(x, y int32) int {
		return cmp.Compare(len(in.Groups[y].Posts), len(in.Groups[x].Posts))
	})
	p.bands = make([]band, len(in.Groups))
	innermost := map[string]int32{} // of each post, from 1
	for _, g := range outermost {
		group := in.Groups[g]
		b := band{around: without, min: int32(group.Min), max: int32(group.Max)}
		for _, post := range group.Posts {
			b.around = innermost[post] - 1
			b.min, b.max = max(0, b.min-kept[post]), b.max-kept[post]
		}
		for _, post := range group.Posts {
			innermost[post] = g + 1
		}
		p.bands[g] = b
		p.band[group.ID] = g
	}
	for _, post := range in.Posts {
		left := int32(post.Seats) - kept[post.ID]
		if post.Secondary || post.Closed || left <= 0 {
			continue
		}
		p.node[post.ID] = int32(len(p.seats))
		p.seats = append(p.seats, left)
		p.within = append(p.within, innermost[post.ID]-1)
	}
}

// list adds a student who takes what stands at a place of the list, or nothing
// (0).
func (p *problem) list(s *format.Student, a *format.Assignment, place int) *Finding {
	took := int32(without)
	for k, post := range s.Accepted() {
		node, can := p.node[post]
		if !can {
			continue
		}
		if k+1 == place {
			took = int32(len(p.post))
		}
		p.post = append(p.post, node)
		p.rank = append(p.rank, int32(k+1))
	}
	if place > 0 && took == without {
		return wrong("student %s has post %s, which nobody can be given, or a rule forbids to them", s.ID, a.Post).students(s.ID).posts(a.Post)
	}
	p.length = append(p.length, int32(len(s.Wishes)+len(s.Fallback)))
	p.took = append(p.took, took)
	p.first = append(p.first, int32(len(p.post)))
	return nil
}

// place returns where on a student's list the post stands that they got, from 1,
// fallbacks after wishes; 0 without a post, and for a post kept.
func (c *claim) place(id string) int {
	a, s := c.got[id], c.asked[id]
	if a.Rank > 0 || a.Post == "" || s.Pinned != "" {
		return a.Rank
	}
	return len(s.Wishes) + 1 + slices.Index(s.Fallback, a.Post)
}

// placements sees that everybody stands at their position and has a post of
// their list, at its rank.
func (c *claim) placements() *Finding {
	for _, id := range c.sequence() {
		a, s := c.got[id], c.asked[id]
		if a.Order != c.order[id] {
			return wrong("student %s is served at position %d, the result has %d", id, c.order[id], a.Order).students(id)
		}
		if s.Pinned != "" {
			continue
		}
		switch {
		case a.Post == "" && (a.Rank > 0 || a.Secondary != ""):
			return wrong("student %s has no post, rank %d and secondary post %q, which do not go together", id, a.Rank, a.Secondary).students(id)
		case a.Rank > len(s.Wishes):
			return wrong("student %s has post %s at rank %d, beyond the list", id, a.Post, a.Rank).students(id).posts(a.Post)
		case a.Rank > 0 && s.Wishes[a.Rank-1].Post != a.Post:
			return wrong("student %s has post %s at rank %d, where the list has %s", id, a.Post, a.Rank, s.Wishes[a.Rank-1].Post).students(id).posts(a.Post)
		case a.Rank == 0 && a.Post != "" && !slices.Contains(s.Fallback, a.Post):
			return wrong("student %s has post %s without a rank, which is not among the fallbacks", id, a.Post).students(id).posts(a.Post)
		}
	}
	return nil
}

// secondaries sees that secondary posts are given, once the main posts are known,
// in the order of the students, while they have seats.
func (c *claim) secondaries() *Finding {
	left := make(map[string]int)
	for _, p := range c.in.Posts {
		if p.Secondary && !p.Closed {
			left[p.ID] = p.Seats
		}
	}
	for _, id := range c.sequence() {
		a, want := c.got[id], ""
		if a.Rank > 0 {
			want = c.asked[id].Wishes[a.Rank-1].Secondary
		}
		if left[want] == 0 {
			want = ""
		}
		if a.Secondary != want {
			return wrong("student %s should have the secondary post %q; the result has %q", id, want, a.Secondary).students(id)
		}
		left[want]--
	}
	return nil
}
