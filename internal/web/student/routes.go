package student

import (
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/web/page"
)

// Room returns the pages of students, and the public page that checks a receipt.
func Room(campaigns *campaign.Campaigns) page.Room {
	my := Pages{Campaigns: campaigns, Results: &result.Results{DB: campaigns.DB, Base: campaigns.Base}}
	return page.Room{
		Menu: []page.MenuEntry{{Right: campaign.RightOwnList, Key: "menu.mine", Icon: "list-ol", Href: Path}},
		Routes: []page.Route{
			{Pattern: "GET " + CheckPath + "/{code}", Right: page.Public, Handle: my.Check},
			{Pattern: "GET " + Path, Right: campaign.RightOwnList, Handle: my.List},
			{Pattern: "GET " + Path + "/{campaign}", Right: campaign.RightOwnList, Handle: my.Campaign},
			{Pattern: "GET " + Path + "/{campaign}/calendar", Right: campaign.RightOwnList, Handle: my.Calendar},
			{Pattern: "GET " + Path + "/{campaign}/wishes", Right: campaign.RightOwnList, Handle: my.Wishes},
			{Pattern: "POST " + Path + "/{campaign}/wishes", Right: campaign.RightOwnList, Handle: my.SaveWishes, Limit: page.LongForm},
			{Pattern: "GET " + Path + "/{campaign}/wishes/row", Right: campaign.RightOwnList, Handle: my.Row},
			{Pattern: "POST " + Path + "/{campaign}/wishes/undo", Right: campaign.RightOwnList, Handle: my.Undo},
			{Pattern: "GET " + Path + "/{campaign}/wishes/confirm", Right: campaign.RightOwnList, Handle: my.AskConfirm},
			{Pattern: "POST " + Path + "/{campaign}/wishes/confirm", Right: campaign.RightOwnList, Handle: my.Confirm},
			{Pattern: "GET " + Path + "/{campaign}/wishes/history", Right: campaign.RightOwnList, Handle: my.History},
			{Pattern: "POST " + Path + "/{campaign}/wishes/history/{version}/restore", Right: campaign.RightOwnList, Handle: my.Restore},
			{Pattern: "GET " + Path + "/{campaign}/receipts/{receipt}", Right: campaign.RightOwnList, Handle: my.Receipt},
			{Pattern: "GET " + Path + "/{campaign}/receipts/{receipt}/pdf", Right: campaign.RightOwnList, Handle: my.ReceiptPDF},
			{Pattern: "GET " + Path + "/{campaign}/result", Right: result.RightOwnResult, Handle: my.Result},
			{Pattern: "GET " + Path + "/{campaign}/result/pdf", Right: result.RightOwnResult, Handle: my.ResultPDF},
			{Pattern: "GET " + Path + "/{campaign}/result/bundle", Right: result.RightOwnResult, Handle: my.Bundle},
		},
	}
}
