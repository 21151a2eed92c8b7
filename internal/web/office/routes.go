package office

import (
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/web/page"
)

// Room returns the pages of the office and of the commission.
func Room(campaigns *campaign.Campaigns) page.Room {
	desk := &Pages{Campaigns: campaigns, Results: &result.Results{DB: campaigns.DB, Base: campaigns.Base}}
	return page.Room{
		Menu: []page.MenuEntry{{Right: campaign.RightView, Key: "menu.campaigns", Icon: "flag", Href: Path}},
		Routes: []page.Route{
			{Pattern: "GET " + Path, Right: campaign.RightView, Handle: desk.List},
			{Pattern: "GET " + Path + "/new", Right: campaign.RightEdit, Handle: desk.New},
			{Pattern: "POST " + Path, Right: campaign.RightEdit, Handle: desk.Create},
			{Pattern: "GET " + Path + "/{campaign}", Right: campaign.RightView, Handle: desk.Campaign},
			{Pattern: "GET " + Path + "/{campaign}/step", Right: campaign.RightView, Handle: desk.Step},
			{Pattern: "POST " + Path + "/{campaign}/step", Right: campaign.RightView, Handle: desk.TakeStep},
			{Pattern: "GET " + Path + "/{campaign}/settings", Right: campaign.RightView, Handle: desk.Settings},
			{Pattern: "POST " + Path + "/{campaign}/settings", Right: campaign.RightEdit, Handle: desk.SaveSettings, Limit: page.LongForm},
			{Pattern: "POST " + Path + "/{campaign}/deadline", Right: campaign.RightOpen, Handle: desk.MoveDeadline},
			{Pattern: "GET " + Path + "/{campaign}/participants", Right: campaign.RightView, Handle: desk.Participants},
			{Pattern: "GET " + Path + "/{campaign}/participants/{student}", Right: campaign.RightView, Handle: desk.Participant},
			{Pattern: "POST " + Path + "/{campaign}/participants/{student}/exclusion", Right: campaign.RightEdit, Handle: desk.SetExclusion},
			{Pattern: "POST " + Path + "/{campaign}/participants/{student}/points", Right: campaign.RightEdit, Handle: desk.SetPoints},
			{Pattern: "POST " + Path + "/{campaign}/participants/{student}/position", Right: campaign.RightEdit, Handle: desk.SetPosition},
			{Pattern: "POST " + Path + "/{campaign}/participants/{student}/correction", Right: campaign.RightView, Handle: desk.AskCorrection},
			{Pattern: "POST " + Path + "/{campaign}/corrections/{correction}", Right: campaign.RightEdit, Handle: desk.AnswerCorrection},
			{Pattern: "GET " + Path + "/{campaign}/posts", Right: campaign.RightView, Handle: desk.Posts},
			{Pattern: "POST " + Path + "/{campaign}/posts", Right: campaign.RightEdit, Handle: desk.SavePosts, Limit: page.LongForm},
			{Pattern: "POST " + Path + "/{campaign}/posts/new", Right: campaign.RightEdit, Handle: desk.AddPost},
			{Pattern: "POST " + Path + "/{campaign}/posts/{post}/agree", Right: campaign.RightEdit, Handle: desk.AgreeSeats},
			{Pattern: "POST " + Path + "/{campaign}/posts/remove", Right: campaign.RightEdit, Handle: desk.RemovePosts},
			{Pattern: "GET " + Path + "/{campaign}/lists", Right: campaign.RightReadLists, Handle: desk.Lists},
			{Pattern: "GET " + Path + "/{campaign}/lists/demand", Right: campaign.RightReadLists, Handle: desk.Demand},
			{Pattern: "GET " + Path + "/{campaign}/lists/{student}", Right: campaign.RightReadLists, Handle: desk.StudentList},
			{Pattern: "GET " + Path + "/{campaign}/late", Right: campaign.RightReopen, Handle: desk.Late},
			{Pattern: "POST " + Path + "/{campaign}/late", Right: campaign.RightReopen, Handle: desk.AskLate},
			{Pattern: "POST " + Path + "/{campaign}/late/{late}", Right: campaign.RightReopen, Handle: desk.DecideLate},
			{Pattern: "GET " + Path + "/{campaign}/order", Right: campaign.RightView, Handle: desk.Order},
			{Pattern: "GET " + Path + "/{campaign}/runs", Right: campaign.RightView, Handle: desk.Runs},
			{Pattern: "POST " + Path + "/{campaign}/runs", Right: result.RightRun, Handle: desk.RequestRun},
			{Pattern: "GET " + Path + "/{campaign}/runs/new", Right: result.RightRun, Handle: desk.NewRun},
			{Pattern: "GET " + Path + "/{campaign}/runs/compare", Right: campaign.RightView, Handle: desk.Comparison},
			{Pattern: "POST " + Path + "/{campaign}/runs/compare", Right: campaign.RightView, Handle: desk.Compare},
			{Pattern: "GET " + Path + "/{campaign}/runs/{run}", Right: campaign.RightView, Handle: desk.Run},
			{Pattern: "GET " + Path + "/{campaign}/runs/{run}/progress", Right: campaign.RightView, Handle: desk.RunProgress},
			{Pattern: "POST " + Path + "/{campaign}/runs/{run}/cancel", Right: result.RightRun, Handle: desk.CancelRun},
			{Pattern: "GET " + Path + "/{campaign}/runs/{run}/adopt", Right: result.RightRun, Handle: desk.ShowAdopt},
			{Pattern: "POST " + Path + "/{campaign}/runs/{run}/adopt", Right: result.RightRun, Handle: desk.Adopt},
			{Pattern: "GET " + Path + "/{campaign}/commission", Right: campaign.RightView, Handle: desk.Commission},
			{Pattern: "GET " + Path + "/{campaign}/commission/confirm", Right: result.RightDecide, Handle: desk.ShowConfirm},
			{Pattern: "POST " + Path + "/{campaign}/commission/confirm", Right: result.RightDecide, Handle: desk.ConfirmProposal},
			{Pattern: "GET " + Path + "/{campaign}/commission/minutes", Right: campaign.RightView, Handle: desk.Minutes},
			{Pattern: "GET " + Path + "/{campaign}/commission/{student}", Right: campaign.RightView, Handle: desk.Case},
			{Pattern: "POST " + Path + "/{campaign}/commission/{student}", Right: result.RightDecide, Handle: desk.Decide},
			{Pattern: "POST " + Path + "/{campaign}/commission/{student}/decisions/{decision}/undo", Right: result.RightDecide, Handle: desk.UndoDecision},
			{Pattern: "GET " + Path + "/{campaign}/publication", Right: campaign.RightView, Handle: desk.Publication},
			{Pattern: "POST " + Path + "/{campaign}/publication", Right: result.RightPublish, Handle: desk.Publish},
			{Pattern: "POST " + Path + "/{campaign}/publication/verify", Right: result.RightPublish, Handle: desk.Verify},
			{Pattern: "GET " + Path + "/{campaign}/publication/bundle", Right: campaign.RightView, Handle: desk.Bundle},
			{Pattern: "GET " + Path + "/{campaign}/audit", Right: audit.RightView, Handle: desk.Audit},
		},
	}
}
