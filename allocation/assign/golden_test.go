package assign_test

import (
	"encoding/json"
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
