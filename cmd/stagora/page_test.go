package main

import (
	"os"
	"strings"
	"testing"
)

// The page that commissions read shows what the commands print today.
func TestThePageOnChoosingAMethodIsTrue(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/algorithms/choosing-a-method.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	const campaign = "allocation/testdata/golden/caen-239.instance.json"
	folder := t.TempDir()
	for _, args := range [][]string{
		{"compare", "../../" + campaign, "--methods", "score-v2,ordered,equity,leximin,rank-maximal"},
		{"simulate", "-o", folder},
	} {
		code, out, stderr := stagora("", args...)
		if code != 0 || !strings.Contains(page, "```\n"+out+"```\n") {
			t.Errorf("%s exits with %d and prints what the page does not show:\n%s%s", args[0], code, out, stderr)
		}
	}
	for _, name := range []string{"ranks.svg", "spread.svg"} {
		drawn, err := os.ReadFile(folder + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if shown, err := os.ReadFile("../../docs/algorithms/pictures/" + name); err != nil || string(shown) != string(drawn) {
			t.Errorf("docs/algorithms/pictures/%s is not what simulate draws (%v)", name, err)
		}
	}
}
