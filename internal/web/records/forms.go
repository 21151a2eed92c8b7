package records

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// paragraphs are the lines of a text that say something.
func paragraphs(s string) []string {
	return slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
}

// cohortFilter is the filter of the list of students on a cohort.
func cohortFilter(code string) string { return "f.cohort=" + url.QueryEscape(code) }

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func (d file) joinForm(r *page.Request) ui.Form {
	var cohorts []ui.Option
	for _, c := range d.cohorts {
		cohorts = append(cohorts, ui.Option{Value: c.PublicID, Label: c.Name})
	}
	return ui.Form{
		Action: StudentsPath + "/" + d.student.PublicID + "/cohorts",
		Fields: []ui.Field{field(r, "cohort", ui.Field{Kind: ui.FieldSelect, Options: cohorts})},
		Submit: ui.Action{Label: r.T("records.cohort.join"), Icon: "plus-lg"},
	}
}

func (d file) leaveForm(r *page.Request) ui.Form {
	return ui.Form{
		Action: StudentsPath + "/" + d.student.PublicID + "/leaves",
		Fields: []ui.Field{
			field(r, "from", ui.Field{Kind: ui.FieldDate, Value: r.PostFormValue("from")}),
			field(r, "to", ui.Field{Kind: ui.FieldDate, Value: r.PostFormValue("to")}),
			field(r, "comment", ui.Field{Optional: true, Value: r.PostFormValue("comment")}),
		},
		Submit: ui.Action{Label: r.T("records.leave.add"), Icon: "plus-lg"},
	}
}

func (d place) linkForm(r *page.Request) ui.Form {
	contact := ui.Field{Kind: ui.FieldSelect, Options: options(r, d.contacts, itself, false)}
	if len(d.contacts) > mostOffered {
		contact = ui.Field{Hint: r.T("records.code.hint")}
	}
	fields := []ui.Field{field(r, "contact", contact)}
	for _, duty := range duties {
		fields = append(fields, ui.Field{Kind: ui.FieldCheck, Name: duty, Label: r.T("records.duty." + duty), Value: "1"})
	}
	return ui.Form{
		Action: SitesPath + "/" + d.site.PublicID + "/contacts", Hidden: map[string]string{"site": d.site.Code},
		Fields: append(fields, field(r, "order", ui.Field{Kind: ui.FieldNumber, Value: "1", Min: "0", Max: "20"})),
		Submit: ui.Action{Label: r.T("records.link.add"), Icon: "plus-lg"},
	}
}

func (d union) searchForm(r *page.Request) ui.Form {
	return ui.Form{
		Action: StudentsPath + "/" + d.student.PublicID + "/merge", Get: true,
		Fields: []ui.Field{field(r, "search", ui.Field{Kind: ui.FieldSearch, Value: d.search, Optional: true})},
		Submit: ui.Action{Label: r.T("records.merge.search"), Icon: "search"},
	}
}

func reasonField(r *page.Request, id string) ui.Field {
	return ui.Field{ID: "f-reason-" + id, Kind: ui.FieldArea, Rows: 2, Name: "reason", Label: r.T("records.reason"), Hint: r.T("records.reason.hint")}
}

func (d union) distinctForm(r *page.Request, s student.Student) ui.Form {
	return ui.Form{
		Action: StudentsPath + "/" + d.student.PublicID + "/distinct", Hidden: map[string]string{"with": s.PublicID},
		Fields: []ui.Field{reasonField(r, s.PublicID)},
		Submit: ui.Action{Label: r.T("records.merge.two"), Icon: "check-lg"},
	}
}

func (d union) undoForm(r *page.Request, m student.Merge) ui.Form {
	return ui.Form{
		Action: StudentsPath + "/" + d.student.PublicID + "/merge/" + m.PublicID + "/undo", Fields: []ui.Field{reasonField(r, m.PublicID)},
		Submit: ui.Action{Label: r.T("records.merge.undo"), Icon: "arrow-counterclockwise", Kind: ui.Danger},
	}
}

// takes reports whether a field is to be taken from the other record: as was
// chosen, or as is suggested.
func (d union) takes(r *page.Request, x student.Difference) bool {
	if r.PostForm.Has("reason") {
		return slices.Contains(r.PostForm["take"], x.Field)
	}
	return x.Suggested
}

// said writes what a field of a record holds: an INE with the name of its kind.
func said(r *page.Request, x student.Difference, held string) string {
	if number, kind, with := strings.Cut(held, " "); x.Field == "ine" && with {
		return r.T("records.merge.ine", "ine", number, "kind", text.Key("ine.kind."+kind))
	}
	return held
}

// swapped is the address of the preview in which the other record is kept.
func swapped(m student.MergePreview, d union) string {
	return "?with=" + d.other(m) + "&keep=" + m.Dropped.PublicID
}

// other is the public id of the record that is compared with the student's.
func (d union) other(m student.MergePreview) string {
	if m.Kept.PublicID == d.student.PublicID {
		return m.Dropped.PublicID
	}
	return m.Kept.PublicID
}

func likenesses(r *page.Request, why []student.MatchReason) string {
	said := make([]string, len(why))
	for i, l := range why {
		said[i] = r.T("likeness." + string(l))
	}
	return strings.Join(said, ", ")
}

// about names what a line is about: the person, the thing, or the first cells.
func about(line exchange.Line) string {
	v := line.After
	if v == nil {
		v = line.Before
	}
	if name := strings.TrimSpace(v["given_name"] + " " + v["family_name"]); name != "" {
		return name
	}
	if v["name"] != "" {
		return v["name"]
	}
	if v["contact"] != "" {
		return v["contact"] + " · " + v["site"]
	}
	said := slices.DeleteFunc(slices.Clone(line.Row.Cells), func(c string) bool { return strings.TrimSpace(c) == "" })
	if len(said) == 0 {
		return line.Key
	}
	return strings.Join(said[:min(3, len(said))], " ")
}

// applyAction is the button that applies the file, or says why it cannot be.
func (d dossier) applyAction(r *page.Request) ui.Action {
	a := ui.Action{Label: r.T("records.import.apply"), Icon: "check-lg", Kind: ui.Primary}
	if err := d.report.Check(); err != nil {
		a.Why = r.Explain(err).Sentence
	}
	return a
}

// cells are the fields of the cells that are wrong in a line, with the nearest
// value where there is one.
func (d dossier) cells(r *page.Request, line exchange.Line) []ui.Field {
	var fields []ui.Field
	for _, f := range line.Findings {
		known := slices.ContainsFunc(fields, func(x ui.Field) bool { return x.Name == "cell."+f.Column })
		if _, has := d.known[f.Column]; !has || f.Severity == exchange.Warning || known {
			continue
		}
		x := ui.Field{
			Name: "cell." + f.Column, ID: fmt.Sprintf("f-%d-%s", line.Row.Line, f.Column), Label: r.T(string(f.Title)), Value: f.Found, Complete: "off",
		}
		if len(f.Nearest) > 0 {
			x.Value, x.Hint = f.Nearest[0], r.T("records.import.found", "found", f.Found)
		}
		fields = append(fields, x)
	}
	return fields
}

// choices are what can be done with a line that waits for somebody.
func choices(r *page.Request, line exchange.Line) []ui.Action {
	n := line.Row.Line
	act := func(key, icon, do string, args ...any) ui.Action {
		return ui.Action{Label: r.T(key, args...), Icon: icon, Name: "do", Value: fmt.Sprintf("%s:%d", do, n), Kind: ui.Secondary}
	}
	all := []ui.Action{act("records.import.correct", "pencil", "correct")}
	for _, f := range line.Findings {
		if other := otherLine(f); other > 0 {
			all = append(all, act("records.import.keep", "check-lg", "leave", "line", other, "other", n), act("records.import.keep", "check-lg", "keep", "line", n, "other", other))
			if confirmable(line) {
				all = append(all, act("records.import.distinct", "people", "confirm"))
			}
			return all
		}
	}
	if confirmable(line) {
		all = append(all, act("records.import.distinct", "people", "confirm"))
	}
	return append(all, act("records.import.leave", "x-lg", "leave"))
}

func (d dossier) terms(r *page.Request) []ui.Term {
	terms := []ui.Term{
		{Name: r.T("records.import.applied.by"), Value: r.T("records.import.by", "at", d.i.AppliedAt, "by", d.i.AppliedBy)},
		{Name: r.T("records.import.hash"), Value: d.i.Hash[:min(16, len(d.i.Hash))]},
	}
	if d.i.State == exchange.Undone {
		terms = append(terms, ui.Term{Name: r.T("records.import.state.undone"), Value: r.T("records.import.by", "at", d.i.UndoneAt, "by", d.i.UndoneBy)})
	}
	return terms
}

// differences tells what an import changed of one thing.
func differences(r *page.Request, kind string, line exchange.Line) []string {
	if line.Outcome != exchange.Changed {
		return nil
	}
	noun := map[string]string{
		stagetrek.KindStudents: "student", stagetrek.KindSites: "site", stagetrek.KindCategories: "category",
		stagetrek.KindContacts: "contact", stagetrek.KindLinks: "link",
	}[kind]
	var said []string
	for _, name := range slices.Sorted(maps.Keys(line.After)) {
		if before, after := line.Before[name], line.After[name]; before != after {
			said = append(said, r.T("records.import.differ", "column", text.Key("stagetrek."+noun+"."+name), "before", orDash(before), "after", orDash(after)))
		}
	}
	return said
}

// stoppedBy says what stopped an import, so that all it wrote was taken back.
func stoppedBy(r *page.Request, i exchange.Import) string {
	key := "records.import.stopped"
	if i.Doing != "" {
		key = "records.import.stopping"
	}
	why := i.Stopped.Sentence(r.Text)
	if i.Stopped.Line == 0 {
		return r.T(key+".asked", "why", why)
	}
	return r.T(key, "line", i.Stopped.Line, "why", why)
}
