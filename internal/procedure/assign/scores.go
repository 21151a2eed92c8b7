package assign

import (
	engine "stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// ScoresAfter returns what a student's score is after each placement, given what each
// cost, the oldest first; all in hundredths.
func ScoresAfter(costs []int64) []int64 {
	const decimals = 2
	history := make([]engine.Past, len(costs))
	for i, cost := range costs {
		history[i] = engine.Past{Cost: format.Hundredths(cost), Standing: engine.Counted}
	}
	after := make([]int64, len(costs))
	for i, score := range engine.Scores(history, decimals) {
		after[i] = score.After.Hundredths()
	}
	return after
}
