package format_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"stagora.org/stagora/allocation/format"
)

// Whatever the bytes, a reader answers without panic, and what it accepts it
// writes in canonical form and reads again as the same.

func FuzzReadInstance(f *testing.F) {
	seeds(f, "*/*.instance.json", good, fair)
	fuzz(f, format.ReadInstance)
}

func FuzzReadResult(f *testing.F) {
	seeds(f, "*/*.expected.json", `{"format":"assign-result/1","method":"serial","engine":"e","instance":"i","assignments":[{"student":"E1","order":1}],
		"posts":[{"post":"T1","filled":0}],"reasons":[{"student":"E1","outcome":"absent"}],
		"statistics":{"students":1,"placed":0,"firstWish":0,"withinThree":0,"worstRank":0,"rankSum":0},"certificate":{"kind":"replay"}}`,
		resultOf("leximin", `{"kind":"levels","levels":[{"rank":0,"count":2,"posts":{"T1":1,"":0},"groups":{"g":[0,1]},"objective":3}]}`),
		resultOf("traded-lottery", `{"kind":"trades","draws":10,"before":[{"student":"E1","wishes":[3,4]}],"after":[{"student":"E1","wishes":[5,5]}]}`))
	fuzz(f, format.ReadResult)
}

func FuzzReadMatch(f *testing.F) {
	seeds(f, "*/*.match.json", market)
	fuzz(f, format.ReadMatch)
}

func FuzzReadMatchResult(f *testing.F) {
	seeds(f, "*/stable.expected.json", `{"format":"match-result/1","engine":"e","instance":"i","matches":[{"candidate":"x","post":"B","fixed":true}],"unmatched":["z"],
		"posts":[{"post":"A","filled":1,"cutoff":1,"reserved":[{"group":"g","filled":1,"cutoff":2}]}],"reasons":[{"candidate":"x","wish":1,"outcome":"closed","post":"A"}],
		"blocking":[{"candidate":"x","post":"A"}],"statistics":{"candidates":3,"placed":2,"firstWish":1,"withinThree":2,"worstWish":2,"wishSum":3},"certificate":{"kind":"stability"}}`)
	fuzz(f, format.ReadMatchResult)
}

func FuzzReadCallList(f *testing.F) {
	seeds(f, "*/*.calllist.json", sitting)
	fuzz(f, format.ReadCallList)
}

func FuzzReadCallState(f *testing.F) {
	seeds(f, "*/*.state.json", `{"format":"calllist-state/1","engine":"e","instance":"i","simulated":true,"hash":"",
		"state":{"phase":"open","current":"I1","placements":[],"waiting":["I3"],"skipped":[],"without":[],"passed":[],"moved":[],"posts":[{"post":"G1","left":0.5}]}}`)
	fuzz(f, format.ReadCallState)
}

func FuzzReadCampaign(f *testing.F) {
	seeds(f, "*/*.campaign.json", `{"format":"campaign/1","engine":"e","commitment":"c","seed":"s","costs":"score-v2","students":[{"id":"E1","score":4,"manual":1}],
		"decisions":[{"student":"E1","kind":"move","from":"T1","to":"T2","reason":"r"},{"student":"E1","kind":"cost","cost":1.5,"reason":"r"},{"student":"E1","kind":"pin","to":"T1","reason":"r"}],
		"published":[{"student":"E1","post":"T2","postCost":1,"bonus":0.1,"cost":1.1}]}`)
	fuzz(f, format.ReadCampaign)
}

// A text has one form, so what is accepted is written as it was.

func FuzzReadMarket(f *testing.F) {
	for _, text := range []string{small, "HR1 0 0 0\nO\n", "HR1 1 1 1\nS 1 0\nP 1 1 0\nO 0\n", "HR1 2 1 1\nS 0\nS 0\nP 1 0\nO 1 0\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := format.ReadMarket(data); err == nil && !bytes.Equal(m.Bytes(), data) {
			t.Fatalf("written as %q", m.Bytes())
		}
	})
}

func FuzzReadPlacement(f *testing.F) {
	f.Add([]byte("0 0 1\n1 - -\n2 1 2\n"))
	m, err := format.ReadMarket([]byte(small))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if post, rank, err := format.ReadPlacement(data, m); err == nil && !bytes.Equal(format.WritePlacement(post, rank), data) {
			t.Fatalf("written as %q", format.WritePlacement(post, rank))
		}
	})
}

func FuzzReadPrices(f *testing.F) {
	f.Add([]byte("HR1-prices 2 12\n0 3\n1 0\n"))
	m, err := format.ReadMarket([]byte(small))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if prices, objective, err := format.ReadPrices(data, m); err == nil && !bytes.Equal(format.WritePrices(prices, objective), data) {
			t.Fatalf("written as %q", format.WritePrices(prices, objective))
		}
	})
}

func FuzzKind(f *testing.F) {
	seeds(f, "*/*.json", good, `{"a":[{}],"format":"HR1"}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		kind, err := format.Kind(data)
		if known := slices.Contains(format.Kinds(), kind); known != (err == nil) {
			t.Fatalf("%q is a kind: %v (%v)", kind, known, err)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	seeds(f, "*/*.json", `[0.1,1e21,"\ud83d\ude00",{"b":null,"a":-0}]`)
	f.Fuzz(func(t *testing.T, data []byte) {
		canonical, err := format.Canonical(data)
		if err != nil {
			return
		}
		if !json.Valid(data) || !json.Valid(canonical) {
			t.Fatalf("%q was accepted, and written as %q", data, canonical)
		}
		again(t, canonical, format.Canonical)
	})
}

// fuzz holds a reader to what this file promises.
func fuzz[T interface{ Bytes() []byte }](f *testing.F, read func([]byte) (T, error)) {
	f.Fuzz(func(t *testing.T, data []byte) {
		if file, err := read(data); err == nil {
			again(t, file.Bytes(), func(b []byte) ([]byte, error) {
				file, err := read(b)
				if err != nil {
					return nil, err
				}
				return file.Bytes(), nil
			})
		}
	})
}

func seeds(f *testing.F, pattern string, some ...string) {
	f.Helper()
	for _, one := range some {
		f.Add([]byte(one))
	}
	files, err := filepath.Glob("../testdata/" + pattern)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 10_000 {
			f.Add(data)
		}
	}
}

func again(t *testing.T, written []byte, rewrite func([]byte) ([]byte, error)) {
	t.Helper()
	if !format.IsCanonical(written) {
		t.Fatalf("written in a form that is not canonical: %s", written)
	}
	second, err := rewrite(written)
	if err != nil {
		t.Fatalf("what was written is refused: %v\n%s", err, written)
	}
	if !bytes.Equal(second, written) {
		t.Fatalf("written as %s\nthen as   %s", written, second)
	}
}
