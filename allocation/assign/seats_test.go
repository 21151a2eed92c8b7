package assign_test

import (
	"slices"
	"testing"

	"stagora.org/stagora/allocation/assign"
)

// StageTrek's case: 220 and 180 students at the same time, 10 % more seats than
// students. StageTrek gave the second cohort 237 seats for a need of 198; a
// shortfall now stops at the need.
func TestRecommendedSeatsOfTwoCohorts(t *testing.T) {
	t.Parallel()
	sites := []assign.Site{
		{ID: "T1", Min: 4, Ideal: 10, Max: 12},
		{ID: "T2", Min: 20, Ideal: 32, Max: 40},
		{ID: "T3", Min: 200, Ideal: 398, Max: 450},
	}
	days := []assign.Span{{First: 0, Last: 90}}
	got := assign.Recommend(sites, []assign.Cohort{
		{ID: "level 1", Students: 220, Spans: days},
		{ID: "level 3", Students: 180, Spans: days, Restricted: map[string]bool{"T2": true}},
	}, 10)
	if got[0].Need != 242 || !slices.Equal(got[0].Seats, []int{6, 18, 219}) || got[0].Short != 0 {
		t.Errorf("level 1 is %+v", got[0])
	}
	if got[1].Need != 198 || !slices.Equal(got[1].Seats, []int{5, 0, 193}) || got[1].Short != 0 {
		t.Errorf("level 3 is %+v", got[1])
	}
}
