package assign

import (
	"math/big"
	"slices"
	"strconv"

	"stagora.org/stagora/allocation/format"
)

// Prices are the costs of a placement.
type Prices struct {
	Costs      []format.Costs        // of each student, as they stand in the instance
	Posts      []format.DemandedCost // of each post, as they stand in the instance
	Statistics format.CostStatistics
}

// Price returns the costs that a rule (format.ScoreV1 or format.ScoreV2) gives
// to a placement: posts holds the post of each student, as they stand in the
// instance, "" for none. The placement need not come from Solve: a commission
// may have moved a student to a post on nobody's list, and any method can have
// costs beside it.
//
// An unknown rule or post panics. The error is of type format.Errors:
// parameters for which a cost has no sensible size.
func Price(in *format.Instance, rule string, posts []string) (*Prices, error) {
	x := in.Index()
	at := make([]int, len(posts))
	for i, id := range posts {
		at[i] = none
		if id == "" {
			continue
		}
		p, known := x.Post[id]
		if !known {
			panic("assign: price of an unknown post " + id)
		}
		at[i] = p
	}
	return price(in, rule, newMarket(in), at)
}

func price(in *format.Instance, rule string, m *market, at []int) (*Prices, error) {
	costs, err := postCosts(in, m)
	if err != nil {
		return nil, err
	}
	out := &Prices{Costs: make([]format.Costs, len(at)), Posts: make([]format.DemandedCost, len(costs))}
	for p, level := range levels(in, m) {
		out.Posts[p] = format.DemandedCost{PostCost: costs[p], Demand: level}
	}
	switch rule {
	case format.ScoreV1:
		err = scoreV1(in, at, costs, out.Costs)
	case format.ScoreV2:
		scoreV2(in.Rules(), m, at, costs, out.Costs)
	default:
		panic("assign: unknown rule " + rule)
	}
	out.Statistics = costStatistics(out.Costs, in.Rules().Decimals)
	return out, err
}

// postCosts returns what each post costs those who are placed there. Every
// wish counts, whatever becomes of it: the cost measures how sought a post is.
func postCosts(in *format.Instance, m *market) ([]format.Amount, error) {
	rules := in.Rules()
	wished := make([]format.Amount, len(in.Posts))
	for _, s := range m.students {
		for k, w := range s.wishes[:min(len(s.wishes), len(rules.RankCosts))] {
			wished[w.post] += rules.RankCosts[k]
		}
	}
	costs := make([]format.Amount, len(in.Posts))
	var computed []format.Amount
	for p, post := range in.Posts {
		if post.Fixed != nil || post.Median {
			continue
		}
		if post.Seats > 0 && wished[p] > 0 {
			cost, ok := postCost(wished[p], post.Seats, rules)
			if !ok {
				return nil, tooLarge("$.parameters.correction", rules.Correction.String(), "cost of post "+post.ID)
			}
			costs[p] = cost
		}
		computed = append(computed, costs[p])
	}
	for p, post := range in.Posts {
		if post.Fixed != nil {
			costs[p] = *post.Fixed
		} else if post.Median && len(computed) > 0 {
			slices.Sort(computed)
			costs[p] = computed[(len(computed)-1)/2]
		}
	}
	return costs, nil
}

// postCost returns D/P − (D/(10·P))^f rounded to the decimals of the rules, half
// away from zero, but at most the highest cost. wished is D > 0, seats P > 0.
// It reports whether an Amount can hold the cost.
func postCost(wished format.Amount, seats int, rules *format.Parameters) (format.Amount, bool) {
	ratio := big.NewRat(int64(wished), int64(format.One)*int64(seats)) // D/P
	u, v := ratio.Num(), ratio.Denom()
	correction := big.NewRat(int64(rules.Correction), int64(format.One)) // f
	a, b := correction.Num().Int64(), correction.Denom().Int64()
	scale := power(10, int64(rules.Decimals))

	// In units of the last decimal, and times 2v so that halves are whole: the
	// cost is (2u·scale − z) / 2v, where z^b = (2v·scale)^b · (u/10v)^a.
	double := new(big.Int).Lsh(v, 1)
	num := new(big.Int).Mul(double, scale)
	num.Exp(num, big.NewInt(b), nil)
	num.Mul(num, new(big.Int).Exp(u, big.NewInt(a), nil))
	den := new(big.Int).Mul(v, big.NewInt(10))
	den.Exp(den, big.NewInt(a), nil)
	z, exact := root(num, den, b)

	// Rounded half up, which is half away from zero for a positive cost; z is
	// taken from above, so that the cost is never taken for more than it is.
	gross := new(big.Int).Mul(u, scale)
	gross.Lsh(gross, 1)
	cost := new(big.Int).Add(gross, v)
	cost.Sub(cost, z)
	if !exact {
		cost.Sub(cost, big.NewInt(1))
	}
	cost.Div(cost, double)
	if cost.Sign() <= 0 {
		// The mirror image: z from below, half down.
		cost.Sub(z, gross)
		cost.Add(cost, v).Div(cost, double)
		cost.Neg(cost)
	}
	amount, ok := inUnits(cost, rules.Decimals)
	return min(amount, rules.MaxPostCost), ok || cost.Sign() > 0
}

// inUnits returns the amount of n units of the last decimal, and whether it
// stays within format.MaxCost; it is cut there otherwise.
func inUnits(n *big.Int, decimals int) (format.Amount, bool) {
	limit := int64(format.MaxCost / format.Step(decimals))
	if n.IsInt64() && n.Int64() <= limit && n.Int64() >= -limit {
		return format.Amount(n.Int64()) * format.Step(decimals), true
	}
	return format.MaxCost * format.Amount(n.Sign()), false
}

func tooLarge(path, found, what string) error {
	return format.Errors{{Path: path, Found: found, Expected: "a value for which the " + what + " stays below one thousand million"}}
}

// scoreV2 adds a tenth of a point for each position by which a student comes
// before the middle, and takes it off after.
func scoreV2(rules *format.Parameters, m *market, at []int, costs []format.Amount, out []format.Costs) {
	highest := 0
	for _, s := range m.students {
		highest = max(highest, s.order)
	}
	middle := halfToEven(highest)
	for i, post := range at {
		if post == none {
			continue
		}
		bonus := format.Amount(middle-m.students[i].order) * format.One / 10
		out[i] = format.Costs{
			PostCost: costs[post],
			Bonus:    bonus,
			Cost:     min((costs[post] + bonus).Round(rules.Decimals), rules.MaxCost),
		}
	}
}

// halfToEven returns n/2, and of the two nearest the even one when n is odd.
func halfToEven(n int) int {
	half := n / 2
	return half + n%2*(half%2)
}

// scoreV1 weighs the post cost by how far the student's score lies from the
// mean of the post costs of the students placed, in standard deviations:
// bonus = cost × factor × (mean − score) / deviation.
func scoreV1(in *format.Instance, at []int, costs []format.Amount, out []format.Costs) error {
	rules := in.Rules()
	var placed []format.Amount
	for _, post := range at {
		if post != none {
			placed = append(placed, costs[post])
		}
	}
	n := int64(len(placed))
	sum, spread := moments(placed)
	for i, post := range at {
		if post == none {
			continue
		}
		// With mean = sum/n and deviation = √spread/n, n cancels out.
		above := new(big.Int).Mul(big.NewInt(n), big.NewInt(int64(in.Students[i].Score)))
		above.Sub(sum, above)
		weighed := product(int64(costs[post]), int64(rules.BonusFactor))
		weighed.Mul(weighed, above) // in units of 10^-18; √spread is in 10^-6
		var units *big.Int
		if spread.Sign() == 0 {
			units = roundRatio(weighed, new(big.Int).Mul(big.NewInt(n), power(10, int64(18-rules.Decimals))))
		} else {
			square := new(big.Int).Mul(weighed, weighed)
			units = roundRoot(square, new(big.Int).Mul(spread, power(10, int64(2*(12-rules.Decimals)))))
			if weighed.Sign() < 0 {
				units.Neg(units)
			}
		}
		bonus, ok := inUnits(units, rules.Decimals)
		if !ok {
			return tooLarge("$.students["+strconv.Itoa(i)+"].score", in.Students[i].Score.String(), "bonus")
		}
		out[i] = format.Costs{
			PostCost: costs[post],
			Bonus:    bonus,
			Cost:     min(costs[post]+bonus, rules.MaxCost),
		}
	}
	return nil
}

// moments returns the sum of amounts and n²·variance = n·Σx² − (Σx)².
func moments(amounts []format.Amount) (sum, spread *big.Int) {
	sum, spread = new(big.Int), new(big.Int)
	for _, a := range amounts {
		x := big.NewInt(int64(a))
		sum.Add(sum, x)
		spread.Add(spread, x.Mul(x, x))
	}
	spread.Mul(spread, big.NewInt(int64(len(amounts))))
	return sum, spread.Sub(spread, new(big.Int).Mul(sum, sum))
}

func costStatistics(costs []format.Costs, decimals int) format.CostStatistics {
	if len(costs) == 0 {
		return format.CostStatistics{}
	}
	amounts := make([]format.Amount, len(costs))
	for i, c := range costs {
		amounts[i] = c.Cost
	}
	sum, spread := moments(amounts)
	step := int64(len(costs)) * int64(format.Step(decimals))
	mean, _ := inUnits(roundRatio(sum, big.NewInt(step)), decimals)
	deviation, _ := inUnits(roundRoot(spread, product(step, step)), decimals)
	return format.CostStatistics{Mean: mean, Deviation: deviation}
}
