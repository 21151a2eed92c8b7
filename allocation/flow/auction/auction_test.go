package auction_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/auction"
	"stagora.org/stagora/allocation/flow/transport"
)

// A case is written as the lists of students, "0:1 2:4" for the post 0 at a cost
// of 1 and then the post 2 at 4.
func problem(seats []int32, unplaced int64, lists ...string) *transport.Problem {
	p := &transport.Problem{First: []int32{0}, Seats: seats}
	for _, list := range lists {
		for _, wish := range strings.Fields(list) {
			var post, cost int32
			if _, err := fmt.Sscanf(wish, "%d:%d", &post, &cost); err != nil {
				panic(err)
			}
			p.Post, p.Cost = append(p.Post, post), append(p.Cost, cost)
		}
		p.First = append(p.First, int32(len(p.Post)))
		p.Unplaced = append(p.Unplaced, unplaced)
	}
	return p
}

func TestSolvesWorkedCases(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		problem *transport.Problem
		want    int64
	}{
		{"nobody and nothing", problem(nil, 0), 0},
		{"no student", problem([]int32{2, 1}, 0), 0},
		{"no post", problem(nil, 7, "", ""), 14},
		{"a student who asks for nothing", problem([]int32{1}, 7, "", "0:1"), 8},
		{"no seat", problem([]int32{0}, 7, "0:1"), 7},
		{"a free seat", problem([]int32{1}, 7, "0:1"), 1},
		{"a seat that costs more than having none", problem([]int32{1}, 7, "0:9"), 7},
		{"more seats than there are people", problem([]int32{math.MaxInt32, math.MaxInt32}, 7, "0:1 1:2", "0:1"), 2},
		{"two for one seat", problem([]int32{1}, 7, "0:1", "0:2"), 8},
		{"the second wish of one spares the other more", problem([]int32{1, 1}, 1000, "0:1 1:4", "0:1"), 5},
		{"a chain of three", problem([]int32{1, 1, 1}, 1000, "0:1 1:4", "1:1 2:4", "0:1"), 9},
		{"all wishes cost nothing", problem([]int32{1, 1}, 1, "0:0 1:0", "0:0", "0:0 1:0"), 1},
		{"as many placed as possible", problem([]int32{1, 1}, 1<<50, "0:1 1:1000000", "0:1"), 1000001},
		{"costs that fall along the list", problem([]int32{1, 1}, 50, "0:9 1:1", "1:1"), 10},
		{"no cost of having no post", problem([]int32{1}, 0, "0:0", "0:3"), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := solve(t, tt.problem).total; got != tt.want {
				t.Errorf("the total is %d, want %d", got, tt.want)
			}
		})
	}
}

func TestKeepsToFloorsAndCeilings(t *testing.T) {
	t.Parallel()
	grouped := func(within []int32, groups ...transport.Group) *transport.Problem {
		p := problem([]int32{2, 2, 2}, 100, "0:1 1:4 2:9", "0:1 1:4 2:9", "1:1 2:4 0:9", "1:1 2:4 0:9")
		p.Within, p.Groups = within, groups
		return p
	}
	const out = transport.None
	tests := []struct {
		name    string
		problem *transport.Problem
		want    int64
	}{
		{"bounds that ask for nothing", grouped([]int32{0, 0, out}, transport.Group{Around: out, Min: 0, Max: 4}), 4},
		{"a ceiling", grouped([]int32{0, 0, out}, transport.Group{Around: out, Max: 2}), 10},
		{"a ceiling of nobody", grouped([]int32{0, out, out}, transport.Group{Around: out, Max: 0}), 16},
		{"a ceiling that leaves students without", grouped([]int32{0, 0, 0}, transport.Group{Around: out, Max: 3}), 103},
		{"a floor", grouped([]int32{out, out, 0}, transport.Group{Around: out, Min: 1, Max: 9}), 7},
		{"a floor and a ceiling in it", grouped([]int32{out, 1, 0},
			transport.Group{Around: out, Min: 3, Max: 9}, transport.Group{Around: 0, Max: 1}), 13},
		{"a ceiling and a floor in it", grouped([]int32{1, 0, 0},
			transport.Group{Around: out, Max: 3}, transport.Group{Around: 0, Min: 2, Max: 2}), 103},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := solve(t, tt.problem).total
			if best, ok := exhaustive(tt.problem); !ok || best != tt.want {
				t.Fatalf("the case is wrong: the best total is %d (%t), not %d", best, ok, tt.want)
			}
			if got != tt.want {
				t.Errorf("the total is %d, want %d", got, tt.want)
			}
		})
	}
}

// However odd the problem, the solution is as good as the best of all.
func TestFindsTheBestOfAllSolutions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t, 5, 4, 3)
		best, ok := exhaustive(p)
		if !ok {
			return // floors out of reach
		}
		if got := solve(t, p).total; got != best {
			t.Fatalf("the total is %d, the best %d\n%+v", got, best, p)
		}
	})
}

// Problems too large to try everything: the prices prove the optimum.
func TestProvesWhatItFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shape := drawShape(t)
		solve(t, shape.problem())
	})
}

// Stopped at any time it is asked, it gives no solution.
func TestStops(t *testing.T) {
	t.Parallel()
	shapes := map[string]shape{
		"more seats than students":  {students: 3000, places: 115, seats: 5, list: 12, cost: squares, unplaced: 1000},
		"fewer seats than students": {students: 9000, places: 80, seats: 5, list: 12, cost: squares, unplaced: 1000},
		"as many, with groups":      {students: 3000, places: 100, seats: 5, list: 12, cost: squares, unplaced: 1 << 50, groups: 6},
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := shape.problem()
			asked := 0
			auction.Solve(p, func() bool { asked++; return false })
			if asked < 3 {
				t.Fatalf("asked %d times: the problem is too easy for this test", asked)
			}
			for _, last := range []int{1, 2, asked / 2, asked} {
				count := 0
				s, ok := auction.Solve(p, func() bool { count++; return count >= last })
				if ok || s != nil {
					t.Errorf("stopped when asked for the %dth of %d times, there is a solution", last, asked)
				}
				if count != last {
					t.Errorf("after the answer that ends it, it asked %d times more", count-last)
				}
			}
		})
	}
}

func TestGivesTheSameSolutionAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawShape(t).problem()
		if a, b := solve(t, p), solve(t, p); !reflect.DeepEqual(a, b) {
			t.Fatalf("two solutions of one problem: %+v and %+v", a, b)
		}
	})
}

func TestLeavesTheProblemAsItIs(t *testing.T) {
	t.Parallel()
	make := func() *transport.Problem { return problem([]int32{1, 2}, 90, "0:1 1:4", "0:1 1:4", "1:1 0:4", "0:1") }
	p := make()
	solve(t, p)
	if !reflect.DeepEqual(p, make()) {
		t.Errorf("the problem became %+v", p)
	}
}

type solved struct {
	*transport.Solution
	total int64
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func solve(t failer, p *transport.Problem) solved {
	t.Helper()
	s, ok := auction.Solve(p, nil)
	if !ok {
		t.Fatalf("no solution of %+v", p)
	}
	if err := p.Prove(s); err != nil {
		t.Fatalf("%v\n%+v\n%+v", err, p, s)
	}
	return solved{s, p.Total(s)}
}

// draw draws a tiny problem; its floors may be out of reach.
func draw(t *rapid.T, students, posts, seats int) *transport.Problem {
	p := &transport.Problem{First: []int32{0}}
	m := rapid.IntRange(0, posts).Draw(t, "posts")
	for range m {
		p.Seats = append(p.Seats, rapid.Int32Range(0, int32(seats)).Draw(t, "seats"))
	}
	all := make([]int32, m)
	for q := range all {
		all[q] = int32(q)
	}
	cost := rapid.SampledFrom([]func(rank int) *rapid.Generator[int32]{
		func(rank int) *rapid.Generator[int32] { return rapid.Just(int32(rank * rank)) },
		func(rank int) *rapid.Generator[int32] { return rapid.Just(int32(0)) },
		func(rank int) *rapid.Generator[int32] { return rapid.Just(int32(math.Pow(40, float64(rank)))) },
		func(int) *rapid.Generator[int32] { return rapid.Int32Range(0, 3) },
		func(int) *rapid.Generator[int32] { return rapid.Int32Range(0, transport.MaxCost) },
	}).Draw(t, "cost")
	unplaced := rapid.SampledFrom([]*rapid.Generator[int64]{
		rapid.Just[int64](1), rapid.Just[int64](1000), rapid.Just[int64](1 << 50),
		rapid.Int64Range(0, 20), rapid.Int64Range(0, transport.MaxUnplaced),
	}).Draw(t, "unplaced")
	for range rapid.IntRange(0, students).Draw(t, "students") {
		list := rapid.Permutation(all).Draw(t, "list")[:rapid.IntRange(0, min(m, 5)).Draw(t, "wishes")]
		for k, q := range list {
			p.Post, p.Cost = append(p.Post, q), append(p.Cost, cost(k+1).Draw(t, "cost"))
		}
		p.First = append(p.First, int32(len(p.Post)))
		p.Unplaced = append(p.Unplaced, unplaced.Draw(t, "unplaced"))
	}
	groups := rapid.IntRange(0, 3).Draw(t, "groups")
	if groups == 0 {
		return p
	}
	for g := range groups {
		low := rapid.Int32Range(0, 2).Draw(t, "floor")
		p.Groups = append(p.Groups, transport.Group{
			Around: rapid.Int32Range(transport.None, int32(g)-1).Draw(t, "around"),
			Min:    low,
			Max:    rapid.Int32Range(low, 6).Draw(t, "ceiling"),
		})
	}
	for range m {
		p.Within = append(p.Within, rapid.Int32Range(transport.None, int32(groups)-1).Draw(t, "within"))
	}
	return p
}

// exhaustive returns the least total of all solutions, if there is one.
func exhaustive(p *transport.Problem) (best int64, ok bool) {
	posts, groups := make([]int32, len(p.Seats)), make([]int32, len(p.Groups))
	count := func(q, by int32) {
		posts[q] += by
		if p.Within == nil {
			return
		}
		for g := p.Within[q]; g != transport.None; g = p.Groups[g].Around {
			groups[g] += by
		}
	}
	best = math.MaxInt64
	var place func(i int, total int64)
	place = func(i int, total int64) {
		if i == p.Students() {
			for g, n := range groups {
				if n < p.Groups[g].Min || n > p.Groups[g].Max {
					return
				}
			}
			best, ok = min(best, total), true
			return
		}
		place(i+1, total+p.Unplaced[i])
		for e := p.First[i]; e < p.First[i+1]; e++ {
			if q := p.Post[e]; posts[q] < p.Seats[q] {
				count(q, 1)
				place(i+1, total+int64(p.Cost[e]))
				count(q, -1)
			}
		}
	}
	place(0, 0)
	return best, ok
}
