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
	c.last = make(map[string]int, len(c.out.Posts))
	for _, got := range c.out.Posts {
		if listed[got.Post] {
			return "", wrong("post %s stands twice", got.Post).posts(got.Post)
		}
		listed[got.Post] = true
		if n := len(people[got.Post]); got.Filled != n {
			return "", wrong("post %s has %d people, the result says %d", got.Post, n, got.Filled).posts(got.Post)
		}
		c.last[got.Post] = c.lastServed(people[got.Post])
		if last := c.last[got.Post]; got.LastOrder != last {
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

// reasons goes through the reasons, which stand by order and wish, beside those
// that there should be.
func (c *claim) reasons() (string, *Finding) {
	people := c.people()
	given := c.out.Reasons
	next := 0
	for _, id := range c.sequence() {
		s := c.asked[id]
		for k := range max(1, len(s.Wishes)) { // one line, too, for having asked for nothing
			want := c.reason(s, k, people)
			if next == len(given) || c.before(want, given[next]) {
				return "", wrong("wish %d of student %s has no reason", want.Wish, id).students(id)
			}
			got := given[next]
			if c.before(got, want) {
				return "", c.extra(next)
			}
			if !got.Equal(want) {
				return "", wrong("wish %d of student %s: the reason is %s, the result says %s", want.Wish, id, tell(want), tell(got)).students(id)
			}
			next++
		}
	}
	if next < len(given) {
		return "", c.extra(next)
	}
	return fmt.Sprintf("%d reasons", len(given)), nil
}

// before says whether one reason stands before another.
func (c *claim) before(x, y format.Reason) bool {
	return cmp.Or(c.order[x.Student]-c.order[y.Student], x.Wish-y.Wish) < 0
}

// extra names a reason that should not be there.
func (c *claim) extra(k int) *Finding {
	r := c.out.Reasons[k]
	if k > 0 && !c.before(c.out.Reasons[k-1], r) {
		return wrong("wish %d of student %s has two reasons", r.Wish, r.Student).students(r.Student)
	}
	return wrong("there is a reason for wish %d of student %s, which nobody made", r.Wish, r.Student).students(r.Student)
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

// missed says why a wish that could be granted was not. Where students are served one
// after another a post with a free seat is never missed, nor where lots are traded.
func (c *claim) missed(r *format.Reason, s *format.Student, post string, people map[string][]string) {
	r.Outcome, r.LastOrder = format.Full, c.last[post]
	if c.in.Method == format.Ordered {
		if c.takenBefore(s.ID, people[post]) < c.post[post].Seats {
			group, students := c.passedOver.leftOut(s.ID, post)
			*r = format.Reason{Student: r.Student, Wish: r.Wish, Outcome: format.Completion, Group: group, Students: students}
		}
		return
	}
	if len(people[post]) < c.post[post].Seats {
		group := c.binding(c.got[s.ID].Post, post, people)
		*r = format.Reason{Student: r.Student, Wish: r.Wish, Outcome: format.Completion, Group: group}
	}
}

// takenBefore counts who was at a post before the turn of a student.
func (c *claim) takenBefore(student string, people []string) (n int) {
	for _, id := range people {
		if c.asked[id].Pinned != "" || c.order[id] < c.order[student] {
			n++
		}
	}
	return n
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
