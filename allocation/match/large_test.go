package match_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// A shape says how to draw a large market.
type shape struct {
	name            string
	students, posts int
	list, seats     int  // at most
	alike           bool // all lists and rankings in the order of the numbers, the last called first
}

// draw draws a market. Posts rank by the first number drawn for each student.
func (s shape) draw(seed uint64) *format.Market {
	r := rand.New(rand.NewPCG(seed, 0))
	m := &format.Market{Seed: seed, First: []int32{0}, RankFirst: []int32{0}}
	for range s.posts {
		m.Seats = append(m.Seats, int32(r.IntN(s.seats+1)))
	}
	rankings := make([][]int32, s.posts)
	for i := range s.students {
		list := r.Perm(s.posts)[:r.IntN(min(s.list, s.posts)+1)]
		if s.alike {
			slices.Sort(list)
		}
		for _, p := range list {
			m.Wish = append(m.Wish, int32(p))
			at := r.IntN(len(rankings[p]) + 1)
			if s.alike {
				at = 0
			}
			rankings[p] = slices.Insert(rankings[p], at, int32(i))
		}
		m.First = append(m.First, int32(len(m.Wish)))
		m.Order = append(m.Order, int32(i))
	}
	for _, ranking := range rankings {
		m.Ranking = append(m.Ranking, ranking...)
		m.RankFirst = append(m.RankFirst, int32(len(m.Ranking)))
	}
	return m
}

// instance is the same market as a match/1 instance.
func instance(m *format.Market) *format.MatchInstance {
	in := &format.MatchInstance{Proposing: format.Candidates, Unranked: format.Refused}
	list := func(numbers []int32) (list [][]string) {
		for _, n := range numbers {
			list = append(list, []string{strconv.Itoa(int(n))})
		}
		return list
	}
	for p, seats := range m.Seats {
		in.Posts = append(in.Posts, format.MatchPost{ID: strconv.Itoa(p), Seats: int(seats), Ranking: list(m.Ranking[m.RankFirst[p]:m.RankFirst[p+1]])})
	}
	for i := range m.Students() {
		in.Candidates = append(in.Candidates, format.MatchCandidate{ID: strconv.Itoa(i), Wishes: list(m.Wish[m.First[i]:m.First[i+1]])})
	}
	return in
}

// agree compares what SolveMarket gives with what Solve gives.
func agree(t interface{ Fatalf(string, ...any) }, m *format.Market) {
	if err := m.Check(); err != nil {
		t.Fatalf("the market is not valid: %v", err)
	}
	post, rank, ok := match.SolveMarket(m, func() bool { return false })
	if !ok {
		t.Fatalf("it stopped, unasked")
	}
	want := map[string]format.Match{}
	for _, one := range match.Solve(instance(m)).Matches {
		want[one.Candidate] = one
	}
	for i := range post {
		got := format.Match{}
		if post[i] >= 0 {
			got = format.Match{Post: strconv.Itoa(int(post[i])), Wish: int(rank[i])}
		}
		if w := want[strconv.Itoa(i)]; got.Post != w.Post || got.Wish != w.Wish {
			t.Fatalf("student %d has %+v, expected %+v", i, got, w)
		}
	}
}

func TestLargeMarketsAreMatchedAsSmallOnes(t *testing.T) {
	t.Parallel()
	tests := []shape{
		{name: "as life", students: 6000, posts: 1500, list: 15, seats: 8},
		{name: "few seats", students: 6000, posts: 1500, list: 15, seats: 2},
		{name: "large posts", students: 9000, posts: 60, list: 12, seats: 200},
		{name: "everybody wants one thing", students: 6000, posts: 40, list: 20, seats: 100, alike: true},
		{name: "fewer posts than segments", students: 6000, posts: 3, list: 3, seats: 1500},
		{name: "long lists", students: 5000, posts: 200, list: 60, seats: 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			agree(t, tt.draw(1))
		})
	}
}

func TestSmallMarketsByNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		s := shape{students: d.IntN(8), posts: d.IntN(6), list: 1 + d.IntN(5), seats: d.IntN(4), alike: d.oneIn(4)}
		agree(t, s.draw(d.Uint64()))
	})
}

func TestALargeMarketCanBeStopped(t *testing.T) {
	t.Parallel()
	for _, s := range []shape{
		{name: "in a round", students: 6000, posts: 1500, list: 15, seats: 8},
		{name: "in turn", students: 4000, posts: 60, list: 20, seats: 10, alike: true},
	} {
		m := s.draw(1)
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		if _, _, ok := match.SolveMarket(m, func() bool { return true }); ok {
			t.Errorf("%s: it went on", s.name)
		}
	}
}

// Bench sizes and peers stand in bench/; this tells whether a change helps.
func BenchmarkLargeMarket(b *testing.B) {
	for _, n := range []int{2000, 20_000, 200_000} {
		m := shape{students: n, posts: n / 4, list: 15, seats: 8}.draw(1)
		if err := m.Check(); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				match.SolveMarket(m, nil)
			}
		})
	}
}

func BenchmarkSolve(b *testing.B) {
	for _, n := range []int{240, 20_000} {
		in := instance(shape{students: n, posts: n / 4, list: 20, seats: 6}.draw(1))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				match.Solve(in)
			}
		})
	}
}
