package result

import (
	"context"
	"fmt"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// A detail is what the page of one run shows beside the figures, as people and posts
// were called when the run was solved.
type detail struct {
	Scoring    *format.Parameters `json:"scoring"`
	Unplaced   []detailPerson     `json:"unplaced"`
	Posts      []PostLine         `json:"posts"`
	Amendments []detailAmendment  `json:"amendments"`
}

// A detailPerson is a person with what a [reference.Ref] does not write.
type detailPerson struct {
	PublicID  string `json:"publicID"`
	Code      string `json:"code"`
	Name      string `json:"name"`
	Pseudonym string `json:"pseudonym"`
	Position  int    `json:"position"`
}

type detailAmendment struct {
	AmendmentLine
	PublicID string `json:"publicID"`
	Name     string `json:"name"`
}

// detail returns what is kept of a run for its page.
func (s *loadedRun) detail(summary Summary) detail {
	d := detail{Scoring: s.in.Rules(), Unplaced: []detailPerson{}, Posts: summary.Posts, Amendments: []detailAmendment{}}
	for _, p := range summary.Unplaced {
		d.Unplaced = append(d.Unplaced, detailPerson{p.Student.PublicID, p.Student.Code, p.Student.Name, p.Pseudonym, p.Position})
	}
	for _, a := range s.amendments() {
		d.Amendments = append(d.Amendments, detailAmendment{a, a.Person.PublicID, a.Person.Name})
	}
	return d
}

// complete gives a run what its detail holds.
func (d detail) complete(run *Run) {
	run.Scoring, run.Summary.Posts, run.Summary.Unplaced, run.Amendments = d.Scoring, d.Posts, nil, nil
	for _, p := range d.Unplaced {
		run.Summary.Unplaced = append(run.Summary.Unplaced, Person{
			Student: reference.Ref{PublicID: p.PublicID, Code: p.Code, Name: p.Name}, Pseudonym: p.Pseudonym, Position: p.Position,
		})
	}
	for _, a := range d.Amendments {
		a.Person = reference.Ref{PublicID: a.PublicID, Code: a.Person.Code, Name: a.Name}
		run.Amendments = append(run.Amendments, a.AmendmentLine)
	}
}

// summarise returns the summary of a run that was solved, to be kept.
func summarise(ctx context.Context, tx *store.Tx, row queries.CampaignRun, output queries.CampaignRunResult) (queries.AddSummaryParams, error) {
	kept := queries.AddSummaryParams{RunID: row.ID}
	c, err := campaign.ByID(ctx, tx, row.CampaignID)
	if err != nil {
		return kept, err
	}
	s, err := loadOutput(ctx, tx, c, row, output)
	if err != nil {
		return kept, err
	}
	summary := s.summary(s.given)
	kept.Figures, kept.Detail = toJSON(summary), toJSON(s.detail(summary))
	return kept, nil
}

// summarise gives a run that was solved before summaries were kept its own, computed
// anew. [Results.keepSummaries] sees to it that this is soon over.
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

// keepSummaries keeps the summaries of runs that were solved before there were any.
// A schedule asks for it: an installed base has them soon after an upgrade.
func (r *Results) keepSummaries(ctx context.Context, run *job.Run) error {
	run.Nothing()
	return job.Steps{
		Most: 1,
		List: func(ctx context.Context, tx *store.Tx, _ *job.Run, after int64, most int) ([]int64, error) {
			return queries.New(tx).RunsWithoutSummary(ctx, queries.RunsWithoutSummaryParams{After: after, Most: int32(most)})
		},
		Prepare: func(ctx context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			kept, err := store.Get(ctx, r.DB, func(tx *store.Tx) (queries.AddSummaryParams, error) { return lateSummary(ctx, tx, keys[0]) })
			return func(ctx context.Context, tx *store.Tx) error { return queries.New(tx).AddSummary(ctx, kept) }, err
		},
	}.Handle(ctx, run)
}

func lateSummary(ctx context.Context, tx *store.Tx, id int64) (queries.AddSummaryParams, error) {
	q := queries.New(tx)
	row, err := q.Run(ctx, id)
	if err != nil {
		return queries.AddSummaryParams{}, fmt.Errorf("read run: %w", err)
	}
	output, err := q.Result(ctx, id)
	if err != nil {
		return queries.AddSummaryParams{}, fmt.Errorf("read the result of run %s: %w", row.PublicID, err)
	}
	return summarise(ctx, tx, row, output)
}
