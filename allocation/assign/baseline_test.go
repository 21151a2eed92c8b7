package assign

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
)

// A baseline looks up what a simulation plays, for any student and any list.
func TestABaselineGivesWhatASimulationGives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		posts, students := rapid.IntRange(1, 6).Draw(t, "posts"), rapid.IntRange(1, 9).Draw(t, "students")
		wishes := func(name string) []format.Wish {
			order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5}[:posts]).Draw(t, name)
			list := []format.Wish{}
			for _, p := range order[:rapid.IntRange(0, posts).Draw(t, name+" length")] {
				list = append(list, format.Wish{Post: fmt.Sprintf("P%d", p), Barred: rapid.SampledFrom([]string{"", "", "done"}).Draw(t, "barred")})
			}
			return list
		}
		in := &format.Instance{Method: format.Serial}
		for p := range posts {
			in.Posts = append(in.Posts, format.Post{ID: fmt.Sprintf("P%d", p), Seats: rapid.IntRange(0, 3).Draw(t, "seats"), Closed: rapid.IntRange(0, 5).Draw(t, "closed") == 0})
		}
		var candidates []Candidate
		for s := range students {
			one := format.Student{ID: fmt.Sprintf("S%d", s), Wishes: wishes("list")}
			if rapid.IntRange(0, 6).Draw(t, "pinned") == 0 {
				one.Pinned = "P0"
			}
			in.Students = append(in.Students, one)
			score := format.Hundredths(int64(rapid.IntRange(0, 2).Draw(t, "score")))
			candidates = append(candidates, Candidate{ID: one.ID, Score: &score})
		}
		draws := rapid.SliceOfN(rapid.Uint64(), 1, 8).Draw(t, "draws")
		baseline := NewBaseline(in, candidates, draws)
		me := rapid.IntRange(0, students-1).Draw(t, "me")
		other := wishes("another list")
		few := rapid.IntRange(1, len(draws)).Draw(t, "few")
		got := baseline.Chances(in.Students[me].ID, other, few)
		in.Students[me].Wishes = other
		if want := Simulate(in, candidates, in.Students[me].ID, draws[:few]); !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	})
}
