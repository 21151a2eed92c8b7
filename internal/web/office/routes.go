package office

import (
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/web/page"
)

// Room returns the pages of campaigns, their settings, posts and log.
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
			{Pattern: "GET " + Path + "/{campaign}/posts", Right: campaign.RightView, Handle: desk.Posts},
			{Pattern: "POST " + Path + "/{campaign}/posts", Right: campaign.RightEdit, Handle: desk.SavePosts, Limit: page.LongForm},
			{Pattern: "POST " + Path + "/{campaign}/posts/new", Right: campaign.RightEdit, Handle: desk.AddPost},
			{Pattern: "POST " + Path + "/{campaign}/posts/{post}/agree", Right: campaign.RightEdit, Handle: desk.AgreeSeats},
			{Pattern: "POST " + Path + "/{campaign}/posts/remove", Right: campaign.RightEdit, Handle: desk.RemovePosts},
			{Pattern: "GET " + Path + "/{campaign}/audit", Right: audit.RightView, Handle: desk.Audit},
		},
	}
}
