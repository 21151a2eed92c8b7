package assign

import engine "stagora.org/stagora/allocation/assign"

// What the rule of recommended seats looks at and answers. A Site is what a site can
// take, a Cohort what one campaign needs and has, on the days of its Spans; a
// Recommendation says how many seats each site should open to one cohort.
type (
	Site           = engine.Site
	Cohort         = engine.Cohort
	Span           = engine.Span
	Recommendation = engine.Recommendation
)

// Recommend shares the seats of sites among the cohorts that are there at the same
// time, with so many per cent more seats than students.
func Recommend(sites []Site, cohorts []Cohort, surplus int) []Recommendation {
	return engine.Recommend(sites, cohorts, surplus)
}
