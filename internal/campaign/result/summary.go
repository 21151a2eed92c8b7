package result

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// A detail is what the page of one run shows beside the figures, as people and posts
// were called when the run was solved.
type detail struct {
	Scoring    *campaign.Scoring `json:"scoring"`
	Posts      []PostLine        `json:"posts"`
	Amendments []detailAmendment `json:"amendments"`
}

type detailAmendment struct {
	AmendmentLine
	PublicID string `json:"publicID"`
	Name     string `json:"name"`
}

// detail returns what is kept of a run for its page.
func (s *loadedRun) detail(summary Summary) detail {
	d := detail{Scoring: s.solution.Scoring(), Posts: summary.Posts, Amendments: []detailAmendment{}}
	for _, a := range s.amendments() {
		d.Amendments = append(d.Amendments, detailAmendment{a, a.Person.PublicID, a.Person.Name})
	}
	return d
}

// complete gives a run what its detail holds.
func (d detail) complete(run *Run) {
	run.Scoring, run.Summary.Posts, run.Amendments = d.Scoring, d.Posts, nil
	for _, a := range d.Amendments {
		a.Person = reference.Ref{PublicID: a.PublicID, Code: a.Person.Code, Name: a.Name}
		run.Amendments = append(run.Amendments, a.AmendmentLine)
	}
}

// summaryRow returns the summary of a run that was solved, to be kept.
func (s *loadedRun) summaryRow() queries.AddSummaryParams {
	summary := s.summary(s.given)
	return queries.AddSummaryParams{RunID: s.row.ID, Figures: toJSON(summary), Detail: toJSON(s.detail(summary))}
}

// summarise gives a run that was solved before summaries were kept its own, computed
// anew. [Results.summarise] sees to it that this is soon over.
func (r *runReader) summarise(ctx context.Context, tx *store.Tx, id int64, run *Run) error {
	row, err := queries.New(tx).Run(ctx, id)
	if err != nil {
		return fmt.Errorf("read run: %w", err)
	}
	s, err := load(ctx, tx, r.campaign, row)
	if err != nil {
		return err
	}
	summary := s.summary(s.given)
	run.Summary = &summary
	s.detail(summary).complete(run)
	return nil
}

// unsummarised reports whether there is a run whose summary or rows are still to be
// written: one that was solved before they were kept.
func unsummarised(ctx context.Context, tx *store.Tx) (bool, error) {
	some, err := queries.New(tx).RunsNotAssigned(ctx, queries.RunsNotAssignedParams{Most: 1})
	return len(some) > 0, err
}

// summarise writes the summaries and the rows of runs that were solved before there
// were any: an installed base has them soon after an upgrade.
func (r *Results) summarise(ctx context.Context, run *job.Run) error {
	run.Nothing()
	return job.Steps{
		Most: 1,
		List: func(ctx context.Context, tx *store.Tx, _ *job.Run, after int64, most int) ([]int64, error) {
			return queries.New(tx).RunsNotAssigned(ctx, queries.RunsNotAssignedParams{After: after, Most: int32(most)})
		},
		Prepare: func(ctx context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			return r.writeEarlier(ctx, keys[0])
		},
	}.Handle(ctx, run)
}

// writeEarlier writes the rows of a run that was solved before there were any, and returns
// what makes them readable.
func (r *Results) writeEarlier(ctx context.Context, id int64) (job.Write, error) {
	b, err := store.Get(ctx, r.DB, func(tx *store.Tx) (*proposalState, error) { return earlierState(ctx, tx, id) })
	if err != nil {
		return nil, err
	}
	summary := b.summaryRow()
	if summary.Assigned, err = r.writeAssignments(ctx, b); err != nil {
		return nil, err
	}
	figures := b.figures()
	return func(ctx context.Context, tx *store.Tx) error {
		if err := queries.New(tx).AddSummary(ctx, summary); err != nil {
			return fmt.Errorf("keep the summary of run %s: %w", b.row.PublicID, err)
		}
		if b.adoption.ID == 0 {
			return nil
		}
		// Nothing is decided before these figures stand, but another run may be adopted.
		if err := b.standing().stillHolds(ctx, tx); err != nil {
			return err
		}
		return putProposal(ctx, tx, figures)
	}, nil
}

// earlierState returns a run as it stands: with what was decided about it, if it is the
// one that was adopted.
func earlierState(ctx context.Context, tx *store.Tx, id int64) (*proposalState, error) {
	q := queries.New(tx)
	row, err := q.Run(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read run: %w", err)
	}
	c, err := campaign.ByID(ctx, tx, row.CampaignID)
	if err != nil {
		return nil, err
	}
	adoption, err := q.LastAdoption(ctx, c.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read the adoption: %w", err)
	}
	if adoption.RunID == id {
		return readProposalState(ctx, tx, c)
	}
	s, err := load(ctx, tx, c, row)
	if err != nil {
		return nil, err
	}
	return undecided(s), nil
}
