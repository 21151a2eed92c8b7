package admin

import (
	"maps"
	"strconv"
	"strings"

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
	kind[reference.Faculty]{
		name: "faculties", noun: "faculty", icon: "building", right: reference.RightEdit,
		fields: []entry{codeEntry, nameEntry, {name: "uai", optional: true, hint: true}},
		all:    reference.Faculties, save: reference.SaveFaculty,
		show: func(_ text.Printer, f reference.Faculty) item {
			return words(map[string]string{"code": f.Code, "name": f.Name, "uai": f.UAI})
		},
		read: func(form *page.Form, f *reference.Faculty) {
			f.Code, f.Name, f.UAI = form.Text("code"), form.Text("name"), form.Text("uai")
		},
		stamp:    func(f *reference.Faculty) *reference.Stamp { return &f.Stamp },
		archived: func(f *reference.Faculty) *bool { return &f.Archived },
	}.list(),

	kind[reference.Level]{
		name: "levels", noun: "level", icon: "sort-up", right: reference.RightEdit,
		fields: []entry{codeEntry, nameEntry, positionEntry},
		all:    reference.Levels, save: reference.SaveLevel,
		show: func(p text.Printer, l reference.Level) item {
			i := words(map[string]string{"code": l.Code, "name": l.Name, "position": strconv.Itoa(l.Position)})
			i.cells["position"] = ui.Count(p, l.Position)
			return i
		},
		read: func(form *page.Form, l *reference.Level) {
			l.Code, l.Name, l.Position = form.Text("code"), form.Text("name"), form.Int("position", 0, maxPosition)
		},
		stamp:    func(l *reference.Level) *reference.Stamp { return &l.Stamp },
		archived: func(l *reference.Level) *bool { return &l.Archived },
	}.list(),

	kind[reference.AcademicYear]{
		name: "years", noun: "year", icon: "calendar3", right: reference.RightCalendar,
		fields: []entry{codeEntry, nameEntry, {name: "from", kind: ui.FieldDate, column: ui.KindMoment}, {name: "to", kind: ui.FieldDate, column: ui.KindMoment}},
		all:    reference.AcademicYears, save: reference.SaveAcademicYear,
		show: func(p text.Printer, y reference.AcademicYear) item {
			i := words(map[string]string{"code": y.Code, "name": y.Name, "from": string(y.From), "to": string(y.To)})
			i.cells["from"], i.cells["to"] = dayCell(p, y.From), dayCell(p, y.To)
			return i
		},
		read: func(form *page.Form, y *reference.AcademicYear) {
			y.Code, y.Name = form.Text("code"), form.Text("name")
			y.Interval = reference.Interval{From: day(form, "from"), To: day(form, "to")}
		},
		stamp:    func(y *reference.AcademicYear) *reference.Stamp { return &y.Stamp },
		archived: func(y *reference.AcademicYear) *bool { return &y.Archived },
	}.list(),

	kind[reference.Period]{
		name: "periods", noun: "period", icon: "calendar-event", right: reference.RightCalendar,
		fields: []entry{codeEntry, nameEntry, {name: "from", kind: ui.FieldArea, hint: true}},
		all:    reference.Periods, save: reference.SavePeriod,
		show: func(p text.Printer, x reference.Period) item {
			i := words(map[string]string{"code": x.Code, "name": x.Name, "from": intervalLines(p, x.Intervals)})
			i.cells["from"] = ui.Word(strings.ReplaceAll(i.typed["from"], "\n", " ; "))
			return i
		},
		read: func(form *page.Form, x *reference.Period) {
			x.Code, x.Name, x.Intervals = form.Text("code"), form.Text("name"), readIntervals(form, "from")
		},
		stamp:    func(x *reference.Period) *reference.Stamp { return &x.Stamp },
		archived: func(x *reference.Period) *bool { return &x.Archived },
	}.list(),

	kind[site.Category]{
		name: "categories", noun: "category", icon: "signpost-split", right: site.RightEdit,
		fields: []entry{codeEntry, nameEntry, {name: "acronym"}, positionEntry, {name: "main", kind: ui.FieldCheck, hint: true}},
		all:    site.Categories, save: site.SaveCategory,
		show: func(p text.Printer, c site.Category) item {
			i := words(map[string]string{
				"code": c.Code, "name": c.Name, "acronym": c.Acronym, "position": strconv.Itoa(c.Position), "main": ticked(c.Main),
			})
			i.cells["position"] = ui.Count(p, c.Position)
			i.cells["main"] = ui.Word(p.T("admin." + yesNo(c.Main)))
			return i
		},
		read: func(form *page.Form, c *site.Category) {
			c.Code, c.Name, c.Acronym = form.Text("code"), form.Text("name"), form.Text("acronym")
			c.Position, c.Main = form.Int("position", 0, maxPosition), form.Bool("main")
		},
		stamp:    func(c *site.Category) *reference.Stamp { return &c.Stamp },
		archived: func(c *site.Category) *bool { return &c.Archived },
	}.list(),
}

// words makes an item whose columns read as its form does.
func words(typed map[string]string) item {
	i := item{typed: typed, cells: map[string]ui.Cell{}}
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
