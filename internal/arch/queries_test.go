package arch

import (
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"testing"
)

// A folder of queries that sqlc.yaml forgets is compiled by nobody, and differs
// from the schema without anybody being told.
func TestEveryFolderOfQueriesIsCompiled(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile("../../sqlc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var compiled []string
	for _, match := range regexp.MustCompile(`queries: (internal/\S+/queries)`).FindAllStringSubmatch(string(config), -1) {
		compiled = append(compiled, match[1])
	}
	files, err := sqlFiles(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for file := range files {
		folder := path.Dir(file)
		if path.Base(folder) != "queries" {
			continue
		}
		found[folder] = true
		if !slices.Contains(compiled, folder) {
			t.Errorf("sqlc.yaml has no entry for %s", folder)
		}
		if _, err := os.Stat("../../" + file + ".go"); err != nil {
			t.Errorf("%s has no Go beside it: make generate", file)
		}
	}
	if !found["internal/campaign/queries"] || !found["internal/campaign/result/queries"] {
		t.Errorf("found %v", slices.Collect(maps.Keys(found)))
	}
	for _, folder := range compiled {
		if !found[folder] {
			t.Errorf("sqlc.yaml compiles %s, where no query is", folder)
		}
	}
}
