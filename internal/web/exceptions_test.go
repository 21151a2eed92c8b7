package web_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An exception is something that a rule does not allow yet, with how bad it is: a
// line of a file in testdata. The list only gets shorter: what has grown or is new
// fails, and so does a line that is needed no more. With -update the file is
// written as things are.

// measures are what an exception is measured by.
type measures map[string]int

// Counts may differ by so many hundredths between two runs: sizes of pages do, by
// names and dates.
const tolerated = 3

// held compares what was found with the file of exceptions. seen says where each
// was found.
func held(t *testing.T, file string, found map[string]measures, seen map[string]string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		writeExceptions(t, path, found)
		return
	}
	known := readExceptions(t, path)
	const hint = "(go test ./internal/web -run TestWalk -update writes the lists anew)"
	for _, what := range slices.Sorted(maps.Keys(found)) {
		for _, name := range slices.Sorted(maps.Keys(found[what])) {
			is, allowed := found[what][name], known[what][name]
			if is*100 > allowed*(100+tolerated) {
				t.Errorf("%s: %s %d, and %d is allowed (%s)", what, name, is, allowed, seen[what])
			}
		}
	}
	for _, what := range slices.Sorted(maps.Keys(known)) {
		for _, name := range slices.Sorted(maps.Keys(known[what])) {
			if _, needed := found[what][name]; !needed {
				t.Errorf("%s needs no exception for %s any more %s", what, name, hint)
			}
		}
	}
}

func readExceptions(t *testing.T, path string) map[string]measures {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	known := map[string]measures{}
	for line := range strings.Lines(string(content)) {
		what, numbers, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(what, "#") {
			continue
		}
		known[what] = measures{}
		for _, number := range strings.Fields(numbers) {
			name, value, _ := strings.Cut(number, "=")
			if known[what][name], err = strconv.Atoi(value); err != nil {
				t.Fatalf("%s: %q: %v", path, line, err)
			}
		}
	}
	return known
}

func writeExceptions(t *testing.T, path string, found map[string]measures) {
	t.Helper()
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(found)) {
		b.WriteString(what + "\t")
		for i, name := range slices.Sorted(maps.Keys(found[what])) {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%s=%d", name, found[what][name])
		}
		b.WriteByte('\n')
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d exceptions", path, len(found))
}
