package office

import (
	"context"
	"net/http"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// takers take the steps that have no page of their own.
func (o *Pages) takers() map[campaign.Phase]func(context.Context, *page.Request, campaign.Campaign) error {
	return map[campaign.Phase]func(context.Context, *page.Request, campaign.Campaign) error{
		campaign.Draft: func(ctx context.Context, r *page.Request, c campaign.Campaign) error {
			return o.Campaigns.Open(ctx, r.Actor, c.PublicID)
		},
		campaign.Open: func(ctx context.Context, r *page.Request, c campaign.Campaign) error {
			return o.Campaigns.Close(ctx, r.Actor, c.PublicID)
		},
		campaign.Published: func(ctx context.Context, r *page.Request, c campaign.Campaign) error {
			return o.Results.Archive(ctx, r.Actor, c.PublicID)
		},
	}
}

// Step shows, in numbers, what the next step of a campaign does, before it is
// taken.
func (o *Pages) Step(w http.ResponseWriter, r *page.Request) error {
	return o.showStep(w, r, http.StatusOK, ui.Errors{})
}

func (o *Pages) showStep(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	v, err := readOverview(r)
	if err != nil {
		return err
	}
	c := v.campaign
	if v.moving() {
		return r.Go(w, PathOf(c))
	}
	if o.takers()[c.Phase] == nil {
		return r.Go(w, PathOf(c, transitions[c.Phase].path))
	}
	right := transitions[c.Phase].right
	if err := r.Actor.Require(right, c.Perimeters()...); err != nil {
		return err
	}
	name := string(c.Phase)
	d := ui.Decision{
		Title: r.T("office.step." + name + ".title"), Facts: v.facts(r), Warning: r.T("office.step."+name+".warning", "closes", c.ClosesAt),
		Form: ui.Form{
			Action: PathOf(c, "step"), Hidden: map[string]string{"phase": name}, Errors: wrong,
			Submit: ui.Action{Label: r.T("office.do." + name), Icon: transitions[c.Phase].icon, Kind: ui.Primary},
			Cancel: ui.Link{Label: r.T("office.cancel"), Href: PathOf(c)},
		},
	}
	if err := campaign.RequireReady(c, v.checks); err != nil {
		d.Form.Submit.Why = ui.ErrorsOf(r.Text, err).Sentence
	}
	p := ui.Page{Title: r.T("office.do." + name), Crumbs: []ui.Link{}}
	p.Lead = r.T("office.step.lead", "campaign", c.Name)
	return Show(w, r, status, c, "step", p, StepBody(r, c, v.checks, d))
}

// TakeStep takes the next step of a campaign, from the phase that the page showed.
func (o *Pages) TakeStep(w http.ResponseWriter, r *page.Request) error {
	c, err := Read(r, campaign.RightView, nil)
	if err != nil {
		return err
	}
	shown := campaign.Phase(r.FormValue("phase"))
	take := o.takers()[shown]
	if take == nil {
		return fault.New(fault.Invalid, "office.step.unknown")
	}
	if c.Phase != shown {
		return fault.New(fault.Conflict, "campaign.moved", "campaign", c.Name, "phase", c.Phase.Name())
	}
	again := func(status int, wrong ui.Errors) error { return o.showStep(w, r, status, wrong) }
	err, said := take(r.Context(), r, c), "office.step."+string(shown)+".done"
	if err == nil && shown == campaign.Draft {
		c, err = Read(r, campaign.RightView, nil)
		if c.Phase == campaign.Draft {
			said = "office.opening"
		}
	}
	return Outcome(w, r, err, PathOf(c), again, said, "campaign", c.Name)
}
