package assign

import (
	"cmp"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// A tree holds the groups of an instance, a group after those around it. Groups
// are disjoint or nested, so those around a post form a chain.
type tree struct {
	groups []group
	within []int // of each post: the innermost group around it, or none
}

type group struct {
	id       string
	around   int // the innermost group around this one, or none
	min, max int // pinned students included
}

// newTree orders groups by size, the largest first: whatever is around a group
// then stands before it.
func newTree(in *format.Instance, post map[string]int) tree {
	t := tree{groups: make([]group, len(in.Groups)), within: make([]int, len(in.Posts))}
	for p := range t.within {
		t.within[p] = none
	}
	bySize := slices.Clone(in.Groups)
	slices.SortFunc(bySize, func(x, y format.Group) int {
		return cmp.Or(len(y.Posts)-len(x.Posts), strings.Compare(x.ID, y.ID))
	})
	for g, one := range bySize {
		t.groups[g] = group{id: one.ID, around: none, min: one.Min, max: one.Max}
		for _, id := range one.Posts {
			t.groups[g].around = t.within[post[id]]
		}
		for _, id := range one.Posts {
			t.within[post[id]] = g
		}
	}
	return t
}

// outwards calls yield with the groups around a post, the innermost first.
func (t *tree) outwards(post int) func(yield func(group int) bool) {
	return func(yield func(int) bool) {
		if post == none {
			return
		}
		for g := t.within[post]; g != none && yield(g); g = t.groups[g].around {
		}
	}
}

// holds says whether a post lies in a group.
func (t *tree) holds(group, post int) bool {
	for g := range t.outwards(post) {
		if g == group {
			return true
		}
	}
	return false
}

// count returns how many people each group has, from those at each main post.
func (t *tree) count(filled []int) []int {
	people := make([]int, len(t.groups))
	for p, n := range filled {
		for g := range t.outwards(p) {
			people[g] += n
		}
	}
	return people
}

// groupsByID returns the groups in the order of the bytes of their ids.
func (t *tree) groupsByID() []int {
	order := make([]int, len(t.groups))
	for g := range order {
		order[g] = g
	}
	slices.SortFunc(order, func(x, y int) int { return strings.Compare(t.groups[x].id, t.groups[y].id) })
	return order
}
