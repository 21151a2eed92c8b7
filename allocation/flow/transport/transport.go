/*
Package transport states the problem that the solvers of package flow share:
who goes to which post so that a sum of costs is least, each student at one post
at most, within the seats of posts and the floors and ceilings of groups.

It decides nothing. It says what a problem is, what a solution is, and what
makes a solution provably the best: prices with which nobody would rather be
elsewhere. See package flow for the way in.

# What proves an optimum

A solution carries a price for every post and group, as a student meets it: the
price of a post holds those of the groups around it. Write y for these prices,
y = 0 outside all groups. The solution is optimal if

  - nobody has a cheaper edge: for the edge e that a student has, at post p, and any
    other edge f of that student, at post q,
    Cost[e] + y(p) ≤ Cost[f] + y(q); and the same against Unplaced, which has no price;
  - at every post, y(post) ≥ y(group around it), and equal if a seat is free;
  - at every group, y(group) ≥ y(group around it) if it holds more than its Min,
    and y(group) ≤ y(group around it) if it holds less than its Max.

These are the complementary slackness conditions of linear programming: any
solution that satisfies them costs no more than any other.
*/
package transport

// None stands for no edge, no post and no group.
const None = -1

// Bounds of a problem. The price of a post never needs to exceed the highest
// Unplaced, and a path never needs more than three of them; so with these bounds
// and fewer than 2^31 students, prices and paths fit in 62 bits. Sums over all
// students are for Check to judge.
const (
	MaxCost     = 1 << 30 // of one edge
	MaxUnplaced = 1 << 58 // of having no post
)

// A Problem is one transportation problem, by indices. Students stand in the
// order that breaks ties between equal optima, the edges of each student from
// the most wanted to the least.
type Problem struct {
	First    []int32 // the edges of student i are First[i] to First[i+1]-1; one entry more than students
	Post     []int32 // of each edge; a student has at most one edge to a post
	Cost     []int32 // of each edge, from 0 to MaxCost
	Unplaced []int64 // of each student: the cost of having no post, from 0 to MaxUnplaced
	Seats    []int32 // of each post
	Within   []int32 // of each post: the innermost group it belongs to, or None; nil when there are no groups
	Groups   []Group // a group stands after the groups around it
}

// A Group is a set of posts that may not hold more than Max students together,
// nor less than Min. Any two groups are disjoint, or one is within the other.
type Group struct {
	Around   int32 // the innermost group around this one, or None; its index is lower than this group's
	Min, Max int32
}

// Students returns how many there are.
func (p *Problem) Students() int { return len(p.Unplaced) }

// A Solution says which edge each student has, and proves it by prices.
type Solution struct {
	Edge   []int32 // of each student; None without a post
	Posts  []int64 // the price of each post as a student meets it
	Groups []int64 // the price of each group, with those around it; nil when there are no groups
}

// Total returns the sum that the problem minimises: the costs of the edges and
// of having no post.
func (p *Problem) Total(s *Solution) int64 {
	var sum int64
	for i, e := range s.Edge {
		if e == None {
			sum += p.Unplaced[i]
		} else {
			sum += int64(p.Cost[e])
		}
	}
	return sum
}
