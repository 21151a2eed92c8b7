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
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Decision is what the commission decided about one student after a run was
// adopted. It is never changed: what undoes it is a decision of its own.
type Decision struct {
	PublicID string
	Kind     DecisionKind
	Person   Person
	From, To string // codes of posts, of a move; empty: none
	FromName string
	ToName   string
	Cost     *int64        // hundredths, of a cost
	Lifted   campaign.Rule // a rule that was set aside; empty: none
	Motive   Motive
	Reason   string // in words; not for students
	Undoes   string // public id of the decision that this one undoes
	Undone   bool
	At       time.Time
	By       string

	id      int64
	undoes  int64 // 0: nothing
	student int   // of the instance
}

// A DecisionKind is what was decided. The sentence "result.decision." + the kind
// names it; "result.decided." + the kind tells one.
type DecisionKind string

// The kinds of decision.
const (
	Move    DecisionKind = "move" // to another post, or to none
	Reprice DecisionKind = "cost" // the placement costs another amount
	Keep    DecisionKind = "keep" // a student without a post was looked at, and stays so for now
	Undo    DecisionKind = "undo"
)

// Sentence tells the decision to an office.
func (d Decision) Sentence(p text.Printer) string {
	cost := ""
	if d.Cost != nil {
		cost = p.Hundredths(*d.Cost)
	}
	return p.T(d.key(), "student", d.Person.Student.Name, "from", titled(d.FromName, d.From), "to", titled(d.ToName, d.To),
		"cost", cost, "motive", d.Motive.Name())
}

func (d Decision) key() string {
	switch {
	case d.Kind == Move && d.To == "":
		return "result.decided.unplace"
	case d.Kind == Move && d.From == "":
		return "result.decided.place"
	}
	return "result.decided." + string(d.Kind)
}

// A proposalState is where everybody is after the adopted run and what was decided
// since.
type proposalState struct {
	*loadedRun
	adoption  queries.CampaignAdoption
	decisions []Decision
	places    []Place     // by student of the instance
	last      []*Decision // the last one in force about each student
	moved     []*Decision // the last move in force of each student
	repriced  []*Decision
	kept      []bool         // the commission has looked at this student
	filled    map[string]int // people at each post
	lines     []PostLine     // how full each post is
	gone      map[string]int // of these whom the run had placed at a post, how many left it
	come      map[string]int // and how many came to it
	prices    *assign.Prices
}

// readProposalState reads the proposal of a campaign.
func readProposalState(ctx context.Context, tx *store.Tx, c campaign.Campaign) (*proposalState, error) {
	q := queries.New(tx)
	adoption, err := q.LastAdoption(ctx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.Closed, "result.noproposal", "campaign", c.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("read the adoption: %w", err)
	}
	row, err := q.Run(ctx, adoption.RunID)
	if err != nil {
		return nil, fmt.Errorf("read the adopted run: %w", err)
	}
	s, err := load(ctx, tx, c, row)
	if err != nil {
		return nil, err
	}
	rows, err := q.Decisions(ctx, adoption.ID)
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	b := undecided(s)
	b.adoption = adoption
	b.decisions = decisionsOf(rows, b.people(), b.name)
	return b, b.apply()
}

// undecided returns a run about which nothing was decided.
func undecided(s *loadedRun) *proposalState {
	n := len(s.roster)
	return &proposalState{
		loadedRun: s, places: slices.Clone(s.given), last: make([]*Decision, n), moved: make([]*Decision, n),
		repriced: make([]*Decision, n), kept: make([]bool, n),
	}
}

// after returns the proposal as it stands after one more decision.
func (b *proposalState) after(d Decision) (*proposalState, error) {
	next := undecided(b.loadedRun)
	next.adoption, next.decisions = b.adoption, append(slices.Clone(b.decisions), d)
	for n := range next.decisions {
		if d.undoes != 0 && next.decisions[n].id == d.undoes {
			next.decisions[n].Undone = true
		}
	}
	return next, next.apply()
}

// apply computes where everybody is after what was decided.
func (b *proposalState) apply() error {
	b.replay()
	b.filled, b.lines = filledBy(b.places), b.postLines(b.places)
	b.countMoves()
	return b.price()
}

// A change of a proposal writes what was prepared on it.
type change func(ctx context.Context, tx *store.Tx, c campaign.Campaign) error

// changeProposal changes the proposal of a campaign. What takes time (reading the run,
// computing the minutes) is prepared by a reader; the transaction that writes makes
// sure that the proposal is still the one that was read. If somebody else was faster,
// it is prepared again, the last time under the lock.
func (r *Results) changeProposal(ctx context.Context, actor identity.Actor, campaignID string, prepare func(context.Context, *store.Tx, *proposalState) (change, error)) error {
	const tries = 3
	for range tries {
		var read standing
		var write change
		err := r.DB.Read(ctx, func(tx *store.Tx) error {
			c, err := campaign.ForOffice(ctx, tx, actor, campaignID, RightDecide)
			if err != nil {
				return err
			}
			if err := c.Allows(campaign.Decide); err != nil {
				return err
			}
			b, err := readStanding(ctx, tx, c)
			if err != nil {
				return err
			}
			read = b.standing()
			write, err = prepare(ctx, tx, b)
			return err
		})
		if err != nil {
			return err
		}
		err = r.DB.Write(ctx, func(tx *store.Tx) error {
			c, err := lock(ctx, tx, actor, campaignID, RightDecide, campaign.Decide)
			if err != nil {
				return err
			}
			if err := read.stillHolds(ctx, tx); err != nil {
				return err
			}
			return write(ctx, tx, c)
		})
		if !errors.Is(err, errMoved) {
			return err
		}
	}
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaignID, RightDecide, campaign.Decide)
		if err != nil {
			return err
		}
		b, err := readStanding(ctx, tx, c)
		if err != nil {
			return err
		}
		write, err := prepare(ctx, tx, b)
		if err != nil {
			return err
		}
		return write(ctx, tx, c)
	})
}

// readStanding reads a proposal that may be changed: one whose rows are written.
func readStanding(ctx context.Context, tx *store.Tx, c campaign.Campaign) (*proposalState, error) {
	b, err := readProposalState(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	_, err = queries.New(tx).Proposal(ctx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, preparing(label(b.row.Number, b.row.Name))
	}
	return b, err
}

// errMoved says that a proposal has changed since it was read.
var errMoved = errors.New("the proposal has changed since it was read")

// A standing is after which decision about which adopted run a proposal was read.
type standing struct{ campaign, adoption, decision int64 }

func (b *proposalState) standing() standing {
	s := standing{campaign: b.campaign.ID, adoption: b.adoption.ID}
	if n := len(b.decisions); n > 0 {
		s.decision = b.decisions[n-1].id
	}
	return s
}

// stillHolds returns errMoved if another run was adopted or something decided since
// the proposal was read.
func (s standing) stillHolds(ctx context.Context, tx *store.Tx) error {
	q := queries.New(tx)
	adoption, err := q.LastAdoption(ctx, s.campaign)
	if err != nil {
		return fmt.Errorf("read the adoption: %w", err)
	}
	last, err := q.LastDecision(ctx, adoption.ID)
	if err != nil {
		return fmt.Errorf("read the last decision: %w", err)
	}
	if adoption.ID != s.adoption || last != s.decision {
		return errMoved
	}
	return nil
}

// people returns who is behind each participant, and where in the instance.
func (b *proposalState) people() map[int64]decided {
	people := make(map[int64]decided, len(b.roster))
	for i, e := range b.roster {
		people[e.Participant] = decided{b.person(i), i}
	}
	return people
}

// A decided student is one whom decisions are about.
type decided struct {
	person  Person
	student int // of the instance
}

// decisionsOf makes decisions of rows, given who is behind each participant and the
// names of posts.
func decisionsOf(rows []queries.CampaignDecision, people map[int64]decided, name func(post string) string) []Decision {
	at := make(map[int64]int, len(rows))
	list := make([]Decision, len(rows))
	for n, r := range rows {
		who := people[r.ParticipantID]
		d := Decision{
			PublicID: r.PublicID, Kind: DecisionKind(r.Kind), Person: who.person, From: r.FromPost, To: r.ToPost,
			FromName: name(r.FromPost), ToName: name(r.ToPost), Lifted: campaign.Rule(r.Lifted), Motive: Motive(r.Motive),
			Reason: r.Reason, At: r.DecidedAt.Time, By: r.DecidedName, id: r.ID, undoes: r.Undoes.Int64, student: who.student,
		}
		if r.Cost.Valid {
			d.Cost = &r.Cost.Int64
		}
		at[r.ID] = n
		if undone, known := at[r.Undoes.Int64]; known && r.Undoes.Valid {
			list[undone].Undone, d.Undoes = true, list[undone].PublicID
		}
		list[n] = d
	}
	return list
}

// replay applies the decisions in force, in order. Only the last one about a
// student can be undone, so that each starts from where the one before it ended.
func (b *proposalState) replay() {
	for n := range b.decisions {
		d := &b.decisions[n]
		if d.Undone || d.Kind == Undo {
			continue
		}
		b.last[d.student] = d
		switch d.Kind {
		case Move:
			b.moved[d.student] = d
			b.places[d.student] = b.place(d.To, "", b.solution.Rank(d.student, d.To), nil)
		case Reprice:
			b.repriced[d.student] = d
		case Keep:
			b.kept[d.student] = true
		}
	}
}

// price computes what everybody's place costs as it stands: a move changes what it
// costs others too, with rules that look at them all.
func (b *proposalState) price() error {
	costs, prices, err := price(b.solution, b.row.CostRule, postsOf(b.places))
	if err != nil {
		return err
	}
	b.prices = prices
	for i := range b.places {
		b.places[i].Costs = costs[i]
		if d := b.repriced[i]; d != nil && costs[i] != nil {
			decided := *costs[i]
			decided.Total = *d.Cost
			b.places[i].Costs = &decided
		}
	}
	return nil
}

// source says who put a student where they are.
func (b *proposalState) source(i int) Source {
	switch {
	case b.moved[i] != nil:
		return ByCommission
	case b.solution.Pinned(i) != "":
		return ByPin
	}
	return ByRun
}

// seen reports whether the commission has looked at a student without a post.
func (b *proposalState) seen(i int) bool { return b.kept[i] || b.moved[i] != nil }
