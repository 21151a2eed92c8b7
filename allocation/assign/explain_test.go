package assign_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// The smallest change that Explain names is what trying every position, and
// every weight that could matter, finds.
func TestTheSmallestChangeIsWhatTryingAllFinds(t *testing.T) {
	t.Parallel()
	for _, method := range optimal {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := anyRound(t, method)
				r, err := assign.Solve(in)
				if err != nil || len(r.Assignments) == 0 {
					return
				}
				a := rapid.SampledFrom(r.Assignments).Draw(t, "student")
				for _, c := range assign.Explain(in, r, a.Student) {
					want := assign.Change{Wish: c.Wish, Outcome: c.Outcome}
					if c.Outcome == format.Full || c.Outcome == format.Completion {
						want.Position, want.Gives = positionTried(t, in, a, c.Wish)
						want.Weight = weightTried(t, in, a.Student, c.Wish)
					}
					if c != want {
						t.Fatalf("%s: got %+v, expected %+v\n%s", a.Student, c, want, in.Bytes())
					}
				}
			})
		})
	}
}

// positionTried moves a student to every position before theirs, the last first.
func positionTried(t *rapid.T, in *format.Instance, a format.Assignment, wish int) (position, gives int) {
	for p := a.Order; p > 0; p-- {
		moved := *in
		moved.Students = slices.Clone(in.Students)
		for i := range moved.Students {
			if o := moved.Students[i].Order; p <= o && o < a.Order {
				moved.Students[i].Order++
			}
		}
		moved.Students[in.Index().Student[a.Student]].Order = p
		if k := rankOf(t, &moved, a.Student); k > 0 && k <= wish {
			return p, k
		}
	}
	return 0, 0
}

// weightTried tries the weights: with costs below 20 and five students, a weight
// above 40 changes nothing any more.
func weightTried(t *rapid.T, in *format.Instance, student string, wish int) int {
	if in.Method != format.Equity {
		return 0
	}
	for w := range 40 {
		weighed := *in
		weighed.Students = slices.Clone(in.Students)
		weighed.Students[in.Index().Student[student]].Weight = w + 1
		if k := rankOf(t, &weighed, student); k > 0 && k <= wish {
			return w + 1
		}
	}
	return 0
}

func rankOf(t *rapid.T, in *format.Instance, student string) int {
	r, err := assign.Solve(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range r.Assignments {
		if a.Student == student {
			return a.Rank
		}
	}
	t.Fatalf("no student %s", student)
	return 0
}

// Without an order in the file, positions are places in the file.
func TestAChangeOfPositionNeedsNoOrderInTheFile(t *testing.T) {
	t.Parallel()
	in := &format.Instance{
		Method: format.Ordered,
		Posts:  []format.Post{{ID: "A", Seats: 1}, {ID: "B", Seats: 2}},
	}
	for _, id := range []string{"x", "y", "z"} {
		in.Students = append(in.Students, format.Student{ID: id, Wishes: []format.Wish{{Post: "A"}, {Post: "B"}}})
	}
	r, err := assign.Solve(in)
	if err != nil {
		t.Fatal(err)
	}
	want := assign.Change{Wish: 1, Outcome: format.Full, Position: 1, Gives: 1}
	if got := assign.Explain(in, r, "z")[0]; got != want {
		t.Errorf("got %+v, expected %+v", got, want)
	}
}

func TestEveryMethodCanBeStopped(t *testing.T) {
	t.Parallel()
	in := &format.Instance{Posts: []format.Post{{ID: "A", Seats: 3}}}
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		in.Students = append(in.Students, format.Student{ID: id, Wishes: []format.Wish{{Post: "A"}}})
	}
	in.Parameters = format.DefaultParameters()
	in.Parameters.Seed = "seed"
	stop := assign.Run{Stop: func() bool { return true }}
	for _, method := range []string{format.Ordered, format.Equity, format.Leximin, format.RankMaximal, format.TradedLottery} {
		in.Method = method
		r, err := assign.Solve(in)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stop.Solve(in); !errors.Is(err, assign.ErrStopped) {
			t.Errorf("%s: %v, expected to be stopped", method, err)
		}
		_, err = stop.Explain(in, r, "h")
		if stopped := errors.Is(err, assign.ErrStopped); stopped == (method == format.TradedLottery) {
			t.Errorf("%s is explained: %v", method, err)
		}
	}
}
