package arch

import (
	"os"
	"path"
	"strings"
	"testing"
)

// What ARCHITECTURE.md draws and the source does not have is no plan any more. The
// other way round, a package that is not drawn is on no floor ([Problems]).
func TestWhatIsDrawnIsBuilt(t *testing.T) {
	t.Parallel()
	drawn, err := readPlans(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for folder, p := range map[string]plan{"internal": drawn.building, engine: drawn.engine} {
		seen := map[string]bool{}
		for _, row := range p {
			for _, name := range row {
				if seen[name] {
					t.Errorf("%s is drawn twice", name)
				}
				seen[name] = true
				in := path.Join("../..", folder, name)
				if name == "cmd" || name == "docs" {
					in = path.Join("../..", name)
				}
				if _, err := os.Stat(in); err != nil {
					t.Errorf("ARCHITECTURE.md draws %s: %v", name, err)
				}
			}
		}
	}
}

func TestADrawingThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{
		"Nothing.":                      "no drawing",
		"After this. No block.":         "no drawing",
		"After this.\n```\nweb\n```\n":  "no column that explains",
		"After this.\n```\nweb  a page": "no drawing",
	} {
		_, err := drawing(page, "After this.")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", page, err, want)
		}
	}
}
