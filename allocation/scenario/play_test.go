package scenario_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/scenario"
)

// The figures of the documentation are worth what they are if anybody gets them again.
func TestACohortGivesTheSameFiguresOnEveryMachine(t *testing.T) {
	t.Parallel()
	played, err := scenario.Play(assign.Run{}, small, scenario.Rules())
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
rule               first wish  within three  without  mean rank  spread between students  worst tenth  worst student
score-v2:score        44.38 %       83.75 %   5.00 %       2.12                     0.73         3.37           3.62
serial:rank           40.63 %       84.38 %   5.63 %       2.15                     0.42         3.00           3.12
serial:price          43.13 %       86.25 %   4.38 %       2.10                     0.77         3.50           3.87
ordered:score         45.63 %       81.88 %   0.00 %       2.14                     0.66         3.19           3.25
ordered:rank          37.50 %       83.75 %   0.00 %       2.14                     0.41         2.87           2.87
equity:none           38.75 %       91.88 %   0.00 %       2.01                     0.50         2.87           2.87
equity:rank           39.38 %       90.63 %   0.00 %       2.01                     0.41         2.56           2.62
leximin:rank          36.88 %       91.88 %   0.00 %       2.05                     0.53         2.88           3.00
rank-maximal:rank     54.38 %       84.38 %   6.88 %       2.01                     1.03         4.25           5.12
`, "\n")
	if got := scenario.Align(scenario.Table(played)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	spread, profile := fmt.Sprint(played[0].SpreadAfter), fmt.Sprint(played[0].Profile)
	if spread != "[124 95 74 73]" || profile != "[71 45 18 14 4 8]" {
		t.Errorf("by %s the spread goes %s and the profile is %s", played[0].Rule, spread, profile)
	}
}

// Where posts are short, a place costs what the lists say that it is worth.
func TestACohortInShortageGivesTheSameFiguresOnEveryMachine(t *testing.T) {
	t.Parallel()
	short := scenario.Cohort{Students: 14, Posts: 7, Wishes: 3, Places: 60, Rounds: 4, Markets: 5, Seed: "short"}
	played, err := scenario.Play(assign.Run{}, short, []scenario.Rule{{Method: format.Serial, Memory: scenario.ByPrice}, {Method: format.Equity, Memory: scenario.ByPrice}})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
rule          first wish  within three  without  mean rank  spread between students  worst tenth  worst student
serial:price     28.21 %       54.64 %  45.36 %       2.75                     0.43         3.50           3.50
equity:price     30.71 %       54.64 %  45.36 %       2.68                     0.56         3.65           3.65
`, "\n")
	if got := scenario.Align(scenario.Table(played)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestWhatWasPlayedAddsUp(t *testing.T) {
	t.Parallel()
	cohort := small
	cohort.Markets = 1
	played, err := scenario.Play(assign.Run{}, cohort, scenario.Rules())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range played {
		turns, sum := 0, 0
		for k, n := range p.Profile {
			turns, sum = turns+n, sum+n*(k+1)
		}
		// Half a hundredth more, then down.
		mean := new(big.Rat).Add(big.NewRat(int64(100*sum), int64(turns)), big.NewRat(1, 2))
		rounded := new(big.Int).Quo(mean.Num(), mean.Denom()).Int64()
		if len(p.Profile) != 6 || turns != p.Turns || turns != 20*4 || p.MeanRank != rounded {
			t.Errorf("%s: %d turns and a mean rank of %d, expected %d and %d", p.Rule, p.Turns, p.MeanRank, turns, rounded)
		}
		if p.First != p.Profile[0] || p.WithinThree != p.Profile[0]+p.Profile[1]+p.Profile[2] || p.Unplaced != p.Profile[5] {
			t.Errorf("%s: %+v", p.Rule, p)
		}
		if p.Worst < p.WorstTenth || p.WorstTenth < p.MeanRank || p.Spread != p.SpreadAfter[3] {
			t.Errorf("%s: the worst has %d, the worst tenth %d, all %d", p.Rule, p.Worst, p.WorstTenth, p.MeanRank)
		}
	}
}

// A cohort of one has nobody to be far from, and is its own worst tenth.
func TestACohortOfOneAlwaysHasItsFirstWish(t *testing.T) {
	t.Parallel()
	cohort := scenario.Cohort{Students: 1, Posts: 3, Wishes: 1, Places: 900, Rounds: 3, Markets: 2, Seed: "one"}
	for _, memory := range scenario.Memories() {
		played, err := scenario.Play(assign.Run{}, cohort, []scenario.Rule{{Method: format.Serial, Memory: memory}})
		if err != nil {
			t.Fatal(err)
		}
		want := scenario.Played{Rule: played[0].Rule, Turns: 6, MeanRank: 100, SpreadAfter: []int64{0, 0, 0}, WorstTenth: 100, Worst: 100, Profile: []int{6, 0}}
		want.First, want.WithinThree = 6, 6
		// Nine seats may miss one of three posts: a wish there gives nothing.
		if played[0].Unplaced == 0 && fmt.Sprintf("%+v", played[0]) != fmt.Sprintf("%+v", want) {
			t.Errorf("got  %+v\nwant %+v", played[0], want)
		}
	}
}

func TestACohortHasItsLimits(t *testing.T) {
	t.Parallel()
	few := "a cohort needs at least one student, post, wish, seat, round and market"
	many := "a cohort has at most 100,000 students and 10,000 posts"
	tests := []struct {
		change func(c *scenario.Cohort)
		want   string
	}{
		{func(c *scenario.Cohort) {}, ""},
		{func(c *scenario.Cohort) { c.Students = 0 }, few},
		{func(c *scenario.Cohort) { c.Posts = 0 }, few},
		{func(c *scenario.Cohort) { c.Wishes = 0 }, few},
		{func(c *scenario.Cohort) { c.Places = 0 }, few},
		{func(c *scenario.Cohort) { c.Rounds = 0 }, few},
		{func(c *scenario.Cohort) { c.Markets = -1 }, few},
		{func(c *scenario.Cohort) { c.Students, c.Markets = 1, 1 }, ""},
		{func(c *scenario.Cohort) { c.Rounds = 8 }, ""}, // the last round has five posts left for five wishes
		{func(c *scenario.Cohort) { c.Rounds = 9 }, "12 posts are too few for 5 wishes in each of 9 rounds: nobody asks for a post twice"},
		{func(c *scenario.Cohort) { c.Students = 100_000 }, ""},
		{func(c *scenario.Cohort) { c.Students = 100_001 }, many},
		{func(c *scenario.Cohort) { c.Posts = 10_000 }, ""},
		{func(c *scenario.Cohort) { c.Posts = 10_001 }, many},
	}
	for _, tt := range tests {
		c := small
		tt.change(&c)
		got := ""
		if _, err := scenario.Play(assign.Run{}, c, nil); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v: %q, expected %q", c, got, tt.want)
		}
	}
	if c := scenario.DefaultCohort(); c != (scenario.Cohort{Students: 240, Posts: 110, Wishes: 12, Places: 110, Rounds: 12, Markets: 8, Seed: "stagora"}) {
		t.Errorf("the cohort of the documentation is %+v", c)
	}
	_, err := scenario.ParseRule("serial:luck")
	want := `"serial:luck" is no rule: a rule is METHOD:MEMORY, with one of the methods ` +
		`serial, score-v1, score-v2, ordered, equity, leximin, rank-maximal and one of the memories none, score, rank, price`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestThePicturesShowTheFigures(t *testing.T) {
	t.Parallel()
	c, err := scenario.Compare(assign.Run{}, instance("A B", "B C", "A"), []string{format.Serial, format.Ordered})
	if err != nil {
		t.Fatal(err)
	}
	rule := scenario.Rule{Method: format.Serial, Memory: scenario.ByRank}
	played := []scenario.Played{{Rule: rule, Turns: 7, Profile: []int{3, 2, 2}, SpreadAfter: []int64{150, 75, 20}}}
	for _, tt := range []struct {
		plot scenario.Plot
		want string
	}{
		{c.Profile(), "{Who has this rank or a better one rank students [1 2] 1 [{serial [2 2]} {ordered [1 3]}]}"},
		{scenario.Profile(played), "{Turns that gave this rank or a better one rank of a hundred turns [1 2] 100 [{serial:rank [4286 7143]}]}"},
		{scenario.Spread(played), "{Spread between the students' own mean ranks round ranks [1 2 3] 100 [{serial:rank [150 75 20]}]}"},
	} {
		if got := fmt.Sprint(tt.plot); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
	if got := slices.Concat(scenario.Table(played)...); strings.Join(got, ", ") != "rule, first wish, within three, without, mean rank, spread between students, worst tenth, worst student, "+
		"serial:rank, 0.00 %, 0.00 %, 0.00 %, 0.00, 0.00, 0.00, 0.00" {
		t.Errorf("the table is %q", got)
	}
}
