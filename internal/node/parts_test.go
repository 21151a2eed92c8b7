package node_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/node"
)

func TestTheCapabilitiesFitTogether(t *testing.T) {
	t.Parallel()
	if err := capability.Check(node.Capabilities(&campaign.Campaigns{})...); err != nil {
		t.Error(err)
	}
}

func TestEveryRouteAsksForADeclaredRight(t *testing.T) {
	t.Parallel()
	declared := map[string]bool{"public": true, "signed-in": true}
	for _, d := range node.Rights() {
		declared[string(d.Right)] = true
	}
	for _, route := range node.Routes(&campaign.Campaigns{}) {
		if !declared[string(route.Right)] {
			t.Errorf("%s asks for %q, which nobody declares", route.Pattern, route.Right)
		}
	}
	for _, room := range node.Rooms(&campaign.Campaigns{}) {
		for _, e := range room.Menu {
			if !declared[string(e.Right)] {
				t.Errorf("the entry %s asks for %q, which nobody declares", e.Href, e.Right)
			}
		}
	}
}

// What stands below the capabilities serves all of them, and knows none by name.
func TestTheGroundNamesNoCapability(t *testing.T) {
	t.Parallel()
	words := map[string]string{} // by whom it is declared
	for _, c := range node.Capabilities(&campaign.Campaigns{}) {
		if c.Name == "ground" {
			continue
		}
		for _, r := range c.Rights {
			words[string(r.Right)] = c.Name
		}
		for _, k := range c.Notices {
			words[string(k)] = c.Name
		}
		for _, a := range c.Actions {
			words[a] = c.Name
		}
		for kind := range c.Work {
			words[kind] = c.Name
		}
	}
	for _, ground := range []string{"identity", "notice", "job", "audit"} {
		files, err := filepath.Glob("../" + ground + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("no files of %s: %v", ground, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for word, owner := range words {
				if !strings.HasSuffix(file, "_test.go") && strings.Contains(code(string(content)), `"`+word+`"`) {
					t.Errorf("%s names %q, which %s declares", file, word, owner)
				}
			}
		}
	}
}

// code returns the lines of a file without what they say in comments.
func code(content string) string {
	var kept strings.Builder
	for line := range strings.Lines(content) {
		before, _, _ := strings.Cut(line, "//")
		kept.WriteString(before + "\n")
	}
	return kept.String()
}
