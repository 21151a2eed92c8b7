package scenario

import (
	"fmt"
	"slices"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// A Comparison holds what several methods give for one instance.
type Comparison struct {
	Outcomes []Outcome // in the order in which the methods were named
	Ranks    int       // the longest list, fallbacks included
}

// An Outcome is what one method gives.
type Outcome struct {
	Method   string
	Ignored  []string // what the instance has and the method does not know: "groups", "weights", "fallbacks"
	Result   *format.Result
	Profile  []int    // how many students have rank 1, 2, 3…; a fallback's rank follows the wishes
	Unplaced int      // who asked and has nothing
	RankSum  int      // of those who have a rank
	Spread   int64    // deviation of the ranks, in hundredths
	Better   []string // students who are better off than by the first method
	Worse    []string // and those who are worse off
}

// Compare solves an instance by each of the methods. The first is what the
// others are held against.
//
// A method that does not know groups, weights or fallbacks runs without them,
// and its Outcome says so. TradedLottery takes the hash of the instance for its
// seed if the instance has none. The error is that of assign.Run.Solve, under
// the name of the method.
func Compare(run assign.Run, in *format.Instance, methods []string) (*Comparison, error) {
	c := &Comparison{}
	for i := range in.Students {
		c.Ranks = max(c.Ranks, listLength(&in.Students[i]))
	}
	var first []int
	for _, method := range methods {
		o, positions, err := outcome(run, in, method, c.Ranks)
		if err != nil {
			return nil, fmt.Errorf("by %s: %w", method, err)
		}
		if first == nil {
			first = positions
		}
		for i, position := range positions {
			switch id := in.Students[i].ID; {
			case position < first[i]:
				o.Better = append(o.Better, id)
			case position > first[i]:
				o.Worse = append(o.Worse, id)
			}
		}
		c.Outcomes = append(c.Outcomes, *o)
	}
	return c, nil
}

func listLength(s *format.Student) int { return len(s.Wishes) + len(s.Fallback) }

// outcome solves an instance by a method and returns what it gives, and the rank
// of each student; one beyond the list for who has none, 0 for who keeps a post.
func outcome(run assign.Run, in *format.Instance, method string, longest int) (*Outcome, []int, error) {
	o := &Outcome{Method: method, Profile: make([]int, longest)}
	adapted, ignored := adapt(in, method)
	o.Ignored = ignored
	if err := adapted.Check(); err != nil {
		return nil, nil, err
	}
	var err error
	if o.Result, err = run.Solve(adapted); err != nil {
		return nil, nil, err
	}
	positions := Positions(in, o.Result)
	var ranked []int
	for i := range in.Students {
		s := &in.Students[i]
		switch position := positions[i]; {
		case s.Pinned != "" || listLength(s) == 0:
			continue
		case position > listLength(s):
			o.Unplaced++
		default:
			o.Profile[position-1]++
			o.RankSum += position
		}
		ranked = append(ranked, positions[i])
	}
	o.Spread = deviation(ranked, 1)
	return o, positions, nil
}

// Positions returns the rank that a result gives each student, as they stand in
// the instance: a fallback's rank follows the wishes, who has no post is one
// beyond the list, and who keeps a post has 0.
func Positions(in *format.Instance, r *format.Result) []int {
	got := make(map[string]*format.Assignment, len(r.Assignments))
	for i := range r.Assignments {
		got[r.Assignments[i].Student] = &r.Assignments[i]
	}
	positions := make([]int, len(in.Students))
	for i := range in.Students {
		s := &in.Students[i]
		switch a := got[s.ID]; {
		case s.Pinned != "":
		case a.Post == "":
			positions[i] = listLength(s) + 1
		case a.Rank > 0:
			positions[i] = a.Rank
		default:
			positions[i] = len(s.Wishes) + slices.Index(s.Fallback, a.Post) + 1
		}
	}
	return positions
}

// adapt returns the instance as a method can take it, and what had to go.
func adapt(in *format.Instance, method string) (adapted *format.Instance, ignored []string) {
	adapted = &format.Instance{Method: method, Parameters: in.Parameters, Posts: in.Posts, Students: slices.Clone(in.Students), Groups: in.Groups}
	drop := func(what string, held bool) {
		if held {
			ignored = append(ignored, what)
		}
	}
	byOrder := method == format.Serial || method == format.ScoreV1 || method == format.ScoreV2
	if byOrder || method == format.TradedLottery {
		drop("groups", len(in.Groups) > 0)
		drop("weights", slices.ContainsFunc(in.Students, func(s format.Student) bool { return s.Weight > 1 }))
		adapted.Groups = nil
		for i := range adapted.Students {
			adapted.Students[i].Weight = 0
		}
	}
	if byOrder {
		drop("fallbacks", slices.ContainsFunc(in.Students, func(s format.Student) bool { return len(s.Fallback) > 0 }))
		for i := range adapted.Students {
			adapted.Students[i].Fallback = nil
		}
	}
	if method == format.TradedLottery && in.Rules().Seed == "" {
		own := *in.Rules()
		own.Seed = format.Hash(in.Bytes())
		adapted.Parameters = &own
	}
	return adapted, ignored
}
