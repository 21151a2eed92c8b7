package format_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
)

const good = `{"format":"assign/1","method":"serial",
 "posts":[{"id":"T1","seats":2},{"id":"S1","seats":1,"secondary":true},{"id":"T2","seats":1,"closed":true}],
 "students":[{"id":"E1","order":1,"wishes":[{"post":"T1","secondary":"S1"}]},{"id":"E2","order":2,"wishes":[]}]}`

func TestEachMistakeInAnInstanceIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, old, new string
		want           []string // lines of the error
	}{
		{"not JSON", good, `hello`, []string{`$: found 'h' at line 1, column 1, expected a JSON value`}},
		{"not an object", good, `[]`, []string{`$: found a list, expected an object`}},
		{"cut short", `]}`, ``, []string{`$: found the end of the file at line 3, column 111, expected ',' or ']'`}},
		{"text after the end", `[]}]}`, `[]}]} x`, []string{`$: found 'x' at line 3, column 114, expected the end of the file`}},
		{"not UTF-8", `"E1"`, "\"E\xff\"", []string{`$: found byte 0xff at line 3, column 22, expected text in UTF-8`}},
		{"half a surrogate", `"E1"`, `"\ud800"`, []string{`$: found '"' at line 3, column 27, expected a pair of surrogates`}},
		{"a leading zero", `"seats":2`, `"seats":02`, []string{`$: found '0' at line 2, column 30, expected a number without leading zeros`}},
		{"no format", `"format":"assign/1",`, ``, []string{`$.format: found nothing, expected "assign/1"`}},
		{"another format", `assign/1`, `match/1`, []string{`$.format: found "match/1", expected "assign/1"`}},
		{"no method", `"method":"serial",`, ``, []string{`$.method: found nothing, expected one of "serial", "score-v1", "score-v2", "ordered", "equity", "leximin", "rank-maximal", "traded-lottery"`}},
		{"an unknown method", `"serial"`, `"fair"`, []string{`$.method: found "fair", expected one of "serial", "score-v1", "score-v2", "ordered", "equity", "leximin", "rank-maximal", "traded-lottery"`}},
		{"an unknown key", `"id":"T1",`, `"id":"T1","seat":1,`, []string{`$.posts[0].seat: found an unknown key, expected one of the keys id, seats, closed, secondary, fixedCost`}},
		{"an unknown key with spaces", `"id":"T1",`, `"id":"T1","a key":1,`, []string{`$.posts[0]["a key"]: found an unknown key, expected one of the keys id, seats, closed, secondary, fixedCost`}},
		{"a key twice", `"seats":2`, `"seats":2,"seats":3`, []string{`$.posts[0].seats: found the key twice, expected each key once`}},
		{"no seats", `"id":"T1","seats":2`, `"id":"T1"`, []string{`$.posts[0].seats: found nothing, expected a whole number from 0 to 1000000`}},
		{"negative seats", `"seats":2`, `"seats":-2`, []string{`$.posts[0].seats: found -2, expected a whole number from 0 to 1000000`}},
		{"huge seats", `"seats":2`, `"seats":99999999999999999999`, []string{`$.posts[0].seats: found 99999999999999999999, expected a whole number from 0 to 1000000`}},
		{"half a seat", `"seats":2`, `"seats":0.5`, []string{`$.posts[0].seats: found 0.5, expected a whole number from 0 to 1000000`}},
		{"seats as text", `"seats":2`, `"seats":"2"`, []string{`$.posts[0].seats: found "2", expected a whole number from 0 to 1000000`}},
		{"an empty id", `"id":"T2"`, `"id":""`, []string{`$.posts[2].id: found "", expected a text of 1 to 256 bytes without control characters`}},
		{"an id with a line break", `"id":"E2"`, `"id":"E\n2"`, []string{`$.students[1].id: found "E\n2", expected a text of 1 to 256 bytes without control characters`}},
		{"a post id twice", `"id":"T2"`, `"id":"T1"`, []string{`$.posts[2].id: found "T1", expected an id that posts[0] does not have`}},
		{"a student id twice", `"id":"E2"`, `"id":"E1"`, []string{`$.students[1].id: found "E1", expected an id that students[0] does not have`}},
		{"an unknown post", `{"post":"T1",`, `{"post":"T9",`, []string{`$.students[0].wishes[0].post: found "T9", expected the id of a post of this file that is not secondary`}},
		{"a secondary post as main post", `{"post":"T1",`, `{"post":"S1",`, []string{`$.students[0].wishes[0].post: found "S1", expected the id of a post of this file that is not secondary`}},
		{"a main post as secondary post", `"secondary":"S1"`, `"secondary":"T2"`, []string{`$.students[0].wishes[0].secondary: found "T2", expected the id of a secondary post of this file`}},
		{"the same post twice", `"S1"}]`, `"S1"},{"post":"T1"}]`, []string{`$.students[0].wishes[1].post: found "T1", expected a post that wishes[0] does not name`}},
		{"a wish without a post", `{"post":"T1",`, `{`, []string{`$.students[0].wishes[0].post: found nothing, expected a text of 1 to 256 bytes without control characters`}},
		{"no wishes", `,"wishes":[]`, ``, []string{`$.students[1].wishes: found nothing, expected a list`}},
		{"an order for some", `"order":2,`, ``, []string{`$.students[1].order: found nothing, expected an order for all students or for none`}},
		{"an order twice", `"order":2`, `"order":1`, []string{`$.students[1].order: found 1, expected an order that students[0] does not have`}},
		{"an order of zero", `"order":1`, `"order":0`, []string{`$.students[0].order: found 0, expected a whole number from 1 to 1000000`}},
		{"a pin to an unknown post", `"order":2`, `"order":2,"pinned":"T9"`, []string{`$.students[1].pinned: found "T9", expected the id of a post of this file that is neither secondary nor closed`}},
		{"a pin to a closed post", `"order":2`, `"order":2,"pinned":"T2"`, []string{`$.students[1].pinned: found "T2", expected the id of a post of this file that is neither secondary nor closed`}},
		{"a pin to a secondary post", `"order":2`, `"order":2,"pinned":"S1"`, []string{`$.students[1].pinned: found "S1", expected the id of a post of this file that is neither secondary nor closed`}},
		{"more pins than seats", `"seats":2},`, `"seats":0},`, []string{`$.students[1].pinned: found "T1", expected at most as many pinned students as seats, 0`}},
		{"a weight", `"order":2`, `"order":2,"weight":3`, []string{`$.students[1].weight: found 3, expected no weight with method "serial"`}},
		{"a fallback", `"order":2`, `"order":2,"fallback":["T1"]`, []string{`$.students[1].fallback: found a list, expected no fallback with method "serial"`}},
		{"groups", `"posts"`, `"groups":[],"posts"`, []string{`$.groups: found groups, expected no groups with method "serial"`}},
		{"a score with seven decimals", `"order":2`, `"order":2,"score":0.0000001`, []string{`$.students[1].score: found 0.0000001, expected a number from -1000000 to 1000000 with at most 6 decimals`}},
		{"a huge score", `"order":2`, `"order":2,"score":1e7`, []string{`$.students[1].score: found 1e7, expected a number from -1000000 to 1000000 with at most 6 decimals`}},
		{"a flag as text", `"closed":true`, `"closed":"yes"`, []string{`$.posts[2].closed: found "yes", expected true or false`}},
		{"a cost as text", `"seats":2`, `"seats":2,"fixedCost":"mean"`, []string{`$.posts[0].fixedCost: found "mean", expected a number or "median"`}},
		{"a negative rank cost", `"posts"`, `"parameters":{"rankCosts":[5,-1]},"posts"`, []string{`$.parameters.rankCosts[1]: found -1, expected a number from 0 to 1000 with at most 6 decimals`}},
		{"an unknown parameter", `"posts"`, `"parameters":{"ranks":[5]},"posts"`, []string{`$.parameters.ranks: found an unknown key, expected one of the keys rankCosts, maxPostCost, correction, maxCost, decimals, bonusFactor, costs, unplaced, seed, draws`}},
		{"a correction out of reach", `"posts"`, `"parameters":{"correction":3.5},"posts"`, []string{`$.parameters.correction: found 3.5, expected a number from 0 to 3 with at most 3 decimals`}},
		{"decimals out of reach", `"posts"`, `"parameters":{"decimals":7},"posts"`, []string{`$.parameters.decimals: found 7, expected a whole number from 0 to 6`}},
		{"several at once", `"id":"T1","seats":2}`, `"id":"T2","seats":-2,"x":null}`, []string{
			`$.posts[0].x: found an unknown key, expected one of the keys id, seats, closed, secondary, fixedCost`,
			`$.posts[0].seats: found -2, expected a whole number from 0 to 1000000`,
			`$.posts[2].id: found "T2", expected an id that posts[0] does not have`,
			`$.students[0].wishes[0].post: found "T1", expected the id of a post of this file that is not secondary`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, tt.old) {
				t.Fatalf("the good file has no %s", tt.old)
			}
			file := strings.Replace(good, tt.old, tt.new, 1)
			if tt.name == "more pins than seats" {
				file = strings.Replace(file, `"order":2`, `"order":2,"pinned":"T1"`, 1)
			}
			_, err := format.ReadInstance([]byte(file))
			var errs format.Errors
			if !errors.As(err, &errs) {
				t.Fatalf("the error is %v", err)
			}
			if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, tt.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(tt.want, "\n     "))
			}
		})
	}
}

func TestAnInstanceIsReadAsItStands(t *testing.T) {
	t.Parallel()
	in, err := format.ReadInstance([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"format":"assign/1","method":"serial","posts":[{"id":"T1","seats":2},{"id":"S1","seats":1,"secondary":true},{"closed":true,"id":"T2","seats":1}],` +
		`"students":[{"id":"E1","order":1,"wishes":[{"post":"T1","secondary":"S1"}]},{"id":"E2","order":2,"wishes":[]}]}`
	if got := string(in.Bytes()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Whoever builds an instance in Go learns what is wrong with it in the same words.
func TestAnInstanceBuiltInGoIsChecked(t *testing.T) {
	t.Parallel()
	in := format.Instance{
		Method:   "best",
		Posts:    []format.Post{{ID: "T1", Seats: -1}},
		Students: []format.Student{{ID: "E1", Order: -1, Wishes: []format.Wish{{Post: "T1", Barred: "a\nrule"}}}},
	}
	err := in.Check()
	for _, path := range []string{"$.method", "$.posts[0].seats", "$.students[0].order", "$.students[0].wishes[0].barred"} {
		if err == nil || !strings.Contains(err.Error(), path+": ") {
			t.Errorf("nothing is said of %s: %v", path, err)
		}
	}
}
