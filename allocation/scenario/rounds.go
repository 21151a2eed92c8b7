package scenario

import (
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// The memories: what of the rounds before decides who is favoured now.
const (
	NoMemory = "none"  // the draw alone makes the order
	ByScore  = "score" // StageTrek's: the lowest score first, made of the costs of score-v2
	ByRank   = "rank"  // whoever had the worst ranks so far comes first; with equity it also weighs more
	ByPrice  = "price" // whoever took the least sought places so far comes first: a place costs its price in the optimum
)

// Memories returns them, in the order of the documentation.
func Memories() []string { return []string{NoMemory, ByScore, ByRank, ByPrice} }

// A Rule is a method with a memory.
type Rule struct{ Method, Memory string }

func (r Rule) String() string { return r.Method + ":" + r.Memory }

// Rules returns those that documentation compares.
func Rules() []Rule {
	return []Rule{
		{format.ScoreV2, ByScore}, {format.Serial, ByRank}, {format.Serial, ByPrice},
		{format.Ordered, ByScore}, {format.Ordered, ByRank},
		{format.Equity, NoMemory}, {format.Equity, ByRank},
		{format.Leximin, ByRank}, {format.RankMaximal, ByRank},
	}
}

// ParseRule reads METHOD:MEMORY. Methods that draw their own lots have no order
// to remember in, and are refused.
func ParseRule(s string) (Rule, error) {
	method, memory, _ := strings.Cut(s, ":")
	methods := slices.DeleteFunc(format.Methods(), func(m string) bool { return m == format.TradedLottery })
	if !slices.Contains(methods, method) || !slices.Contains(Memories(), memory) {
		return Rule{}, fmt.Errorf("%q is no rule: a rule is METHOD:MEMORY, with one of the methods %s and one of the memories %s",
			s, strings.Join(methods, ", "), strings.Join(Memories(), ", "))
	}
	return Rule{method, memory}, nil
}

// Played is how a rule treated the cohorts, over all rounds.
type Played struct {
	Rule
	Turns       int     // students × rounds × markets
	First       int     // of the turns, those that gave a first wish
	WithinThree int     // one of the first three
	Unplaced    int     // nothing
	MeanRank    int64   // in hundredths, as all below
	Spread      int64   // deviation between the students' own means at the end
	SpreadAfter []int64 // the same after each round
	WorstTenth  int64   // mean rank of the tenth of students who fared worst
	Worst       int64   // mean rank of the student who fared worst
	Profile     []int   // turns by rank; the last entry counts those without a post
}

// Play takes the cohorts through their rounds under each rule. All rules meet the
// same students with the same tastes and the same draws; only what they did
// before differs. Figures of several markets are means over them.
func Play(run assign.Run, c Cohort, rules []Rule) ([]Played, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	list := make([]Played, 0, len(rules))
	for _, rule := range rules {
		p := Played{Rule: rule, SpreadAfter: make([]int64, c.Rounds), Profile: make([]int, c.Wishes+1)}
		for m := range c.Markets {
			if err := p.play(run, c, c.world(m)); err != nil {
				return nil, fmt.Errorf("by %s: %w", rule, err)
			}
		}
		p.sumUp(c)
		list = append(list, p)
	}
	return list, nil
}

// play adds one market.
func (p *Played) play(run assign.Run, c Cohort, w *world) error {
	people := make([]past, c.Students)
	sums := make([]int, c.Students)
	for round := range c.Rounds {
		in := w.instance(p.Rule, people, round)
		r, err := run.Solve(in)
		if err != nil {
			return err
		}
		if err := remember(run, p.Rule, in, r, people); err != nil {
			return err
		}
		for i, position := range Positions(in, r) {
			p.Profile[min(position, c.Wishes+1)-1]++
			sums[i] += position
			people[i].ranks += position
		}
		p.SpreadAfter[round] += deviation(sums, round+1)
	}
	slices.Sort(sums)
	tenth := sums[len(sums)-max(1, len(sums)/10):]
	worst := 0
	for _, s := range tenth {
		worst += s
	}
	p.WorstTenth += ratio(int64(worst), int64(len(tenth)*c.Rounds))
	p.Worst += ratio(int64(sums[len(sums)-1]), int64(c.Rounds))
	return nil
}

func (p *Played) sumUp(c Cohort) {
	sum := 0
	for k, n := range p.Profile {
		p.Turns += n
		sum += n * (k + 1)
	}
	p.First = p.Profile[0]
	for _, n := range p.Profile[:min(3, c.Wishes)] {
		p.WithinThree += n
	}
	p.Unplaced = p.Profile[c.Wishes]
	p.MeanRank = ratio(int64(sum), int64(p.Turns))
	markets := int64(c.Markets)
	for round := range p.SpreadAfter {
		p.SpreadAfter[round] /= markets
	}
	p.Spread = p.SpreadAfter[c.Rounds-1]
	p.WorstTenth /= markets
	p.Worst /= markets
}

// A past is what a student lived through.
type past struct {
	done  map[string]bool
	costs []assign.Past // of score-v2
	ranks int           // sum
	price int64         // sum
}

// remember writes down what a round gave.
func remember(run assign.Run, rule Rule, in *format.Instance, r *format.Result, people []past) error {
	posts := make([]string, len(in.Students))
	for _, a := range r.Assignments {
		posts[number(a.Student)] = a.Post
	}
	prices := map[string]int64{}
	var costs *assign.Prices
	var err error
	switch rule.Memory {
	case ByScore:
		if costs, err = assign.Price(in, format.ScoreV2, posts); err != nil {
			return err
		}
	case ByPrice:
		if prices, err = scarcity(run, in); err != nil {
			return err
		}
	}
	for i, post := range posts {
		one := &people[i]
		if costs != nil {
			one.costs = append(one.costs, assign.Past{Cost: costs.Costs[i].Cost})
		}
		if post == "" {
			continue
		}
		if one.done == nil {
			one.done = map[string]bool{}
		}
		one.done[post] = true
		one.price += prices[post]
	}
	return nil
}

// scarcity returns the price of each post in the optimum for these lists: what
// one more seat there would have saved. No post costs as much as a rank beyond
// the longest list, so that no price goes beyond all measure.
func scarcity(run assign.Run, in *format.Instance) (map[string]int64, error) {
	optimum := &format.Instance{Method: format.Equity, Posts: in.Posts, Students: in.Students, Parameters: format.DefaultParameters()}
	longest := 0
	for i := range in.Students {
		longest = max(longest, listLength(&in.Students[i]))
	}
	none := int64(longest+1) * int64(longest+1)
	optimum.Parameters.Unplaced = &none
	r, err := run.Solve(optimum)
	if err != nil {
		return nil, err
	}
	prices := make(map[string]int64, len(in.Posts))
	for _, p := range r.Certificate.Dual.Posts {
		prices[p.Post] = p.Price
	}
	return prices, nil
}
