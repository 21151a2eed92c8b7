package allocation_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed is policy: with these packages alone the engine cannot read a clock, a
// file or chance. math and math/rand are not among them on purpose.
const allowed = `
	bytes cmp container/heap crypto/sha256 encoding/hex encoding/json errors fmt io iter maps math/big math/bits
	slices sort strconv strings sync sync/atomic unicode/utf8
`

// The judge shares the files with the solvers, and nothing else.
var parts = map[string][]string{
	"assign":         {"flow", "flow/simplex", "flow/transport", "format", "lottery"},
	"calllist":       {"format"},
	"check":          {"format"},
	"flow":           {"flow/auction", "flow/simplex", "flow/transport"},
	"flow/auction":   {"flow/transport"},
	"flow/simplex":   {"flow/transport"},
	"flow/transport": {},
	"format":         {},
	"lottery":        {},
	"match":          {"format", "lottery"},
	"scenario":       {"assign", "format", "lottery"},
	".":              {},
}

func TestTheEngineImportsOnlyWhatKeepsItPure(t *testing.T) {
	t.Parallel()
	const ours = "stagora.org/stagora/allocation/"
	files := sources(t)
	if len(files) < 20 {
		t.Fatalf("found only %d files of the engine", len(files))
	}
	for name, file := range files {
		part := filepath.Dir(name)
		mayUse, known := parts[part]
		if !known {
			t.Errorf("%s belongs to no known part of the engine", name)
		}
		for _, spec := range file.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			if own, ok := strings.CutPrefix(imported, ours); ok {
				if !slices.Contains(mayUse, own) {
					t.Errorf("%s imports %s: part %s may use %v", name, imported, part, mayUse)
				}
			} else if !slices.Contains(strings.Fields(allowed), imported) {
				t.Errorf("%s imports %s, which is not on the list", name, imported)
			}
		}
	}
}

// No float decides anything: package format alone knows them, to spell numbers
// as RFC 8785 does.
func TestTheEngineHasNoFloatingPointNumbers(t *testing.T) {
	t.Parallel()
	for name, file := range sources(t) {
		if name == "format/canonical.go" {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if strings.HasPrefix(n.Name, "float") {
					t.Errorf("%s uses %s", name, n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT {
					t.Errorf("%s has the number %s", name, n.Value)
				}
			case *ast.SelectorExpr:
				if strings.HasPrefix(n.Sel.Name, "Float") && n.Sel.Name != "FloatString" {
					t.Errorf("%s calls %s", name, n.Sel.Name)
				}
			}
			return true
		})
	}
}

func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files[path], err = parser.ParseFile(token.NewFileSet(), path, nil, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
