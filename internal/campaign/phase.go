package campaign

import (
	"context"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Phase is a step in the life of a campaign. The sentence "campaign.phase." +
// the phase names it.
type Phase string

// The phases, each with what it promises.
const (
	Draft     Phase = "draft"     // the office prepares; students see nothing
	Open      Phase = "open"      // students rank the posts; order and draw are frozen
	Closed    Phase = "closed"    // lists are final; the engine may run
	Proposed  Phase = "proposed"  // a run is adopted; the commission looks at it
	Confirmed Phase = "confirmed" // the commission has decided
	Published Phase = "published" // everyone sees where they go
	Archived  Phase = "archived"  // read only
)

// Phases are all phases, in the order in which any campaign goes through its own.
var Phases = []Phase{Draft, Open, Closed, Proposed, Confirmed, Published, Archived}

// Name returns the phase as people read it.
func (p Phase) Name() text.Key { return text.Key("campaign.phase." + string(p)) }

// Reached reports whether a campaign in this phase has gone through q.
func (p Phase) Reached(q Phase) bool { return slices.Index(Phases, p) >= slices.Index(Phases, q) }

// An Action is something that offices do with a campaign, in some phases only.
// The sentence "campaign.action." + the action names it.
type Action string

// The actions.
const (
	EditParameters Action = "parameters"
	EditPosts      Action = "posts"
	EditOrder      Action = "order"   // points, manual positions
	Exclude        Action = "exclude" // or include again
	AskCorrection  Action = "correction"
	MoveDeadline   Action = "deadline"
	ReopenLate     Action = "late"
	RunEngine      Action = "run"
	Decide         Action = "decide" // of the commission
	Publish        Action = "publish"
)

// A Kind is a way in which campaigns bring students and posts together. It has a
// table of its own, so that another kind is another table and no condition.
type Kind string

// RankedWishes is the kind in which students rank posts and the engine assigns them.
const RankedWishes Kind = "ranked-wishes"

// A stage is a phase that a kind of campaign goes through, with what may be done then.
type stage struct {
	phase Phase
	may   []Action
}

// kinds are the whole rule of what follows what, and of what may be done when.
var kinds = map[Kind][]stage{
	RankedWishes: {
		{Draft, []Action{EditParameters, EditPosts, EditOrder, Exclude, AskCorrection}},
		{Open, []Action{EditPosts, Exclude, AskCorrection, MoveDeadline}},
		{Closed, []Action{Exclude, AskCorrection, ReopenLate, RunEngine}},
		{Proposed, []Action{RunEngine, Decide}},
		{Confirmed, []Action{Publish}},
		{Published, nil},
		{Archived, nil},
	},
}

// Phases returns the phases that campaigns of the kind go through, in order.
func (k Kind) Phases() []Phase {
	phases := make([]Phase, len(kinds[k]))
	for i, stage := range kinds[k] {
		phases[i] = stage.phase
	}
	return phases
}

// after returns the phase that follows another, or "" after the last.
func (k Kind) after(p Phase) Phase {
	phases := k.Phases()
	i := slices.Index(phases, p)
	if i < 0 || i+1 == len(phases) {
		return ""
	}
	return phases[i+1]
}

// NextPhase returns the phase that follows the campaign's, or "" after the last.
func (c Campaign) NextPhase() Phase { return c.Kind.after(c.Phase) }

// Allows returns nil if an action may be done in the campaign's phase, and
// otherwise a fault that says when it may be.
func (c Campaign) Allows(a Action) error {
	var first Phase
	for _, stage := range kinds[c.Kind] {
		if !slices.Contains(stage.may, a) {
			continue
		}
		if stage.phase == c.Phase {
			return nil
		}
		if first == "" {
			first = stage.phase
		}
	}
	return fault.New(fault.Closed, "campaign.notnow", "campaign", c.Name,
		"action", text.Key("campaign.action."+string(a)), "phase", c.Phase.Name(), "when", first.Name())
}

// Advance moves a campaign one phase on, and records when and by whom. The caller
// has checked the right and what must be ready. Of two who do it at once, one gets
// a Conflict.
func Advance(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, to Phase) error {
	if c.NextPhase() != to {
		return fault.New(fault.Conflict, "campaign.moved", "campaign", c.Name, "phase", c.Phase.Name())
	}
	q := queries.New(tx)
	n, err := q.Advance(ctx, queries.AdvanceParams{
		ID: c.ID, Current: string(c.Phase), Target: string(to), At: store.At(tx.Now), ByName: actor.Author(),
	})
	if err != nil {
		return fmt.Errorf("advance campaign %s to %s: %w", c.PublicID, to, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "campaign.moved", "campaign", c.Name, "phase", to.Name())
	}
	if err := q.AddStep(ctx, queries.AddStepParams{CampaignID: c.ID, Phase: string(to), At: store.At(tx.Now), ByName: actor.Name}); err != nil {
		return fmt.Errorf("record step %s: %w", to, err)
	}
	return record(ctx, tx, actor, c, "campaign."+string(to), audit.Entry{Before: c.Phase, After: to})
}

// Steps returns the phases that a campaign has reached, with when and by whom.
func Steps(ctx context.Context, tx *store.Tx, c Campaign) ([]Step, error) {
	rows, err := queries.New(tx).Steps(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	steps := make([]Step, len(rows))
	for i, r := range rows {
		steps[i] = Step{Phase(r.Phase), r.At.Time, r.ByName}
	}
	return steps, nil
}

// record writes a line of the log about a campaign; entry holds what is special.
func record(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, action string, entry audit.Entry) error {
	entry.Who, entry.Action, entry.Scope = actor.Who(), action, c.PublicID
	if entry.Kind == "" {
		entry.Kind, entry.Object = "campaign", c.PublicID
	}
	if entry.Args == nil {
		entry.Args = map[string]any{}
	}
	entry.Args["campaign"] = c.Name
	return audit.Record(ctx, tx, entry)
}

// recordAll tells the log of many things of one kind together.
func recordAll(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, kind string, entries []audit.Entry) error {
	for i := range entries {
		e := &entries[i]
		e.Who, e.Kind, e.Scope = actor.Who(), kind, c.PublicID
		e.Args["campaign"] = c.Name
	}
	return audit.RecordAll(ctx, tx, entries)
}
