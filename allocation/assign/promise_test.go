package assign_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// Of all placements within the seats and groups, none is better for somebody and
// worse for nobody.
func TestNobodyCanBeBetterOffAtNobodysCost(t *testing.T) {
	t.Parallel()
	for _, method := range optimal {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := anyRound(t, method)
				in.Parameters = nil // with costs that grow
				r, err := assign.Solve(in)
				if err != nil {
					return
				}
				got := planOf(in, r)
				plans(in, func(one plan) {
					worse := false
					for n := range one {
						worse = worse || uint(one[n]-1) > uint(got[n]-1)
					}
					if !worse && !slices.Equal(one, got) {
						t.Fatalf("%v is better for some than %v, and worse for nobody\n%s", one, got, in.Bytes())
					}
				})
			})
		})
	}
}

// Where everybody must list every post, so that the number placed and the floors
// do not depend on what is wished, nobody gains by another order of the list.
func TestNobodyGainsByAnotherOrderOfAFullList(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyRound(t, format.Ordered)
		for i := range in.Students {
			s := &in.Students[i]
			s.Wishes, s.Fallback = nil, nil
			for _, p := range rapid.Permutation(in.Posts).Draw(t, "list") {
				s.Wishes = append(s.Wishes, format.Wish{Post: p.ID})
			}
		}
		if len(in.Students) == 0 {
			return
		}
		r, err := assign.Solve(in)
		if err != nil {
			return
		}
		me := rapid.IntRange(0, len(in.Students)-1).Draw(t, "student")
		truth := in.Students[me].Wishes
		rank := func(post string) uint {
			return uint(slices.IndexFunc(truth, func(w format.Wish) bool { return w.Post == post }))
		}
		honest := rank(postOf(t, in, r, me))
		lying := *in
		lying.Students = slices.Clone(in.Students)
		lying.Students[me].Wishes = rapid.Permutation(truth).Draw(t, "another order")
		r, err = assign.Solve(&lying)
		if err != nil {
			t.Fatal(err)
		}
		if got := rank(postOf(t, &lying, r, me)); got < honest {
			t.Fatalf("by %v student %d gets wish %d instead of %d\n%s", lying.Students[me].Wishes, me, got+1, honest+1, in.Bytes())
		}
	})
}

func postOf(t *rapid.T, in *format.Instance, r *format.Result, student int) string {
	for _, a := range r.Assignments {
		if a.Student == in.Students[student].ID {
			return a.Post
		}
	}
	t.Fatalf("student %d is gone", student)
	return ""
}
