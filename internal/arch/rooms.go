package arch

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
)

// mostFiles is how many files a room of web may have: above, its pages go into
// sub-rooms by noun. Tests and generated files do not count.
const mostFiles = 12

const rooms = "internal/web/"

// checkRooms finds the rooms of web, and sub-rooms, that have too many files.
func checkRooms(sources []source) []string {
	files := map[string]int{}
	for _, s := range sources {
		folder := path.Dir(s.path)
		if strings.HasPrefix(folder+"/", rooms) && !s.test && !ast.IsGenerated(s.file) {
			files[folder]++
		}
	}
	var problems []string
	for folder, n := range files {
		if n > mostFiles {
			problems = append(problems, fmt.Sprintf("%s: %d files, more than %d: put some pages into a sub-room, by their noun", folder, n, mostFiles))
		}
	}
	slices.Sort(problems)
	return problems
}

// isSubRoom reports whether a folder is a sub-room of web: internal/web/admin/people.
func isSubRoom(folder string) bool {
	inside, ok := strings.CutPrefix(folder, rooms)
	return ok && strings.Contains(inside, "/")
}

// forTests reports whether the packages of a folder are for tests alone: nothing of
// the building imports them, and they may import what a test may.
func forTests(folder string) bool { return strings.HasSuffix(folder, "test") }
