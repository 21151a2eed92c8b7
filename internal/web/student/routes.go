package student

import (
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/web/page"
)

// Room returns the pages of a student's campaigns and results.
func Room(campaigns *campaign.Campaigns) page.Room {
	my := Pages{Results: &result.Results{DB: campaigns.DB, Base: campaigns.Base}}
	return page.Room{
		Menu: []page.MenuEntry{{Right: campaign.RightOwnList, Key: "menu.mine", Icon: "list-ol", Href: Path}},
		Routes: []page.Route{
			{Pattern: "GET " + Path, Right: campaign.RightOwnList, Handle: my.List},
			{Pattern: "GET " + Path + "/{campaign}", Right: campaign.RightOwnList, Handle: my.Campaign},
			{Pattern: "GET " + Path + "/{campaign}/calendar", Right: campaign.RightOwnList, Handle: my.Calendar},
			{Pattern: "GET " + Path + "/{campaign}/result", Right: result.RightOwnResult, Handle: my.Result},
			{Pattern: "GET " + Path + "/{campaign}/result/pdf", Right: result.RightOwnResult, Handle: my.ResultPDF},
			{Pattern: "GET " + Path + "/{campaign}/result/bundle", Right: result.RightOwnResult, Handle: my.Bundle},
		},
	}
}
