package wishes

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
	"stagora.org/stagora/internal/web/ui"
)

// A filter is what the reader looks for among the posts, as the address has it.
type filter struct {
	Search      string
	Category    string // code
	Institution string // code
	Demand      string // a [campaign.DemandLevel], one of demands
	Open        bool   // only what the reader may have

	Part int    // of what is found, from 1; see [ui.SitesShown]
	Post string // code of the post whose description is shown
}

// demands are the levels that one can look for, from the weakest.
var demands = []campaign.DemandLevel{
	campaign.DemandNone, campaign.DemandVeryWeak, campaign.DemandWeak, campaign.DemandAverage, campaign.DemandStrong, campaign.DemandVeryStrong,
}

func parseFilter(q url.Values) filter {
	part, _ := strconv.Atoi(q.Get("part")) // not a number: the first
	demand := q.Get("demand")
	if !slices.Contains(demands, campaign.DemandLevel(demand)) {
		demand = "" // old addresses open
	}
	return filter{
		Part: part, Post: q.Get("post"),
		Search: strings.TrimSpace(q.Get("q")), Category: q.Get("category"), Institution: q.Get("institution"),
		Demand: demand, Open: q.Get("open") != "",
	}
}

// values are what narrows the posts, as an address carries it.
func (f filter) values() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": f.Search, "category": f.Category, "institution": f.Institution, "demand": f.Demand} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Open {
		q.Set("open", "1")
	}
	return q
}

// query is the filter as an address carries it, with the part that is shown; empty
// when it lets everything through.
func (f filter) query() string {
	q := f.values()
	if f.Part > 1 {
		q.Set("part", strconv.Itoa(f.Part))
	}
	return q.Encode()
}

// at is the address of the posts, at one part of them.
func (f filter) at(path string, part int) string {
	f.Part = part
	return f.address(path) + "#posts"
}

// address is a page of the list with the filter kept.
func (f filter) address(path string) string {
	if q := f.query(); q != "" {
		return path + "?" + q
	}
	return path
}

// narrow reports whether more than a search is asked for.
func (f filter) narrow() bool {
	f.Search = ""
	return len(f.values()) > 0
}

// matches reports whether a post passes. Every one of the words must be found,
// whatever the accents and capitals.
func (f filter) matches(c campaign.Choice, words []string) bool {
	switch {
	case f.Category != "" && c.Site.Category.Code != f.Category,
		f.Institution != "" && c.Site.Institution.Code != f.Institution,
		f.Demand != "" && string(c.Demand.Level()) != f.Demand,
		f.Open && !c.Verdict.OK():
		return false
	}
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(c.Search, word) })
}

// found are the posts that pass the filter.
func (v wishes) found() []campaign.Choice {
	words := strings.Fields(text.Fold(v.Filter.Search))
	if len(words) == 0 && v.Filter.Search != "" {
		return nil // signs alone
	}
	return slices.DeleteFunc(slices.Clone(v.Choices), func(c campaign.Choice) bool { return c.Post.Secondary || !v.Filter.matches(c, words) })
}

// fields are the fields of the filter. A choice between one thing is none, and is
// left out.
func (v wishes) fields(r *page.Request) []ui.Field {
	all := ui.Option{Label: r.T("student.filter.all")}
	fields := []ui.Field{}
	for _, f := range []struct {
		name, label, value string
		of                 []reference.Ref
	}{
		{"category", "student.filter.category", v.Filter.Category, v.estimate.Categories()},
		{"institution", "student.filter.institution", v.Filter.Institution, v.estimate.Institutions()},
	} {
		if len(f.of) < 2 {
			continue
		}
		options := []ui.Option{all}
		for _, ref := range f.of {
			options = append(options, ui.Option{Value: ref.Code, Label: ref.Name})
		}
		fields = append(fields, ui.Field{Kind: ui.FieldSelect, Name: f.name, Label: r.T(f.label), Value: f.value, Options: options})
	}
	levels := []ui.Option{all}
	for _, level := range demands {
		levels = append(levels, ui.Option{Value: string(level), Label: r.T("demand." + string(level))})
	}
	open := ""
	if v.Filter.Open {
		open = "1"
	}
	return append(fields,
		ui.Field{Kind: ui.FieldSelect, Name: "demand", Label: r.T("student.filter.demand"), Value: v.Filter.Demand, Options: levels},
		ui.Field{Kind: ui.FieldCheck, Name: "open", Label: r.T("student.filter.open"), Value: open})
}

// posts are the part of what is found that the address asks for, as lines.
func (v wishes) posts(r *page.Request) ui.SiteList {
	found, path := v.found(), student.WishesPath(v.Mine.Campaign.PublicID)
	list := ui.SiteList{
		ID:    "post-lines",
		Pager: ui.PagerOf(len(found), ui.SitesShown, v.Filter.Part, func(part int) string { return v.Filter.at(path, part) }),
	}
	list.Pager.Label = r.T("student.posts")
	if v.Mine.Writable {
		list.Form = listID
	}
	for _, c := range found[max(list.Pager.From-1, 0):list.Pager.To] {
		list.Sites = append(list.Sites, v.line(r, c))
	}
	return list
}

// line is a post as the reader sees it among the others.
func (v wishes) line(r *page.Request, c campaign.Choice) ui.Site {
	s := ui.Site{
		Code: c.Post.Code, Name: c.Post.Label(), Where: where(c.Site), Seats: c.Post.Seats, Demand: ui.DemandOf(r.Text, c.Demand.Strength(), string(c.Demand.Level())),
		Cutoff: lastYear(r, c.Post.Last), Detail: c.Site.Description, Rank: v.rank(c.Post.Code), Open: c.Post.Code == v.Filter.Post,
	}
	if c.Site.Category.Name != "" {
		s.Tags = []string{c.Site.Category.Name}
	}
	if s.Detail != "" && !s.Open {
		q := v.Filter.query()
		if q != "" {
			q += "&"
		}
		s.Href = "?" + q + "post=" + url.QueryEscape(c.Post.Code) + "#post-" + c.Post.Code
	}
	if !c.Verdict.OK() {
		s.Off = r.Text.Message("rule."+string(c.Verdict.Rule), c.Verdict.Args)
	}
	switch {
	case !v.Mine.Writable:
	case s.Rank > 0:
		s.Do = ui.RemoveSite
	case c.MayList() && !v.full():
		s.Do = ui.AddSite
	}
	return s
}

// full reports whether the list holds as many wishes as it may.
func (v wishes) full() bool { return len(v.Shown) >= v.Mine.Campaign.MaxWishes }

func where(s site.Site) string {
	parts := []string{}
	for _, part := range []string{s.Institution.Name, s.Address.Town} {
		if part != "" && !strings.Contains(s.Name, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// rank is the place of a post on the list as the page shows it; 0: not there.
func (v wishes) rank(code string) int {
	return 1 + slices.IndexFunc(v.Shown, func(w campaign.Wish) bool { return w.Post == code })
}

// suggest is what the reader may do with a suggested post: a button of the list's
// own form.
func (v wishes) suggest(r *page.Request, c campaign.Choice) []ui.Action {
	switch {
	case v.rank(c.Post.Code) > 0 || !c.MayList():
		return nil
	case v.full():
		return []ui.Action{{Label: r.T("student.add"), Why: r.T("student.full", "max", v.Mine.Campaign.MaxWishes)}}
	}
	word := r.T("student.add")
	return []ui.Action{{
		Label: word, Icon: "plus-lg", Name: "do", Value: "add:" + c.Post.Code,
		Extra: templ.Attributes{"form": listID, "aria-label": r.T("student.do", "do", word, "post", c.Post.Label())},
	}}
}

// lastYear says until which position a site was taken in the last campaign that
// had it.
func lastYear(r *page.Request, last *campaign.LastYear) string {
	switch {
	case last == nil:
		return r.T("student.last.new")
	case last.Cutoff == 0:
		return r.T("student.last.free", "campaign", last.Campaign, "count", last.Seats)
	}
	return r.T("student.last.full", "campaign", last.Campaign, "count", last.Seats, "position", last.Cutoff)
}
