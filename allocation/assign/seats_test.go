package assign_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

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

func TestRecommendedSeats(t *testing.T) {
	t.Parallel()
	whole := []assign.Span{{First: 0, Last: 90}}
	restricted := map[string]bool{"T2": true}
	tests := []struct {
		name    string
		sites   []assign.Site
		cohorts []assign.Cohort
		want    string // seats by cohort, then what each is short of
	}{
		{"two roundings up do not pass the maximum",
			[]assign.Site{{ID: "T3", Min: 0, Ideal: 210, Max: 210}},
			[]assign.Cohort{{ID: "a", Students: 220, Spans: whole}, {ID: "b", Students: 180, Spans: whole}},
			"[115] short 127, [95] short 103"},
		{"a part beyond the maximum is shared after it was cut",
			[]assign.Site{{ID: "T1", Ideal: 10, Max: 12}, {ID: "T2", Ideal: 90, Max: 500}},
			[]assign.Cohort{{ID: "a", Students: 220, Spans: whole}, {ID: "b", Students: 180, Spans: whole}},
			"[7 235] short 0, [5 193] short 0"},
		{"cohorts that share only their last and first day still share the seats",
			[]assign.Site{{ID: "T1", Ideal: 20, Max: 20}},
			[]assign.Cohort{{ID: "a", Students: 10, Spans: []assign.Span{{0, 10}}}, {ID: "b", Students: 10, Spans: []assign.Span{{10, 20}}}},
			"[10] short 1, [10] short 1"},
		{"cohorts that follow each other do not",
			[]assign.Site{{ID: "T1", Ideal: 20, Max: 20}},
			[]assign.Cohort{{ID: "a", Students: 10, Spans: []assign.Span{{0, 9}}}, {ID: "b", Students: 10, Spans: []assign.Span{{10, 20}}}},
			"[11] short 0, [11] short 0"},
		{"several spans of one cohort are all looked at",
			[]assign.Site{{ID: "T1", Ideal: 20, Max: 20}},
			[]assign.Cohort{{ID: "a", Students: 10, Spans: []assign.Span{{0, 4}, {15, 19}}}, {ID: "b", Students: 10, Spans: []assign.Span{{15, 20}}}},
			"[10] short 1, [10] short 1"},
		{"a minimum above the part is kept",
			[]assign.Site{{ID: "T1", Min: 5, Ideal: 1, Max: 9}, {ID: "T2", Ideal: 99, Max: 200}},
			[]assign.Cohort{{ID: "a", Students: 10, Spans: whole}},
			"[5 11] short 0"},
		{"a shortfall goes where most room is, first by id",
			[]assign.Site{{ID: "T3", Ideal: 2, Max: 4}, {ID: "T1", Ideal: 2, Max: 4}, {ID: "T2", Ideal: 40, Max: 40}},
			[]assign.Cohort{{ID: "a", Students: 6, Spans: whole, Restricted: restricted}},
			"[3 4 0] short 0"},
		{"no more than there is room for",
			[]assign.Site{{ID: "T1", Ideal: 2, Max: 3}, {ID: "T2", Ideal: 2, Max: 9}},
			[]assign.Cohort{{ID: "a", Students: 10, Spans: whole, Restricted: restricted}},
			"[3 0] short 8"},
		{"confirmed placements stay, even where a cohort is restricted",
			[]assign.Site{{ID: "T1", Ideal: 10, Max: 12}, {ID: "T2", Ideal: 10, Max: 12}},
			[]assign.Cohort{{ID: "a", Students: 10, Spans: whole, Restricted: restricted, Confirmed: map[string]int{"T2": 3}}},
			"[8 3] short 0"},
		{"a cohort that has started opens nothing more",
			[]assign.Site{{ID: "T1", Ideal: 10, Max: 12}},
			[]assign.Cohort{{ID: "a", Students: 10, Spans: whole, Started: true, Confirmed: map[string]int{"T1": 9}}},
			"[9] short 2"},
		{"others' confirmed placements leave less",
			[]assign.Site{{ID: "T1", Ideal: 10, Max: 12}},
			[]assign.Cohort{{ID: "a", Students: 5, Spans: whole}, {ID: "b", Students: 9, Spans: whole, Started: true, Confirmed: map[string]int{"T1": 9}}},
			"[3] short 3, [9] short 1"},
		{"a secondary site counts for nobody's need",
			[]assign.Site{{ID: "S1", Ideal: 3, Max: 5, Secondary: true}, {ID: "T1", Ideal: 10, Max: 30}},
			[]assign.Cohort{{ID: "a", Students: 10, Spans: whole}, {ID: "b", Students: 10, Spans: whole}},
			"[2 11] short 0, [3 11] short 0"},
		{"what is confirmed is not taken back, even where it is most",
			[]assign.Site{{ID: "T1", Ideal: 12, Max: 12}},
			[]assign.Cohort{
				{ID: "a", Students: 6, Spans: whole, Started: true, Confirmed: map[string]int{"T1": 6}},
				{ID: "b", Students: 6, Spans: whole}, {ID: "c", Students: 6, Spans: whole},
			},
			"[6] short 1, [3] short 4, [3] short 4"},
		{"no site at all", nil, []assign.Cohort{{ID: "a", Students: 10}}, "[] short 11"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var lines []string
			for _, r := range assign.Recommend(tt.sites, tt.cohorts, 10) {
				lines = append(lines, fmt.Sprintf("%v short %d", r.Seats, r.Short))
			}
			if got := strings.Join(lines, ", "); got != tt.want {
				t.Errorf("got %s, expected %s", got, tt.want)
			}
		})
	}
}

func TestRoomIsWhatCouldStillBeOpened(t *testing.T) {
	t.Parallel()
	sites := []assign.Site{{ID: "T1", Ideal: 10, Max: 12}, {ID: "T2", Ideal: 10, Max: 12}}
	days := []assign.Span{{First: 0, Last: 90}}
	got := assign.Recommend(sites, []assign.Cohort{
		{ID: "a", Students: 10, Spans: days, Open: map[string]int{"T1": 4}, Restricted: map[string]bool{"T2": true}},
		{ID: "b", Students: 10, Spans: days, Open: map[string]int{"T1": 5, "T2": 13}},
	}, 10)
	if !slices.Equal(got[0].Room, []int{3, 0}) || !slices.Equal(got[1].Room, []int{3, 0}) {
		t.Errorf("room is %v and %v", got[0].Room, got[1].Room)
	}
}

// Whatever the cohorts, no site passes its maximum but by confirmed placements,
// nothing is opened where a cohort is restricted, and the cohorts' numbering
// changes nothing.
func TestRecommendedSeatsAlways(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var sites []assign.Site
		for i := range rapid.IntRange(0, 5).Draw(t, "sites") {
			s := assign.Site{ID: fmt.Sprint("T", i), Min: rapid.IntRange(0, 5).Draw(t, "min"), Secondary: rapid.IntRange(0, 4).Draw(t, "secondary") == 0}
			s.Ideal = s.Min + rapid.IntRange(0, 10).Draw(t, "ideal")
			s.Max = s.Ideal + rapid.IntRange(0, 10).Draw(t, "max")
			sites = append(sites, s)
		}
		var cohorts []assign.Cohort
		for i := range rapid.IntRange(0, 4).Draw(t, "cohorts") {
			first := rapid.IntRange(0, 20).Draw(t, "first")
			cohorts = append(cohorts, assign.Cohort{
				ID: fmt.Sprint("c", i), Students: rapid.IntRange(0, 40).Draw(t, "students"),
				Spans:      []assign.Span{{First: first, Last: first + rapid.IntRange(0, 10).Draw(t, "days")}},
				Restricted: map[string]bool{"T0": rapid.Bool().Draw(t, "restricted")},
				Started:    rapid.IntRange(0, 4).Draw(t, "started") == 0,
			})
		}
		out := assign.Recommend(sites, cohorts, 10)
		for day := range 31 {
			for s, site := range sites {
				total := 0
				for c, cohort := range cohorts {
					if span := cohort.Spans[0]; span.First <= day && day <= span.Last {
						total += out[c].Seats[s]
					}
				}
				if total > site.Max {
					t.Fatalf("on day %d, %s has %d seats of at most %d", day, site.ID, total, site.Max)
				}
			}
		}
		for c, r := range out {
			if cohorts[c].Restricted["T0"] && len(sites) > 0 && r.Seats[0] > 0 || r.Short < 0 {
				t.Fatalf("%+v for %+v", r, cohorts[c])
			}
		}
		reversed := slices.Clone(cohorts)
		slices.Reverse(reversed)
		for c, r := range assign.Recommend(sites, reversed, 10) {
			if want := out[len(out)-1-c]; fmt.Sprint(r) != fmt.Sprint(want) {
				t.Fatalf("%+v, given in another order %+v", want, r)
			}
		}
	})
}
