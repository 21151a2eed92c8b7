package check_test

import (
	"errors"
	"strconv"
	"testing"

	"pgregory.net/rapid"
	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

var methods = []string{format.Ordered, format.Equity, format.Leximin, format.RankMaximal, format.TradedLottery}

// Of all ways to place a few students, the judge accepts one, with its
// certificate: that of the engine.
func TestOfAllPlacementsOneIsAccepted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		file := drawInstance(rt, 4, 4).Bytes()
		in, err := format.ReadInstance(file)
		if err != nil {
			rt.Fatal(err)
		}
		data, err := assign.SolveFile(file)
		if errors.As(err, new(*assign.Infeasible)) {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		report, err := check.Verify(file, data)
		if err != nil {
			rt.Fatal(err)
		}
		if report.Failed != nil {
			rt.Fatalf("refused: %v\n%s\n%s", report.Failed, file, data)
		}
		result, err := format.ReadResult(data)
		if err != nil {
			rt.Fatal(err)
		}
		accepted := 0
		placements(in, result, func() {
			report, err := check.Verify(file, result.Bytes())
			if err != nil {
				rt.Fatal(err)
			}
			// What comes after canonicality is about this one placement's numbers.
			if len(report.Passed) >= 10 {
				accepted++
			}
		})
		if accepted != 1 {
			rt.Fatalf("%d placements are accepted\n%s", accepted, file)
		}
	})
}

func TestPlacementsOfTheEngineAreAccepted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		file := drawInstance(rt, 12, 7).Bytes()
		data, err := assign.SolveFile(file)
		if errors.As(err, new(*assign.Infeasible)) {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		report, err := check.Verify(file, data)
		if err != nil {
			rt.Fatal(err)
		}
		if report.Failed != nil {
			rt.Fatalf("refused: %v\n%s\n%s", report.Failed, file, data)
		}
	})
}

func drawInstance(rt *rapid.T, students, posts int) *format.Instance {
	in := &format.Instance{Method: rapid.SampledFrom(methods).Draw(rt, "method")}
	posts = rapid.IntRange(1, posts).Draw(rt, "posts")
	for p := range posts {
		in.Posts = append(in.Posts, format.Post{
			ID:     "p" + strconv.Itoa(p),
			Seats:  rapid.IntRange(0, 2).Draw(rt, "seats"),
			Closed: rapid.IntRange(0, 7).Draw(rt, "closed") == 0,
		})
	}
	in.Posts = append(in.Posts, format.Post{ID: "s", Seats: 1, Secondary: true})
	kept := make([]int, posts)
	for s := range rapid.SampledFrom([]int{0, 1, students / 2, students - 1, students, students}).Draw(rt, "students") {
		one := format.Student{ID: "e" + strconv.Itoa(s)}
		if in.Method == format.Equity {
			one.Weight = rapid.IntRange(1, 3).Draw(rt, "weight")
		}
		list := rapid.Permutation(numbers(posts)).Draw(rt, "list")
		for _, p := range list[:rapid.SampledFrom([]int{0, 1, posts, posts, posts}).Draw(rt, "length")] {
			switch id := in.Posts[p].ID; {
			case len(one.Fallback) > 0 || rapid.IntRange(0, 5).Draw(rt, "fallback") == 0:
				one.Fallback = append(one.Fallback, id)
			default:
				w := format.Wish{Post: id}
				if rapid.IntRange(0, 5).Draw(rt, "barred") == 0 {
					w.Barred = "rule"
				}
				if rapid.IntRange(0, 3).Draw(rt, "secondary") == 0 {
					w.Secondary = "s"
				}
				one.Wishes = append(one.Wishes, w)
			}
		}
		if p := rapid.IntRange(0, 4*posts).Draw(rt, "kept"); p < posts && kept[p] < in.Posts[p].Seats && !in.Posts[p].Closed {
			one.Pinned = in.Posts[p].ID
			kept[p]++
		}
		in.Students = append(in.Students, one)
	}
	p := format.DefaultParameters()
	p.Seed, p.Draws = "seed", 20
	if rapid.Bool().Draw(rt, "unplaced") {
		unplaced := rapid.Int64Range(0, 12).Draw(rt, "cost")
		p.Unplaced = &unplaced
	}
	in.Parameters = p
	if in.Method != format.TradedLottery {
		drawGroups(rt, in, kept)
	}
	return in
}

// drawGroups draws up to two groups, the second within the first or beside it. Whoever
// keeps a post fits in.
func drawGroups(rt *rapid.T, in *format.Instance, kept []int) {
	chosen := make([]int, len(kept)) // of each post: the first group (1) or none, then the second (2)
	for g := range rapid.IntRange(0, 2).Draw(rt, "groups") {
		group := format.Group{ID: "g" + strconv.Itoa(g), Max: format.NoCeiling, Min: rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(rt, "floor")}
		within := rapid.IntRange(0, 1).Draw(rt, "within")
		people := 0
		for p := range kept {
			if chosen[p] == within*g && rapid.Bool().Draw(rt, "in") {
				group.Posts = append(group.Posts, in.Posts[p].ID)
				chosen[p] = g + 1
				people += kept[p]
			}
		}
		if rapid.Bool().Draw(rt, "ceiling") {
			group.Max = max(group.Min, people) + rapid.IntRange(0, 1).Draw(rt, "room")
		}
		if n := len(group.Posts); n > 0 && (len(in.Groups) == 0 || n != len(in.Groups[0].Posts) || group.Posts[0] != in.Groups[0].Posts[0]) {
			in.Groups = append(in.Groups, group)
		}
	}
}

// placements visits every way to place the students by their lists, with the
// secondary posts that follow; it changes the result.
func placements(in *format.Instance, r *format.Result, visit func()) {
	var choose func(i int)
	choose = func(i int) {
		if i == len(r.Assignments) {
			giveSecondaries(in, r)
			visit()
			return
		}
		s, a := &in.Students[i], &r.Assignments[i]
		if s.Pinned != "" {
			choose(i + 1)
			return
		}
		for k, w := range s.Wishes {
			a.Post, a.Rank = w.Post, k+1
			choose(i + 1)
		}
		a.Rank = 0
		for _, post := range append(s.Fallback, "") {
			a.Post = post
			choose(i + 1)
		}
	}
	choose(0)
}

func giveSecondaries(in *format.Instance, r *format.Result) {
	left := 1
	for i := range r.Assignments {
		a := &r.Assignments[i]
		if a.Secondary = ""; a.Rank > 0 && left > 0 && in.Students[i].Pinned == "" {
			if a.Secondary = in.Students[i].Wishes[a.Rank-1].Secondary; a.Secondary != "" {
				left--
			}
		}
	}
}
