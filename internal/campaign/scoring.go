package campaign

import "stagora.org/stagora/internal/procedure/assign"

// Scoring are the parameters of the costs: pages name them so, and know no procedure.
type Scoring = assign.Scoring

// An Amount is an exact decimal number among them.
type Amount = assign.Amount

// ParseAmount reads a decimal number, with a point.
func ParseAmount(s string) (Amount, error) { return assign.ParseAmount(s) }
