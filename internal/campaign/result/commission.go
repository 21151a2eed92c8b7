package result

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

// An AdoptForm says why a run is adopted.
type AdoptForm struct {
	Compared string // public id of the run it was weighed against; empty: none
	Reason   string // required when it takes the place of another one
}

// Adopt submits a run to the commission. Before the commission confirms, another
// one may be adopted in its place: the decisions about the first are then out of
// force, and stay readable.
func (r *Results) Adopt(ctx context.Context, actor identity.Actor, campaignID, run string, f AdoptForm) error {
	figures, err := store.Get(ctx, r.DB, func(tx *store.Tx) (queries.PutProposalParams, error) {
		return prepareAdoption(ctx, tx, actor, campaignID, run)
	})
	if err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaignID, RightRun, campaign.RunEngine)
		if err != nil {
			return err
		}
		row, err := runHead(ctx, tx, c, run)
		if err != nil {
			return err
		}
		if err := mayAdopt(c, row); err != nil {
			return err
		}
		adoption := queries.AddAdoptionParams{
			CampaignID: c.ID, RunID: row.ID, Reason: strings.TrimSpace(f.Reason), AdoptedAt: store.At(tx.Now), AdoptedBy: actor.ID, AdoptedName: actor.Author(),
		}
		if f.Compared != "" && f.Compared != run {
			compared, err := runHead(ctx, tx, c, f.Compared)
			if err != nil {
				return err
			}
			adoption.ComparedID = sql.NullInt64{Int64: compared.ID, Valid: true}
		}
		return adopt(ctx, tx, actor, c, row, adoption, figures)
	})
}

func adopt(ctx context.Context, tx *store.Tx, actor identity.Actor, c campaign.Campaign, row queries.RunHeadRow, adoption queries.AddAdoptionParams, figures queries.PutProposalParams) error {
	q := queries.New(tx)
	before, err := q.LastAdoption(ctx, c.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the adoption: %w", err)
	}
	if before.RunID == row.ID {
		return fault.New(fault.Conflict, "result.adopted", "run", label(row.Number, row.Name), "by", before.AdoptedName, "at", before.AdoptedAt.Time)
	}
	if before.ID != 0 && adoption.Reason == "" {
		var form fault.Form
		form.Wrong("reason", "form.reason")
		return form.Err()
	}
	again, err := q.WasAdopted(ctx, queries.WasAdoptedParams{CampaignID: c.ID, RunID: row.ID})
	if err != nil {
		return fmt.Errorf("read the adoptions: %w", err)
	}
	if again { // what was decided about it then is out of force
		if err := q.ResetAssignments(ctx, row.ID); err != nil {
			return fmt.Errorf("reset the assignments of run %s: %w", row.PublicID, err)
		}
	}
	if figures.AdoptionID, err = q.AddAdoption(ctx, adoption); err != nil {
		return fmt.Errorf("adopt run %s: %w", row.PublicID, err)
	}
	if err := putProposal(ctx, tx, figures); err != nil {
		return err
	}
	err = record(ctx, tx, actor, c, "run.adopted", audit.Entry{
		Args: map[string]any{"run": label(row.Number, row.Name), "hash": row.InstanceHash}, Kind: "run", Object: row.PublicID, Reason: adoption.Reason,
	})
	if err != nil || c.Phase == campaign.Proposed {
		return err
	}
	return campaign.Advance(ctx, tx, actor, c, campaign.Proposed)
}

// mayAdopt refuses a run that is not solved, or that the campaign has left behind.
func mayAdopt(c campaign.Campaign, row queries.RunHeadRow) error {
	switch {
	case !row.Engine.Valid:
		return fault.New(fault.Conflict, "result.run.unsolved", "run", label(row.Number, row.Name))
	case row.Inputs >= 0 && row.Inputs != c.Inputs:
		return fault.New(fault.Conflict, "result.run.outdated", "run", label(row.Number, row.Name))
	}
	return nil
}

// prepareAdoption refuses a run that would be made of something else now. It compares
// all of it, outside the transaction that adopts: what the campaign does not count (a
// level, a placement that was said not to count) outdates a run too. It returns the
// figures of the proposal that the run becomes.
func prepareAdoption(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID, run string) (figures queries.PutProposalParams, err error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, RightRun)
	if err != nil {
		return figures, err
	}
	if err := c.Allows(campaign.RunEngine); err != nil {
		return figures, err
	}
	head, err := runHead(ctx, tx, c, run)
	if err == nil {
		err = mayAdopt(c, head)
	}
	if err != nil {
		return figures, err
	}
	row, err := queries.New(tx).Run(ctx, head.ID)
	if err != nil {
		return figures, fmt.Errorf("read run %s: %w", run, err)
	}
	g, err := readInputs(ctx, tx, c)
	if err != nil {
		return figures, err
	}
	outdated, err := g.outdates(ctx, tx, row)
	if err == nil && outdated {
		return figures, fault.New(fault.Conflict, "result.run.outdated", "run", label(row.Number, row.Name))
	}
	if err != nil {
		return figures, err
	}
	return firstFigures(ctx, tx, c, head)
}

// firstFigures are those of a proposal about which nothing was decided.
func firstFigures(ctx context.Context, tx *store.Tx, c campaign.Campaign, row queries.RunHeadRow) (figures queries.PutProposalParams, err error) {
	if row.Assigned.Int64 == 0 {
		return figures, preparing(label(row.Number, row.Name))
	}
	solved, err := (&runReader{campaign: c}).whole(ctx, tx, row.PublicID)
	if err != nil {
		return figures, err
	}
	return queries.PutProposalParams{
		CampaignID: c.ID, Figures: row.Figures.String, Posts: toJSON(solved.Summary.Posts), Unseen: int64(solved.Summary.Without()),
	}, nil
}

// ConfirmProposal says that the commission has decided. Its minutes are kept as they
// stand.
func (r *Results) ConfirmProposal(ctx context.Context, actor identity.Actor, campaignID string) error {
	return r.changeProposal(ctx, actor, campaignID, func(ctx context.Context, tx *store.Tx, b *proposalState) (change, error) {
		p, err := readProposal(ctx, tx, b.campaign)
		if err != nil {
			return nil, err
		}
		if err := campaign.RequireReady(b.campaign, p.confirmationChecks()); err != nil {
			return nil, err
		}
		minutes, err := b.minutes(ctx, tx)
		if err != nil {
			return nil, err
		}
		minutes.ConfirmedAt, minutes.ConfirmedBy = tx.Now, actor.Author()
		content := toJSON(minutes)
		kept := queries.AddMinutesParams{
			CampaignID: b.campaign.ID, Content: content, Hash: sha([]byte(content)), ConfirmedAt: store.At(tx.Now),
			ConfirmedBy: actor.ID, ConfirmedName: actor.Author(),
		}
		return func(ctx context.Context, tx *store.Tx, c campaign.Campaign) error {
			err := queries.New(tx).AddMinutes(ctx, kept)
			if err != nil {
				return fmt.Errorf("keep the minutes: %w", err)
			}
			if err := askVerification(ctx, tx, actor, c); err != nil {
				return err
			}
			return campaign.Advance(ctx, tx, actor, c, campaign.Confirmed)
		}, nil
	})
}
