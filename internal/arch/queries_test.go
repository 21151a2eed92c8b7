package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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
	files, err := filepath.Glob("../../internal/*/queries/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files of queries, %v", len(files), err)
	}
	for _, file := range files {
		folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), "../../")
		if !slices.Contains(compiled, folder) {
			t.Errorf("sqlc.yaml has no entry for %s", folder)
		}
		if generated, err := filepath.Glob(file + ".go"); err != nil || len(generated) == 0 {
			t.Errorf("%s has no Go beside it: make generate", file)
		}
	}
}
