package office

import (
	"context"
	"net/http"
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Order shows in which order students are served, with all that it is made of: who
// doubts a place can reckon it again.
func (o *Pages) Order(w http.ResponseWriter, r *page.Request) error {
	var roll []campaign.Enrolment
	var draw *campaign.Draw
	c, err := read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if roll, err = campaign.Roll(ctx, tx, c); err != nil {
			return err
		}
		draw, err = campaign.DrawOf(ctx, tx, c)
		return err
	})
	if err != nil {
		return err
	}
	t := orderTable(r, c, roll, draw)
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	state := "draft"
	if draw != nil {
		state = "revealed"
		if draw.Sealed() {
			state = "sealed"
		}
	}
	p := ui.Page{Title: r.T("office.order"), Lead: r.T("office.order." + state)}
	return show(w, r, http.StatusOK, c, "order", p, orderBody(r, draw, t))
}

func orderTable(r *page.Request, c campaign.Campaign, roll []campaign.Enrolment, draw *campaign.Draw) ui.Table {
	path, revealed := pathOf(c, "order"), draw != nil && !draw.Sealed()
	t := ui.Table{
		Caption: r.T("office.order"), Path: path, Export: path,
		Columns: []ui.Column{
			{Key: "position", Title: r.T("office.position"), Kind: ui.KindNumber, Filter: true, Fixed: revealed, Hidden: !revealed},
			{Key: "first", Title: r.T("office.first"), Kind: ui.KindNumber, Filter: true, Hidden: draw == nil || revealed},
			{Key: "last", Title: r.T("office.last"), Kind: ui.KindNumber, Filter: true, Hidden: draw == nil || revealed},
			{Key: "name", Title: r.T("office.person"), Filter: true, Fixed: true},
			{Key: "pseudonym", Title: r.T("office.pseudonym"), Filter: true},
			{Key: "score", Title: r.T("office.score"), Kind: ui.KindNumber, Filter: true},
			{Key: "draw", Title: r.T("office.order.drawn"), Filter: true, Hidden: !revealed},
			{Key: "automatic", Title: r.T("office.order.automatic"), Kind: ui.KindNumber, Filter: true, Hidden: !revealed},
			{Key: "manual", Title: r.T("office.manual"), Kind: ui.KindNumber, Filter: true},
			{Key: "because", Title: r.T("office.reason"), Filter: true, Hidden: true},
		},
		Empty: ui.Empty{Icon: "shuffle", What: r.T("office.participants.none"), Why: r.T("office.participants.none.why")},
	}
	in := slices.DeleteFunc(slices.Clone(roll), func(e campaign.Enrolment) bool { return !e.In && e.Position == nil })
	slices.SortStableFunc(in, inOrder)
	for _, e := range in {
		automatic, hash := ui.Cell{None: true}, ""
		if e.Position != nil {
			automatic, hash = ui.Count(r.Text, e.Position.Automatic), e.Position.Hash
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			positionCell(r, e), countOrNone(r, e.First), countOrNone(r, e.Last),
			{Text: e.Student.Person.SortedName(), Href: participantPath(c, e.Student), Sort: e.Student.Person.SortKey},
			ui.Word(e.Pseudonym), amount(r, e.Score), hashCell(hash), automatic,
			countOrNone(r, e.Manual), ui.Word(e.ManualReason),
		}})
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}

// inOrder sorts by position, and by interval as long as there is none.
func inOrder(a, b campaign.Enrolment) int {
	if a.Position != nil && b.Position != nil {
		return a.Position.Effective - b.Position.Effective
	}
	return a.First - b.First
}

// shortHash is enough of a hash to compare it by eye.
func shortHash(hash string) string {
	if len(hash) <= 16 {
		return hash
	}
	return hash[:16] + "…"
}

// hashCell shows the start of a hash; a file and a filter have the whole of it.
func hashCell(full string) ui.Cell {
	if full == "" {
		return ui.Cell{None: true}
	}
	return ui.Cell{Text: full, Body: hash(shortHash(full))}
}

func drawTerms(r *page.Request, d *campaign.Draw) []ui.Term {
	terms := []ui.Term{
		{Name: r.T("office.draw.commitment"), Body: hash(d.Commitment)},
		{Name: r.T("office.draw.standing"), Body: hash(d.StandingHash)},
		{Name: r.T("office.draw.committed"), Value: r.Text.Exact(d.CommittedAt)},
	}
	if d.Sealed() {
		return append(terms, ui.Term{Name: r.T("office.draw.seed"), Value: r.T("office.draw.sealed")})
	}
	return append(terms,
		ui.Term{Name: r.T("office.draw.seed"), Body: hash(d.Seed)},
		ui.Term{Name: r.T("office.draw.revealed"), Value: r.Text.Exact(d.RevealedAt)},
		ui.Term{Name: r.T("office.draw.order"), Body: hash(d.OrderHash)},
	)
}
