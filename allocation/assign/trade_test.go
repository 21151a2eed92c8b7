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

// threeForOne is a lottery for one good seat: everybody has a third of it, so
// that steps up and down a cycle differ.
func threeForOne(seed string) *format.Instance {
	in := &format.Instance{Method: format.TradedLottery, Parameters: format.DefaultParameters()}
	in.Parameters.Seed = seed
	in.Posts = []format.Post{{ID: "a", Seats: 1}, {ID: "b", Seats: 2}}
	for _, id := range []string{"1", "2", "3"} {
		in.Students = append(in.Students, format.Student{ID: id, Wishes: []format.Wish{{Post: "a"}, {Post: "b"}}})
	}
	return in
}

// Over many seeds, each post is drawn as often as the shares say.
func TestTheDrawKeepsToTheShares(t *testing.T) {
	t.Parallel()
	const seeds = 2000
	for _, tt := range []struct {
		instance                 func(string) *format.Instance
		placed, firstWish, share int // share: in percent, of each student's first wish
	}{{twoTastes, 4, 2, 50}, {threeForOne, 3, 1, 33}} {
		first := map[string]int{}
		for seed := range seeds {
			r, err := assign.Solve(tt.instance(fmt.Sprint(seed)))
			if err != nil {
				t.Fatal(err)
			}
			if r.Statistics.Placed != tt.placed || r.Statistics.FirstWish != tt.firstWish {
				t.Fatalf("seed %d: %+v", seed, r.Statistics)
			}
			for _, a := range r.Assignments {
				if a.Rank == 1 {
					first[a.Student]++
				}
			}
		}
		for id, n := range first {
			if n < seeds*(tt.share-4)/100 || n > seeds*(tt.share+4)/100 {
				t.Errorf("student %s has the first wish with %d of %d seeds, expected about %d %%", id, n, seeds, tt.share)
			}
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
			w := format.Wish{Post: post}
			if rapid.IntRange(0, 7).Draw(t, "barred") == 0 {
				w.Barred = "rule"
			}
			s.Wishes = append(s.Wishes, w)
		}
		s.Fallback = slices.Clone(list[wishes:rapid.IntRange(wishes, len(list)).Draw(t, "fallbacks")])
		if rapid.IntRange(0, 9).Draw(t, "pinned") == 0 {
			s.Pinned = rapid.SampledFrom(posts).Draw(t, "kept")
		}
		in.Students = append(in.Students, s)
		if in.Check() != nil {
			in.Students[i].Pinned = "" // no seat
		}
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
		n := -1 // the line of the certificate
		for place, i := range in.Sequence() {
			s := &in.Students[i]
			if s.Pinned != "" {
				seated[s.Pinned] += l.Draws
				continue
			}
			n++
			var before, after int64
			for k, post := range s.Accepted() {
				before += l.Before[n].Wishes[k]
				after += l.After[n].Wishes[k]
				seated[post] += l.After[n].Wishes[k]
				if after < before || after > l.Draws || l.After[n].Wishes[k] < 0 {
					t.Fatalf("student %s: %v, then %v\n%s", s.ID, l.Before[n], l.After[n], in.Bytes())
				}
			}
			if k := got[place]; k > 0 && l.After[n].Wishes[k-1] == 0 || k == 0 && after == l.Draws {
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
