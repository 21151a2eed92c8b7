package check_test

import (
	"fmt"
	"strings"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/match"
)

// Somebody changed a result so that E2 goes first; the judge names what cannot
// be true.
func ExampleVerify() {
	instance := []byte(`{"format":"assign/1","method":"serial","posts":[{"id":"T1","seats":1},{"id":"T2","seats":1}],
		"students":[{"id":"E1","wishes":[{"post":"T1"},{"post":"T2"}]},{"id":"E2","wishes":[{"post":"T1"},{"post":"T2"}]}]}`)
	result, err := assign.SolveFile(instance)
	if err != nil {
		fmt.Println(err)
		return
	}
	forged := strings.NewReplacer(
		`"post":"T1","rank":1`, `"post":"T2","rank":2`,
		`"post":"T2","rank":2`, `"post":"T1","rank":1`,
	).Replace(string(result))
	for _, file := range []string{string(result), forged} {
		report, err := check.Verify(instance, []byte(file))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(report.Passed), "checks passed;", report.Failed)
	}
	// Output:
	// 15 checks passed; <nil>
	// 8 checks passed; certificate: student E1 could have post T1, wish 1, which still has a seat; the result has post "T2", rank 2 (students E1) (posts T1)
}

// Two doctors and two wards. In the matching that the file claims, x and A would
// both rather have each other.
func ExampleVerifyFile() {
	instance := []byte(`{"format":"match/1",
		"posts":[{"id":"A","seats":1,"ranking":["x","y"]},{"id":"B","seats":1,"ranking":["x","y"]}],
		"candidates":[{"id":"x","wishes":["A","B"]},{"id":"y","wishes":["A","B"]}]}`)
	result, err := match.SolveFile(instance)
	if err != nil {
		fmt.Println(err)
		return
	}
	forged := strings.NewReplacer(
		`"candidate":"x","post":"A"`, `"candidate":"x","post":"B"`,
		`"candidate":"y","post":"B"`, `"candidate":"y","post":"A"`,
	).Replace(string(result))
	for _, file := range []string{string(result), forged} {
		report, err := check.VerifyFile(instance, []byte(file))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(report.Passed), "checks passed;", report.Failed)
	}
	// Output:
	// 16 checks passed; <nil>
	// 7 checks passed; stability: candidate x would rather have post A, which would rather have x than y (students x, y) (posts A)
}
