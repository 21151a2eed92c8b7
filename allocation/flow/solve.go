package flow

import (
	"errors"
	"sync/atomic"

	"stagora.org/stagora/allocation/flow/auction"
	"stagora.org/stagora/allocation/flow/simplex"
	"stagora.org/stagora/allocation/flow/transport"
)

// ErrStopped says that the caller's Stop ended the work.
var ErrStopped = errors.New("the work was stopped before its end")

// Options are what a caller may choose. The zero value is right for everything
// whose result people will read.
type Options struct {
	// AnyOptimum leaves out the race and the canonical choice: the solution is
	// optimal, its prices are the canonical ones, and the same problem always has
	// the same; but which of the optima it is depends on how posts are numbered and
	// on how the solver works.
	AnyOptimum bool
	// Stop, if not nil, is asked now and then, perhaps by two goroutines at once,
	// whether to give up.
	Stop func() bool
}

// Solve returns the canonical solution of a problem, with the canonical prices
// that prove it. The error is ErrStopped, or an *Obstacle if the floors cannot be
// met. The problem must satisfy its Check; Solve does not change it.
func Solve(p *transport.Problem, o Options) (*transport.Solution, error) {
	switch {
	case len(p.Post) <= alone, o.AnyOptimum && len(p.Groups) > 0: // the auction leaves groups to its repair
		return solve(p, o, inTurn, simplex.Solve, auction.Solve)
	case o.AnyOptimum:
		return solve(p, o, inTurn, auction.Solve, simplex.Solve)
	default:
		return solve(p, o, race, auction.Solve, simplex.Solve)
	}
}

// alone is the number of edges up to which a second solver costs more to start
// than it could win.
const alone = 1 << 15

// A solver returns any optimal solution with any prices that prove it, or false
// if stop ended it. The floors can be met.
type solver func(p *transport.Problem, stop func() bool) (*transport.Solution, bool)

// A contest among solvers returns a solution that proves itself, or the error of
// one that does not.
type contest func(p *transport.Problem, stop func() bool, solvers []solver) (*transport.Solution, error)

func solve(p *transport.Problem, o Options, hold contest, solvers ...solver) (*transport.Solution, error) {
	stop := o.Stop
	if stop == nil {
		stop = func() bool { return false }
	}
	if found, ok := meetFloors(p, stop); !ok {
		return nil, ErrStopped
	} else if found != nil {
		return nil, found
	}
	s, err := hold(p, stop, solvers)
	if err != nil {
		return nil, err
	}
	if !leastPrices(p, s, stop) {
		return nil, ErrStopped
	}
	if !o.AnyOptimum && !choose(p, s, stop) {
		return nil, ErrStopped
	}
	return s, nil
}

// inTurn starts a solver only if none before it has proven its solution.
func inTurn(p *transport.Problem, stop func() bool, solvers []solver) (s *transport.Solution, err error) {
	for _, solve := range solvers {
		if s, err = proven(p, stop, solve); err == nil || errors.Is(err, ErrStopped) {
			break
		}
	}
	return s, err
}

// race starts all solvers at once; the first to prove its solution stops the
// others. None still runs when race returns.
func race(p *transport.Problem, stop func() bool, solvers []solver) (*transport.Solution, error) {
	type finish struct {
		s   *transport.Solution
		err error
	}
	var won atomic.Bool
	finishes := make(chan finish)
	for _, solve := range solvers {
		go func() {
			s, err := proven(p, func() bool { return won.Load() || stop() }, solve)
			finishes <- finish{s, err}
		}()
	}
	var best finish
	for range solvers {
		f := <-finishes
		if best.s == nil {
			best = f
		}
		if f.s != nil {
			won.Store(true)
		}
	}
	return best.s, best.err
}

// proven runs one solver and has its solution prove itself.
func proven(p *transport.Problem, stop func() bool, solve solver) (*transport.Solution, error) {
	s, ok := solve(p, stop)
	if !ok {
		return nil, ErrStopped
	}
	if err := p.Prove(s); err != nil {
		return nil, err
	}
	return s, nil
}
