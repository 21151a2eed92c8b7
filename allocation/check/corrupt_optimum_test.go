package check_test

import (
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// More students than seats that they may have, with a ceiling that binds,
// fallbacks, a weight, a kept, a closed and a secondary post.
const shared = `{"format":"assign/1","method":"equity",
 "groups":[{"id":"north","posts":["N1","N2"],"max":2},{"id":"south","posts":["S1","S2"],"min":2},{"id":"all","posts":["N1","N2","S1","S2","W"],"min":1}],
 "posts":[{"id":"N1","seats":1},{"id":"N2","seats":2},{"id":"S1","seats":1},{"id":"S2","seats":2},{"id":"W","seats":1},{"id":"X","seats":1,"closed":true},
  {"id":"night","seats":1,"secondary":true}],
 "students":[
  {"id":"E1","wishes":[{"post":"N1","secondary":"night"},{"post":"N2"},{"post":"S1"}]},
  {"id":"E2","wishes":[{"post":"N1","secondary":"night"},{"post":"N2"},{"post":"W"}],"weight":2},
  {"id":"E3","wishes":[{"post":"W"},{"post":"N2","secondary":"night"},{"post":"S2"}]},
  {"id":"E4","wishes":[{"post":"N2"},{"post":"X"},{"post":"W","barred":"done"}],"fallback":["S2","S1"]},
  {"id":"E5","wishes":[{"post":"N1"}],"pinned":"N2"},
  {"id":"E6","wishes":[{"post":"W"},{"post":"N1"}],"fallback":["S1"]},
  {"id":"E7","wishes":[{"post":"W"},{"post":"N1"}]}]}`

// A floor that sends one of two students where neither wants to go, and a third
// who could not go anywhere else.
const floor = `{"format":"assign/1","method":"equity","groups":[{"id":"rural","posts":["R"],"min":1}],
 "posts":[{"id":"C","seats":3},{"id":"R","seats":2}],
 "students":[{"id":"E1","wishes":[{"post":"C"},{"post":"R"}]},{"id":"E2","wishes":[{"post":"C"},{"post":"R"}]},{"id":"E3","wishes":[{"post":"C"}]}]}`

// A floor of the outer of two groups, and a ceiling that gives no reason: the student
// counts in it either way.
const nested = `{"format":"assign/1","method":"equity",
 "groups":[{"id":"inner","posts":["P"]},{"id":"outer","posts":["P","R"],"min":1},{"id":"whole","posts":["P","Q","R"],"max":2}],
 "posts":[{"id":"P","seats":1},{"id":"Q","seats":2},{"id":"R","seats":1}],
 "students":[{"id":"E1","wishes":[{"post":"Q"},{"post":"P"}]},{"id":"E2","wishes":[{"post":"Q"}]}]}`

// A student who can only have what an earlier one wants as well.
const passedOver = `{"format":"assign/1","method":"ordered","posts":[{"id":"A","seats":1},{"id":"B","seats":1},{"id":"C","seats":1}],
 "students":[{"id":"E1","wishes":[{"post":"A"},{"post":"B"}]},{"id":"E2","wishes":[{"post":"A"}]},{"id":"E3","wishes":[{"post":"B"},{"post":"C"}]}]}`

// The same, and two students for one other post: whoever has it could be left out
// in the place of E2.
const leftOut = `{"format":"assign/1","method":"ordered","posts":[{"id":"A","seats":1},{"id":"B","seats":1},{"id":"C","seats":1}],
 "students":[{"id":"E1","wishes":[{"post":"A"},{"post":"B"}]},{"id":"E2","wishes":[{"post":"A"}]},{"id":"E3","wishes":[{"post":"C"}]},{"id":"E4","wishes":[{"post":"C"}]}]}`

// Two pairs of students who would trade what they get in half of the orders.
const trades = `{"format":"assign/1","method":"traded-lottery","parameters":{"seed":"s"},"posts":[{"id":"A","seats":1},{"id":"B","seats":1}],
 "students":[{"id":"E1","wishes":[{"post":"A"},{"post":"B"}]},{"id":"E2","wishes":[{"post":"A"},{"post":"B"}]},
  {"id":"E3","wishes":[{"post":"B"},{"post":"A"}]},{"id":"E4","wishes":[{"post":"B"},{"post":"A","barred":"done"}]}]}`

func dualPrice(r *format.Result, post string) *int64 {
	posts := r.Certificate.Dual.Posts
	return &posts[slices.IndexFunc(posts, func(p format.PostPrice) bool { return p.Post == post })].Price
}

func groupPrice(r *format.Result, group string) *format.GroupPrice {
	groups := r.Certificate.Dual.Groups
	return &groups[slices.IndexFunc(groups, func(g format.GroupPrice) bool { return g.Group == group })]
}

func place(r *format.Result, id, post string, rank int) {
	a := student(r, id)
	a.Post, a.Rank = post, rank
}

func TestEachCorruptionOfAnOptimumIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	leximin := strings.Replace(shared, "equity", "leximin", 1)
	rankMaximal := strings.Replace(shared, "equity", "rank-maximal", 1)
	ordered := strings.Replace(shared, "equity", "ordered", 1)
	level := func(r *format.Result, k int) *format.Level { return &r.Certificate.Levels[k] }
	tests := []struct {
		name, instance string
		edit           edit
		check, mention string
	}{
		{"a price one higher", shared, func(r *format.Result) { *dualPrice(r, "W")++ }, "certificate", "at post W is too high"},
		{"a price one lower", shared, func(r *format.Result) { *dualPrice(r, "W")-- }, "certificate", "would pay"},
		{"a price where a seat is free", shared, func(r *format.Result) { *dualPrice(r, "N2") = 1 }, "certificate", "post N2 has a free seat"},
		{"a price of a closed post", shared, func(r *format.Result) { *dualPrice(r, "X") = 1 }, "certificate", "X"},
		{"all prices one higher together", shared, func(r *format.Result) {
			*dualPrice(r, "S1")++
			*dualPrice(r, "W")++
			groupPrice(r, "north").Ceiling++
		}, "certificate", "not the least"},
		{"a ceiling one higher", shared, func(r *format.Result) { groupPrice(r, "north").Ceiling++ }, "certificate", "would pay 74 at post S1"},
		{"a ceiling one lower", shared, func(r *format.Result) { groupPrice(r, "north").Ceiling-- }, "certificate", "would pay"},
		{"a price for a ceiling that is not reached", shared, func(r *format.Result) { groupPrice(r, "all").Ceiling = 1 }, "certificate", "all is below its ceiling"},
		{"a price for a floor that is exceeded", shared, func(r *format.Result) { groupPrice(r, "south").Floor = 1 }, "certificate", "south is above its floor"},
		{"a price for both", shared, func(r *format.Result) { groupPrice(r, "north").Floor = 1 }, "certificate", "north has the prices 1 and 70"},
		{"prices beyond all sums", shared, func(r *format.Result) {
			for _, p := range []string{"N1", "S1", "W"} {
				*dualPrice(r, p) += 1 << 52
			}
		}, "certificate", "certificate"},
		{"a floor price one higher", floor, func(r *format.Result) { groupPrice(r, "rural").Floor++ }, "certificate", "certificate"},
		{"a floor price one lower", floor, func(r *format.Result) { groupPrice(r, "rural").Floor-- }, "certificate", "would pay"},
		{"a smaller sum", shared, func(r *format.Result) { r.Certificate.Dual.Objective-- }, "certificate", "the sum of all costs is 111"},
		{"a greater sum", shared, func(r *format.Result) { r.Certificate.Dual.Objective++ }, "certificate", "says 112"},
		{"a post without a price", shared, func(r *format.Result) {
			r.Certificate.Dual.Posts = r.Certificate.Dual.Posts[1:]
		}, "certificate", "N1"},
		{"a price of a secondary post", shared, func(r *format.Result) {
			r.Certificate.Dual.Posts = append(r.Certificate.Dual.Posts, format.PostPrice{Post: "night"})
		}, "certificate", "night"},
		{"a group without a price", shared, func(r *format.Result) {
			r.Certificate.Dual.Groups = r.Certificate.Dual.Groups[:2]
		}, "certificate", "south"},
		{"a ceiling exceeded", shared, func(r *format.Result) { place(r, "E2", "N2", 2) }, "groups", "north"},
		{"a floor missed", floor, func(r *format.Result) { place(r, "E2", "C", 1) }, "groups", "rural"},
		{"another placement of the same sum", floor, func(r *format.Result) {
			place(r, "E1", "R", 2)
			place(r, "E2", "C", 1)
		}, "canonicality", "student E1 could have post C"},
		{"a dearer placement", shared, func(r *format.Result) {
			place(r, "E2", "W", 3)
			place(r, "E7", "", 0)
		}, "certificate", "E2"},
		{"a fallback with a rank", shared, func(r *format.Result) { student(r, "E6").Rank = 3 }, "certificate", "beyond the list"},
		{"a post that is neither a wish nor a fallback", shared, func(r *format.Result) {
			place(r, "E3", "S1", 0)
			place(r, "E6", "S2", 0)
		}, "certificate", "not among the fallbacks"},
		{"a wish at the rank of another", shared, func(r *format.Result) { student(r, "E1").Rank = 2 }, "certificate", "the list has N2"},
		{"a secondary post for the next in order", shared, func(r *format.Result) {
			student(r, "E1").Secondary, student(r, "E3").Secondary = "", "night"
		}, "certificate", "night"},
		{"another group to blame", shared, func(r *format.Result) { reason(r, "E4", 1).Group = "all" }, "reasons", "north"},
		{"a group to blame that is above its floor", nested, func(r *format.Result) { reason(r, "E1", 1).Group = "inner" }, "reasons", `group "outer"`},
		{"a group to blame that the student is in", nested, func(r *format.Result) { reason(r, "E1", 1).Group = "whole" }, "reasons", `group "outer"`},
		{"a post called full that has a seat", shared, func(r *format.Result) {
			*reason(r, "E4", 1) = format.Reason{Student: "E4", Wish: 1, Outcome: format.Full}
		}, "reasons", "completion"},

		{"a level left out", leximin, func(r *format.Result) { r.Certificate.Levels = r.Certificate.Levels[1:] }, "certificate", "5 levels, expected 6"},
		{"levels in another order", leximin, func(r *format.Result) {
			*level(r, 1), *level(r, 2) = *level(r, 2), *level(r, 1)
		}, "certificate", "level 2"},
		{"one fewer counted at a level", leximin, func(r *format.Result) { level(r, 3).Count-- }, "certificate", "at the level of rank 3, 2 students"},
		{"a sum of a level one lower", leximin, func(r *format.Result) { level(r, 4).Objective-- }, "certificate", "at the level of rank 2"},
		{"a price of a level one higher", leximin, func(r *format.Result) { level(r, 5).Posts[4].Price++ }, "certificate", "at the level of rank 1"},
		{"a price of a level one lower", rankMaximal, func(r *format.Result) { level(r, 0).Posts[4].Price-- }, "certificate", "at the level of rank 1"},
		{"the prices of the level before", rankMaximal, func(r *format.Result) {
			level(r, 3).Dual = level(r, 2).Dual
		}, "certificate", "at the level of rank 4"},
		{"a worse profile", leximin, func(r *format.Result) {
			place(r, "E2", "W", 3)
			place(r, "E7", "", 0)
		}, "certificate", "at the level of rank 3"},
		{"fewer first wishes", rankMaximal, func(r *format.Result) {
			place(r, "E2", "W", 3)
			place(r, "E7", "", 0)
		}, "certificate", "at the level of rank 1"},
		{"another placement of the same profile", strings.Replace(floor, "equity", "leximin", 1), func(r *format.Result) {
			place(r, "E1", "R", 2)
			place(r, "E2", "C", 1)
		}, "canonicality", "student E1"},

		{"one student fewer", ordered, func(r *format.Result) { place(r, "E6", "", 0) }, "certificate", "E6 has no post, and could be placed"},
		{"a later student first", ordered, func(r *format.Result) {
			place(r, "E2", "", 0)
			place(r, "E7", "W", 1)
		}, "certificate", "student E2 could have post W"},
		{"a wish granted that leaves somebody out", passedOver, func(r *format.Result) {
			place(r, "E1", "A", 1)
			place(r, "E2", "", 0)
		}, "certificate", "E2"},
		{"a wish refused for nothing", passedOver, func(r *format.Result) { place(r, "E3", "", 0) }, "certificate", "E3"},
		{"another student to blame", passedOver, func(r *format.Result) { reason(r, "E1", 1).Students = []string{"E3"} }, "reasons", `students ["E2"]`},
		{"a student to blame forgotten", leftOut, func(r *format.Result) { reason(r, "E1", 1).Students = []string{"E2"} }, "reasons", `students ["E2" "E3"]`},
		{"nobody to blame", passedOver, func(r *format.Result) { reason(r, "E1", 1).Students = nil }, "reasons", `students ["E2"]`},

		{"a chance before the trades one higher", trades, func(r *format.Result) { r.Certificate.Lottery.Before[0].Wishes[0]++ }, "certificate", "E1"},
		{"another number of orders", trades, func(r *format.Result) { r.Certificate.Lottery.Draws++ }, "certificate", "24"},
		{"students of the lottery in another order", trades, func(r *format.Result) { slices.Reverse(r.Certificate.Lottery.After) }, "certificate", "E4"},
		{"a student left out of the lottery", trades, func(r *format.Result) { r.Certificate.Lottery.Before = r.Certificate.Lottery.Before[1:] }, "certificate", "expected 4"},
		{"a chance of what is barred", trades, func(r *format.Result) { r.Certificate.Lottery.After[3].Wishes[1] = 1 }, "certificate", "E4"},
		{"no trades", trades, func(r *format.Result) { r.Certificate.Lottery.After = r.Certificate.Lottery.Before }, "certificate", "a trade is left"},
		{"a student who loses by the trades", trades, func(r *format.Result) { r.Certificate.Lottery.After[0].Wishes[0]-- }, "certificate", "of rank 2 or better"},
		{"a chance too many at a post", trades, func(r *format.Result) { r.Certificate.Lottery.After[0].Wishes[0]++ }, "certificate", "post A has 1 seats, and 25 times"},
		{"more chances than draws", trades, func(r *format.Result) { r.Certificate.Lottery.After[0].Wishes[1] = 24 }, "certificate", "of 24 chances after the trades"},
		{"another outcome of the draw", trades, func(r *format.Result) {
			for i := range r.Assignments {
				a := &r.Assignments[i]
				if j := i ^ 1; a.Post == "" && r.Assignments[j].Rank == 1 {
					b := &r.Assignments[j]
					a.Post, a.Rank, b.Post, b.Rank = b.Post, b.Rank, "", 0
					return
				}
			}
		}, "certificate", "the draw"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := solved(t, tt.instance)
			tt.edit(r)
			report, err := check.Verify([]byte(tt.instance), r.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			named(t, report, tt.check, tt.mention)
		})
	}
}

// named sees that a report has refused something, by the right check, with the
// right words.
func named(t *testing.T, r *check.Report, checkName, mention string) {
	t.Helper()
	if r.Failed == nil {
		t.Fatal("accepted")
	}
	if r.Failed.Check != checkName || !strings.Contains(r.Failed.String(), mention) {
		t.Errorf("refused by %v\n expected %s, with %q", r.Failed, checkName, mention)
	}
}
