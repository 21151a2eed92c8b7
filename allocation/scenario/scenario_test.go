package scenario_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/scenario"
)

func instance(lists ...string) *format.Instance {
	in := &format.Instance{Method: format.Serial}
	for _, id := range []string{"A", "B", "C"} {
		in.Posts = append(in.Posts, format.Post{ID: id, Seats: 1})
	}
	for i, list := range lists {
		s := format.Student{ID: fmt.Sprint("E", i+1), Order: i + 1}
		for _, post := range strings.Fields(list) {
			s.Wishes = append(s.Wishes, format.Wish{Post: post})
		}
		in.Students = append(in.Students, s)
	}
	return in
}

func TestAComparisonTellsWhoGainsAndWhoLoses(t *testing.T) {
	t.Parallel()
	in := instance("A B", "B C", "A") // serial leaves E3 without a post
	c, err := scenario.Compare(assign.Run{}, in, []string{format.Serial, format.Ordered})
	if err != nil {
		t.Fatal(err)
	}
	serial, ordered := c.Outcomes[0], c.Outcomes[1]
	if !slices.Equal(serial.Profile, []int{2, 0}) || serial.Unplaced != 1 || serial.RankSum != 2 || serial.Better != nil || serial.Worse != nil {
		t.Errorf("serial: %+v", serial)
	}
	if !slices.Equal(ordered.Profile, []int{1, 2}) || ordered.Unplaced != 0 || ordered.RankSum != 5 ||
		!slices.Equal(ordered.Better, []string{"E3"}) || !slices.Equal(ordered.Worse, []string{"E1", "E2"}) {
		t.Errorf("ordered: %+v", ordered)
	}
	// Ranks 1, 1 and one beyond a list of one, against 2, 2, 1: both deviate by √(2/9).
	if serial.Spread != 47 || ordered.Spread != 47 {
		t.Errorf("spreads %d and %d", serial.Spread, ordered.Spread)
	}
	if got := scenario.Align(c.Table()); !strings.Contains(got, "\nserial        2           2             2           1         2    0.47        1           0          0") {
		t.Errorf("the table reads\n%s", got)
	}
}

func TestAMethodThatKnowsNoGroupsSaysThatItIgnoredThem(t *testing.T) {
	t.Parallel()
	in := instance("A B", "A C")
	in.Method = format.Equity
	in.Groups = []format.Group{{ID: "g", Posts: []string{"C"}, Min: 1, Max: 1}}
	in.Students[0].Weight, in.Students[1].Fallback = 2, []string{"B"}
	c, err := scenario.Compare(assign.Run{}, in, []string{format.Equity, format.Serial, format.TradedLottery})
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range [][]string{nil, {"groups", "weights", "fallbacks"}, {"groups", "weights"}} {
		if got := c.Outcomes[k].Ignored; !slices.Equal(got, want) {
			t.Errorf("%s ignores %v, expected %v", c.Outcomes[k].Method, got, want)
		}
	}
	if in.Students[0].Weight != 2 || in.Groups == nil {
		t.Error("the instance was changed")
	}
}

func TestAnErrorBearsTheNameOfItsMethod(t *testing.T) {
	t.Parallel()
	in := instance("A B")
	in.Method = format.Equity
	in.Groups = []format.Group{{ID: "g", Posts: []string{"C"}, Min: 1, Max: 1}}
	_, err := scenario.Compare(assign.Run{}, in, []string{format.Serial, format.Ordered})
	if err == nil || !strings.HasPrefix(err.Error(), "by ordered: ") {
		t.Errorf("got %v", err)
	}
}

func TestSerialTemptsNobodyAndOrderedSome(t *testing.T) {
	t.Parallel()
	in := instance("A B", "B C", "A")
	if tempted, err := scenario.Tempted(assign.Run{}, in, format.Serial); err != nil || tempted != nil {
		t.Errorf("by serial: %v %v", tempted, err)
	}
	tempted, err := scenario.Tempted(assign.Run{}, in, format.Ordered)
	if err != nil {
		t.Fatal(err)
	}
	// E1 gets B, and by asking for A alone gets A: two can be placed with A either way.
	if len(tempted) == 0 || tempted[0].Student != "E1" || tempted[0].Sincere != 2 || tempted[0].Rank != 1 {
		t.Errorf("by ordered: %+v", tempted)
	}
}

// Serial service is strategy-proof, so a lie that pays would be a mistake here or there.
func TestNoLieEverPaysUnderSerial(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var lists []string
		for range rapid.IntRange(1, 5).Draw(t, "students") {
			list := rapid.Permutation([]string{"A", "B", "C"}).Draw(t, "list")
			lists = append(lists, strings.Join(list[:rapid.IntRange(0, 3).Draw(t, "wishes")], " "))
		}
		if tempted, err := scenario.Tempted(assign.Run{}, instance(lists...), format.Serial); err != nil || tempted != nil {
			t.Fatalf("%v %v", tempted, err)
		}
	})
}

var small = scenario.Cohort{Students: 20, Posts: 12, Wishes: 5, Places: 110, Rounds: 4, Markets: 2, Seed: "test"}

func TestPlayingTwiceGivesTheSameFigures(t *testing.T) {
	t.Parallel()
	first, err := scenario.Play(assign.Run{}, small, scenario.Rules())
	if err != nil {
		t.Fatal(err)
	}
	again, err := scenario.Play(assign.Run{}, small, scenario.Rules())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(first, again) {
		t.Errorf("first %v\nagain %v", first, again)
	}
	other := small
	other.Seed = "another"
	if changed, err := scenario.Play(assign.Run{}, other, scenario.Rules()); err != nil || reflect.DeepEqual(first, changed) {
		t.Errorf("another seed changes nothing (%v)", err)
	}
	for _, p := range first {
		if p.Turns != 20*4*2 || p.Profile[len(p.Profile)-1] != p.Unplaced || len(p.SpreadAfter) != 4 {
			t.Errorf("%s: %+v", p.Rule, p)
		}
	}
}

// What a memory is for: who was served badly comes first the next time.
func TestAMemoryOfRanksBringsStudentsTogether(t *testing.T) {
	t.Parallel()
	cohort := small
	cohort.Students, cohort.Posts, cohort.Rounds, cohort.Markets = 60, 30, 8, 1
	played, err := scenario.Play(assign.Run{}, cohort, []scenario.Rule{{Method: format.Serial, Memory: scenario.NoMemory}, {Method: format.Serial, Memory: scenario.ByRank}})
	if err != nil {
		t.Fatal(err)
	}
	if without, with := played[0].Spread, played[1].Spread; with*2 > without {
		t.Errorf("the spread is %d without a memory and %d with one", without, with)
	}
}

func TestRulesThatCannotBePlayedAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "serial", "serial:", "serial:luck", "traded-lottery:rank", "fair:rank"} {
		if _, err := scenario.ParseRule(text); err == nil || !strings.Contains(err.Error(), "METHOD:MEMORY") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, rule := range scenario.Rules() {
		if again, err := scenario.ParseRule(rule.String()); err != nil || again != rule {
			t.Errorf("%v reads as %v (%v)", rule, again, err)
		}
	}
	cohorts := map[string]func(c *scenario.Cohort){
		"at least one":   func(c *scenario.Cohort) { c.Rounds = 0 },
		"too few":        func(c *scenario.Cohort) { c.Rounds = 9 },
		"at most 100,00": func(c *scenario.Cohort) { c.Students = 200_000 },
	}
	for want, change := range cohorts {
		c := small
		change(&c)
		if _, err := scenario.Play(assign.Run{}, c, scenario.Rules()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestAPlotIsWellFormedAndSaysItsValuesInWords(t *testing.T) {
	t.Parallel()
	p := scenario.Plot{Title: "A & <b>", Across: "rank", Up: "students", Steps: []string{"1", "2"}, Unit: 1,
		Series: []scenario.Series{{Name: "one \"more\"", Values: []int64{3, 17}}, {Name: "two", Values: []int64{0, 0}}}}
	svg := string(p.SVG())
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v\n%s", err, svg)
		}
	}
	for _, want := range []string{"A &amp; &lt;b&gt;", "students by rank. one &quot;more&quot;: 3, 17; two: 0, 0", ">20<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is missing:\n%s", want, svg)
		}
	}
}
