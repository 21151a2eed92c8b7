/*
Package office is where a faculty office and a commission run a campaign: who
takes part and who is missing, how many seats, what the lists look like, the runs
of the engine, what the commission changes, and the publication.

The pages are read by people who work with them all day, mostly by keyboard: dense
tables, each with an export of what is seen, and every number with where it comes
from. Each page of a campaign opens with what to do next. What cannot be taken
back (opening, closing, confirming, publishing) is asked once more on a page of
its own, with the numbers of what will happen.

A page shows what lies in a perimeter of its reader, and answers anything else as
what does not exist. The functions of packages campaign and result ask for the
right again, inside their transactions.

Here stand the campaigns, their settings, posts and log, and what the sub-rooms share.
The sub-rooms are participants (who takes part, in which order, their lists, late
cases) and results (runs, the commission, the publication).

What is not here: rules. What may be done in which phase, what is ready, what a
decision may be stand in packages campaign and result. Students and sites
themselves are package records.
*/
package office

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Path is where the campaigns are.
const Path = "/campaigns"

// PathOf is the address of a page of a campaign.
func PathOf(c campaign.Campaign, parts ...string) string {
	return strings.Join(append([]string{Path, c.PublicID}, parts...), "/")
}

// A section is one of the pages of a campaign.
type section struct {
	name  string // in the address and in the catalogues; empty: the campaign's own page
	right identity.Right
	from  campaign.Phase // the first phase in which it has something to say
}

var sections = []section{
	{"", campaign.RightView, campaign.Draft},
	{"settings", campaign.RightView, campaign.Draft},
	{"participants", campaign.RightView, campaign.Draft},
	{"posts", campaign.RightView, campaign.Draft},
	{"lists", campaign.RightReadLists, campaign.Open},
	{"late", campaign.RightReopen, campaign.Closed},
	{"order", campaign.RightView, campaign.Draft},
	{"runs", campaign.RightView, campaign.Closed},
	{"commission", campaign.RightView, campaign.Proposed},
	{"publication", campaign.RightView, campaign.Confirmed},
	{"audit", audit.RightView, campaign.Draft},
}

func (s section) path(c campaign.Campaign) string {
	if s.name == "" {
		return PathOf(c)
	}
	return PathOf(c, s.name)
}

func (s section) title(r *page.Request) string {
	if s.name == "" {
		return r.T("office.overview")
	}
	return r.T("office." + s.name)
}

// sectionsFor returns the pages of a campaign that the reader may open now.
func sectionsFor(r *page.Request, c campaign.Campaign) []section {
	var open []section
	for _, s := range sections {
		if c.Phase.Reached(s.from) && May(r, c, s.right) {
			open = append(open, s)
		}
	}
	return open
}

// May reports whether the reader holds a right where a campaign lies.
func May(r *page.Request, c campaign.Campaign, right identity.Right) bool {
	return r.Actor.Can(right, c.Perimeters()...)
}

// Why returns the sentence that says why an action cannot be done now, and "" if
// it can.
func Why(r *page.Request, c campaign.Campaign, right identity.Right, action campaign.Action) string {
	err := r.Actor.Require(right, c.Perimeters()...)
	if err == nil {
		err = c.Allows(action)
	}
	return ui.ErrorsOf(r.Text, err).Sentence
}

// load reads the campaign of the address, for those who hold a right on it. From
// then on the request speaks in the campaign's time.
func load(ctx context.Context, tx *store.Tx, r *page.Request, right identity.Right) (campaign.Campaign, error) {
	c, err := campaign.ForOffice(ctx, tx, r.Actor, r.PathValue("campaign"), right)
	if err == nil {
		r.In(c.Zone)
	}
	return c, err
}

// Read runs look on the campaign of the address in a transaction that reads.
func Read(r *page.Request, right identity.Right, look func(ctx context.Context, tx *store.Tx, c campaign.Campaign) error) (c campaign.Campaign, err error) {
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		if c, err = load(r.Context(), tx, r, right); err != nil || look == nil {
			return err
		}
		return look(r.Context(), tx, c)
	})
	return c, err
}

// Show writes a page of a campaign: its sections, then its body.
func Show(w http.ResponseWriter, r *page.Request, status int, c campaign.Campaign, current string, p ui.Page, body templ.Component) error {
	p.Density = ui.Manage
	crumbs := []ui.Link{{Label: r.T("office.campaigns"), Href: Path}}
	if current != "" || len(p.Crumbs) > 0 {
		crumbs = append(crumbs, ui.Link{Label: c.Name, Href: PathOf(c)})
	}
	p.Crumbs = append(crumbs, p.Crumbs...)
	return r.ShowStatus(w, status, p, campaignFrame(r, c, current, body))
}

// Crumb is the link back from a page below a section.
func Crumb(r *page.Request, c campaign.Campaign, name string) ui.Link {
	return ui.Link{Label: r.T("office." + name), Href: PathOf(c, name)}
}

// refused reports whether an error belongs beside the form that caused it, rather
// than on a page of its own.
func refused(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.Closed:
		return true
	case fault.Denied:
		// Right or not, it is the second person who is missing.
		return fault.Has(err, "post.second") || fault.Has(err, "late.second")
	}
	return false
}

// Outcome says where a change leads: to the next page with a sentence, back to
// the form with what is wrong, or to the page of an error.
func Outcome(w http.ResponseWriter, r *page.Request, err error, next string, again func(int, ui.Errors) error, said string, args ...any) error {
	if refused(err) {
		return again(r.Explain(err).Status, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, next, said, args...)
}

// OwnerName says which people can act, by the right that it takes.
func OwnerName(r *page.Request, right identity.Right) string { return r.T("right." + string(right)) }

// OwnerCell says the same where no sentence is around it.
func OwnerCell(r *page.Request, right identity.Right) string {
	return r.T("office.owner", "right", OwnerName(r, right))
}

// sorted is a name as lists order it.
func sorted(name string) string { return text.SortKey(name) }

// Renamed gives the fields of a fault the names that they have on the page.
func Renamed(err error, name func(string) string) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	again := *f
	again.Fields = slices.Clone(f.Fields)
	for i := range again.Fields {
		again.Fields[i].Name = name(again.Fields[i].Name)
	}
	return &again
}

// WorkStates are the states of background work, as a page shows them.
var WorkStates = map[job.State]ui.WorkState{
	job.Queued: ui.WorkWaiting, job.Running: ui.WorkRunning, job.Done: ui.WorkDone, job.Failed: ui.WorkFailed, job.Cancelled: ui.WorkCanceled,
}

// WorkOf shows how far background work is, or why it is held up.
func WorkOf(r *page.Request, id, what string, t *job.Task) ui.Work {
	work := ui.Work{ID: id, What: what, State: WorkStates[t.State], Done: int(t.Done), Total: int(t.Total), Since: t.StartedAt}
	switch {
	case t.Error != nil:
		work.Detail = r.Text.Message(t.Error.Key, t.Error.Args)
	case t.State == job.Queued && t.Detail != "":
		work.Detail = r.T("office.work.again", "at", text.Exact(t.DueAt))
	}
	return work
}
