package arch

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// A plan is the floors of the building, or of the engine, from the top: the names
// of the packages on each. A package imports only packages on lower floors; the
// packages inside it stand on its floor and may import one another.
type plan [][]string

// floor counts from the top; -1 is off the map.
func (p plan) floor(name string) int {
	return slices.IndexFunc(p, func(row []string) bool { return slices.Contains(row, name) })
}

// plans are the two drawings of ARCHITECTURE.md. They are the rule: a package that
// is not drawn has no floor.
type plans struct{ building, engine plan }

func readPlans(tree fs.FS) (p plans, err error) {
	content, err := fs.ReadFile(tree, "ARCHITECTURE.md")
	if err != nil {
		return p, err
	}
	p.building, err = drawing(string(content), "Imports go down, never sideways.")
	if err != nil {
		return p, err
	}
	p.engine, err = drawing(string(content), "`allocation/` stands outside the building.")
	return p, err
}

// column is the space between two packages of a row, and before what explains it.
var column = regexp.MustCompile(` {2,}`)

// drawing reads the block that follows a sentence. The last column of each row
// explains the others.
func drawing(page, after string) (plan, error) {
	_, rest, found := strings.Cut(page, after)
	parts := strings.SplitN(rest, "```\n", 3)
	if !found || len(parts) < 3 {
		return nil, fmt.Errorf("ARCHITECTURE.md has no drawing after %q", after)
	}
	var p plan
	for row := range strings.Lines(parts[1]) {
		columns := column.Split(strings.TrimSpace(row), -1)
		if len(columns) < 2 {
			return nil, fmt.Errorf("ARCHITECTURE.md: the row %q has no column that explains it", strings.TrimSpace(row))
		}
		names := columns[:len(columns)-1]
		for i, name := range names {
			names[i], _, _ = strings.Cut(name, "/") // cmd/stagora
		}
		p = append(p, names)
	}
	return p, nil
}
