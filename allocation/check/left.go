package check

import "slices"

// leavesOut says whether the completion rule refuses a post to a candidate: fewer
// of those who wait could still be placed than after another choice. With coupled
// and mixed posts the rule compares bounds: what is possible at most after this
// choice with what is certain, by simple posts alone, after another.
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

// room returns how many could have each post if nobody took another one, once
// the post taken (if any) is gone; of simple posts alone, or of all.
func (s *sitting) room(taken int, linked bool) []int {
	left := slices.Clone(s.left)
	if taken != nobody {
		for _, need := range s.needs[taken] {
			left[need.post] -= need.halves
		}
	}
	room := make([]int, len(s.needs))
	for p, needs := range s.needs {
		if len(needs) > 1 && !linked {
			continue
		}
		room[p] = left[p] / 2
		for _, need := range needs {
			room[p] = min(room[p], left[need.post]/need.halves)
			if s.blocked[need.post] {
				room[p] = 0
			}
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
