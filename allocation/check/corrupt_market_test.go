package check_test

import (
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// Three students and posts as in marketOfThree, and one whom nobody has a seat
// for; post 3 has none at all.
const smallMarket = `HR1 4 4 1
S 3 0 1 2
S 3 1 2 0
S 3 2 0 1
S 2 3 0
P 1 4 1 2 0 3
P 1 3 2 0 1
P 1 3 0 1 2
P 0 1 3
O 1 2 0 3
`

func TestEachCorruptionOfAPlacementInAMarketIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	m, err := format.ReadMarket([]byte(smallMarket))
	if err != nil {
		t.Fatal(err)
	}
	first := "0 0 1\n1 1 1\n2 2 1\n3 - -\n" // by every engine
	prices := "HR1-prices 4 1003\n0 996\n1 993\n2 990\n3 0\n"
	tests := []struct {
		name, engine, placement, prices string
		check, mention                  string
	}{
		{"not a placement", check.MatchEngine, "hello", "", "format", "line 1"},
		{"a student left out", check.MatchEngine, "0 0 1\n1 1 1\n2 2 1\n", "", "format", "line 4"},
		{"another rank", check.MatchEngine, "0 0 2\n1 1 1\n2 2 1\n3 - -\n", "", "lists", "student 0 has post 0 at rank 2"},
		{"a post beyond its seats", check.MatchEngine, "0 0 1\n1 0 3\n2 2 1\n3 - -\n", "", "seats", "post 0 has 1 seats"},
		{"a post without seats", check.MatchEngine, "0 0 1\n1 1 1\n2 2 1\n3 3 1\n", "", "seats", "post 3 has 0 seats"},
		{"a pair that blocks", check.MatchEngine, "0 1 2\n1 0 3\n2 2 1\n3 - -\n", "", "stability", "student 1 would rather have post 2"},
		{"a free seat left", check.MatchEngine, "0 - -\n1 1 1\n2 2 1\n3 - -\n", "", "stability", "student 0 would rather have post 0"},
		{"the best matching for the posts", check.MatchEngine, "0 2 3\n1 0 3\n2 1 3\n3 - -\n", "", "optimality", "take each other's posts"},
		{"a student served before another", check.SerialEngine, "0 1 2\n1 2 2\n2 0 2\n3 - -\n", "", "certificate", "student 1 gets post 1"},
		{"a dearer placement", check.AssignEngine, "0 1 2\n1 2 2\n2 0 2\n3 - -\n", prices, "certificate", "would pay"},
		{"a smaller sum", check.AssignEngine, first, strings.Replace(prices, "1003", "1002", 1), "certificate", "1003"},
		{"a price one higher", check.AssignEngine, first, strings.Replace(prices, "990", "991", 1), "canonicality", "post 2 is too high"},
		{"a price one lower", check.AssignEngine, first, strings.Replace(prices, "996", "995", 1), "certificate", "student 3"},
		{"a price where nobody can go", check.AssignEngine, first, strings.Replace(prices, "3 0", "3 1", 1), "canonicality", "post 3 is too high"},
		{"prices left out", check.AssignEngine, first, "", "certificate", "the prices cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			report, err := check.VerifyMarket(m, tt.engine, []byte(tt.placement), []byte(tt.prices))
			if err != nil {
				t.Fatal(err)
			}
			named(t, report, tt.check, tt.mention)
		})
	}
	t.Run("an engine that there is not", func(t *testing.T) {
		t.Parallel()
		if _, err := check.VerifyMarket(m, "luck", nil, nil); err == nil || !strings.Contains(err.Error(), `"luck"`) {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestPlacementsOfTheEnginesAreAccepted(t *testing.T) {
	t.Parallel()
	m, err := format.ReadMarket([]byte(smallMarket))
	if err != nil {
		t.Fatal(err)
	}
	accepted := func(engine string, post, rank []int32, prices []byte) {
		placement := format.WritePlacement(post, rank)
		report, err := check.VerifyMarket(m, engine, placement, prices)
		if err != nil || report.Failed != nil {
			t.Errorf("%s: %v (%v)\n%s%s", engine, report.Failed, err, placement, prices)
		}
	}
	post, rank, _ := match.SolveMarket(m, nil)
	accepted(check.MatchEngine, post, rank, nil)
	post, rank = assign.ServeMarket(m)
	accepted(check.SerialEngine, post, rank, nil)
	best, err := assign.SolveMarket(m, assign.MarketOptions{})
	if err != nil {
		t.Fatal(err)
	}
	prices := format.WritePrices(best.Prices, best.Objective)
	accepted(check.AssignEngine, best.Post, best.Rank, prices)
	if f := check.VerifyAnyOptimum(m, format.WritePlacement(best.Post, best.Rank), prices).Failed; f != nil {
		t.Error(f)
	}
}
