/*
Package assign is one-sided assignment as campaigns know it: it says in words of the
domain what the engine (allocation/assign) is asked and what it answers, and is the
only package that knows the files of that engine.

	Instance      what a run is made of: posts, students in their order, lists
	Solution      an instance with what the engine made of it: where everybody is, what
	              became of each wish, what a placement costs
	CampaignFile  what a verification bundle says beside these two
	Order         who is served when; Intervals, before the draw is known
	Demand, Simulator, Recommend, ScoresAfter
	              what is estimated and computed around a run

Posts go by their codes, students by their pseudonyms or by their index in an instance,
which is the order in which they were added. Costs and scores are hundredths.

# What always holds

  - The bytes of an instance follow from what was added alone, and those of its
    solution from the bytes of the instance: their hashes are kept for ever.
  - An instance or a solution is held once. What is asked of it is answered from the
    engine's own form; nothing of everybody is copied.
  - What the judge refuses is an error ([Verify]), never a solution.

What is not here: campaigns, people, rights, the database. Another procedure is a
package of its own beside this one.
*/
package assign

import (
	"errors"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/fault"
)

// The methods that a campaign may choose.
const (
	Serial  = format.Serial
	ScoreV1 = format.ScoreV1
	ScoreV2 = format.ScoreV2
)

// Engine names the engine that solves, with its version.
const Engine = format.Engine

// Methods returns the methods, the plainest first. The sentence "procedure." + a method
// names it.
func Methods() []string { return []string{Serial, ScoreV1, ScoreV2} }

// CostRules returns the methods that can compute costs beside a method that has none.
func CostRules() []string { return []string{ScoreV2, ScoreV1} }

// Scoring are the parameters of the costs.
type Scoring = format.Parameters

// An Amount is an exact decimal number among them.
type Amount = format.Amount

// ParseAmount reads a decimal number, with a point.
func ParseAmount(s string) (Amount, error) { return format.ParseAmount(s) }

// DefaultScoring returns the parameters that StageTrek is delivered with.
func DefaultScoring() Scoring { return *format.DefaultParameters() }

// CheckScoring returns nil for parameters that every method can compute with. The text
// of the error has a line for each that is wrong.
func CheckScoring(s Scoring) error {
	return (&format.Instance{Method: ScoreV2, Parameters: &s}).Check()
}

// wrongScoring turns what the engine finds wrong in an instance into a fault about its
// parameters: everything else in an instance is of our making.
func wrongScoring(err error) error {
	var wrong format.Errors
	if !errors.As(err, &wrong) {
		return err
	}
	return fault.New(fault.Invalid, "campaign.scoring.wrong", "detail", wrong.Error()).Because(err)
}

// amount returns hundredths as the engine takes them; nil stays unknown.
func amount(hundredths *int64) *Amount {
	if hundredths == nil {
		return nil
	}
	a := format.Hundredths(*hundredths)
	return &a
}
