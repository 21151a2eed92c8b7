package allocation_test

import (
	"fmt"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// market makes a campaign whose popular posts are really wished for: the lower
// the number of a post, the more often it is named. seed decides everything.
func market(seed uint64, method string, students, posts, wishes int) *format.Instance {
	next := func(n int) int { // a linear congruential generator, for tests alone
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed>>33) % n
	}
	in := &format.Instance{Method: method}
	if method == format.TradedLottery {
		in.Parameters = format.DefaultParameters()
		in.Parameters.Seed = "seed"
	}
	for p := range posts {
		in.Posts = append(in.Posts, format.Post{ID: fmt.Sprintf("T%d", p+1), Seats: 1 + next(2*students/posts)})
	}
	for s := range students {
		one := format.Student{ID: fmt.Sprintf("E%d", s+1), Score: format.Hundredths(int64(next(2000)))}
		named := map[int]bool{}
		for len(one.Wishes) < min(wishes, posts) {
			p := min(next(posts), next(posts))
			if !named[p] {
				named[p] = true
				one.Wishes = append(one.Wishes, format.Wish{Post: in.Posts[p].ID})
			}
		}
		in.Students = append(in.Students, one)
	}
	return in
}

// The campaign of one faculty: from the bytes of the instance to the bytes of
// the result, certificate included.
func BenchmarkSolve240(b *testing.B) {
	for _, method := range format.Methods() {
		instance := market(1, method, 240, 110, 12).Bytes()
		b.Run(method, func(b *testing.B) {
			for b.Loop() {
				if _, err := assign.SolveFile(instance); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify240(b *testing.B) {
	for _, method := range format.Methods() {
		instance := market(1, method, 240, 110, 12).Bytes()
		result, err := assign.SolveFile(instance)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(method, func(b *testing.B) {
			for b.Loop() {
				report, err := check.Verify(instance, result)
				if err != nil || report.Failed != nil {
					b.Fatal(err, report.Failed)
				}
			}
		})
	}
}

// What a student's page asks for: 10,000 draws of a small campaign, 200 of a
// large one.
func BenchmarkSimulate(b *testing.B) {
	for _, size := range []struct{ draws, students, posts int }{{10_000, 24, 14}, {200, 2000, 900}} {
		in := market(1, format.Serial, size.students, size.posts, 12)
		var candidates []assign.Candidate
		for i, s := range in.Students {
			tied := format.Amount(i%7) * format.One
			candidates = append(candidates, assign.Candidate{ID: s.ID, Score: &tied})
		}
		last := in.Students[6].ID
		b.Run(fmt.Sprintf("%d×%d", size.draws, size.students), func(b *testing.B) {
			for b.Loop() {
				assign.Simulate(in, candidates, last, draws(size.draws))
			}
		})
	}
}
