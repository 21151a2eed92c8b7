package wishes

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
	"stagora.org/stagora/internal/web/ui"
)

// History shows every version of the reader's list, the latest first, with what
// changed from one to the next.
func (p Pages) History(w http.ResponseWriter, r *page.Request) error {
	v, err := p.readWishes(r)
	if err != nil {
		return err
	}
	var versions []campaign.Version
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		versions, err = campaign.History(r.Context(), tx, r.Actor, v.Mine.Campaign.PublicID)
		return err
	})
	if err != nil {
		return err
	}
	return r.Show(w, ui.Page{
		Title: r.T("student.history"), Lead: r.T("student.history.lead"), Density: ui.Choose,
		Crumbs: student.Crumbs(r, v.Mine, ui.Link{Label: r.T("student.wishes"), Href: student.WishesPath(v.Mine.Campaign.PublicID)}),
	}, historyBody(r, v.changes(r, versions), v))
}

// A change is one version beside the one before.
type change struct {
	Version campaign.Version
	Lines   []ui.DiffLine
	Before  int // number of the version before; 0: this is the first
	Current bool
}

func (v wishes) changes(r *page.Request, versions []campaign.Version) []change {
	list := make([]change, len(versions))
	before := campaign.Version{}
	for i, version := range versions {
		list[i] = change{
			Version: version, Before: before.Number, Current: version.Number == v.Mine.Current.Number,
			Lines: ui.Compare(v.items(r, before.Wishes), v.items(r, version.Wishes)),
		}
		before = version
	}
	slices.Reverse(list)
	return list
}

// Restore takes an earlier version of the reader's list up again.
func (p Pages) Restore(w http.ResponseWriter, r *page.Request) error {
	id := r.PathValue("campaign")
	number, err := strconv.Atoi(r.PathValue("version"))
	if err != nil {
		return fault.New(fault.NotFound, "wishes.noversion")
	}
	base, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil {
		return fault.New(fault.Invalid, "student.form.noversion", "found", r.PostFormValue("version"))
	}
	v, err := p.Campaigns.Restore(r.Context(), r.Actor, id, number, base, r.PostFormValue("request"))
	switch {
	case fault.KindOf(err) == fault.Conflict:
		return r.GoSaying(w, historyPath(id), "student.stale", "version", v.Number)
	case err != nil:
		return err
	}
	return r.GoSaying(w, student.WishesPath(id), "student.restored", "old", number, "version", v.Number)
}

// before names the version that another is compared with.
func (c change) before(r *page.Request) string {
	if c.Before == 0 {
		return r.T("student.version.nothing")
	}
	return r.T("student.version", "version", c.Before)
}

// codes are the wishes of a version on one line.
func (c change) codes() string {
	codes := make([]string, len(c.Version.Wishes))
	for i, w := range c.Version.Wishes {
		codes[i] = strconv.Itoa(i+1) + ".\u00a0" + w.Post
	}
	return strings.Join(codes, " · ")
}

func historyPath(id string) string { return student.WishesPath(id) + "/history" }
