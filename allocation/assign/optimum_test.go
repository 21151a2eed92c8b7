package assign_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// anyRound draws a round small enough to try every placement, with everything
// that the methods which make an optimum know.
func anyRound(t *rapid.T, method string) *format.Instance {
	in := &format.Instance{Method: method}
	var posts []string
	for p := range many(t, 4, 1) {
		posts = append(posts, fmt.Sprint("T", p))
		in.Posts = append(in.Posts, format.Post{
			ID: posts[p], Seats: rapid.SampledFrom([]int{1, 1, 2, 1, 3, 0}).Draw(t, "seats"), Closed: rapid.IntRange(0, 9).Draw(t, "closed") == 0,
		})
	}
	in.Groups = anyGroups(t, posts)
	if method == format.Equity && rapid.Bool().Draw(t, "with costs") {
		in.Parameters = format.DefaultParameters()
		cost := int64(0)
		for range 4 {
			cost += rapid.Int64Range(0, 3).Draw(t, "cost")
			in.Parameters.Costs = append(in.Parameters.Costs, cost)
		}
		if rapid.Bool().Draw(t, "with a cost of no post") {
			unplaced := rapid.Int64Range(0, 12).Draw(t, "unplaced")
			in.Parameters.Unplaced = &unplaced
		}
	}
	orders := rapid.Permutation([]int{1, 2, 4, 5, 9}).Draw(t, "orders")
	for i := range many(t, 5, 0) {
		s := format.Student{ID: fmt.Sprint("E", i), Order: orders[i], Weight: rapid.IntRange(1, 3).Draw(t, "weight")}
		list := rapid.Permutation(posts).Draw(t, "list")
		wishes := many(t, len(list), 0)
		for _, post := range list[:wishes] {
			w := format.Wish{Post: post}
			if rapid.IntRange(0, 7).Draw(t, "barred") == 0 {
				w.Barred = "rule"
			}
			s.Wishes = append(s.Wishes, w)
		}
		s.Fallback = slices.Clone(list[wishes:rapid.IntRange(wishes, len(list)).Draw(t, "fallbacks")])
		if rapid.IntRange(0, 7).Draw(t, "pinned") == 0 {
			s.Pinned = rapid.SampledFrom(posts).Draw(t, "kept")
		}
		in.Students = append(in.Students, s)
		if in.Check() != nil {
			in.Students[i].Pinned = "" // no seat, or no room in a group
		}
	}
	if err := in.Check(); err != nil {
		t.Fatalf("the generator made an instance that is not valid: %v", err)
	}
	return in
}

// many draws a number, rather a large one: small rounds leave little to decide.
func many(t *rapid.T, most, least int) int {
	if rapid.IntRange(0, 3).Draw(t, "small") > 0 {
		return most
	}
	return rapid.IntRange(least, most).Draw(t, "how many")
}

// anyGroups draws up to three groups, disjoint or nested.
func anyGroups(t *rapid.T, posts []string) (groups []format.Group) {
	add := func(set []string) []string {
		if len(set) == 0 || rapid.Bool().Draw(t, "no group") {
			return set
		}
		g := format.Group{ID: fmt.Sprint("G", len(groups)), Posts: slices.Clone(set), Min: rapid.SampledFrom([]int{0, 1, 0, 2}).Draw(t, "min"), Max: format.NoCeiling}
		if rapid.Bool().Draw(t, "with a ceiling") {
			g.Max = rapid.IntRange(g.Min, 3).Draw(t, "max")
		}
		groups = append(groups, g)
		return set[:len(set)-1]
	}
	cut := rapid.IntRange(0, len(posts)).Draw(t, "cut")
	add(add(posts[:cut]))
	add(posts[cut:])
	return groups
}

// A plan gives each student, in the order served, a position on the list, from
// 1; 0 for none and for those who are pinned.
type plan []int

// plans goes through every placement that keeps to seats, groups, pins, closed
// posts and barred wishes.
func plans(in *format.Instance, try func(plan)) {
	at := map[string]int{}
	for _, s := range in.Students {
		if s.Pinned != "" {
			at[s.Pinned]++
		}
	}
	x := in.Index()
	served := in.Sequence()
	one := make(plan, len(served))
	var extend func(n int)
	extend = func(n int) {
		if n == len(served) {
			for _, g := range in.Groups {
				people := 0
				for _, post := range g.Posts {
					people += at[post]
				}
				if people < g.Min || people > g.Max {
					return
				}
			}
			try(slices.Clone(one))
			return
		}
		s := &in.Students[served[n]]
		one[n] = 0
		extend(n + 1)
		if s.Pinned != "" {
			return
		}
		for k, post := range s.Accepted() {
			if post == "" {
				continue
			}
			if p := in.Posts[x.Post[post]]; p.Closed || at[post] == p.Seats {
				continue
			}
			at[post]++
			one[n] = k + 1
			extend(n + 1)
			at[post]--
		}
		one[n] = 0
	}
	extend(0)
}

// worth returns what a method makes least, as a list of numbers to be compared
// from the first.
func worth(in *format.Instance, one plan) []int64 {
	profile := make([]int64, 6) // by position; 0 for none
	var sum int64
	for n, i := range in.Sequence() {
		s := &in.Students[i]
		if s.Pinned != "" {
			continue
		}
		profile[one[n]]++
		if one[n] > 0 {
			sum += int64(s.Weight) * in.RankCost(one[n])
		} else if in.Parameters != nil && in.Parameters.Unplaced != nil {
			sum += *in.Parameters.Unplaced
		}
	}
	switch in.Method {
	case format.Ordered:
		return profile[:1]
	case format.Equity:
		if in.Parameters != nil && in.Parameters.Unplaced != nil {
			return []int64{sum}
		}
		return []int64{profile[0], sum}
	case format.Leximin:
		slices.Reverse(profile[1:])
		return profile
	}
	for k := range profile {
		profile[k] = -profile[k] // as many as possible
	}
	return profile[1:]
}

// better compares two plans of equal worth: the first in the order of the
// students, no post last.
func better(x, y plan) int {
	for n := range x {
		if c := cmp.Compare(uint(x[n]-1), uint(y[n]-1)); c != 0 {
			return c
		}
	}
	return 0
}

// best returns the plan that the method's definition asks for, nil if there is
// none within the floors.
func best(in *format.Instance) (found plan) {
	var least []int64
	plans(in, func(one plan) {
		w := worth(in, one)
		if c := slices.Compare(w, least); found == nil || c < 0 || c == 0 && better(one, found) < 0 {
			found, least = one, w
		}
	})
	return found
}

func planOf(in *format.Instance, r *format.Result) plan {
	one := make(plan, len(r.Assignments))
	x := in.Index()
	for n, a := range r.Assignments {
		s := in.Students[x.Student[a.Student]]
		if a.Post != "" && s.Pinned == "" {
			one[n] = slices.Index(s.Accepted(), a.Post) + 1
		}
	}
	return one
}

var optimal = []string{format.Ordered, format.Equity, format.Leximin, format.RankMaximal}

// Of all placements there are, the methods give the one that their pages define;
// and none exactly when the floors allow none.
func TestThePlacementIsTheBestOfAll(t *testing.T) {
	t.Parallel()
	for _, method := range optimal {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := anyRound(t, method)
				want := best(in)
				r, err := assign.Solve(in)
				if none, ok := errors.AsType[*assign.Infeasible](err); ok {
					if want != nil {
						t.Fatalf("%v, but %v is a placement\n%s", none, want, in.Bytes())
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := planOf(in, r); !slices.Equal(got, want) {
					t.Fatalf("got positions %v, expected %v\n%s", got, want, in.Bytes())
				}
			})
		})
	}
}

// The reason of format.Ordered is true: given the wish and what those before
// have, no placement has as many placed and keeps to the groups. A seat was free
// at the student's turn exactly if the post is not told to be full.
func TestAWishIsPassedOverOnlyForOthers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyRound(t, format.Ordered)
		r, err := assign.Solve(in)
		if err != nil {
			return
		}
		got := planOf(in, r)
		place := map[string]int{}
		for n, a := range r.Assignments {
			place[a.Student] = n
		}
		for _, reason := range r.Reasons {
			n := place[reason.Student]
			if reason.Outcome != format.Full && reason.Outcome != format.Completion {
				continue
			}
			asked := slices.Clone(got[:n+1])
			asked[n] = reason.Wish
			plans(in, func(one plan) {
				if slices.Equal(one[:n+1], asked) && slices.Equal(worth(in, one), worth(in, got)) {
					t.Fatalf("%+v, but %v is a placement like %v\n%s", reason, one, got, in.Bytes())
				}
			})
			if free := freeAt(in, got[:n], reason); free == (reason.Outcome == format.Full) {
				t.Fatalf("%+v, a free seat is %t\n%s", reason, free, in.Bytes())
			}
			if reason.Outcome == format.Completion && reason.Group == "" && len(reason.Students) == 0 {
				t.Fatalf("%+v names nobody\n%s", reason, in.Bytes())
			}
		}
	})
}

// freeAt says whether the wish of a reason had a free seat after those before.
func freeAt(in *format.Instance, before plan, reason format.Reason) bool {
	x := in.Index()
	post := in.Students[x.Student[reason.Student]].Wishes[reason.Wish-1].Post
	left := in.Posts[x.Post[post]].Seats
	for _, s := range in.Students {
		if s.Pinned == post {
			left--
		}
	}
	served := in.Sequence()
	for n, k := range before {
		if k > 0 && in.Students[served[n]].Accepted()[k-1] == post {
			left--
		}
	}
	return left > 0
}

// One of the students whom a reason names would be left out: with the wish
// granted and those before where they are, they cannot all be placed.
func TestThoseNamedWouldNotAllBePlaced(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyRound(t, format.Ordered)
		r, err := assign.Solve(in)
		if err != nil {
			return
		}
		got, place := planOf(in, r), map[string]int{}
		for n, a := range r.Assignments {
			place[a.Student] = n
		}
		for _, reason := range r.Reasons {
			if len(reason.Students) == 0 {
				continue
			}
			n := place[reason.Student]
			asked := slices.Clone(got[:n+1])
			asked[n] = reason.Wish
			plans(in, func(one plan) {
				all := !slices.ContainsFunc(reason.Students, func(id string) bool { return one[place[id]] == 0 })
				if slices.Equal(one[:n+1], asked) && all {
					t.Fatalf("%+v, but %v places them all\n%s", reason, one, in.Bytes())
				}
			})
		}
	})
}

// The judge, which knows the pages and none of this code, accepts every result:
// placement, prices, level by level, and each reason to the word.
func TestTheJudgeAcceptsWhatTheMethodsGive(t *testing.T) {
	t.Parallel()
	for _, method := range append(slices.Clone(optimal), format.TradedLottery) {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				var in *format.Instance
				if method == format.TradedLottery {
					in = anyLottery(t)
				} else {
					in = anyRound(t, method)
				}
				instance := in.Bytes()
				result, err := assign.SolveFile(instance)
				if _, none := errors.AsType[*assign.Infeasible](err); none {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				report, err := check.Verify(instance, result)
				if err != nil || report.Failed != nil {
					t.Fatalf("%v %v\n%s\n%s", err, report, instance, result)
				}
			})
		})
	}
}
