package calllist

import (
	"fmt"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
)

// People are provided for as a greedy choice would, tried in every way: each in turn, if
// all those before who got a post and this one can have posts at once.
func TestPeopleAreProvidedForOneAfterAnother(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const posts, people = 6, 7
		bit := rapid.SampledFrom([]bool{true, true, true, false})
		l := &format.CallList{}
		room := make([]int32, posts)
		for p := range posts {
			l.Posts = append(l.Posts, format.CallPost{ID: fmt.Sprint("P", p), Seats: 1, Kind: format.SimplePost})
			room[p] = rapid.SampledFrom([]int32{1, 1, 1, 0, 2}).Draw(t, "room")
		}
		var all []int32
		for c := range people {
			one := format.CallCandidate{ID: fmt.Sprint("C", c)}
			for p := range posts {
				if bit.Draw(t, "barred") {
					one.Barred = append(one.Barred, format.Bar{Post: l.Posts[p].ID, Rule: "r"})
				}
			}
			l.Candidates = append(l.Candidates, one)
			all = append(all, int32(c))
		}
		s := Start(l)
		var want, provided []int32
		for _, c := range all {
			if try := append(slices.Clone(provided), c); canAll(s, try, room) {
				provided = try
			} else {
				want = append(want, c)
			}
		}
		if got := s.unprovided(all, room); !slices.Equal(got, want) {
			t.Fatalf("got %v, expected %v", got, want)
		}
	})
}

// canAll says whether all these people can have posts at once, by Hall's theorem: any of
// them together can have at least as many seats as they are.
func canAll(s *Sitting, people, room []int32) bool {
	for group := range 1 << len(people) {
		seats := int32(0)
		for p := range room {
			for i, c := range people {
				if _, _, barred := s.bar(c, int32(p)); group>>i&1 == 1 && !barred {
					seats += room[p]
					break
				}
			}
		}
		if int(seats) < bits.OnesCount(uint(group)) {
			return false
		}
	}
	return true
}
