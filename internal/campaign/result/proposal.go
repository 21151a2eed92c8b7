package result

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

// A Proposal is the adopted run with what the commission has changed in it, in
// figures. Where everybody is: [Proposal.Assignments].
type Proposal struct {
	Campaign      campaign.Campaign
	Run           Run  // as lists show it, like the next one
	Compared      *Run // what the run was weighed against; nil: nothing
	AdoptedAt     time.Time
	AdoptedBy     string
	AdoptedReason string
	Summary       Summary    // as it stands, without people
	Posts         []PostLine // as they stand
	Unseen        int        // without a post, and the commission has not looked yet
	Decided       int        // how many decisions there are
	Decisions     []Decision // the last ones, the first one first

	bare     int // decisions without a reason
	run      int64
	adoption int64
}

// lastDecisions is how many decisions a proposal tells: the log has all.
const lastDecisions = 15

// ProposalFor returns the proposal of a campaign.
func ProposalFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) (Proposal, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, campaign.RightView)
	if err != nil {
		return Proposal{}, err
	}
	p, err := readProposal(ctx, tx, c)
	if err != nil {
		return p, err
	}
	if p.Compared != nil {
		if *p.Compared, err = p.head(ctx, tx, p.Compared.PublicID); err != nil {
			return p, err
		}
	}
	return p, p.readDecisions(ctx, tx)
}

// StandingFor returns the proposal of a campaign with its figures, who adopted it and its
// assignments, but nothing of its runs and decisions.
func StandingFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) (Proposal, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, campaign.RightView)
	if err != nil {
		return Proposal{}, err
	}
	return readFigures(ctx, tx, c)
}

// readProposal reads the proposal of a campaign, without its decisions and without
// more than the name of the run that it was compared with.
func readProposal(ctx context.Context, tx *store.Tx, c campaign.Campaign) (Proposal, error) {
	p, err := readFigures(ctx, tx, c)
	if err != nil {
		return p, err
	}
	decided, err := queries.New(tx).CountDecisions(ctx, p.adoption)
	if err != nil {
		return p, fmt.Errorf("count decisions: %w", err)
	}
	p.Decided, p.bare = int(decided.Decided), int(decided.Bare)
	p.Run, err = p.head(ctx, tx, p.Run.PublicID)
	return p, err
}

// head reads one of the runs of a proposal as lists show it.
func (p Proposal) head(ctx context.Context, tx *store.Tx, publicID string) (Run, error) {
	return (&runReader{campaign: p.Campaign, adopted: p.run}).head(ctx, tx, publicID)
}

// readFigures reads what is kept of the proposal of a campaign, with no more of its runs
// than their public ids.
func readFigures(ctx context.Context, tx *store.Tx, c campaign.Campaign) (Proposal, error) {
	p := Proposal{Campaign: c}
	kept, err := queries.New(tx).Proposal(ctx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return p, noProposal(ctx, tx, c)
	}
	if err != nil {
		return p, fmt.Errorf("read the proposal: %w", err)
	}
	a := kept.CampaignAdoption
	p.AdoptedAt, p.AdoptedBy, p.AdoptedReason, p.run, p.adoption = a.AdoptedAt.Time, a.AdoptedName, a.Reason, a.RunID, a.ID
	p.Unseen = int(kept.Unseen)
	if p.Summary, err = fromJSON[Summary](kept.Figures, "figures"); err != nil {
		return p, err
	}
	if p.Posts, err = fromJSON[[]PostLine](kept.Posts, "posts"); err != nil {
		return p, err
	}
	p.Run.PublicID = kept.Run
	if kept.Compared != "" {
		p.Compared = &Run{PublicID: kept.Compared}
	}
	return p, nil
}

// noProposal says why a campaign has none to be read: nothing was adopted, or what was
// is of before, and not ready yet.
func noProposal(ctx context.Context, tx *store.Tx, c campaign.Campaign) error {
	q := queries.New(tx)
	adoption, err := q.LastAdoption(ctx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.Closed, "result.noproposal", "campaign", c.Name)
	}
	if err != nil {
		return fmt.Errorf("read the adoption: %w", err)
	}
	run, err := q.RunPublicID(ctx, adoption.RunID)
	if err != nil {
		return fmt.Errorf("read the adopted run: %w", err)
	}
	row, err := runHead(ctx, tx, c, run)
	if err != nil {
		return err
	}
	return preparing(label(row.Number, row.Name))
}

// readDecisions reads the last decisions.
func (p *Proposal) readDecisions(ctx context.Context, tx *store.Tx) error {
	if p.Decided == 0 {
		return nil
	}
	rows, err := queries.New(tx).LastDecisions(ctx, queries.LastDecisionsParams{AdoptionID: p.adoption, Most: lastDecisions})
	if err != nil {
		return fmt.Errorf("read decisions: %w", err)
	}
	slices.Reverse(rows)
	participants := make([]int64, len(rows))
	for i, row := range rows {
		participants[i] = row.ParticipantID
	}
	about, err := assignments.All(ctx, tx, store.And(p.Those(), store.In("a.participant_id", participants)))
	if err != nil {
		return err
	}
	if err := p.Name(ctx, tx, about); err != nil {
		return err
	}
	people := make(map[int64]decided, len(about))
	for _, a := range about {
		people[a.participant] = decided{person: a.Person}
	}
	names := postNames(p.Posts)
	p.Decisions = decisionsOf(rows, people, func(post string) string { return names[post] })
	return nil
}
