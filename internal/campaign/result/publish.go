package result

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/store"
)

// Publish makes the result known to everybody, all at once. It asks for the work that
// does it (job [PublishKind]): outcomes and placements are written step by step, and
// come into force together in its last transaction. Asked again, it takes up a
// publication that failed.
func (r *Results) Publish(ctx context.Context, actor identity.Actor, campaignID string) error {
	err := r.DB.Read(ctx, func(tx *store.Tx) error {
		c, err := campaign.ForOffice(ctx, tx, actor, campaignID, RightPublish)
		if err != nil {
			return err
		}
		if err := c.Allows(campaign.Publish); err != nil {
			return err
		}
		checks, err := Readiness(ctx, tx, actor, c)
		if err != nil {
			return err
		}
		return campaign.RequireReady(c, checks)
	})
	if err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaignID, RightPublish, campaign.Publish)
		if err != nil {
			return err
		}
		return askRelease(ctx, tx, actor, c)
	})
}

func askRelease(ctx context.Context, tx *store.Tx, actor identity.Actor, c campaign.Campaign) error {
	q := queries.New(tx)
	request := job.Request{Kind: PublishKind, Key: PublishKind + ":" + c.PublicID, Subject: c.PublicID, By: actor.Author()}
	release, err := q.Release(ctx, c.ID)
	if err == nil {
		return askReleaseAgain(ctx, tx, c, release, request)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the release: %w", err)
	}
	batch, err := placement.OpenBatch(ctx, tx)
	if err != nil {
		return err
	}
	task, err := job.Enqueue(ctx, tx, request)
	if err != nil {
		return err
	}
	err = q.AddRelease(ctx, queries.AddReleaseParams{
		CampaignID: c.ID, Batch: batch, Task: task, AskedAt: store.At(tx.Now), AskedBy: actor.ID, AskedName: actor.Name, AskedOrigin: actor.Origin,
	})
	if err != nil {
		return fmt.Errorf("ask for the publication: %w", err)
	}
	return nil
}

// askReleaseAgain goes on with a publication that failed. Work that is forgotten had
// written nothing: other work begins.
func askReleaseAgain(ctx context.Context, tx *store.Tx, c campaign.Campaign, release queries.CampaignRelease, request job.Request) error {
	work, err := job.Remembered(ctx, tx, release.Task)
	switch {
	case err != nil:
		return err
	case work == nil:
		task, err := job.Enqueue(ctx, tx, request)
		if err != nil {
			return err
		}
		if err := queries.New(tx).SetReleaseTask(ctx, queries.SetReleaseTaskParams{CampaignID: c.ID, Task: task}); err != nil {
			return fmt.Errorf("note the work of the publication: %w", err)
		}
		return nil
	case !work.Ended():
		return fault.New(fault.Conflict, "result.publishing", "campaign", c.Name, "by", release.AskedName, "at", release.AskedAt.Time)
	}
	return job.Retry(ctx, tx, release.Task)
}

// PublicationWork returns the work of a publication that was asked for and is not
// over; nil: none was.
func PublicationWork(ctx context.Context, tx *store.Tx, c campaign.Campaign) (*job.Task, error) {
	if c.Phase != campaign.Confirmed {
		return nil, nil
	}
	release, err := queries.New(tx).Release(ctx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the release: %w", err)
	}
	return job.Remembered(ctx, tx, release.Task)
}

// entry is the line of the ledger about a student.
func (b *proposalState) entry(i int, minutes queries.ConfirmationRow) placement.New {
	place := b.places[i]
	entry := placement.New{
		StudentID: b.students[b.roster[i].Student].ID, SiteID: b.posts[place.Post].Site.ID, SecondaryID: b.posts[place.Secondary].Site.ID,
		PeriodID: b.campaign.Period.ID, Rank: place.Rank,
		Decision: placement.Decision{
			Procedure: b.row.Method, Campaign: b.campaign.PublicID, At: minutes.ConfirmedAt.Time, By: minutes.ConfirmedName,
		},
	}
	if place.Costs != nil {
		entry.Costs = &placement.Costs{Post: place.Costs.Post, Bonus: place.Costs.Bonus, Total: place.Costs.Total}
	}
	if b.source(i) != ByRun {
		entry.Procedure = "commission"
	}
	return entry
}

// A Cutoff is how a post was filled, for everybody to see.
type Cutoff struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Seats    int    `json:"seats"`
	Filled   int    `json:"filled"`   // as published
	Full     bool   `json:"full"`     // the procedure filled it
	Position int    `json:"position"` // of the last person that the procedure served there; 0: it was not full, or nobody was served
}

// Taken reports whether no seat is left, whoever filled it.
func (k Cutoff) Taken() bool { return k.Full || k.Filled >= k.Seats }

// published returns the cut-offs of the procedure: what the commission changed since
// is not a position that anybody was served at.
func (b *proposalState) published() []Cutoff {
	given := filledBy(b.given)
	var list []Cutoff
	for _, p := range b.postLines(b.places) {
		list = append(list, Cutoff{
			Code: p.Code, Name: p.Name, Seats: p.Seats, Filled: p.Filled, Full: p.Seats > 0 && given[p.Code] == p.Seats, Position: p.Cutoff,
		})
	}
	return list
}

// Archive ends the life of a campaign: it can only be read from then on.
func (r *Results) Archive(ctx context.Context, actor identity.Actor, campaignID string) error {
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "campaign:"+campaignID); err != nil {
			return err
		}
		c, err := campaign.ForOffice(ctx, tx, actor, campaignID, RightPublish)
		if err != nil {
			return err
		}
		return campaign.Advance(ctx, tx, actor, c, campaign.Archived)
	})
}
