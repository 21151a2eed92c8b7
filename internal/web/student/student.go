/*
Package student is what a student sees: the campaigns they take part in, what to
do now and until when, their list of wishes, what proves that it was received, and
why they got what they got.

Somebody reads these pages on a phone, the night before a deadline. Each therefore
opens with the next action, its date and what happens if nothing is done; a list
saves itself and says so; nothing that was acknowledged can be lost by a second
tab, a lost connection or a wrong button.

Every page is about the reader's own campaigns: the functions of package campaign
answer for the actor alone, so an identifier changed in an address finds nothing.
The one public page, [Pages.Check], tells of a receipt whether it is authentic and
nothing else.

What is not here: rules. What may be listed, what a risk is, what a receipt says
stand in packages campaign and result.
*/
package student

import (
	"context"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Where the pages are.
const (
	Path      = "/my/campaigns"
	CheckPath = "/check" // of receipts: the QR codes lead there
)

// Pages are the pages of students.
type Pages struct {
	Campaigns *campaign.Campaigns
	Results   *result.Results
}

func campaignPath(id string) string      { return Path + "/" + id }
func wishesPath(id string) string        { return campaignPath(id) + "/wishes" }
func confirmPath(id string) string       { return wishesPath(id) + "/confirm" }
func historyPath(id string) string       { return wishesPath(id) + "/history" }
func resultPath(id string) string        { return campaignPath(id) + "/result" }
func receiptPath(id, code string) string { return campaignPath(id) + "/receipts/" + code }

// mine returns the campaign of the address as the reader, one of its students,
// sees it. From then on the request speaks in the campaign's time.
func mine(ctx context.Context, tx *store.Tx, r *page.Request) (campaign.MyCampaign, error) {
	m, err := campaign.ForStudent(ctx, tx, r.Actor, r.PathValue("campaign"))
	if err == nil {
		r.In(m.Campaign.Zone)
	}
	return m, err
}

// readMine is [mine] in a transaction of its own.
func readMine(r *page.Request) (m campaign.MyCampaign, err error) {
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		m, err = mine(r.Context(), tx, r)
		return err
	})
	return m, err
}

// crumbs lead from the home page down to a page of a campaign.
func crumbs(r *page.Request, m campaign.MyCampaign, more ...ui.Link) []ui.Link {
	links := []ui.Link{
		{Label: r.T("student.campaigns"), Href: Path},
		{Label: m.Campaign.Name, Href: campaignPath(m.Campaign.PublicID)},
	}
	return append(links, more...)
}
