package simplex_test

import (
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/simplex"
	"stagora.org/stagora/allocation/flow/transport"
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
