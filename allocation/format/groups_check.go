package format

import (
	"slices"
	"strconv"
)

func (c *checker) groups() {
	if c.in.Groups != nil && !c.allows("groups") {
		c.errs.add(root.at("groups"), "groups", "no groups with method "+quote(c.in.Method))
		return
	}
	c.errs.ids("groups", len(c.in.Groups), func(i int) string { return c.in.Groups[i].ID })
	sets := make([][]int, len(c.in.Groups))
	for i, g := range c.in.Groups {
		at := root.at("groups").nth(i)
		if g.Max < 0 || g.Max > NoCeiling {
			c.errs.add(at.at("max"), strconv.Itoa(g.Max), aWhole(0, NoCeiling))
		}
		if g.Min < 0 || g.Min > max(0, g.Max) {
			c.errs.add(at.at("min"), strconv.Itoa(g.Min), aWhole(0, min(max(0, g.Max), NoCeiling)))
		}
		sets[i] = c.members(at.at("posts"), g.Posts)
	}
	c.nested(sets)
}

// members returns the posts of a group, as indices.
func (c *checker) members(at *path, posts []string) []int {
	if len(posts) == 0 {
		c.errs.add(at, "an empty list", "at least one post")
	}
	set := make([]int, 0, len(posts))
	line := make(map[int]int, len(posts))
	for i, post := range posts {
		p, known := c.posts[post]
		before, again := line[p]
		switch {
		case !known || c.in.Posts[p].Secondary:
			c.errs.add(at.nth(i), quote(post), aMainPost)
		case again:
			c.errs.add(at.nth(i), quote(post), "a post that posts["+strconv.Itoa(before)+"] does not name")
		default:
			line[p] = i
			set = append(set, p)
		}
	}
	return set
}

// nested checks that any two groups are disjoint, or one strictly inside the
// other. It takes time in proportion to the sizes of the groups.
func (c *checker) nested(sets [][]int) {
	bySize := make([]int, len(sets)) // the largest first
	for i := range bySize {
		bySize[i] = i
	}
	slices.SortStableFunc(bySize, func(x, y int) int { return len(sets[y]) - len(sets[x]) })
	inner := make([]int, len(c.in.Posts)) // of each post, from 1: the place in bySize of the smallest group so far around it
	for n, i := range bySize {
		// All posts of a group lie in the same smallest group. If one lies deeper
		// than another, the smaller of their two groups holds the one and not the
		// other, and is too large to fit inside this group.
		least, deepest := len(sets), 0
		for _, p := range sets[i] {
			least, deepest = min(least, inner[p]), max(deepest, inner[p])
		}
		if deepest > 0 {
			around := bySize[deepest-1]
			if least < deepest || len(sets[around]) == len(sets[i]) {
				c.errs.add(root.at("groups").nth(max(i, around)).at("posts"), "posts that cross those of groups["+strconv.Itoa(min(i, around))+"]",
					"two groups without a common post, or one inside the other and smaller")
				continue
			}
		}
		for _, p := range sets[i] {
			inner[p] = n + 1
		}
	}
}
