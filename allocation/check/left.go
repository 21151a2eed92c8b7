package check

import "slices"

// leavesOut says whether the completion rule refuses a post to a candidate: fewer
// of those who wait could still be placed than after another choice. Where a last half
// of a seat is left the rule compares bounds: what is possible at most after this
// choice with what is certain, by whole seats alone, after another.
func (s *sitting) leavesOut(c, p int) bool {
	var people []int
	for other, situation := range s.situation {
		if situation == isWaiting && other != c {
			people = append(people, other)
		}
	}
	most := s.placeable(people, s.room(p, true))
	if most >= s.placeable(people, s.room(nobody, false)) {
		return false // no choice leaves more than there are before it
	}
	for q := range s.needs {
		if q != p && s.obstacle(c, q) == "" && s.placeable(people, s.room(q, false)) > most {
			return true
		}
	}
	return false
}

// room returns how many could have each post once the post taken (if any) is
// gone: simple posts by whole seats and, with halves, mixed posts by the last, odd
// halves of the posts they are linked to, one by each.
func (s *sitting) room(taken int, halves bool) []int {
	left := slices.Clone(s.left)
	if taken != nobody {
		for _, need := range s.needs[taken] {
			left[need.post] -= need.halves
		}
	}
	room := make([]int, len(s.needs))
	for p, needs := range s.needs {
		shut := slices.ContainsFunc(needs, func(n need) bool { return left[n.post] < n.halves || s.blocked[n.post] })
		switch {
		case shut:
		case len(needs) == 1:
			room[p] = left[p] / 2
		case halves && needs[1].halves == 1:
			room[p] = min(left[p]/2, left[needs[1].post]%2+left[needs[2].post]%2)
		}
	}
	return room
}

// placeable returns how many of some people could have a post at once: a maximum
// matching, by augmenting paths (Kuhn, "The Hungarian method", 1955).
func (s *sitting) placeable(people, room []int) int {
	at := make([][]int, len(room))
	var seen []bool
	var seat func(c int) bool
	seat = func(c int) bool {
		for p, n := range room {
			if len(at[p]) < n && s.mayHave(c, p) {
				at[p] = append(at[p], c)
				return true
			}
		}
		for p, n := range room {
			if n == 0 || seen[p] || !s.mayHave(c, p) {
				continue
			}
			seen[p] = true
			for k, other := range at[p] {
				if seat(other) {
					at[p][k] = c
					return true
				}
			}
		}
		return false
	}
	count := 0
	for _, c := range people {
		seen = make([]bool, len(room))
		if seat(c) {
			count++
		}
	}
	return count
}

// mayHave says whether no rule bars a candidate from a post, or what it is linked
// to.
func (s *sitting) mayHave(c, p int) bool {
	return !slices.ContainsFunc(s.needs[p], func(n need) bool { return s.barred[c][n.post] })
}
