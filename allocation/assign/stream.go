package assign

import (
	"crypto/sha256"
	"strconv"
)

// A stream is a sequence of numbers that follows from a text, and that nobody
// can foretell without it: the SHA-256 of the text and ":0", then ":1", and so
// on, each cut in four.
type stream struct {
	text  []byte // with the colon
	block int64  // the next to be hashed
	sum   [sha256.Size]byte
	left  []byte // of sum
}

func newStream(text string) *stream { return &stream{text: []byte(text + ":")} }

func (s *stream) next() uint64 {
	if len(s.left) == 0 {
		s.sum = sha256.Sum256(strconv.AppendInt(s.text, s.block, 10))
		s.left = s.sum[:]
		s.block++
	}
	var x uint64
	for _, b := range s.left[:8] {
		x = x<<8 | uint64(b)
	}
	s.left = s.left[8:]
	return x
}

// below returns a number from 0 to m−1, all of them equally likely: what lies
// beyond the greatest multiple of m is skipped.
func (s *stream) below(m int64) int64 {
	n := uint64(m)
	beyond := -n % n // 2^64 modulo n
	for {
		if x := s.next(); x <= ^uint64(0)-beyond {
			return int64(x % n)
		}
	}
}
