package records

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// A union is what the page of merges shows of a student.
type union struct {
	student student.Student
	twins   []student.Duplicate
	found   []student.Student // by the search
	search  string
	preview *student.MergePreview
	merges  []student.Merge // of this student
	wrong   ui.Errors
}

// Merge shows the records that look like a student's, what merging one of them
// would change, and the merges that can be undone.
func Merge(w http.ResponseWriter, r *page.Request) error {
	return mergePage(w, r, http.StatusOK, ui.Errors{})
}

func mergePage(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	d := union{search: strings.TrimSpace(r.URL.Query().Get("search")), wrong: wrong}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error { return d.load(r, tx) })
	if err != nil {
		return err
	}
	p := ui.Page{
		Title: r.T("records.merge.of", "student", d.student.Name()), Lead: r.T("records.merge.lead"), Density: ui.Manage,
		Crumbs: append(Students.Inside(r), ui.Link{Label: d.student.Name(), Href: StudentsPath + "/" + d.student.PublicID}),
	}
	return r.ShowStatus(w, status, p, mergeBody(r, d))
}

func (d *union) load(r *page.Request, tx *store.Tx) error {
	ctx := r.Context()
	var err error
	if d.student, err = student.For(ctx, tx, r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	if err := r.Actor.Require(student.RightMerge, d.student.Perimeters()...); err != nil {
		return err
	}
	if d.twins, err = student.DuplicatesOf(ctx, tx, r.Actor, d.student); err != nil {
		return err
	}
	if d.search != "" {
		if err := d.lookUp(r, tx); err != nil {
			return err
		}
	}
	if d.merges, err = student.MergesOf(ctx, tx, r.Actor, d.student); err != nil {
		return err
	}
	other := r.FormValue("with")
	if other == "" {
		return nil
	}
	keep, err := d.keeps(r, tx, other)
	if err != nil {
		return err
	}
	drop := other
	if keep == other {
		drop = d.student.PublicID
	}
	preview, err := student.PreviewMerge(ctx, tx, r.Actor, keep, drop)
	d.preview = &preview
	return err
}

// keeps is the public id of the record that stays: the one that was asked for, or
// else the one that is more in use, whichever the reader started from.
func (d *union) keeps(r *page.Request, tx *store.Tx, with string) (string, error) {
	if asked := r.FormValue("keep"); asked == with || asked == d.student.PublicID {
		return asked, nil
	}
	twin, err := student.For(r.Context(), tx, r.Actor, with)
	if err != nil {
		return "", err
	}
	mine, err := useOf(r.Context(), tx, d.student)
	if err != nil {
		return "", err
	}
	theirs, err := useOf(r.Context(), tx, twin)
	if slices.Compare(theirs, mine) > 0 {
		return with, err
	}
	return d.student.PublicID, err
}

// useOf counts what would be missed of a record, what matters most first: cohorts,
// the number, the INE, accounts that can sign in.
func useOf(ctx context.Context, tx *store.Tx, s student.Student) ([]int, error) {
	accounts, err := identity.AccountsOfPerson(ctx, tx, s.Person.ID)
	open := slices.DeleteFunc(accounts, func(a identity.Account) bool { return !a.Disabled.IsZero() })
	return []int{len(s.Cohorts), min(len(s.Number), 1), min(len(s.INE), 1), len(open)}, err
}

// lookUp finds other records by what was typed.
func (d *union) lookUp(r *page.Request, tx *store.Tx) error {
	const most = 10
	found, err := student.Matching(r.Context(), tx, d.search)
	if err != nil {
		return err
	}
	standings, err := student.States(r.Context(), tx, found)
	for _, s := range standings {
		other := s.Student
		if other.ID != d.student.ID && other.MergedInto == 0 && len(d.found) < most && r.Actor.Can(student.RightMerge, other.Perimeters()...) {
			d.found = append(d.found, other)
		}
	}
	return err
}

// DoMerge merges two records.
func DoMerge(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	form := student.MergeForm{Keep: f.Text("keep"), Drop: f.Text("drop"), Take: r.PostForm["take"], Reason: f.Text("reason")}
	_, err := student.MergeStudents(r.Context(), r.DB, r.Actor, form)
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		return mergePage(w, r, r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, StudentsPath+"/"+form.Keep+"/merge", "records.merge.done", "days", student.UndoDays)
}

// UndoMerge makes two records of one again.
func UndoMerge(w http.ResponseWriter, r *page.Request) error {
	err := student.UndoMerge(r.Context(), r.DB, r.Actor, r.PathValue("merge"), r.Fields().Text("reason"))
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		return mergePage(w, r, r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, StudentsPath+"/"+r.PathValue("id")+"/merge", "records.merge.undone")
}

// Distinct says that two records that look alike are two people.
func Distinct(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	err := student.DeclareDistinct(r.Context(), r.DB, r.Actor, r.PathValue("id"), f.Text("with"), f.Text("reason"))
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		return mergePage(w, r, r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, StudentsPath+"/"+r.PathValue("id"), "records.merge.distinct")
}
