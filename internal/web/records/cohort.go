package records

import (
	"net/http"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// A cohort is one with the number of its members.
type cohort struct {
	student.Cohort
	members int
}

// Cohorts is the register of cohorts. There are some dozen a year, which are named
// everywhere, so that their list is held in memory.
var Cohorts = table.Register[cohort]{
	Name: "records.cohorts", Path: CohortsPath, Noun: "cohort", Right: student.RightEdit, Crumbs: crumbs,
	Show: marked(stagetrek.KindStudents, showCohorts), // their numbers move with it
	Find: func(r *page.Request, tx *store.Tx, publicID string) (c cohort, err error) {
		if c.Cohort, err = student.CohortFor(r.Context(), tx, r.Actor, publicID); err == nil {
			c.members, err = student.CountMembers(r.Context(), tx, c.ID)
		}
		return c, err
	},
	About: func(r *page.Request, c cohort) table.About {
		return table.About{
			Stamp: c.Stamp, Label: c.Name, Lead: r.T("records.cohort.lead", "count", c.members, "expected", c.Expected),
			May: r.Actor.Can(student.RightEdit, c.Perimeters()...), Reads: r.Actor.Can(audit.RightView, c.Perimeters()...),
		}
	},
	Fields: cohortFields, Save: saveCohort,
	Actions: func(r *page.Request, c *cohort) []ui.Action {
		if c == nil {
			return nil
		}
		return []ui.Action{{Label: r.T("records.cohort.members"), Icon: "people", Href: StudentsPath + "?" + cohortFilter(c.Code)}}
	},
}

func showCohorts(w http.ResponseWriter, r *page.Request, p ui.Page) error {
	t := ui.Table{
		Caption: p.Title, Path: CohortsPath, Export: CohortsPath,
		Columns: []ui.Column{
			{Key: "name", Title: r.T("records.field.name"), Filter: true, Fixed: true},
			{Key: "code", Title: r.T("records.field.code"), Filter: true},
			{Key: "level", Title: r.T("records.field.level"), Filter: true},
			{Key: "year", Title: r.T("records.year"), Filter: true},
			{Key: "members", Title: r.T("records.members"), Kind: ui.KindNumber, Filter: true},
			{Key: "expected", Title: r.T("records.field.expected"), Kind: ui.KindNumber, Filter: true},
			{Key: "next", Title: r.T("records.next"), Hidden: true},
			stateColumn(r),
		},
		Empty: ui.Empty{Icon: "people", What: r.T("records.cohorts.none"), Why: r.T("records.cohorts.none.why")},
	}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error {
		cohorts, err := student.Cohorts(r.Context(), tx, r.Actor)
		if err != nil {
			return err
		}
		members, err := student.CountAllMembers(r.Context(), tx)
		for _, c := range cohorts {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
				ui.LinkCell(c.Name, CohortsPath+"/"+c.PublicID), ui.Word(c.Code), ui.Word(c.Level.Code), ui.Word(c.Year.Name), ui.Count(r.Text, members[c.ID]),
				ui.Count(r.Text, c.Expected), ui.Word(c.Next.Name), stateCell(r, c.Archived),
			}})
		}
		return err
	})
	if err != nil {
		return err
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	return r.Show(w, p, ui.DataTable(r.Text, t))
}

func cohortFields(r *page.Request, tx *store.Tx, c cohort) ([]ui.Field, error) {
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
	years = offered(years, func(y reference.AcademicYear) bool { return y.Archived }, reference.AcademicYear.Ref, c.Year)
	fresh := c.PublicID == ""
	expected := ""
	if !fresh {
		expected = digits(c.Expected)
	}
	fields := []ui.Field{
		field(r, "code", ui.Field{Value: c.Code}), field(r, "name", ui.Field{Value: c.Name}),
		field(r, "level", ui.Field{Kind: ui.FieldSelect, Value: c.Level.Code, Options: options(r, offeredLevels(levels, c.Level), reference.Level.Ref, fresh)}),
		field(r, "year", ui.Field{Kind: ui.FieldSelect, Value: c.Year.Code, Options: options(r, years, reference.AcademicYear.Ref, fresh)}),
		field(r, "faculty", ui.Field{Kind: ui.FieldSelect, Value: c.Faculty.Code, Options: options(r, offeredFaculties(faculties, c.Faculty), reference.Faculty.Ref, fresh)}),
		field(r, "expected", ui.Field{Kind: ui.FieldNumber, Min: "0", Value: expected}),
		field(r, "previous", ui.Field{Kind: ui.FieldSelect, Optional: true, Value: c.Previous.Code, Options: options(r, cohorts, student.Cohort.Ref, true)}),
	}
	return withArchived(r, fields, fresh, c.Archived), nil
}

// withArchived adds the box that takes a thing out of use.
func withArchived(r *page.Request, fields []ui.Field, fresh, archived bool) []ui.Field {
	if fresh {
		return fields
	}
	return append(fields, field(r, "archived", ui.Field{Kind: ui.FieldCheck, Value: ticked(archived)}))
}

func saveCohort(r *page.Request, f *page.Form, stamp reference.Stamp) (saved cohort, err error) {
	c := student.Cohort{
		Stamp: stamp, Code: f.Text("code"), Name: f.Text("name"), Level: ref(f.Text("level")), Year: ref(f.Text("year")),
		Faculty: ref(f.Text("faculty")), Expected: f.Int("expected", 0, 9999), Previous: ref(f.Text("previous")), Archived: f.Bool("archived"),
	}
	if err := f.Err(); err != nil {
		return saved, err
	}
	saved.Cohort, err = student.SaveCohort(r.Context(), r.DB, r.Actor, c)
	return saved, err
}
