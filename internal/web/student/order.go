package student

import (
	"fmt"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// A past is a placement that the reader has done, and what it cost.
type past struct {
	Period, Site string
	Cost         *int64 // hundredths; nil: the ledger has none
}

// pastOf returns what the reader's points may come from: placements written before
// an instant, which count, the earliest first.
func pastOf(r *page.Request, tx *store.Tx, m campaign.MyCampaign, before time.Time) ([]past, error) {
	placements, err := placement.OfStudent(r.Context(), tx, m.Student)
	var done []past
	for _, pl := range placement.Current(placements) {
		if pl.Discounted() || !pl.RecordedAt.Before(before) {
			continue
		}
		one := past{Period: pl.Period.Name, Site: pl.Site.Name}
		if pl.Costs != nil {
			one.Cost = &pl.Costs.Total
		}
		done = append(done, one)
	}
	return done, err
}

// points writes a score: whole ones without decimals.
func points(p text.Printer, hundredths int64) string {
	if hundredths%100 == 0 {
		return p.Number(hundredths / 100)
	}
	return p.Hundredths(hundredths)
}

// pointsWords says the reader's points, and that they are unknown when they are.
func pointsWords(r *page.Request, m campaign.MyCampaign) string {
	if m.Score == nil {
		return r.T("student.points.unknown")
	}
	return r.T("student.points", "points", points(r.Text, *m.Score))
}

// strip is where the reader stands in the order: at a place once the seed is
// revealed, between two before.
func strip(r *page.Request, m campaign.MyCampaign) ui.OrderStrip {
	s := ui.OrderStrip{Title: r.T("student.order.title"), All: m.Of, Low: m.First, High: m.Last}
	if m.Position != nil {
		s.Low, s.High = m.Position.Effective, m.Position.Effective
	}
	return s
}

// orderWhy says where the reader's place comes from, and what may still change it.
func orderWhy(r *page.Request, m campaign.MyCampaign) string {
	switch {
	case m.Manual > 0:
		return r.T("student.order.manual", "position", m.Manual)
	case m.Position != nil:
		return r.T("student.order.drawn")
	case m.First == m.Last:
		return r.T("student.order.alone")
	}
	return r.T("student.order.interval", "first", m.First, "last", m.Last)
}

// commands are what anybody types to check the draw: the seed gives the
// commitment, and with the reader's identifier what they drew. Before the seed is
// revealed its place is held by a word.
func commands(r *page.Request, m campaign.MyCampaign, d campaign.Draw) []string {
	seed := d.Seed
	if d.Sealed() {
		seed = r.T("student.draw.seed.word")
	}
	return []string{
		fmt.Sprintf("printf '%%s' '%s' | sha256sum", seed),
		fmt.Sprintf("printf '%%s' '%s:%s' | sha256sum", seed, m.Pseudonym),
	}
}

// drawTerms are what is known of the draw.
func drawTerms(r *page.Request, v overview) []ui.Term {
	d := v.Draw
	terms := []ui.Term{
		{Name: r.T("student.draw.commitment"), Body: ui.Code(d.Commitment)},
		{Name: r.T("student.draw.standing"), Body: ui.Code(d.StandingHash)},
		{Name: r.T("student.draw.me"), Body: ui.Code(v.Mine.Pseudonym)},
	}
	if d.Sealed() {
		return append(terms, ui.Term{Name: r.T("student.draw.seed"), Value: r.T("student.draw.seed.later", "at", v.Mine.Campaign.ClosesAt)})
	}
	terms = append(terms, ui.Term{Name: r.T("student.draw.seed"), Body: ui.Code(d.Seed)}, ui.Term{Name: r.T("student.draw.order"), Body: ui.Code(d.OrderHash)})
	if v.Mine.Position != nil {
		terms = append(terms, ui.Term{Name: r.T("student.draw.ticket"), Body: ui.Code(v.Mine.Position.Hash)})
	}
	return terms
}

// text8 is the beginning of a hash, by which people tell it from another.
func text8(hash string) string { return hash[:min(8, len(hash))] }
