package flow

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/auction"
	"stagora.org/stagora/allocation/flow/simplex"
	"stagora.org/stagora/allocation/flow/transport"
)

func TestSmallProblemsHaveTheSolutionThatTryingEverythingFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 5, 4, 3, 4)
		if err := p.Check(); err != nil {
			t.Fatalf("the generator made a problem that is not whole: %v", err)
		}
		least, canonical, feasible := exhaustive(p)
		s, err := Solve(p, Options{})
		if !feasible {
			if _, ok := errors.AsType[*Obstacle](err); !ok {
				t.Fatalf("no solution exists, but Solve returns %v and %v", s, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Prove(s); err != nil {
			t.Fatal(err)
		}
		if total := p.Total(s); total != least || !slices.Equal(s.Edge, canonical) {
			t.Fatalf("the solution %v costs %d; the canonical one, %v, costs %d", s.Edge, total, canonical, least)
		}
	})
}

func TestTheAnswerDoesNotDependOnWhichOptimumAndWhichPricesItStartedFrom(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 12, 6, 3, 5)
		want, err := Solve(p, Options{})
		if _, ok := errors.AsType[*Obstacle](err); ok {
			return
		}
		starts := []solver{auction.Solve, simplex.Solve, plain(rapid.Uint64().Draw(t, "seed")), plain(rapid.Uint64().Draw(t, "seed"))}
		for _, start := range starts {
			got, err := solve(p, Options{}, inTurn, start)
			if err != nil {
				t.Fatal(err)
			}
			if !same(got, want) {
				t.Fatalf("%v\nagainst %v", got, want)
			}
		}
	})
}

func same(a, b *transport.Solution) bool {
	return slices.Equal(a.Edge, b.Edge) && slices.Equal(a.Posts, b.Posts) && slices.Equal(a.Groups, b.Groups)
}

func TestPricesAreTheLeastOfAllThatProveTheOptimum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([][2]int{{3, 0}, {2, 1}, {1, 2}}).Draw(t, "posts and groups")
		p := anyProblem(t, 4, size[0], size[1], 3)
		s, err := solve(p, Options{}, inTurn, plain(rapid.Uint64().Draw(t, "seed")))
		if err != nil {
			return
		}
		got := slices.Concat(s.Posts, s.Groups)
		if want := leastInBox(p, s.Edge); !slices.Equal(got, want) {
			t.Fatalf("prices %v; the least are %v", got, want)
		}
	})
}

// leastInBox returns the canonical prices by trying all from -8 to 8.
func leastInBox(p *transport.Problem, edge []int32) []int64 {
	const box = 8
	size := len(p.Seats) + len(p.Groups)
	var optimal [][]int64
	price := make([]int64, size)
	var try func(k int)
	try = func(k int) {
		if k == size {
			if p.Prove(&transport.Solution{Edge: edge, Posts: price[:len(p.Seats)], Groups: price[len(p.Seats):]}) == nil {
				optimal = append(optimal, slices.Clone(price))
			}
			return
		}
		for price[k] = -box; price[k] <= box; price[k]++ {
			try(k + 1)
		}
	}
	try(0)
	bound := slices.Repeat([]int64{-box}, size)
	for _, y := range optimal {
		for k := range y {
			bound[k] = min(0, max(bound[k], y[k]))
		}
	}
	least := slices.Repeat([]int64{box}, size)
	for _, y := range optimal {
		if atLeast(y, bound) {
			for k := range y {
				least[k] = min(least[k], y[k])
			}
		}
	}
	return least
}

func atLeast(y, bound []int64) bool {
	for k := range y {
		if y[k] < bound[k] {
			return false
		}
	}
	return true
}

func TestAnyOptimumHasTheCanonicalPricesAndStaysTheSame(t *testing.T) {
	t.Parallel()
	for _, p := range []*transport.Problem{crowd(80), crowd(alone/5 + 8)} {
		canonical, err := Solve(p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		first, err := Solve(p, Options{AnyOptimum: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Prove(first); err != nil || !slices.Equal(first.Posts, canonical.Posts) {
			t.Errorf("its prices are not the canonical ones, or prove nothing: %v", err)
		}
		if again, err := Solve(p, Options{AnyOptimum: true}); err != nil || !same(again, first) {
			t.Errorf("the second run differs from the first: %v", err)
		}
	}
}

func TestTheNumbersOfPostsDoNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 12, 6, 2, 3)
		want, err := Solve(p, Options{})
		if err != nil {
			return
		}
		numbers := make([]int32, len(p.Seats))
		for q := range numbers {
			numbers[q] = int32(q)
		}
		numbers = rapid.Permutation(numbers).Draw(t, "numbers")
		q := &transport.Problem{First: p.First, Cost: p.Cost, Unplaced: p.Unplaced, Groups: p.Groups, Seats: make([]int32, len(numbers))}
		for _, post := range p.Post {
			q.Post = append(q.Post, numbers[post])
		}
		if p.Within != nil {
			q.Within = make([]int32, len(numbers))
		}
		for post, number := range numbers {
			q.Seats[number] = p.Seats[post]
			if p.Within != nil {
				q.Within[number] = p.Within[post]
			}
		}
		got, err := Solve(q, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Edge, want.Edge) || !slices.Equal(got.Groups, want.Groups) {
			t.Fatalf("%v\nagainst %v", got, want)
		}
		for post, number := range numbers {
			if got.Posts[number] != want.Posts[post] {
				t.Fatalf("post %d has the price %d, and as post %d the price %d", post, want.Posts[post], number, got.Posts[number])
			}
		}
	})
}
