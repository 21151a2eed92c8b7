package assign_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// anyMarket draws a small market by numbers, and the same as an instance.
func anyMarket(t *rapid.T) (*format.Market, *format.Instance) {
	m, in := &format.Market{First: []int32{0}}, &format.Instance{}
	posts := []int32{}
	for p := range many(t, 5, 1) {
		posts = append(posts, int32(p))
		m.Seats = append(m.Seats, int32(rapid.SampledFrom([]int{1, 2, 0}).Draw(t, "seats")))
		in.Posts = append(in.Posts, format.Post{ID: fmt.Sprint(p), Seats: int(m.Seats[p])})
	}
	students := []int32{}
	for i := range many(t, 8, 0) {
		students = append(students, int32(i))
		s := format.Student{ID: fmt.Sprint(i)}
		for _, p := range rapid.Permutation(posts).Draw(t, "list")[:many(t, len(posts), 0)] {
			m.Wish = append(m.Wish, p)
			s.Wishes = append(s.Wishes, format.Wish{Post: fmt.Sprint(p)})
		}
		m.First = append(m.First, int32(len(m.Wish)))
		in.Students = append(in.Students, s)
	}
	m.Order = rapid.Permutation(students).Draw(t, "order")
	for n, i := range m.Order {
		in.Students[i].Order = n + 1
	}
	return m, in
}

func compareMarket(t *rapid.T, in *format.Instance, post, rank []int32) *format.Result {
	r, err := assign.Solve(in)
	if err != nil {
		t.Fatal(err)
	}
	x := in.Index()
	for _, a := range r.Assignments {
		want := int32(-1)
		if a.Post != "" {
			want = int32(x.Post[a.Post])
		}
		if i := x.Student[a.Student]; post[i] != want || rank[i] != int32(a.Rank) {
			t.Fatalf("student %d has post %d, rank %d, and %+v in the instance\n%s", i, post[i], rank[i], a, in.Bytes())
		}
	}
	return r
}

func TestALargeMarketIsServedAsAnInstance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, in := anyMarket(t)
		in.Method = format.Serial
		post, rank := assign.ServeMarket(m)
		compareMarket(t, in, post, rank)
	})
}

func TestALargeMarketHasTheOptimumOfAnInstance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, in := anyMarket(t)
		in.Method, in.Parameters = format.Equity, format.DefaultParameters()
		unplaced := int64(1000)
		in.Parameters.Unplaced = &unplaced
		got, err := assign.SolveMarket(m, assign.MarketOptions{})
		if err != nil {
			t.Fatal(err)
		}
		r := compareMarket(t, in, got.Post, got.Rank)
		if dual := r.Certificate.Dual; got.Objective != dual.Objective {
			t.Fatalf("the objective is %d, and %d of the instance", got.Objective, dual.Objective)
		}
		for n, line := range r.Certificate.Dual.Posts {
			if got.Prices[n] != line.Price {
				t.Fatalf("post %d has the price %d, and %+v in the instance", n, got.Prices[n], line)
			}
		}
	})
}
