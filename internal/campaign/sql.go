package campaign

import (
	"database/sql"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// JoinPerimeters joins a campaign (c), by its key, with what says where it lies: its
// faculty (f) and its cohorts (k), one row each. [PerimeterColumns] are read of it.
func JoinPerimeters(key string) string {
	return "JOIN campaign_campaign c ON c.id = " + key + " " + reference.JoinFaculty + "c.faculty_id " +
		"LEFT JOIN campaign_cohort cc ON cc.campaign_id = c.id LEFT " + student.JoinCohortRow + "cc.cohort_id"
}

// PerimeterColumns are what a [PerimeterRow] reads, after [JoinPerimeters].
const PerimeterColumns = "c.id, c.public_id, c.zone, f.code, k.code"

// WithoutPost returns the condition that a site, by an expression for its key, has no
// post in a campaign.
func WithoutPost(c Campaign, key string) store.Condition {
	return store.Where(key+" NOT IN (SELECT x.site_id FROM campaign_post x WHERE x.campaign_id = $1)", c.ID)
}

// A PerimeterRow is one row of a campaign with where it lies.
type PerimeterRow struct {
	Campaign Campaign // its keys, its zone and its faculty's code
	cohort   sql.NullString
}

// Into returns where [PerimeterColumns] are scanned to.
func (r *PerimeterRow) Into() []any {
	return []any{&r.Campaign.ID, &r.Campaign.PublicID, &r.Campaign.Zone, &r.Campaign.Faculty.Code, &r.cohort}
}

// Lies returns the campaign of rows with all its perimeters, and nothing else of it.
func Lies(rows []PerimeterRow) (c Campaign) {
	for i, r := range rows {
		if i == 0 {
			c = r.Campaign
		}
		if r.cohort.Valid {
			c.Cohorts = append(c.Cohorts, reference.Ref{Code: r.cohort.String})
		}
	}
	return c
}
