package assign

import (
	"slices"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// Solve runs the method of an instance. The result lacks only the hash of the
// instance file, which SolveFile adds.
//
// The instance must satisfy its Check: ReadInstance makes sure of it. The error
// is of type *Infeasible if the floors of groups cannot be met, otherwise of type
// format.Errors: numbers for which a cost or a sum has no sensible size.
func Solve(in *format.Instance) (*format.Result, error) { return Run{}.Solve(in) }

// Solve is the function Solve, for a caller who may want to stop: the error is
// then ErrStopped.
func (r Run) Solve(in *format.Instance) (*format.Result, error) {
	m := newMarket(in)
	placed, err := r.place(in, m)
	if err != nil {
		return nil, err
	}
	why, ok := reasons(in, m, placed, r.Stop)
	if !ok {
		return nil, ErrStopped
	}
	s := placed.service
	result := &format.Result{
		Method:      in.Method,
		Engine:      format.Engine,
		Assignments: assignments(in, m, s),
		Posts:       posts(in, m, s),
		Reasons:     why,
		Statistics:  statistics(s),
		Certificate: placed.proof,
	}
	if in.Method == format.ScoreV1 || in.Method == format.ScoreV2 {
		err = addCosts(in, m, s, result)
	}
	return result, err
}

// addCosts adds to a result what the placement costs each student.
func addCosts(in *format.Instance, m *market, s *service, r *format.Result) error {
	prices, err := price(in, in.Method, m, s.post)
	if err != nil {
		return err
	}
	for n, i := range m.served {
		r.Assignments[n].Costs = &prices.Costs[i]
	}
	for n, p := range m.byID {
		r.Posts[n].Worth = &prices.Posts[p]
	}
	r.Statistics.Cost = &prices.Statistics
	return nil
}

// SolveFile reads an instance file and returns the file of its result. The
// error is of type format.Errors or *Infeasible.
func SolveFile[C format.Content](instance C) ([]byte, error) { return solveFile(Run{}, instance) }

// SolveFile is the function SolveFile, for a caller who may want to stop: the
// error is then ErrStopped.
func (r Run) SolveFile(instance []byte) ([]byte, error) { return solveFile(r, instance) }

func solveFile[C format.Content](r Run, instance C) ([]byte, error) {
	in, err := format.ReadInstance(instance)
	if err != nil {
		return nil, err
	}
	result, err := r.Solve(in)
	if err != nil {
		return nil, err
	}
	result.Instance = format.Hash(instance)
	return result.Bytes(), nil
}

func assignments(in *format.Instance, m *market, s *service) []format.Assignment {
	list := make([]format.Assignment, len(m.served))
	for n, i := range m.served {
		list[n] = format.Assignment{
			Student:   in.Students[i].ID,
			Order:     m.students[i].order,
			Post:      postID(in, s.post[i]),
			Rank:      s.rank[i],
			Secondary: postID(in, s.secondary[i]),
		}
	}
	return list
}

func postID(in *format.Instance, post int) string {
	if post == none {
		return ""
	}
	return in.Posts[post].ID
}

func posts(in *format.Instance, m *market, s *service) []format.PostResult {
	list := make([]format.PostResult, len(in.Posts))
	for n, p := range m.byID {
		list[n] = format.PostResult{Post: in.Posts[p].ID, Filled: s.filled[p], LastOrder: s.last[p]}
	}
	return list
}

// byID returns the indices of posts in the order of the bytes of their ids.
func byID(posts []format.Post) []int {
	order := make([]int, len(posts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return strings.Compare(posts[x].ID, posts[y].ID) })
	return order
}

// reasons returns a line for each wish, and false if stopped: with
// format.Ordered each wish passed over takes a search.
func reasons(in *format.Instance, m *market, s *placement, stop func() bool) ([]format.Reason, bool) {
	lines := 0
	for _, one := range in.Students {
		lines += max(1, len(one.Wishes))
	}
	list := make([]format.Reason, 0, lines)
	for _, i := range m.served {
		if stop != nil && stop() {
			return nil, false
		}
		one := &in.Students[i]
		if len(one.Wishes) == 0 {
			list = append(list, format.Reason{Student: one.ID, Outcome: format.Absent})
		}
		for k, w := range m.students[i].wishes {
			list = append(list, format.Reason{Student: one.ID, Wish: k + 1})
			r := &list[len(list)-1]
			switch {
			case s.rank[i] == k+1:
				r.Outcome = format.Obtained
			case m.students[i].pinned != none || 0 < s.rank[i] && s.rank[i] < k+1:
				r.Outcome = format.NotReached
			case m.closed[w.post] || m.seats[w.post] == 0:
				r.Outcome = format.Closed
			case w.barred:
				r.Outcome, r.Rule = format.Barred, one.Wishes[k].Barred
			default:
				s.missed(i, k, r)
			}
		}
	}
	return list, true
}

func statistics(s *service) format.Statistics {
	t := format.Statistics{Students: len(s.post)}
	for i, post := range s.post {
		if post != none {
			t.Placed++
		}
		rank := s.rank[i]
		if rank == 0 {
			continue
		}
		t.RankSum += rank
		t.WorstRank = max(t.WorstRank, rank)
		if rank == 1 {
			t.FirstWish++
		}
		if rank <= 3 {
			t.WithinThree++
		}
	}
	return t
}
