package check_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// A campaign with something of everything: kept, closed, barred, secondary and
// full posts, somebody without wishes and somebody without a post.
const everything = `{"format":"assign/1","method":"score-v2",
 "posts":[{"id":"T1","seats":2},{"id":"T2","seats":1},{"id":"T3","seats":3,"fixedCost":0},{"id":"T4","seats":0},{"id":"T5","seats":2,"closed":true},
  {"id":"S1","seats":1,"secondary":true}],
 "students":[
  {"id":"E1","order":1,"score":0,"wishes":[{"post":"T5"},{"post":"T1","secondary":"S1"},{"post":"T2"}]},
  {"id":"E2","order":2,"score":5,"wishes":[{"post":"T1","secondary":"S1"},{"post":"T2"}]},
  {"id":"E3","order":3,"score":10,"wishes":[{"post":"T1"},{"post":"T3","barred":"done"},{"post":"T4"}]},
  {"id":"E4","order":4,"score":15,"wishes":[{"post":"T3"}]},
  {"id":"E5","order":6,"score":15,"wishes":[]},
  {"id":"E6","order":7,"score":20,"pinned":"T1","wishes":[{"post":"T2"}]},
  {"id":"E7","order":8,"score":21,"wishes":[{"post":"T3"},{"post":"T1"}]}]}`

// edit changes a result as a forger, or a mistake, would.
type edit func(r *format.Result)

func student(r *format.Result, id string) *format.Assignment {
	return &r.Assignments[slices.IndexFunc(r.Assignments, func(a format.Assignment) bool { return a.Student == id })]
}

func post(r *format.Result, id string) *format.PostResult {
	return &r.Posts[slices.IndexFunc(r.Posts, func(p format.PostResult) bool { return p.Post == id })]
}

func reason(r *format.Result, id string, wish int) *format.Reason {
	return &r.Reasons[slices.IndexFunc(r.Reasons, func(x format.Reason) bool { return x.Student == id && x.Wish == wish })]
}

func TestEachCorruptionIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		edit    edit
		check   string // that fails first
		mention string // what the message names
	}{
		{"another method", func(r *format.Result) {
			r.Method = format.ScoreV1
		}, "format", "score-v1"},
		{"the result of another instance", func(r *format.Result) { r.Instance = format.Hash([]byte("another")) }, "instance hash", "sha256:"},
		{"a student from elsewhere", func(r *format.Result) { student(r, "E7").Student = "E99" }, "known ids", "E99"},
		{"a post from elsewhere", func(r *format.Result) { student(r, "E7").Post = "T99" }, "known ids", "T99"},
		{"a post from elsewhere among the posts", func(r *format.Result) { post(r, "T2").Post = "T99" }, "known ids", "T99"},
		{"a reason for a student from elsewhere", func(r *format.Result) { reason(r, "E7", 1).Student = "E99" }, "known ids", "E99"},
		{"a student left out", func(r *format.Result) { r.Assignments = slices.Delete(r.Assignments, 6, 7) }, "each student once", "E7"},
		{"a student twice", func(r *format.Result) { r.Assignments = append(r.Assignments, r.Assignments[0]) }, "each student once", "E1"},
		{"one student in the place of another", func(r *format.Result) { student(r, "E7").Student = "E4" }, "each student once", "E4"},
		{"one more person than seats", func(r *format.Result) { student(r, "E3").Post, student(r, "E3").Rank = "T1", 1 }, "seats", "T1"},
		{"one more person than secondary seats", func(r *format.Result) { student(r, "E4").Secondary = "S1" }, "seats", "S1"},
		{"somebody at a closed post", func(r *format.Result) { student(r, "E1").Post, student(r, "E1").Rank = "T5", 1 }, "closed and barred", "E1"},
		{"a barred wish granted", func(r *format.Result) { student(r, "E3").Post, student(r, "E3").Rank = "T3", 2 }, "closed and barred", "done"},
		{"a secondary post as main post", func(r *format.Result) {
			student(r, "E1").Secondary = ""
			student(r, "E3").Post, student(r, "E3").Rank = "S1", 1
		}, "closed and barred", "S1"},
		{"a kept post taken away", func(r *format.Result) { student(r, "E6").Post = "" }, "pinned", "E6"},
		{"a kept post with a rank", func(r *format.Result) { student(r, "E6").Rank = 1 }, "pinned", "E6"},
		{"a free wish passed over", func(r *format.Result) { student(r, "E2").Post, student(r, "E2").Rank = "", 0 }, "certificate", "E2"},
		{"two students exchanged", func(r *format.Result) {
			e1, e2 := student(r, "E1"), student(r, "E2")
			e1.Post, e1.Rank, e1.Secondary, e2.Post, e2.Rank, e2.Secondary = "T2", 3, "", "T1", 1, "S1"
		}, "certificate", "E1"},
		{"a post that is not on the list", func(r *format.Result) { student(r, "E5").Post, student(r, "E5").Rank = "T3", 1 }, "certificate", "E5"},
		{"another rank", func(r *format.Result) { student(r, "E2").Rank = 1 }, "certificate", "E2"},
		{"another order", func(r *format.Result) { student(r, "E5").Order = 5 }, "certificate", "E5"},
		{"a secondary post withheld", func(r *format.Result) { student(r, "E1").Secondary = "" }, "certificate", "E1"},
		{"assignments out of order", func(r *format.Result) { slices.Reverse(r.Assignments) }, "canonicality", "E7"},
		{"posts out of order", func(r *format.Result) { slices.Reverse(r.Posts) }, "canonicality", "T5"},
		{"reasons out of order", func(r *format.Result) { r.Reasons[0], r.Reasons[1] = r.Reasons[1], r.Reasons[0] }, "canonicality", "E1"},
		{"a post cost a hundredth off", func(r *format.Result) { student(r, "E2").Costs.PostCost += format.Hundredths(1) }, "costs", "T2"},
		{"a bonus a tenth off", func(r *format.Result) { student(r, "E4").Costs.Bonus += format.Hundredths(10) }, "costs", "E4"},
		{"a cost a hundredth off", func(r *format.Result) { student(r, "E4").Costs.Cost -= format.Hundredths(1) }, "costs", "E4"},
		{"a cost for no post", func(r *format.Result) { student(r, "E5").Costs.Bonus = format.Hundredths(10) }, "costs", "E5"},
		{"people at a post miscounted", func(r *format.Result) { post(r, "T3").Filled++ }, "posts", "T3"},
		{"another last order", func(r *format.Result) { post(r, "T1").LastOrder = 7 }, "posts", "T1"},
		{"another cost of a post", func(r *format.Result) { post(r, "T4").Worth.PostCost = format.One }, "posts", "T4"},
		{"another demand", func(r *format.Result) { post(r, "T2").Worth.Demand = "1" }, "posts", "T2"},
		{"a closed post called unwanted", func(r *format.Result) { post(r, "T4").Worth.Demand = format.NoDemand }, "posts", "T4"},
		{"a post left out", func(r *format.Result) { r.Posts = r.Posts[:len(r.Posts)-1] }, "posts", "T5"},
		{"a post twice", func(r *format.Result) { r.Posts = slices.Insert(r.Posts, 0, r.Posts[0]) }, "posts", "S1"},
		{"another outcome", func(r *format.Result) { reason(r, "E3", 1).Outcome = format.NotReached }, "reasons", "E3"},
		{"another last order in a reason", func(r *format.Result) { reason(r, "E3", 1).LastOrder = 2 }, "reasons", "E3"},
		{"another rule in a reason", func(r *format.Result) { reason(r, "E3", 2).Rule = "level" }, "reasons", "level"},
		{"a reason left out", func(r *format.Result) { r.Reasons = slices.Delete(r.Reasons, 2, 3) }, "reasons", "E1"},
		{"a reason twice", func(r *format.Result) { r.Reasons = slices.Insert(r.Reasons, 0, r.Reasons[0]) }, "reasons", "two reasons"},
		{"a reason for a wish that nobody made", func(r *format.Result) {
			r.Reasons = append(r.Reasons, format.Reason{Student: "E7", Wish: 3, Outcome: format.NotReached})
		}, "reasons", "nobody made"},
		{"an absent student explained away", func(r *format.Result) {
			r.Reasons = slices.DeleteFunc(r.Reasons, func(x format.Reason) bool { return x.Student == "E5" })
		}, "reasons", "E5"},
		{"one more first wish", func(r *format.Result) { r.Statistics.FirstWish++ }, "statistics", "first wish"},
		{"another sum of ranks", func(r *format.Result) { r.Statistics.RankSum-- }, "statistics", "rank sum"},
		{"another mean", func(r *format.Result) { r.Statistics.Cost.Mean += format.Hundredths(1) }, "statistics", "mean"},
		{"another deviation", func(r *format.Result) { r.Statistics.Cost.Deviation -= format.Hundredths(1) }, "statistics", "deviation"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := solved(t, everything)
			tt.edit(r)
			refuse(t, r.Bytes(), tt.check, tt.mention)
		})
	}
}

// The bonus of score-v1 is a root: the judge must tell its sign and its last decimal.
func TestEachCorruptionOfABonusByScoreIsRefused(t *testing.T) {
	t.Parallel()
	instance := strings.Replace(everything, "score-v2", "score-v1", 1)
	tests := []struct {
		name string
		edit edit
	}{
		{"a bonus with the other sign", func(r *format.Result) { student(r, "E1").Costs.Bonus *= -1 }},
		{"a bonus a hundredth more", func(r *format.Result) { student(r, "E1").Costs.Bonus += format.Hundredths(1) }},
		{"a bonus a hundredth less", func(r *format.Result) { student(r, "E1").Costs.Bonus -= format.Hundredths(1) }},
		{"a bonus with a third decimal", func(r *format.Result) { student(r, "E1").Costs.Bonus += format.Hundredths(1) / 10 }},
		{"a bonus from nothing", func(r *format.Result) { student(r, "E4").Costs.Bonus += format.Hundredths(1) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := solved(t, instance)
			if student(r, "E1").Costs.Bonus == 0 {
				t.Fatal("the bonus is 0 to begin with")
			}
			tt.edit(r)
			for i := range r.Assignments { // a forger would see to the sums
				c := r.Assignments[i].Costs
				c.Cost = min(c.PostCost+c.Bonus, 50*format.One)
			}
			report, err := check.Verify([]byte(instance), r.Bytes())
			if err != nil || report.Failed == nil || report.Failed.Check != "costs" || !strings.Contains(report.Failed.Message, "bonus") {
				t.Errorf("the finding is %v (%v)", report.Failed, err)
			}
		})
	}
}

func TestEachCorruptionOfTheFileIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	good := string(solved(t, everything).Bytes())
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the result has no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(good), "", " "); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, file, check, mention string }{
		{"cut short", good[:len(good)/2], "format", "end of the file"},
		{"something after it", good + "{}", "format", "line 1"},
		{"not JSON", "<html>", "format", "a JSON value"},
		{"empty", "", "format", "a JSON value"},
		{"an instance instead", everything, "format", "$.format"},
		{"an unknown key", replace(`"filled"`, `"fulled"`), "format", "$.posts[0].fulled"},
		{"a key twice", replace(`"filled":1`, `"filled":1,"filled":1`), "format", "twice"},
		{"an unknown outcome", replace(`"outcome":"full"`, `"outcome":"taken"`), "format", `"taken"`},
		{"a rank of zero", replace(`"rank":2`, `"rank":0`), "format", "rank"},
		{"a seat and a half", replace(`"filled":1`, `"filled":1.5`), "format", "1.5"},
		{"too many decimals", replace(`"bonus":0.3`, `"bonus":0.30000000001`), "format", "0.30000000001"},
		{"another kind of proof", replace(`"kind":"replay"`, `"kind":"trust"`), "format", `"trust"`},
		{"no proof", replace(`"certificate":{"kind":"replay"},`, ``), "format", "$.certificate"},
		{"no statistics", good[:strings.LastIndex(good, `,"statistics"`)] + "}", "format", "$.statistics"},
		{"indented", indented.String(), "canonical bytes", "RFC 8785"},
		{"another spelling of a number", replace(`"bonus":0.3`, `"bonus":0.30`), "canonical bytes", "RFC 8785"},
		{"keys in another order", replace(`"method":"score-v2",`, ``)[:len(good)-len(`"method":"score-v2",`)-1] + `,"method":"score-v2"}`, "canonical bytes", "RFC 8785"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			refuse(t, []byte(tt.file), tt.check, tt.mention)
		})
	}
}

// solved returns the result of an instance, which the judge accepts.
func solved(t *testing.T, instance string) *format.Result {
	t.Helper()
	data, err := assign.SolveFile([]byte(instance))
	if err != nil {
		t.Fatal(err)
	}
	accept(t, []byte(instance), data)
	r, err := format.ReadResult(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(r.Bytes(), data) {
		t.Fatal("a result read and written again differs")
	}
	return r
}

func refuse(t *testing.T, result []byte, checkName, mention string) {
	t.Helper()
	report, err := check.Verify([]byte(everything), result)
	if err != nil {
		t.Fatal(err)
	}
	if report.Failed == nil {
		t.Fatal("accepted")
	}
	if report.Failed.Check != checkName || !strings.Contains(report.Failed.String(), mention) {
		t.Errorf("refused by %v\n expected %s, with %q", report.Failed, checkName, mention)
	}
}

func TestNothingIsSaidOfAResultWhoseInstanceIsNotValid(t *testing.T) {
	t.Parallel()
	_, err := check.Verify([]byte(strings.Replace(everything, `"seats":2`, `"seats":-2`, 1)), nil)
	if err == nil || !strings.Contains(err.Error(), "$.posts[0].seats: found -2") {
		t.Errorf("the error is %v", err)
	}
}
