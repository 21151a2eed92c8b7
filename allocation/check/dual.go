package check

import (
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// equity sees that the prices of the certificate prove that no placement has a
// smaller sum of costs.
func (c *claim) equity() (string, *Finding) {
	p, f := c.newProblem()
	if f != nil {
		return "", f
	}
	c.charge(p)
	dual := c.out.Certificate.Dual
	price, f := p.prices(c.in, dual)
	if f != nil {
		return "", f
	}
	arcs, f := p.canonical(price, dual.Objective)
	if f != nil {
		return "", f
	}
	c.first = func() *Finding { return p.earlier(arcs) }
	return fmt.Sprintf("no placement costs less than %d in sum, by the prices of %d posts and %d groups", dual.Objective, len(dual.Posts), len(dual.Groups)), nil
}

// charge puts the costs of method equity on the edges: the weight of the student
// times the cost of the rank. Where the instance does not say what no post
// costs, it costs more than everybody's worst rank together.
func (c *claim) charge(p *problem) {
	worst := int64(1)
	i := 0
	for _, id := range c.sequence() {
		s := c.asked[id]
		if s.Pinned != "" {
			continue
		}
		weight := max(1, int64(s.Weight))
		for e := p.first[i]; e < p.first[i+1]; e++ {
			p.cost[e] = weight * c.in.RankCost(int(p.rank[e]))
		}
		if n := len(s.Wishes) + len(s.Fallback); n > 0 {
			worst += weight * c.in.RankCost(n)
		}
		i++
	}
	if u := c.in.Rules().Unplaced; u != nil {
		worst = *u
	}
	for i := range p.none {
		p.none[i] = worst
	}
}

// proves sees that prices prove the optimum, and that it is as said.
func (n *network) proves(price []int64, objective int64) *Finding {
	if f := n.optimal(price); f != nil {
		return f
	}
	if sum, ok := n.total(); !ok || sum != objective {
		return wrong("the sum of all costs is %d, the certificate says %d", sum, objective)
	}
	return nil
}

// canonical sees that prices prove the optimum and are the least that do, and
// returns the ways in which the placement could change at the same cost.
func (n *network) canonical(price []int64, objective int64) ([]arc, *Finding) {
	if f := n.proves(price, objective); f != nil {
		return nil, f
	}
	arcs := n.tight(price)
	return arcs, n.least(price, arcs)
}

// prices reads the prices of a certificate, as students meet them.
func (p *problem) prices(in *format.Instance, d *format.Dual) ([]int64, *Finding) {
	if f := p.listed(in, d); f != nil {
		return nil, f
	}
	price := make([]int64, p.outside()+1)
	own := make([]int64, p.outside())
	for _, g := range d.Groups {
		if g.Floor < 0 || g.Ceiling < 0 || min(g.Floor, g.Ceiling) > 0 || max(g.Floor, g.Ceiling) > dearest {
			return nil, wrong("group %s has the prices %d and %d, where one at most is not 0, and none is below", g.Group, g.Floor, g.Ceiling)
		}
		own[int32(len(p.seats))+p.band[g.Group]] = g.Ceiling - g.Floor
	}
	for _, q := range d.Posts {
		node, open := p.node[q.Post]
		if !open && q.Price != 0 {
			return nil, wrong("post %s can be given to nobody and has the price %d", q.Post, q.Price).posts(q.Post)
		}
		if q.Price < 0 || q.Price > dearest {
			return nil, wrong("post %s has the price %d, out of bounds", q.Post, q.Price).posts(q.Post)
		}
		if open {
			own[node] = q.Price
		}
	}
	for node := range p.outside() {
		for at := node; at != p.outside(); at = p.around(at) {
			price[node] += own[at]
			if price[node] < -dearest || price[node] > dearest {
				return nil, wrong("the prices of groups add up to more than a price can be")
			}
		}
	}
	return price, nil
}

// listed sees that a certificate has each main post and each group once, by id.
func (p *problem) listed(in *format.Instance, d *format.Dual) *Finding {
	var posts, groups, priced, bounded []string
	for _, post := range in.Posts {
		if !post.Secondary {
			posts = append(posts, post.ID)
		}
	}
	for _, g := range in.Groups {
		groups = append(groups, g.ID)
	}
	for _, q := range d.Posts {
		priced = append(priced, q.Post)
	}
	for _, g := range d.Groups {
		bounded = append(bounded, g.Group)
	}
	slices.Sort(posts)
	slices.Sort(groups)
	if id, ok := firstDifference(posts, priced); !ok {
		return wrong("the certificate has not each main post once: see %s", id).posts(id)
	}
	if id, ok := firstDifference(groups, bounded); !ok {
		return wrong("the certificate has not each group once: see %s", id)
	}
	return nil
}

// firstDifference returns where two lists differ first; true when they do not.
func firstDifference(want, got []string) (string, bool) {
	for i, id := range want {
		if i == len(got) || got[i] != id {
			return id, false
		}
	}
	if len(got) > len(want) {
		return got[len(want)], false
	}
	return "", true
}

// groups sees that every group holds neither too few nor too many.
func (c *claim) groups() (string, *Finding) {
	people := c.people()
	for _, g := range c.in.Groups {
		n := 0
		for _, post := range g.Posts {
			n += len(people[post])
		}
		if n < g.Min {
			return "", wrong("group %s (%s) wants at least %d students and has %d", g.ID, strings.Join(g.Posts, ", "), g.Min, n)
		}
		if n > g.Max {
			return "", wrong("group %s (%s) takes at most %d students and has %d", g.ID, strings.Join(g.Posts, ", "), g.Max, n)
		}
	}
	if len(c.in.Groups) == 0 {
		return "none in the instance", nil
	}
	return fmt.Sprintf("%d groups, each within its floor and ceiling", len(c.in.Groups)), nil
}
