package allocation_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
)

// smallMarket draws a market small enough to try everything on it.
func smallMarket(t *rapid.T) *format.Instance {
	in := &format.Instance{Method: format.Serial}
	var ids []string
	for i := range rapid.IntRange(1, 4).Draw(t, "posts") {
		ids = append(ids, fmt.Sprint("T", i))
		in.Posts = append(in.Posts, format.Post{ID: ids[i], Seats: rapid.IntRange(0, 2).Draw(t, "seats")})
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "students") {
		in.Students = append(in.Students, format.Student{ID: fmt.Sprint("E", i), Wishes: anyWishes(t, ids, nil)})
	}
	return in
}

// ranks returns the rank that each student gets on a list; beyond the list
// without a post.
func ranks(in *format.Instance, posts map[string]string) []int {
	list := make([]int, len(in.Students))
	for i, s := range in.Students {
		list[i] = slices.IndexFunc(s.Wishes, func(w format.Wish) bool { return w.Post == posts[s.ID] && w.Barred == "" })
		if list[i] < 0 {
			list[i] = len(s.Wishes)
		}
	}
	return list
}

func posts(r *format.Result) map[string]string {
	m := map[string]string{}
	for _, a := range r.Assignments {
		m[a.Student] = a.Post
	}
	return m
}

// Strategy-proofness: of all lists that a student could give, none does better
// by the true one.
func TestNobodyGainsByAnotherList(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := smallMarket(t)
		me := rapid.IntRange(0, len(in.Students)-1).Draw(t, "student")
		honest := ranks(in, posts(solve(t, in)))[me]
		lying := *in
		lying.Students = slices.Clone(in.Students)
		truth := in.Students[me].Wishes
		lists(truth, func(list []format.Wish) {
			lying.Students[me].Wishes = list
			if rank := ranks(in, posts(solve(t, &lying)))[me]; rank < honest {
				t.Fatalf("by the list %v the student gets wish %d instead of %d", list, rank+1, honest+1)
			}
		})
	})
}

// lists goes through every ordered selection of some wishes.
func lists(wishes []format.Wish, try func([]format.Wish)) {
	var extend func(list []format.Wish)
	extend = func(list []format.Wish) {
		try(slices.Clone(list))
		for _, w := range wishes {
			if !slices.Contains(list, w) {
				extend(append(slices.Clone(list), w))
			}
		}
	}
	extend(nil)
}

// Pareto efficiency: of all placements within the seats, none is better for
// somebody and worse for nobody.
func TestNobodyCanBeBetterOffAtNobodysCost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := smallMarket(t)
		got := ranks(in, posts(solve(t, in)))
		left := map[string]int{}
		for _, p := range in.Posts {
			left[p.ID] = p.Seats
		}
		var place func(i int, better bool)
		place = func(i int, better bool) { // everybody before i is at least as well off
			if i == len(in.Students) {
				if better {
					t.Fatalf("the placement with ranks %v can be improved", got)
				}
				return
			}
			wishes := in.Students[i].Wishes
			for k, w := range wishes[:min(got[i]+1, len(wishes))] {
				if w.Barred == "" && left[w.Post] > 0 {
					left[w.Post]--
					place(i+1, better || k < got[i])
					left[w.Post]++
				}
			}
			if got[i] == len(wishes) {
				place(i+1, better)
			}
		}
		place(0, false)
	})
}
