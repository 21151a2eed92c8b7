package assign

import (
	"errors"

	"stagora.org/stagora/allocation/format"
)

// ErrStopped says that Run.Stop ended the work.
var ErrStopped = errors.New("the work was stopped before its end")

// A Run says how to run a method. The zero value is what Solve does.
type Run struct {
	// Stop, if not nil, is asked now and then, perhaps by two goroutines at once,
	// whether to give up.
	Stop func() bool
}

// A placement is who goes where by some method, with what proves it.
type placement struct {
	*service
	proof  format.Certificate
	missed missed
}

// A missed says why student i missed wish k, from 0, which is neither closed nor
// barred: it fills in the outcome and what that names.
type missed func(i, k int, r *format.Reason)

// place runs the method of an instance. The error is ErrStopped, of type
// *Infeasible or of type format.Errors.
func (r Run) place(in *format.Instance, m *market) (*placement, error) {
	switch in.Method {
	case format.Ordered:
		return r.ordered(in, m)
	case format.Equity:
		return r.equity(in, m)
	case format.Leximin, format.RankMaximal:
		return r.byProfile(in, m)
	case format.TradedLottery:
		return r.traded(in, m)
	}
	s := m.serve()
	return &placement{service: s, proof: format.Certificate{Kind: format.Replay}, missed: m.full(s)}, nil
}

func (r Run) ordered(in *format.Instance, m *market) (*placement, error) {
	p := newProgram(m)
	p.setCount()
	solution, err := p.solve(in, r.Stop, false)
	if err != nil {
		return nil, err
	}
	s, around := p.service(solution), newRoom(p, solution)
	why := func(i, k int, r *format.Reason) { around.reason(in, s, i, k, r) }
	return &placement{service: s, proof: format.Certificate{Kind: format.Replay}, missed: why}, nil
}

func (r Run) equity(in *format.Instance, m *market) (*placement, error) {
	p := newProgram(m)
	p.setEquity(in)
	solution, err := p.solve(in, r.Stop, false)
	if err != nil {
		return nil, err
	}
	dual := p.dual(in, solution)
	s := p.service(solution)
	return &placement{service: s, proof: format.Certificate{Kind: format.DualPrices, Dual: &dual}, missed: m.bound(s)}, nil
}

func (r Run) byProfile(in *format.Instance, m *market) (*placement, error) {
	p := newProgram(m)
	solution, levels, err := newProfile(p).solve(in, r.Stop)
	if err != nil {
		return nil, err
	}
	s := p.service(solution)
	return &placement{service: s, proof: format.Certificate{Kind: format.PerLevel, Levels: levels}, missed: m.bound(s)}, nil
}

// full returns the reason of methods in which a wish is missed only when its
// post is full.
func (m *market) full(s *service) missed {
	return func(i, k int, r *format.Reason) {
		r.Outcome, r.LastOrder = format.Full, s.last[m.students[i].wishes[k].post]
	}
}

// bound returns the reason of methods that make a sum or a profile best. A wish
// for a post with a free seat is better for its student alone, so only a group
// can stand against it, or the cost of having no post.
func (m *market) bound(s *service) missed {
	full, people := m.full(s), m.count(s.filled)
	return func(i, k int, r *format.Reason) {
		wish, own := m.students[i].wishes[k].post, s.post[i]
		if s.filled[wish] == m.seats[wish] {
			full(i, k, r)
			return
		}
		r.Outcome = format.Completion
		for g := range m.outwards(wish) {
			if people[g] == m.groups[g].max && !m.holds(g, own) {
				r.Group = m.groups[g].id
				return
			}
		}
		for g := range m.outwards(own) {
			if people[g] == m.groups[g].min && !m.holds(g, wish) {
				r.Group = m.groups[g].id
				return
			}
		}
	}
}
