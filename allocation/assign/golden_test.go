package assign_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// The results that StageTrek's own procedures gave on generated campaigns, run
// by their database. Demand may differ for posts of equal demand alone: there
// StageTrek drew lots.
func TestGoldenCampaignsHaveStageTreksResults(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/golden/*.instance.json")
	if err != nil || len(files) != 4 {
		t.Fatalf("found %d golden campaigns, expected 4 (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data := read(t, file)
			in, err := format.ReadInstance(data)
			if err != nil {
				t.Fatal(err)
			}
			got, err := assign.Solve(in)
			if err != nil {
				t.Fatal(err)
			}
			want := golden(t, strings.Replace(file, "instance", "expected", 1))
			if len(got.Assignments) != len(want.Assignments) {
				t.Fatalf("%d assignments, expected %d", len(got.Assignments), len(want.Assignments))
			}
			for i, a := range got.Assignments {
				if line := want.Assignments[i]; !line.equals(a) {
					t.Errorf("assignment %d is %+v %+v, StageTrek has %+v", i, a, *a.Costs, line)
				}
			}
			for i, level := range assign.Demand(in) {
				post := in.Posts[i].ID
				stageTrek := strings.NewReplacer("rang_", "", "no_demande", "none", "ferme", "closed").Replace(want.Demand[post])
				if level != stageTrek && !sharesDemand(in, i) {
					t.Errorf("demand for %s is %s, StageTrek has %s", post, level, stageTrek)
				}
			}
		})
	}
}

type stageTrek struct {
	Assignments []stageTrekLine
	Demand      map[string]string
}

type stageTrekLine struct {
	Student, Post, Secondary string
	Order, Rank              int
	PostCost, Bonus, Cost    json.Number
}

func (want stageTrekLine) equals(a format.Assignment) bool {
	amount := func(n json.Number) format.Amount {
		a, err := format.ParseAmount(n.String())
		if err != nil {
			panic(err)
		}
		return a
	}
	return a.Student == want.Student && a.Order == want.Order && a.Post == want.Post && a.Rank == want.Rank &&
		a.Secondary == want.Secondary && *a.Costs == format.Costs{
		PostCost: amount(want.PostCost), Bonus: amount(want.Bonus), Cost: amount(want.Cost),
	}
}

func golden(t *testing.T, file string) stageTrek {
	t.Helper()
	var want stageTrek
	if err := json.Unmarshal(read(t, file), &want); err != nil {
		t.Fatal(err)
	}
	return want
}

// sharesDemand says whether another post of the same kind has exactly the same
// demand per seat.
func sharesDemand(in *format.Instance, post int) bool {
	rules := in.Rules()
	pull := make([]int, len(in.Posts))
	x := in.Index()
	for _, s := range in.Students {
		counted := map[string]bool{}
		for k, w := range s.Wishes {
			weight := 100_000
			if k < len(rules.RankCosts) {
				weight = max(weight, int(rules.RankCosts[k]))
			}
			pull[x.Post[w.Post]] += weight
			if w.Secondary != "" && !counted[w.Secondary] {
				counted[w.Secondary] = true
				pull[x.Post[w.Secondary]] += weight
			}
		}
	}
	for i, p := range in.Posts {
		if i != post && p.Secondary == in.Posts[post].Secondary && p.Seats > 0 &&
			pull[i]*in.Posts[post].Seats == pull[post]*p.Seats {
			return true
		}
	}
	return false
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The worked example of docs/algorithms/formats.md, which also shows every kind
// of field.
func TestWorkedExampleByteForByte(t *testing.T) {
	t.Parallel()
	instance := read(t, "../testdata/worked/score-v2.instance.json")
	got, err := assign.SolveFile(instance)
	if err != nil {
		t.Fatal(err)
	}
	page := read(t, "../testdata/worked/score-v2.expected.json")
	want, err := format.Canonical([]byte(strings.Replace(string(page), "sha256:…", format.Hash(instance), 1)))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// One student wishes for one post; D is the only rank cost. The costs were worked
// out by hand or with 50 digits.
func TestPostCostsAreRoundedExactly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		d          string
		seats      int
		correction string
		decimals   int
		want       string
	}{
		{"15", 2, "1.4", 2, "6.83"},
		{"10", 2, "1.4", 2, "4.62"},
		{"200", 2, "1.4", 2, "40"},        // 74.88, above the highest cost
		{"10", 1, "1.4", 6, "9"},          // the correction is exactly 1
		{"5", 1, "1", 0, "5"},             // 4.5: half away from zero
		{"105", 1, "2", 1, "-5.3"},        // 105 − 110.25 = −5.25: half away from zero
		{"110", 1, "2", 0, "-11"},         // 110 − 121, exactly
		{"100", 1, "2", 2, "0"},           // 100 − 100
		{"101", 1, "2", 0, "-1"},          // −1.01
		{"104", 1, "2", 0, "-4"},          // −4.16
		{"0", 3, "1.4", 2, "0"},           // nobody pays for what nobody wants
		{"0.5", 1, "0", 0, "-1"},          // 0.5 − 1 = −0.5: half away from zero
		{"7", 3, "0", 2, "1.33"},          // 2.333… − 1
		{"20", 1, "0.5", 6, "18.585786"},  // 20 − √2
		{"20", 1, "1.333", 6, "17.48074"}, // 20 − 2^1.333,
		{"0.000001", 1000, "1.4", 6, "0"},
	}
	for _, tt := range tests {
		amount := func(s string) format.Amount {
			a, err := format.ParseAmount(s)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		p := format.DefaultParameters()
		p.RankCosts, p.Correction, p.Decimals = []format.Amount{amount(tt.d)}, amount(tt.correction), tt.decimals
		in := &format.Instance{
			Method: format.ScoreV2, Parameters: p,
			Posts:    []format.Post{{ID: "T1", Seats: tt.seats}},
			Students: []format.Student{{ID: "E1", Wishes: []format.Wish{{Post: "T1"}}}},
		}
		prices, err := assign.Price(in, format.ScoreV2, []string{"T1"})
		if err != nil {
			t.Fatal(err)
		}
		if got := prices.Posts[0].PostCost.String(); got != tt.want {
			t.Errorf("D = %s, P = %d, exponent %s, %d decimals: %s, expected %s", tt.d, tt.seats, tt.correction, tt.decimals, got, tt.want)
		}
	}
}

func TestACostBeyondReasonIsRefused(t *testing.T) {
	t.Parallel()
	p := format.DefaultParameters()
	p.RankCosts, p.Correction = []format.Amount{1000 * format.One}, 3*format.One
	in := &format.Instance{Method: format.ScoreV2, Parameters: p, Posts: []format.Post{{ID: "T1", Seats: 1}}}
	for i := range 60 { // 60,000 − 6,000³
		in.Students = append(in.Students, format.Student{ID: fmt.Sprint(i), Wishes: []format.Wish{{Post: "T1"}}})
	}
	_, err := assign.Solve(in)
	if _, ok := errors.AsType[format.Errors](err); !ok || !strings.Contains(err.Error(), "$.parameters.correction: found 3, ") {
		t.Errorf("the error is %v", err)
	}
}
