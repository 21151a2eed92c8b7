package records

import (
	"net/http"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// A studentFilters is what the list of students is filtered by.
type studentFilters struct {
	levels    []reference.Level
	faculties []reference.Faculty
	cohorts   []student.Cohort
}

func showStudents(w http.ResponseWriter, r *page.Request, p ui.Page) error {
	var by studentFilters
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if by.levels, err = reference.Levels(r.Context(), tx); err != nil {
			return err
		}
		if by.faculties, err = reference.Faculties(r.Context(), tx); err != nil {
			return err
		}
		by.cohorts, err = student.Cohorts(r.Context(), tx, r.Actor)
		return err
	})
	if err != nil {
		return err
	}
	return studentList(r, by).Show(w, r, p)
}

// studentList is the list of students, for one request.
func studentList(r *page.Request, by studentFilters) table.List[student.Student] {
	var twins map[int64]bool
	return table.List[student.Student]{
		Name: "records.students", Path: StudentsPath, Icon: "people", Rows: student.ListFor(r.Actor),
		Where: func(r *page.Request) store.Condition { return student.SeenBy(r.Actor, student.RightView) },
		Complete: func(r *page.Request, tx *store.Tx, students []student.Student) (err error) {
			if err := student.Complete(r.Context(), tx, students); err != nil {
				return err
			}
			twins, err = student.DuplicatesAmong(r.Context(), tx, r.Actor, students)
			return err
		},
		Columns: func(r *page.Request) []table.Column[student.Student] {
			return []table.Column[student.Student]{
				fixed(column(r, "name", "field.name", func(s student.Student) ui.Cell {
					return ui.LinkCell(s.Person.SortedName(), StudentsPath+"/"+s.PublicID)
				})),
				column(r, "number", "field.number", func(s student.Student) ui.Cell { return ui.Word(s.Number) }),
				choice(column(r, "level", "field.level", func(s student.Student) ui.Cell { return ui.Word(s.Level.Code) }), options(r, by.levels, reference.Level.Ref, false)),
				choice(column(r, "cohort", "field.cohort", func(s student.Student) ui.Cell { return ui.Word(cohortNames(s)) }), options(r, by.cohorts, student.Cohort.Ref, false)),
				column(r, "email", "email", func(s student.Student) ui.Cell { return ui.Word(s.Person.Email) }),
				choice(column(r, "watch", "watch", func(s student.Student) ui.Cell { return watchCell(r, s, twins[s.ID]) }), watchOptions(r)),
				hidden(column(r, "ine", "field.ine", func(s student.Student) ui.Cell { return ui.Word(s.INE) })),
				hidden(moment(column(r, "birth_date", "field.birth_date", func(s student.Student) ui.Cell { return dayCell(r.Text, s.BirthDate) }))),
				hidden(choice(column(r, "faculty", "field.faculty", func(s student.Student) ui.Cell { return ui.Word(s.Faculty.Name) }), options(r, by.faculties, reference.Faculty.Ref, false))),
				hidden(moment(column(r, "changed", "changed", func(s student.Student) ui.Cell { return ui.Moment(r.Text, s.ChangedAt) }))),
			}
		},
	}
}

func watchOptions(r *page.Request) []ui.Option {
	var watch []ui.Option
	for _, told := range []string{student.WatchNothing, student.WatchDuplicate, student.WatchNoEmail, student.WatchLeft} {
		watch = append(watch, ui.Option{Value: told, Label: r.T("records.watch." + told)})
	}
	return watch
}

// watchCell says what there is to look at in a record.
func watchCell(r *page.Request, s student.Student, twin bool) ui.Cell {
	told, tone := student.WatchNothing, ui.Good
	switch {
	case twin:
		told, tone = student.WatchDuplicate, ui.Warn
	case !s.Active:
		told, tone = student.WatchLeft, ui.Neutral
	case s.Person.Email == "":
		told, tone = student.WatchNoEmail, ui.Warn
	}
	return ui.StateCell(told, tone, r.T("records.watch."+told))
}
