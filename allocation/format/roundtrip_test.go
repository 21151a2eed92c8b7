package format_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
)

// A strange id: ids are compared by bytes, and sorted in files by UTF-16.
func anyID(t *rapid.T, n int) string {
	return rapid.SampledFrom([]string{"P", "é", "\U0001F600", "\uFB33", "a \"b\"", "\\"}).Draw(t, "id") + fmt.Sprint(n)
}

func ids(t *rapid.T, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = anyID(t, i)
	}
	return list
}

// some draws a list of different ones among ids, at least so many.
func some(t *rapid.T, ids []string, least int) []string {
	order := rapid.Permutation(ids).Draw(t, "some")
	return order[:rapid.IntRange(min(least, len(ids)), len(ids)).Draw(t, "how many")]
}

// same reads what was written and expects what it was.
func same[T interface{ Bytes() []byte }](t *rapid.T, file T, read func([]byte) (T, error)) {
	again, err := read(file.Bytes())
	if err != nil {
		t.Fatalf("refused: %v\n%s", err, file.Bytes())
	}
	if !reflect.DeepEqual(again, file) {
		t.Fatalf("%s\nwas  %+v\nread %+v", file.Bytes(), file, again)
	}
	if !format.IsCanonical(file.Bytes()) {
		t.Fatalf("not canonical: %s", file.Bytes())
	}
}

func TestInstancesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := &format.Instance{Method: rapid.SampledFrom(format.Methods()[3:7]).Draw(t, "method"), Posts: []format.Post{}, Students: []format.Student{}}
		posts := ids(t, rapid.IntRange(0, 6).Draw(t, "posts"))
		for _, id := range posts {
			in.Posts = append(in.Posts, format.Post{ID: id, Seats: rapid.IntRange(0, 3).Draw(t, "seats"), Closed: rapid.Bool().Draw(t, "closed")})
		}
		nest(t, in, posts, 3)
		for i := range rapid.IntRange(0, 5).Draw(t, "students") {
			s := format.Student{ID: anyID(t, i), Weight: rapid.IntRange(0, 3).Draw(t, "weight"), Wishes: []format.Wish{}}
			list := some(t, posts, 0)
			wishes := rapid.IntRange(0, len(list)).Draw(t, "wishes")
			for _, post := range list[:wishes] {
				s.Wishes = append(s.Wishes, format.Wish{Post: post, Barred: rapid.SampledFrom([]string{"", "rule"}).Draw(t, "barred")})
			}
			if wishes < len(list) {
				s.Fallback = slices.Clone(list[wishes:])
			}
			in.Students = append(in.Students, s)
		}
		if rapid.Bool().Draw(t, "parameters") {
			in.Parameters = format.DefaultParameters()
			in.Parameters.Draws = rapid.IntRange(1, 20_000).Draw(t, "draws")
			for i := range rapid.SampledFrom([]int{0, 6, 9}).Draw(t, "costs") {
				in.Parameters.Costs = append(in.Parameters.Costs, int64(i*i))
			}
			if rapid.Bool().Draw(t, "unplaced") {
				cost := rapid.Int64Range(0, format.MaxUnplacedCost).Draw(t, "cost")
				in.Parameters.Unplaced = &cost
			}
		}
		same(t, in, format.ReadInstance)
	})
}

// nest adds groups of some of the posts, and inside them.
func nest(t *rapid.T, in *format.Instance, posts []string, depth int) {
	for len(posts) > 1 && depth > 0 {
		inside := posts[:rapid.IntRange(1, len(posts)-1).Draw(t, "inside")]
		posts = posts[len(inside):]
		least := rapid.IntRange(0, 2).Draw(t, "min")
		in.Groups = append(in.Groups, format.Group{
			ID: anyID(t, len(in.Groups)), Posts: slices.Clone(inside), Min: least,
			Max: rapid.SampledFrom([]int{least, least + 2, format.NoCeiling}).Draw(t, "max"),
		})
		nest(t, in, inside, depth-1)
	}
}

func TestCertificatesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := &format.Result{Method: rapid.SampledFrom(format.Methods()[3:]).Draw(t, "method"), Engine: "e", Instance: "i"}
		r.Assignments = []format.Assignment{{Student: "E1", Order: 1}}
		r.Posts = []format.PostResult{{Post: "T1"}}
		r.Reasons = []format.Reason{{Student: "E1", Wish: 1, Outcome: format.Completion, Group: "g", Students: []string{"E2"}}}
		r.Certificate.Kind = format.Proof(r.Method)
		whole := rapid.Int64Range(0, format.MaxWhole)
		dual := func() format.Dual {
			d := format.Dual{Objective: whole.Draw(t, "objective")}
			posts, groups := ids(t, rapid.IntRange(1, 5).Draw(t, "posts")), ids(t, rapid.IntRange(1, 3).Draw(t, "groups"))
			slices.Sort(posts)
			slices.Sort(groups)
			for _, id := range posts {
				d.Posts = append(d.Posts, format.PostPrice{Post: id, Price: whole.Draw(t, "price")})
			}
			for _, id := range groups {
				d.Groups = append(d.Groups, format.GroupPrice{Group: id, Floor: whole.Draw(t, "floor"), Ceiling: whole.Draw(t, "ceiling")})
			}
			return d
		}
		switch r.Certificate.Kind {
		case format.DualPrices:
			d := dual()
			r.Certificate.Dual = &d
		case format.PerLevel:
			for rank := range rapid.IntRange(1, 3).Draw(t, "levels") {
				r.Certificate.Levels = append(r.Certificate.Levels, format.Level{Rank: rank, Count: rapid.IntRange(0, 9).Draw(t, "count"), Dual: dual()})
			}
		case format.Traded:
			one := []format.Shares{{Student: "E1", Wishes: []int64{1, 0}}}
			r.Certificate.Lottery = &format.Lottery{Draws: 24, Before: one, After: one}
		}
		same(t, r, format.ReadResult)
	})
}

func TestMatchInstancesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		posts, candidates := ids(t, rapid.IntRange(0, 4).Draw(t, "posts")), ids(t, rapid.IntRange(0, 5).Draw(t, "candidates"))
		in := &format.MatchInstance{
			Proposing: rapid.SampledFrom([]string{format.Candidates, format.Posts}).Draw(t, "proposing"),
			Unranked:  rapid.SampledFrom([]string{format.Refused, format.Last}).Draw(t, "unranked"),
			Ties:      &format.Ties{Rule: format.DrawnTies, Seed: "s"},
			Posts:     []format.MatchPost{}, Candidates: []format.MatchCandidate{},
		}
		for _, id := range posts {
			p := format.MatchPost{ID: id, Seats: 2, Closed: rapid.Bool().Draw(t, "closed"), Ranking: tied(t, some(t, candidates, 0))}
			if rapid.Bool().Draw(t, "reserved") {
				p.Reserved = []format.Reserve{{Group: "g", Seats: 2}, {Group: "h"}}
			}
			in.Posts = append(in.Posts, p)
		}
		for i, id := range candidates {
			in.Candidates = append(in.Candidates, format.MatchCandidate{ID: id, Wishes: tied(t, some(t, posts, 0)), Group: rapid.SampledFrom([]string{"", "g"}).Draw(t, "group")})
			if at := i / 2; at < len(posts) && !in.Posts[at].Closed && rapid.Bool().Draw(t, "fixed") {
				in.Fixed = append(in.Fixed, format.Pair{Candidate: id, Post: posts[at]})
			}
		}
		same(t, in, format.ReadMatch)
	})
}

// tied cuts a list into ties.
func tied(t *rapid.T, list []string) [][]string {
	ties := [][]string{}
	for len(list) > 0 {
		n := rapid.IntRange(1, len(list)).Draw(t, "tied")
		ties = append(ties, slices.Clone(list[:n]))
		list = list[n:]
	}
	return ties
}

// A market with random lists and rankings, of many pieces when it is large.
func anyMarket(next func(n int) int, students, posts, wishes int) *format.Market {
	m := &format.Market{Seed: uint64(next(1000)), First: []int32{0}, RankFirst: []int32{0}}
	applicants := make([][]int32, posts)
	for i := range students {
		for range wishes {
			if p := next(posts); !slices.Contains(m.Wish[m.First[i]:], int32(p)) {
				m.Wish = append(m.Wish, int32(p))
				applicants[p] = append(applicants[p], int32(i))
			}
		}
		m.First = append(m.First, int32(len(m.Wish)))
		m.Order = append(m.Order, int32(students-1-i))
	}
	for _, list := range applicants {
		for i := len(list) - 1; i > 0; i-- {
			j := next(i + 1)
			list[i], list[j] = list[j], list[i]
		}
		m.Seats = append(m.Seats, int32(next(4)))
		m.Ranking = append(m.Ranking, list...)
		m.RankFirst = append(m.RankFirst, int32(len(m.Ranking)))
	}
	return m
}

// held reads what was written, and looks each rank up.
func held(t interface{ Fatalf(string, ...any) }, m *format.Market) {
	again, err := format.ReadMarket(m.Bytes())
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	for i := range m.Students() {
		for e := m.First[i]; e < m.First[i+1]; e++ {
			p := m.Wish[e]
			if k := again.Rank[e]; m.Ranking[m.RankFirst[p]+k-1] != int32(i) {
				t.Fatalf("student %d has rank %d at post %d", i, k, p)
			}
		}
	}
	again.Rank = nil
	if !slices.Equal(again.Wish, m.Wish) || !slices.Equal(again.First, m.First) || !slices.Equal(again.Seats, m.Seats) || again.Seed != m.Seed ||
		!slices.Equal(again.Ranking, m.Ranking) || !slices.Equal(again.RankFirst, m.RankFirst) || !slices.Equal(again.Order, m.Order) {
		t.Fatalf("read as another market")
	}
}

func TestMarketsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		next := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "n") }
		held(t, anyMarket(next, next(6), 1+next(5), next(4)))
	})
}

// The text of this one is read in a dozen pieces by several hands.
func TestALargeMarketIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	state := uint64(1)
	next := func(n int) int {
		state = state*6364136223846793005 + 1442695040888963407
		return int(state>>33) % n
	}
	m := anyMarket(next, 30_000, 9_000, 8)
	held(t, m)
	last := m.RankFirst[8_999]
	m.Ranking[last], m.Ranking[last-1] = m.Ranking[last-1], m.Ranking[last]
	want := fmt.Sprintf("line %d, field %d: found %d, expected a student who listed post 8998", 30_000+1+8_999, 3+last-m.RankFirst[8_998], m.Ranking[last-1])
	if _, err := format.ReadMarket(m.Bytes()); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	m.Seats[8_999] = -1
	want = fmt.Sprintf(`line %d, field 2: found "-1", expected a whole number from 0 to 1000000`, 30_000+1+9_000)
	if _, err := format.ReadMarket(m.Bytes()); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
