package campaign

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A Recommendation is how many seats each site should open to a campaign, given
// what the sites can take and the other campaigns of the same period.
type Recommendation struct {
	Need  int              // seats that the students need, with the surplus
	Short int              // of which the main sites cannot offer so many
	Sites map[string]Seats // by code of the site
}

// Seats are what is recommended at one site.
type Seats struct {
	Seats int
	Room  int // what could be opened there without passing the maximum
}

// surplus is how many per cent more seats than students are wanted, as StageTrek
// has it.
const surplus = 10

// Recommend returns the seats that StageTrek's rule recommends, for the headcount
// that the cohorts count on. Sites in the archives are left out.
func Recommend(ctx context.Context, tx *store.Tx, c Campaign) (Recommendation, error) {
	all, err := site.All(ctx, tx)
	if err != nil {
		return Recommendation{}, err
	}
	var sites []assign.Site
	var kept []site.Site
	for _, s := range all {
		if !s.Archived {
			kept = append(kept, s)
			sites = append(sites, assign.Site{ID: s.Code, Min: s.MinSeats, Ideal: s.IdealSeats, Max: s.MaxSeats, Secondary: !s.Main})
		}
	}
	cohorts, err := present(ctx, tx, c, kept)
	if err != nil {
		return Recommendation{}, err
	}
	for _, r := range assign.Recommend(sites, cohorts, surplus) {
		if r.Cohort != c.PublicID {
			continue
		}
		recommended := Recommendation{Need: r.Need, Short: r.Short, Sites: map[string]Seats{}}
		for i, s := range sites {
			recommended.Sites[s.ID] = Seats{r.Seats[i], r.Room[i]}
		}
		return recommended, nil
	}
	return Recommendation{}, fmt.Errorf("recommend seats: nothing for campaign %s", c.PublicID)
}

// present are the campaigns of a period as the rule sees them: this one, and those
// whose seats are opened already.
func present(ctx context.Context, tx *store.Tx, c Campaign, sites []site.Site) ([]assign.Cohort, error) {
	r, err := requirementsOf(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	rows, err := queries.New(tx).OpenInPeriod(ctx, c.Period.ID)
	if err != nil {
		return nil, fmt.Errorf("read seats of the period: %w", err)
	}
	spans := spansOf(r.period)
	cohorts := []assign.Cohort{{ID: c.PublicID, Students: r.expected(), Spans: spans, Restricted: restrictedTo(r, sites)}}
	others := map[int64]int{} // campaign → index in cohorts
	for _, r := range rows {
		if r.CampaignID == c.ID {
			continue
		}
		i, known := others[r.CampaignID]
		if !known {
			i = len(cohorts)
			others[r.CampaignID] = i
			cohorts = append(cohorts, assign.Cohort{
				ID: fmt.Sprintf("campaign %d", r.CampaignID), Spans: spans, Confirmed: map[string]int{}, Started: true,
			})
		}
		cohorts[i].Confirmed[r.Code] = int(r.Seats)
	}
	return cohorts, nil
}

// restrictedTo names the sites that take none of the levels of a campaign.
func restrictedTo(r *requirements, sites []site.Site) map[string]bool {
	restricted := map[string]bool{}
	for _, s := range sites {
		restricted[s.Code] = !slices.ContainsFunc(r.cohorts, func(c student.Cohort) bool { return s.Takes(c.Level.ID) })
	}
	return restricted
}

// spansOf counts the days of a period from the epoch.
func spansOf(p reference.Period) []assign.Span {
	day := func(d reference.Date) int { return int(d.Noon().Unix() / int64((24 * time.Hour).Seconds())) }
	var spans []assign.Span
	for _, i := range p.Intervals {
		spans = append(spans, assign.Span{First: day(i.From), Last: day(i.To)})
	}
	return spans
}
