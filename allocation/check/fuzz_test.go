package check_test

import (
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/lottery"
)

// Whatever a forger writes, the judge answers, and accepts one result alone.
func FuzzVerify(f *testing.F) {
	good := solve(f, []byte(everything))
	f.Add(good)
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, result []byte) {
		report, err := check.Verify([]byte(everything), result)
		if err != nil {
			t.Fatal(err)
		}
		if report.Failed == nil && !sameButForEngine(t, result, good) {
			t.Fatalf("accepted: %s", result)
		}
	})
}

func solve(f *testing.F, instance []byte) []byte {
	f.Helper()
	result, err := assign.SolveFile(instance)
	if err != nil {
		f.Fatal(err)
	}
	return result
}

// The name of the engine is the one thing that the instance does not decide.
func sameButForEngine(t *testing.T, result, good []byte) bool {
	t.Helper()
	x, err := format.ReadResult(result)
	if err != nil {
		t.Fatal(err)
	}
	x.Engine = format.Engine
	return string(x.Bytes()) == string(good)
}

func FuzzVerifyBundle(f *testing.F) {
	instance := []byte(`{"format":"assign/1","method":"serial","posts":[{"id":"T1","seats":1}],"students":[{"id":"E1","order":1,"wishes":[{"post":"T1"}]}]}`)
	score := format.One
	campaign := format.Campaign{
		Engine: "e", Seed: "s", Commitment: lottery.Commitment("s"), CostRule: format.ScoreV2,
		Students:  []format.CampaignStudent{{ID: "E1", Score: &score}},
		Decisions: []format.Decision{{Student: "E1", Kind: format.Move, From: "T1", Reason: "r"}, {Student: "E1", Kind: format.Reprice, Cost: 1, Reason: "r"}},
		Published: []format.Publication{{Student: "E1", Costs: &format.Costs{}}},
	}
	f.Add(campaign.Bytes())
	result := solve(f, instance)
	f.Fuzz(func(t *testing.T, campaign []byte) {
		report, err := check.VerifyBundle(check.Files{Campaign: campaign, Instance: instance, Result: result})
		if err == nil && report.Failed == nil && len(report.Passed) != 23 {
			t.Fatalf("accepted after %d checks: %s", len(report.Passed), campaign)
		}
	})
}
