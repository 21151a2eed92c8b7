package records

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// Students is the register of students.
var Students = table.Register[student.Student]{
	Name: "records.students", Path: StudentsPath, Noun: "student", Right: student.RightEdit, Crumbs: crumbs,
	Show: marked(stagetrek.KindStudents, showStudents),
	Find: func(r *page.Request, tx *store.Tx, publicID string) (student.Student, error) {
		s, err := student.For(r.Context(), tx, r.Actor, publicID)
		if err == nil && s.PublicID != publicID { // merged into this one
			return student.Student{}, reference.Unknown("student")
		}
		return s, err
	},
	About: func(r *page.Request, s student.Student) table.About {
		return table.About{
			Stamp: s.Stamp, Label: s.Name(), Lead: studentLead(r, s),
			May: r.Actor.Can(student.RightEdit, s.Perimeters()...), Reads: r.Actor.Can(audit.RightView, s.Perimeters()...),
		}
	},
	Fields: studentFields, Save: saveStudent, Beside: besideStudent,
	Actions: func(r *page.Request, s *student.Student) []ui.Action {
		switch {
		case s == nil && r.Actor.CanSomewhere(exchange.RightImport):
			return []ui.Action{{Label: r.T("records.import"), Icon: "upload", Href: ImportsPath + "?kind=students"}, {Label: r.T("records.cohorts"), Icon: "people", Href: CohortsPath}}
		case s != nil && r.Actor.Can(student.RightMerge, s.Perimeters()...):
			return []ui.Action{{Label: r.T("records.merge"), Icon: "people", Href: StudentsPath + "/" + s.PublicID + "/merge"}}
		}
		return nil
	},
}

func studentLead(r *page.Request, s student.Student) string {
	lead := []string{numbered(r, s), s.Level.Name}
	if names := cohortNames(s); names != "" {
		lead = append(lead, names)
	}
	return strings.Join(lead, " · ")
}

// numbered says the number of a record, or that it has none.
func numbered(r *page.Request, s student.Student) string {
	if s.Number == "" {
		return r.T("records.student.numberless")
	}
	return r.T("records.student.number", "number", s.Number)
}

func cohortNames(s student.Student) string {
	var names []string
	for _, m := range s.Cohorts {
		names = append(names, m.Cohort.Name)
	}
	return strings.Join(names, ", ")
}

func dayCell(p text.Printer, d reference.Date) ui.Cell {
	if d == "" {
		return ui.Cell{None: true}
	}
	return ui.Cell{Text: p.ShortDate(d.Noon()), Number: d.Noon().UnixMilli()}
}

func studentFields(r *page.Request, tx *store.Tx, s student.Student) ([]ui.Field, error) {
	levels, err := reference.Levels(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	faculties, err := reference.Faculties(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	kinds := []ui.Option{{Label: r.T("records.ine.guess")}}
	for _, k := range reference.INEKinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: r.T("ine.kind." + string(k))})
	}
	fresh := s.PublicID == ""
	fields := []ui.Field{
		field(r, "family_name", ui.Field{Value: s.Person.FamilyName}), field(r, "given_name", ui.Field{Optional: true, Value: s.Person.GivenName}),
		field(r, "email", ui.Field{Kind: ui.FieldEmail, Optional: true, Value: s.Person.Email}),
		field(r, "number", ui.Field{Optional: true, Value: s.Number}), field(r, "ine", ui.Field{Optional: true, Value: s.INE}),
		field(r, "ine_kind", ui.Field{Kind: ui.FieldSelect, Optional: true, Value: string(s.INEKind), Options: kinds}),
		field(r, "birth_date", ui.Field{Kind: ui.FieldDate, Optional: true, Value: string(s.BirthDate)}),
		field(r, "level", ui.Field{Kind: ui.FieldSelect, Value: s.Level.Code, Options: options(r, offeredLevels(levels, s.Level), reference.Level.Ref, fresh)}),
		field(r, "faculty", ui.Field{Kind: ui.FieldSelect, Value: s.Faculty.Code, Options: options(r, offeredFaculties(faculties, s.Faculty), reference.Faculty.Ref, fresh)}),
		field(r, "lang", ui.Field{Kind: ui.FieldSelect, Value: s.Person.Lang, Options: []ui.Option{{Value: "fr", Label: r.T("lang.fr")}, {Value: "en", Label: r.T("lang.en")}}}),
	}
	if !fresh {
		return append(fields, field(r, "active", ui.Field{Kind: ui.FieldCheck, Value: ticked(s.Active)})), nil
	}
	if r.Method == http.MethodPost {
		fields = append(fields, field(r, "distinct", ui.Field{Kind: ui.FieldCheck, Optional: true}))
	}
	return fields, nil
}

func saveStudent(r *page.Request, f *page.Form, stamp reference.Stamp) (student.Student, error) {
	fresh := stamp.PublicID == ""
	var saved student.Student
	err := r.DB.Write(r.Context(), func(tx *store.Tx) error {
		s := student.Student{
			Stamp: stamp, Number: f.Text("number"), INE: f.Text("ine"), INEKind: reference.INEKind(f.Text("ine_kind")), BirthDate: day(f, "birth_date"),
			Level: ref(f.Text("level")), Faculty: ref(f.Text("faculty")), Active: fresh || f.Bool("active"),
			Person: identity.Person{FamilyName: f.Text("family_name"), GivenName: f.Text("given_name"), Email: f.Text("email"), Lang: f.Text("lang")},
		}
		if kinds := reference.PossibleINEKinds(s.INE); s.INE != "" && s.INEKind == "" && len(kinds) == 1 {
			s.INEKind = kinds[0]
		}
		if err := f.Err(); err != nil {
			return err
		}
		if fresh && !f.Bool("distinct") {
			if err := unlike(r, tx, s); err != nil {
				return err
			}
		}
		var err error
		saved, err = student.Put(r.Context(), tx, r.Actor, s)
		return err
	})
	return saved, err
}

// unlike refuses somebody who looks like a student that is there, until the office
// says that they are two people.
func unlike(r *page.Request, tx *store.Tx, s student.Student) error {
	twins, err := student.FindDuplicates(r.Context(), tx, s)
	if err != nil || len(twins) == 0 {
		return err
	}
	t := twins[0]
	var form fault.Form
	if !r.Actor.Can(student.RightView, t.Student.Perimeters()...) {
		form.Wrong("distinct", "records.twin.hidden", "why", text.Key("likeness."+string(t.Why[0])))
	} else {
		form.Wrong("distinct", "records.twin.there", "student", t.Student.Name(), "number", t.Student.Number, "why", text.Key("likeness."+string(t.Why[0])))
	}
	return form.Err()
}

// A file is what a student's page shows beside the form.
type file struct {
	student    student.Student
	placements []placement.Placement
	leaves     []student.Leave
	accounts   []identity.Account
	cohorts    []student.Cohort // that the reader may put the student into
	may        bool
	people     bool // the reader may open the page of the person
}

func besideStudent(r *page.Request, tx *store.Tx, s student.Student) (templ.Component, error) {
	d := file{student: s, may: r.Actor.Can(student.RightEdit, s.Perimeters()...), people: r.Actor.CanSomewhere(identity.PersonView)}
	var err error
	if d.placements, err = placement.OfStudent(r.Context(), tx, d.student.ID); err != nil {
		return nil, err
	}
	if d.leaves, err = student.LeavesOf(r.Context(), tx, d.student.ID); err != nil {
		return nil, err
	}
	if d.accounts, err = identity.AccountsOfPerson(r.Context(), tx, d.student.Person.ID); err != nil {
		return nil, err
	}
	cohorts, err := student.Cohorts(r.Context(), tx, r.Actor)
	d.cohorts = slices.DeleteFunc(cohorts, func(c student.Cohort) bool {
		return c.Archived || !r.Actor.Can(student.RightEdit, c.Perimeters()...) ||
			slices.ContainsFunc(d.student.Cohorts, func(m student.Membership) bool { return m.YearID == c.Year.ID })
	})
	return studentBeside(r, d), err
}

// AddLeave records days during which a student takes no placement.
func AddLeave(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	leave := student.Leave{Interval: reference.Interval{From: day(f, "from"), To: day(f, "to")}, Comment: f.Text("comment")}
	err := f.Err()
	if err == nil {
		_, err = student.SaveLeave(r.Context(), r.DB, r.Actor, r.PathValue("id"), leave)
	}
	return Students.Done(w, r, err, "records.leave.added")
}

// RemoveLeave takes a leave back.
func RemoveLeave(w http.ResponseWriter, r *page.Request) error {
	err := student.RemoveLeave(r.Context(), r.DB, r.Actor, r.PathValue("id"), r.PathValue("leave"))
	return Students.Done(w, r, err, "records.leave.removed")
}

// Join puts a student into a cohort.
func Join(w http.ResponseWriter, r *page.Request) error {
	err := student.JoinCohort(r.Context(), r.DB, r.Actor, r.FormValue("cohort"), r.PathValue("id"))
	return Students.Done(w, r, err, "records.cohort.joined")
}

// Quit takes a student out of a cohort.
func Quit(w http.ResponseWriter, r *page.Request) error {
	err := student.LeaveCohort(r.Context(), r.DB, r.Actor, r.FormValue("cohort"), r.PathValue("id"))
	return Students.Done(w, r, err, "records.cohort.left")
}

// days writes the first and the last day of a leave or a placement.
func days(p text.Printer, i reference.Interval) string {
	write := func(d reference.Date) string {
		if d == "" {
			return "…"
		}
		return p.ShortDate(d.Noon())
	}
	return write(i.From) + " – " + write(i.To)
}
