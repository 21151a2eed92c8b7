package result

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
)

// RunKind is the kind of the work that solves a run; its payload is the run.
const RunKind = "campaign.run"

// Handlers returns who does each kind of work.
func Handlers(db *store.DB, baseURL string) map[string]job.Handler {
	r := &Results{DB: db, Base: baseURL}
	return map[string]job.Handler{RunKind: r.solve}
}

// Methods are the methods of the engine that a run may use; the sentence
// "procedure." + a method names it.
func Methods() []string { return []string{format.Serial, format.ScoreV1, format.ScoreV2} }

// CostRules are the rules that compute costs beside a method that has none.
func CostRules() []string { return []string{format.ScoreV2, format.ScoreV1} }

// A RunForm asks for a run. What is left empty is as the campaign has it.
type RunForm struct {
	Name       string
	Method     string
	CostRule   string // which computes the costs of a method that has none
	Scoring    *format.Parameters
	Amendments []Amendment
	// DespiteLate says that the lists still open by a late case are taken as they
	// stand, knowingly.
	DespiteLate bool
}

// RequestRun freezes the campaign as it stands, with the amendments, and asks for
// its run, which is solved by a job. It returns the run's public id.
func (r *Results) RequestRun(ctx context.Context, actor identity.Actor, campaignID string, f RunForm) (run string, err error) {
	err = r.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaignID, identity.CampaignRun, campaign.RunEngine)
		if err != nil {
			return err
		}
		lates, err := campaign.Lates(ctx, tx, c)
		if err != nil {
			return err
		}
		_, open := campaign.CountLates(lates, tx.Now)
		if open > 0 && !f.DespiteLate {
			return fault.New(fault.Conflict, "result.late", "campaign", c.Name, "count", open)
		}
		g, err := readGround(ctx, tx, c)
		if err != nil {
			return err
		}
		s, err := g.stage(&f)
		if err != nil {
			return err
		}
		run, err = addRun(ctx, tx, actor, c, f, s, open)
		return err
	})
	return run, err
}

func addRun(ctx context.Context, tx *store.Tx, actor identity.Actor, c campaign.Campaign, f RunForm, s *stage, open int) (string, error) {
	q := queries.New(tx)
	last, err := q.LastRunNumber(ctx, c.ID)
	if err != nil {
		return "", fmt.Errorf("read runs: %w", err)
	}
	run := uuid.NewString()
	task, err := job.Enqueue(ctx, tx, job.Request{Kind: RunKind, Payload: run, Key: RunKind + ":" + run, Subject: c.PublicID, By: actor.Author()})
	if err != nil {
		return "", err
	}
	instance := s.in.Bytes()
	row := queries.AddRunParams{
		PublicID: run, CampaignID: c.ID, Number: last + 1, Name: f.Name, Method: f.Method, CostRule: f.CostRule,
		Amendments: toJSON(f.Amendments), Instance: string(instance), InstanceHash: format.Hash(instance), Roster: toJSON(s.roster),
		Task: task, DespiteLate: int64(open), AskedAt: store.At(tx.Now), AskedBy: actor.ID, AskedName: actor.Author(),
	}
	if _, err := q.AddRun(ctx, row); err != nil {
		return "", fmt.Errorf("add run: %w", err)
	}
	return run, record(ctx, tx, actor, c, "run.requested", audit.Entry{
		Args: map[string]any{"run": label(row.Number, f.Name), "hash": row.InstanceHash}, Kind: "run", Object: run, After: f.Amendments,
	})
}

// solve runs the engine on a kept instance, has the verifier judge what it gave, and
// keeps both.
func (r *Results) solve(ctx context.Context, run *job.Run) error {
	const steps = 3
	var id string
	if err := run.Payload(&id); err != nil {
		return err
	}
	started := r.DB.Now()
	var row queries.CampaignRun
	err := r.DB.Read(ctx, func(tx *store.Tx) (err error) {
		row, err = queries.New(tx).RunByPublicID(ctx, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("read run %s: %w", id, err)
	}
	if err := run.Progress(ctx, 0, steps, "result.progress.solving"); err != nil {
		return err
	}
	result, err := assign.SolveFile([]byte(row.Instance))
	if err != nil {
		return wrongScoring(err)
	}
	if err := run.Progress(ctx, 1, steps, "result.progress.verifying"); err != nil {
		return err
	}
	report, err := check.Verify([]byte(row.Instance), result)
	if err != nil {
		return fmt.Errorf("verify run %s: %w", id, err)
	}
	if report.Failed != nil {
		return fmt.Errorf("run %s does not hold: %s", id, report.Failed)
	}
	if err := run.Progress(ctx, 2, steps, "result.progress.pricing"); err != nil {
		return err
	}
	costs, err := priced(row, result)
	if err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		err := queries.New(tx).AddResult(ctx, queries.AddResultParams{
			RunID: row.ID, Engine: format.Engine, Result: string(result), ResultHash: format.Hash(result), Costs: toJSON(costs),
			Checks: toJSON(report.Passed), StartedAt: store.At(started), EndedAt: store.At(tx.Now),
		})
		if store.IsDuplicate(err) {
			return fmt.Errorf("run %s was solved before: %w", id, err)
		}
		if err != nil {
			return fmt.Errorf("keep the result of run %s: %w", id, err)
		}
		return run.Done(ctx, tx)
	})
}

// priced returns what the placements of a result cost, by student of the instance;
// nothing for an unplaced one.
func priced(row queries.CampaignRun, result []byte) ([]*Costs, error) {
	in, err := format.ReadInstance([]byte(row.Instance))
	if err != nil {
		return nil, fmt.Errorf("read the instance of run %s: %w", row.PublicID, err)
	}
	out, err := format.ReadResult(result)
	if err != nil {
		return nil, fmt.Errorf("read the result of run %s: %w", row.PublicID, err)
	}
	posts, at := make([]string, len(in.Students)), in.Index()
	for _, a := range out.Assignments {
		posts[at.Student[a.Student]] = a.Post
	}
	costs, _, err := price(in, row.CostRule, posts)
	return costs, err
}

// price returns what a placement costs, by student of the instance, and its figures.
func price(in *format.Instance, rule string, posts []string) ([]*Costs, *assign.Prices, error) {
	prices, err := assign.Price(in, rule, posts)
	if err != nil {
		return nil, nil, wrongScoring(err)
	}
	costs := make([]*Costs, len(posts))
	for i, one := range prices.Costs {
		if posts[i] != "" {
			costs[i] = &Costs{one.PostCost.Hundredths(), one.Bonus.Hundredths(), one.Cost.Hundredths()}
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

// A Run is one run of the engine, with its result once there is one.
type Run struct {
	PublicID     string
	Number       int // within the campaign, from 1
	Name         string
	Method       string
	CostRule     string
	Scoring      format.Parameters
	Amendments   []AmendmentLine
	DespiteLate  int // lists that were open by a late case
	AskedAt      time.Time
	AskedBy      string
	InstanceHash string
	Task         job.Task // how far the work is, and why it failed

	Done               bool
	Engine             string
	ResultHash         string
	StartedAt, EndedAt time.Time
	Checks             []check.Step // what the independent verifier looked at
	Summary            *Summary     // nil until it is done

	Adopted  bool // it is the one that stands
	Outdated bool // lists, seats or exclusions have changed since: it cannot be adopted
}

// Label names the run: "A – Ordre et tirage".
func (r Run) Label() string { return label(int64(r.Number), r.Name) }

// Letter names the run in little room.
func (r Run) Letter() string { return label(int64(r.Number), "") }

// Took returns how long the engine and the verifier worked.
func (r Run) Took() time.Duration { return r.EndedAt.Sub(r.StartedAt) }

// RunsFor returns the runs of a campaign, the first one first.
func RunsFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) ([]Run, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, identity.CampaignView)
	if err != nil {
		return nil, err
	}
	return runs(ctx, tx, c)
}

// RunFor returns one run.
func RunFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID, run string) (Run, error) {
	list, err := RunsFor(ctx, tx, actor, campaignID)
	if err != nil {
		return Run{}, err
	}
	for _, r := range list {
		if r.PublicID == run {
			return r, nil
		}
	}
	return Run{}, unknownRun()
}

func unknownRun() error { return fault.New(fault.NotFound, "result.run.unknown") }

// runs reads every run of a campaign.
func runs(ctx context.Context, tx *store.Tx, c campaign.Campaign) ([]Run, error) {
	if !c.Phase.Reached(campaign.Closed) {
		return nil, nil
	}
	q := queries.New(tx)
	rows, err := q.Runs(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	adoption, err := q.LastAdoption(ctx, c.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read the adoption: %w", err)
	}
	g, err := readGround(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	list := make([]Run, len(rows))
	for i, row := range rows {
		if list[i], err = runOf(ctx, tx, c, row); err != nil {
			return nil, err
		}
		list[i].Adopted = adoption.RunID == row.ID
		if !c.Phase.Reached(campaign.Confirmed) {
			if list[i].Outdated, err = g.outdates(row); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// outdates reports whether the same run would be made of something else now.
func (g ground) outdates(row queries.CampaignRun) (bool, error) {
	in, err := format.ReadInstance([]byte(row.Instance))
	if err != nil {
		return false, fmt.Errorf("read the instance of run %s: %w", row.PublicID, err)
	}
	amendments, err := fromJSON[[]Amendment](row.Amendments, "amendments")
	if err != nil {
		return false, err
	}
	s, err := g.stage(&RunForm{Method: row.Method, CostRule: row.CostRule, Scoring: in.Parameters, Amendments: amendments})
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return true, nil // an amendment cannot be made any more
	}
	if err != nil {
		return false, err
	}
	return format.Hash(s.in.Bytes()) != row.InstanceHash, nil
}

func runOf(ctx context.Context, tx *store.Tx, c campaign.Campaign, row queries.CampaignRun) (Run, error) {
	s, err := load(ctx, tx, c, row)
	if err != nil {
		return Run{}, err
	}
	run := Run{
		PublicID: row.PublicID, Number: int(row.Number), Name: row.Name, Method: row.Method, CostRule: row.CostRule, Scoring: *s.in.Rules(),
		Amendments: s.amendments(), DespiteLate: int(row.DespiteLate), AskedAt: row.AskedAt.Time, AskedBy: row.AskedName, InstanceHash: row.InstanceHash,
	}
	run.Task, err = job.Find(ctx, tx, row.Task)
	if err != nil && fault.KindOf(err) != fault.NotFound { // old work is forgotten
		return run, err
	}
	if s.result == nil {
		return run, nil
	}
	run.Done, run.Engine, run.ResultHash = true, s.output.Engine, s.output.ResultHash
	run.StartedAt, run.EndedAt = s.output.StartedAt.Time, s.output.EndedAt.Time
	if run.Checks, err = fromJSON[[]check.Step](s.output.Checks, "checks"); err != nil {
		return run, err
	}
	summary := s.summary(s.given)
	run.Summary = &summary
	return run, nil
}
