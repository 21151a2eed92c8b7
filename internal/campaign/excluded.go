package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// ExcludedAfterDraw returns those of a campaign who were excluded since the order was drawn: they
// keep their place in it, or nobody could compute it again. Of each it says what the
// campaign keeps, and no finding.
func ExcludedAfterDraw(ctx context.Context, tx *store.Tx, c Campaign) ([]Enrolment, error) {
	rows, err := participants.All(ctx, tx, store.Where("q.campaign_id = $1 AND q.excluded_at IS NOT NULL AND t.effective IS NOT NULL", c.ID))
	if err != nil {
		return nil, fmt.Errorf("read the excluded: %w", err)
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.student
	}
	students, err := student.ByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	excluded := make([]Enrolment, len(rows))
	for i, row := range rows {
		e := Enrolment{Student: students[row.student], Position: &Position{int(row.effective.Int64), int(row.automatic.Int64), row.hash.String}}
		e.read(row.CampaignParticipant)
		excluded[i] = e
	}
	// In the order of names: the instances of runs already made have them so.
	slices.SortFunc(excluded, func(a, b Enrolment) int {
		return cmp.Or(strings.Compare(a.Student.Person.SortKey, b.Student.Person.SortKey), cmp.Compare(a.Student.ID, b.Student.ID))
	})
	return excluded, nil
}

// Entered returns the participants, by key, whose score an office entered.
func Entered(ctx context.Context, tx *store.Tx, c Campaign) (map[int64]bool, error) {
	rows, err := participants.All(ctx, tx, store.Where("q.campaign_id = $1 AND q.points IS NOT NULL", c.ID))
	if err != nil {
		return nil, fmt.Errorf("read who has entered points: %w", err)
	}
	entered := make(map[int64]bool, len(rows))
	for _, row := range rows {
		entered[row.ID] = true
	}
	return entered, nil
}
