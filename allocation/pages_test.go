package allocation_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
)

// The example that the page on formats shows is the one that the tests run, and
// its campaign can be read.
func TestThePageOnFormatsShowsWhatTheTestsRun(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/algorithms/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) != 3 {
		t.Fatalf("the page shows %d files, expected 3", len(blocks))
	}
	for i, name := range []string{"score-v2.instance.json", "score-v2.expected.json"} {
		file, err := os.ReadFile("testdata/worked/" + name)
		if err != nil || string(file) != string(blocks[i][1]) {
			t.Errorf("the page does not show %s (%v)", name, err)
		}
	}
	if _, err := format.ReadCampaign(blocks[2][1]); err != nil {
		t.Errorf("the campaign of the page: %v", err)
	}
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
