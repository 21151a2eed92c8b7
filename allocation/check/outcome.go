package check

import (
	"cmp"
	"fmt"
	"slices"

	"stagora.org/stagora/allocation/format"
)

func (c *claim) posts() (string, *Finding) {
	people := c.people()
	listed := make(map[string]bool, len(c.out.Posts))
	for _, got := range c.out.Posts {
		if listed[got.Post] {
			return "", wrong("post %s stands twice", got.Post).posts(got.Post)
		}
		listed[got.Post] = true
		if n := len(people[got.Post]); got.Filled != n {
			return "", wrong("post %s has %d people, the result says %d", got.Post, n, got.Filled).posts(got.Post)
		}
		if last := c.lastServed(people[got.Post]); got.LastOrder != last {
			return "", wrong("post %s served position %d last, the result says %d", got.Post, last, got.LastOrder).posts(got.Post)
		}
		if c.prices == nil {
			continue
		}
		want := c.prices.posts[got.Post]
		if got.Worth.PostCost != want.PostCost {
			return "", wrong("post %s costs %v, the result says %v", got.Post, want.PostCost, got.Worth.PostCost).posts(got.Post)
		}
		if got.Worth.Demand != want.Demand {
			return "", wrong("the demand for post %s is %s, the result says %s", got.Post, want.Demand, got.Worth.Demand).posts(got.Post)
		}
	}
	for _, p := range c.in.Posts {
		if !listed[p.ID] {
			return "", wrong("post %s is missing", p.ID).posts(p.ID)
		}
	}
	return fmt.Sprintf("%d posts", len(listed)), nil
}

// lastServed returns the highest position of some students, leaving out those
// who keep the post: they were not served.
func (c *claim) lastServed(students []string) int {
	last := 0
	for _, id := range students {
		if c.asked[id].Pinned == "" {
			last = max(last, c.order[id])
		}
	}
	return last
}

func (c *claim) reasons() (string, *Finding) {
	type line struct {
		student string
		wish    int
	}
	given := make(map[line]format.Reason, len(c.out.Reasons))
	for _, r := range c.out.Reasons {
		at := line{r.Student, r.Wish}
		if _, twice := given[at]; twice {
			return "", wrong("wish %d of student %s has two reasons", r.Wish, r.Student).students(r.Student)
		}
		given[at] = r
	}
	people := c.people()
	expected := 0
	for _, s := range c.in.Students {
		wishes := s.Wishes
		if len(wishes) == 0 {
			wishes = make([]format.Wish, 1) // one line, for having asked for nothing
		}
		for k := range wishes {
			want := c.reason(&s, k, people)
			got, there := given[line{s.ID, want.Wish}]
			if !there {
				return "", wrong("wish %d of student %s has no reason", want.Wish, s.ID).students(s.ID)
			}
			if !got.Equal(want) {
				return "", wrong("wish %d of student %s: the reason is %s, the result says %s", want.Wish, s.ID, tell(want), tell(got)).students(s.ID)
			}
			expected++
		}
	}
	if extra := len(given) - expected; extra > 0 {
		return "", wrong("there are %d reasons for wishes that nobody made", extra)
	}
	return fmt.Sprintf("%d reasons", expected), nil
}

// reason says what became of the k-th wish of a student.
func (c *claim) reason(s *format.Student, k int, people map[string][]string) format.Reason {
	if len(s.Wishes) == 0 {
		return format.Reason{Student: s.ID, Outcome: format.Absent}
	}
	got, w := c.got[s.ID], s.Wishes[k]
	r := format.Reason{Student: s.ID, Wish: k + 1}
	if got.Rank == k+1 {
		r.Outcome = format.Obtained
	} else if s.Pinned != "" || got.Rank > 0 && got.Rank <= k {
		r.Outcome = format.NotReached
	} else if p := c.post[w.Post]; p.Closed || p.Seats == 0 {
		r.Outcome = format.Closed
	} else if w.Barred != "" {
		r.Outcome, r.Rule = format.Barred, w.Barred
	} else {
		c.missed(&r, s, w.Post, people)
	}
	return r
}

// missed says why a wish that could be granted was not.
func (c *claim) missed(r *format.Reason, s *format.Student, post string, people map[string][]string) {
	taken := people[post]
	if c.in.Method == format.Ordered {
		taken = slices.DeleteFunc(slices.Clone(taken), func(id string) bool {
			return c.asked[id].Pinned == "" && c.order[id] > c.order[s.ID]
		})
	}
	switch c.in.Method {
	case format.Ordered, format.Equity, format.Leximin, format.RankMaximal:
		if len(taken) < c.post[post].Seats {
			r.Outcome = format.Completion
			if c.in.Method == format.Ordered {
				r.Group, r.Students = c.passedOver.leftOut(s.ID, post)
			} else {
				r.Group = c.binding(c.got[s.ID].Post, post, people)
			}
			return
		}
	}
	r.Outcome, r.LastOrder = format.Full, c.lastServed(taken)
}

// binding returns the group that keeps a student from a post with a free seat:
// one around the post that is at its ceiling without the student, else one around
// the student's own post that is at its floor and does not hold the other.
func (c *claim) binding(own, post string, people map[string][]string) string {
	held := func(g *format.Group) (n int) {
		for _, p := range g.Posts {
			n += len(people[p])
		}
		return n
	}
	around := func(in, notIn string, bound func(*format.Group) bool) (innermost string) {
		size := len(c.in.Posts) + 1
		for i := range c.in.Groups {
			g := &c.in.Groups[i]
			if slices.Contains(g.Posts, in) && !slices.Contains(g.Posts, notIn) && len(g.Posts) < size && bound(g) {
				size, innermost = len(g.Posts), g.ID
			}
		}
		return innermost
	}
	return cmp.Or(
		around(post, own, func(g *format.Group) bool { return held(g) == g.Max }),
		around(own, post, func(g *format.Group) bool { return held(g) == g.Min }),
	)
}

func tell(r format.Reason) string {
	switch {
	case r.Rule != "":
		return r.Outcome + " by rule " + r.Rule
	case r.LastOrder != 0:
		return fmt.Sprintf("%s with last order %d", r.Outcome, r.LastOrder)
	case r.Outcome == format.Completion:
		return fmt.Sprintf("%s with group %q and students %q", r.Outcome, r.Group, r.Students)
	}
	return r.Outcome
}

func (c *claim) statistics() (string, *Finding) {
	want := format.Statistics{Students: len(c.in.Students)}
	for _, a := range c.out.Assignments {
		if a.Post != "" {
			want.Placed++
		}
		if a.Rank == 1 {
			want.FirstWish++
		}
		if 1 <= a.Rank && a.Rank <= 3 {
			want.WithinThree++
		}
		want.RankSum += a.Rank
		want.WorstRank = max(want.WorstRank, a.Rank)
	}
	got := c.out.Statistics
	cost := got.Cost
	got.Cost = nil
	if got != want {
		return "", wrong("students, placed, first wish, within three, worst rank and rank sum are %v, the result says %v", counts(want), counts(got))
	}
	if c.prices != nil {
		if f := c.prices.statistics(cost); f != nil {
			return "", f
		}
	}
	return fmt.Sprintf("%d placed, %d with their first wish", got.Placed, got.FirstWish), nil
}

func counts(s format.Statistics) []int {
	return []int{s.Students, s.Placed, s.FirstWish, s.WithinThree, s.WorstRank, s.RankSum}
}
