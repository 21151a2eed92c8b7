package records

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Students is the register of students.
var Students = Register{
	path: StudentsPath, name: "students", noun: "student", icon: "people", edit: student.RightEdit,
	columns: studentColumns, load: loadStudents, one: oneStudent, fields: studentFields, save: saveStudent, more: studentMore,
	actions: func(r *page.Request, e *entry) []ui.Action {
		switch {
		case e == nil && r.Actor.CanSomewhere(exchange.RightImport):
			return []ui.Action{{Label: r.T("records.import"), Icon: "upload", Href: ImportsPath + "?kind=students"}, {Label: r.T("records.cohorts"), Icon: "people", Href: CohortsPath}}
		case e != nil && r.Actor.Can(student.RightMerge, e.thing.(student.Student).Perimeters()...):
			return []ui.Action{{Label: r.T("records.merge"), Icon: "people", Href: StudentsPath + "/" + e.PublicID + "/merge"}}
		}
		return nil
	},
}

// What there is to look at in a record.
const (
	toldTwin  = "twin"
	toldEmail = "no-email"
	toldLeft  = "left"
	toldFine  = "fine"
)

func studentColumns(r *page.Request) []ui.Column {
	var watch []ui.Option
	for _, told := range []string{toldFine, toldTwin, toldEmail, toldLeft} {
		watch = append(watch, ui.Option{Value: told, Label: r.T("records.watch." + told)})
	}
	return []ui.Column{
		{Key: "name", Title: r.T("records.field.name"), Filter: true, Fixed: true},
		{Key: "number", Title: r.T("records.field.number"), Filter: true},
		{Key: "level", Title: r.T("records.field.level"), Filter: true},
		{Key: "cohort", Title: r.T("records.field.cohort"), Filter: true},
		{Key: "email", Title: r.T("records.email"), Filter: true},
		{Key: "watch", Title: r.T("records.watch"), Kind: ui.KindChoice, Filter: true, Options: watch},
		{Key: "ine", Title: r.T("records.field.ine"), Filter: true, Hidden: true},
		{Key: "birth_date", Title: r.T("records.field.birth_date"), Kind: ui.KindMoment, Hidden: true},
		{Key: "faculty", Title: r.T("records.field.faculty"), Filter: true, Hidden: true},
		{Key: "changed", Title: r.T("records.changed"), Kind: ui.KindMoment, Hidden: true},
	}
}

func loadStudents(r *page.Request, tx *store.Tx) ([]entry, error) {
	students, err := student.Students(r.Context(), tx, r.Actor)
	if err != nil {
		return nil, err
	}
	pairs, err := student.DuplicatePairs(r.Context(), tx, r.Actor)
	if err != nil {
		return nil, err
	}
	twin := map[int64]bool{}
	for _, p := range pairs {
		twin[p.First.ID], twin[p.Second.ID] = true, true
	}
	entries := make([]entry, len(students))
	for i, s := range students {
		entries[i] = studentEntry(r, s, twin[s.ID])
	}
	return entries, nil
}

func oneStudent(r *page.Request, tx *store.Tx, publicID string) (entry, error) {
	s, err := student.For(r.Context(), tx, r.Actor, publicID)
	if err != nil {
		return entry{}, err
	}
	if s.PublicID != publicID { // merged into this one
		return entry{}, reference.Unknown("student")
	}
	duplicates, err := student.DuplicatesOf(r.Context(), tx, r.Actor, s)
	return studentEntry(r, s, len(duplicates) > 0), err
}

func studentEntry(r *page.Request, s student.Student, twin bool) entry {
	watch := ui.StateCell(toldFine, ui.Good, r.T("records.watch.fine"))
	switch {
	case twin:
		watch = ui.StateCell(toldTwin, ui.Warn, r.T("records.watch.twin"))
	case !s.Active:
		watch = ui.StateCell(toldLeft, ui.Neutral, r.T("records.watch.left"))
	case s.Person.Email == "":
		watch = ui.StateCell(toldEmail, ui.Warn, r.T("records.watch.no-email"))
	}
	return entry{
		Stamp: s.Stamp, label: s.Name(), thing: s, lead: studentLead(r, s),
		may: r.Actor.Can(student.RightEdit, s.Perimeters()...), reads: r.Actor.Can(audit.RightView, s.Perimeters()...),
		cells: []ui.Cell{
			{Text: s.Person.SortedName(), Sort: s.Person.SortKey}, ui.Word(s.Number), ui.Word(s.Level.Code), ui.Word(cohortNames(s)), ui.Word(s.Person.Email),
			watch, ui.Word(s.INE), dayCell(r.Text, s.BirthDate), ui.Word(s.Faculty.Name), ui.Moment(r.Text, s.ChangedAt),
		},
		typed: map[string]string{
			"family_name": s.Person.FamilyName, "given_name": s.Person.GivenName, "email": s.Person.Email, "lang": s.Person.Lang,
			"number": s.Number, "ine": s.INE, "ine_kind": string(s.INEKind), "birth_date": string(s.BirthDate),
			"level": s.Level.Code, "faculty": s.Faculty.Code, "active": ticked(s.Active),
		},
	}
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

func studentFields(r *page.Request, tx *store.Tx, fresh bool) ([]ui.Field, error) {
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
	fields := []ui.Field{
		field(r, "family_name", ui.Field{}), field(r, "given_name", ui.Field{Optional: true}),
		field(r, "email", ui.Field{Kind: ui.FieldEmail, Optional: true}),
		field(r, "number", ui.Field{Optional: true}), field(r, "ine", ui.Field{Optional: true}),
		field(r, "ine_kind", ui.Field{Kind: ui.FieldSelect, Optional: true, Options: kinds}),
		field(r, "birth_date", ui.Field{Kind: ui.FieldDate, Optional: true}),
		field(r, "level", ui.Field{Kind: ui.FieldSelect, Options: options(r, levels, reference.Level.Ref, fresh)}),
		field(r, "faculty", ui.Field{Kind: ui.FieldSelect, Options: options(r, faculties, reference.Faculty.Ref, fresh)}),
		field(r, "lang", ui.Field{Kind: ui.FieldSelect, Options: []ui.Option{{Value: "fr", Label: r.T("lang.fr")}, {Value: "en", Label: r.T("lang.en")}}}),
	}
	if !fresh {
		return append(fields, field(r, "active", ui.Field{Kind: ui.FieldCheck})), nil
	}
	if r.Method == http.MethodPost {
		fields = append(fields, field(r, "distinct", ui.Field{Kind: ui.FieldCheck, Optional: true}))
	}
	return fields, nil
}

func saveStudent(r *page.Request, f *page.Form, stamp reference.Stamp) (string, string, error) {
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
	return saved.PublicID, saved.Name(), err
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

func studentMore(r *page.Request, tx *store.Tx, e entry) (templ.Component, error) {
	d := file{student: e.thing.(student.Student), may: e.may, people: r.Actor.CanSomewhere(identity.PersonView)}
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

// decided answers what was done beside the form: back to the page, or the page
// with what was wrong.
func (g Register) decided(w http.ResponseWriter, r *page.Request, err error, said string) error {
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		r.SetPathValue("act", said)
		return g.page(w, r, r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, g.path+"/"+r.PathValue("id"), said)
}

// AddLeave records days during which a student takes no placement.
func AddLeave(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	leave := student.Leave{Interval: reference.Interval{From: day(f, "from"), To: day(f, "to")}, Comment: f.Text("comment")}
	err := f.Err()
	if err == nil {
		_, err = student.SaveLeave(r.Context(), r.DB, r.Actor, r.PathValue("id"), leave)
	}
	return Students.decided(w, r, err, "records.leave.added")
}

// RemoveLeave takes a leave back.
func RemoveLeave(w http.ResponseWriter, r *page.Request) error {
	err := student.RemoveLeave(r.Context(), r.DB, r.Actor, r.PathValue("id"), r.PathValue("leave"))
	return Students.decided(w, r, err, "records.leave.removed")
}

// Join puts a student into a cohort.
func Join(w http.ResponseWriter, r *page.Request) error {
	err := student.JoinCohort(r.Context(), r.DB, r.Actor, r.FormValue("cohort"), r.PathValue("id"))
	return Students.decided(w, r, err, "records.cohort.joined")
}

// Quit takes a student out of a cohort.
func Quit(w http.ResponseWriter, r *page.Request) error {
	err := student.LeaveCohort(r.Context(), r.DB, r.Actor, r.FormValue("cohort"), r.PathValue("id"))
	return Students.decided(w, r, err, "records.cohort.left")
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
