package format_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
)

// A hash is that of the whole file, of whatever length, given in either way.
func TestAHashIsOfTheWholeFile(t *testing.T) {
	t.Parallel()
	file := strings.Repeat("stagora ", 40_000)
	for _, n := range []int{0, 1, 64 << 10, 64<<10 + 1, 128 << 10, len(file)} {
		want := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(file[:n])))
		if s, b := format.Hash(file[:n]), format.Hash([]byte(file[:n])); s != want || b != want {
			t.Errorf("of %d bytes: %s and %s, want %s", n, s, b, want)
		}
	}
}
