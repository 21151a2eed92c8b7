package student

import (
	"net/http"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// List shows the reader's campaigns: what, until when, what next.
func (Pages) List(w http.ResponseWriter, r *page.Request) error {
	mine, err := readAll(r)
	if err != nil {
		return err
	}
	return r.Show(w, ui.Page{Title: r.T("student.campaigns"), Lead: r.T("student.campaigns.lead"), Density: ui.Choose}, campaignList(r, mine))
}

// Campaign shows one campaign: where it stands, the reader's place in the order
// and what it is made of, the draw with what it takes to check it, and the
// reader's documents.
func (Pages) Campaign(w http.ResponseWriter, r *page.Request) error {
	var v overview
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		v, err = readOverview(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	awaits := Next(r, v.Mine)
	return r.Show(w, ui.Page{
		Title: v.Mine.Campaign.Name, Lead: r.T("student.campaign.lead", "period", v.Mine.Campaign.Period.Name, "faculty", v.Mine.Campaign.Faculty.Name),
		Density: ui.Choose, Crumbs: []ui.Link{{Label: r.T("student.campaigns"), Href: Path}}, Next: &awaits,
		Actions: []ui.Action{{Label: r.T("student.wishes"), Icon: "list-ol", Href: WishesPath(v.Mine.Campaign.PublicID)}},
	}, overviewBody(r, v))
}

// An overview is what the page of a campaign tells.
type overview struct {
	Mine     campaign.MyCampaign
	Steps    []campaign.Step
	Draw     *campaign.Draw
	Receipts []campaign.Receipt
	History  []past
}

func readOverview(r *page.Request, tx *store.Tx) (v overview, err error) {
	ctx := r.Context()
	if v.Mine, err = Mine(ctx, tx, r); err != nil {
		return v, err
	}
	if v.Steps, err = campaign.Steps(ctx, tx, v.Mine.Campaign); err != nil {
		return v, err
	}
	if v.Draw, err = campaign.DrawOf(ctx, tx, v.Mine.Campaign); err != nil {
		return v, err
	}
	if v.Receipts, err = v.Mine.Receipts(ctx, tx); err != nil {
		return v, err
	}
	v.History, err = pastOf(r, tx, v.Mine, v.at(campaign.Open, v.Mine.Campaign.OpensAt)) // points are frozen then
	return v, err
}

// phases are the steps of a campaign as a student lives them: wishes, commission,
// result.
func (v overview) phases(r *page.Request) []ui.Phase {
	c := v.Mine.Campaign
	state := func(from, to campaign.Phase) ui.PhaseState {
		switch {
		case c.Phase.Reached(to):
			return ui.PhaseDone
		case c.Phase.Reached(from):
			return ui.PhaseCurrent
		}
		return ui.PhaseNext
	}
	wishes := ui.Phase{
		Name: r.T("student.phase.wishes"), State: state(campaign.Open, campaign.Closed), From: v.at(campaign.Open, c.OpensAt), To: c.ClosesAt,
		Href: WishesPath(c.PublicID),
	}
	if v.Mine.Late {
		wishes.Detail = r.T("student.phase.late", "until", v.Mine.Until)
	}
	result := ui.Phase{Name: r.T("student.phase.result"), State: state(campaign.Confirmed, campaign.Published), From: v.at(campaign.Published, c.PublishesAt)}
	if c.Phase.Reached(campaign.Published) {
		result.Href = resultPath(c.PublicID)
	}
	return []ui.Phase{
		wishes,
		{Name: r.T("student.phase.commission"), State: state(campaign.Closed, campaign.Confirmed), From: v.at(campaign.Confirmed, c.CommissionAt), Detail: r.T("student.phase.commission.detail")},
		result,
	}
}

// at is when a phase was reached, and before that when it is planned.
func (v overview) at(phase campaign.Phase, planned time.Time) time.Time {
	for _, s := range v.Steps {
		if s.Phase == phase {
			return s.At
		}
	}
	return planned
}
