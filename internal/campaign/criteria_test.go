package campaign_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// errBack ends a transaction whose changes nobody wants.
var errBack = errors.New("undone")

// What the database filters and counts by, and what is said of each student, come from
// the same criteria: on whatever data, both agree.
func TestTheDatabaseAndTheExplanationAgree(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		rapid.Check(t, func(r *rapid.T) {
			err := c1.DB.Write(t.Context(), func(tx *store.Tx) error {
				disturb(t.Context(), r, tx, c1)
				c, err := campaign.Get(t.Context(), tx, c1.ID)
				if err != nil {
					return err
				}
				if err := agree(t.Context(), r, tx, c); err != nil {
					return err
				}
				return errBack
			})
			if !errors.Is(err, errBack) {
				r.Fatal(err)
			}
		})
	})
}

// disturb changes students, their cohorts and what the campaign says of them, at
// random, as no rule would allow.
func disturb(ctx context.Context, r *rapid.T, tx *store.Tx, c1 *campaigntest.C1) {
	run := func(statement string, args ...any) {
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			r.Fatalf("%s: %v", statement, err)
		}
	}
	var ids []int64
	rows, err := tx.QueryContext(ctx, "SELECT id FROM student_student ORDER BY id")
	if err != nil {
		r.Fatal(err)
	}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			r.Fatal(err)
		}
		ids = append(ids, id)
	}
	_ = rows.Close()
	one := func() int64 { return rapid.SampledFrom(ids[:8]).Draw(r, "student") }
	const (
		cohort = "(SELECT MIN(id) FROM student_cohort)"
		of     = "(SELECT id FROM campaign_campaign WHERE public_id = $2)"
	)
	// A second cohort of another year, for those who are in two; it may be of the campaign.
	run("INSERT INTO reference_year (public_id, code, name, starts_on, ends_on, archived, changed_at, changed_by) " +
		"SELECT 'other-year', 'other', 'other', '2024-09-01', '2025-08-31', FALSE, changed_at, 'x' FROM reference_year WHERE id = (SELECT MIN(id) FROM reference_year)")
	run("INSERT INTO student_cohort (public_id, code, name, sort_key, level_id, year_id, faculty_id, expected, archived, changed_at, changed_by) " +
		"SELECT 'other-cohort', 'other', 'other', 'zz', (SELECT MAX(id) FROM reference_level), (SELECT id FROM reference_year WHERE code = 'other'), faculty_id, 3, FALSE, changed_at, 'x' FROM student_cohort WHERE id = " + cohort)
	// And one of the same year that no campaign has.
	run("INSERT INTO student_cohort (public_id, code, name, sort_key, level_id, year_id, faculty_id, expected, archived, changed_at, changed_by) " +
		"SELECT 'elsewhere', 'elsewhere', 'elsewhere', 'zz', level_id, year_id, faculty_id, 3, FALSE, changed_at, 'x' FROM student_cohort WHERE id = " + cohort)
	if rapid.Bool().Draw(r, "two cohorts") {
		run("INSERT INTO campaign_cohort (campaign_id, cohort_id) SELECT c.id, k.id FROM campaign_campaign c, student_cohort k WHERE c.public_id = $1 AND k.code = 'other'", c1.ID)
	}
	for i := range rapid.IntRange(0, 40).Draw(r, "changes") {
		id := one()
		switch rapid.SampledFrom([]string{"inactive", "level", "mute", "leaves", "joins", "elsewhere", "away", "twin", "merged", "excluded", "enrolled", "manual"}).Draw(r, "change") {
		case "inactive":
			run("UPDATE student_student SET active = FALSE WHERE id = $1", id)
		case "level":
			run("UPDATE student_student SET level_id = (SELECT MAX(id) FROM reference_level) WHERE id = $1", id)
		case "mute":
			run("UPDATE identity_person SET email = '' WHERE id = (SELECT person_id FROM student_student WHERE id = $1)", id)
		case "leaves":
			run("DELETE FROM student_member WHERE student_id = $1 AND cohort_id = "+cohort, id)
		case "joins":
			run("INSERT INTO student_member (cohort_id, student_id, year_id, changed_at, changed_by) SELECT k.id, $1, k.year_id, k.changed_at, 'x' FROM student_cohort k WHERE k.code = 'other' "+
				"AND NOT EXISTS (SELECT 1 FROM student_member m WHERE m.student_id = $1 AND m.year_id = k.year_id)", id)
		case "elsewhere":
			run("UPDATE student_member SET cohort_id = (SELECT id FROM student_cohort WHERE code = 'elsewhere') WHERE student_id = $1 AND cohort_id = "+cohort, id)
		case "away":
			from := rapid.SampledFrom([]string{"2020-01-01", "2026-05-10", "2030-01-01"}).Draw(r, "from")
			run("INSERT INTO student_leave (public_id, student_id, starts_on, ends_on, comment, changed_at, changed_by) "+
				"SELECT $2, id, $3, $3, '', changed_at, 'x' FROM student_student WHERE id = $1", id, fmt.Sprint("leave", i), from)
		case "twin":
			if other := one(); other != id {
				run("INSERT INTO student_duplicate (low_id, high_id, why) VALUES ($1, $2, 'name') ON CONFLICT DO NOTHING", min(id, other), max(id, other))
			}
		case "merged":
			if into := one(); into != id {
				run("UPDATE student_student SET merged_into = $2, canonical_id = $2 WHERE id = $1 AND merged_into IS NULL AND $2 NOT IN (SELECT id FROM student_student WHERE merged_into IS NOT NULL) "+
					"AND id NOT IN (SELECT merged_into FROM student_student WHERE merged_into IS NOT NULL)", id, into)
			}
		case "excluded":
			participates(run, of, id, c1.ID)
			run("UPDATE campaign_participant SET excluded_at = changed_at, excluded_by = 'x', excluded_reason = 'x' WHERE student_id = $1 AND campaign_id = "+of, id, c1.ID)
		case "enrolled":
			participates(run, of, id, c1.ID)
			run("UPDATE campaign_participant SET enrolled_at = changed_at WHERE student_id = $1 AND campaign_id = "+of, id, c1.ID)
		case "manual":
			participates(run, of, id, c1.ID)
			run("UPDATE campaign_participant SET manual = 3 WHERE student_id = $1 AND campaign_id = "+of, id, c1.ID)
		}
	}
	phase := rapid.SampledFrom([]campaign.Phase{campaign.Draft, campaign.Open, campaign.Closed}).Draw(r, "phase")
	run("UPDATE campaign_campaign SET phase = $1 WHERE public_id = $2", string(phase), c1.ID)
}

func participates(run func(string, ...any), of string, id int64, campaignID string) {
	run("INSERT INTO campaign_participant (campaign_id, student_id, pseudonym, points_reason, manual_reason, excluded_by, excluded_reason, changed_at, changed_by) "+
		"SELECT c.id, $1, $3, '', '', '', '', c.changed_at, 'x' FROM campaign_campaign c WHERE c.id = "+of+
		" AND NOT EXISTS (SELECT 1 FROM campaign_participant p WHERE p.campaign_id = c.id AND p.student_id = $1)", id, campaignID, fmt.Sprint("P", id))
}

// agree compares all that the database says of the participants of a campaign with
// what is said of each of them.
func agree(ctx context.Context, r *rapid.T, tx *store.Tx, c campaign.Campaign) error {
	people, err := campaign.ParticipantsOf(ctx, tx, c)
	if err != nil {
		return err
	}
	all, err := people.All(ctx, tx, store.Condition{})
	if err != nil {
		return err
	}
	want := campaign.ParticipantCounts{}
	absent := map[string]int{}
	inState, failing := map[string][]int64{}, map[string][]int64{}
	for _, e := range all {
		first, out := student.Excluded(e.Findings)
		warned := len(student.Warned(e.Findings)) > 0
		state := campaign.StateIn
		switch {
		case e.Excluded != nil:
			state = campaign.StateExcluded
		case out:
			state = campaign.StateAbsent
		case warned:
			state = campaign.StateWarned
		}
		inState[state] = append(inState[state], e.Student.ID)
		for _, f := range e.Findings {
			if !f.OK {
				failing[f.Predicate] = append(failing[f.Predicate], e.Student.ID)
			}
		}
		if out {
			absent[first.Predicate]++
			continue
		}
		want.In++
		want.Warned += toInt(warned)
		want.Unreachable += toInt(e.Student.Person.Email == "")
		want.Manual += toInt(e.Manual > 0)
	}
	for _, criterion := range people.Criteria() {
		if n := absent[criterion]; n > 0 {
			want.Absent = append(want.Absent, campaign.Absence{Criterion: criterion, Students: n})
		}
	}
	got, err := people.Count(ctx, tx)
	if err != nil {
		return err
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		r.Errorf("the database counts %+v, the explanations %+v", got, want)
	}
	for _, state := range []string{campaign.StateIn, campaign.StateWarned, campaign.StateAbsent, campaign.StateExcluded} {
		filtered(ctx, r, tx, people, "state", state, inState[state])
	}
	for _, criterion := range people.Criteria() {
		filtered(ctx, r, tx, people, "reason", criterion, failing[criterion])
	}
	return everybodyOnce(ctx, r, tx, c, all)
}

func toInt(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// filtered compares those whom a filter lets through with those meant by it.
func filtered(ctx context.Context, r *rapid.T, tx *store.Tx, people campaign.Participants, key, asked string, want []int64) {
	page, err := people.List().Page(ctx, tx, people.Where(), store.Ask{Filters: map[string]string{key: asked}, Size: 100})
	if err != nil {
		r.Fatal(err)
	}
	got := make([]int64, len(page.Rows))
	for i, e := range page.Rows {
		got[i] = e.Student.ID
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.Errorf("%s %s: the database finds %v, the explanations %v", key, asked, got, want)
	}
}

// everybodyOnce compares the rows of the list with all students there are: each who is
// in a cohort of the campaign is there once, as the record that stands now, and so is
// whoever it enrolled: in draft, when an opening may have failed, that counts for nothing.
func everybodyOnce(ctx context.Context, r *rapid.T, tx *store.Tx, c campaign.Campaign, all []campaign.Enrolment) error {
	states, err := student.States(ctx, tx, store.Condition{})
	if err != nil {
		return err
	}
	var got, want []int64
	for _, e := range all {
		got = append(got, e.Student.ID)
	}
	enrolled, err := campaign.EnrolledStudents(ctx, tx, c)
	if err != nil {
		return err
	}
	for _, s := range states {
		in := c.Phase != campaign.Draft && slices.Contains(enrolled, s.Student.ID)
		for _, cohort := range c.Cohorts {
			_, member := s.Student.InCohort(cohort.ID)
			in = in || member
		}
		if in && s.Student.MergedInto == 0 {
			want = append(want, s.Student.ID)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.Errorf("the list has %v, and it should have %v", got, want)
	}
	return nil
}
