package arch

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// picture reads the rows of a drawing of ARCHITECTURE.md: the block that follows a
// sentence, without what each row explains.
func picture(t *testing.T, page, after string) (rows [][]string) {
	t.Helper()
	_, page, found := strings.Cut(page, after)
	parts := strings.SplitN(page, "```\n", 3)
	if !found || len(parts) < 3 {
		t.Fatalf("ARCHITECTURE.md has no picture after %q", after)
	}
	column := regexp.MustCompile(` {2,}`)
	for row := range strings.Lines(parts[1]) {
		columns := column.Split(strings.TrimSpace(row), -1)
		rows = append(rows, columns[:len(columns)-1])
	}
	return rows
}

// built keeps of a plan what the source has; some floors wait for their package.
func built(plan, folder string) (rows [][]string) {
	for row := range strings.Lines(strings.TrimSpace(plan)) {
		var names []string
		for _, name := range strings.Fields(row) {
			for _, at := range []string{"../../" + folder + name, "../../" + name} {
				if _, err := os.Stat(at); err == nil && name != "docs" {
					names = append(names, name)
					break
				}
			}
		}
		if len(names) > 0 {
			rows = append(rows, names)
		}
	}
	return rows
}

// The drawings of ARCHITECTURE.md are what the arrows are held to.
func TestThePicturesAreTheFloors(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[string][][]string{
		"Imports go down, never sideways.":           built(floors, "internal/"),
		"`allocation/` stands outside the building.": built(engineFloors, engine+"/"),
	} {
		got := picture(t, string(content), after)
		if len(got) > 0 && got[0][0] == "cmd/stagora" {
			got[0][0] = "cmd"
		}
		if !slices.EqualFunc(got, want, func(x, y []string) bool {
			return slices.Equal(slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y)))
		}) {
			t.Errorf("ARCHITECTURE.md draws\n%v\nthe floors are\n%v", got, want)
		}
	}
}
