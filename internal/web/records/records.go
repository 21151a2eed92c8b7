/*
Package records is the office's pages on what campaigns refer to: students and
their cohorts, sites and their institutions, contacts, and the files that bring
all of them in.

Each kind of thing is a [table.Register]: the list and the form, declared once. What
a thing has of its own (placements and leaves of a student, contacts of a site)
stands beside the form.

What is not here: rules, which are reference's; short lists that the platform is
arranged by (levels, years, periods, categories), which are on the pages of the
administrators.
*/
package records

import (
	"slices"
	"strconv"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// The addresses of the pages.
const (
	StudentsPath     = "/students"
	CohortsPath      = "/cohorts"
	SitesPath        = "/sites"
	InstitutionsPath = "/institutions"
	ContactsPath     = "/contacts"
	ImportsPath      = "/imports"
)

// home is the first crumb of every page.
func home(r *page.Request) ui.Link { return ui.Link{Label: r.T("records.home"), Href: "/"} }

func crumbs(r *page.Request) []ui.Link { return []ui.Link{home(r)} }

// field is a field named by the catalogues; its hint is there if they have one.
func field(r *page.Request, name string, f ui.Field) ui.Field {
	f.Name, f.Label = name, r.T("records.field."+name)
	if key := "records.field." + name + ".hint"; f.Hint == "" && r.Text.Has(key) {
		f.Hint = r.T(key)
	}
	return f
}

// options are the things that a field chooses among, after "none" if it may be
// left empty.
func options[T any](r *page.Request, among []T, ref func(T) reference.Ref, none bool) []ui.Option {
	var all []ui.Option
	if none {
		all = append(all, ui.Option{Label: r.T("records.nobody")})
	}
	for _, x := range among {
		label := ref(x).Name
		if code := ref(x).Code; code != label {
			label = code + " · " + label
		}
		all = append(all, ui.Option{Value: ref(x).Code, Label: label})
	}
	return all
}

// kept leaves some out.
func kept[T any](among []T, without func(T) bool) []T {
	var all []T
	for _, x := range among {
		if !without(x) {
			all = append(all, x)
		}
	}
	return all
}

// offered are the things that a field chooses among: those in use, and what stands in
// it already.
func offered[T any](among []T, archived func(T) bool, ref func(T) reference.Ref, stands ...reference.Ref) []T {
	return kept(among, func(x T) bool { return archived(x) && !slices.Contains(stands, ref(x)) })
}

func offeredLevels(among []reference.Level, stands ...reference.Ref) []reference.Level {
	return offered(among, func(l reference.Level) bool { return l.Archived }, reference.Level.Ref, stands...)
}

func offeredFaculties(among []reference.Faculty, stands ...reference.Ref) []reference.Faculty {
	return offered(among, func(f reference.Faculty) bool { return f.Archived }, reference.Faculty.Ref, stands...)
}

func ref(code string) reference.Ref { return reference.Ref{Code: code} }

func refs(codes []string) []reference.Ref {
	var all []reference.Ref
	for _, code := range codes {
		all = append(all, ref(code))
	}
	return all
}

func codesOf(refs []reference.Ref) []string {
	var all []string
	for _, r := range refs {
		all = append(all, r.Code)
	}
	return all
}

// ticked is how a box of a form says yes.
func ticked(yes bool) string {
	if yes {
		return "1"
	}
	return ""
}

func digits(n int) string { return strconv.Itoa(n) }

// day reads a date of a form; an empty one is left to the rules.
func day(f *page.Form, name string) reference.Date {
	d, ok := reference.ParseDate(f.Text(name))
	if !ok {
		f.Wrong(name, "reference.date", "found", f.Text(name))
	}
	return d
}

func stateColumn(r *page.Request) ui.Column {
	return ui.Column{Key: "state", Title: r.T("records.state"), Kind: ui.KindChoice, Filter: true, Options: []ui.Option{
		{Value: site.ListInUse, Label: r.T("records.state.in-use")}, {Value: site.ListArchived, Label: r.T("records.state.archived")},
	}}
}

func stateCell(r *page.Request, away bool) ui.Cell {
	if away {
		return ui.StateCell(site.ListArchived, ui.Neutral, r.T("records.state.archived"))
	}
	return ui.StateCell(site.ListInUse, ui.Good, r.T("records.state.in-use"))
}

// column is a column of a list, named by the catalogues under "records." and name.
func column[T any](r *page.Request, key, name string, cell func(T) ui.Cell) table.Column[T] {
	return table.Column[T]{Column: ui.Column{Key: key, Title: r.T("records." + name)}, Cell: cell}
}

// choice makes a column one of choices.
func choice[T any](c table.Column[T], among []ui.Option) table.Column[T] {
	c.Kind, c.Options = ui.KindChoice, among
	return c
}

func numeric[T any](c table.Column[T]) table.Column[T] {
	c.Kind = ui.KindNumber
	return c
}

func moment[T any](c table.Column[T]) table.Column[T] {
	c.Kind = ui.KindMoment
	return c
}

func hidden[T any](c table.Column[T]) table.Column[T] {
	c.Hidden = true
	return c
}

func fixed[T any](c table.Column[T]) table.Column[T] {
	c.Fixed = true
	return c
}
