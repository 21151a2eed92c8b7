package admin

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Fields that several lists have.
var (
	codeEntry     = entry{name: "code", hint: true}
	nameEntry     = entry{name: "name"}
	positionEntry = entry{name: "position", kind: ui.FieldNumber, column: ui.KindNumber, hint: true}
)

// maxPosition is far above any list that people order by hand.
const maxPosition = 9999

// lists are the lists of reference data, in the order of the page.
var lists = []list{
	listOf(list{
		name: "faculties", kind: "faculty", icon: "building", right: reference.RightEdit,
		fields: []entry{codeEntry, nameEntry, {name: "uai", optional: true, hint: true}},
	}, reference.Faculties,
		func(_ text.Printer, f reference.Faculty) item {
			return words(f.Name, map[string]string{"code": f.Code, "name": f.Name, "uai": f.UAI})
		},
		func(form *page.Form, f *reference.Faculty) {
			f.Code, f.Name, f.UAI = form.Text("code"), form.Text("name"), form.Text("uai")
		},
		func(f *reference.Faculty) *reference.Stamp { return &f.Stamp },
		func(f *reference.Faculty) *bool { return &f.Archived },
		reference.SaveFaculty),

	listOf(list{
		name: "levels", kind: "level", icon: "sort-up", right: reference.RightEdit,
		fields: []entry{codeEntry, nameEntry, positionEntry},
	}, reference.Levels,
		func(p text.Printer, l reference.Level) item {
			i := words(l.Name, map[string]string{"code": l.Code, "name": l.Name, "position": strconv.Itoa(l.Position)})
			i.cells["position"] = ui.Count(p, l.Position)
			return i
		},
		func(form *page.Form, l *reference.Level) {
			l.Code, l.Name, l.Position = form.Text("code"), form.Text("name"), form.Int("position", 0, maxPosition)
		},
		func(l *reference.Level) *reference.Stamp { return &l.Stamp },
		func(l *reference.Level) *bool { return &l.Archived },
		reference.SaveLevel),

	listOf(list{
		name: "years", kind: "year", icon: "calendar3", right: reference.RightCalendar,
		fields: []entry{codeEntry, nameEntry, {name: "from", kind: ui.FieldDate, column: ui.KindMoment}, {name: "to", kind: ui.FieldDate, column: ui.KindMoment}},
	}, reference.AcademicYears,
		func(p text.Printer, y reference.AcademicYear) item {
			i := words(y.Name, map[string]string{"code": y.Code, "name": y.Name, "from": string(y.From), "to": string(y.To)})
			i.cells["from"], i.cells["to"] = dayCell(p, y.From), dayCell(p, y.To)
			return i
		},
		func(form *page.Form, y *reference.AcademicYear) {
			y.Code, y.Name = form.Text("code"), form.Text("name")
			y.Interval = reference.Interval{From: day(form, "from"), To: day(form, "to")}
		},
		func(y *reference.AcademicYear) *reference.Stamp { return &y.Stamp },
		func(y *reference.AcademicYear) *bool { return &y.Archived },
		reference.SaveAcademicYear),

	listOf(list{
		name: "periods", kind: "period", icon: "calendar-event", right: reference.RightCalendar,
		fields: []entry{codeEntry, nameEntry, {name: "from", kind: ui.FieldArea, hint: true}},
	}, reference.Periods,
		func(p text.Printer, x reference.Period) item {
			i := words(x.Name, map[string]string{"code": x.Code, "name": x.Name, "from": intervalLines(p, x.Intervals)})
			i.cells["from"] = ui.Word(strings.ReplaceAll(i.typed["from"], "\n", " ; "))
			return i
		},
		func(form *page.Form, x *reference.Period) {
			x.Code, x.Name, x.Intervals = form.Text("code"), form.Text("name"), readIntervals(form, "from")
		},
		func(x *reference.Period) *reference.Stamp { return &x.Stamp },
		func(x *reference.Period) *bool { return &x.Archived },
		reference.SavePeriod),

	listOf(list{
		name: "categories", kind: "category", icon: "signpost-split", right: site.RightEdit,
		fields: []entry{codeEntry, nameEntry, {name: "acronym"}, positionEntry, {name: "main", kind: ui.FieldCheck, hint: true}},
	}, site.Categories,
		func(p text.Printer, c site.Category) item {
			i := words(c.Name, map[string]string{
				"code": c.Code, "name": c.Name, "acronym": c.Acronym, "position": strconv.Itoa(c.Position), "main": ticked(c.Main),
			})
			i.cells["position"] = ui.Count(p, c.Position)
			i.cells["main"] = ui.Word(p.T("admin." + yesNo(c.Main)))
			return i
		},
		func(form *page.Form, c *site.Category) {
			c.Code, c.Name, c.Acronym = form.Text("code"), form.Text("name"), form.Text("acronym")
			c.Position, c.Main = form.Int("position", 0, maxPosition), form.Bool("main")
		},
		func(c *site.Category) *reference.Stamp { return &c.Stamp },
		func(c *site.Category) *bool { return &c.Archived },
		site.SaveCategory),
}

// words makes an item whose columns read as its form does.
func words(label string, typed map[string]string) item {
	i := item{label: label, typed: typed, cells: map[string]ui.Cell{}}
	for name, value := range maps.All(typed) {
		i.cells[name] = ui.Word(value)
	}
	return i
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func ticked(yes bool) string {
	if yes {
		return "1"
	}
	return ""
}

func dayCell(p text.Printer, d reference.Date) ui.Cell {
	if d == "" {
		return ui.Cell{None: true}
	}
	return ui.Cell{Text: p.ShortDate(d.Noon()), Number: d.Noon().UnixMilli()}
}

// day reads a date of a form; an empty one is left to the rules of the list.
func day(f *page.Form, name string) reference.Date {
	d, ok := reference.ParseDate(f.Text(name))
	if !ok {
		f.Wrong(name, "form.date", "found", f.Text(name))
	}
	return d
}

// intervalLines writes intervals one a line: "01/09/2026 – 31/12/2026".
func intervalLines(p text.Printer, intervals []reference.Interval) string {
	lines := make([]string, len(intervals))
	for i, x := range intervals {
		lines[i] = p.ShortDate(x.From.Noon()) + " – " + p.ShortDate(x.To.Noon())
	}
	return strings.Join(lines, "\n")
}

// readIntervals reads lines of two dates, whatever stands between them.
func readIntervals(f *page.Form, name string) []reference.Interval {
	var intervals []reference.Interval
	for line := range strings.Lines(f.Text(name)) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var days []reference.Date
		for word := range strings.FieldsSeq(line) {
			if d, ok := reference.ParseDate(strings.Trim(word, ".,;:–—→")); ok && d != "" {
				days = append(days, d)
			}
		}
		if len(days) != 2 {
			f.Wrong(name, "admin.interval.line", "found", strings.TrimSpace(line))
			return nil
		}
		intervals = append(intervals, reference.Interval{From: days[0], To: days[1]})
	}
	return intervals
}

func (l list) path() string { return ParametersPath + "/" + l.name }

func (l list) crumbs(r *page.Request, inside bool) []ui.Link {
	crumbs := []ui.Link{home(r), {Label: r.T("admin.parameters"), Href: ParametersPath}}
	if inside {
		crumbs = append(crumbs, ui.Link{Label: r.T("admin." + l.name), Href: l.path()})
	}
	return crumbs
}

const (
	itemOffered  = "offered"
	itemArchived = "archived"
)

func (l list) columns(r *page.Request) []ui.Column {
	var columns []ui.Column
	for _, e := range l.fields {
		columns = append(columns, ui.Column{
			Key: e.name, Title: l.label(r, e), Kind: e.column, Filter: e.column == ui.KindText, Fixed: e.name == "name",
		})
	}
	return append(columns, ui.Column{Key: "state", Title: r.T("admin.state"), Kind: ui.KindChoice, Filter: true, Options: []ui.Option{
		{Value: itemOffered, Label: r.T("admin.item.offered")}, {Value: itemArchived, Label: r.T("admin.item.away")},
	}}, ui.Column{Key: "changed", Title: r.T("admin.person.changed"), Kind: ui.KindMoment, Hidden: true})
}

func (l list) row(r *page.Request, i item) ui.Row {
	var row ui.Row
	for _, e := range l.fields {
		cell := i.cells[e.name]
		if e.name == "name" {
			cell.Href, cell.Sort = l.path()+"/"+i.PublicID, text.SortKey(i.label)
		}
		row.Cells = append(row.Cells, cell)
	}
	state := ui.StateCell(itemOffered, ui.Good, r.T("admin.item.offered"))
	if i.archived {
		state = ui.StateCell(itemArchived, ui.Neutral, r.T("admin.item.away"))
	}
	row.Cells = append(row.Cells, state, ui.Moment(r.Text, i.ChangedAt))
	return row
}

// label names a field: by the list if the catalogues have a name of its own.
func (l list) label(r *page.Request, e entry) string {
	if key := "admin." + l.name + "." + e.name; r.Text.Has(key) {
		return r.T(key)
	}
	return r.T("admin.field." + e.name)
}

func (l list) hint(r *page.Request, e entry) string {
	if !e.hint {
		return ""
	}
	if key := "admin." + l.name + "." + e.name + ".hint"; r.Text.Has(key) {
		return r.T(key)
	}
	return r.T("admin.field." + e.name + ".hint")
}

// form shows the form of an item, new if there is none yet.
func (l list) form(w http.ResponseWriter, r *page.Request, status int, i *item, wrong ui.Errors) error {
	may := r.Actor.CanSomewhere(l.right)
	f := ui.Form{
		Action: l.path(), Errors: wrong, Hidden: map[string]string{},
		Submit: ui.Action{Label: r.T("admin.save"), Icon: "save", Kind: ui.Primary},
		Cancel: ui.Link{Label: r.T("admin.cancel"), Href: l.path()},
	}
	title := r.T("admin." + l.name + ".new")
	if i != nil {
		title, f.Action = i.label, l.path()+"/"+i.PublicID
		f.Hidden["seen"] = i.ChangedAt.UTC().Format(time.RFC3339Nano)
		if r.Method == http.MethodPost && r.FormValue("seen") != "" {
			f.Hidden["seen"] = r.FormValue("seen")
		}
	}
	for _, e := range l.fields {
		field := ui.Field{Name: e.name, Kind: e.kind, Label: l.label(r, e), Hint: l.hint(r, e), Optional: e.optional, Complete: "off"}
		switch {
		case r.Method == http.MethodPost:
			field.Value = r.PostForm.Get(e.name)
		case i != nil:
			field.Value = i.typed[e.name]
		}
		if !may {
			field.Off = r.T("admin.readonly")
		}
		f.Fields = append(f.Fields, field)
	}
	p := ui.Page{Title: title, Density: ui.Manage, Crumbs: l.crumbs(r, true)}
	return r.ShowStatus(w, status, p, itemBody(r, l, i, may, f))
}
