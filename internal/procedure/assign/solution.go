package assign

import (
	"fmt"

	engine "stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// Solve has the engine solve an instance as it is kept, and returns the file of the
// result. Parameters with which costs have no sensible size are a fault.
func Solve(instance string) (result string, err error) {
	solved, err := engine.SolveFile(instance)
	if err != nil {
		return "", wrongScoring(err)
	}
	return string(solved), nil
}

// A VerifiedStep is one thing that the independent verifier looked at.
type VerifiedStep = check.Step

// Verify has the independent verifier judge a result. It returns what was looked at, or
// an error that says what does not hold.
func Verify(instance, result string) ([]VerifiedStep, error) {
	report, err := check.Verify(instance, result)
	if err != nil {
		return nil, err
	}
	if report.Failed != nil {
		return nil, fmt.Errorf("the result does not hold: %s", report.Failed)
	}
	return report.Passed, nil
}

// A Solution is an instance with what the engine made of it.
type Solution struct {
	*Instance
	result   *format.Result
	students map[string]int // by pseudonym
	served   map[int]int    // student by position
	turn     []int          // by student: which assignment of the result is theirs
	reasons  [][]format.Reason
}

// ReadSolution reads an instance and its result as they were kept.
func ReadSolution(instance, result string) (*Solution, error) {
	in, err := ReadInstance(instance)
	if err != nil {
		return nil, err
	}
	n := in.Students()
	s := &Solution{Instance: in, students: make(map[string]int, n), served: make(map[int]int, n), turn: make([]int, n), reasons: make([][]format.Reason, n)}
	if s.result, err = format.ReadResult(result); err != nil {
		return nil, fmt.Errorf("read the result: %w", err)
	}
	for i, student := range in.in.Students {
		s.students[student.ID], s.served[student.Order] = i, i
	}
	for k, a := range s.result.Assignments {
		s.turn[s.students[a.Student]] = k
	}
	// The reasons of a student stand together.
	all := s.result.Reasons
	for from, to := 0, 0; from < len(all); from = to {
		for to = from; to < len(all) && all[to].Student == all[from].Student; to++ {
		}
		s.reasons[s.students[all[from].Student]] = all[from:to]
	}
	return s, nil
}

// Student returns the index of a student, by pseudonym.
func (s *Solution) Student(id string) (i int, known bool) {
	i, known = s.students[id]
	return i, known
}

// StudentAt returns the student who is served in a position.
func (s *Solution) StudentAt(position int) (i int, served bool) {
	i, served = s.served[position]
	return i, served
}

// Given returns where the run put a student: a post with the secondary post that goes
// with it, and its rank on the student's list, 0 for a post that does not come from
// there. All are empty for a student without a post.
func (s *Solution) Given(i int) (post, secondary string, rank int) {
	a := &s.result.Assignments[s.turn[i]]
	return a.Post, a.Secondary, a.Rank
}

// A WishOutcome is what the run made of one wish.
type WishOutcome struct {
	Post, Secondary string
	Outcome         string // "obtained", "full", "closed", "barred", "not-reached"
	Cutoff          int    // of a full post: the last position served there; 0: it was filled by those who keep it
	Rule            string // that bars it
}

// Outcomes returns what the run made of each wish of a student.
func (s *Solution) Outcomes(i int) []WishOutcome {
	wishes, reasons := s.in.Students[i].Wishes, s.reasons[i]
	outcomes := make([]WishOutcome, len(wishes))
	for k, w := range wishes {
		outcomes[k] = WishOutcome{w.Post, w.Secondary, reasons[k].Outcome, reasons[k].LastOrder, reasons[k].Rule}
	}
	return outcomes
}

// A Margin says that a student served in a position, or before, would have got a wish
// that was full.
type Margin struct {
	Wish     int // from 1
	Position int
}

// Margins returns the margins of a student, in the order of the list. A wish that no
// position gives, since a better one is then free too, has none.
func (s *Solution) Margins(i int) []Margin {
	var margins []Margin
	for _, m := range engine.MarginsFrom(s.result.Method, s.reasons[i]) {
		if m.Gives == m.Wish {
			margins = append(margins, Margin{Wish: m.Wish, Position: m.Position})
		}
	}
	return margins
}

// Cutoffs returns, for the posts that the run filled, the position of the last person
// served there.
func (s *Solution) Cutoffs() map[string]int {
	last := map[string]int{}
	for _, p := range s.result.Posts {
		if seats, _ := s.Seats(p.Post); seats > 0 && p.Filled == seats {
			last[p.Post] = p.LastOrder
		}
	}
	return last
}

// Prices are what a placement costs, exactly.
type Prices struct{ costs []format.Costs }

// Of returns what their place costs a student, in hundredths: the cost of the post, the
// bonus, and both together within the limits of the rule.
func (p *Prices) Of(i int) (post, bonus, total int64) {
	c := p.costs[i]
	return c.PostCost.Hundredths(), c.Bonus.Hundredths(), c.Cost.Hundredths()
}

// Price returns what a placement costs by a rule, whoever made it: posts are those of
// the students, "" for none. Parameters with which a cost has no sensible size are a
// fault.
func (in *Instance) Price(rule string, posts []string) (*Prices, error) {
	prices, err := engine.Price(in.in, rule, posts)
	if err != nil {
		return nil, wrongScoring(err)
	}
	return &Prices{prices.Costs}, nil
}
