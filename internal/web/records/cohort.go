package records

import (
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Cohorts is the register of cohorts.
var Cohorts = Register{
	path: CohortsPath, name: "cohorts", noun: "cohort", icon: "people", edit: student.RightEdit,
	columns: func(r *page.Request) []ui.Column {
		return []ui.Column{
			{Key: "name", Title: r.T("records.field.name"), Filter: true, Fixed: true},
			{Key: "code", Title: r.T("records.field.code"), Filter: true},
			{Key: "level", Title: r.T("records.field.level"), Filter: true},
			{Key: "year", Title: r.T("records.year"), Filter: true},
			{Key: "members", Title: r.T("records.members"), Kind: ui.KindNumber, Filter: true},
			{Key: "expected", Title: r.T("records.field.expected"), Kind: ui.KindNumber, Filter: true},
			{Key: "next", Title: r.T("records.next"), Hidden: true},
			stateColumn(r),
		}
	},
	load: loadCohorts, one: oneCohort, fields: cohortFields, save: saveCohort,
	actions: func(r *page.Request, e *entry) []ui.Action {
		if e == nil {
			return nil
		}
		return []ui.Action{{Label: r.T("records.cohort.members"), Icon: "people", Href: StudentsPath + "?" + cohortFilter(e.label)}}
	},
}

func loadCohorts(r *page.Request, tx *store.Tx) ([]entry, error) {
	cohorts, err := student.Cohorts(r.Context(), tx, r.Actor)
	if err != nil {
		return nil, err
	}
	students, err := student.All(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	members := map[int64]int{}
	for _, s := range students {
		for _, m := range s.Cohorts {
			if s.MergedInto == 0 {
				members[m.Cohort.ID]++
			}
		}
	}
	entries := make([]entry, len(cohorts))
	for i, c := range cohorts {
		entries[i] = cohortEntry(r, c, members[c.ID])
	}
	return entries, nil
}

func oneCohort(r *page.Request, tx *store.Tx, publicID string) (entry, error) {
	c, err := student.CohortFor(r.Context(), tx, r.Actor, publicID)
	if err != nil {
		return entry{}, err
	}
	members, err := student.CountMembers(r.Context(), tx, c.ID)
	return cohortEntry(r, c, members), err
}

func cohortEntry(r *page.Request, c student.Cohort, members int) entry {
	return entry{
		Stamp: c.Stamp, label: c.Name, lead: r.T("records.cohort.lead", "count", members, "expected", c.Expected),
		may: r.Actor.Can(student.RightEdit, c.Perimeters()...), reads: r.Actor.Can(audit.RightView, c.Perimeters()...),
		cells: []ui.Cell{
			ui.Word(c.Name), ui.Word(c.Code), ui.Word(c.Level.Code), ui.Word(c.Year.Name), ui.Count(r.Text, members),
			ui.Count(r.Text, c.Expected), ui.Word(c.Next.Name), stateCell(r, c.Archived),
		},
		typed: map[string]string{
			"code": c.Code, "name": c.Name, "level": c.Level.Code, "year": c.Year.Code, "faculty": c.Faculty.Code,
			"expected": digits(c.Expected), "previous": c.Previous.Code, "archived": ticked(c.Archived),
		},
	}
}

func cohortFields(r *page.Request, tx *store.Tx, fresh bool) ([]ui.Field, error) {
	levels, err := reference.Levels(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	years, err := reference.AcademicYears(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	faculties, err := reference.Faculties(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	cohorts, err := student.Cohorts(r.Context(), tx, r.Actor)
	if err != nil {
		return nil, err
	}
	fields := []ui.Field{
		field(r, "code", ui.Field{}), field(r, "name", ui.Field{}),
		field(r, "level", ui.Field{Kind: ui.FieldSelect, Options: options(r, levels, reference.Level.Ref, fresh)}),
		field(r, "year", ui.Field{Kind: ui.FieldSelect, Options: options(r, years, func(y reference.AcademicYear) reference.Ref { return y.Ref() }, fresh)}),
		field(r, "faculty", ui.Field{Kind: ui.FieldSelect, Options: options(r, faculties, reference.Faculty.Ref, fresh)}),
		field(r, "expected", ui.Field{Kind: ui.FieldNumber, Min: "0"}),
		field(r, "previous", ui.Field{Kind: ui.FieldSelect, Optional: true, Options: options(r, cohorts, student.Cohort.Ref, true)}),
	}
	return withArchived(r, fields, fresh), nil
}

// withArchived adds the box that takes a thing out of use.
func withArchived(r *page.Request, fields []ui.Field, fresh bool) []ui.Field {
	if fresh {
		return fields
	}
	return append(fields, field(r, "archived", ui.Field{Kind: ui.FieldCheck}))
}

func saveCohort(r *page.Request, f *page.Form, stamp reference.Stamp) (string, string, error) {
	c := student.Cohort{
		Stamp: stamp, Code: f.Text("code"), Name: f.Text("name"), Level: ref(f.Text("level")), Year: ref(f.Text("year")),
		Faculty: ref(f.Text("faculty")), Expected: f.Int("expected", 0, 9999), Previous: ref(f.Text("previous")), Archived: f.Bool("archived"),
	}
	if err := f.Err(); err != nil {
		return "", "", err
	}
	c, err := student.SaveCohort(r.Context(), r.DB, r.Actor, c)
	return c.PublicID, c.Name, err
}
