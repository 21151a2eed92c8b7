package campaign_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// What pages are told of the participants is what a count finds now, whoever changed
// something meanwhile: a write that nobody counts would show here.
func TestWhatIsKeptIsWhatIsCounted(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		o := &officer{t: t, c1: c1}
		rapid.Check(t, func(r *rapid.T) {
			for range rapid.IntRange(1, 4).Draw(r, "changes") {
				what := rapid.SampledFrom([]string{
					"level", "e-mail", "inactive", "person", "leave", "back", "leaves", "joins", "added", "removed", "merged", "unmerged",
					"excluded", "included", "manual", "cohort", "cohort", "period",
				}).Draw(r, "change")
				if err := o.change(t.Context(), what, rapid.SampledFrom(o.records(r)).Draw(r, "student")); err != nil {
					r.Logf("%s: %v", what, err) // a rule stood in the way
				}
				o.compare(r, what)
			}
		})
	})
}

// An officer changes what decides who takes part, with the functions that pages use.
type officer struct {
	t      *testing.T
	c1     *campaigntest.C1
	number int
	leaves []string
	merges []string
}

// records are the public identifiers of the students whom changes are about.
func (o *officer) records(r *rapid.T) (ids []string) {
	err := o.c1.DB.Read(o.t.Context(), func(tx *store.Tx) error {
		all, err := student.All(o.t.Context(), tx)
		for _, s := range all {
			if s.MergedInto == 0 && len(ids) < 8 {
				ids = append(ids, s.PublicID)
			}
		}
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return ids
}

// compare holds what is kept to what is counted in a transaction that keeps nothing.
func (o *officer) compare(r *rapid.T, after string) {
	ctx := o.t.Context()
	told := func(tx *store.Tx) (string, error) {
		c, err := campaign.Get(ctx, tx, o.c1.ID)
		if err != nil {
			return "", err
		}
		people, err := campaign.ParticipantsOf(ctx, tx, c)
		if err != nil {
			return "", err
		}
		n, err := people.Count(ctx, tx)
		if err != nil {
			return "", err
		}
		first, err := people.First(ctx, tx, 3, campaign.StateAbsent, campaign.StateExcluded)
		if err != nil {
			return "", err
		}
		said := fmt.Sprint(n)
		for _, filters := range []map[string]string{nil, {"state": campaign.StateIn}, {"state": campaign.StateWarned}, {"state": campaign.StateAbsent}, {"reason": "email"}} {
			found, err := people.Find(ctx, tx, store.Ask{Filters: filters})
			if err != nil {
				return "", err
			}
			said += fmt.Sprint(" ", found.Count, found.Among)
		}
		for _, e := range first {
			said += fmt.Sprint(" ", e.Student.ID)
		}
		return said, nil
	}
	kept, err := store.Get(ctx, o.c1.DB, told)
	if err != nil {
		r.Fatal(err)
	}
	counted := ""
	err = o.c1.DB.Write(ctx, func(tx *store.Tx) (err error) {
		counted, err = told(tx)
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	if kept != counted {
		r.Fatalf("after %q pages are told %s, and there are %s", after, kept, counted)
	}
}

func (o *officer) change(ctx context.Context, what, id string) error {
	o.number++
	switch what {
	case "leave", "back", "leaves", "joins":
		return o.move(ctx, what, id)
	case "merged", "unmerged", "added", "removed":
		return o.enter(ctx, what, id)
	case "excluded":
		return o.c1.Campaigns.Exclude(ctx, o.c1.Office, o.c1.ID, id, "x")
	case "included":
		return o.c1.Campaigns.Include(ctx, o.c1.Office, o.c1.ID, id, "x")
	case "manual":
		return o.c1.Campaigns.SetManual(ctx, o.c1.Office, o.c1.ID, id, o.number%3, "x")
	case "period":
		return o.period(ctx)
	case "cohort":
		return o.cohort(ctx)
	}
	return o.record(ctx, what, id)
}

// record changes a record, or the person.
func (o *officer) record(ctx context.Context, what, id string) error {
	s, err := store.Get(ctx, o.c1.DB, func(tx *store.Tx) (student.Student, error) { return student.ByPublicID(ctx, tx, id) })
	if err != nil {
		return err
	}
	email := ""
	if o.number%2 == 0 {
		email = fmt.Sprintf("p%d@etu.valmer.example", o.number)
	}
	switch what {
	case "person":
		return student.ChangePerson(ctx, o.c1.DB, identity.System("test"), s.Person.PublicID, identity.PersonForm{
			FamilyName: s.Person.FamilyName, GivenName: s.Person.GivenName, Email: email, Lang: s.Person.Lang,
		})
	case "e-mail":
		s.Person.Email = email
	case "inactive":
		s.Active = !s.Active
	case "level":
		s.Level = reference.Ref{Code: []string{"DFASM1", campaigntest.Level}[o.number%2]}
	}
	_, err = student.Save(ctx, o.c1.DB, identity.System("test"), s)
	return err
}

// move takes a student into a leave or a cohort, or out of it.
func (o *officer) move(ctx context.Context, what, id string) error {
	actor := identity.System("test")
	switch what {
	case "leave":
		l, err := student.SaveLeave(ctx, o.c1.DB, actor, id, student.Leave{Interval: reference.Interval{From: "2026-01-01", To: "2026-12-31"}})
		o.leaves = append(o.leaves, id+" "+l.PublicID)
		return err
	case "back":
		if len(o.leaves) == 0 {
			return nil
		}
		var of, leave string
		_, _ = fmt.Sscan(o.leaves[0], &of, &leave)
		o.leaves = o.leaves[1:]
		return student.RemoveLeave(ctx, o.c1.DB, actor, of, leave)
	case "leaves":
		return student.LeaveCohort(ctx, o.c1.DB, actor, o.c1.Get(o.t).Cohorts[0].PublicID, id)
	}
	return student.JoinCohort(ctx, o.c1.DB, actor, o.c1.Get(o.t).Cohorts[0].PublicID, id)
}

// enter adds a record that looks like another, removes one, merges two, undoes that.
func (o *officer) enter(ctx context.Context, what, id string) (err error) {
	actor := identity.System("test")
	s, err := store.Get(ctx, o.c1.DB, func(tx *store.Tx) (student.Student, error) { return student.ByPublicID(ctx, tx, id) })
	if err != nil {
		return err
	}
	if what == "removed" {
		return o.c1.DB.Write(ctx, func(tx *store.Tx) error { return student.Drop(ctx, tx, actor, id) })
	}
	if what == "unmerged" {
		if len(o.merges) == 0 {
			return nil
		}
		last := o.merges[len(o.merges)-1]
		o.merges = o.merges[:len(o.merges)-1]
		return student.UndoMerge(ctx, o.c1.DB, actor, last, "x")
	}
	twin := student.Student{
		Person: identity.Person{GivenName: s.Person.GivenName, FamilyName: s.Person.FamilyName, Email: s.Person.Email}, Number: fmt.Sprint("T", o.number),
		BirthDate: s.BirthDate, Level: reference.Ref{Code: campaigntest.Level}, Faculty: reference.Ref{Code: campaigntest.Faculty}, Active: true,
	}
	if twin, err = student.Save(ctx, o.c1.DB, actor, twin); err != nil || what == "added" {
		return err
	}
	merge, err := student.MergeStudents(ctx, o.c1.DB, actor, student.MergeForm{Keep: id, Drop: twin.PublicID, Reason: "x"})
	o.merges = append(o.merges, merge)
	return err
}

// period moves the days of the campaign's period.
func (o *officer) period(ctx context.Context) error {
	return o.c1.DB.Write(ctx, func(tx *store.Tx) error {
		p, err := reference.PeriodByID(ctx, tx, o.c1.Get(o.t).Period.ID)
		if err != nil {
			return err
		}
		p.Intervals = []reference.Interval{{From: reference.Date(fmt.Sprintf("202%d-03-01", 5+o.number%4)), To: reference.Date(fmt.Sprintf("202%d-04-01", 5+o.number%4))}}
		_, err = reference.PutPeriod(ctx, tx, identity.System("test"), p)
		return err
	})
}

// cohort changes the level that the campaign's cohort is of.
func (o *officer) cohort(ctx context.Context) error {
	return o.c1.DB.Write(ctx, func(tx *store.Tx) error {
		cohorts, err := student.AllCohorts(ctx, tx)
		if err != nil {
			return err
		}
		mine := o.c1.Get(o.t).Cohorts[0].ID
		k := cohorts[slices.IndexFunc(cohorts, func(k student.Cohort) bool { return k.ID == mine })]
		k.Level = reference.Ref{Code: campaigntest.Level}
		if o.number%5 == 0 {
			k.Level.Code = "DFASM1" // nobody is of it
		}
		_, err = student.PutCohort(ctx, tx, identity.System("test"), k)
		return err
	})
}
