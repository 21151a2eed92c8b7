/*
Package results leads an office and a commission from the lists to a published result:
runs, what the commission decides, and the publication.
*/
package results

import (
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
)

// Pages are the pages of runs, of the commission and of the publication.
type Pages struct {
	Results *result.Results
}

// Room returns the pages of runs, of the commission and of the publication.
func Room(campaigns *campaign.Campaigns) page.Room {
	desk := &Pages{Results: &result.Results{DB: campaigns.DB, Base: campaigns.Base}}
	return page.Room{
		Routes: []page.Route{
			{Pattern: "GET " + office.Path + "/{campaign}/runs", Right: campaign.RightView, Handle: desk.Runs},
			{Pattern: "POST " + office.Path + "/{campaign}/runs", Right: result.RightRun, Handle: desk.RequestRun},
			{Pattern: "GET " + office.Path + "/{campaign}/runs/new", Right: result.RightRun, Handle: desk.NewRun},
			{Pattern: "GET " + office.Path + "/{campaign}/runs/compare", Right: campaign.RightView, Handle: desk.Comparison},
			{Pattern: "POST " + office.Path + "/{campaign}/runs/compare", Right: campaign.RightView, Handle: desk.Compare},
			{Pattern: "GET " + office.Path + "/{campaign}/runs/{run}", Right: campaign.RightView, Handle: desk.Run},
			{Pattern: "GET " + office.Path + "/{campaign}/runs/{run}/progress", Right: campaign.RightView, Handle: desk.RunProgress},
			{Pattern: "POST " + office.Path + "/{campaign}/runs/{run}/cancel", Right: result.RightRun, Handle: desk.CancelRun},
			{Pattern: "GET " + office.Path + "/{campaign}/runs/{run}/adopt", Right: result.RightRun, Handle: desk.ShowAdopt},
			{Pattern: "POST " + office.Path + "/{campaign}/runs/{run}/adopt", Right: result.RightRun, Handle: desk.Adopt},
			{Pattern: "GET " + office.Path + "/{campaign}/commission", Right: campaign.RightView, Handle: desk.Commission},
			{Pattern: "GET " + office.Path + "/{campaign}/commission/confirm", Right: result.RightDecide, Handle: desk.ShowConfirm},
			{Pattern: "POST " + office.Path + "/{campaign}/commission/confirm", Right: result.RightDecide, Handle: desk.ConfirmProposal},
			{Pattern: "GET " + office.Path + "/{campaign}/commission/minutes", Right: campaign.RightView, Handle: desk.Minutes},
			{Pattern: "GET " + office.Path + "/{campaign}/commission/{student}", Right: campaign.RightView, Handle: desk.Case},
			{Pattern: "POST " + office.Path + "/{campaign}/commission/{student}", Right: result.RightDecide, Handle: desk.Decide},
			{Pattern: "POST " + office.Path + "/{campaign}/commission/{student}/decisions/{decision}/undo", Right: result.RightDecide, Handle: desk.UndoDecision},
			{Pattern: "GET " + office.Path + "/{campaign}/publication", Right: campaign.RightView, Handle: desk.Publication},
			{Pattern: "POST " + office.Path + "/{campaign}/publication", Right: result.RightPublish, Handle: desk.Publish},
			{Pattern: "POST " + office.Path + "/{campaign}/publication/verify", Right: result.RightPublish, Handle: desk.Verify},
			{Pattern: "GET " + office.Path + "/{campaign}/publication/bundle", Right: campaign.RightView, Handle: desk.Bundle},
		},
	}
}
