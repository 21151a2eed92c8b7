package assign_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// twoTastes is the example by which Bogomolnaia and Moulin ("A new solution to
// the random assignment problem", 2001) show that the lottery over orders wastes:
// a and b each want what the others of their kind want.
func twoTastes(seed string) *format.Instance {
	in := &format.Instance{Method: format.TradedLottery, Parameters: format.DefaultParameters()}
	in.Parameters.Seed = seed
	for _, id := range []string{"a", "b", "c", "d"} {
		in.Posts = append(in.Posts, format.Post{ID: id, Seats: 1})
	}
	for i, list := range []string{"abcd", "abcd", "badc", "badc"} {
		s := format.Student{ID: fmt.Sprint(i + 1)}
		for _, post := range list {
			s.Wishes = append(s.Wishes, format.Wish{Post: string(post)})
		}
		in.Students = append(in.Students, s)
	}
	return in
}

func TestTradesRemoveTheWasteOfTheLottery(t *testing.T) {
	t.Parallel()
	r, err := assign.Solve(twoTastes("seed"))
	if err != nil {
		t.Fatal(err)
	}
	l := r.Certificate.Lottery
	if l.Draws != 24 {
		t.Fatalf("%d orders of four students, expected 24", l.Draws)
	}
	for n := range l.Before {
		if got, want := l.Before[n].Wishes, []int64{10, 2, 10, 2}; !slices.Equal(got, want) {
			t.Errorf("student %s has the chances %v before, expected %v", l.Before[n].Student, got, want)
		}
		if got, want := l.After[n].Wishes, []int64{12, 0, 12, 0}; !slices.Equal(got, want) {
			t.Errorf("student %s has the chances %v after, expected %v", l.After[n].Student, got, want)
		}
	}
}

// Over many seeds, each post is drawn as often as the shares say.
func TestTheDrawKeepsToTheShares(t *testing.T) {
	t.Parallel()
	const seeds = 2000
	first := map[string]int{}
	for seed := range seeds {
		r, err := assign.Solve(twoTastes(fmt.Sprint(seed)))
		if err != nil {
			t.Fatal(err)
		}
		if r.Statistics.Placed != 4 || r.Statistics.FirstWish != 2 || r.Statistics.RankSum != 8 {
			t.Fatalf("seed %d: %+v", seed, r.Statistics)
		}
		for _, a := range r.Assignments {
			if a.Rank == 1 {
				first[a.Student]++
			}
		}
	}
	for id, n := range first {
		if n < seeds*45/100 || n > seeds*55/100 {
			t.Errorf("student %s has the first wish with %d of %d seeds, expected about half", id, n, seeds)
		}
	}
}

// anyLottery draws a small lottery, of enough students at times that orders are
// drawn, not all tried.
func anyLottery(t *rapid.T) *format.Instance {
	in := &format.Instance{Method: format.TradedLottery, Parameters: format.DefaultParameters()}
	in.Parameters.Seed = rapid.StringMatching("[a-z]{1,8}").Draw(t, "seed")
	in.Parameters.Draws = rapid.SampledFrom([]int{1, 7, 60}).Draw(t, "draws")
	var posts []string
	for p := range many(t, 5, 1) {
		posts = append(posts, fmt.Sprint("T", p))
		in.Posts = append(in.Posts, format.Post{ID: posts[p], Seats: rapid.SampledFrom([]int{1, 2, 1, 0}).Draw(t, "seats")})
	}
	for i := range many(t, 9, 0) {
		s := format.Student{ID: fmt.Sprint("E", i)}
		list := rapid.Permutation(posts).Draw(t, "list")
		wishes := many(t, len(list), 0)
		for _, post := range list[:wishes] {
			s.Wishes = append(s.Wishes, format.Wish{Post: post})
		}
		s.Fallback = slices.Clone(list[wishes:rapid.IntRange(wishes, len(list)).Draw(t, "fallbacks")])
		in.Students = append(in.Students, s)
	}
	if err := in.Check(); err != nil {
		t.Fatal(err)
	}
	return in
}

// The certificate of a lottery is what the page says: nobody's chance of any
// k first wishes falls, seats hold, and whoever is placed had that chance.
func TestNobodyLosesByTheTrades(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyLottery(t)
		r, err := assign.Solve(in)
		if err != nil {
			t.Fatal(err)
		}
		l := r.Certificate.Lottery
		seated, got := map[string]int64{}, planOf(in, r)
		for n, i := range in.Sequence() {
			s := &in.Students[i]
			var before, after int64
			for k, post := range s.Accepted() {
				before += l.Before[n].Wishes[k]
				after += l.After[n].Wishes[k]
				seated[post] += l.After[n].Wishes[k]
				if after < before || after > l.Draws || l.After[n].Wishes[k] < 0 {
					t.Fatalf("student %s: %v, then %v\n%s", s.ID, l.Before[n], l.After[n], in.Bytes())
				}
			}
			if k := got[n]; k > 0 && l.After[n].Wishes[k-1] == 0 || k == 0 && after == l.Draws {
				t.Fatalf("student %s draws position %d of %v, of %d\n%s", s.ID, k, l.After[n], l.Draws, in.Bytes())
			}
		}
		for _, p := range in.Posts {
			if seated[p.ID] > int64(p.Seats)*l.Draws {
				t.Fatalf("post %s has %d seats and %d shares of %d", p.ID, p.Seats, seated[p.ID], l.Draws)
			}
		}
	})
}

// The numbering of posts and students changes no number of a lottery, as long
// as the order stays.
func TestTheNumberingChangesNoLottery(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyLottery(t)
		for i := range in.Students {
			in.Students[i].Order = i + 1
		}
		want, err := assign.Solve(in)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(in.Posts)
		in.Students = rapid.Permutation(in.Students).Draw(t, "students")
		got, err := assign.Solve(in)
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Bytes()) != string(want.Bytes()) {
			t.Fatalf("\n%s\nnumbered otherwise\n%s", want.Bytes(), got.Bytes())
		}
	})
}
