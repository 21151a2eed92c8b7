package check

import (
	"fmt"
	"math/big"
	"slices"
	"sort"

	"stagora.org/stagora/allocation/format"
)

// prices hold what posts and placements must cost. Rounded powers and roots are
// not computed but recognised: n is the rounding of x when x lies within half a
// unit of n, which whole powers decide exactly.
type prices struct {
	rules  *format.Parameters
	step   *big.Rat // the last decimal
	posts  map[string]format.DemandedCost
	costs  []format.Amount // claimed, of all students
	order  map[string]int
	middle int
}

func newPrices(in *format.Instance, order map[string]int) *prices {
	p := &prices{rules: in.Rules(), order: order, posts: make(map[string]format.DemandedCost, len(in.Posts))}
	p.step = exact(format.Step(p.rules.Decimals))
	highest := 0
	for _, o := range order {
		highest = max(highest, o)
	}
	p.middle = highest / 2
	if highest%4 == 3 { // …and a half, and the even whole above is nearest
		p.middle++
	}
	demand := newDemand(in)
	var computed []format.Amount
	for _, post := range in.Posts {
		d := format.DemandedCost{Demand: demand.level(post.ID)}
		switch {
		case post.Fixed != nil:
			d.PostCost = *post.Fixed
		case !post.Median:
			d.PostCost = p.postCost(demand.wished[post.ID], post.Seats)
			computed = append(computed, d.PostCost)
		}
		p.posts[post.ID] = d
	}
	slices.Sort(computed)
	for _, post := range in.Posts {
		if post.Median && len(computed) > 0 {
			d := p.posts[post.ID]
			d.PostCost = computed[(len(computed)+1)/2-1]
			p.posts[post.ID] = d
		}
	}
	return p
}

func exact(a format.Amount) *big.Rat { return big.NewRat(int64(a), int64(format.One)) }

// unreasonable is more units below zero than any result can hold.
const unreasonable = 1 << 52

// postCost finds the cost by halving: the largest number of units that
// D/P − (D/10P)^f reaches, up to the highest cost.
func (p *prices) postCost(wished format.Amount, seats int) format.Amount {
	if seats == 0 || wished == 0 {
		return 0
	}
	perSeat := exact(wished)
	perSeat.Quo(perSeat, big.NewRat(int64(seats), 1))
	step := format.Step(p.rules.Decimals)
	reaches := func(units int) bool { return p.reaches(perSeat, units) }
	low := 0
	for below := 1; !reaches(low) && below < unreasonable; below *= 2 {
		low = -below
	}
	high := max(int((p.rules.MaxPostCost+step-1)/step), low)
	span := high - low
	units := low + sort.Search(span, func(i int) bool { return !reaches(low + i + 1) })
	return min(format.Amount(units)*step, p.rules.MaxPostCost)
}

// reaches says whether D/P − (D/10P)^f, rounded half away from zero, is at least
// so many units.
func (p *prices) reaches(perSeat *big.Rat, units int) bool {
	// Rounding reaches n at n − ½, and for n ≤ 0 just above it.
	bound := big.NewRat(int64(2*units-1), 2)
	bound.Mul(bound, p.step)
	room := new(big.Rat).Sub(perSeat, bound) // what the correction may be at most
	if room.Sign() < 0 {
		return false
	}
	f := exact(p.rules.Correction)
	corrected := new(big.Rat).Quo(perSeat, big.NewRat(10, 1))
	c := raise(room, f.Denom()).Cmp(raise(corrected, f.Num()))
	return c > 0 || c == 0 && units > 0
}

func raise(x *big.Rat, power *big.Int) *big.Rat {
	return new(big.Rat).SetFrac(new(big.Int).Exp(x.Num(), power, nil), new(big.Int).Exp(x.Denom(), power, nil))
}

// A placed student is one whose costs are judged.
type placed struct {
	student *format.Student
	post    string // "" without a post
	costs   format.Costs
}

// judge sees that everybody's costs are those of a rule.
func (p *prices) judge(rule string, everybody []placed) *Finding {
	p.costs = p.costs[:0]
	mean, variance := p.spread(everybody)
	for _, one := range everybody {
		p.costs = append(p.costs, one.costs.Cost)
		if one.post == "" {
			if one.costs != (format.Costs{}) {
				return wrong("student %s has no post, and costs %v", one.student.ID, one.costs.Cost).students(one.student.ID)
			}
			continue
		}
		if want := p.posts[one.post].PostCost; one.costs.PostCost != want {
			return wrong("post %s costs %v, the result says %v for student %s", one.post, want, one.costs.PostCost, one.student.ID).students(one.student.ID).posts(one.post)
		}
		if rule == format.ScoreV2 {
			if want := format.Amount(p.middle-p.order[one.student.ID]) * (format.One / 10); one.costs.Bonus != want {
				return wrong("the bonus of student %s is %v, the result says %v", one.student.ID, want, one.costs.Bonus).students(one.student.ID)
			}
		} else if !p.isBonusV1(one, mean, variance) {
			return wrong("the bonus of student %s is not %v", one.student.ID, one.costs.Bonus).students(one.student.ID)
		}
		if want := p.ruled(rule, one.post, one.costs); one.costs.Cost != want {
			return wrong("the placement of student %s costs %v, the result says %v", one.student.ID, want, one.costs.Cost).students(one.student.ID)
		}
	}
	return nil
}

// ruled returns the cost that a post cost and a bonus make together.
func (p *prices) ruled(rule, post string, costs format.Costs) format.Amount {
	sum := costs.PostCost + costs.Bonus
	if rule == format.ScoreV2 {
		sum = sum.Round(p.rules.Decimals)
	}
	if post == "" {
		return 0
	}
	return min(sum, p.rules.MaxCost)
}

// spread returns the mean and the population variance of the post costs of the
// students who have a post.
func (p *prices) spread(everybody []placed) (mean, variance *big.Rat) {
	var costs []format.Amount
	for _, one := range everybody {
		if one.post != "" {
			costs = append(costs, p.posts[one.post].PostCost)
		}
	}
	return meanAndVariance(costs)
}

func meanAndVariance(amounts []format.Amount) (mean, variance *big.Rat) {
	mean, variance = new(big.Rat), new(big.Rat)
	if len(amounts) == 0 {
		return mean, variance
	}
	n := big.NewRat(int64(len(amounts)), 1)
	total := new(big.Int)
	for _, a := range amounts {
		total.Add(total, big.NewInt(int64(a)))
	}
	mean.SetFrac(total, big.NewInt(int64(format.One)))
	mean.Quo(mean, n)
	for _, a := range amounts {
		d := new(big.Rat).Sub(exact(a), mean)
		variance.Add(variance, d.Mul(d, d))
	}
	return mean, variance.Quo(variance, n)
}

// isBonusV1 says whether a bonus is post cost × factor × (mean − score) /
// deviation, rounded; a deviation of 0 counts as 1.
func (p *prices) isBonusV1(one placed, mean, variance *big.Rat) bool {
	x := new(big.Rat).Sub(mean, exact(one.student.Score))
	x.Mul(x, exact(one.costs.PostCost)).Mul(x, exact(p.rules.BonusFactor))
	if variance.Sign() == 0 {
		variance = big.NewRat(1, 1)
	}
	bonus := exact(one.costs.Bonus)
	if bonus.Sign() != 0 && bonus.Sign() != x.Sign() {
		return false
	}
	return p.isRoundedRoot(bonus.Abs(bonus), x.Mul(x, x).Quo(x, variance))
}

// isRoundedRoot says whether n ≥ 0 is the square root of x, rounded half up.
func (p *prices) isRoundedRoot(n, x *big.Rat) bool {
	if !new(big.Rat).Quo(n, p.step).IsInt() {
		return false
	}
	half := new(big.Rat).Quo(p.step, big.NewRat(2, 1))
	low, high := new(big.Rat).Sub(n, half), new(big.Rat).Add(n, half)
	aboveLow := low.Sign() < 0 || low.Mul(low, low).Cmp(x) <= 0
	return aboveLow && x.Cmp(high.Mul(high, high)) < 0
}

func (p *prices) statistics(got *format.CostStatistics) *Finding {
	mean, variance := meanAndVariance(p.costs)
	if !p.isRounded(exact(got.Mean), mean) {
		return wrong("the mean cost is %s, the result says %v", mean.FloatString(p.rules.Decimals), got.Mean)
	}
	if deviation := exact(got.Deviation); deviation.Sign() < 0 || !p.isRoundedRoot(deviation, variance) {
		return wrong("the deviation of the costs is not %v", got.Deviation)
	}
	return nil
}

// isRounded says whether n is x rounded half away from zero.
func (p *prices) isRounded(n, x *big.Rat) bool {
	if x.Sign() < 0 {
		n, x = new(big.Rat).Neg(n), new(big.Rat).Neg(x)
	}
	half := new(big.Rat).Quo(p.step, big.NewRat(2, 1))
	distance := new(big.Rat).Sub(x, n)
	return new(big.Rat).Quo(n, p.step).IsInt() &&
		distance.Cmp(new(big.Rat).Neg(half)) >= 0 && distance.Cmp(half) < 0
}

func (c *claim) costs() (string, *Finding) {
	if c.in.Method != format.ScoreV1 && c.in.Method != format.ScoreV2 {
		return "none with method " + c.in.Method, nil
	}
	c.prices = newPrices(c.in, c.order)
	everybody := make([]placed, len(c.out.Assignments))
	for i, a := range c.out.Assignments {
		everybody[i] = placed{student: c.asked[a.Student], post: a.Post, costs: *a.Costs}
	}
	if f := c.prices.judge(c.in.Method, everybody); f != nil {
		return "", f
	}
	return fmt.Sprintf("%d placements by %s", len(everybody), c.in.Method), nil
}
