/*
Package gallery is one page that shows every component of package ui, with made-up
people and sites, in the language and the colours of the reader. The browser tests
of ui look at it at three widths; people who draw a new screen choose from it.
*/
package gallery

import (
	"fmt"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/ui"
)

// Path is where the gallery stands.
const Path = "/gallery"

// A Gallery is the page for one reader at one time.
type Gallery struct {
	P     text.Printer
	Now   time.Time
	Query url.Values // the state of the table
}

// Page returns what surrounds the gallery, and the gallery.
func (g Gallery) Page(density ui.Density) (ui.Page, templ.Component) {
	deadline := g.deadline()
	return ui.Page{
		P: g.P, Now: g.Now, Density: density, Path: Path, Ranking: true,
		Title: g.t("title"), Lead: g.t("lead"),
		Crumbs:  []ui.Link{{Label: g.t("crumb.home"), Href: "/"}, {Label: g.t("crumb.campaign"), Href: "#content"}},
		Actions: []ui.Action{{Label: g.t("print"), Icon: "printer", Href: "#content"}},
		Next: &ui.Next{
			What: g.t("next"), Deadline: &deadline, Else: g.t("next.else"), Tone: ui.Warn,
			Action: ui.Action{Label: g.t("next.action"), Href: "#ranking", Kind: ui.Primary},
		},
		Nav: []ui.NavItem{
			{Label: g.t("nav.home"), Href: "/", Icon: "house"},
			{Label: g.t("nav.campaigns"), Href: "#content", Icon: "flag", Current: true, Count: 3},
			{Label: g.t("nav.people"), Href: "#table", Icon: "people"},
			{Label: g.t("nav.log"), Href: "#history", Icon: "journal-text"},
		},
		Person: &ui.Person{Name: "Thierry Le Goff", Role: g.t("role"), Links: []ui.Link{{Label: g.t("account"), Href: "#content"}}},
		Demo:   &ui.Demo{Clock: g.Now, State: g.t("demo.state"), Controls: ui.Link{Label: g.t("demo.controls"), Href: "#content"}},
		Banners: []ui.Banner{
			{Kind: ui.BannerViewAs, Text: g.t("banner.viewas"), Action: &ui.Action{Label: g.t("banner.viewas.stop"), To: Path}},
			{Kind: ui.BannerDone, Text: g.t("banner.done"), Action: &ui.Action{Label: g.t("banner.undo"), To: Path}},
			{Kind: ui.BannerIncident, Text: g.t("banner.incident")},
		},
	}, body(g)
}

// t returns a sentence of the gallery.
func (g Gallery) t(key string, args ...any) string { return g.P.T("ui.gallery."+key, args...) }

func (g Gallery) deadline() ui.Deadline {
	return ui.Deadline{
		What: g.t("deadline"), At: g.Now.Add(51*time.Hour + 2*time.Minute), Now: g.Now,
		Also: []text.Printer{text.In(g.P.Lang, "Indian/Reunion")},
	}
}

func (g Gallery) phases() []ui.Phase {
	day := func(n int) time.Time { return g.Now.AddDate(0, 0, n) }
	return []ui.Phase{
		{Name: g.t("phase.1"), State: ui.PhaseDone, From: day(-30), To: day(-14), Href: "#content"},
		{Name: g.t("phase.2"), State: ui.PhaseDone, From: day(-14), To: day(-10), Href: "#content"},
		{Name: g.t("phase.3"), State: ui.PhaseCurrent, From: day(-9), To: day(2), Detail: g.t("phase.3.detail"), Href: "#content"},
		{Name: g.t("phase.4"), State: ui.PhaseNext, From: day(5), Href: "#content"},
		{Name: g.t("phase.5"), State: ui.PhaseNext},
	}
}

func (g Gallery) saves() []ui.Saved {
	return []ui.Saved{
		{State: ui.SaveNone},
		{State: ui.SavePending},
		{State: ui.SaveDone, At: g.Now, Version: 7},
		{State: ui.SaveConflict},
		{State: ui.SaveFailed},
	}
}

func (g Gallery) item(n int) ui.RankedItem {
	return ui.RankedItem{
		Code: fmt.Sprintf("EST-%02d", 10*n), Title: g.t(fmt.Sprintf("site.%d", n)), Detail: g.t(fmt.Sprintf("where.%d", n)), Href: "#sites",
	}
}

func (g Gallery) items(numbers ...int) []ui.RankedItem {
	var items []ui.RankedItem
	for _, n := range numbers {
		items = append(items, g.item(n))
	}
	return items
}

// Ranking is the ranked list of the gallery, also for tests of saving.
func (g Gallery) Ranking(id, action string) ui.Ranking {
	items := g.items(1, 2, 3, 4, 5)
	items[3].Note, items[3].Tone = g.t("rank.note"), ui.Warn
	return ui.Ranking{
		ID: id, Label: g.t("rank.label"), Action: action, Version: "7", Items: items, Max: 12, Paste: true,
		Saved: ui.Saved{State: ui.SaveDone, At: g.Now, Version: 7},
	}
}

// demand is one of a strength, under the level that a campaign gives it.
func (g Gallery) demand(strength int) ui.Demand {
	levels := []string{"closed", "very-weak", "very-weak", "weak", "weak", "average", "average", "strong", "strong", "very-strong", "very-strong"}
	return ui.DemandOf(g.P, strength, levels[strength])
}

func (g Gallery) sites() []ui.Site {
	var all []ui.Site
	for n := 1; n <= 3; n++ {
		item := g.item(n)
		all = append(all, ui.Site{
			Code: item.Code, Name: item.Title, Where: item.Detail, Href: "#sites", Seats: 5 - n, Demand: g.demand(13 - 4*n),
			Cutoff: g.t("site.cutoff", "rank", 40+n*13), Detail: g.t("site.detail"), Tags: []string{g.t("site.tag.1"), g.t("site.tag.2")},
			Actions: []ui.Action{{Label: g.t("site.add"), Icon: "plus-lg"}},
		})
	}
	all[0].Rank, all[0].Actions = 1, []ui.Action{{Label: g.t("site.remove"), Icon: "dash-lg", Kind: ui.Quiet}}
	all[2].Off, all[2].Actions, all[2].Tags = g.t("site.off"), nil, nil
	return all
}

// siteList is the sites as lines: one is on the list of the gallery, one may not be
// chosen, one is unfolded.
func (g Gallery) siteList() ui.SiteList {
	sites := g.sites()
	sites[0].Do, sites[1].Do, sites[1].Open = ui.RemoveSite, ui.AddSite, true
	return ui.SiteList{
		ID: "site-lines", Form: "wishes", Sites: sites,
		Pager: ui.Pager{Label: g.t("h.siterows"), From: 1, To: 3, All: 600, Next: "#sites"},
	}
}

func (g Gallery) table() ui.Table {
	columns := []ui.Column{
		{Key: "name", Title: g.t("col.name"), Filter: true, Fixed: true},
		{Key: "state", Title: g.t("col.state"), Kind: ui.KindChoice, Filter: true, Options: []ui.Option{
			{Value: "confirmed", Label: g.t("state.confirmed")}, {Value: "short", Label: g.t("state.short")}, {Value: "none", Label: g.t("state.none")}}},
		{Key: "wishes", Title: g.t("col.wishes"), Kind: ui.KindNumber, Filter: true},
		{Key: "score", Title: g.t("col.score"), Kind: ui.KindNumber, Filter: true},
		{Key: "saved", Title: g.t("col.saved"), Kind: ui.KindMoment, Filter: true},
		{Key: "group", Title: g.t("col.group"), Filter: true, Hidden: true},
	}
	return ui.Table{
		Caption: g.t("table"), Path: Path, Columns: columns, Rows: g.rows(), State: ui.ParseTable("", columns, g.Query),
		Export: Path, BatchTo: Path, Batch: []ui.Action{{Label: g.t("batch.remind"), Icon: "envelope"}, {Label: g.t("batch.extend"), Icon: "clock"}},
		Empty: ui.Empty{Icon: "people", What: g.t("empty"), Why: g.t("empty.why")},
	}
}

func (g Gallery) rows() []ui.Row {
	names := []string{
		"Amrani Inès", "Bessière Malo", "Carpentier Zoé", "Dupré Éloïse", "El Khoury Nour", "Fontaine Hugo",
		"Guéguen Nina", "Hamon Paul", "Ivanov Daria", "Jaouen Yann", "Kerbrat Maëlle", "Lemoine Océane",
	}
	var rows []ui.Row
	for i, name := range names {
		wishes, state, tone, word := 12-i%4, "confirmed", ui.Good, g.t("state.confirmed")
		saved := g.Now.Add(-time.Duration(i*i) * 37 * time.Minute)
		var rowTone ui.Tone
		switch i {
		case 3, 7:
			wishes, state, tone, word = i-1, "short", ui.Warn, g.t("state.short")
		case 8:
			wishes, state, tone, word, saved, rowTone = 0, "none", ui.Bad, g.t("state.none"), time.Time{}, ui.Bad
		}
		rows = append(rows, ui.Row{ID: fmt.Sprintf("p%02d", i), Tone: rowTone, Cells: []ui.Cell{
			ui.LinkCell(name, "#table"), ui.StateCell(state, tone, word), ui.Count(g.P, wishes),
			ui.Amount(g.P, int64(693-i*31)), ui.Moment(g.P, saved), ui.Word(fmt.Sprintf("G%d", 1+i%3)),
		}})
	}
	return rows
}

func (g Gallery) form() ui.Form {
	wrong := &fault.Form{}
	wrong.Wrong("seats", "form.range", "found", 140, "min", 0, "max", 99)
	wrong.Wrong("email", "form.email", "found", "thierry@")
	return ui.Form{
		Action: Path, Errors: ui.ErrorsOf(g.P, wrong.Err()),
		Submit: ui.Action{Label: g.t("form.save"), Kind: ui.Primary}, Cancel: ui.Link{Label: g.t("form.cancel"), Href: "#content"},
		Fields: []ui.Field{
			{Name: "name", Label: g.t("form.name"), Hint: g.t("form.name.hint"), Value: g.t("site.1")},
			{Kind: ui.FieldNumber, Name: "seats", Label: g.t("form.seats"), Hint: g.t("form.seats.hint"), Value: "140"},
			{Kind: ui.FieldEmail, Name: "email", Label: g.t("form.email"), Value: "thierry@", Complete: "email"},
			{Kind: ui.FieldMoment, Name: "closes", Label: g.t("form.closes"), Hint: g.t("form.closes.hint", "zone", g.P.ZoneName()), Value: ui.MomentValue(g.P, g.Now)},
			{Kind: ui.FieldDate, Name: "day", Label: g.t("form.day"), Optional: true, Value: ui.DateValue(g.P, g.Now)},
			{Kind: ui.FieldSelect, Name: "category", Label: g.t("form.category"), Value: "b", Options: []ui.Option{
				{Value: "a", Label: g.t("form.category.a")}, {Value: "b", Label: g.t("form.category.b")}, {Value: "c", Label: g.t("form.category.c"), Off: g.t("form.category.c.off")}}},
			{Kind: ui.FieldRadio, Name: "method", Label: g.t("form.method"), Value: "serial", Options: []ui.Option{
				{Value: "serial", Label: g.t("form.method.serial"), Hint: g.t("form.method.serial.hint")},
				{Value: "score", Label: g.t("form.method.score"), Hint: g.t("form.method.score.hint")}}},
			{Kind: ui.FieldChecks, Name: "levels", Label: g.t("form.levels"), Optional: true, Values: []string{"4"}, Options: []ui.Option{
				{Value: "4", Label: g.t("form.levels.4")}, {Value: "5", Label: g.t("form.levels.5")}, {Value: "6", Label: g.t("form.levels.6"), Off: g.t("form.levels.6.off")}}},
			{Kind: ui.FieldArea, Name: "note", Label: g.t("form.note"), Optional: true, Rows: 3},
			{Kind: ui.FieldFile, Name: "file", Label: g.t("form.file"), Hint: g.t("form.file.hint"), Optional: true, Accept: ".csv,.xlsx"},
			{Kind: ui.FieldText, Name: "code", Label: g.t("form.code"), Value: "EST-10", Off: g.t("form.code.off")},
			{Kind: ui.FieldCheck, Name: "closed", Label: g.t("form.closed"), Optional: true, Value: "1"},
		},
	}
}
