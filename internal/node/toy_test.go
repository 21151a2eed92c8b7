package node_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// registering are the lines that a new capability adds to what stands: the drawing
// of the floors, the folder of its queries, and where it is put together. Each is
// added before a line that is there.
var registering = []struct{ file, before, line string }{
	{"ARCHITECTURE.md", "ranking   placement         ", "bulletin                    what offices tell each other\n"},
	{"sqlc.yaml", "  - engine: postgresql\n", `  - engine: postgresql
    schema: internal/store/migrations/postgres
    queries: internal/bulletin/queries
    gen: { go: { out: internal/bulletin/queries, package: queries, sql_package: database/sql, omit_unused_structs: true } }
`},
	{"internal/node/parts.go", "\t\t{site.Capability(), page.Room{}},\n", "\t\t{bulletin.Capability(s.DB, s.Base), notes.Room()},\n"},
	{"internal/node/parts.go", "\t\"stagora.org/stagora/internal/campaign\"\n", "\t\"stagora.org/stagora/internal/bulletin\"\n"},
	{"internal/node/parts.go", "\t\"stagora.org/stagora/internal/web/office\"\n", "\tnotes \"stagora.org/stagora/internal/web/bulletin\"\n"},
}

// A capability is files of its own and the lines that register it: the one in
// testdata/toy has a right, a kind of notice, a table, background work, a chapter of
// the demonstration and two pages. The program with it in is built, and what is held
// of the whole is held of it.
func TestACapabilityPlugsIn(t *testing.T) {
	t.Parallel()
	// The folder stays, so that what was compiled once need not be again.
	root, err := filepath.Abs("../../build/toy")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(root, 0o750); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"ARCHITECTURE.md", "GLOSSARY.md", "CHANGELOG.md", "go.mod", "go.sum", "sqlc.yaml", "Makefile", "allocation", "bench", "cmd", "docs", "e2e", "internal", "scripts"} {
		lay(t, filepath.Join("../..", part), filepath.Join(root, part))
	}
	lay(t, "testdata/toy", root)
	for _, r := range registering {
		register(t, filepath.Join(root, r.file), r.before, r.line)
	}
	run := func(args ...string) {
		t.Helper()
		goTool := exec.CommandContext(t.Context(), "go", args...)
		goTool.Dir = root
		if output, err := goTool.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, output)
		}
	}
	run("build", "-o", filepath.Join(root, "stagora"), "./cmd/stagora")
	run("test", "-vet=off", "./internal/arch", "./internal/text", "./internal/capability", "./internal/web/bulletin")
	run("test", "-vet=off", "-run", "Declare|Route|Migration", "./internal/node", "./internal/web", "./internal/store")
}

// register adds a line to a file before one that is there.
func register(t *testing.T, file, before, line string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), before) {
		t.Fatalf("%s has no line %q", file, before)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(content), before, line+before, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// lay copies a file or a folder, without the toy and this test of it.
func lay(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, inside)
		switch {
		case entry.IsDir() && entry.Name() == "toy" && from != path, slices.Contains([]string{"rapid", "build"}, entry.Name()) && entry.IsDir():
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(target, 0o750)
		case entry.Name() == "toy_test.go":
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
