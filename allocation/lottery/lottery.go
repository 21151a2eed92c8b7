/*
Package lottery draws an order by lot, so that anybody can check the draw.

The order of some ids is the order of the SHA-256 hashes of "seed:id", written
in hexadecimal. It depends on the seed and the ids alone: not on the order in
which the ids are given, nor on the machine. Adding or removing an id does not
change the order of the others.

# How a draw is made fair

The seed is 32 random bytes in hexadecimal, made by the caller: this package has
no chance of its own. Its Commitment is published before anybody's place
depends on it, the seed itself when nobody can act any more. Then everybody can
see that the seed was not chosen afterwards, and compute the order again:

	printf '%s' "$SEED" | sha256sum              # the commitment
	printf '%s' "$SEED:$ID" | sha256sum          # one id's ticket
	stagora lottery --seed "$SEED" < ids         # the whole order

Where nobody is trusted to make the seed alone, several witnesses make it together
with a public value that nobody controls: MixedSeed.

	printf '%s\n%s\n%s' "$VALUE1" "$VALUE2" "$PUBLIC" | sha256sum    # the seed
*/
package lottery

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Ticket is what one id drew.
type Ticket struct {
	Hash string // SHA-256 of "seed:id", 64 hexadecimal digits
	ID   string
}

// Draw returns the ticket of one id.
func Draw(seed, id string) Ticket {
	return Ticket{Hash: hash(seed + ":" + id), ID: id}
}

// Commitment returns what is published of a seed beforehand: its SHA-256 in
// hexadecimal.
func Commitment(seed string) string { return hash(seed) }

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Order returns the tickets of the ids, the first to be served first. Ids must
// differ from each other: one person has one ticket.
func Order(seed string, ids []string) []Ticket {
	tickets := make([]Ticket, len(ids))
	for i, id := range ids {
		tickets[i] = Draw(seed, id)
	}
	slices.SortFunc(tickets, Ticket.Compare)
	return tickets
}

// Compare orders tickets by hash, then (should two hashes ever be equal) by id.
func (t Ticket) Compare(u Ticket) int {
	if c := strings.Compare(t.Hash, u.Hash); c != 0 {
		return c
	}
	return strings.Compare(t.ID, u.ID)
}

// ReadIDs reads one id a line. It refuses a blank line, an id that stands
// twice, text that is not UTF-8 and lines that end with a carriage return: each
// would silently change somebody's ticket.
func ReadIDs(r io.Reader) ([]string, error) {
	data, err := io.ReadAll(r)
	if err != nil || len(data) == 0 {
		return nil, err
	}
	ids := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	line := make(map[string]int, len(ids))
	for i, id := range ids {
		n := i + 1
		switch {
		case strings.TrimSpace(id) == "":
			return nil, fmt.Errorf("line %d: found a blank line, expected an id", n)
		case !utf8.ValidString(id):
			return nil, fmt.Errorf("line %d: found %q, expected text in UTF-8", n, id)
		case strings.HasSuffix(id, "\r"):
			return nil, fmt.Errorf("line %d: found a carriage return at the end of the line, expected a line feed alone", n)
		case line[id] > 0:
			return nil, fmt.Errorf("line %d: found %q, expected an id that line %d does not have", n, id, line[id])
		}
		line[id] = n
	}
	return ids, nil
}
