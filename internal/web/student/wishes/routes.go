/*
Package wishes is the list of wishes of a student: beside the posts, saved as it is
ordered, confirmed, its versions, and what proves that it was received.
*/
package wishes

import (
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
)

// CheckPath is where anybody checks a receipt: the QR codes lead there.
const CheckPath = "/check"

// Pages are the pages of a list of wishes, and the public page that checks a receipt.
type Pages struct {
	Campaigns *campaign.Campaigns
}

// Room returns the pages of the list of wishes.
func Room(campaigns *campaign.Campaigns) page.Room {
	my := Pages{Campaigns: campaigns}
	return page.Room{
		Routes: []page.Route{
			{Pattern: "GET " + CheckPath + "/{code}", Right: page.Public, Handle: my.Check},
			{Pattern: "GET " + student.Path + "/{campaign}/wishes", Right: campaign.RightOwnList, Handle: my.Wishes},
			{Pattern: "POST " + student.Path + "/{campaign}/wishes", Right: campaign.RightOwnList, Handle: my.SaveWishes, Limit: page.LongForm},
			{Pattern: "GET " + student.Path + "/{campaign}/wishes/row", Right: campaign.RightOwnList, Handle: my.Row},
			{Pattern: "POST " + student.Path + "/{campaign}/wishes/undo", Right: campaign.RightOwnList, Handle: my.Undo},
			{Pattern: "GET " + student.Path + "/{campaign}/wishes/confirm", Right: campaign.RightOwnList, Handle: my.AskConfirm},
			{Pattern: "POST " + student.Path + "/{campaign}/wishes/confirm", Right: campaign.RightOwnList, Handle: my.Confirm},
			{Pattern: "GET " + student.Path + "/{campaign}/wishes/history", Right: campaign.RightOwnList, Handle: my.History},
			{Pattern: "POST " + student.Path + "/{campaign}/wishes/history/{version}/restore", Right: campaign.RightOwnList, Handle: my.Restore},
			{Pattern: "GET " + student.Path + "/{campaign}/receipts/{receipt}", Right: campaign.RightOwnList, Handle: my.Receipt},
			{Pattern: "GET " + student.Path + "/{campaign}/receipts/{receipt}/pdf", Right: campaign.RightOwnList, Handle: my.ReceiptPDF},
		},
	}
}
