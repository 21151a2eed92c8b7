package arch

import (
	"go/ast"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// machinery are the packages that have no words of the domain. Every other one has,
// with what stands inside it.
var machinery = []string{"cmd", "demo", "node", "web", "api", "capability", "store", "text", "fault", "docs"}

// ofDomain reports whether a folder holds words of the domain.
func ofDomain(folder string) bool {
	owner := ownerOf(folder)
	last := path.Base(folder)
	return strings.HasPrefix(folder, "internal/") && owner != "" && !slices.Contains(machinery, owner) && last != "queries" && !strings.HasSuffix(last, "test")
}

// TestEveryTypeOfTheDomainIsInTheGlossary asks GLOSSARY.md for `package.Type`.
func TestEveryTypeOfTheDomainIsInTheGlossary(t *testing.T) {
	t.Parallel()
	glossary, err := os.ReadFile("../../GLOSSARY.md")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := goFiles(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range typesOf(sources) {
		if !strings.Contains(string(glossary), "`"+name+"`") {
			t.Errorf("GLOSSARY.md does not say what `%s` is", name)
		}
	}
}

// typesOf returns the exported types of the domain, as package.Type.
func typesOf(sources []source) (names []string) {
	for _, s := range sources {
		folder := path.Dir(s.path)
		if s.test || !ofDomain(folder) {
			continue
		}
		for _, declared := range s.file.Decls {
			group, _ := declared.(*ast.GenDecl)
			if group == nil {
				continue
			}
			for _, spec := range group.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok && spec.Name.IsExported() {
					names = append(names, path.Base(folder)+"."+spec.Name.Name)
				}
			}
		}
	}
	return names
}
