package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// A claim is a result to be judged, beside its instance.
type claim struct {
	in     *format.Instance
	out    *format.Result
	post   map[string]*format.Post
	asked  map[string]*format.Student
	order  map[string]int // when each student is served
	got    map[string]*format.Assignment
	last   map[string]int // of each post, the highest position served; made by posts
	prices *prices        // made by costs, which comes before all that need it

	// passedOver tells what a wish would have cost others; set by method ordered.
	passedOver *passedOver

	// first sees that the placement is the first of those as good; set by the
	// certificates that leave a choice.
	first func() *Finding
}

func newClaim(in *format.Instance, out *format.Result) *claim {
	c := &claim{
		in: in, out: out,
		post:  make(map[string]*format.Post, len(in.Posts)),
		asked: make(map[string]*format.Student, len(in.Students)),
		order: make(map[string]int, len(in.Students)),
		got:   make(map[string]*format.Assignment, len(in.Students)),
	}
	for i := range in.Posts {
		c.post[in.Posts[i].ID] = &in.Posts[i]
	}
	for i := range in.Students {
		s := &in.Students[i]
		c.asked[s.ID] = s
		c.order[s.ID] = cmp.Or(s.Order, i+1)
	}
	for i := range out.Assignments {
		c.got[out.Assignments[i].Student] = &out.Assignments[i]
	}
	return c
}

func (c *claim) knownIDs() (string, *Finding) {
	student := func(id string) *Finding {
		if c.asked[id] == nil {
			return wrong("the instance has no student %s", id).students(id)
		}
		return nil
	}
	post := func(id string) *Finding {
		if id != "" && c.post[id] == nil {
			return wrong("the instance has no post %s", id).posts(id)
		}
		return nil
	}
	for _, a := range c.out.Assignments {
		if f := cmp.Or(student(a.Student), post(a.Post), post(a.Secondary)); f != nil {
			return "", f
		}
	}
	for _, p := range c.out.Posts {
		if f := post(p.Post); f != nil {
			return "", f
		}
	}
	for _, r := range c.out.Reasons {
		if f := student(r.Student); f != nil {
			return "", f
		}
	}
	return fmt.Sprintf("%d students, %d posts", len(c.in.Students), len(c.in.Posts)), nil
}

func (c *claim) eachStudentOnce() (string, *Finding) {
	seen := make(map[string]bool, len(c.out.Assignments))
	for _, a := range c.out.Assignments {
		if seen[a.Student] {
			return "", wrong("student %s stands twice", a.Student).students(a.Student)
		}
		seen[a.Student] = true
	}
	for _, s := range c.in.Students {
		if !seen[s.ID] {
			return "", wrong("student %s is missing", s.ID).students(s.ID)
		}
	}
	return fmt.Sprintf("%d students", len(seen)), nil
}

// people returns who is at each post, main or secondary.
func (c *claim) people() map[string][]string {
	at := make(map[string][]string, len(c.post))
	for _, a := range c.out.Assignments {
		for _, p := range []string{a.Post, a.Secondary} {
			if p != "" {
				at[p] = append(at[p], a.Student)
			}
		}
	}
	return at
}

func (c *claim) seats() (string, *Finding) {
	people := c.people()
	seats, taken := 0, 0
	for _, p := range c.in.Posts {
		if n := len(people[p.ID]); n > p.Seats {
			return "", wrong("post %s has %d seats and %d people", p.ID, p.Seats, n).posts(p.ID).students(people[p.ID]...)
		}
		seats += p.Seats
		taken += len(people[p.ID])
	}
	return fmt.Sprintf("%d seats at %d posts, %d taken", seats, len(c.in.Posts), taken), nil
}

func (c *claim) closedAndBarred() (string, *Finding) {
	barred := 0
	for _, a := range c.out.Assignments {
		for _, p := range []string{a.Post, a.Secondary} {
			if p != "" && c.post[p].Closed {
				return "", wrong("student %s is at post %s, which is closed", a.Student, p).students(a.Student).posts(p)
			}
		}
		if a.Post != "" && c.post[a.Post].Secondary {
			return "", wrong("student %s has the secondary post %s as main post", a.Student, a.Post).students(a.Student).posts(a.Post)
		}
		for _, w := range c.asked[a.Student].Wishes {
			if w.Barred == "" {
				continue
			}
			barred++
			if a.Rank > 0 && a.Post == w.Post {
				return "", wrong("rule %s forbids post %s to student %s", w.Barred, w.Post, a.Student).students(a.Student).posts(w.Post)
			}
		}
	}
	return fmt.Sprintf("%d barred wishes, none granted", barred), nil
}

func (c *claim) pinned() (string, *Finding) {
	pins := 0
	for _, s := range c.in.Students {
		if s.Pinned == "" {
			continue
		}
		pins++
		if a := c.got[s.ID]; a.Post != s.Pinned || a.Rank != 0 || a.Secondary != "" {
			return "", wrong("student %s keeps post %s, without rank or secondary post; the result has post %q, rank %d, secondary post %q",
				s.ID, s.Pinned, a.Post, a.Rank, a.Secondary).students(s.ID).posts(s.Pinned)
		}
	}
	return fmt.Sprintf("%d posts kept", pins), nil
}

// replay goes through the students in the order in which they are served, with
// the seats that those before have left, and sees that each has the best wish
// that could be granted.
func (c *claim) replay() (string, *Finding) {
	left := make(map[string]int, len(c.in.Posts))
	for _, p := range c.in.Posts {
		if !p.Closed {
			left[p.ID] = p.Seats
		}
	}
	for _, s := range c.in.Students {
		if s.Pinned != "" {
			left[s.Pinned]--
		}
	}
	for _, id := range c.sequence() {
		if c.asked[id].Pinned != "" {
			continue
		}
		if f := c.turn(id, left); f != nil {
			return "", f
		}
	}
	return "served again, each student has the best wish left", nil
}

func (c *claim) turn(id string, left map[string]int) *Finding {
	a := c.got[id]
	for k, w := range c.asked[id].Wishes {
		free := w.Barred == "" && left[w.Post] > 0
		switch {
		case k+1 != a.Rank && free:
			return wrong("student %s could have post %s, wish %d, which still has a seat; the result has post %q, rank %d", id, w.Post, k+1, a.Post, a.Rank).students(id).posts(w.Post)
		case k+1 != a.Rank:
			continue
		case !free:
			return wrong("student %s has post %s, where no seat was left", id, w.Post).students(id).posts(w.Post)
		}
		left[w.Post]--
		want := w.Secondary
		if want == "" || left[want] == 0 {
			want = ""
		} else {
			left[want]--
		}
		if a.Secondary != want {
			return wrong("student %s should have the secondary post %q; the result has %q", id, want, a.Secondary).students(id)
		}
		return nil
	}
	return nil
}

// sequence returns the ids of the students, the first to be served first.
func (c *claim) sequence() []string {
	ids := make([]string, 0, len(c.in.Students))
	for _, s := range c.in.Students {
		ids = append(ids, s.ID)
	}
	slices.SortFunc(ids, func(x, y string) int { return c.order[x] - c.order[y] })
	return ids
}

// canonical sees that the placement is the first of those that are as good, and
// that the lists stand in the order of the format.
func (c *claim) canonical() (string, *Finding) {
	first := ""
	if c.first != nil {
		if f := c.first(); f != nil {
			return "", f
		}
		first = "of the placements as good, the first in the order of the students; "
	}
	a, p, r := c.out.Assignments, c.out.Posts, c.out.Reasons
	for i := 1; i < len(a); i++ {
		if a[i-1].Order > a[i].Order {
			return "", wrong("student %s stands before %s, who is served first", a[i-1].Student, a[i].Student).students(a[i-1].Student, a[i].Student)
		}
	}
	for i := 1; i < len(p); i++ {
		if strings.Compare(p[i-1].Post, p[i].Post) > 0 {
			return "", wrong("post %s stands before %s, whose id comes first", p[i-1].Post, p[i].Post).posts(p[i-1].Post, p[i].Post)
		}
	}
	for i := 1; i < len(r); i++ {
		if cmp.Or(c.order[r[i-1].Student]-c.order[r[i].Student], r[i-1].Wish-r[i].Wish) > 0 {
			return "", wrong("the reason for wish %d of %s stands before the one for wish %d of %s", r[i-1].Wish, r[i-1].Student, r[i].Wish, r[i].Student).
				students(r[i-1].Student, r[i].Student)
		}
	}
	return first + "assignments by order, posts by id, reasons by order and wish", nil
}
