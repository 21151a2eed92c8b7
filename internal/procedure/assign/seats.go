package assign

import engine "stagora.org/stagora/allocation/assign"

type (
	// A Site is what a site can take.
	Site = engine.Site
	// A Cohort is what one campaign needs and has, on the days of its spans.
	Cohort = engine.Cohort
	// A Span is some days, the first and the last included.
	Span = engine.Span
	// A Recommendation says how many seats a site should open to a cohort.
	Recommendation = engine.Recommendation
)

// Recommend shares the seats of sites among the cohorts that are there at the same
// time, with so many per cent more seats than students.
func Recommend(sites []Site, cohorts []Cohort, surplus int) []Recommendation {
	return engine.Recommend(sites, cohorts, surplus)
}
