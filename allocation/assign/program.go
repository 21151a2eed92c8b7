package assign

import (
	"errors"

	"stagora.org/stagora/allocation/flow"
	"stagora.org/stagora/allocation/flow/transport"
	"stagora.org/stagora/allocation/format"
)

// A program is a market as a problem of transport: the students who are not
// pinned, in the order in which they are served; the posts that are open and
// have a seat that no pinned student takes, by id; all groups, as in the tree.
type program struct {
	transport.Problem
	market *market
	who    []int   // of each student of the problem: the index in the market
	post   []int   // of each post of the problem: the index in the market
	number []int32 // of each post of the market: the number in the problem, or transport.None
	rank   []int32 // of each edge: its position on the student's list, from 1
}

// newProgram returns the problem without its costs.
func newProgram(m *market) *program {
	p := &program{market: m}
	kept := m.open().filled
	p.addPosts(kept)
	p.addGroups(kept)
	edges := 0
	for _, one := range m.students {
		edges += len(one.wishes) + len(one.fallback)
	}
	p.First, p.Post, p.rank = make([]int32, 1, len(m.students)+1), make([]int32, 0, edges), make([]int32, 0, edges)
	for _, i := range m.served {
		one := &m.students[i]
		if one.pinned != none {
			continue
		}
		for k, w := range one.wishes {
			if !w.barred {
				p.addEdge(w.post, k+1)
			}
		}
		for k, post := range one.fallback {
			p.addEdge(post, len(one.wishes)+k+1)
		}
		p.who = append(p.who, i)
		p.First = append(p.First, int32(len(p.Post)))
	}
	p.Cost, p.Unplaced = make([]int32, len(p.Post)), make([]int64, len(p.who))
	return p
}

func (p *program) addEdge(post, position int) {
	if q := p.number[post]; q != transport.None {
		p.Post = append(p.Post, q)
		p.rank = append(p.rank, int32(position))
	}
}

func (p *program) addPosts(kept []int) {
	m := p.market
	p.number = make([]int32, len(m.seats))
	for _, q := range m.byID {
		p.number[q] = transport.None
		if left := m.seats[q] - kept[q]; left > 0 && !m.closed[q] {
			p.number[q] = int32(len(p.post))
			p.post = append(p.post, q)
			p.Seats = append(p.Seats, int32(left))
		}
	}
}

func (p *program) addGroups(kept []int) {
	m := p.market
	if len(m.groups) == 0 {
		return
	}
	p.Within, p.Groups = make([]int32, len(p.post)), make([]transport.Group, len(m.groups))
	for n, q := range p.post {
		p.Within[n] = int32(m.within[q])
	}
	pinned := m.tree.count(kept)
	for g, one := range m.groups {
		p.Groups[g] = transport.Group{
			Around: int32(one.around),
			Min:    int32(max(0, one.min-pinned[g])),
			Max:    int32(one.max - pinned[g]),
		}
	}
}

// list returns how long the list of a student of the problem is, with every
// line that cannot be granted.
func (p *program) list(a int) int {
	one := &p.market.students[p.who[a]]
	return len(one.wishes) + len(one.fallback)
}

// longest returns the length of the longest list.
func (p *program) longest() int {
	n := 0
	for a := range p.who {
		n = max(n, p.list(a))
	}
	return n
}

// position returns what a student of the problem has in a solution: a position
// on the list, or 0.
func (p *program) position(s *transport.Solution, a int) int {
	if s.Edge[a] == transport.None {
		return 0
	}
	return int(p.rank[s.Edge[a]])
}

// service returns who is served what by a solution, secondary posts included:
// they go to those served first.
func (p *program) service(s *transport.Solution) *service {
	out := p.market.open()
	for a, i := range p.who {
		if k := p.position(s, a); k > 0 {
			out.grant(p.market, i, k)
		}
	}
	return out
}

// dual returns the prices of a solution as a certificate shows them.
func (p *program) dual(in *format.Instance, s *transport.Solution) format.Dual {
	d := format.Dual{Posts: make([]format.PostPrice, 0, len(in.Posts)), Objective: p.Total(s)}
	for _, q := range p.market.byID {
		line := format.PostPrice{Post: in.Posts[q].ID}
		if n := int(p.number[q]); n != transport.None {
			line.Price = s.Posts[n] - p.around(s, n)
		}
		if !in.Posts[q].Secondary {
			d.Posts = append(d.Posts, line)
		}
	}
	for _, g := range p.market.groupsByID() {
		own := s.Groups[g]
		if around := p.Groups[g].Around; around != transport.None {
			own -= s.Groups[around]
		}
		d.Groups = append(d.Groups, format.GroupPrice{Group: p.market.groups[g].id, Floor: max(0, -own), Ceiling: max(0, own)})
	}
	return d
}

// around returns the price of the group around a post of the problem.
func (p *program) around(s *transport.Solution, post int) int64 {
	if p.Within == nil || p.Within[post] == transport.None {
		return 0
	}
	return s.Groups[p.Within[post]]
}

// solve returns the canonical solution, or any optimal one with the canonical
// prices. The error is ErrStopped or of type *Infeasible.
func (p *program) solve(in *format.Instance, stop func() bool, anyOptimum bool) (*transport.Solution, error) {
	s, err := flow.Solve(&p.Problem, flow.Options{AnyOptimum: anyOptimum, Stop: stop})
	if errors.Is(err, flow.ErrStopped) {
		return nil, ErrStopped
	}
	if o, ok := errors.AsType[*flow.Obstacle](err); ok {
		return nil, p.infeasible(in, o)
	}
	return s, err
}

// setEquity sets the costs of format.Equity. Without a cost of having no post,
// it is more than all ranks together can cost.
func (p *program) setEquity(in *format.Instance) {
	unplaced := int64(1)
	for a, i := range p.who {
		one := &in.Students[i]
		for e := p.First[a]; e < p.First[a+1]; e++ {
			p.Cost[e] = int32(in.WishCost(one, int(p.rank[e])))
		}
		if n := p.list(a); n > 0 {
			unplaced += in.WishCost(one, n)
		}
	}
	if given := in.Rules().Unplaced; given != nil {
		unplaced = *given
	}
	for a := range p.Unplaced {
		p.Unplaced[a] = unplaced
	}
}

// setCount sets the costs with which the most students are placed.
func (p *program) setCount() {
	for a := range p.Unplaced {
		p.Unplaced[a] = 1
	}
}
