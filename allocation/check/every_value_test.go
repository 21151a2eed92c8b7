package check_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// falsified calls try with every file that differs from a canonical one in a single
// value: a number off by one, a text longer or one that stands elsewhere under the same
// key, a member or an item left out, twice, or before the one before it.
func falsified(t *testing.T, file []byte, try func(path string, file []byte)) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		t.Fatal(err)
	}
	texts := map[string]map[string]bool{} // by key
	gather(root, "", texts)
	give := func(path string) {
		written, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		canonical, err := format.Canonical(written)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(canonical, file) {
			try(path, canonical)
		}
	}
	var walk func(path, key string, v any, set func(any))
	walk = func(path, key string, v any, set func(any)) {
		with := func(other any, how string) {
			set(other)
			give(path + " " + how)
			set(v)
		}
		switch v := v.(type) {
		case json.Number:
			for _, step := range []format.Amount{format.One, -format.One, format.Hundredths(1)} {
				a, err := format.ParseAmount(v.String())
				if err != nil {
					t.Fatal(err)
				}
				with(json.Number((a + step).String()), "off by "+step.String())
			}
		case string:
			with(v+"x", "longer")
			others := slices.Sorted(maps.Keys(texts[key]))
			at, _ := slices.BinarySearch(others, v)
			with(others[(at+1)%len(others)], "as another")
		case bool:
			with(!v, "turned")
		case []any:
			for i := range v {
				with(slices.Delete(slices.Clone(v), i, i+1), fmt.Sprintf("without [%d]", i))
				with(slices.Insert(slices.Clone(v), i, v[i]), fmt.Sprintf("with [%d] twice", i))
				if i > 0 {
					swapped := slices.Clone(v)
					swapped[i], swapped[i-1] = swapped[i-1], swapped[i]
					with(swapped, fmt.Sprintf("with [%d] earlier", i))
				}
				walk(fmt.Sprintf("%s[%d]", path, i), key, v[i], func(x any) { v[i] = x })
			}
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				less := maps.Clone(v)
				delete(less, k)
				with(less, "without "+k)
				walk(path+"."+k, k, v[k], func(x any) { v[k] = x })
			}
		}
	}
	walk("$", "", root, func(x any) { root = x })
}

func gather(v any, key string, texts map[string]map[string]bool) {
	switch v := v.(type) {
	case string:
		if texts[key] == nil {
			texts[key] = map[string]bool{}
		}
		texts[key][v] = true
	case []any:
		for _, item := range v {
			gather(item, key, texts)
		}
	case map[string]any:
		for k, member := range v {
			gather(member, k, texts)
		}
	}
}

// A result proves all that it says: whichever value is falsified, the judge sees it. Who
// made the result is the one thing that a file cannot prove.
func TestNoValueOfAResultCanBeFalsified(t *testing.T) {
	t.Parallel()
	as := func(instance, method string) string {
		return strings.NewReplacer(`"method":"score-v2"`, `"method":"`+method+`"`, `"method":"equity"`, `"method":"`+method+`"`).Replace(instance)
	}
	files := map[string]string{
		"score-v2": everything, "score-v1": as(everything, format.ScoreV1), "serial": as(everything, format.Serial),
		"equity": shared, "equity with a floor": floor, "equity in nested groups": nested, "leximin": as(nested, format.Leximin),
		"rank-maximal": as(floor, format.RankMaximal), "ordered": as(shared, format.Ordered), "ordered, one passed over": passedOver,
		"ordered, one left out": leftOut, "traded-lottery": trades,
	}
	for _, worked := range []string{"stable.match.json", "live.calllist.json"} {
		files[worked] = string(read(t, "../testdata/worked/"+worked))
	}
	for name, instance := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			solve := assign.SolveFile[[]byte]
			switch {
			case strings.HasSuffix(name, ".match.json"):
				solve = match.SolveFile
			case strings.HasSuffix(name, ".calllist.json"):
				solve = calllist.SolveFile
			}
			result, err := solve([]byte(instance))
			if err != nil {
				t.Fatal(err)
			}
			tried := 0
			falsified(t, result, func(path string, file []byte) {
				report, err := check.VerifyFile([]byte(instance), file)
				switch {
				case err != nil:
					t.Errorf("%s: %v", path, err)
				case strings.HasPrefix(path, "$.engine "):
					if report.Failed != nil {
						t.Errorf("%s: %v", path, report.Failed)
					}
				case report.Failed == nil:
					t.Errorf("%s: accepted", path)
				case len(report.Passed) > 0 && report.Failed.Check == "" || report.Failed.Message == "":
					t.Errorf("%s: refused without a word", path)
				}
				tried++
			})
			if tried < 40 {
				t.Errorf("%d values were falsified", tried)
			}
		})
	}
}
