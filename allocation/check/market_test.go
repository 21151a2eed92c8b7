package check_test

import (
	"testing"

	"pgregory.net/rapid"
	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// Of all ways to place the students of a small market, the judge accepts one for
// each engine: the engine's.
func TestOfAllPlacementsInAMarketOneIsAccepted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := drawMarket(rt)
		best, err := assign.SolveMarket(m, assign.MarketOptions{})
		if err != nil {
			rt.Fatal(err)
		}
		prices := format.WritePrices(best.Prices, best.Objective)
		matched, matchedRank, _ := match.SolveMarket(m, nil)
		served, servedRank := assign.ServeMarket(m)
		engines := []struct{ name, want string }{
			{check.MatchEngine, string(format.WritePlacement(matched, matchedRank))},
			{check.SerialEngine, string(format.WritePlacement(served, servedRank))},
			{check.AssignEngine, string(format.WritePlacement(best.Post, best.Rank))},
		}
		post, rank := make([]int32, m.Students()), make([]int32, m.Students())
		var choose func(i int)
		choose = func(i int) {
			if i < len(post) {
				for r := int32(0); r <= m.First[i+1]-m.First[i]; r++ {
					post[i], rank[i] = -1, r
					if r > 0 {
						post[i] = m.Wish[m.First[i]+r-1]
					}
					choose(i + 1)
				}
				return
			}
			file := format.WritePlacement(post, rank)
			for _, e := range engines {
				report, err := check.VerifyMarket(m, e.name, file, prices)
				if err != nil {
					rt.Fatal(err)
				}
				if (report.Failed == nil) != (string(file) == e.want) {
					rt.Fatalf("of %s, the engine has\n%sand of\n%sthe judge says %v\n%s", e.name, e.want, file, report.Failed, m.Bytes())
				}
			}
		}
		choose(0)
	})
}

func drawMarket(rt *rapid.T) *format.Market {
	m := &format.Market{First: []int32{0}, RankFirst: []int32{0}}
	posts := rapid.IntRange(1, 3).Draw(rt, "posts")
	applicants := make([][]int, posts)
	students := rapid.IntRange(1, 4).Draw(rt, "students")
	for i := range students {
		list := rapid.Permutation(numbers(posts)).Draw(rt, "list")
		for _, p := range list[:rapid.SampledFrom([]int{0, 1, posts, posts}).Draw(rt, "length")] {
			m.Wish = append(m.Wish, int32(p))
			applicants[p] = append(applicants[p], i)
		}
		m.First = append(m.First, int32(len(m.Wish)))
	}
	for _, who := range applicants {
		m.Seats = append(m.Seats, int32(rapid.IntRange(0, 2).Draw(rt, "seats")))
		if len(who) > 0 {
			who = rapid.Permutation(who).Draw(rt, "ranking")
		}
		for _, i := range who {
			m.Ranking = append(m.Ranking, int32(i))
		}
		m.RankFirst = append(m.RankFirst, int32(len(m.Ranking)))
	}
	for _, i := range rapid.Permutation(numbers(students)).Draw(rt, "order") {
		m.Order = append(m.Order, int32(i))
	}
	if err := m.Check(); err != nil {
		rt.Fatal(err)
	}
	return m
}
