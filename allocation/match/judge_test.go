package match_test

import (
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// The judge shares no code with this package but the reading of files.
func TestTheJudgeAcceptsEveryMatching(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		in := d.market(t, 7, d.kind())
		d.rule(in)
		instance := in.Bytes()
		result, err := match.SolveFile(instance)
		if err != nil {
			t.Fatal(err)
		}
		report, err := check.VerifyMatch(instance, result)
		if err != nil || report.Failed != nil {
			t.Fatalf("refused: %v %v\n%s", err, report, result)
		}
		if r, err := format.ReadMatchResult(result); err != nil || string(r.Bytes()) != string(result) {
			t.Fatalf("the result, read and written again, differs: %v", err)
		}
	})
}
