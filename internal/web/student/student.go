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
The one public page, which checks a receipt, tells whether it is authentic and
nothing else.

The list of wishes, with its versions and receipts, is the sub-room wishes.

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

// Path is where the pages are.
const Path = "/my/campaigns"

// Pages are the pages of campaigns and their results.
type Pages struct {
	Results *result.Results
}

// CampaignPath is the address of a campaign, by its public identifier.
func CampaignPath(id string) string { return Path + "/" + id }

// WishesPath is the address of the reader's list in a campaign.
func WishesPath(id string) string { return CampaignPath(id) + "/wishes" }

// ConfirmPath is the address where that list is confirmed.
func ConfirmPath(id string) string { return WishesPath(id) + "/confirm" }

// ReceiptPath is the address of a receipt of the reader's in a campaign.
func ReceiptPath(id, code string) string { return CampaignPath(id) + "/receipts/" + code }

func resultPath(id string) string { return CampaignPath(id) + "/result" }

// Mine returns the campaign of the address as the reader, one of its students,
// sees it. From then on the request speaks in the campaign's time.
func Mine(ctx context.Context, tx *store.Tx, r *page.Request) (campaign.MyCampaign, error) {
	m, err := campaign.ForStudent(ctx, tx, r.Actor, r.PathValue("campaign"))
	if err == nil {
		r.In(m.Campaign.Zone)
	}
	return m, err
}

// ReadMine is [Mine] in a transaction of its own.
func ReadMine(r *page.Request) (m campaign.MyCampaign, err error) {
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		m, err = Mine(r.Context(), tx, r)
		return err
	})
	return m, err
}

// Crumbs lead from the home page down to a page of a campaign.
func Crumbs(r *page.Request, m campaign.MyCampaign, more ...ui.Link) []ui.Link {
	links := []ui.Link{
		{Label: r.T("student.campaigns"), Href: Path},
		{Label: m.Campaign.Name, Href: CampaignPath(m.Campaign.PublicID)},
	}
	return append(links, more...)
}
