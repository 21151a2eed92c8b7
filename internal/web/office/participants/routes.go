/*
Package participants shows an office who takes part in a campaign and who is missing,
in which order they are served, their lists of wishes, and late cases.
*/
package participants

import (
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
)

// Pages are the pages of participants, their order, their lists and late cases.
type Pages struct {
	Campaigns *campaign.Campaigns
}

// Room returns the pages of participants, their order, their lists and late cases.
func Room(campaigns *campaign.Campaigns) page.Room {
	desk := &Pages{Campaigns: campaigns}
	return page.Room{
		Routes: []page.Route{
			{Pattern: "GET " + office.Path + "/{campaign}/participants", Right: campaign.RightView, Handle: desk.Participants},
			{Pattern: "GET " + office.Path + "/{campaign}/participants/{student}", Right: campaign.RightView, Handle: desk.Participant},
			{Pattern: "POST " + office.Path + "/{campaign}/participants/{student}/exclusion", Right: campaign.RightEdit, Handle: desk.SetExclusion},
			{Pattern: "POST " + office.Path + "/{campaign}/participants/{student}/points", Right: campaign.RightEdit, Handle: desk.SetPoints},
			{Pattern: "POST " + office.Path + "/{campaign}/participants/{student}/position", Right: campaign.RightEdit, Handle: desk.SetPosition},
			{Pattern: "POST " + office.Path + "/{campaign}/participants/{student}/correction", Right: campaign.RightView, Handle: desk.AskCorrection},
			{Pattern: "POST " + office.Path + "/{campaign}/corrections/{correction}", Right: campaign.RightEdit, Handle: desk.AnswerCorrection},
			{Pattern: "GET " + office.Path + "/{campaign}/lists", Right: campaign.RightReadLists, Handle: desk.Lists},
			{Pattern: "GET " + office.Path + "/{campaign}/lists/demand", Right: campaign.RightReadLists, Handle: desk.Demand},
			{Pattern: "GET " + office.Path + "/{campaign}/lists/{student}", Right: campaign.RightReadLists, Handle: desk.StudentList},
			{Pattern: "GET " + office.Path + "/{campaign}/late", Right: campaign.RightReopen, Handle: desk.Late},
			{Pattern: "POST " + office.Path + "/{campaign}/late", Right: campaign.RightReopen, Handle: desk.AskLate},
			{Pattern: "POST " + office.Path + "/{campaign}/late/{late}", Right: campaign.RightReopen, Handle: desk.DecideLate},
			{Pattern: "GET " + office.Path + "/{campaign}/order", Right: campaign.RightView, Handle: desk.Order},
		},
	}
}
