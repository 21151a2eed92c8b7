package campaign

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"stagora.org/stagora/allocation/lottery"
	"stagora.org/stagora/internal/canonical"
	"stagora.org/stagora/internal/procedure/assign"
)

// A Draw is what may be told of a campaign's draw. The seed is there only once
// it is revealed.
type Draw struct {
	Commitment   string // SHA-256 of the seed, published at opening
	StandingHash string // of the scores and manual positions, frozen at opening
	CommittedAt  time.Time
	Seed         string    // empty until RevealedAt
	RevealedAt   time.Time // zero: still sealed
	OrderHash    string    // of the order that follows from both; empty until RevealedAt
}

// Sealed reports whether nobody can know the seed yet.
func (d Draw) Sealed() bool { return d.RevealedAt.IsZero() }

// newSeed returns 32 random bytes in hexadecimal.
func newSeed() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails: see crypto/rand
	return hex.EncodeToString(b[:])
}

// standingJSON is the form over which scores and manual positions are frozen:
// canonical JSON, by pseudonym. A score that is unknown is left out.
func standingJSON(inputs []assign.OrderInput) []byte {
	type line struct {
		ID     string  `json:"id"`
		Score  *string `json:"score,omitempty"` // a decimal, as text: no reader may round it
		Manual int     `json:"manual,omitempty"`
	}
	form := struct {
		Students []line `json:"students"`
	}{Students: []line{}}
	for _, in := range inputs {
		l := line{ID: in.ID, Manual: in.Manual}
		if in.Score != nil {
			s := canonical.Decimal(*in.Score)
			l.Score = &s
		}
		form.Students = append(form.Students, l)
	}
	return canonical.JSON(form)
}

// orderJSON is the form over which the order is hashed.
func orderJSON(commitment string, positions []assign.Position) []byte {
	type line struct {
		ID        string `json:"id"`
		Hash      string `json:"hash"`
		Automatic int    `json:"automatic"`
		Position  int    `json:"position"`
	}
	form := struct {
		Commitment string `json:"commitment"`
		Order      []line `json:"order"`
	}{commitment, []line{}}
	for _, p := range positions {
		form.Order = append(form.Order, line{p.ID, p.Hash, p.Automatic, p.Effective})
	}
	return canonical.JSON(form)
}

// keeps reports whether a seed is the one that was committed to.
func keeps(commitment, seed string) bool { return lottery.Commitment(seed) == commitment }
