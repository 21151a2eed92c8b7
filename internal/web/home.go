package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
	"stagora.org/stagora/internal/web/ui"
)

// home tells each person what awaits them. Strangers are asked who they are.
func home(w http.ResponseWriter, r *page.Request) error {
	if !r.Actor.Known() {
		return r.Go(w, r.Front())
	}
	mine, err := student.Awaits(r)
	if err != nil {
		return err
	}
	theirs, more, err := officeAwaits(r)
	if err != nil {
		return err
	}
	troubles, err := platformAwaits(r)
	if err != nil {
		return err
	}
	density := ui.Choose
	if r.Actor.CanSomewhere(campaign.RightView) || r.Actor.CanSomewhere(identity.PersonView) {
		density = ui.Manage
	}
	p := ui.Page{Title: r.T("home.title", "name", r.Actor.Name), Density: density}
	return r.Show(w, p, homeBody(r, append(mine, theirs...), more, troubles))
}

// mostCampaigns is how many campaigns the home page tells of; the list has them all.
const mostCampaigns = 50

// officeAwaits returns the next step of the campaigns that the reader looks after, first
// those whose result is not published yet, and how many more there are. Late cases that
// wait for the reader are told of in every campaign.
func officeAwaits(r *page.Request) (awaits []student.Await, more int, err error) {
	if !r.Actor.CanSomewhere(campaign.RightView) {
		return nil, 0, nil
	}
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		campaigns, err := campaign.ForOfficeAll(r.Context(), tx, r.Actor)
		if err != nil {
			return err
		}
		lates, err := campaign.WaitingLates(r.Context(), tx)
		campaigns = slices.DeleteFunc(campaigns, func(c campaign.Campaign) bool { return c.Phase == campaign.Archived })
		slices.SortStableFunc(campaigns, func(a, b campaign.Campaign) int {
			return cmp.Compare(published(a), published(b))
		})
		more = max(0, len(campaigns)-mostCampaigns)
		for i, c := range campaigns {
			if i < mostCampaigns {
				awaits = append(awaits, officeAwait(r, c))
			}
			awaits = append(awaits, secondsAwaited(r, c, lates[c.ID])...)
		}
		return err
	})
	return awaits, more, err
}

// published is 1 for a campaign whose result is published, and 0 for the others.
func published(c campaign.Campaign) int {
	if c.Phase.Reached(campaign.Published) {
		return 1
	}
	return 0
}

func officeAwait(r *page.Request, c campaign.Campaign) student.Await {
	href := office.Path + "/" + c.PublicID
	next := ui.Next{
		What: c.Printer(r.Text.Lang).T("home.office." + string(c.Phase)), Tone: ui.Info,
		Action: ui.Action{Label: r.T("home.office.go"), Icon: "arrow-right", Href: href, Kind: ui.Primary},
	}
	deadlines := map[campaign.Phase]ui.Deadline{
		campaign.Draft:     {What: r.T("home.office.opens"), At: c.OpensAt, Now: r.Now()},
		campaign.Open:      {What: r.T("home.office.closes"), At: c.ClosesAt, Now: r.Now()},
		campaign.Closed:    {What: r.T("home.office.commission"), At: c.CommissionAt, Now: r.Now()},
		campaign.Proposed:  {What: r.T("home.office.commission"), At: c.CommissionAt, Now: r.Now()},
		campaign.Confirmed: {What: r.T("home.office.publishes"), At: c.PublishesAt, Now: r.Now()},
	}
	if deadline, ok := deadlines[c.Phase]; ok {
		next.Deadline = &deadline
	}
	return student.Await{Campaign: ui.Link{Label: c.Name, Href: href}, Next: next}
}

// secondsAwaited returns the late cases of a campaign that wait for the reader as
// the second person.
func secondsAwaited(r *page.Request, c campaign.Campaign, lates []campaign.Late) (awaits []student.Await) {
	if !r.Actor.Can(campaign.RightReopen, c.Perimeters()...) {
		return nil
	}
	for _, l := range lates {
		if l.MayDecide(r.Actor.ID) {
			href := office.Path + "/" + c.PublicID + "/late"
			awaits = append(awaits, student.Await{
				Campaign: ui.Link{Label: c.Name, Href: href},
				Next: ui.Next{
					What: r.T("home.late", "who", l.AskedBy, "student", l.Student.Name), Tone: ui.Warn,
					Action: ui.Action{Label: r.T("home.late.go"), Icon: "arrow-right", Href: href, Kind: ui.Primary},
				},
			})
		}
	}
	return awaits
}

// platformAwaits returns what does not work on the platform or is new there, for
// those who look after it.
func platformAwaits(r *page.Request) (troubles []student.Await, err error) {
	watched := []watch{
		{job.RightView, "home.jobs", admin.JobsPath, job.CountFailed},
		{notice.RightView, "home.mails.server", admin.MailsPath, noMailLeaves},
		{notice.RightView, "home.mails", admin.MailsPath, notice.CountFailed},
		{identity.RoleEdit, "home.rights", admin.RolesPath, identity.CountNewRights},
	}
	// Most people may see none of it, and must not wait for its counting.
	watched = slices.DeleteFunc(watched, func(w watch) bool { return !r.Actor.Can(w.right) })
	if len(watched) == 0 {
		return nil, nil
	}
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		for _, w := range watched {
			n, err := w.count(r.Context(), tx, manyFailures)
			if err != nil {
				return err
			}
			if n > 0 {
				troubles = append(troubles, trouble(r, w.key, n, w.href))
			}
		}
		return nil
	})
	return troubles, err
}

// noMailLeaves counts one trouble if the mail server does not take mails.
func noMailLeaves(ctx context.Context, tx *store.Tx, _ int) (int, error) {
	why, err := notice.Trouble(ctx, tx)
	if why == "" {
		return 0, err
	}
	return 1, err
}

// A watch is something of the platform that somebody should look at, for those who
// have the right to.
type watch struct {
	right     identity.Right
	key, href string
	count     func(ctx context.Context, tx *store.Tx, most int) (int, error)
}

// manyFailures is how many failures are counted at most: beyond, the number says
// no more.
const manyFailures = 1000

func trouble(r *page.Request, key string, count int, href string) student.Await {
	return student.Await{Next: ui.Next{
		What: r.T(key, "count", count), Tone: ui.Warn,
		Action: ui.Action{Label: r.T("home.look"), Icon: "arrow-right", Href: href},
	}}
}

// menu returns the main menu of a person over several rooms: what their rights
// open, in the order of the rooms.
func menu(rooms []page.Room) func(r *page.Request) []ui.NavItem {
	return func(r *page.Request) []ui.NavItem {
		if !r.Actor.Known() {
			return nil
		}
		items := []ui.NavItem{{Label: r.T("menu.home"), Href: "/", Icon: "house", Current: r.URL.Path == "/"}}
		for _, room := range rooms {
			for _, e := range room.Menu {
				if e.OpenTo(r.Actor) {
					items = append(items, ui.NavItem{Label: r.T(e.Key), Href: e.Href, Icon: e.Icon, Current: under(r.URL.Path, e.Href)})
				}
			}
		}
		return items
	}
}

// under reports whether a page belongs to an entry of the menu.
func under(path, href string) bool {
	return path == href || len(path) > len(href) && path[:len(href)] == href && path[len(href)] == '/'
}
