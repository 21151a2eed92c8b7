package participants

import (
	"context"
	"net/http"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// Order shows in which order students are served, with all that it is made of: who
// doubts a place can reckon it again.
func (o *Pages) Order(w http.ResponseWriter, r *page.Request) error {
	var draw *campaign.Draw
	var people campaign.Participants
	var t ui.Table
	c, err := office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if people, err = campaign.ParticipantsOf(ctx, tx, c); err != nil {
			return err
		}
		if draw, err = campaign.DrawOf(ctx, tx, c); err != nil || r.WantsFile() {
			return err
		}
		t, err = orderList(c, people, draw).ReadIn(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	if r.WantsFile() {
		return orderList(c, people, draw).Send(w, r)
	}
	state := "draft"
	if draw != nil {
		state = "revealed"
		if draw.Sealed() {
			state = "sealed"
		}
	}
	p := ui.Page{Title: r.T("office.order"), Lead: r.T("office.order." + state)}
	return office.Show(w, r, http.StatusOK, c, "order", p, orderBody(r, draw, t))
}

func orderList(c campaign.Campaign, people campaign.Participants, draw *campaign.Draw) table.List[campaign.Enrolment] {
	rows, where := people.Order()
	return table.List[campaign.Enrolment]{
		Name: "office.order", Path: office.PathOf(c, "order"), Icon: "shuffle", Search: "table.search.person",
		Rows: rows, Where: func(*page.Request) store.Condition { return where },
		Find: func(r *page.Request, tx *store.Tx, ask store.Ask) (store.Found, error) {
			return people.FindInOrder(r.Context(), tx, ask)
		},
		Columns: func(r *page.Request) []table.Column[campaign.Enrolment] { return orderColumns(r, c, draw) },
		Complete: func(r *page.Request, tx *store.Tx, some []campaign.Enrolment) error {
			return people.Complete(r.Context(), tx, some, false)
		},
	}
}

func orderColumns(r *page.Request, c campaign.Campaign, draw *campaign.Draw) []table.Column[campaign.Enrolment] {
	revealed := draw != nil && !draw.Sealed()
	number := func(key, title string, fixed, hidden bool, of func(campaign.Enrolment) int) table.Column[campaign.Enrolment] {
		return table.Column[campaign.Enrolment]{
			Column: ui.Column{Key: key, Title: r.T(title), Kind: ui.KindNumber, Fixed: fixed, Hidden: hidden},
			Cell:   func(e campaign.Enrolment) ui.Cell { return office.CountOrNone(r, of(e)) },
		}
	}
	drawn := func(e campaign.Enrolment) campaign.Position {
		if e.Position == nil {
			return campaign.Position{}
		}
		return *e.Position
	}
	return []table.Column[campaign.Enrolment]{
		number("position", "office.position", revealed, !revealed, effective),
		number("first", "office.first", false, draw == nil || revealed, func(e campaign.Enrolment) int { return e.First }),
		number("last", "office.last", false, draw == nil || revealed, func(e campaign.Enrolment) int { return e.Last }),
		nameColumn(r, c),
		{Column: ui.Column{Key: "pseudonym", Title: r.T("office.pseudonym")}, Cell: func(e campaign.Enrolment) ui.Cell { return ui.Word(e.Pseudonym) }},
		{Column: ui.Column{Key: "points", Title: r.T("office.score"), Kind: ui.KindNumber}, Cell: func(e campaign.Enrolment) ui.Cell { return office.Amount(r, e.Score) }},
		{Column: ui.Column{Key: "draw", Title: r.T("office.order.drawn"), Hidden: !revealed}, Cell: func(e campaign.Enrolment) ui.Cell { return office.HashCell(drawn(e).Hash) }},
		number("automatic", "office.order.automatic", false, !revealed, func(e campaign.Enrolment) int { return drawn(e).Automatic }),
		number("manual", "office.manual", false, false, func(e campaign.Enrolment) int { return e.Manual }),
		{Column: ui.Column{Key: "because", Title: r.T("office.reason"), Hidden: true}, Cell: func(e campaign.Enrolment) ui.Cell { return ui.Word(e.ManualReason) }},
	}
}

func drawTerms(r *page.Request, d *campaign.Draw) []ui.Term {
	terms := []ui.Term{
		{Name: r.T("office.draw.commitment"), Body: office.Hash(d.Commitment)},
		{Name: r.T("office.draw.standing"), Body: office.Hash(d.StandingHash)},
		{Name: r.T("office.draw.committed"), Value: r.Text.Exact(d.CommittedAt)},
	}
	if d.Sealed() {
		return append(terms, ui.Term{Name: r.T("office.draw.seed"), Value: r.T("office.draw.sealed")})
	}
	return append(terms,
		ui.Term{Name: r.T("office.draw.seed"), Body: office.Hash(d.Seed)},
		ui.Term{Name: r.T("office.draw.revealed"), Value: r.Text.Exact(d.RevealedAt)},
		ui.Term{Name: r.T("office.draw.order"), Body: office.Hash(d.OrderHash)},
	)
}
