package assign_test

import (
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
)

// StageTrek's case: the mean of five costs, then one fifth for each new one; an
// unconfirmed placement changes nothing, one to come hides what follows.
func TestScoresOfStageTreksHistory(t *testing.T) {
	t.Parallel()
	var history []assign.Past
	for _, cost := range []int64{10, 20, 30, 40, 50, 12, 8, 0} {
		history = append(history, assign.Past{Cost: *score(cost)})
	}
	history[2].Standing = assign.Skipped
	history = append(history, assign.Past{Standing: assign.Pending}, assign.Past{Cost: *score(7)})

	var before, after []string
	for _, s := range assign.Scores(history, 2) {
		show := func(list *[]string, a interface{ String() string }, known bool) {
			if !known {
				*list = append(*list, "?")
				return
			}
			*list = append(*list, a.String())
		}
		show(&before, s.Before, s.Before != nil)
		show(&after, s.After, s.After != nil)
	}
	if got, want := strings.Join(before, " "), "0 10 15 15 23.33 30 26.4 22.72 18.18 ?"; got != want {
		t.Errorf("scores before are %s, expected %s", got, want)
	}
	if got, want := strings.Join(after, " "), "10 15 15 23.33 30 26.4 22.72 18.18 ? ?"; got != want {
		t.Errorf("scores after are %s, expected %s", got, want)
	}
}
