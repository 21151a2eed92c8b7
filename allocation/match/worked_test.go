package match_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// The worked example of docs/algorithms/formats.md.
func TestWorkedExampleByteForByte(t *testing.T) {
	t.Parallel()
	instance := read(t, "../testdata/worked/stable.match.json")
	got, err := match.SolveFile(instance)
	if err != nil {
		t.Fatal(err)
	}
	page := read(t, "../testdata/worked/stable.expected.json")
	want, err := format.Canonical([]byte(strings.Replace(string(page), "sha256:…", format.Hash(instance), 1)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// c3.txt is also there as the files of a verification: what the office reads is
// what the judge does.
func TestTheTextOfC3IsItsFile(t *testing.T) {
	t.Parallel()
	in, _, err := parse(string(read(t, "../testdata/match/c3.txt")))
	if err != nil {
		t.Fatal(err)
	}
	instance := read(t, "../testdata/match/c3.match.json")
	if !bytes.Equal(in.Bytes(), bytes.TrimSuffix(instance, []byte("\n"))) {
		t.Errorf("the text is\n%s\nand the file\n%s", in.Bytes(), instance)
	}
	got, err := match.SolveFile(instance)
	if err != nil {
		t.Fatal(err)
	}
	if want := read(t, "../testdata/match/c3.result.json"); !bytes.Equal(got, bytes.TrimSuffix(want, []byte("\n"))) {
		t.Errorf("got\n%s\nexpected\n%s", got, want)
	}
}

// Whatever is wrong with a file is told, and nothing is written.
func TestAFileThatIsWrongHasNoResult(t *testing.T) {
	t.Parallel()
	r, err := match.SolveFile([]byte(`{"format":"match/1","posts":[],"candidates":[{"id":"a","wishes":["x"]}]}`))
	if err == nil || r != nil || !strings.Contains(err.Error(), `$.candidates[0].wishes[0]`) {
		t.Errorf("result %s, error %v", r, err)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
