package simplex_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/simplex"
	"stagora.org/stagora/allocation/flow/transport"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/bench/market"
)

// A size bounds a drawn problem.
type size struct{ students, posts, groups int }

// anyProblem draws a problem in which floors can be met: they ask for no more
// than some placement, drawn as well, gives them.
func anyProblem(t *rapid.T, most size) *transport.Problem {
	posts := rapid.IntRange(0, most.posts).Draw(t, "posts")
	p := &transport.Problem{First: []int32{0}}
	seats := rapid.Int32Range(0, rapid.SampledFrom([]int32{1, 3, 200}).Draw(t, "most seats"))
	for range posts {
		p.Seats = append(p.Seats, seats.Draw(t, "seats"))
	}
	costs := rapid.SampledFrom([]*rapid.Generator[int32]{
		rapid.Just[int32](0), rapid.Int32Range(0, 2), rapid.Int32Range(0, 400), rapid.Int32Range(0, transport.MaxCost),
	}).Draw(t, "costs")
	unplaced := rapid.SampledFrom([]*rapid.Generator[int64]{
		rapid.Just[int64](0), rapid.Just[int64](1), rapid.Int64Range(0, 1000), rapid.Int64Range(0, 1<<50), rapid.Just[int64](1 << 50),
	}).Draw(t, "unplaced")
	all := make([]int32, posts)
	for q := range all {
		all[q] = int32(q)
	}
	for range rapid.IntRange(0, most.students).Draw(t, "students") {
		for _, q := range rapid.Permutation(all).Draw(t, "list")[:rapid.IntRange(0, posts).Draw(t, "length")] {
			p.Post = append(p.Post, q)
			p.Cost = append(p.Cost, costs.Draw(t, "cost"))
		}
		p.First = append(p.First, int32(len(p.Post)))
		p.Unplaced = append(p.Unplaced, unplaced.Draw(t, "unplaced"))
	}
	if most.groups > 0 && rapid.Bool().Draw(t, "with groups") {
		group(t, p, most.groups)
	}
	return p
}

// group puts the posts in groups, and adds floors and ceilings.
func group(t *rapid.T, p *transport.Problem, most int) {
	p.Within = make([]int32, len(p.Seats))
	for g := range rapid.IntRange(0, most).Draw(t, "groups") {
		p.Groups = append(p.Groups, transport.Group{Around: rapid.Int32Range(transport.None, int32(g)-1).Draw(t, "around")})
	}
	for q := range p.Within {
		p.Within[q] = rapid.Int32Range(transport.None, int32(len(p.Groups))-1).Draw(t, "within")
	}
	for g := range p.Groups {
		p.Groups[g].Max = rapid.Int32Range(0, int32(p.Students())+1).Draw(t, "ceiling")
	}
	held := make([]int32, len(p.Groups))
	filled := make([]int32, len(p.Seats))
	for i := range p.Unplaced {
		for e := p.First[i]; e < p.First[i+1]; e++ {
			q := p.Post[e]
			room := filled[q] < p.Seats[q]
			for g := p.Within[q]; g != transport.None; g = p.Groups[g].Around {
				room = room && held[g] < p.Groups[g].Max
			}
			if !room || rapid.IntRange(0, 2).Draw(t, "elsewhere") == 0 {
				continue
			}
			filled[q]++
			for g := p.Within[q]; g != transport.None; g = p.Groups[g].Around {
				held[g]++
			}
			break
		}
	}
	for g := range p.Groups {
		p.Groups[g].Min = rapid.Int32Range(0, held[g]).Draw(t, "floor")
	}
}

func TestTheSolutionCostsTheLeastOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, size{5, 4, 3})
		s, ok := simplex.Solve(p, nil)
		if !ok {
			t.Fatal("stopped without having been told to")
		}
		if err := p.Prove(s); err != nil {
			t.Fatalf("%v: %+v of %+v", err, s, p)
		}
		if got, want := p.Total(s), least(p); got != want {
			t.Fatalf("the solution costs %d, the least is %d: %+v of %+v", got, want, s, p)
		}
	})
}

func TestEverySolutionIsProved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, size{60, 12, 8})
		s, ok := simplex.Solve(p, nil)
		if !ok {
			t.Fatal("stopped without having been told to")
		}
		if err := p.Prove(s); err != nil {
			t.Fatalf("%v: %+v of %+v", err, s, p)
		}
		if again, _ := simplex.Solve(p, nil); !reflect.DeepEqual(s, again) {
			t.Fatalf("%+v, and then %+v, of %+v", s, again, p)
		}
	})
}

// What keeps the method from turning in circles.
func TestEveryMoveLeavesRoomTowardsTheRoot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, size{12, 6, 4})
		if err := simplex.Walk(p); err != nil {
			t.Fatalf("%v: %+v", err, p)
		}
	})
}

// A price above that would turn away somebody who has nothing better.
func TestAPostThatNobodyCanHaveCostsNoMoreThanItMust(t *testing.T) {
	t.Parallel()
	p := &transport.Problem{
		First: []int32{0, 2, 4}, Post: []int32{0, 1, 0, 1}, Cost: []int32{1, 4, 2, 3}, Seats: []int32{0, 3}, Unplaced: []int64{9, 9},
	}
	s, _ := simplex.Solve(p, nil)
	if want := []int64{3, 0}; !slices.Equal(s.Posts, want) {
		t.Errorf("the prices are %v, expected %v", s.Posts, want)
	}
}

// least tries every way to place the students.
func least(p *transport.Problem) int64 {
	best := int64(math.MaxInt64)
	filled := make([]int32, len(p.Seats))
	var place func(i int, sum int64)
	place = func(i int, sum int64) {
		if i == p.Students() {
			if fits(p, filled) {
				best = min(best, sum)
			}
			return
		}
		place(i+1, sum+p.Unplaced[i])
		for e := p.First[i]; e < p.First[i+1]; e++ {
			filled[p.Post[e]]++
			place(i+1, sum+int64(p.Cost[e]))
			filled[p.Post[e]]--
		}
	}
	place(0, 0)
	return best
}

func fits(p *transport.Problem, filled []int32) bool {
	held := make([]int32, len(p.Groups))
	for q, n := range filled {
		if n > p.Seats[q] {
			return false
		}
		if p.Within != nil {
			for g := p.Within[q]; g != transport.None; g = p.Groups[g].Around {
				held[g] += n
			}
		}
	}
	for g, n := range held {
		if n < p.Groups[g].Min || n > p.Groups[g].Max {
			return false
		}
	}
	return true
}

func TestTheSmallestProblemsHaveSolutions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		problem transport.Problem
		want    []int32
	}{
		{"nobody and nothing", transport.Problem{First: []int32{0}}, nil},
		{"nobody", transport.Problem{First: []int32{0}, Seats: []int32{2, 0}}, nil},
		{"a student who wants nothing", transport.Problem{First: []int32{0, 0}, Seats: []int32{1}, Unplaced: []int64{5}}, []int32{transport.None}},
		{"a post without seats", transport.Problem{
			First: []int32{0, 1}, Post: []int32{0}, Cost: []int32{1}, Seats: []int32{0}, Unplaced: []int64{5},
		}, []int32{transport.None}},
		{"a group that may hold nobody", transport.Problem{
			First: []int32{0, 2}, Post: []int32{0, 1}, Cost: []int32{1, 4}, Seats: []int32{1, 1}, Unplaced: []int64{5},
			Within: []int32{0, transport.None}, Groups: []transport.Group{{Around: transport.None}},
		}, []int32{1}},
		{"a floor that nobody would choose", transport.Problem{
			First: []int32{0, 1}, Post: []int32{0}, Cost: []int32{9}, Seats: []int32{1}, Unplaced: []int64{5},
			Within: []int32{0}, Groups: []transport.Group{{Around: transport.None, Min: 1, Max: 1}},
		}, []int32{0}},
		{"having no post costs nothing", transport.Problem{
			First: []int32{0, 1}, Post: []int32{0}, Cost: []int32{0}, Seats: []int32{1}, Unplaced: []int64{0},
		}, []int32{transport.None}},
		{"everybody on the way moves by one", transport.Problem{
			First: []int32{0, 2, 4, 5}, Post: []int32{0, 1, 1, 2, 0}, Cost: []int32{1, 4, 1, 4, 1},
			Seats: []int32{1, 1, 1}, Unplaced: []int64{100, 100, 100},
		}, []int32{1, 3, 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, ok := simplex.Solve(&tt.problem, nil)
			if !ok {
				t.Fatal("stopped without having been told to")
			}
			if err := tt.problem.Prove(s); err != nil {
				t.Errorf("%v: %+v", err, s)
			}
			if !slices.Equal(s.Edge, tt.want) {
				t.Errorf("found %v, expected %v", s.Edge, tt.want)
			}
		})
	}
}

// Lists overlap as they do in life, with more seats than students and with fewer.
func TestWholeMarketsAreProved(t *testing.T) {
	t.Parallel()
	for _, places := range []float64{0.9, 1, 1.1} {
		for _, unplaced := range []int64{1, 1000, 1 << 50} {
			p := fromMarket(market.Generate(market.Shape{Students: 2000, Places: places, Lists: [2]int{1, 30}, Seed: 3}), unplaced)
			s, _ := simplex.Solve(p, nil)
			if err := p.Prove(s); err != nil {
				t.Errorf("%g places for each student, %d without: %v", places, unplaced, err)
			}
		}
	}
}

// fromMarket returns the problem of a market: the k-th wish costs k².
func fromMarket(m *format.Market, unplaced int64) *transport.Problem {
	p := &transport.Problem{First: m.First, Post: m.Wish, Seats: m.Seats, Unplaced: slices.Repeat([]int64{unplaced}, m.Students())}
	for i := range m.Students() {
		for k := range m.First[i+1] - m.First[i] {
			p.Cost = append(p.Cost, (k+1)*(k+1))
		}
	}
	return p
}

func TestSolveStopsWhenItIsTold(t *testing.T) {
	t.Parallel()
	p := fromMarket(market.Generate(market.Shape{Students: 2000, Places: 1, Seed: 3}), 1000)
	asked := 0
	if _, ok := simplex.Solve(p, func() bool { asked++; return false }); !ok || asked < 10 {
		t.Fatalf("asked %d times whether to stop", asked)
	}
	for _, after := range []int{1, asked / 2, asked} {
		left := after
		if s, ok := simplex.Solve(p, func() bool { left--; return left == 0 }); ok || s != nil || left != 0 {
			t.Errorf("told to stop at question %d, Solve went on for %d more", after, -left)
		}
	}
}

// Each floor around a post adds to prices: seven of them, at the highest costs
// there may be, would need more than 62 bits.
func TestFloorsThatOutgrowPricesAreRefused(t *testing.T) {
	t.Parallel()
	p := &transport.Problem{
		First: []int32{0, 1}, Post: []int32{0}, Cost: []int32{transport.MaxCost}, Seats: []int32{1},
		Unplaced: []int64{transport.MaxUnplaced}, Within: []int32{transport.None},
	}
	for depth := range int32(7) {
		s, ok := simplex.Solve(p, nil)
		if !ok {
			t.Fatalf("refused at depth %d", depth)
		}
		if err := p.Prove(s); err != nil {
			t.Fatalf("depth %d: %v", depth, err)
		}
		p.Groups = append(p.Groups, transport.Group{Around: depth - 1, Min: 1, Max: 1})
		p.Within[0] = depth
	}
	if _, ok := simplex.Solve(p, nil); ok {
		t.Error("seven floors were accepted")
	}
}
