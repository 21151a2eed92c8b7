package arch

import (
	"go/ast"
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

// A query that nobody asks is dead: it goes, with the Go that is made of it.
func TestEveryQueryIsAsked(t *testing.T) {
	t.Parallel()
	tree := os.DirFS("../..")
	files, err := sqlFiles(tree)
	if err != nil {
		t.Fatal(err)
	}
	sources, err := goFiles(tree)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]map[string]bool{} // by the package that owns the queries
	for _, s := range sources {
		owner := path.Dir(s.path)
		if s.test || path.Base(owner) == "queries" {
			continue
		}
		if asked[owner] == nil {
			asked[owner] = map[string]bool{}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if called, ok := n.(*ast.SelectorExpr); ok {
				asked[owner][called.Sel.Name] = true
			}
			return true
		})
	}
	seen := 0
	for file, text := range files {
		owner := path.Dir(path.Dir(file))
		for _, query := range regexp.MustCompile(`(?m)^-- name: (\w+) :`).FindAllStringSubmatch(text, -1) {
			seen++
			if !asked[owner][query[1]] {
				t.Errorf("%s: nothing in %s asks %s", file, owner, query[1])
			}
		}
	}
	if seen < 100 {
		t.Errorf("looked at %d queries", seen)
	}
}
