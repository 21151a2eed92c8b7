package flow

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/auction"
	"stagora.org/stagora/allocation/flow/simplex"
	"stagora.org/stagora/allocation/flow/transport"
)

// endless never finds anything: it works until it is stopped.
func endless(_ *transport.Problem, stop func() bool) (*transport.Solution, bool) {
	for !stop() {
		runtime.Gosched()
	}
	return nil, false
}

// wrong leaves everybody without a post and sells posts for nothing.
func wrong(p *transport.Problem, _ func() bool) (*transport.Solution, bool) {
	s := &transport.Solution{Edge: make([]int32, p.Students()), Posts: make([]int64, len(p.Seats))}
	for i := range s.Edge {
		s.Edge[i] = none
	}
	return s, true
}

// counted counts how many of its runs have not ended.
func counted(running *atomic.Int32, solve solver) solver {
	return func(p *transport.Problem, stop func() bool) (*transport.Solution, bool) {
		running.Add(1)
		defer running.Add(-1)
		return solve(p, stop)
	}
}

func TestTheAnswerDoesNotDependOnWhoWinsTheRace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 12, 6, 2, 5)
		var running atomic.Int32
		first, second := counted(&running, plain(1)), counted(&running, plain(2))
		want, err := solve(p, Options{}, inTurn, first)
		if err != nil {
			return
		}
		for _, entrants := range [][]solver{
			{first, counted(&running, endless)},
			{counted(&running, endless), second},
			{first, second},
		} {
			got, err := solve(p, Options{}, race, entrants...)
			if err != nil {
				t.Fatal(err)
			}
			if !same(got, want) {
				t.Fatalf("%v\nagainst %v", got, want)
			}
			if n := running.Load(); n != 0 {
				t.Fatalf("%d solvers outlive Solve", n)
			}
		}
	})
}

func TestALargeProblemIsSolvedByARaceAsASmallOneIsAlone(t *testing.T) {
	t.Parallel()
	p := crowd(alone/5 + 8)
	if len(p.Post) <= alone {
		t.Fatalf("%d edges are no large problem", len(p.Post))
	}
	raced, err := Solve(p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, alone := range []solver{auction.Solve, simplex.Solve} {
		if got, err := solve(p, Options{}, inTurn, alone); err != nil || !same(got, raced) {
			t.Errorf("the race and a solver alone differ: %v", err)
		}
	}
}

// crowd is a problem of as many posts as students, half of which nobody has as
// first wish; it takes 8 students at least.
func crowd(students int32) *transport.Problem {
	p := &transport.Problem{First: []int32{0}}
	for i := range students {
		for k := range int32(5) {
			p.Post = append(p.Post, (i/2+k*(students/8))%students)
			p.Cost = append(p.Cost, k)
		}
		p.First = append(p.First, int32(len(p.Post)))
		p.Unplaced = append(p.Unplaced, 100)
		p.Seats = append(p.Seats, 1)
	}
	return p
}

func TestASolutionThatProvesNothingIsPassedOver(t *testing.T) {
	t.Parallel()
	p := crowd(40)
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	want, err := solve(p, Options{}, inTurn, plain(1))
	if err != nil {
		t.Fatal(err)
	}
	for name, hold := range map[string]contest{"in turn": inTurn, "race": race} {
		for range 10 {
			if got, err := solve(p, Options{}, hold, wrong, plain(2)); err != nil || !same(got, want) {
				t.Fatalf("%s: %v and %v, want %v", name, got, err, want)
			}
		}
		if _, err := solve(p, Options{}, hold, wrong, wrong); err == nil || errors.Is(err, ErrStopped) {
			t.Errorf("%s: without any proof the error is %v", name, err)
		}
	}
}

func TestEveryStageCanBeStopped(t *testing.T) {
	t.Parallel()
	p := crowd(6000)
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	always := func() bool { return true }
	for name, hold := range map[string]contest{"in turn": inTurn, "race": race} {
		if _, err := solve(p, Options{Stop: always}, hold, endless, endless); !errors.Is(err, ErrStopped) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
	if _, err := Solve(p, Options{Stop: always}); !errors.Is(err, ErrStopped) {
		t.Errorf("Solve returns the error %v", err)
	}

	s, err := Solve(p, Options{AnyOptimum: true})
	if err != nil {
		t.Fatal(err)
	}
	if leastPrices(p, s, always) {
		t.Error("the search for the least prices goes on")
	}
	for e := range p.Cost {
		p.Cost[e] = 0
	}
	if choose(p, &transport.Solution{Edge: s.Edge, Posts: make([]int64, len(p.Seats))}, always) {
		t.Error("the canonical choice goes on")
	}
	p.Groups = []transport.Group{{Around: none, Min: 3000, Max: 6000}} // of posts that are nobody's first wish
	for q := range p.Seats {
		p.Seats[q] = 3
		p.Within = append(p.Within, int32(q/3000)-1)
	}
	if _, ok := meetFloors(p, always); ok {
		t.Error("the search for floors goes on")
	}
	if _, err := Solve(p, Options{Stop: always}); !errors.Is(err, ErrStopped) {
		t.Errorf("with floors, Solve returns the error %v", err)
	}
}
