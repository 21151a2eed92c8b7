package wishes

import (
	"strconv"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
	"stagora.org/stagora/internal/web/ui"
)

// listID is the form of the list: buttons all over the page belong to it.
const listID = "wishes"

// ranking is the reader's list as the page shows it.
func (v wishes) ranking(r *page.Request) ui.Ranking {
	c := v.Mine.Campaign
	rk := ui.Ranking{
		ID: listID, Label: r.T("student.list"), Action: v.Filter.address(student.WishesPath(c.PublicID)), Row: student.WishesPath(c.PublicID) + "/row?code=",
		Version: strconv.Itoa(v.Mine.Current.Number),
		Items:   v.items(r, v.Shown), Max: c.MaxWishes, Saved: savedAs(r, v.Mine.Current), Paste: true,
		Empty: ui.Empty{
			Icon: "list", What: r.T("student.list.empty"), Why: r.T("student.list.empty.why", "max", c.MaxWishes),
			Actions: []ui.Action{{Label: r.T("student.posts.go"), Icon: "search", Href: "#posts"}},
		},
	}
	if v.Keep {
		rk.Saved = ui.Saved{State: ui.SaveFailed}
	}
	if !v.Mine.Writable {
		rk.Off = v.off(r)
	}
	return rk
}

// off says why the list can only be read.
func (v wishes) off(r *page.Request) string {
	m := v.Mine
	switch {
	case r.Now().Before(m.Campaign.OpensAt):
		return r.T("student.list.early", "opens", m.Campaign.OpensAt)
	case m.Current.Number == 0:
		return r.T("student.list.none", "closed", m.Campaign.ClosesAt, "contact", m.Campaign.Contact.String())
	}
	return r.T("student.list.closed", "closed", m.Campaign.ClosesAt, "version", m.Current.Number)
}

// savedAs is a version as the state of saving.
func savedAs(r *page.Request, v campaign.Version) ui.Saved {
	if v.Number == 0 {
		return ui.Saved{State: ui.SaveNone}
	}
	return ui.Saved{State: ui.SaveDone, At: v.At, Day: r.Text.ShortDate(v.At) != r.Text.ShortDate(r.Now()), Version: v.Number}
}

// items are wishes as rows of a list.
func (v wishes) items(r *page.Request, list []campaign.Wish) []ui.RankedItem {
	items := make([]ui.RankedItem, len(list))
	for i, w := range list {
		items[i] = v.item(r, w)
	}
	return items
}

func (v wishes) item(r *page.Request, w campaign.Wish) ui.RankedItem {
	c, known := v.choice(w.Post)
	if !known {
		return ui.RankedItem{Code: w.Post, Title: w.Post, Note: r.T("student.post.gone"), Tone: ui.Warn}
	}
	item := ui.RankedItem{
		Code: w.Post, Title: c.Post.Label(), Tone: ui.Warn,
		Detail: r.T("student.item", "count", c.Post.Seats, "demand", demandWord(r, c.Demand)),
	}
	if w.Secondary != "" {
		with, _ := v.choice(w.Secondary)
		item.Detail += " " + r.T("student.item.with", "post", with.Post.Label())
	}
	if !c.Verdict.OK() {
		item.Note = r.Text.Message("rule."+string(c.Verdict.Rule), c.Verdict.Args)
	}
	return item
}

// demandWord says how sought a post is so far.
func demandWord(r *page.Request, d campaign.Demand) string {
	if d == campaign.NoDemand || d == campaign.ClosedDemand {
		return r.T("demand." + string(d.Level()))
	}
	return r.T("student.item.demand", "demand", r.T("demand."+string(d.Level())))
}
