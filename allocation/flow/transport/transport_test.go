package transport_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/transport"
)

const none = transport.None

// wards is a problem of three students and three posts. Posts 1 and 2 are a
// group, which must hold at least one student; so one of the three leaves post 0.
func wards() *transport.Problem {
	return &transport.Problem{
		First:    []int32{0, 2, 4, 5},
		Post:     []int32{0, 1, 0, 2, 0},
		Cost:     []int32{1, 4, 1, 9, 1},
		Unplaced: []int64{100, 100, 100},
		Seats:    []int32{3, 1, 1},
		Within:   []int32{none, 0, 0},
		Groups:   []transport.Group{{Around: none, Min: 1, Max: 2}},
	}
}

// solved is its optimum: everybody has post 0 but the first student, to whom the
// group's floor gives back what post 1 costs more.
func solved() *transport.Solution {
	return &transport.Solution{Edge: []int32{1, 2, 4}, Posts: []int64{0, -3, -3}, Groups: []int64{-3}}
}

func TestAWholeProblemAndItsOptimumAreAccepted(t *testing.T) {
	t.Parallel()
	if err := wards().Check(); err != nil {
		t.Error(err)
	}
	if err := wards().Prove(solved()); err != nil {
		t.Error(err)
	}
	if total := wards().Total(solved()); total != 6 {
		t.Errorf("the optimum costs %d, want 4 + 1 + 1", total)
	}
	if empty := (&transport.Problem{First: []int32{0}}); empty.Check() != nil || empty.Prove(&transport.Solution{}) != nil {
		t.Error("the problem without students and posts is refused")
	}
}

func TestCheckRefusesAProblemThatIsNotWhole(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(p *transport.Problem)
		want  string
	}{
		{"a bound too few", func(p *transport.Problem) { p.First = p.First[:3] }, "3 students have 3 bounds"},
		{"no bound at all", func(p *transport.Problem) { *p = transport.Problem{} }, "0 students have 0 bounds"},
		{"edges of nobody before the first", func(p *transport.Problem) { p.First[0] = 1 }, "3 students have 4 bounds"},
		{"edges of nobody after the last", func(p *transport.Problem) { p.First[3] = 4 }, "3 students have 4 bounds"},
		{"a cost too few", func(p *transport.Problem) { p.Cost = p.Cost[:4] }, "5 posts and 4 costs"},
		{"bounds that fall", func(p *transport.Problem) { p.First[2] = 1 }, "student 1 has the edges 2 to 1"},
		{"bounds beyond the edges", func(p *transport.Problem) { p.First[1] = 6; p.First[2] = 7 }, "student 0 has the edges 0 to 6"},
		{"an unknown post", func(p *transport.Problem) { p.Post[3] = 3 }, "edge 3 goes to post 3 of 3"},
		{"a post below 0", func(p *transport.Problem) { p.Post[3] = none }, "edge 3 goes to post -1 of 3"},
		{"a post twice", func(p *transport.Problem) { p.Post[3] = 0 }, "student 1 has two edges to post 0"},
		{"a cost below 0", func(p *transport.Problem) { p.Cost[0] = -1 }, "edge 0 costs -1"},
		{"a cost too high", func(p *transport.Problem) { p.Cost[0] = transport.MaxCost + 1 }, "edge 0 costs 1073741825"},
		{"an unplaced cost below 0", func(p *transport.Problem) { p.Unplaced[2] = -1 }, "student 2 without a post costs -1"},
		{"an unplaced cost too high", func(p *transport.Problem) { p.Unplaced[2] = transport.MaxUnplaced + 1 }, "student 2 without a post costs"},
		{"seats below 0", func(p *transport.Problem) { p.Seats[1] = -1 }, "post 1 has -1 seats"},
		{"groups without posts", func(p *transport.Problem) { p.Within = nil }, "1 groups hold no post"},
		{"a post without its group", func(p *transport.Problem) { p.Within = p.Within[:2] }, "2 posts are within groups, of 3"},
		{"an unknown group", func(p *transport.Problem) { p.Within[0] = 1 }, "post 0 is within group 1 of 1"},
		{"a group around itself", func(p *transport.Problem) { p.Groups[0].Around = 0 }, "group 0 is within group 0"},
		{"a floor above the ceiling", func(p *transport.Problem) { p.Groups[0].Max = 0 }, "group 0 has the floor 1 and the ceiling 0"},
		{"a floor below 0", func(p *transport.Problem) { p.Groups[0].Min = -1 }, "group 0 has the floor -1"},
		{"costs that do not add up in 62 bits", func(p *transport.Problem) {
			p.Unplaced = slices.Repeat([]int64{transport.MaxUnplaced}, 9)
			p.First = append(p.First, 5, 5, 5, 5, 5, 5)
		}, "too large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := wards()
			tt.spoil(p)
			if err := p.Check(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q", err, tt.want)
			}
		})
	}
}

func TestProveRefusesWhatIsNotProven(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(p *transport.Problem, s *transport.Solution)
		want  string
	}{
		{"a student too few", func(_ *transport.Problem, s *transport.Solution) { s.Edge = s.Edge[:2] }, "another problem"},
		{"a price too few", func(_ *transport.Problem, s *transport.Solution) { s.Posts = s.Posts[:2] }, "another problem"},
		{"no price of the group", func(_ *transport.Problem, s *transport.Solution) { s.Groups = nil }, "another problem"},
		{"somebody else's edge", func(_ *transport.Problem, s *transport.Solution) { s.Edge[1] = 1 }, "student 1 has the edge 1 of another"},
		{"an edge that does not exist", func(_ *transport.Problem, s *transport.Solution) { s.Edge[2] = 1 << 30 }, "student 2 has the edge"},
		{"an edge below none", func(_ *transport.Problem, s *transport.Solution) { s.Edge[0] = -2 }, "student 0 has the edge -2"},
		{"a price that would wrap around", func(_ *transport.Problem, s *transport.Solution) { s.Posts[0] = 1<<63 - 1 }, "out of bounds"},
		{"more students than seats", func(p *transport.Problem, _ *transport.Solution) { p.Seats[0] = 1 }, "post 0 has 1 seats and 2 students"},
		{"less than the floor", func(p *transport.Problem, _ *transport.Solution) { p.Groups[0].Min = 2 }, "group 0 holds 1 students, outside 2 to 2"},
		{"more than the ceiling", func(p *transport.Problem, _ *transport.Solution) { p.Groups[0] = transport.Group{Around: none} }, "group 0 holds 1 students, outside 0 to 0"},
		{"the dearer post", func(_ *transport.Problem, s *transport.Solution) { s.Edge[0], s.Edge[1] = 0, 3 }, "student 1 would rather have the edge 2"},
		{"no post for nothing", func(_ *transport.Problem, s *transport.Solution) { s.Edge[2] = none }, "student 2 would rather have the edge 4"},
		{"a post dearer than none", func(p *transport.Problem, _ *transport.Solution) { p.Unplaced[2] = 0 }, "student 2 would rather have no post"},
		{"a post cheaper than what is around it", func(_ *transport.Problem, s *transport.Solution) { s.Posts[2]-- }, "post 2 has the price -4, below the -3"},
		{"a post with a price and a free seat", func(_ *transport.Problem, s *transport.Solution) { s.Posts[2]++ }, "post 2 has a free seat and the price -2"},
		{"a floor with a price that nobody needs", func(p *transport.Problem, _ *transport.Solution) { p.Groups[0].Min = 0 }, "group 0 holds more than its floor"},
		{"a ceiling with a price that nobody reaches", func(p *transport.Problem, s *transport.Solution) {
			p.Cost[0], s.Posts, s.Groups = 9, []int64{0, 1, 1}, []int64{1}
		}, "group 0 holds less than its ceiling"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, s := wards(), solved()
			tt.spoil(p, s)
			if err := p.Prove(s); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q", err, tt.want)
			}
		})
	}
}

// Whatever Prove accepts costs no more than any other choice of edges that keeps
// to the seats and groups.
func TestProveAcceptsOnlyOptima(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := wards()
		for e := range p.Cost {
			p.Cost[e] = rapid.Int32Range(0, 4).Draw(t, "cost")
		}
		for i := range p.Unplaced {
			p.Unplaced[i] = rapid.Int64Range(0, 5).Draw(t, "unplaced")
		}
		p.Seats[0] = rapid.Int32Range(0, 3).Draw(t, "seats")
		p.Groups[0].Max = rapid.Int32Range(1, 2).Draw(t, "ceiling")
		group := rapid.Int64Range(-4, 4).Draw(t, "group's price")
		s := &transport.Solution{
			Edge:   make([]int32, 3),
			Posts:  []int64{rapid.Int64Range(0, 4).Draw(t, "price"), group, group + rapid.Int64Range(0, 1).Draw(t, "more")},
			Groups: []int64{group},
		}
		least := int64(-1)
		var proven []int64
		for _, s.Edge[0] = range []int32{none, 0, 1} {
			for _, s.Edge[1] = range []int32{none, 2, 3} {
				for _, s.Edge[2] = range []int32{none, 4} {
					if err := p.Prove(s); err == nil {
						proven = append(proven, p.Total(s))
					}
					if total := p.Total(s); keeps(p, s) && (least < 0 || total < least) {
						least = total
					}
				}
			}
		}
		for _, total := range proven {
			if total != least {
				t.Fatalf("Prove accepts the total %d; the least is %d", total, least)
			}
		}
	})
}

func keeps(p *transport.Problem, s *transport.Solution) bool {
	held := make([]int32, 3)
	for _, e := range s.Edge {
		if e != none {
			held[p.Post[e]]++
		}
	}
	group := held[1] + held[2]
	return held[0] <= p.Seats[0] && held[1] <= 1 && held[2] <= 1 && p.Groups[0].Min <= group && group <= p.Groups[0].Max
}

func TestProveJudgesAnySolutionWithoutFalling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_ = wards().Prove(&transport.Solution{
			Edge:   rapid.SliceOfN(rapid.Int32(), 2, 4).Draw(t, "edges"),
			Posts:  rapid.SliceOfN(rapid.Int64(), 2, 4).Draw(t, "prices"),
			Groups: rapid.SliceOfN(rapid.Int64(), 0, 2).Draw(t, "group prices"),
		})
	})
}
