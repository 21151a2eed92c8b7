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
// Each may take any post that they can take, or none; the office is taken to release
// nobody and to block, unblock and undo nothing, and the completion rule not to
// interfere. Then the answer is exact. It takes time in proportion to people, posts
// and bars.
func (s *Sitting) Outlook(candidate string) (o Outlook, found bool) {
	c, found := s.candidate[candidate]
	if !found || s.situation[c] == placed || s.situation[c] == without {
		return o, false
	}
	others := s.before(c)
	b := &behaviour{s: s, others: int32(len(others)), barred: s.barredAmong(others)}
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

// barredAmong returns how many of these candidates are barred from each post, or
// from one that it is linked to.
func (s *Sitting) barredAmong(candidates []int32) []int32 {
	barred := make([]int32, len(s.posts))
	counted := make([]int32, len(s.posts)) // the last candidate counted, from 1
	for _, c := range candidates {
		count := func(p int32) {
			if counted[p] != c+1 {
				counted[p] = c + 1
				barred[p]++
			}
		}
		for _, p := range s.candidates[c].barred {
			count(p)
			for _, q := range s.posts[p].users {
				count(q)
			}
		}
	}
	return barred
}

// A behaviour is what others could do before somebody's turn.
type behaviour struct {
	s      *Sitting
	others int32
	barred []int32 // how many of the others are barred from each post
}

// canUseUp says whether others can leave less of one post than is needed there.
//
// Whoever can use any of its seats can take that post itself, since a bar and a
// block there hold for the posts linked to it too. So the seats go fastest when
// everybody takes a whole one; somebody who takes a half is only needed
// to use up the last, odd half.
func (b *behaviour) canUseUp(n need) bool {
	able, left := b.others-b.barred[n.post], b.s.left[n.post]
	if n.halves == 2 || left%2 == 0 {
		return able >= left/2
	}
	return able > left/2 && slices.ContainsFunc(b.s.posts[n.post].users, func(q int32) bool {
		why, _ := b.s.shortage(q, b.s.left)
		return b.s.posts[q].mixed && why == "" && b.barred[q] < b.others
	})
}
