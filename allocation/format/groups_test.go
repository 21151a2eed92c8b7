package format_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
)

// Everything that a method beyond serial placement may say.
const fair = `{"format":"assign/1","method":"equity","parameters":{"costs":[0,1,4],"unplaced":100,"seed":"s","draws":50},
 "posts":[{"id":"T1","seats":2},{"id":"T2","seats":1},{"id":"T3","seats":1},{"id":"S1","seats":1,"secondary":true}],
 "groups":[{"id":"all","posts":["T1","T2","T3"],"max":3},{"id":"some","posts":["T1","T2"],"min":1,"max":2},{"id":"rest","posts":["T3"]}],
 "students":[{"id":"E1","weight":3,"pinned":"T1","wishes":[{"post":"T1"}]},{"id":"E2","wishes":[{"post":"T1"},{"post":"T2"}],"fallback":["T3"]}]}`

func readInstance(data []byte) error { _, err := format.ReadInstance(data); return err }

func TestEachMistakeInGroupsAndCostsIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	refused(t, fair, readInstance, []refusal{
		{"a group id twice", `"some"`, `"all"`, `$.groups[1].id: found "all", expected an id that groups[0] does not have`},
		{"a group without id", `"id":"some",`, ``, `$.groups[1].id: found nothing, expected a text of 1 to 256 bytes without control characters`},
		{"a group without posts", `"posts":["T3"]`, `"posts":[]`, `$.groups[2].posts: found an empty list, expected at least one post`},
		{"a group of a post", `"posts":["T3"]`, `"posts":"T3"`, `$.groups[2].posts: found "T3", expected a list`},
		{"a group of an unknown post", `"posts":["T3"]`, `"posts":["T9"]`, `$.groups[2].posts[0]: found "T9", expected the id of a post of this file that is not secondary`},
		{"a group of a secondary post", `"posts":["T3"]`, `"posts":["S1"]`, `$.groups[2].posts[0]: found "S1", expected the id of a post of this file that is not secondary`},
		{"a post twice in a group", `"posts":["T3"]`, `"posts":["T3","T3"]`, `$.groups[2].posts[1]: found "T3", expected a post that posts[0] does not name`},
		{"a floor above the ceiling", `"min":1,"max":2`, `"min":3,"max":2`, `$.groups[1].min: found 3, expected a whole number from 0 to 2`},
		{"a negative floor", `"min":1`, `"min":-1`, `$.groups[1].min: found -1, expected a whole number from 0 to 1073741824`},
		{"a ceiling as text", `"max":3`, `"max":"3"`, `$.groups[0].max: found "3", expected a whole number from 0 to 1073741824`},
		{"groups that cross", `"posts":["T3"]`, `"posts":["T2","T3"]`, `$.groups[2].posts: found posts that cross those of groups[1], expected two groups without a common post, or one inside the other and smaller`},
		{"groups of the same posts", `"posts":["T3"]`, `"posts":["T2","T1"]`, `$.groups[2].posts: found posts that cross those of groups[1], expected two groups without a common post, or one inside the other and smaller`},
		{"pinned beyond a ceiling", `"max":3`, `"max":0`, `$.students[0].pinned: found "T1", expected at most as many pinned students as group "all" may have, 0`},
		{"a cost that falls", `[0,1,4]`, `[0,4,1]`, `$.parameters.costs[2]: found 1, expected a whole number from 4 to 1000000`},
		{"a huge cost", `[0,1,4]`, `[0,1,1000001]`, `$.parameters.costs[2]: found 1000001, expected a whole number from 0 to 1000000`},
		{"half a cost", `[0,1,4]`, `[0,1,4.5]`, `$.parameters.costs[2]: found 4.5, expected a whole number from 0 to 1000000`},
		{"more ranks than costs", `[0,1,4]`, `[0,1]`, `$.students[1].fallback[0]: found rank 3, expected no more ranks than parameters.costs has, 2`},
		{"more wishes than costs", `[0,1,4]`, `[0]`, `$.students[1].wishes[1]: found rank 2, expected no more ranks than parameters.costs has, 1`},
		{"a negative cost of no post", `"unplaced":100`, `"unplaced":-1`, `$.parameters.unplaced: found -1, expected a whole number from 0 to 1099511627776`},
		{"no draws", `"draws":50`, `"draws":0`, `$.parameters.draws: found 0, expected a whole number from 1 to 1000000`},
		{"a seed with a line break", `"seed":"s"`, `"seed":"s\n"`, `$.parameters.seed: found "s\n", expected a text of 1 to 256 bytes without control characters`},
		{"no weight at all", `"weight":3`, `"weight":0`, `$.students[0].weight: found 0, expected a whole number from 1 to 1073741824`},
		{"a weight too large for the costs", `"weight":3,"pinned":"T1","wishes":[{"post":"T1"}]`, `"weight":1000000000,"wishes":[{"post":"T1"},{"post":"T2"}],"fallback":["T3"]`,
			`$.students[0].weight: found 1000000000, with a rank that costs 4, expected a weight that times each cost is at most 1073741824`},
		{"a fallback among the wishes", `["T3"]}]}`, `["T2"]}]}`, `$.students[1].fallback[0]: found "T2", expected a post that wishes[1] does not name`},
		{"a fallback twice", `["T3"]}]}`, `["T3","T3"]}]}`, `$.students[1].fallback[1]: found "T3", expected a post that fallback[0] does not name
$.students[1].fallback[1]: found rank 4, expected no more ranks than parameters.costs has, 3`},
		{"an unknown fallback", `["T3"]}]}`, `["T9"]}]}`, `$.students[1].fallback[0]: found "T9", expected the id of a post of this file that is not secondary`},
		{"a secondary fallback", `["T3"]}]}`, `["S1"]}]}`, `$.students[1].fallback[0]: found "S1", expected the id of a post of this file that is not secondary`},
		{"a fallback as text", `["T3"]}]}`, `"T3"}]}`, `$.students[1].fallback: found "T3", expected a list`},
		{"a fallback by number", `["T3"]}]}`, `[3]}]}`, `$.students[1].fallback[0]: found 3, expected a text of 1 to 256 bytes without control characters`},
		{"serial placement", `"equity"`, `"serial"`, `$.students[0].weight: found 3, expected no weight with method "serial"
$.students[1].fallback: found a list, expected no fallback with method "serial"
$.groups: found groups, expected no groups with method "serial"`},
		{"a traded lottery", `"equity"`, `"traded-lottery"`, `$.students[0].weight: found 3, expected no weight with method "traded-lottery"
$.groups: found groups, expected no groups with method "traded-lottery"`},
	})
}

func TestATradedLotteryNeedsASeedAndFewStudents(t *testing.T) {
	t.Parallel()
	in := &format.Instance{Method: format.TradedLottery}
	for i := range format.MaxLotteryStudents + 1 {
		in.Students = append(in.Students, format.Student{ID: fmt.Sprint(i)})
	}
	want := `$.parameters.seed: found nothing, expected a text of 1 to 256 bytes without control characters
$.students: found 2001 students, expected at most 2000 with method "traded-lottery"`
	if err := in.Check(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// 100,000 students of whom each might cost a million times a thousand.
func TestCostsThatJSONCannotAddUpAreRefused(t *testing.T) {
	t.Parallel()
	in := &format.Instance{Method: format.Equity, Posts: []format.Post{{ID: "T1"}}, Parameters: &format.Parameters{Costs: []int64{1_000_000}}}
	for i := range 100_000 {
		in.Students = append(in.Students, format.Student{ID: fmt.Sprint(i), Weight: 1000, Wishes: []format.Wish{{Post: "T1"}}})
	}
	if err := in.Check(); err == nil || !strings.HasPrefix(err.Error(), "$.students: found costs that are too large together, ") {
		t.Errorf("the error is %v", err)
	}
	low := int64(1000)
	if in.Parameters.Unplaced = &low; in.Check() != nil {
		t.Errorf("with a low cost of no post: %v", in.Check())
	}
}

func TestGroupsInsideOneAnotherAreAccepted(t *testing.T) {
	t.Parallel()
	in := &format.Instance{Method: format.Ordered}
	for i := range 8 {
		in.Posts = append(in.Posts, format.Post{ID: fmt.Sprint(i)})
	}
	for id, posts := range []string{"0", "0 1 2 3 4 5", "6 7", "0 1 2", "3 4", "0 1", "6", "7", "0 1 2 3 4 5 6 7"} {
		in.Groups = append(in.Groups, format.Group{ID: fmt.Sprint(id), Posts: strings.Fields(posts), Max: format.NoCeiling})
	}
	if err := in.Check(); err != nil {
		t.Error(err)
	}
}

// Pair by pair, and as the check does it.
func TestGroupsThatCrossAreRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := &format.Instance{Method: format.Ordered}
		for i := range 5 {
			in.Posts = append(in.Posts, format.Post{ID: fmt.Sprint(i)})
		}
		sets := rapid.SliceOfN(rapid.IntRange(1, 31), 0, 4).Draw(t, "sets") // a bit for each post
		want := true
		for i, set := range sets {
			g := format.Group{ID: fmt.Sprint(i), Max: format.NoCeiling}
			for p := range 5 {
				if set>>p&1 == 1 {
					g.Posts = append(g.Posts, fmt.Sprint(p))
				}
			}
			in.Groups = append(in.Groups, g)
			for _, other := range sets[:i] {
				both := set & other
				want = want && set != other && (both == 0 || both == set || both == other)
			}
		}
		if err := in.Check(); (err == nil) != want {
			t.Fatalf("%+v: %v, expected %v", in.Groups, err, want)
		}
	})
}

func TestAListTellsThePostAtEachRank(t *testing.T) {
	t.Parallel()
	s := &format.Student{Weight: 3, Wishes: []format.Wish{{Post: "T1"}, {Post: "T2", Barred: "rule"}}, Fallback: []string{"T3"}}
	if got := fmt.Sprintf("%q", s.Accepted()); got != `["T1" "" "T3"]` {
		t.Error(got)
	}
	in := &format.Instance{}
	if in.WishCost(s, 3) != 27 || in.WishCost(&format.Student{}, 3) != 9 {
		t.Errorf("rank 3 costs %d and %d", in.WishCost(s, 3), in.WishCost(&format.Student{}, 3))
	}
	in.Parameters = &format.Parameters{Costs: []int64{0, 2, 5}}
	if in.WishCost(s, 3) != 15 {
		t.Errorf("rank 3 costs %d", in.WishCost(s, 3))
	}
}
