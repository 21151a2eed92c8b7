package assign

import (
	"math/big"

	"stagora.org/stagora/allocation/format"
)

// A Standing says what a past placement is worth for the score.
type Standing int

// The standings.
const (
	Counted Standing = iota // confirmed, and its commission has met: its cost counts
	Skipped                 // past, but never confirmed: it changes nothing
	Pending                 // its commission has not met: what comes after is not known yet
)

// A Past is one placement in a student's history.
type Past struct {
	Cost     format.Amount // 0 for a placement without a post
	Standing Standing
}

// A Score is what a student had accumulated before and after one placement; nil
// when it is not known.
type Score struct{ Before, After *format.Amount }

// The score is the plain mean of the first costs, then forgets: each new cost
// weighs one fifth, all that came before four fifths.
const plainMean = 5

// Scores returns the score before and after each placement of a student's
// history, the oldest first, rounded to some decimals half away from zero. The
// rounding is for showing: each score follows from exact ones. The score before
// the first placement is 0.
func Scores(history []Past, decimals int) []Score {
	shown := func(exact *big.Rat) *format.Amount {
		if exact == nil {
			return nil
		}
		units := new(big.Int).Mul(exact.Num(), power(10, int64(decimals)))
		a, _ := inUnits(roundRatio(units, exact.Denom()), decimals)
		return &a
	}
	scores := make([]Score, len(history))
	score := new(big.Rat)
	counted := int64(0)
	for i, past := range history {
		scores[i].Before = shown(score)
		switch {
		case past.Standing == Pending:
			score = nil
		case past.Standing == Counted && score != nil:
			score = accumulate(score, counted, past.Cost)
			counted++
		}
		scores[i].After = shown(score)
	}
	return scores
}

// accumulate adds one cost to the score of so many counted ones.
func accumulate(score *big.Rat, counted int64, cost format.Amount) *big.Rat {
	weight := min(counted, plainMean-1)
	sum := new(big.Rat).Mul(score, big.NewRat(weight, 1))
	sum.Add(sum, big.NewRat(int64(cost), int64(format.One)))
	return sum.Quo(sum, big.NewRat(weight+1, 1))
}
