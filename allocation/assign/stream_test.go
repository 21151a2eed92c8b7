package assign

import (
	"crypto/sha256"
	"encoding/binary"
	"testing"
)

func TestAStreamIsTheHashesOfItsBlocks(t *testing.T) {
	t.Parallel()
	s := newStream("seed:draw")
	for _, block := range []string{"seed:draw:0", "seed:draw:1"} {
		sum := sha256.Sum256([]byte(block))
		for n := range 4 {
			if got, want := s.next(), binary.BigEndian.Uint64(sum[8*n:]); got != want {
				t.Fatalf("number %d of %s is %d, expected %d", n, block, got, want)
			}
		}
	}
}

// Numbers beyond the greatest multiple are skipped: here a quarter of all.
func TestBelowSkipsWhatWouldFavourSmallNumbers(t *testing.T) {
	t.Parallel()
	const m = 1<<62 + 1 // three multiples fit below 2^64, the fourth does not
	plain, s := newStream("x"), newStream("x")
	skipped := 0
	for range 1000 {
		x := plain.next()
		for x >= 3*m {
			x = plain.next()
			skipped++
		}
		if got := s.below(m); got != int64(x%m) {
			t.Fatalf("got %d, expected %d", got, x%m)
		}
	}
	if skipped < 200 {
		t.Errorf("only %d numbers were skipped", skipped)
	}
	if got := s.below(1); got != 0 {
		t.Errorf("a number below 1 is %d", got)
	}
}
