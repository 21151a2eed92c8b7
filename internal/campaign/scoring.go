package campaign

import "stagora.org/stagora/allocation/format"

// Scoring are the parameters of the costs as the engine takes them: pages name them
// so, and know no engine.
type Scoring = format.Parameters

// An Amount is an exact decimal number among them.
type Amount = format.Amount

// ParseAmount reads a decimal number, with a point.
func ParseAmount(s string) (Amount, error) { return format.ParseAmount(s) }
