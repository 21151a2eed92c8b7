package student

import (
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// An Await is what awaits a student in one campaign.
type Await struct {
	Campaign ui.Link
	Next     ui.Next
}

// Awaits returns what awaits the reader, one entry a campaign, the latest first;
// nothing for who is no student. Archived campaigns await nobody.
func Awaits(r *page.Request) (awaits []Await, err error) {
	mine, err := readAll(r)
	for _, m := range mine {
		if m.Campaign.Phase != campaign.Archived {
			awaits = append(awaits, Await{
				Campaign: ui.Link{Label: m.Campaign.Name, Href: CampaignPath(m.Campaign.PublicID)},
				Next:     Next(r, m),
			})
		}
	}
	return awaits, err
}

func readAll(r *page.Request) (mine []campaign.MyCampaign, err error) {
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		mine, err = campaign.Mine(r.Context(), tx, r.Actor)
		return err
	})
	return mine, err
}

// Next says what a student has to do now in a campaign, until when, and what
// happens if nothing is done.
func Next(r *page.Request, m campaign.MyCampaign) ui.Next {
	p := m.Campaign.Printer(r.Text.Lang)
	switch {
	case m.Writable:
		return nextWishes(r, m)
	case m.Campaign.Phase.Reached(campaign.Published):
		return ui.Next{
			What: p.T("student.next.published"), Tone: ui.Good,
			Action: ui.Action{Label: p.T("student.result.why"), Icon: "arrow-right", Href: resultPath(m.Campaign.PublicID), Kind: ui.Primary},
		}
	}
	n := ui.Next{
		What: p.T("student.next.waiting"), Tone: ui.Neutral,
		Deadline: &ui.Deadline{What: p.T("student.deadline.result"), At: m.Campaign.PublishesAt, Now: r.Now(), Over: p.T("student.deadline.soon")},
		Action:   ui.Action{Label: p.T("student.wishes.see"), Icon: "list", Href: WishesPath(m.Campaign.PublicID)},
	}
	switch {
	case r.Now().Before(m.Campaign.OpensAt):
		n.What = p.T("student.next.early")
		n.Deadline = &ui.Deadline{What: p.T("student.deadline.opens"), At: m.Campaign.OpensAt, Now: r.Now(), Over: p.T("student.deadline.soon")}
	case len(m.Current.Wishes) == 0:
		n.What, n.Tone, n.Else = p.T("student.next.nolist"), ui.Warn, p.T("student.next.nolist.else", "contact", m.Campaign.Contact.String())
	default:
		n.Else = p.T("student.next.counts", "version", m.Current.Number)
	}
	return n
}

// nextWishes is the next action while the list is open.
func nextWishes(r *page.Request, m campaign.MyCampaign) ui.Next {
	p, id := m.Campaign.Printer(r.Text.Lang), m.Campaign.PublicID
	n := ui.Next{Tone: ui.Info, Deadline: closing(r, m)}
	switch {
	case len(m.Current.Wishes) == 0:
		n.What, n.Else, n.Tone = p.T("student.next.rank"), p.T("student.next.rank.else"), ui.Warn
		n.Action = ui.Action{Label: p.T("student.wishes.make"), Icon: "arrow-right", Href: WishesPath(id), Kind: ui.Primary}
	case !m.Confirmed:
		n.What = p.T("student.next.confirm", "count", len(m.Current.Wishes))
		n.Else = p.T("student.next.confirm.else", "version", m.Current.Number)
		n.Action = ui.Action{Label: p.T("student.confirm"), Icon: "check-lg", Href: ConfirmPath(id), Kind: ui.Primary}
		n.Other = ui.Action{Label: p.T("student.wishes.change"), Icon: "list-ol", Href: WishesPath(id), Kind: ui.Quiet}
	default:
		n.What, n.Tone = p.T("student.next.confirmed", "version", m.Current.Number), ui.Good
		n.Else = p.T("student.next.confirmed.else")
		n.Action = ui.Action{Label: p.T("student.wishes.see"), Icon: "list", Href: WishesPath(id)}
		n.Other = ui.Action{Label: p.T("student.receipt.last"), Icon: "file-earmark-pdf", Href: ReceiptPath(id, m.Receipt), Kind: ui.Quiet}
	}
	return n
}

// closing is when a student's list closes.
func closing(r *page.Request, m campaign.MyCampaign) *ui.Deadline {
	what := "student.deadline.wishes"
	if m.Late {
		what = "student.deadline.late"
	}
	return &ui.Deadline{What: r.T(what), At: m.Until, Now: r.Now(), Over: r.T("student.deadline.over")}
}
