package simplex

// A basis is a flow, and a tree of the arcs that may change it. All other arcs
// are empty or full.
type basis struct {
	tree
	arcs []arc // the tree calls arc k by its complement ^k

	// A student is sent along one edge. If they tie its node to the tree, they
	// would move along other; the tree calls that tie by the student's number.
	at, other []int32
}

// An arc carries from 0 to cap units, each at a cost. An arc of cap 0 is closed.
type arc struct {
	from, to  int32
	flow, cap int64
	cost      int64
}

// repeat tries 0 to n-1, again and again, until a round changes no more than
// enough. It returns how much was changed in all, and false when stop, which it
// asks now and then, said so.
func repeat(n int, try func(k int) bool, enough int, stop func() bool) (changes int, ok bool) {
	for round := enough + 1; round > enough; {
		round = 0
		for k := range n {
			if k%1024 == 0 && stop != nil && stop() {
				return changes, false
			}
			if try(k) {
				round++
			}
		}
		changes += round
	}
	return changes, true
}

// settle lets arc k change the flow if it is empty and would save something, or
// full and costs something. It reports whether that was so.
func (b *basis) settle(k int) bool {
	c := &b.arcs[k]
	gain := b.price[c.from] - b.price[c.to] - c.cost
	switch {
	case c.cap == 0:
		return false
	case gain > 0 && c.flow == 0:
		c.flow = b.pivot(c.from, c.to, ^int32(k), c.cap, gain)
		return true
	case gain < 0 && c.flow == c.cap:
		c.flow -= b.pivot(c.to, c.from, ^int32(k), c.cap, -gain)
		return true
	}
	return false
}

// pivot sends as many units as it can, at most room, over an arc from node a to
// node z and back along the tree, and returns how many. An arc of the tree that
// blocks more of them gives way to via, the name of the arc from a to z; gain is
// what each unit saves.
//
// Of several arcs that block, the last one on the way from where the paths of a
// and z meet, down to a, across and up from z, gives way. So every arc of the tree
// has room towards the root again (Cunningham 1976).
func (b *basis) pivot(a, z, via int32, room, gain int64) int64 {
	if v := b.blocked(a); v != none && !b.below(z, v) {
		b.graft(v, a, z, via, -gain)
		return 0
	}
	top := b.join(a, z)
	units, cut, side := room, int32(none), a
	for v := a; v != top; v = b.node[v].up {
		if r := b.roomFrom(v); r < units {
			units, cut = r, v
		}
	}
	for v := z; v != top; v = b.node[v].up {
		if r := b.roomTo(v); r <= units {
			units, cut, side = r, v, z
		}
	}
	for v := z; v != top; v = b.node[v].up {
		b.send(v, units)
	}
	for v := a; v != top; v = b.node[v].up {
		b.send(v, -units)
	}
	switch {
	case cut == none:
	case side == a:
		b.graft(cut, a, z, via, -gain)
	default:
		b.graft(cut, z, a, via, gain)
	}
	return units
}

// blocked returns the node nearest to v, on the way up and v included, to which
// nothing can come down; none if something can come down all the way.
func (b *basis) blocked(v int32) int32 {
	for b.node[v].up != none {
		if b.roomFrom(v) == 0 {
			return v
		}
		v = b.node[v].up
	}
	return none
}

// roomTo returns how many units more the arc above v can carry up.
func (b *basis) roomTo(v int32) int64 {
	via := b.node[v].via
	if via >= 0 {
		return 1
	}
	c := &b.arcs[^via]
	if c.from == v {
		return c.cap - c.flow
	}
	return c.flow
}

// roomFrom returns how many units more the arc above v can carry down.
func (b *basis) roomFrom(v int32) int64 {
	via := b.node[v].via
	if via >= 0 {
		return 0
	}
	c := &b.arcs[^via]
	if c.from == v {
		return c.flow
	}
	return c.cap - c.flow
}

// send sends units up the arc above v; a student is one unit.
func (b *basis) send(v int32, units int64) {
	via := b.node[v].via
	if via >= 0 {
		b.at[via], b.other[via] = b.other[via], b.at[via]
		return
	}
	if c := &b.arcs[^via]; c.from == v {
		c.flow += units
	} else {
		c.flow -= units
	}
}
