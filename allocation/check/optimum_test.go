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
		file := drawInstance(rt).Bytes()
		in, err := format.ReadInstance(file)
		if err != nil {
			return // groups that cross, or too many who keep a post
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

func drawInstance(rt *rapid.T) *format.Instance {
	in := &format.Instance{Method: rapid.SampledFrom(methods).Draw(rt, "method")}
	lottery := in.Method == format.TradedLottery
	posts := rapid.IntRange(1, 4).Draw(rt, "posts")
	for p := range posts {
		in.Posts = append(in.Posts, format.Post{
			ID:     "p" + strconv.Itoa(p),
			Seats:  rapid.IntRange(0, 2).Draw(rt, "seats"),
			Closed: rapid.IntRange(0, 7).Draw(rt, "closed") == 0,
		})
	}
	in.Posts = append(in.Posts, format.Post{ID: "s", Seats: 1, Secondary: true})
	for s := range rapid.IntRange(0, 4).Draw(rt, "students") {
		one := format.Student{ID: "e" + strconv.Itoa(s), Weight: 1}
		if in.Method == format.Equity {
			one.Weight = rapid.IntRange(1, 3).Draw(rt, "weight")
		}
		list := rapid.Permutation(numbers(posts)).Draw(rt, "list")
		for _, p := range list[:rapid.IntRange(0, posts).Draw(rt, "length")] {
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
		if rapid.IntRange(0, 4).Draw(rt, "pinned") == 0 {
			one.Pinned = in.Posts[rapid.IntRange(0, posts-1).Draw(rt, "kept")].ID
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
	if !lottery {
		for g := range rapid.IntRange(0, 2).Draw(rt, "groups") {
			group := format.Group{ID: "g" + strconv.Itoa(g), Max: format.NoCeiling}
			for _, post := range in.Posts[:posts] {
				if rapid.Bool().Draw(rt, "in") {
					group.Posts = append(group.Posts, post.ID)
				}
			}
			group.Min = rapid.IntRange(0, 2).Draw(rt, "floor")
			if rapid.Bool().Draw(rt, "ceiling") {
				group.Max = group.Min + rapid.IntRange(0, 2).Draw(rt, "room")
			}
			in.Groups = append(in.Groups, group)
		}
	}
	return in
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
