package result

import (
	"context"
	"fmt"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/store"
)

// Publish makes the result known to everybody, all at once: outcomes, the ledger,
// cut-offs, the next scores, the bundle, the mails.
func (r *Results) Publish(ctx context.Context, actor identity.Actor, campaignID string) error {
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaignID, identity.CampaignPublish, campaign.Publish)
		if err != nil {
			return err
		}
		checks, err := Readiness(ctx, tx, actor, c)
		if err != nil {
			return err
		}
		if err := campaign.Go(c, checks); err != nil {
			return err
		}
		b, err := readProposalState(ctx, tx, c)
		if err != nil {
			return err
		}
		hash, err := b.publish(ctx, tx, actor)
		if err != nil {
			return err
		}
		sent, err := r.send(ctx, tx, b)
		if err != nil {
			return err
		}
		err = record(ctx, tx, actor, c, "result.published", audit.Entry{
			Args: map[string]any{"count": len(b.inOrder()), "mails": sent, "hash": hash, "run": label(b.row.Number, b.row.Name)},
		})
		if err != nil {
			return err
		}
		return campaign.Advance(ctx, tx, actor, c, campaign.Published)
	})
}

// publish writes the bundle, the cut-offs, and what each student is told.
func (b *proposalState) publish(ctx context.Context, tx *store.Tx, actor identity.Actor) (hash string, err error) {
	files, err := b.files(ctx, tx)
	if err != nil {
		return "", err
	}
	packed, err := zipped(files)
	if err != nil {
		return "", err
	}
	cutoffs := b.published()
	for _, cutoff := range cutoffs {
		if err := campaign.SetCutoff(ctx, tx, b.campaign, cutoff.Code, cutoff.Position); err != nil {
			return "", err
		}
	}
	hash = sha(packed)
	err = queries.New(tx).AddPublication(ctx, queries.AddPublicationParams{
		CampaignID: b.campaign.ID, RunID: b.row.ID, Bundle: packed, BundleHash: hash, Cutoffs: toJSON(cutoffs),
		PublishedAt: store.At(tx.Now), PublishedBy: actor.ID, PublishedName: actor.Author(),
	})
	if err != nil {
		return "", fmt.Errorf("publish: %w", err)
	}
	return hash, b.tell(ctx, tx, actor)
}

// tell writes the ledger and what each student reads.
func (b *proposalState) tell(ctx context.Context, tx *store.Tx, actor identity.Actor) error {
	g, err := readInputs(ctx, tx, b.campaign)
	if err != nil {
		return err
	}
	told, err := b.facts(ctx, tx, g)
	if err != nil {
		return err
	}
	minutes, err := queries.New(tx).Minutes(ctx, b.campaign.ID)
	if err != nil {
		return fmt.Errorf("read the minutes: %w", err)
	}
	for _, i := range b.inOrder() {
		e := b.roster[i]
		outcome := queries.AddOutcomeParams{
			ParticipantID: e.Participant, CampaignID: b.campaign.ID, Pseudonym: e.ID, Post: b.places[i].Post, Facts: toJSON(told[i]),
		}
		if outcome.Post != "" {
			outcome.Placement, err = placement.Place(ctx, tx, actor.Author(), b.entry(i, minutes))
			if err != nil {
				return err
			}
		}
		if err := queries.New(tx).AddOutcome(ctx, outcome); err != nil {
			return fmt.Errorf("tell %s: %w", e.ID, err)
		}
	}
	return nil
}

// entry is the line of the ledger about a student.
func (b *proposalState) entry(i int, minutes queries.CampaignMinute) placement.New {
	place := b.places[i]
	entry := placement.New{
		StudentID: b.students[b.roster[i].Student].ID, SiteID: b.posts[place.Post].Site.ID, SecondaryID: b.posts[place.Secondary].Site.ID,
		PeriodID: b.campaign.Period.ID, Rank: place.Rank,
		Costs: &placement.Costs{Post: place.Costs.Post, Bonus: place.Costs.Bonus, Total: place.Costs.Total},
		Decision: placement.Decision{
			Procedure: b.row.Method, Campaign: b.campaign.PublicID, At: minutes.ConfirmedAt.Time, By: minutes.ConfirmedName,
		},
	}
	if b.source(i) != ByRun {
		entry.Procedure = "commission"
	}
	return entry
}

// facts are what each student of the instance is told.
func (b *proposalState) facts(ctx context.Context, tx *store.Tx, g runInputs) ([]Facts, error) {
	dates, err := b.dates(ctx, tx)
	if err != nil {
		return nil, err
	}
	entered, err := b.entered(ctx, tx)
	if err != nil {
		return nil, err
	}
	all, err := placement.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	ledger, background, reasons := placement.ByStudent(all), g.backgrounds(), b.reasons()
	told := make([]Facts, len(b.roster))
	for _, i := range b.inOrder() {
		e := b.roster[i]
		f := b.explain(i, reasons[e.ID])
		var cost *int64
		if f.Place.Post != "" {
			f.From, f.To, cost = dates.From, dates.To, &f.Place.Costs.Total
		} else {
			f.Left = b.left(i, background[e.ID])
		}
		f.Next = nextScore(e.Score, entered[e.Participant], ledger[b.students[e.Student].ID], cost)
		told[i] = f
	}
	return told, nil
}

// entered says whose score an office entered, by participant.
func (b *proposalState) entered(ctx context.Context, tx *store.Tx) (map[int64]bool, error) {
	roll, err := campaign.Roll(ctx, tx, b.campaign)
	entered := make(map[int64]bool, len(roll))
	for _, e := range roll {
		entered[e.ID] = e.Points != nil
	}
	return entered, err
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

// send queues the mails, and returns how many.
func (r *Results) send(ctx context.Context, tx *store.Tx, b *proposalState) (int, error) {
	m, err := b.mails(ctx, tx)
	if err != nil {
		return 0, err
	}
	leave, all := tx.Now.Add(m.delay()), m.all()
	for _, message := range all {
		message.Link, message.NotBefore = r.link(message.Kind, b.campaign), leave
		if _, err := notice.Queue(ctx, tx, message); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

// Archive ends the life of a campaign: it can only be read from then on.
func (r *Results) Archive(ctx context.Context, actor identity.Actor, campaignID string) error {
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "campaign:"+campaignID); err != nil {
			return err
		}
		c, err := campaign.ForOffice(ctx, tx, actor, campaignID, identity.CampaignPublish)
		if err != nil {
			return err
		}
		return campaign.Advance(ctx, tx, actor, c, campaign.Archived)
	})
}
