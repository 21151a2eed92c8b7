package result

import (
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/procedure/assign"
)

// A NextScore is what a student's score becomes with this placement, in
// hundredths, and what it is made of.
type NextScore struct {
	Before  *int64      `json:"before,omitempty"` // that counted in this campaign; nil: unknown
	Entered bool        `json:"entered,omitempty"`
	Cost    *int64      `json:"cost,omitempty"` // of this placement; nil: none, and the score stays
	After   *int64      `json:"after,omitempty"`
	History []ScoreLine `json:"history,omitempty"` // placements before this one, the oldest first
}

// A ScoreLine is one earlier placement.
type ScoreLine struct {
	Site   string `json:"site"`
	Period string `json:"period"`
	Cost   int64  `json:"cost"`
	After  int64  `json:"after"` // the score after it, from the ledger
}

// nextScore computes the score after a placement. Points that an office entered
// stand for the placements that the ledger knows, one at least: they are not a cost
// of their own.
func nextScore(score *int64, entered bool, ledger []placement.Placement, cost *int64) NextScore {
	next := NextScore{Before: score, Entered: entered, Cost: cost, After: score}
	var past []int64
	done := 0
	for _, p := range placement.Current(ledger) {
		if p.Discounted() {
			continue
		}
		done++
		if p.Costs == nil {
			continue
		}
		past = append(past, p.Costs.Total)
		next.History = append(next.History, ScoreLine{Site: p.Site.Name, Period: p.Period.Name, Cost: p.Costs.Total})
	}
	for i, after := range assign.ScoresAfter(past) {
		next.History[i].After = after
	}
	if score == nil || cost == nil {
		return next
	}
	if entered {
		past = nil
		if *score != 0 {
			done = max(1, done)
		}
		for range done {
			past = append(past, *score)
		}
	}
	scores := assign.ScoresAfter(append(past, *cost))
	next.After = &scores[len(scores)-1]
	return next
}
