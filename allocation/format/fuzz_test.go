package format_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"stagora.org/stagora/allocation/format"
)

// Whatever the bytes, a reader answers without panic, and what it accepts it
// writes in canonical form and reads again as the same.

func FuzzReadInstance(f *testing.F) {
	seeds(f, "*/*.instance.json", good)
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := format.ReadInstance(data)
		if err == nil {
			again(t, in.Bytes(), func(b []byte) ([]byte, error) {
				in, err := format.ReadInstance(b)
				return in.Bytes(), err
			})
		}
	})
}

func FuzzReadResult(f *testing.F) {
	seeds(f, "*/*.expected.json", `{"format":"assign-result/1","method":"serial","engine":"e","instance":"i","assignments":[{"student":"E1","order":1}],
		"posts":[{"post":"T1","filled":0}],"reasons":[{"student":"E1","outcome":"absent"}],
		"statistics":{"students":1,"placed":0,"firstWish":0,"withinThree":0,"worstRank":0,"rankSum":0},"certificate":{"kind":"replay"}}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := format.ReadResult(data)
		if err == nil {
			again(t, r.Bytes(), func(b []byte) ([]byte, error) {
				r, err := format.ReadResult(b)
				return r.Bytes(), err
			})
		}
	})
}

func FuzzReadCampaign(f *testing.F) {
	seeds(f, "*/*.campaign.json", `{"format":"campaign/1","engine":"e","commitment":"c","seed":"s","costs":"score-v2","students":[{"id":"E1","score":4,"manual":1}],
		"decisions":[{"student":"E1","kind":"move","from":"T1","to":"T2","reason":"r"},{"student":"E1","kind":"cost","cost":1.5,"reason":"r"},{"student":"E1","kind":"pin","to":"T1","reason":"r"}],
		"published":[{"student":"E1","post":"T2","postCost":1,"bonus":0.1,"cost":1.1}]}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := format.ReadCampaign(data)
		if err == nil {
			again(t, c.Bytes(), func(b []byte) ([]byte, error) {
				c, err := format.ReadCampaign(b)
				return c.Bytes(), err
			})
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

func seeds(f *testing.F, pattern, one string) {
	f.Helper()
	f.Add([]byte(one))
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
