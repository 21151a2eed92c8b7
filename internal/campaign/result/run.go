package result

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/store"
)

// The kinds of work of this package.
const (
	RunKind     = "campaign.run"           // solves a run; its payload is the run
	PublishKind = "campaign.publish"       // writes and releases a result
	VerifyKind  = "campaign.verify"        // has the verifier judge the bundle
	MailKind    = "campaign.publish.mails" // tells everybody of it
	SummaryKind = "campaign.summaries"     // writes what pages read of runs that were solved before it was kept
)

// Handlers returns who does each kind of work.
func Handlers(db *store.DB, baseURL string) map[string]job.Handler {
	r := &Results{DB: db, Base: baseURL}
	return map[string]job.Handler{RunKind: r.solve, PublishKind: r.publish, VerifyKind: r.verify, MailKind: r.send, SummaryKind: r.summarise}
}

// maxRunName is how many characters the name of a run has at most.
const maxRunName = 100

// A RunForm asks for a run. What is left empty is as the campaign has it.
type RunForm struct {
	Name       string
	Method     string
	CostRule   string // which computes the costs of a method that has none
	Scoring    *campaign.Scoring
	Amendments []Amendment
	// DespiteLate says that the lists still open by a late case are taken as they
	// stand, knowingly.
	DespiteLate bool
}

// RequestRun freezes the campaign as it stands, with the amendments, and asks for
// its run, which is solved by a job. It returns the run's public id.
func (r *Results) RequestRun(ctx context.Context, actor identity.Actor, campaignID string, f RunForm) (run string, err error) {
	p, err := store.Get(ctx, r.DB, func(tx *store.Tx) (preparedRun, error) {
		return prepareRun(ctx, tx, actor, campaignID, &f)
	})
	if err != nil {
		return "", err
	}
	var id int64
	err = r.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaignID, RightRun, campaign.RunEngine)
		if err != nil {
			return err
		}
		run, id, err = addRun(ctx, tx, actor, c, f, p)
		return err
	})
	if err != nil {
		return "", err
	}
	// The run is asked for: who leaves now does not leave it without its files.
	return run, r.writeParts(context.WithoutCancel(ctx), id, 1, p.files...)
}

// A preparedRun is what a run is made of.
type preparedRun struct {
	row   queries.AddRunParams
	files []runFile
}

// prepareRun makes what a run is made of, of the campaign as it stands. Whatever
// changes until the run is added makes it out of date: the row says of which state
// it is. It completes the form.
func prepareRun(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string, f *RunForm) (p preparedRun, err error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, RightRun)
	if err != nil {
		return p, err
	}
	if err := c.Allows(campaign.RunEngine); err != nil {
		return p, err
	}
	lates, err := campaign.CountLates(ctx, tx, c)
	if err != nil {
		return p, err
	}
	if lates.Open > 0 && !f.DespiteLate {
		return p, fault.New(fault.Conflict, "result.late", "campaign", c.Name, "count", lates.Open)
	}
	g, err := readInputs(ctx, tx, c)
	if err != nil {
		return p, err
	}
	s, err := g.build(f)
	if err != nil {
		return p, err
	}
	instance := s.in.Bytes()
	p.row = queries.AddRunParams{
		CampaignID: c.ID, Name: f.Name, Method: f.Method, CostRule: f.CostRule, Amendments: toJSON(f.Amendments),
		InstanceHash: assign.Hash(instance), DespiteLate: int64(lates.Open), Inputs: c.Inputs,
	}
	p.files = []runFile{{instanceFile, string(instance)}, {rosterFile, toJSON(s.roster)}}
	return p, nil
}

// addRun adds a run with the first part of each file: all of it, but of a large campaign.
// It returns its public id and its key.
func addRun(ctx context.Context, tx *store.Tx, actor identity.Actor, c campaign.Campaign, f RunForm, p preparedRun) (run string, id int64, err error) {
	q, row := queries.New(tx), p.row
	last, err := q.LastRunNumber(ctx, c.ID)
	if err != nil {
		return "", 0, fmt.Errorf("read runs: %w", err)
	}
	run = uuid.NewString()
	task, err := job.Enqueue(ctx, tx, job.Request{Kind: RunKind, Payload: run, Key: RunKind + ":" + run, Subject: c.PublicID, By: actor.Author()})
	if err != nil {
		return "", 0, err
	}
	row.PublicID, row.Number, row.Task = run, last+1, task
	row.AskedAt, row.AskedBy, row.AskedName = store.At(tx.Now), actor.ID, actor.Author()
	if id, err = q.AddRun(ctx, row); err != nil {
		return "", 0, fmt.Errorf("add run: %w", err)
	}
	for _, file := range p.files {
		if err := file.addPart(ctx, tx, id, 0); err != nil {
			return "", 0, err
		}
	}
	return run, id, record(ctx, tx, actor, c, "run.requested", audit.Entry{
		Args: map[string]any{"run": label(row.Number, f.Name), "hash": row.InstanceHash}, Kind: "run", Object: run, After: f.Amendments,
	})
}

// steps are those of a run: solving, verifying, pricing, writing.
const steps = 4

// solve runs the engine on a kept instance, has the verifier judge what it gave, and
// keeps both, with the rows and the summary that pages read.
func (r *Results) solve(ctx context.Context, run *job.Run) error {
	var id string
	if err := run.Payload(&id); err != nil {
		return err
	}
	started := r.DB.Now()
	row, files, err := r.input(ctx, id)
	if err != nil {
		return fmt.Errorf("read run %s: %w", id, err)
	}
	if err := run.Progress(ctx, 0, steps, "result.progress.solving"); err != nil {
		return err
	}
	if files.result, err = assign.Solve(files.instance); err != nil {
		return err
	}
	output := queries.AddResultParams{RunID: row.ID, Engine: assign.Engine, ResultHash: assign.Hash(files.result), StartedAt: store.At(started)}
	if err := run.Progress(ctx, 1, steps, "result.progress.verifying"); err != nil {
		return err
	}
	checks, err := assign.Verify(files.instance, files.result)
	if err != nil {
		return fmt.Errorf("verify run %s: %w", id, err)
	}
	if err := run.Progress(ctx, 2, steps, "result.progress.pricing"); err != nil {
		return err
	}
	output.Checks = toJSON(checks)
	s, err := store.Get(ctx, r.DB, func(tx *store.Tx) (*loadedRun, error) { return loadSolved(ctx, tx, row, output, files) })
	if err != nil {
		return err
	}
	if err := run.Progress(ctx, 3, steps, "result.progress.writing"); err != nil {
		return err
	}
	return r.keep(ctx, run, s, output)
}

// input returns a run and what goes into it. Of a large one, parts may be on their way:
// then the work is done later, and given up if they do not come.
func (r *Results) input(ctx context.Context, id string) (row queries.CampaignRun, files runFiles, err error) {
	err = r.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if row, err = queries.New(tx).RunByPublicID(ctx, id); err != nil {
			return err
		}
		files, err = readInput(ctx, tx, row.ID)
		return err
	})
	if !errors.Is(err, errNotWhole) {
		return row, files, err
	}
	if r.DB.Now().Sub(row.AskedAt.Time) < job.Takeover {
		return row, files, job.Later(time.Second, err)
	}
	return row, files, fault.New(fault.Conflict, "result.run.incomplete", "run", label(row.Number, row.Name)).Because(err)
}

// loadSolved makes a loaded run of one that was solved, and prices it.
func loadSolved(ctx context.Context, tx *store.Tx, row queries.CampaignRun, output queries.AddResultParams, files runFiles) (*loadedRun, error) {
	c, err := campaign.ByID(ctx, tx, row.CampaignID)
	if err != nil {
		return nil, err
	}
	s, err := loadOutput(ctx, tx, c, row, queries.CampaignRunResult(output), files)
	if err != nil {
		return nil, err
	}
	if s.costs, _, err = price(s.solution, row.CostRule, s.granted()); err != nil {
		return nil, err
	}
	s.given = s.places()
	return s, nil
}

// keep writes what a run gave: its files and its rows in steps, then all that makes them
// readable in one transaction.
func (r *Results) keep(ctx context.Context, run *job.Run, s *loadedRun, output queries.AddResultParams) error {
	row, summary := s.row, s.summaryRow()
	// Of an attempt that was cut short.
	err := r.DB.Write(ctx, func(tx *store.Tx) error { return queries.New(tx).ForgetOutput(ctx, row.ID) })
	if err != nil {
		return fmt.Errorf("forget the output of run %s: %w", row.PublicID, err)
	}
	if err := r.writeParts(ctx, row.ID, 0, runFile{resultFile, s.result}, runFile{costsFile, toJSON(s.costs)}); err != nil {
		return fmt.Errorf("run %s: %w", row.PublicID, err)
	}
	if summary.Assigned, err = r.writeAssignments(ctx, undecided(s)); err != nil {
		return err
	}
	if err := run.Progress(ctx, steps, steps, "result.progress.writing"); err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		output.EndedAt = store.At(tx.Now)
		err := queries.New(tx).AddResult(ctx, output)
		if store.IsDuplicate(err) {
			return fmt.Errorf("run %s was solved before: %w", row.PublicID, err)
		}
		if err != nil {
			return fmt.Errorf("keep the result of run %s: %w", row.PublicID, err)
		}
		if err := queries.New(tx).AddSummary(ctx, summary); err != nil {
			return fmt.Errorf("keep the summary of run %s: %w", row.PublicID, err)
		}
		return run.Done(ctx, tx)
	})
}

// price returns what a placement costs, by student of the instance, as people read it
// and exactly.
func price(in *assign.Solution, rule string, posts []string) ([]*Costs, *assign.Prices, error) {
	prices, err := in.Price(rule, posts)
	if err != nil {
		return nil, nil, err
	}
	costs := make([]*Costs, len(posts))
	for i, post := range posts {
		if post != "" {
			costs[i] = &Costs{}
			costs[i].Post, costs[i].Bonus, costs[i].Total = prices.Of(i)
		}
	}
	return costs, prices, nil
}

// label names a run: A, B, … and what people called it.
func label(number int64, name string) string {
	letter := ""
	for n := number; n > 0; n = (n - 1) / 26 {
		letter = string(rune('A'+(n-1)%26)) + letter
	}
	if name == "" {
		return letter
	}
	return letter + " – " + name
}
