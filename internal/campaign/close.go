package campaign

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/canonical"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/store"
)

// Close closes a campaign whose deadline has passed: it reveals the seed and the order,
// which is computed and kept before, once. One that was cut short is closed by asking
// again. Everybody who saved a list gets a receipt, by a job.
func (s *Campaigns) Close(ctx context.Context, actor identity.Actor, campaign string) error {
	made, err := s.keepOrder(ctx, actor, campaign)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaign, RightOpen)
		if err != nil {
			return err
		}
		if err := mayClose(ctx, tx, c); err != nil {
			return err
		}
		if err := reveal(ctx, tx, actor, c, made); err != nil {
			return err
		}
		if err := Advance(ctx, tx, actor, c, Closed); err != nil {
			return err
		}
		return receiptsAt(ctx, tx, c, c.PublicID, tx.Now)
	})
}

// mayClose refuses to close a campaign before it is open, again, or before its deadline.
func mayClose(ctx context.Context, tx *store.Tx, c Campaign) error {
	if c.Phase != Open {
		return fault.New(fault.Conflict, "campaign.moved", "campaign", c.Name, "phase", c.Phase.Name())
	}
	end, err := endOf(ctx, tx, c)
	if err != nil {
		return err
	}
	return RequireReady(c, table(end, toClose))
}

// An order is what a sealed draw gives, with its places as they are kept.
type order struct {
	seed, hash string
	places     []queries.CampaignPosition
}

// placesAtOnce is how many places of an order one transaction keeps.
const placesAtOnce = 250

// keepOrder computes the order of a campaign that may be closed, and keeps it some places
// at a time. Until the draw is revealed nobody reads them ([joinPosition]). Places that
// are there already, from an attempt that was cut short or from another node, must be the
// same.
func (s *Campaigns) keepOrder(ctx context.Context, actor identity.Actor, campaign string) (order, error) {
	var c Campaign
	made, err := store.Get(ctx, s.DB, func(tx *store.Tx) (made order, err error) {
		if c, err = ForOffice(ctx, tx, actor, campaign, RightOpen); err != nil {
			return made, err
		}
		if err := mayClose(ctx, tx, c); err != nil {
			return made, err
		}
		return orderOf(ctx, tx, c)
	})
	if err != nil {
		return made, err
	}
	for some := range slices.Chunk(made.places, placesAtOnce) {
		err := s.DB.Write(ctx, func(tx *store.Tx) error { return keepPlaces(ctx, tx, some) })
		if err != nil {
			return made, fmt.Errorf("keep the order: %w", err)
		}
	}
	kept, err := store.Get(ctx, s.DB, func(tx *store.Tx) ([]queries.CampaignPosition, error) {
		return queries.New(tx).Positions(ctx, c.ID)
	})
	if err != nil {
		return made, fmt.Errorf("read the order: %w", err)
	}
	if !slices.Equal(kept, made.places) {
		return made, fmt.Errorf("campaign %s: the order that is kept is not the one that its draw gives", c.PublicID)
	}
	return made, nil
}

func keepPlaces(ctx context.Context, tx *store.Tx, places []queries.CampaignPosition) error {
	rows := make([][]any, len(places))
	for i, p := range places {
		rows[i] = []any{p.ParticipantID, p.CampaignID, p.Hash, p.Automatic, p.Effective}
	}
	return inRows(ctx, tx, rows, nil, "INSERT INTO campaign_position (participant_id, campaign_id, hash, automatic, effective)"+
		" SELECT v.column1, v.column2, v.column3, v.column4, v.column5 FROM (VALUES %s) AS v WHERE TRUE ON CONFLICT (participant_id) DO NOTHING",
		"BIGINT", "BIGINT", "TEXT", "BIGINT", "BIGINT")
}

// orderOf computes the order from what was frozen when the campaign opened.
func orderOf(ctx context.Context, tx *store.Tx, c Campaign) (order, error) {
	q := queries.New(tx)
	sealed, err := q.SealedDraw(ctx, c.ID)
	if err != nil {
		return order{}, fmt.Errorf("read the sealed draw: %w", err)
	}
	rows, err := q.Participants(ctx, c.ID)
	if err != nil {
		return order{}, fmt.Errorf("read participants: %w", err)
	}
	ids := map[string]int64{}
	inputs := []assign.OrderInput{}
	for _, r := range rows {
		if r.EnrolledAt != nil {
			ids[r.Pseudonym] = r.ID
			inputs = append(inputs, frozen(r))
		}
	}
	slices.SortFunc(inputs, func(a, b assign.OrderInput) int { return strings.Compare(a.ID, b.ID) })
	if string(standingJSON(inputs)) != sealed.Standing {
		return order{}, fmt.Errorf("campaign %s: the standing is not the one that was frozen", c.PublicID)
	}
	positions := assign.Order(inputs, sealed.Seed)
	made := order{seed: sealed.Seed, hash: canonical.SHA256(orderJSON(sealed.Commitment, positions))}
	for _, p := range positions {
		made.places = append(made.places, queries.CampaignPosition{
			ParticipantID: ids[p.ID], CampaignID: c.ID, Hash: p.Hash, Automatic: int64(p.Automatic), Effective: int64(p.Effective),
		})
	}
	slices.SortFunc(made.places, func(a, b queries.CampaignPosition) int { return cmp.Compare(a.Effective, b.Effective) })
	return made, nil
}

// reveal makes the seed known, and the order that is kept. The database refuses that it
// be done twice.
func reveal(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, made order) error {
	n, err := queries.New(tx).Reveal(ctx, queries.RevealParams{CampaignID: c.ID, RevealedAt: store.AtOrNil(tx.Now), OrderHash: made.hash})
	if err != nil {
		return fmt.Errorf("reveal the draw: %w", err)
	}
	if n != 1 {
		return fmt.Errorf("campaign %s: the draw was revealed before", c.PublicID)
	}
	return record(ctx, tx, actor, c, "draw.revealed", audit.Entry{
		Args: map[string]any{"seed": made.seed, "order": made.hash, "count": len(made.places)},
	})
}

// joinPosition joins a participant, by expressions for its key and its campaign, with its
// place t in the order, if the draw is revealed.
func joinPosition(participant, campaign string) string {
	return "LEFT JOIN campaign_position t ON t.participant_id = " + participant +
		" AND EXISTS (SELECT 1 FROM campaign_draw d WHERE d.campaign_id = " + campaign + " AND d.revealed_at IS NOT NULL)"
}

// CloseDue closes every campaign whose deadline has passed: a schedule asks for it
// each minute.
func (s *Campaigns) CloseDue(ctx context.Context) error {
	var due []string
	err := s.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := queries.New(tx).OpenCampaigns(ctx)
		for _, r := range rows {
			if !tx.Now.Before(r.ClosesAt.Time) {
				due = append(due, r.PublicID)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read open campaigns: %w", err)
	}
	var failed []error
	for _, campaign := range due {
		err := s.Close(ctx, identity.System(CloseKind), campaign)
		if err != nil && !fault.Has(err, "campaign.moved") { // another node was first
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func frozen(r queries.CampaignParticipant) assign.OrderInput {
	return assign.OrderInput{ID: r.Pseudonym, Score: value(r.Score), Manual: int(r.Manual.Int64)}
}
