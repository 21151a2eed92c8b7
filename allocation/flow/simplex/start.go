package simplex

import (
	"slices"

	"stagora.org/stagora/allocation/flow/transport"
)

// unreachable is the price of a post or group that nobody can have.
const unreachable = 1 << 62

// start makes the arcs, and hangs every post and group that somebody can have
// from what is around it. Nobody has a post. It returns false if prices may
// outgrow 62 bits.
//
// A floor is a second arc beside that of its group, on which each student up to
// the floor earns more than any change to a solution can cost: if floors can be
// met, the least cost meets them.
func (s *solver) start() bool {
	p := s.p
	n, posts := p.Students(), len(p.Seats)
	s.tree = newTree(int(s.root) + 1)
	s.arcs = make([]arc, 0, int(s.root)+len(p.Groups))
	s.at, s.other = slices.Repeat([]int32{transport.None}, n), make([]int32, n)
	s.rises = true
	for i := range n {
		s.rises = s.rises && slices.IsSorted(p.Cost[p.First[i]:p.First[i+1]])
	}
	reward, fits := s.reward()
	for g, group := range p.Groups {
		v := int32(posts + g)
		a := arc{from: v, to: s.around(v), cap: int64(group.Max) - int64(group.Min)}
		if group.Min > 0 {
			s.rises = false // prices may be below 0
			floor := a
			floor.cap, floor.cost = int64(group.Min), -reward
			s.open(floor)
		}
		s.open(a)
	}
	for q, seats := range p.Seats {
		s.open(arc{from: int32(q), to: s.around(int32(q)), cap: int64(seats)})
	}
	return fits
}

// open adds an arc, and hangs its post or group by it unless that hangs already.
func (s *solver) open(a arc) {
	if s.node[a.from].up == none {
		if a.cap == 0 || s.price[a.to] == unreachable {
			s.price[a.from] = unreachable
			return
		}
		s.hang(a.from, a.to, ^int32(len(s.arcs)))
		s.node[a.from].depth = s.node[a.to].depth + 1
		s.price[a.from] = s.price[a.to] + a.cost
	}
	if a.cap > 0 {
		s.arcs = append(s.arcs, a)
	}
}

// reward returns what each student whom a floor asks for is worth, and whether
// such amounts, one for each floor around a post, leave prices within 62 bits.
func (s *solver) reward() (amount int64, fits bool) {
	var edge, unplaced, most int64
	for _, c := range s.p.Cost {
		edge = max(edge, int64(c))
	}
	for _, c := range s.p.Unplaced {
		unplaced = max(unplaced, c)
	}
	floors := make([]int64, len(s.p.Groups))
	for g, group := range s.p.Groups {
		if group.Around != transport.None {
			floors[g] = floors[group.Around]
		}
		if group.Min > 0 {
			floors[g]++
		}
		most = max(most, floors[g])
	}
	amount = edge*int64(min(s.p.Students(), len(s.p.Seats)+1)) + unplaced + 1
	return amount, most < (1<<61)/amount
}

// around returns the node of the innermost group around a post or group, or the root.
func (s *solver) around(v int32) int32 {
	g := int32(transport.None)
	if posts := int32(len(s.p.Seats)); v >= posts {
		g = s.p.Groups[v-posts].Around
	} else if s.p.Within != nil {
		g = s.p.Within[v]
	}
	if g == transport.None {
		return s.root
	}
	return int32(len(s.p.Seats)) + g
}

// priceClosed prices what nobody can have: at the least at which nobody would rather be
// there.
func (s *solver) priceClosed() {
	if !slices.Contains(s.price, unreachable) {
		return
	}
	posts := int32(len(s.p.Seats))
	lid := make([]int32, s.root) // the outermost closed node around each node, or none
	for k := range s.root {
		v := (k + posts) % s.root // groups first, from the outside in
		around := s.around(v)
		switch {
		case s.price[v] != unreachable:
			lid[v] = none
		case around != s.root && lid[around] != none:
			lid[v] = lid[around]
		default:
			lid[v] = v
			s.price[v] = s.price[around]
		}
	}
	for i := range s.at {
		pays := s.pays(int32(i), s.at[i])
		for e := s.p.First[i]; e < s.p.First[i+1]; e++ {
			if v := lid[s.p.Post[e]]; v != none {
				s.price[v] = max(s.price[v], pays-int64(s.p.Cost[e]))
			}
		}
	}
	for v, top := range lid {
		if top != none {
			s.price[v] = s.price[top]
		}
	}
}
