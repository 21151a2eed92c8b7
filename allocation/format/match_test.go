package format_test

import (
	"testing"

	"stagora.org/stagora/allocation/format"
)

const market = `{"format":"match/1","proposing":"posts","unranked":"last","ties":{"rule":"lottery","seed":"s"},
 "posts":[{"id":"A","seats":2,"ranking":["y",["x","z"]],"reserved":[{"group":"g","seats":1},{"group":"h","seats":1}]},
  {"id":"B","seats":1,"ranking":["x"]},{"id":"C","seats":1,"closed":true,"ranking":[]}],
 "candidates":[{"id":"x","wishes":["A","B"],"group":"g"},{"id":"y","wishes":[["A","C"]]},{"id":"z","wishes":["A"]}],
 "fixed":[{"candidate":"z","post":"A"}]}`

func readMatch(data []byte) error { _, err := format.ReadMatch(data); return err }

func TestEachMistakeInAMatchInstanceIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	refused(t, market, readMatch, []refusal{
		{"another format", `match/1`, `assign/1`, `$.format: found "assign/1", expected "match/1"`},
		{"an unknown key", `"proposing"`, `"side"`, `$.side: found an unknown key, expected one of the keys format, proposing, unranked, ties, posts, candidates, fixed`},
		{"nobody proposes", `"posts","unranked"`, `"both","unranked"`, `$.proposing: found "both", expected one of "candidates", "posts"`},
		{"unranked somewhere", `"last"`, `"first"`, `$.unranked: found "first", expected one of "refused", "last"`},
		{"ties without a rule", `"ties":{"rule":"lottery","seed":"s"},`, ``, `$.ties: found nothing, expected a rule for ties, as there is one at posts[0].ranking[1]`},
		{"ties broken otherwise", `"lottery"`, `"coin"`, `$.ties.rule: found "coin", expected one of "lottery", "largest"`},
		{"ties without a seed", `,"seed":"s"`, ``, `$.ties.seed: found nothing, expected a text of 1 to 256 bytes without control characters`},
		{"the largest proposed by posts", `"lottery"`, `"largest"`, `$.proposing: found "posts", expected "candidates" when the rule for ties is "largest"`},
		{"a post id twice", `"id":"B"`, `"id":"A"`, "$.posts[1].id: found \"A\", expected an id that posts[0] does not have\n$.candidates[0].wishes[1]: found \"B\", expected the id of a post of this file"},
		{"no seats", `"seats":2`, `"seat":2`, "$.posts[0].seat: found an unknown key, expected one of the keys id, seats, closed, ranking, reserved\n$.posts[0].seats: found nothing, expected a whole number from 0 to 1000000\n$.posts[0].reserved[0].seats: found 1, expected a whole number from 0 to the seats not yet reserved, 0\n$.posts[0].reserved[1].seats: found 1, expected a whole number from 0 to the seats not yet reserved, 0\n$.fixed[0].post: found \"A\", expected at most as many pairs as seats, 0"},
		{"no ranking", `,"ranking":["x"]`, ``, `$.posts[1].ranking: found nothing, expected a list`},
		{"a ranking of nobody", `"ranking":["x"]`, `"ranking":["w"]`, `$.posts[1].ranking[0]: found "w", expected the id of a candidate of this file`},
		{"a candidate ranked twice", `["y",["x","z"]]`, `["y",["x","y"]]`, `$.posts[0].ranking[1][1]: found "y", expected a candidate that ranking[0] does not name`},
		{"an empty tie", `["y",["x","z"]]`, `["y",[]]`, `$.posts[0].ranking[1]: found an empty list, expected the id of a candidate, or several in a list`},
		{"a tie in a tie", `["y",["x","z"]]`, `["y",["x",["z"]]]`, `$.posts[0].ranking[1][1]: found a list, expected a text of 1 to 256 bytes without control characters`},
		{"a rank by number", `["y",["x","z"]]`, `[1,["x","z"]]`, `$.posts[0].ranking[0]: found 1, expected a text of 1 to 256 bytes without control characters`},
		{"more reserved than seats", `"h","seats":1`, `"h","seats":2`, `$.posts[0].reserved[1].seats: found 2, expected a whole number from 0 to the seats not yet reserved, 1`},
		{"a group reserved twice", `"h","seats":1`, `"g","seats":1`, `$.posts[0].reserved[1].group: found "g", expected a group that reserved[0] does not name`},
		{"a candidate id twice", `"id":"y"`, `"id":"x"`, "$.candidates[1].id: found \"x\", expected an id that candidates[0] does not have\n$.posts[0].ranking[0]: found \"y\", expected the id of a candidate of this file"},
		{"a wish for nothing known", `[["A","C"]]`, `[["A","D"]]`, `$.candidates[1].wishes[0][1]: found "D", expected the id of a post of this file`},
		{"a wish twice", `["A","B"]`, `["A","A"]`, `$.candidates[0].wishes[1]: found "A", expected a post that wishes[0] does not name`},
		{"no wishes", `,"wishes":["A"]`, ``, `$.candidates[2].wishes: found nothing, expected a list`},
		{"a group without name", `"wishes":["A","B"],"group":"g"`, `"wishes":["A","B"],"group":""`, `$.candidates[0].group: found "", expected a text of 1 to 256 bytes without control characters`},
		{"somebody unknown fixed", `"candidate":"z"`, `"candidate":"w"`, `$.fixed[0].candidate: found "w", expected the id of a candidate of this file`},
		{"somebody fixed twice", `"post":"A"}]`, `"post":"A"},{"candidate":"z","post":"B"}]`, `$.fixed[1].candidate: found "z", expected a candidate whom fixed[0] does not name`},
		{"fixed at a closed post", `"post":"A"}]`, `"post":"C"}]`, `$.fixed[0].post: found "C", expected the id of a post of this file that is not closed`},
		{"more fixed than seats", `"post":"A"}]`, `"post":"B"},{"candidate":"x","post":"B"}]`, `$.fixed[1].post: found "B", expected at most as many pairs as seats, 1`},
	})
}

// Those who come last without a rank are tied, and a tie of one is none.
func TestATieThatIsNotWrittenNeedsARuleToo(t *testing.T) {
	t.Parallel()
	const head = `{"format":"match/1","unranked":"last","posts":[{"id":"A","seats":1,"ranking":[["x"]]}],"candidates":[{"id":"x","wishes":[["A"]]},{"id":"y","wishes":["A"]}`
	if err := readMatch([]byte(head + `]}`)); err != nil {
		t.Error(err)
	}
	want := `$.ties: found nothing, expected a rule for ties, as there is one at post "A", which did not rank everybody who asked`
	if err := readMatch([]byte(head + `,{"id":"z","wishes":["A"]}]}`)); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestEachMistakeInAMatchResultIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	const result = `{"format":"match-result/1","engine":"e","instance":"i",
 "matches":[{"candidate":"x","post":"B","wish":2,"rank":1,"fixed":true}],"unmatched":["z"],
 "posts":[{"post":"A","filled":1,"cutoff":1,"reserved":[{"group":"g","filled":1,"cutoff":2}]}],
 "reasons":[{"candidate":"x","wish":1,"outcome":"cutoff","cutoff":1,"rank":2,"post":"A"}],"blocking":[{"candidate":"x","post":"A"}],
 "statistics":{"candidates":3,"placed":2,"firstWish":1,"withinThree":2,"worstWish":2,"wishSum":3},"certificate":{"kind":"stability"}}`
	refused(t, result, func(b []byte) error { _, err := format.ReadMatchResult(b); return err }, []refusal{
		{"another format", `match-result/1`, `match/1`, `$.format: found "match/1", expected "match-result/1"`},
		{"an unknown key", `"unmatched"`, `"left"`, "$.left: found an unknown key, expected one of the keys format, engine, instance, matches, unmatched, posts, reasons, blocking, statistics, certificate\n$.unmatched: found nothing, expected a list"},
		{"a match without a post", `"post":"B",`, ``, `$.matches[0].post: found nothing, expected a text of 1 to 256 bytes without control characters`},
		{"a wish of 0", `"wish":2`, `"wish":0`, `$.matches[0].wish: found 0, expected a whole number from 1 to 1000000000`},
		{"fixed as a number", `"fixed":true`, `"fixed":1`, `$.matches[0].fixed: found 1, expected true or false`},
		{"nobody unmatched", `["z"]`, `[null]`, `$.unmatched[0]: found null, expected a text of 1 to 256 bytes without control characters`},
		{"half filled", `"filled":1,"cutoff":1,`, `"filled":0.5,"cutoff":1,`, `$.posts[0].filled: found 0.5, expected a whole number from 0 to 1000000000`},
		{"a reserve without group", `"group":"g",`, ``, `$.posts[0].reserved[0].group: found nothing, expected a text of 1 to 256 bytes without control characters`},
		{"an outcome of others", `"outcome":"cutoff"`, `"outcome":"full"`, `$.reasons[0].outcome: found "full", expected one of "obtained", "not-reached", "cutoff", "refused", "unranked", "closed"`},
		{"a reason without wish", `"wish":1,"outcome"`, `"outcome"`, `$.reasons[0].wish: found nothing, expected a whole number from 1 to 1000000000`},
		{"a pair of one", `"blocking":[{"candidate":"x","post":"A"}]`, `"blocking":["x"]`, `$.blocking[0]: found "x", expected an object`},
		{"no sum", `,"wishSum":3`, ``, `$.statistics.wishSum: found nothing, expected a whole number from 0 to 1000000000`},
		{"another proof", `"stability"`, `"replay"`, `$.certificate.kind: found "replay", expected "stability"`},
	})
}
