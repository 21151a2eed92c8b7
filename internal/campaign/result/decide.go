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
	From     string // code of the post that the page showed, of a move or a cost; empty: none
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
		row.ParticipantID = b.roster[i].Participant
		return b.decide(actor, row, &decision)
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
		if _, offered := b.solution.Seats(f.To); f.To != "" && (!offered || b.posts[f.To].Secondary) {
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
	case f.Kind == Keep && now.Post != "", f.Kind == Reprice && (now.Post == "" || now.Post != f.From):
		return fault.New(fault.Conflict, "result.elsewhere", "student", b.person(i).Student.Name, "post", b.whereabouts(now.Post))
	}
	last := b.last[i]
	if last != nil && last.says(*f) {
		return fault.New(fault.Conflict, "result.decision.same", "student", b.person(i).Student.Name, "by", last.By, "at", last.At)
	}
	return nil
}

// says reports whether a decision is what somebody wants to decide, so that the form was
// sent twice: a cost, or that somebody stays without a post.
func (d Decision) says(f DecisionForm) bool {
	return d.Kind == f.Kind && d.Motive == f.Motive && d.Reason == f.Reason && (d.Cost == nil || *d.Cost == f.Cost)
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
	background, err := campaign.BackgroundOf(ctx, tx, *b.students[b.roster[i].Student])
	if err != nil {
		return err
	}
	against := campaign.Verdicts(background, b.posts[f.To])
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
	seats, _ := b.solution.Seats(post)
	if b.filled[post] < seats {
		return nil
	}
	return fault.New(fault.Conflict, "result.full", "post", titled(b.name(post), post), "seats", seats)
}

// decide prepares one more decision, and returns what writes it with all that it
// changes. It gives the public id of the decision.
func (b *proposalState) decide(actor identity.Actor, row queries.AddDecisionParams, decision *string) (change, error) {
	row.PublicID, row.AdoptionID = uuid.NewString(), b.adoption.ID
	row.DecidedBy, row.DecidedName = actor.ID, actor.Author()
	d := decisionsOf([]queries.CampaignDecision{decisionRow(row)}, b.people(), b.name)[0]
	next, err := b.after(d)
	if err != nil {
		return nil, err
	}
	changes := b.changesTo(next, d.student)
	inForce := next.last[d.student] == &next.decisions[len(next.decisions)-1]
	return func(ctx context.Context, tx *store.Tx, _ campaign.Campaign) error {
		row.DecidedAt = store.At(tx.Now)
		id, err := queries.New(tx).AddDecision(ctx, row)
		if err != nil {
			return fmt.Errorf("add decision: %w", err)
		}
		if inForce {
			changes.row.DecisionID = sql.NullInt64{Int64: id, Valid: true}
		}
		if err := changes.write(ctx, tx); err != nil {
			return err
		}
		*decision = row.PublicID
		return b.recordDecision(ctx, tx, actor, d, row)
	}, nil
}

// decisionRow is a decision as it is read again, without its key.
func decisionRow(row queries.AddDecisionParams) queries.CampaignDecision {
	return queries.CampaignDecision{
		PublicID: row.PublicID, AdoptionID: row.AdoptionID, ParticipantID: row.ParticipantID, Kind: row.Kind, FromPost: row.FromPost,
		ToPost: row.ToPost, Cost: row.Cost, Lifted: row.Lifted, Motive: row.Motive, Reason: row.Reason, Undoes: row.Undoes,
		DecidedBy: row.DecidedBy, DecidedName: row.DecidedName,
	}
}

func (b *proposalState) recordDecision(ctx context.Context, tx *store.Tx, actor identity.Actor, d Decision, row queries.AddDecisionParams) error {
	person := d.Person.Student
	after := map[string]any{"from": row.FromPost, "to": row.ToPost}
	if row.Cost.Valid {
		after["cost"] = row.Cost.Int64
	}
	return record(ctx, tx, actor, b.campaign, "decision."+row.Kind, audit.Entry{
		Args: map[string]any{
			"student": person.Name, "from": b.whereabouts(row.FromPost), "to": b.whereabouts(row.ToPost),
			"motive": d.Motive.Name(), "rule": row.Lifted,
		},
		Kind: "student", Object: person.PublicID, After: after, Reason: row.Reason,
	})
}

// UndoDecision undoes the last decision in force about a student. The seat that they
// return to must still be free.
func (r *Results) UndoDecision(ctx context.Context, actor identity.Actor, campaignID, decision, reason string) error {
	return r.changeProposal(ctx, actor, campaignID, func(_ context.Context, _ *store.Tx, b *proposalState) (change, error) {
		reason = strings.TrimSpace(reason)
		if reason == "" {
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
		undo := ""
		return b.decide(actor, queries.AddDecisionParams{
			ParticipantID: b.roster[d.student].Participant, Kind: string(Undo), FromPost: d.To, ToPost: d.From, Motive: string(d.Motive),
			Reason: reason, Undoes: sql.NullInt64{Int64: d.id, Valid: true},
		}, &undo)
	})
}
