package transport

import (
	"errors"
	"fmt"
)

// maxTotal bounds every sum of costs over all students, so that whoever adds
// some of them up stays within 62 bits.
const maxTotal = 1 << 61

// Check returns nil if the problem is whole: every index exists, costs are
// within their bounds, groups are nested, and no sum of costs overflows. The error
// says what is wrong, by index. It takes time in proportion to the edges.
//
// Check says nothing about floors that cannot be met: package flow does.
func (p *Problem) Check() error {
	if err := p.checkTree(); err != nil {
		return err
	}
	if len(p.First) != p.Students()+1 || p.First[0] != 0 || int(p.First[p.Students()]) != len(p.Post) || len(p.Post) != len(p.Cost) {
		return fmt.Errorf("%d students have %d bounds for %d posts and %d costs of edges", p.Students(), len(p.First), len(p.Post), len(p.Cost))
	}
	chosen := make([]int, len(p.Seats)) // the last student, from 1, with an edge to each post
	var total int64
	for i, unplaced := range p.Unplaced {
		if p.First[i] > p.First[i+1] || int(p.First[i+1]) > len(p.Post) {
			return fmt.Errorf("student %d has the edges %d to %d", i, p.First[i], p.First[i+1])
		}
		if unplaced < 0 || unplaced > MaxUnplaced {
			return fmt.Errorf("student %d without a post costs %d", i, unplaced)
		}
		highest := unplaced
		for e := p.First[i]; e < p.First[i+1]; e++ {
			post, cost := p.Post[e], p.Cost[e]
			switch {
			case post < 0 || int(post) >= len(p.Seats):
				return fmt.Errorf("edge %d goes to post %d of %d", e, post, len(p.Seats))
			case chosen[post] == i+1:
				return fmt.Errorf("student %d has two edges to post %d", i, post)
			case cost < 0 || cost > MaxCost:
				return fmt.Errorf("edge %d costs %d", e, cost)
			}
			chosen[post] = i + 1
			highest = max(highest, int64(cost))
		}
		total += highest
		if total > maxTotal {
			return errors.New("the costs of all students together are too large")
		}
	}
	return nil
}

// checkTree checks posts and groups.
func (p *Problem) checkTree() error {
	for q, seats := range p.Seats {
		if seats < 0 {
			return fmt.Errorf("post %d has %d seats", q, seats)
		}
	}
	switch {
	case p.Within == nil && len(p.Groups) > 0:
		return fmt.Errorf("%d groups hold no post", len(p.Groups))
	case p.Within != nil && len(p.Within) != len(p.Seats):
		return fmt.Errorf("%d posts are within groups, of %d", len(p.Within), len(p.Seats))
	}
	for q, g := range p.Within {
		if g < None || int(g) >= len(p.Groups) {
			return fmt.Errorf("post %d is within group %d of %d", q, g, len(p.Groups))
		}
	}
	for g, group := range p.Groups {
		if group.Around < None || int(group.Around) >= g {
			return fmt.Errorf("group %d is within group %d, which does not stand before it", g, group.Around)
		}
		if group.Min < 0 || group.Min > group.Max {
			return fmt.Errorf("group %d has the floor %d and the ceiling %d", g, group.Min, group.Max)
		}
	}
	return nil
}
