package result

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/store"
)

// A Run is one run of the engine, with its result once there is one.
type Run struct {
	PublicID     string
	Number       int // within the campaign, from 1
	Name         string
	Method       string
	CostRule     string
	Scoring      *campaign.Scoring // nil in a list of runs
	Amendments   []AmendmentLine   // in a list of runs, without names
	DespiteLate  int               // lists that were open by a late case
	AskedAt      time.Time
	AskedBy      string
	InstanceHash string
	Task         job.Task // how far the work is, and why it failed

	Done               bool
	Engine             string
	ResultHash         string
	StartedAt, EndedAt time.Time
	Checks             []assign.VerifiedStep // what the independent verifier looked at; none in a list of runs
	Summary            *Summary              // nil until it is done; in a list of runs, without people and posts

	Adopted  bool // it is the one that stands
	Outdated bool // lists, seats or exclusions have changed since: it cannot be adopted

	key int64
}

// Label names the run: "A – Ordre et tirage".
func (r Run) Label() string { return label(int64(r.Number), r.Name) }

// Letter names the run in little room.
func (r Run) Letter() string { return label(int64(r.Number), "") }

// Took returns how long the engine and the verifier worked.
func (r Run) Took() time.Duration { return r.EndedAt.Sub(r.StartedAt) }

// RunsFor returns the runs of a campaign, the first one first, as lists show them.
func RunsFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) ([]Run, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, campaign.RightView)
	if err != nil {
		return nil, err
	}
	return runs(ctx, tx, c)
}

// RunFor returns one run, with all that its page shows.
func RunFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID, run string) (Run, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, campaign.RightView)
	if err != nil {
		return Run{}, err
	}
	r, err := readRunHeads(ctx, tx, c)
	if err != nil {
		return Run{}, err
	}
	return r.whole(ctx, tx, run)
}

// RunProgress returns how far one run is, and nothing of what it gives: what a page
// asks again and again while the work goes on, in two statements. Of its campaign it
// says where it lies.
func RunProgress(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID, run string) (campaign.Campaign, Run, error) {
	rows, err := progress.All(ctx, tx, store.Where("c.public_id = $1 AND r.public_id = $2", campaignID, run))
	if err != nil {
		return campaign.Campaign{}, Run{}, err
	}
	var lies []campaign.PerimeterRow
	for _, row := range rows {
		lies = append(lies, row.PerimeterRow)
	}
	c := campaign.Lies(lies)
	if len(rows) == 0 || !actor.Can(campaign.RightView, c.Perimeters()...) {
		return c, Run{}, unknownRun()
	}
	found := rows[0].run
	found.Task, err = taskOf(ctx, tx, found.Done, found.Task.ID)
	return c, found, err
}

// progress reads how far a run is, in one row for each cohort of its campaign.
var progress = store.List[progressRow]{
	Select: "r.public_id, r.number, r.name, r.task, o.run_id IS NOT NULL, " + campaign.PerimeterColumns,
	From:   "campaign_run r LEFT JOIN campaign_run_result o ON o.run_id = r.id " + campaign.JoinPerimeters("r.campaign_id"),
	ID:     "r.id",
	Scan: func(row store.Row) (p progressRow, err error) {
		into := []any{&p.run.PublicID, &p.run.Number, &p.run.Name, &p.run.Task.ID, &p.run.Done}
		return p, row.Scan(append(into, p.Into()...)...)
	},
}

type progressRow struct {
	run Run
	campaign.PerimeterRow
}

func unknownRun() error { return fault.New(fault.NotFound, "result.run.unknown") }

// runs reads every run of a campaign.
func runs(ctx context.Context, tx *store.Tx, c campaign.Campaign) ([]Run, error) {
	if !c.Phase.Reached(campaign.Closed) {
		return nil, nil
	}
	r, err := readRunHeads(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	rows, err := queries.New(tx).RunHeads(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	list := make([]Run, len(rows))
	for i, row := range rows {
		if list[i], err = r.run(ctx, tx, queries.RunHeadRow(row)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// A runReader makes runs of what the database keeps at hand of them.
type runReader struct {
	campaign campaign.Campaign
	adopted  int64      // key of the run that stands; 0: none
	inputs   *runInputs // read once, for a run that does not say of which state it is
}

func readRunHeads(ctx context.Context, tx *store.Tx, c campaign.Campaign) (*runReader, error) {
	adoption, err := queries.New(tx).LastAdoption(ctx, c.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read the adoption: %w", err)
	}
	return &runReader{campaign: c, adopted: adoption.RunID}, nil
}

func runHead(ctx context.Context, tx *store.Tx, c campaign.Campaign, run string) (queries.RunHeadRow, error) {
	row, err := queries.New(tx).RunHead(ctx, queries.RunHeadParams{CampaignID: c.ID, PublicID: run})
	if errors.Is(err, sql.ErrNoRows) {
		return row, unknownRun()
	}
	if err != nil {
		return row, fmt.Errorf("read run: %w", err)
	}
	return row, nil
}

// run returns a run as lists show it.
func (r *runReader) run(ctx context.Context, tx *store.Tx, row queries.RunHeadRow) (Run, error) {
	run := Run{
		PublicID: row.PublicID, Number: int(row.Number), Name: row.Name, Method: row.Method, CostRule: row.CostRule,
		DespiteLate: int(row.DespiteLate), AskedAt: row.AskedAt.Time, AskedBy: row.AskedName, InstanceHash: row.InstanceHash,
		Done: row.Engine.Valid, Engine: row.Engine.String, ResultHash: row.ResultHash.String,
		StartedAt: row.StartedAt.OrZero(), EndedAt: row.EndedAt.OrZero(), Adopted: row.ID == r.adopted,
		key: row.ID,
	}
	amendments, err := fromJSON[[]Amendment](row.Amendments, "amendments")
	if err != nil {
		return run, err
	}
	for _, a := range amendments {
		run.Amendments = append(run.Amendments, AmendmentLine{Amendment: a})
	}
	if run.Task, err = taskOf(ctx, tx, run.Done, row.Task); err != nil {
		return run, err
	}
	if run.Outdated, err = r.outdated(ctx, tx, row.ID, row.Inputs); err != nil {
		return run, err
	}
	if !run.Done {
		return run, nil
	}
	if !row.Figures.Valid {
		return run, r.summarise(ctx, tx, row.ID, &run)
	}
	figures, err := fromJSON[Summary](row.Figures.String, "figures")
	run.Summary = &figures
	return run, err
}

// taskOf returns the work of a run. Of one that is done it is known how it ended.
func taskOf(ctx context.Context, tx *store.Tx, done bool, id string) (job.Task, error) {
	if done {
		return job.Task{ID: id, Kind: RunKind, State: job.Done}, nil
	}
	task, err := job.Find(ctx, tx, id)
	if fault.Has(err, "job.missing") { // old work is forgotten
		return job.Task{}, nil
	}
	return task, err
}

// head returns one run as lists show it.
func (r *runReader) head(ctx context.Context, tx *store.Tx, publicID string) (Run, error) {
	row, err := runHead(ctx, tx, r.campaign, publicID)
	if err != nil {
		return Run{}, err
	}
	return r.run(ctx, tx, row)
}

// whole returns one run with all that is known of it.
func (r *runReader) whole(ctx context.Context, tx *store.Tx, publicID string) (Run, error) {
	row, err := runHead(ctx, tx, r.campaign, publicID)
	if err != nil {
		return Run{}, err
	}
	run, err := r.run(ctx, tx, row)
	if err != nil || !run.Done {
		return run, err
	}
	kept, err := queries.New(tx).RunDetail(ctx, row.ID)
	if err != nil {
		return run, fmt.Errorf("read the result of run %s: %w", publicID, err)
	}
	if run.Checks, err = fromJSON[[]assign.VerifiedStep](kept.Checks, "checks"); err != nil || !kept.Detail.Valid {
		return run, err
	}
	d, err := fromJSON[detail](kept.Detail.String, "detail")
	if err != nil {
		return run, err
	}
	d.complete(&run)
	return run, nil
}

// outdated reports whether a run would be made of something else now. It does not
// matter any more once the commission has confirmed.
func (r *runReader) outdated(ctx context.Context, tx *store.Tx, run, inputs int64) (bool, error) {
	if r.campaign.Phase.Reached(campaign.Confirmed) {
		return false, nil
	}
	if inputs >= 0 {
		return inputs != r.campaign.Inputs, nil
	}
	if r.inputs == nil {
		g, err := readInputs(ctx, tx, r.campaign)
		if err != nil {
			return false, err
		}
		r.inputs = &g
	}
	row, err := queries.New(tx).Run(ctx, run)
	if err != nil {
		return false, fmt.Errorf("read run: %w", err)
	}
	return r.inputs.outdates(ctx, tx, row)
}

// outdates reports whether the same run would be made of something else now.
func (g runInputs) outdates(ctx context.Context, tx *store.Tx, row queries.CampaignRun) (bool, error) {
	instance, err := readFile(ctx, tx, row.ID, instanceFile)
	if err != nil {
		return false, fmt.Errorf("run %s: %w", row.PublicID, err)
	}
	in, err := assign.ReadInstance(instance)
	if err != nil {
		return false, fmt.Errorf("read run %s: %w", row.PublicID, err)
	}
	amendments, err := fromJSON[[]Amendment](row.Amendments, "amendments")
	if err != nil {
		return false, err
	}
	s, err := g.build(&RunForm{Method: row.Method, CostRule: row.CostRule, Scoring: in.Scoring(), Amendments: amendments})
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return true, nil // an amendment cannot be made any more
	}
	if err != nil {
		return false, err
	}
	return assign.Hash(s.in.Bytes()) != row.InstanceHash, nil
}
