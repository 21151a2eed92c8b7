package student

import (
	"context"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// moves are the memberships that a batch of students gains and loses.
type moves struct {
	actor   identity.Actor
	cohorts map[string]Cohort
	joined  [][]any
	left    map[int64][]int64 // the keys of records that leave a cohort, by cohort
}

// plan notes how one student comes into the cohorts that are theirs, and out of the
// others.
func (m *moves) plan(ctx context.Context, tx *store.Tx, r *row) error {
	var stay []Membership
	for _, member := range r.Cohorts {
		if slices.Contains(r.In, member.Cohort.Code) {
			stay = append(stay, member)
			continue
		}
		c := m.cohorts[member.Cohort.Code]
		if err := m.actor.Require(RightEdit, c.Perimeters()...); err != nil {
			return err
		}
		canonical, err := LoadCanonical(ctx, tx)
		if err != nil {
			return err
		}
		m.left[c.ID] = append(m.left[c.ID], canonical.Same(r.ID)...)
		r.moved("member.left", c)
	}
	for _, code := range r.In {
		c, known := m.cohorts[code]
		if !known {
			return reference.Unknown("cohort")
		}
		if slices.ContainsFunc(stay, func(s Membership) bool { return s.Cohort.ID == c.ID }) {
			continue
		}
		if err := m.actor.Require(RightEdit, c.Perimeters()...); err != nil {
			return err
		}
		if i := slices.IndexFunc(stay, func(s Membership) bool { return s.YearID == c.Year.ID }); i >= 0 {
			return fault.New(fault.Conflict, "reference.member.elsewhere", "student", r.Name(), "cohort", stay[i].Cohort.Name, "year", c.Year.Name)
		}
		stay = append(stay, Membership{c.Ref(), c.Year.ID, tx.Now, m.actor.Author()})
		m.joined = append(m.joined, []any{c.ID, r.ID, c.Year.ID, store.At(tx.Now), m.actor.Author()})
		r.moved("member.joined", c)
	}
	r.Cohorts = stay
	return nil
}

// moved adds a line about a membership to the log.
func (r *row) moved(action string, c Cohort) {
	r.entries = append(r.entries, audit.Entry{
		Action: action, Args: map[string]any{"student": r.Name(), "cohort": c.Name},
		Kind: "student", Object: r.PublicID, After: map[string]any{"cohort": c.Code},
	})
}

func (m *moves) write(ctx context.Context, tx *store.Tx) error {
	for cohort, students := range m.left {
		for some := range slices.Chunk(students, 500) {
			where := store.And(store.Where("cohort_id = $1", cohort), store.In("student_id", some))
			if _, err := tx.ExecContext(ctx, "DELETE FROM student_member WHERE "+where.SQL, where.Args...); err != nil {
				return fmt.Errorf("remove members: %w", err)
			}
		}
	}
	return store.AddRows(store.Later(ctx), tx, "student_member", []string{"cohort_id", "student_id", "year_id", "changed_at", "changed_by"}, m.joined, "")
}
