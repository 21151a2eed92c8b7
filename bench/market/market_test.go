package market_test

import (
	"slices"
	"testing"

	"stagora.org/stagora/bench/market"
)

func TestAMarketIsTheSameEachTimeAndComplete(t *testing.T) {
	t.Parallel()
	shape := market.Shape{Students: 500, Places: 1.1, Seed: 7}
	m, again := market.Generate(shape), market.Generate(shape)
	if !slices.Equal(m.Wish, again.Wish) || !slices.Equal(m.Ranking, again.Ranking) || !slices.Equal(m.Order, again.Order) {
		t.Fatal("the same shape gave two markets")
	}
	if m.Students() != 500 || m.Posts() != 122 || len(m.Ranking) != len(m.Wish) {
		t.Fatalf("%d students, %d posts, %d wishes, %d ranked", m.Students(), m.Posts(), len(m.Wish), len(m.Ranking))
	}
	for p := range m.Seats {
		for _, i := range m.Ranking[m.RankFirst[p]:m.RankFirst[p+1]] {
			if !slices.Contains(m.Wish[m.First[i]:m.First[i+1]], int32(p)) {
				t.Fatalf("post %d ranks student %d, who did not ask for it", p, i)
			}
		}
	}
	for i := range 500 {
		list := slices.Sorted(slices.Values(m.Wish[m.First[i]:m.First[i+1]]))
		if len(list) < 10 || len(list) > 20 || len(slices.Compact(list)) < len(list) {
			t.Fatalf("student %d lists %v", i, list)
		}
	}
	if !slices.Equal(slices.Sorted(slices.Values(m.Order)), slices.Sorted(slices.Values(again.Order))) || slices.Max(m.Order) != 499 {
		t.Fatal("the call order is no permutation")
	}
}
