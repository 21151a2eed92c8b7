package flow

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

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
			if obstacle := new(Obstacle); !errors.As(err, &obstacle) {
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
		if obstacle := new(Obstacle); errors.As(err, &obstacle) {
			return
		}
		for range 3 {
			got, err := solve(p, Options{}, plain(rapid.Uint64().Draw(t, "seed")))
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
		p := anyProblem(t, 4, 2, 1, 3)
		s, err := solve(p, Options{}, plain(rapid.Uint64().Draw(t, "seed")))
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

func TestAnObstacleIsTrueAndHoldsNoFloorTooMany(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 5, 4, 3, 1)
		found, _ := meetFloors(p, nil)
		if _, _, feasible := exhaustive(p); feasible != (found == nil) {
			t.Fatalf("a solution exists: %v; the obstacle is %v", feasible, found)
		}
		if found == nil {
			return
		}
		var floors, room int32
		for _, g := range found.Groups {
			floors += p.Groups[g].Min
		}
		for _, q := range found.Posts {
			room += p.Seats[q]
		}
		for _, g := range found.Ceilings {
			room += p.Groups[g].Max
		}
		if room += int32(len(found.Students)); floors <= room {
			t.Fatalf("floors of %d students against room for %d: %v", floors, room, found)
		}
		for _, without := range found.Groups {
			fewer := *p
			fewer.Groups = slices.Clone(p.Groups)
			for g := range fewer.Groups {
				if int32(g) == without || !slices.Contains(found.Groups, int32(g)) {
					fewer.Groups[g].Min = 0
				}
			}
			if _, _, feasible := exhaustive(&fewer); !feasible {
				t.Fatalf("the floors cannot be met without that of group %d either: %v", without, found)
			}
		}
	})
}
