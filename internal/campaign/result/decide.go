package result

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A DecisionForm is what the commission enters about one student.
type DecisionForm struct {
	Student  string // public id
	Kind     DecisionKind
	From     string // code of the post that the page showed, of a move; empty: none
	To       string // code of the post to go to, of a move; empty: none
	Cost     int64  // hundredths, of a cost
	SetAside bool   // the rule that forbids the move, knowingly
	Motive   Motive
	Reason   string
}

// Decide changes where one student goes, or what it costs, or says that a student
// without a post was looked at. Of two who give the same last seat away, one gets a
// Conflict.
func (r *Results) Decide(ctx context.Context, actor identity.Actor, campaignID string, f DecisionForm) (decision string, err error) {
	err = r.changeProposal(ctx, actor, campaignID, func(ctx context.Context, tx *store.Tx, b *proposalState) (change, error) {
		i, err := b.find(f.Student)
		if err != nil {
			return nil, err
		}
		row := queries.AddDecisionParams{Kind: string(f.Kind), Motive: string(f.Motive)}
		if err := b.check(ctx, tx, i, &f, &row); err != nil {
			return nil, err
		}
		row.Reason = f.Reason
		return func(ctx context.Context, tx *store.Tx, _ campaign.Campaign) (err error) {
			decision, err = b.add(ctx, tx, actor, i, row)
			return err
		}, nil
	})
	return decision, err
}

// find returns a student of the instance by public id.
func (b *proposalState) find(student string) (int, error) {
	i := slices.IndexFunc(b.roster, func(e rosterEntry) bool { return !e.Excluded && b.students[e.Student].PublicID == student })
	if i < 0 {
		return 0, fault.New(fault.NotFound, "result.student.unknown")
	}
	return i, nil
}

// check says whether a decision can be taken, and fills the row that keeps it.
func (b *proposalState) check(ctx context.Context, tx *store.Tx, i int, f *DecisionForm, row *queries.AddDecisionParams) error {
	var form fault.Form
	wantWhy(&form, "", f.Motive, &f.Reason)
	switch f.Kind {
	case Move:
		if _, offered := b.at.Post[f.To]; f.To != "" && (!offered || b.posts[f.To].Secondary) {
			form.Wrong("to", "result.post.unknown", "post", f.To)
		}
	case Reprice:
		const most = 1_000_00
		if f.Cost < -most || f.Cost > most {
			form.Wrong("cost", "form.range", "found", int(f.Cost/100), "min", -most/100, "max", most/100)
		}
		row.Cost = sql.NullInt64{Int64: f.Cost, Valid: true}
	case Keep:
	default:
		form.Wrong("kind", "form.choice", "found", string(f.Kind))
	}
	if err := form.Err(); err != nil {
		return err
	}
	now := b.places[i]
	switch {
	case f.Kind == Move:
		row.FromPost, row.ToPost = now.Post, f.To
		return b.checkMove(ctx, tx, i, f, row)
	case f.Kind == Keep && now.Post != "", f.Kind == Reprice && now.Post == "":
		return fault.New(fault.Conflict, "result.elsewhere", "student", b.person(i).Student.Name, "post", b.whereabouts(now.Post))
	}
	return nil
}

func (b *proposalState) checkMove(ctx context.Context, tx *store.Tx, i int, f *DecisionForm, row *queries.AddDecisionParams) error {
	now := b.places[i]
	if now.Post != f.From || now.Post == f.To {
		return fault.New(fault.Conflict, "result.elsewhere", "student", b.person(i).Student.Name, "post", b.whereabouts(now.Post))
	}
	if f.To == "" {
		return nil
	}
	if err := b.hasSeat(f.To); err != nil {
		return err
	}
	snapshot, err := campaign.TakeSnapshot(ctx, tx, b.campaign)
	if err != nil {
		return err
	}
	against := campaign.Verdicts(runInputs{snapshot: snapshot}.backgrounds()[b.roster[i].ID], b.posts[f.To])
	if refused := mayPlace(against, b.name(f.To), f.SetAside); refused != nil {
		return refused
	}
	row.Lifted = string(lifted(against))
	return nil
}

// whereabouts names a post, or nowhere.
func (b *proposalState) whereabouts(post string) any {
	if post == "" {
		return text.Key("result.nowhere")
	}
	return titled(b.name(post), post)
}

// hasSeat returns nil if a seat is free at a post.
func (b *proposalState) hasSeat(post string) error {
	seats := b.in.Posts[b.at.Post[post]].Seats
	if b.filled[post] < seats {
		return nil
	}
	return fault.New(fault.Conflict, "result.full", "post", titled(b.name(post), post), "seats", seats)
}

func (b *proposalState) add(ctx context.Context, tx *store.Tx, actor identity.Actor, i int, row queries.AddDecisionParams) (string, error) {
	row.PublicID, row.AdoptionID, row.ParticipantID = uuid.NewString(), b.adoption.ID, b.roster[i].Participant
	row.DecidedAt, row.DecidedBy, row.DecidedName = store.At(tx.Now), actor.ID, actor.Author()
	if _, err := queries.New(tx).AddDecision(ctx, row); err != nil {
		return "", fmt.Errorf("add decision: %w", err)
	}
	person := b.person(i).Student
	after := map[string]any{"from": row.FromPost, "to": row.ToPost}
	if row.Cost.Valid {
		after["cost"] = row.Cost.Int64
	}
	return row.PublicID, record(ctx, tx, actor, b.campaign, "decision."+row.Kind, audit.Entry{
		Args: map[string]any{
			"student": person.Name, "from": b.whereabouts(row.FromPost), "to": b.whereabouts(row.ToPost),
			"motive": Motive(row.Motive).Name(), "rule": row.Lifted,
		},
		Kind: "student", Object: person.PublicID, After: after, Reason: row.Reason,
	})
}

// UndoDecision undoes the last decision in force about a student. The seat that they
// return to must still be free.
func (r *Results) UndoDecision(ctx context.Context, actor identity.Actor, campaignID, decision, reason string) error {
	return r.changeProposal(ctx, actor, campaignID, func(_ context.Context, _ *store.Tx, b *proposalState) (change, error) {
		if reason = strings.TrimSpace(reason); reason == "" {
			var form fault.Form
			form.Wrong("reason", "form.reason")
			return nil, form.Err()
		}
		n := slices.IndexFunc(b.decisions, func(d Decision) bool { return d.PublicID == decision && d.Kind != Undo })
		if n < 0 {
			return nil, fault.New(fault.NotFound, "result.decision.unknown")
		}
		d := b.decisions[n]
		if b.last[d.student] == nil || b.last[d.student].id != d.id {
			return nil, fault.New(fault.Conflict, "result.decision.past", "student", d.Person.Student.Name)
		}
		if d.Kind == Move && d.From != "" {
			if err := b.hasSeat(d.From); err != nil {
				return nil, err
			}
		}
		return func(ctx context.Context, tx *store.Tx, _ campaign.Campaign) error {
			_, err := b.add(ctx, tx, actor, d.student, queries.AddDecisionParams{
				Kind: string(Undo), FromPost: d.To, ToPost: d.From, Motive: string(d.Motive), Reason: reason,
				Undoes: sql.NullInt64{Int64: d.id, Valid: true},
			})
			return err
		}, nil
	})
}
