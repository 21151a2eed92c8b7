package assign

import (
	"slices"
	"strconv"

	"stagora.org/stagora/allocation/flow/transport"
	"stagora.org/stagora/allocation/format"
)

// A profile is optimised rank by rank. Each level is a problem of its own, in
// which all that the levels before decided costs more than the level can gain.
// What they decided is, by complementary slackness, what their prices say:
// docs/algorithms/leximin.md gives the rules, and why they are right.
type profile struct {
	*program
	taken        []bool // of each student: no post is struck out
	bound        []bool // of each post
	above, below []bool // of each group
	penalty      int64  // outweighs whatever one level adds up to
	shift        int64  // of the level, so that no cost is negative
}

func newProfile(p *program) *profile {
	return &profile{
		program: p,
		taken:   make([]bool, len(p.who)),
		bound:   make([]bool, len(p.post)),
		above:   make([]bool, len(p.Groups)),
		below:   make([]bool, len(p.Groups)),
		penalty: int64(len(p.who)) + 1,
	}
}

// A level says what its own costs are: of an edge by its rank, and of having no
// post.
type level struct {
	rank      int   // what it counts; 0 for having no post
	at, other int32 // of an edge of this rank, and of any other
	unplaced  int64
}

// levelsOf returns the levels of a method for lists up to some length.
func levelsOf(method string, longest int) []level {
	var list []level
	for r := 1; r <= longest; r++ {
		if method == format.Leximin {
			list = append(list, level{rank: r, at: 1})
		} else {
			list = append(list, level{rank: r, other: 1, unplaced: 1})
		}
	}
	if method == format.Leximin {
		list = append(list, level{unplaced: 1})
		slices.Reverse(list)
	}
	return list
}

// solve optimises the levels in turn. The error is ErrStopped, of type
// *Infeasible, or of type format.Errors when there are too many students.
func (p *profile) solve(in *format.Instance, stop func() bool) (*transport.Solution, []format.Level, error) {
	if worst := p.penalty * int64(2*len(p.Groups)+4); worst > transport.MaxCost {
		return nil, nil, format.Errors{{
			Path: "$.students", Found: strconv.Itoa(len(in.Students)) + " students",
			Expected: "with " + strconv.Itoa(len(p.Groups)) + " groups, too few for the costs of a level to pass 2^30",
		}}
	}
	steps := levelsOf(in.Method, p.longest())
	if len(steps) == 0 {
		s, err := p.program.solve(in, stop, false)
		return s, nil, err
	}
	var proofs []format.Level
	for n, step := range steps {
		last := n == len(steps)-1
		p.price(step)
		s, err := p.program.solve(in, stop, !last)
		if err != nil {
			return nil, nil, err
		}
		proof := format.Level{Rank: step.rank, Dual: p.dual(in, s)}
		for a := range p.who {
			if p.position(s, a) == step.rank {
				proof.Count++
			}
		}
		proofs = append(proofs, proof)
		if last {
			return s, proofs, nil
		}
		p.bind(s)
		p.strike(s)
	}
	panic("assign: a profile without a last level")
}

// price sets the costs of a level.
func (p *profile) price(l level) {
	post := make([]int64, len(p.post)) // what the levels before add to each post
	p.shift = 0
	for q := range post {
		less, more := int64(0), int64(0)
		if p.bound[q] {
			less++
		}
		for g := range p.outwards(q) {
			if p.above[g] {
				less++
			}
			if p.below[g] {
				more++
			}
		}
		post[q] = p.penalty * (more - less)
		p.shift = max(p.shift, p.penalty*less)
	}
	for e, q := range p.Post {
		own := l.other
		if int(p.rank[e]) == l.rank {
			own = l.at
		}
		p.Cost[e] = own + int32(p.shift+post[q])
	}
	for a := range p.Unplaced {
		p.Unplaced[a] = l.unplaced + p.shift
		if p.taken[a] {
			p.Unplaced[a] += p.penalty
		}
	}
}

// outwards calls yield with the groups around a post of the problem.
func (p *profile) outwards(post int) func(yield func(group int) bool) {
	return p.market.outwards(p.post[post])
}

// bind marks posts and groups that have a price: in every optimum of this level
// they are full, or at their bound.
func (p *profile) bind(s *transport.Solution) {
	for q := range p.post {
		if s.Posts[q] > p.around(s, q) {
			p.bound[q] = true
		}
	}
	for g, group := range p.Groups {
		around := int64(0)
		if group.Around != transport.None {
			around = s.Groups[group.Around]
		}
		switch {
		case s.Groups[g] > around:
			p.above[g] = true
		case s.Groups[g] < around:
			p.below[g] = true
		}
	}
}

// strike takes out what costs a student more than the least they can pay: no
// optimum of this level has it.
func (p *profile) strike(s *transport.Solution) {
	kept := int32(0)
	for a := range p.who {
		first, end := p.First[a], p.First[a+1]
		least := p.Unplaced[a]
		for e := first; e < end; e++ {
			least = min(least, int64(p.Cost[e])+s.Posts[p.Post[e]])
		}
		p.First[a] = kept
		for e := first; e < end; e++ {
			if int64(p.Cost[e])+s.Posts[p.Post[e]] == least {
				p.Post[kept], p.rank[kept] = p.Post[e], p.rank[e]
				kept++
			}
		}
		p.taken[a] = p.taken[a] || p.Unplaced[a] > least
	}
	p.First[len(p.who)] = kept
	p.Post, p.rank, p.Cost = p.Post[:kept], p.rank[:kept], p.Cost[:kept]
}
