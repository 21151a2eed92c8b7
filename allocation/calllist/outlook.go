package calllist

import "slices"

// An Outlook tells a candidate who has no post yet what may be left when the turn
// comes, each post by its id, in the order of the list.
type Outlook struct {
	Certain  []string // can be taken then, whatever others do
	Possible []string // depends on others
	Gone     []string // cannot be taken: full, blocked or barred
}

// Outlook returns what may be left for a candidate. It says false for a candidate
// who is unknown, placed, or without a post for good.
//
// Others are those who may act before: who is current, who waits before, and who
// was skipped, since they may be recalled; before somebody who was skipped, everybody.
// Each may take any post that they can take, or none; the office
// is taken to release nobody and to block, unblock and undo nothing, and the completion
// rule not to interfere.
//
// The answer is exact unless two coupled or mixed posts share two posts that they are linked
// to. Then a certain post is certain, and a possible one may be certain too.
func (s *Sitting) Outlook(candidate string) (o Outlook, found bool) {
	c, found := s.candidate[candidate]
	if !found || s.situation[c] == placed || s.situation[c] == without {
		return o, false
	}
	others := s.before(c)
	b := &behaviour{s: s, others: others, room: s.room(s.left, true), barred: s.barredAmong(others)}
	for p := range s.posts {
		id := s.posts[p].id
		why, _, _ := s.obstacle(c, int32(p))
		switch {
		case why != "":
			o.Gone = append(o.Gone, id)
		case slices.ContainsFunc(s.posts[p].needs, b.canUseUp):
			o.Possible = append(o.Possible, id)
		default:
			o.Certain = append(o.Certain, id)
		}
	}
	return o, true
}

// before returns who may act before c.
func (s *Sitting) before(c int32) []int32 {
	var others []int32
	if s.situation[c] == current {
		return nil
	}
	for other := range s.candidates {
		switch s.situation[other] {
		case current, skipped:
			if int32(other) != c {
				others = append(others, int32(other))
			}
		case waiting:
			if s.situation[c] == skipped || s.place[other] < s.place[c] {
				others = append(others, int32(other))
			}
		}
	}
	return others
}

// barredAmong returns how many of these candidates are barred from each post.
func (s *Sitting) barredAmong(candidates []int32) []int32 {
	barred := make([]int32, len(s.posts))
	for _, c := range candidates {
		if len(s.candidates[c].barred) == 0 {
			continue
		}
		for p := range s.posts {
			if _, _, is := s.bar(c, int32(p)); is {
				barred[p]++
			}
		}
	}
	return barred
}

// A behaviour is all that others could do before somebody's turn.
type behaviour struct {
	s      *Sitting
	others []int32
	room   []int32 // how many could take each post if nobody took another one
	barred []int32 // how many of the others are barred from each post
}

// canUseUp says whether others, taking posts that use seats of one post, can leave
// less there than is needed.
func (b *behaviour) canUseUp(n need) bool {
	left := b.s.left[n.post]
	used, oneHalf := b.use(n.post)
	if n.halves == 2 {
		return used >= left-1 // takers use at most two halves each, so some of them leave one half or none
	}
	// To leave nothing of an odd number of halves, somebody must use just one.
	return used >= left && (left%2 == 0 || oneHalf)
}

// use returns how many half seats of a post others could use if other linked posts
// had room for all of them, and whether one of them could use a single half.
//
// The most is used by those who need both halves first: as these choices form a
// matroid, it is the size of a maximum matching of people to the posts that use
// two halves, and that of one to all posts that use any.
func (b *behaviour) use(p int32) (most int32, oneHalf bool) {
	users := b.s.posts[p].users
	if len(users) == 0 {
		return 2 * min(int32(len(b.others))-b.barred[p], b.room[p]), false
	}
	room := make([]int32, len(b.s.posts))
	room[p] = b.room[p]
	for _, q := range users {
		if !b.s.posts[q].mixed {
			room[q] = b.room[q]
		}
	}
	most = b.takers(room)
	for _, q := range users {
		room[q] = b.room[q]
		if b.s.posts[q].mixed && room[q] > 0 && int(b.barred[q]) < len(b.others) {
			oneHalf = true
		}
	}
	return most + b.takers(room), oneHalf
}

func (b *behaviour) takers(room []int32) int32 {
	return int32(len(b.others) - len(b.s.unprovided(b.others, room)))
}
