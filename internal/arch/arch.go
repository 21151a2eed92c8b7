/*
Package arch holds the source of Stagora to its architecture. It reads the code
as text and names what breaks a rule:

  - imports go down, never sideways, along the floors that ARCHITECTURE.md draws;
    the engine in allocation imports nothing of ours, and one package for each of its
    procedures may import it;
  - a room of pages has a dozen files at most; the sub-rooms that it is split into
    import it, and neither it nor one another;
  - packages bear nouns of the glossary, not names that say nothing;
  - each table has one owner, the package that its name begins with: nobody else
    writes or reads it, but for report, which reads all;
  - time is a value: the clock is read in few places, and chance nowhere;
  - what always happens stands on a line of its own, not before a condition.

Beside these, its tests look for what ARCHITECTURE.md draws, and ask GLOSSARY.md for
the name of each type that a package of the domain exports.

The rules are policy and no record of fact: to change one is to change the
architecture, and takes a decision under docs/adr. Tests, stories, benches and
scripts stand outside the building and may use any of it, but nothing in it may
use them. Each rule has been seen to refuse: arch_test.go tries every one on a
small tree that breaks it.
*/
package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

const module = "stagora.org/stagora"

// engine is the package that knows nobody.
const engine = "allocation"

// engineUsers are those that may know it, with the packages of it that each may know;
// nil is all of them. Package procedure translates between a campaign and the engine,
// and the program reads and writes its files. What is no file of a procedure (the one
// spelling of a value, the draw) is known to few by name.
var engineUsers = map[string][]string{
	"procedure": nil,
	"cmd":       nil,
	"canonical": {"format"},
	"campaign":  {"lottery"},
}

// procedures are the packages of the engine that solve. Each is known to the package of
// its name in procedure alone.
var procedures = []string{"assign", "match", "calllist"}

// outside are the folders that use the building and are not part of it.
var outside = []string{"e2e", "bench", "scripts", "internal/arch"}

// emptyNames say nothing of what a package is for.
var emptyNames = []string{
	"base", "common", "core", "data", "handlers", "helper", "helpers", "lib", "manager", "misc",
	"models", "service", "services", "shared", "types", "util", "utils",
}

// clockReaders may ask the machine what time it is.
var clockReaders = []string{"store", "demo", "cmd"}

// crossReader is the package that may read tables that are not its own.
const crossReader = "report"

// A source is one Go file.
type source struct {
	path  string // from the top of the repository
	owner string // the package of the building, or "" outside of it
	test  bool
	file  *ast.File
	set   *token.FileSet
}

// at says where something stands, for a message.
func (s source) at(pos token.Pos) string {
	return fmt.Sprintf("%s:%d", s.path, s.set.Position(pos).Line)
}

// Problems returns what breaks a rule in a source tree, one sentence each.
func Problems(tree fs.FS) ([]string, error) {
	sources, err := goFiles(tree)
	if err != nil {
		return nil, err
	}
	queries, err := sqlFiles(tree)
	if err != nil {
		return nil, err
	}
	drawn, err := readPlans(tree)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, s := range sources {
		problems = append(problems, checkName(s)...)
		problems = append(problems, drawn.checkImports(s)...)
		problems = append(problems, checkClock(s)...)
		problems = append(problems, drawn.checkStrings(s)...)
		problems = append(problems, checkHidden(s)...)
	}
	problems = append(problems, checkRooms(sources)...)
	for name, text := range queries {
		problems = append(problems, drawn.checkSQL(name, ownerOfSQL(name), text)...)
	}
	slices.Sort(problems)
	return slices.Compact(problems), nil
}

func goFiles(tree fs.FS) ([]source, error) {
	var sources []source
	err := walk(tree, ".go", func(name string, content []byte) error {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, content, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return err
		}
		sources = append(sources, source{
			path: name, owner: ownerOf(path.Dir(name)), test: strings.HasSuffix(name, "_test.go"), file: file, set: set,
		})
		return nil
	})
	return sources, err
}

// walk gives do every file of ours with an extension.
func walk(tree fs.FS, extension string, do func(name string, content []byte) error) error {
	return fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || name == "build") {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(name) != extension {
			return nil
		}
		content, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		return do(name, content)
	})
}

// ownerOf returns the package of the building that a folder belongs to, and ""
// for what stands outside.
func ownerOf(folder string) string {
	for _, o := range outside {
		if folder == o || strings.HasPrefix(folder, o+"/") {
			return ""
		}
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(folder, "internal/"), "/")
	return name
}

func checkName(s source) []string {
	if slices.Contains(emptyNames, s.file.Name.Name) {
		return []string{fmt.Sprintf("%s: package %s has a name that says nothing", s.path, s.file.Name.Name)}
	}
	return nil
}

func (p plans) checkImports(s source) []string {
	if s.owner == "" || s.test || forTests(path.Dir(s.path)) {
		return nil
	}
	if s.owner != engine && p.building.floor(s.owner) < 0 {
		return []string{fmt.Sprintf("%s: %s is on no floor of the architecture", s.path, s.owner)}
	}
	var problems []string
	for _, spec := range s.file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if why := p.refuseImport(s, imported); why != "" {
			problems = append(problems, fmt.Sprintf("%s imports %s: %s", s.at(spec.Pos()), imported, why))
		}
	}
	return problems
}

// refuseImport says why a file may not import a package, or nothing.
func (p plans) refuseImport(s source, imported string) string {
	if imported == "math/rand" || imported == "math/rand/v2" {
		return "nothing here is left to chance"
	}
	ours, ok := strings.CutPrefix(imported, module+"/")
	if !ok {
		return ""
	}
	if forTests(ours) {
		return "it is for tests alone"
	}
	if isSubRoom(ours) && s.owner == "web" && path.Dir(s.path) != ours {
		return "it is a sub-room: what others use of it stands in its room"
	}
	owner := ownerOf(ours)
	switch {
	case s.owner == engine && owner == engine:
		return p.refuseInEngine(engineFloorOf(path.Dir(s.path)), engineFloorOf(ours))
	case owner == s.owner && owner != "":
		return ""
	case owner == "":
		return "it stands outside the building"
	case s.owner == engine:
		return "the engine knows nobody"
	case owner == engine:
		return refuseEngine(s, engineFloorOf(ours))
	case p.building.floor(owner) <= p.building.floor(s.owner):
		return "it is not on a lower floor"
	}
	return ""
}

// refuseEngine says why a file of the building may not import a package of the engine,
// or nothing.
func refuseEngine(s source, part string) string {
	known, may := engineUsers[s.owner]
	switch {
	case !may || known != nil && !slices.Contains(known, part):
		return "package procedure may know the engine: say it in words of the domain"
	case s.owner == "procedure" && slices.Contains(procedures, part) && path.Base(path.Dir(s.path)) != part:
		return "the package procedure/" + part + " translates for it"
	}
	return ""
}

// engineFloorOf returns the package of the engine that a folder belongs to.
func engineFloorOf(folder string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(folder, engine), "/"), "/")
	return name
}

// refuseInEngine says why a package of the engine may not import another, or nothing.
// The judge stands lowest and looks at the files alone.
func (p plans) refuseInEngine(from, to string) string {
	switch {
	case from == to || from == "check" && to == "format":
		return ""
	case from == "check":
		return "the judge shares nothing with those it judges but the files"
	case p.engine.floor(to) <= p.engine.floor(from):
		return "it is not on a lower floor"
	}
	return ""
}

// checkClock finds who asks the machine for the time.
func checkClock(s source) []string {
	if s.owner == "" || s.test || slices.Contains(clockReaders, s.owner) {
		return nil
	}
	var problems []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := selector.X.(*ast.Ident)
		if ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, selector.Sel.Name) {
			problems = append(problems, fmt.Sprintf("%s reads the clock: take the time as a value, from the transaction",
				s.at(n.Pos())))
		}
		return true
	})
	return problems
}
