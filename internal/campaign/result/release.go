package result

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// A releaseState is all that a publication is written from. It is read once, outside
// of every transaction that writes: nothing of it changes after the commission has
// confirmed.
type releaseState struct {
	*proposalState
	release queries.CampaignRelease
	minutes queries.ConfirmationRow
	dates   reference.Interval
	entered map[int64]bool // whose score an office entered, by participant
	mailing mailing
	packed  []byte // the bundle
	hash    string // of the bundle

	keys  []int64       // participants, ascending
	index map[int64]int // student of the instance by participant
}

// A releaseCache keeps the last of them that was read: work in steps gives
// way to other work now and then, and goes on with the same.
type releaseCache struct {
	mu   sync.Mutex
	task string
	kept *releaseState
}

// releaseState returns what a task publishes.
func (r *Results) releaseState(ctx context.Context, run *job.Run) (*releaseState, error) {
	r.cache.mu.Lock()
	defer r.cache.mu.Unlock()
	if r.cache.task == run.ID {
		return r.cache.kept, nil
	}
	p, err := store.Get(ctx, r.DB, func(tx *store.Tx) (*releaseState, error) { return readReleaseState(ctx, tx, run.Subject) })
	if err != nil {
		return nil, err
	}
	r.cache.task, r.cache.kept = run.ID, p
	return p, nil
}

// forget lets go of what a task published when it has ended: well, or with a fault that
// people repair before they ask for it again.
func (r *Results) forget(run *job.Run, err error) error {
	if err != nil && fault.KindOf(err) == fault.Internal {
		return err
	}
	r.cache.mu.Lock()
	defer r.cache.mu.Unlock()
	if r.cache.task == run.ID {
		r.cache.task, r.cache.kept = "", nil
	}
	return err
}

func readReleaseState(ctx context.Context, tx *store.Tx, campaignID string) (*releaseState, error) {
	c, err := campaign.Get(ctx, tx, campaignID)
	if err != nil {
		return nil, err
	}
	p := &releaseState{index: map[int64]int{}}
	if p.proposalState, err = readProposalState(ctx, tx, c); err != nil {
		return nil, err
	}
	q := queries.New(tx)
	if p.release, err = q.Release(ctx, c.ID); err != nil {
		return nil, fmt.Errorf("read the release: %w", err)
	}
	if p.minutes, err = q.Confirmation(ctx, c.ID); err != nil {
		return nil, fmt.Errorf("read the minutes: %w", err)
	}
	if err := p.readPeople(ctx, tx); err != nil {
		return nil, err
	}
	if p.packed, err = p.bundle(ctx, tx); err != nil {
		return nil, err
	}
	p.hash = sha(p.packed)
	for _, i := range p.inOrder() {
		p.index[p.roster[i].Participant] = i
		p.keys = append(p.keys, p.roster[i].Participant)
	}
	slices.Sort(p.keys)
	return p, nil
}

// readPeople reads what the outcome of each student needs beside the proposal, and
// beside their own placements.
func (p *releaseState) readPeople(ctx context.Context, tx *store.Tx) error {
	var err error
	if p.mailing, err = readMailing(ctx, tx, p.campaign); err != nil {
		return err
	}
	p.dates = p.mailing.dates
	p.entered, err = campaign.Entered(ctx, tx, p.campaign)
	return err
}

// facts are what one student is told, given all placements in their ledger.
func (p *releaseState) facts(i int, ledger []placement.Placement) Facts {
	e := p.roster[i]
	who := p.students[e.Student]
	f := p.explain(i)
	var cost *int64
	if f.Place.Post != "" {
		f.From, f.To = p.dates.From, p.dates.To
		if f.Place.Costs != nil {
			cost = &f.Place.Costs.Total
		}
	} else {
		f.Left = p.left(i, campaign.NewBackground(*who, ledger))
	}
	f.Next = nextScore(e.Score, p.entered[e.Participant], ledger, cost)
	return f
}

// publish does the work of a publication: what each student is told and their line
// of the ledger in steps, under a batch that nobody reads, then all that makes them
// readable, in one transaction. A student for whom it fails holds it up, and is
// told; nobody else has to be done again.
func (r *Results) publish(ctx context.Context, run *job.Run) error {
	p, err := r.releaseState(ctx, run)
	if err != nil {
		return err
	}
	if err := r.requireVerified(ctx, p); err != nil {
		return r.forget(run, err)
	}
	err = job.Steps{
		Count: func(context.Context, *store.Tx, *job.Run) (int, error) { return len(p.keys), nil },
		List: func(_ context.Context, _ *store.Tx, _ *job.Run, after int64, most int) ([]int64, error) {
			return nextKeys(p.keys, after, most), nil
		},
		Prepare: func(ctx context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			ledger, err := store.Get(ctx, r.DB, func(tx *store.Tx) (map[int64][]placement.Placement, error) { return p.ledger(ctx, tx, keys) })
			if err != nil {
				return nil, err
			}
			return p.prepare(keys, ledger), nil
		},
		Name: func(_ context.Context, _ *store.Tx, _ *job.Run, key int64) (string, error) {
			return p.person(p.index[key]).Student.Name, nil
		},
		Finish: func(ctx context.Context, tx *store.Tx, _ *job.Run) error { return p.finish(ctx, tx) },
	}.Handle(ctx, run)
	return r.forget(run, err)
}

// nextKeys returns the keys after one, at most so many.
func nextKeys(keys []int64, after int64, most int) []int64 {
	from, found := slices.BinarySearch(keys, after)
	if found {
		from++
	}
	return keys[from:min(from+most, len(keys))]
}

// ledger returns the placements of some participants, by student.
func (p *releaseState) ledger(ctx context.Context, tx *store.Tx, keys []int64) (map[int64][]placement.Placement, error) {
	students := make([]int64, len(keys))
	for k, key := range keys {
		students[k] = p.students[p.roster[p.index[key]].Student].ID
	}
	return placement.OfStudents(ctx, tx, store.In("s.id", students))
}

// prepare computes what some participants are told, given their placements, and
// returns what writes it.
func (p *releaseState) prepare(keys []int64, ledger map[int64][]placement.Placement) job.Write {
	outcomes := make([]queries.AddOutcomeParams, len(keys))
	for k, key := range keys {
		i := p.index[key]
		outcomes[k] = queries.AddOutcomeParams{
			ParticipantID: key, CampaignID: p.campaign.ID, Pseudonym: p.roster[i].ID, Post: p.places[i].Post, Facts: toJSON(p.facts(i, ledger[p.students[p.roster[i].Student].ID])),
		}
	}
	return func(ctx context.Context, tx *store.Tx) error {
		q := queries.New(tx)
		for _, outcome := range outcomes {
			if outcome.Post != "" {
				var err error
				entry := p.entry(p.index[outcome.ParticipantID], p.minutes)
				if outcome.Placement, err = placement.PlaceInBatch(ctx, tx, p.asker().Author(), p.release.Batch, entry); err != nil {
					return err
				}
			}
			if err := q.AddOutcome(ctx, outcome); err != nil {
				return fmt.Errorf("write the outcome of %s: %w", outcome.Pseudonym, err)
			}
		}
		return nil
	}
}

// asker is who asked for the publication, as the log names them.
func (p *releaseState) asker() identity.Actor {
	return identity.Actor{ID: p.release.AskedBy, Name: p.release.AskedName, Origin: p.release.AskedOrigin}
}

// finish makes everything readable: the placements, the bundle, the cut-offs, the
// phase. The mails follow in work of their own.
func (p *releaseState) finish(ctx context.Context, tx *store.Tx) error {
	if err := tx.Lock(ctx, "campaign:"+p.campaign.PublicID); err != nil {
		return err
	}
	c, err := campaign.Get(ctx, tx, p.campaign.PublicID)
	if err != nil {
		return err
	}
	if err := c.Allows(campaign.Publish); err != nil {
		return err
	}
	if err := placement.Release(ctx, tx, p.release.Batch); err != nil {
		return err
	}
	cutoffs, positions := p.published(), map[string]int{}
	for _, cutoff := range cutoffs {
		positions[cutoff.Code] = cutoff.Position
	}
	if err := campaign.SetCutoffs(ctx, tx, c, positions); err != nil {
		return err
	}
	actor := p.asker()
	err = queries.New(tx).AddPublication(ctx, queries.AddPublicationParams{
		CampaignID: c.ID, RunID: p.row.ID, Bundle: p.packed, BundleHash: p.hash, Cutoffs: toJSON(cutoffs),
		PublishedAt: store.At(tx.Now), PublishedBy: actor.ID, PublishedName: actor.Author(),
	})
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	err = record(ctx, tx, actor, c, "result.published", audit.Entry{
		Args: map[string]any{"count": len(p.keys), "mails": p.mailing.count(), "hash": p.hash, "run": label(p.row.Number, p.row.Name)},
	})
	if err != nil {
		return err
	}
	_, err = job.Enqueue(ctx, tx, job.Request{Kind: MailKind, Key: MailKind + ":" + c.PublicID, Subject: c.PublicID, By: actor.Author()})
	if err != nil {
		return err
	}
	return campaign.Advance(ctx, tx, actor, c, campaign.Published)
}

// send does the work of the mails of a publication, in steps.
func (r *Results) send(ctx context.Context, run *job.Run) error {
	var m mailing
	var keys []int64
	var published store.Time
	err := r.DB.Read(ctx, func(tx *store.Tx) error {
		c, err := campaign.Get(ctx, tx, run.Subject)
		if err != nil {
			return err
		}
		if m, err = readMailing(ctx, tx, c); err != nil {
			return err
		}
		if keys, err = m.keys(ctx, tx); err != nil {
			return err
		}
		if published, err = queries.New(tx).IsPublished(ctx, c.ID); err != nil {
			return fmt.Errorf("read when %s was published: %w", c.PublicID, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	leave := published.Add(m.delay())
	return job.Steps{
		Count: func(context.Context, *store.Tx, *job.Run) (int, error) { return len(keys), nil },
		List: func(_ context.Context, _ *store.Tx, _ *job.Run, after int64, most int) ([]int64, error) {
			return nextKeys(keys, after, most), nil
		},
		Prepare: func(ctx context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			letters, err := r.letters(ctx, m, keys, leave)
			if err != nil {
				return nil, err
			}
			return func(ctx context.Context, tx *store.Tx) error {
				_, err := notice.QueueAll(ctx, tx, letters)
				return err
			}, nil
		},
		Name: func(ctx context.Context, tx *store.Tx, _ *job.Run, key int64) (string, error) {
			return m.nameOf(ctx, tx, key)
		},
	}.Handle(ctx, run)
}
