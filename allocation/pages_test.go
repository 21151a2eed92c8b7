package allocation_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// The examples that the page on formats shows are those that the tests run, and
// its campaign can be read.
func TestThePageOnFormatsShowsWhatTheTestsRun(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/algorithms/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := []string{
		"score-v2.instance.json", "equity.instance.json", "score-v2.expected.json", "equity.expected.json",
		"stable.match.json", "stable.expected.json", "live.calllist.json", "live.expected.json",
	}
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) != len(shown)+1 {
		t.Fatalf("the page shows %d files, expected %d", len(blocks), len(shown)+1)
	}
	for i, name := range shown {
		if worked(t, name) != string(blocks[i][1]) {
			t.Errorf("the page does not show %s", name)
		}
	}
	if _, err := format.ReadCampaign(blocks[len(shown)][1]); err != nil {
		t.Errorf("the campaign of the page: %v", err)
	}
	if market := worked(t, "market.hr1"); !strings.Contains(string(page), "```\n"+market+"```") {
		t.Error("the page does not show market.hr1")
	}
}

func TestWorkedExamplesByteForByte(t *testing.T) {
	t.Parallel()
	for name, solve := range map[string]func([]byte) ([]byte, error){
		"equity.instance.json": assign.SolveFile[[]byte], "stable.match.json": match.SolveFile, "live.calllist.json": calllist.SolveFile,
	} {
		instance := worked(t, name)
		got, err := solve([]byte(instance))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		first, _, _ := strings.Cut(name, ".")
		page := worked(t, first+".expected.json")
		want, err := format.Canonical([]byte(strings.Replace(page, "sha256:…", format.Hash([]byte(instance)), 1)))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, got, want)
		}
	}
	market := worked(t, "market.hr1")
	if m, err := format.ReadMarket([]byte(market)); err != nil || string(m.Bytes()) != market {
		t.Errorf("market.hr1: %v", err)
	}
}

func worked(t *testing.T, name string) string {
	t.Helper()
	file, err := os.ReadFile("testdata/worked/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}

// Every case that a page names is there.
func TestPagesNameCasesThatExist(t *testing.T) {
	t.Parallel()
	pages, err := os.ReadDir("../docs/algorithms")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, page := range pages {
		if !strings.HasSuffix(page.Name(), ".md") {
			continue
		}
		text, err := os.ReadFile("../docs/algorithms/" + page.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range regexp.MustCompile("`allocation/(testdata/[^`]+)`").FindAllSubmatch(text, -1) {
			named++
			if _, err := os.Stat(string(file[1])); err != nil {
				t.Errorf("%s names %s: %v", page.Name(), file[1], err)
			}
		}
	}
	if named < 6 {
		t.Errorf("pages name %d cases", named)
	}
}
