package assign_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// What a simulation says is left to a student without a post is what each post,
// added at the end of the list, gives in a simulation of its own.
func TestWhatIsLeftIsWhatALongerListGives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, candidates := &format.Instance{Method: format.Serial}, []assign.Candidate{}
		codes := []string{"A", "B", "C", "D"}
		for _, code := range codes {
			in.Posts = append(in.Posts, format.Post{ID: code, Seats: rapid.IntRange(0, 2).Draw(t, "seats"), Closed: rapid.IntRange(0, 5).Draw(t, "closed") == 0})
		}
		for i := range rapid.IntRange(1, 7).Draw(t, "students") {
			s := format.Student{ID: string(rune('a' + i))}
			for _, code := range rapid.Permutation(codes).Draw(t, "list")[:rapid.IntRange(0, 3).Draw(t, "length")] {
				s.Wishes = append(s.Wishes, format.Wish{Post: code})
			}
			in.Students = append(in.Students, s)
			score := format.Hundredths(rapid.Int64Range(0, 2).Draw(t, "score"))
			candidates = append(candidates, assign.Candidate{ID: s.ID, Score: &score})
		}
		draws := []uint64{1, 2, 3, 4, 5, 6, 7, 8}
		me := &in.Students[0]
		before := assign.Simulate(in, candidates, me.ID, draws)
		for p, code := range codes {
			if slices.ContainsFunc(me.Wishes, func(w format.Wish) bool { return w.Post == code }) {
				continue
			}
			list := me.Wishes
			me.Wishes = append(slices.Clone(list), format.Wish{Post: code})
			after := assign.Simulate(in, candidates, me.ID, draws)
			me.Wishes = list
			if got := after.Obtained[len(list)]; got != before.Left[p] {
				t.Fatalf("%s at the end is obtained in %d draws, left in %d", code, got, before.Left[p])
			}
		}
	})
}
