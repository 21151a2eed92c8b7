package check_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/lottery"
	"stagora.org/stagora/allocation/match"
)

// Whatever a forger writes, the judge answers, and accepts one result alone.
func FuzzVerify(f *testing.F) {
	good := solve(f, []byte(everything))
	f.Add(good)
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, result []byte) { acceptOne(t, []byte(everything), result, good) })
}

func FuzzVerifyOptimum(f *testing.F) {
	var instances, good [][]byte
	for _, instance := range []string{shared, strings.Replace(shared, "equity", "leximin", 1), floor, passedOver, trades} {
		instances = append(instances, []byte(instance))
		good = append(good, solve(f, []byte(instance)))
		f.Add(byte(len(good)-1), good[len(good)-1])
	}
	f.Fuzz(func(t *testing.T, which byte, result []byte) {
		k := int(which) % len(instances)
		acceptOne(t, instances[k], result, good[k])
	})
}

func acceptOne(t *testing.T, instance, result, good []byte) {
	t.Helper()
	report, err := check.Verify(instance, result)
	if err != nil {
		t.Fatal(err)
	}
	if report.Failed == nil && !sameButForEngine(t, result, good) {
		t.Fatalf("accepted: %s", result)
	}
}

func FuzzVerifyMatch(f *testing.F) {
	var instances, good [][]byte
	for _, instance := range []string{marketOfThree, reserves, secondRound, tied} {
		result, err := match.SolveFile([]byte(instance))
		if err != nil {
			f.Fatal(err)
		}
		instances, good = append(instances, []byte(instance)), append(good, result)
		f.Add(byte(len(good)-1), result)
	}
	f.Fuzz(func(t *testing.T, which byte, result []byte) {
		k := int(which) % len(instances)
		report, err := check.VerifyMatch(instances[k], result)
		if err != nil {
			t.Fatal(err)
		}
		if report.Failed != nil {
			return
		}
		r, err := format.ReadMatchResult(result)
		if err != nil {
			t.Fatal(err)
		}
		if r.Engine = format.Engine; !bytes.Equal(r.Bytes(), good[k]) {
			t.Fatalf("accepted: %s", result)
		}
	})
}

// A log is as open to a forger as the state.
func FuzzVerifyCallList(f *testing.F) {
	list, err := os.ReadFile("../testdata/worked/live.calllist.json")
	if err != nil {
		f.Fatal(err)
	}
	state, err := calllist.SolveFile(list)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(list, state)
	f.Fuzz(func(t *testing.T, list, state []byte) {
		report, err := check.VerifyCallList(list, state)
		if err != nil || report.Failed != nil {
			return
		}
		want, err := calllist.SolveFile(list)
		if err != nil {
			t.Fatalf("the engine refuses what the judge accepts: %v\n%s\n%s", err, list, state)
		}
		got, err := format.ReadCallState(state)
		if err != nil {
			t.Fatal(err)
		}
		if got.Engine = format.Engine; !bytes.Equal(got.Bytes(), want) {
			t.Fatalf("accepted: %s\n%s", list, state)
		}
	})
}

func FuzzVerifyMarket(f *testing.F) {
	m, err := format.ReadMarket([]byte(smallMarket))
	if err != nil {
		f.Fatal(err)
	}
	best := "0 0 1\n1 1 1\n2 2 1\n3 - -\n"
	prices := "HR1-prices 4 1003\n0 996\n1 993\n2 990\n3 0\n"
	for _, engine := range []string{check.MatchEngine, check.SerialEngine, check.AssignEngine} {
		f.Add(engine, []byte(best), []byte(prices))
	}
	f.Fuzz(func(t *testing.T, engine string, placement, claimed []byte) {
		report, err := check.VerifyMarket(m, engine, placement, claimed)
		if err != nil || report.Failed != nil {
			return
		}
		if string(placement) != best || engine == check.AssignEngine && string(claimed) != prices {
			t.Fatalf("%s accepted: %s%s", engine, placement, claimed)
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
		report, err := check.VerifyBundle(check.Files[[]byte]{Campaign: campaign, Instance: instance, Result: result})
		if err == nil && report.Failed == nil && len(report.Passed) != 23 {
			t.Fatalf("accepted after %d checks: %s", len(report.Passed), campaign)
		}
	})
}
