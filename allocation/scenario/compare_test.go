package scenario_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/scenario"
)

// anyInstance draws a campaign with everything that a comparison must tell apart: who
// asks for nothing, who keeps a post, who accepts others after the wishes.
func anyInstance(t *rapid.T) *format.Instance {
	in := &format.Instance{Method: format.Equity}
	posts := []string{"A", "B", "C", "D"}
	for _, id := range posts {
		in.Posts = append(in.Posts, format.Post{ID: id, Seats: rapid.IntRange(1, 2).Draw(t, "seats")})
	}
	for i := range rapid.IntRange(1, 6).Draw(t, "students") {
		s := format.Student{ID: fmt.Sprint("E", i+1), Order: i + 1, Wishes: []format.Wish{}}
		list := rapid.Permutation(posts).Draw(t, "list")
		list = list[:rapid.IntRange(0, 4).Draw(t, "length")]
		wishes := rapid.IntRange(0, len(list)).Draw(t, "wishes")
		for _, post := range list[:wishes] {
			s.Wishes = append(s.Wishes, format.Wish{Post: post})
		}
		s.Fallback = list[wishes:]
		in.Students = append(in.Students, s)
	}
	if rapid.Bool().Draw(t, "pinned") {
		in.Students[0].Pinned = "A"
	}
	return in
}

// listed returns the rank of a post on all that a student would take, from 1; one beyond
// the end for none of them.
func listed(s format.Student, post string) int {
	rank := 1
	for _, w := range s.Wishes {
		if w.Post == post {
			return rank
		}
		rank++
	}
	for _, other := range s.Fallback {
		if other == post {
			return rank
		}
		rank++
	}
	return rank
}

// What a comparison counts is counted again here, from the assignments alone.
func TestAComparisonCountsWhatTheMethodsGave(t *testing.T) {
	t.Parallel()
	methods := []string{format.Equity, format.Leximin, format.RankMaximal, format.Ordered, format.Serial}
	rapid.Check(t, func(t *rapid.T) {
		in := anyInstance(t)
		c, err := scenario.Compare(assign.Run{}, in, methods)
		if err != nil {
			t.Fatal(err)
		}
		longest := 0
		for _, s := range in.Students {
			longest = max(longest, len(s.Wishes)+len(s.Fallback))
		}
		if c.Ranks != longest || len(c.Outcomes) != len(methods) {
			t.Fatalf("%d ranks and %d outcomes, expected %d and %d", c.Ranks, len(c.Outcomes), longest, len(methods))
		}
		first := ranksOf(in, c.Outcomes[0].Result)
		for k, o := range c.Outcomes {
			ranks := ranksOf(in, o.Result)
			if got := scenario.Positions(in, o.Result); !slices.Equal(got, ranks) {
				t.Fatalf("%s: positions %v, expected %v", o.Method, got, ranks)
			}
			want := scenario.Outcome{Method: methods[k], Ignored: o.Ignored, Result: o.Result, Profile: make([]int, longest)}
			var counted []float64
			for i, s := range in.Students {
				switch {
				case ranks[i] < first[i]:
					want.Better = append(want.Better, s.ID)
				case ranks[i] > first[i]:
					want.Worse = append(want.Worse, s.ID)
				}
				length := len(s.Wishes) + len(s.Fallback)
				if s.Pinned != "" || length == 0 {
					continue
				}
				counted = append(counted, float64(ranks[i]))
				if ranks[i] > length {
					want.Unplaced++
				} else {
					want.Profile[ranks[i]-1]++
					want.RankSum += ranks[i]
				}
			}
			want.Spread = deviation(counted)
			if got := fmt.Sprintf("%+v", o); got != fmt.Sprintf("%+v", want) {
				t.Fatalf("got  %s\nwant %+v", got, want)
			}
		}
	})
}

func ranksOf(in *format.Instance, r *format.Result) []int {
	ranks := make([]int, len(in.Students))
	for i, s := range in.Students {
		at := slices.IndexFunc(r.Assignments, func(a format.Assignment) bool { return a.Student == s.ID })
		if s.Pinned == "" {
			ranks[i] = listed(s, r.Assignments[at].Post)
		}
	}
	return ranks
}

// deviation is in hundredths, over the population. Few small whole numbers never have
// one that lies between two hundredths by less than a double can tell.
func deviation(ranks []float64) int64 {
	if len(ranks) == 0 {
		return 0
	}
	mean, squares := 0.0, 0.0
	for _, r := range ranks {
		mean += r / float64(len(ranks))
	}
	for _, r := range ranks {
		squares += (r - mean) * (r - mean) / float64(len(ranks))
	}
	return int64(math.Floor(100*math.Sqrt(squares) + 0.5))
}

func TestAComparisonIgnoresNothingThatAnInstanceDoesNotHave(t *testing.T) {
	t.Parallel()
	in := instance("A B", "B C")
	in.Students[0].Weight = 1 // as if it were not said
	c, err := scenario.Compare(assign.Run{}, in, format.Methods())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range c.Outcomes {
		if o.Ignored != nil {
			t.Errorf("%s ignores %v", o.Method, o.Ignored)
		}
	}
	in.Groups = []format.Group{{ID: "g", Posts: []string{"C"}, Max: 1}}
	in.Students[0].Weight, in.Students[1].Fallback = 2, []string{"A"}
	ignored := map[string]string{
		format.Serial: "groups weights fallbacks", format.ScoreV1: "groups weights fallbacks", format.ScoreV2: "groups weights fallbacks",
		format.TradedLottery: "groups weights",
	}
	in.Method = format.Equity
	if c, err = scenario.Compare(assign.Run{}, in, format.Methods()); err != nil {
		t.Fatal(err)
	}
	for _, o := range c.Outcomes {
		if got := strings.Join(o.Ignored, " "); got != ignored[o.Method] {
			t.Errorf("%s ignores %q, expected %q", o.Method, got, ignored[o.Method])
		}
	}
}

// A lottery draws by the seed of the instance; without one, by its hash.
func TestALotteryOfAComparisonIsDrawnByTheInstance(t *testing.T) {
	t.Parallel()
	in := instance("A B", "A C", "A B C")
	lottery := func(seed string) string {
		own := *in
		own.Parameters = format.DefaultParameters()
		own.Parameters.Seed = seed
		c, err := scenario.Compare(assign.Run{}, &own, []string{format.TradedLottery})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(c.Outcomes[0].Result.Assignments)
	}
	direct := func(seed string) string {
		own := *in
		own.Method, own.Parameters = format.TradedLottery, format.DefaultParameters()
		own.Parameters.Seed = seed
		r, err := assign.Solve(&own)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(r.Assignments)
	}
	for n := range 8 {
		if seed := fmt.Sprint("seed", n); lottery(seed) != direct(seed) {
			t.Errorf("by %s the comparison has %s, the method %s", seed, lottery(seed), direct(seed))
		}
	}
	unseeded := *in
	unseeded.Parameters = format.DefaultParameters()
	if got, want := lottery(""), direct(format.Hash(unseeded.Bytes())); got != want {
		t.Errorf("without a seed the comparison has %s, by the hash of the instance %s", got, want)
	}
}

// Whenever the work is stopped, no figure of what was done so far comes out.
func TestWhatIsStoppedSaysUnderWhichMethod(t *testing.T) {
	t.Parallel()
	in := instance("A B", "A C", "A B C")
	tiny := scenario.Cohort{Students: 3, Posts: 4, Wishes: 2, Places: 60, Rounds: 2, Markets: 1, Seed: "tiny"}
	for want, work := range map[string]func(run assign.Run) (any, error){
		"by equity: ": func(run assign.Run) (any, error) {
			return scenario.Compare(run, in, []string{format.Equity})
		},
		"by equity:none: ": func(run assign.Run) (any, error) {
			return scenario.Play(run, tiny, []scenario.Rule{{Method: format.Equity, Memory: scenario.NoMemory}})
		},
		"by serial:price: ": func(run assign.Run) (any, error) {
			return scenario.Play(run, tiny, []scenario.Rule{{Method: format.Serial, Memory: scenario.ByPrice}})
		},
		"": func(run assign.Run) (any, error) { return scenario.Tempted(run, in, format.Equity) },
	} {
		done, stopped := false, 0
		for ; !done; stopped++ {
			asked := 0 // by one goroutine: these instances are small
			_, err := work(assign.Run{Stop: func() bool { asked++; return asked == stopped+1 }})
			done = asked <= stopped
			if done != (err == nil) || !done && (!errors.Is(err, assign.ErrStopped) || !strings.HasPrefix(err.Error(), want)) {
				t.Fatalf("asked %d times and stopped at %d: %v, expected %q", asked, stopped+1, err, want)
			}
		}
		if stopped < 2 {
			t.Errorf("%q was never asked", want)
		}
	}
	_, err := scenario.Compare(assign.Run{}, in, []string{format.Serial, "fair"})
	if err == nil || !strings.HasPrefix(err.Error(), "by fair: $.method: ") {
		t.Errorf("a method that does not exist: %v", err)
	}
}

func TestTheTableOfAComparisonIsAligned(t *testing.T) {
	t.Parallel()
	in := instance("A B C D", "A B C D", "A B C D", "A B C")
	in.Method = format.Equity
	in.Posts = append(in.Posts, format.Post{ID: "D", Seats: 1})
	in.Students[3].Fallback = []string{"D"}
	c, err := scenario.Compare(assign.Run{}, in, []string{format.Equity, format.Serial})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"method  placed  first wish  within three  worst rank  rank sum  spread  without  better off  worse off  not looked at",
		"equity       4           1             3           4        10    1.12        0           0          0",
		"serial       3           1             3           3         6    1.48        1           0          1      fallbacks", "",
	}, "\n")
	if got := scenario.Align(c.Table()); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	nobody, err := scenario.Compare(assign.Run{}, instance(""), []string{format.Serial})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(nobody.Table()[1], " "); got != "serial 0 0 0 0 0 0.00 0 0 0 " {
		t.Errorf("nobody asks for anything: %q", got)
	}
	one := instance("A")
	one.Method, one.Students[0].Weight, one.Students[0].Fallback = format.Equity, 2, []string{}
	one.Groups = []format.Group{{ID: "g", Posts: []string{"A"}, Max: 1}}
	alone, err := scenario.Compare(assign.Run{}, one, []string{format.Serial})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(alone.Table()[1], " "); got != "serial 1 1 1 1 1 0.00 0 0 0 groups weights" {
		t.Errorf("one asks for one post: %q", got)
	}
}

// lie solves an instance with another list of one student.
func lie(t *rapid.T, in *format.Instance, i int, list []format.Wish) (post string) {
	lying := *in
	lying.Students = slices.Clone(in.Students)
	lying.Students[i].Wishes = list
	r, err := assign.Solve(&lying)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(r.Assignments, func(a format.Assignment) bool { return a.Student == in.Students[i].ID })
	return r.Assignments[at].Post
}

// Each temptation is played, and each simple lie that is not one.
func TestATemptationIsTheSimpleLieThatPaysMost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInstance(t)
		for i := range in.Students {
			in.Students[i].Fallback = nil
		}
		in.Method = rapid.SampledFrom([]string{format.Ordered, format.Equity, format.RankMaximal}).Draw(t, "method")
		tempted, err := scenario.Tempted(assign.Run{}, in, in.Method)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range in.Students {
			sincere, best := listed(s, lie(t, in, i, s.Wishes)), len(s.Wishes)+1
			for k := range s.Wishes {
				moved := append([]format.Wish{s.Wishes[k]}, slices.Delete(slices.Clone(s.Wishes), k, k+1)...)
				best = min(best, listed(s, lie(t, in, i, moved)), listed(s, lie(t, in, i, s.Wishes[:k+1])))
			}
			at := slices.IndexFunc(tempted, func(one scenario.Temptation) bool { return one.Student == s.ID })
			switch {
			case at < 0 && s.Pinned == "" && best < sincere:
				t.Fatalf("%s could have rank %d instead of %d, and is not tempted", s.ID, best, sincere)
			case at >= 0:
				one := tempted[at]
				if one.Sincere != sincere || one.Rank != best || best >= sincere || listed(s, lie(t, in, i, one.List)) != best {
					t.Fatalf("%+v: the true list gives %d, the best lie %d", one, sincere, best)
				}
			}
		}
	})
}
