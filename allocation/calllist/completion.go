package calllist

// leavesOut returns who would be left without a post if the current candidate c
// took p, which can be taken, although another choice would leave fewer. It is
// empty when the completion rule allows the choice.
//
// The answer is exact unless a last half of a seat is left somewhere. With odd
// halves it is NP-hard (they contain three-dimensional matching); then
// what is certainly possible after another choice, by whole seats alone, is compared to
// what is possible at most after p, so that what is refused does leave somebody out.
func (s *Sitting) leavesOut(c, p int32) []int32 {
	people := s.waiting()
	after := s.unprovided(people, s.room(s.leftAfter(p), true))
	if len(after) == 0 {
		return nil
	}
	best, fewest := []int32(nil), len(after)
	try := func(others []int32) {
		if len(others) < fewest {
			best, fewest = others, len(others)
		}
	}
	// Among the simple posts c need not try one after the other: provided for
	// first, c gets one, and augmenting paths make it one that harms others least.
	rest := s.unprovided(append([]int32{c}, people...), s.room(s.left, false))
	if len(rest) == 0 || rest[0] != c {
		try(rest)
	}
	for q := range s.posts {
		if len(s.posts[q].needs) == 1 {
			continue
		}
		if why, _, _ := s.obstacle(c, int32(q)); why == "" {
			try(s.unprovided(people, s.room(s.leftAfter(int32(q)), false)))
		}
	}
	if fewest == len(after) {
		return nil
	}
	return except(after, best)
}

// except returns the items of a that are not in b; both are in the same order.
func except(a, b []int32) []int32 {
	var rest []int32
	for _, one := range a {
		if len(b) > 0 && b[0] == one {
			b = b[1:]
		} else {
			rest = append(rest, one)
		}
	}
	return rest
}
