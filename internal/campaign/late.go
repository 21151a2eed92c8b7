package campaign

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// A Late case reopens one person's list after the deadline: somebody asks, with a
// reason, and somebody else agrees. The order is not drawn again for it.
type Late struct {
	PublicID  string
	Student   reference.Ref
	Until     time.Time // the list may change before this instant, not at it
	Reason    string
	AskedAt   time.Time
	AskedBy   string
	DecidedAt time.Time // zero: nobody has decided
	DecidedBy string
	Agreed    bool

	asker int64
}

// InForce reports whether the list may change at an instant.
func (l Late) InForce(now time.Time) bool { return l.Agreed && now.Before(l.Until) }

// Waiting reports whether a second person must still decide.
func (l Late) Waiting() bool { return l.DecidedAt.IsZero() }

// MayDecide reports whether a person may be the second: not the one who asked.
func (l Late) MayDecide(person int64) bool { return person != 0 && person != l.asker }

// AskLate asks to reopen one person's list until an instant before the commission.
func (s *Campaigns) AskLate(ctx context.Context, actor identity.Actor, campaign, student string, until time.Time, reason string) (publicID string, err error) {
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaign, RightReopen)
		if err != nil {
			return err
		}
		if err := c.Allows(ReopenLate); err != nil {
			return err
		}
		var form fault.Form
		wantReason(&form, &reason)
		if !until.After(tx.Now) || !until.Before(c.CommissionAt) {
			form.Wrong("until", "late.until", "now", tx.Now, "commission", c.CommissionAt)
		}
		if err := form.Err(); err != nil {
			return err
		}
		e, err := enrolmentOf(ctx, tx, c, student)
		if err != nil {
			return err
		}
		if e.EnrolledAt.IsZero() || e.Excluded != nil {
			return fault.New(fault.Conflict, "late.absent", "student", e.Student.Name(), "campaign", c.Name)
		}
		publicID = uuid.NewString()
		err = queries.New(tx).AddLate(ctx, queries.AddLateParams{
			PublicID: publicID, CampaignID: c.ID, ParticipantID: e.ID, UntilAt: store.At(until), Reason: reason,
			AskedAt: store.At(tx.Now), AskedBy: actor.ID, AskedName: actor.Author(),
		})
		if store.IsDuplicate(err) {
			return fault.New(fault.Conflict, "late.asked", "student", e.Student.Name()).Because(err)
		}
		if err != nil {
			return fmt.Errorf("ask for a late case: %w", err)
		}
		return record(ctx, tx, actor, c, "late.asked", audit.Entry{
			Args: map[string]any{"student": e.Student.Name(), "until": c.Printer(text.French).DateTime(until)},
			Kind: "student", Object: e.Student.PublicID, After: until, Reason: reason,
		})
	})
	return publicID, err
}

// DecideLate agrees to a late case, or refuses it. It takes another person than
// the one who asked.
func (s *Campaigns) DecideLate(ctx context.Context, actor identity.Actor, campaign, late string, agreed bool) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaign, RightReopen)
		if err != nil {
			return err
		}
		if err := c.Allows(ReopenLate); err != nil {
			return err
		}
		q := queries.New(tx)
		row, err := q.LateByPublicID(ctx, queries.LateByPublicIDParams{CampaignID: c.ID, PublicID: late})
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "late.unknown")
		}
		if err != nil {
			return fmt.Errorf("read late case: %w", err)
		}
		if actor.ID == 0 || actor.ID == row.AskedBy {
			return fault.New(fault.Denied, "late.second", "by", row.AskedName)
		}
		if agreed && !tx.Now.Before(row.UntilAt.Time) {
			return fault.New(fault.Closed, "late.over", "until", row.UntilAt.Time)
		}
		n, err := q.DecideLate(ctx, queries.DecideLateParams{
			ID: row.ID, DecidedAt: store.AtOrNil(tx.Now), DecidedBy: actor.ID, DecidedName: actor.Author(), Agreed: agreed,
		})
		if err != nil {
			return fmt.Errorf("decide late case: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "late.decided", "by", row.DecidedName)
		}
		return s.decided(ctx, tx, actor, c, row, agreed)
	})
}

func (s *Campaigns) decided(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, row queries.CampaignLate, agreed bool) error {
	participant, err := queries.New(tx).Participant(ctx, row.ParticipantID)
	if err != nil {
		return fmt.Errorf("read participant: %w", err)
	}
	student, err := student.ByID(ctx, tx, participant.StudentID)
	if err != nil {
		return err
	}
	action := "late.refused"
	if agreed {
		action = "late.agreed"
		err = s.queueMail(ctx, tx, c, student.Person, NoticeLateGranted, "late:"+row.PublicID, text.Blanks{"until": row.UntilAt.Time})
		if err != nil {
			return err
		}
		if err := receiptsAt(ctx, tx, c, row.PublicID, row.UntilAt.Time); err != nil {
			return err
		}
	}
	return record(ctx, tx, actor, c, action, audit.Entry{
		Args: map[string]any{"student": student.Name(), "until": c.Printer(text.French).DateTime(row.UntilAt.Time)},
		Kind: "student", Object: student.PublicID, Reason: row.Reason,
	})
}

// Lates returns the late cases of a campaign, the latest first.
func Lates(ctx context.Context, tx *store.Tx, c Campaign) ([]Late, error) {
	rows, err := queries.New(tx).Lates(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read late cases: %w", err)
	}
	return latesOf(ctx, tx, rows)
}

// WaitingLates returns the late cases that wait for a second person, the latest
// first, by the key of the campaign, for a caller that has its own right to ask.
func WaitingLates(ctx context.Context, tx *store.Tx) (map[int64][]Late, error) {
	waiting, err := queries.New(tx).WaitingLates(ctx)
	if err != nil {
		return nil, fmt.Errorf("read late cases: %w", err)
	}
	rows := make([]queries.LatesRow, len(waiting))
	for i, r := range waiting {
		rows[i] = queries.LatesRow(r)
	}
	lates, err := latesOf(ctx, tx, rows)
	of := map[int64][]Late{}
	for i, late := range lates {
		of[rows[i].CampaignLate.CampaignID] = append(of[rows[i].CampaignLate.CampaignID], late)
	}
	return of, err
}

func latesOf(ctx context.Context, tx *store.Tx, rows []queries.LatesRow) ([]Late, error) {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.StudentID
	}
	students, err := student.ByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Late, len(rows))
	for i, row := range rows {
		r := row.CampaignLate
		list[i] = Late{
			PublicID: r.PublicID, Student: students[row.StudentID].Ref(), Until: r.UntilAt.Time, Reason: r.Reason,
			AskedAt: r.AskedAt.Time, AskedBy: r.AskedName, DecidedAt: r.DecidedAt.OrZero(), DecidedBy: r.DecidedName, Agreed: r.Agreed,
			asker: r.AskedBy,
		}
	}
	return list, nil
}

// LateCounts say how many late cases were agreed to, of how many the list is open
// now, and how many wait for a second person.
type LateCounts struct{ Agreed, Open, Waiting int }

// CountLates counts the late cases of a campaign: what its page shows, and what a run
// waits for.
func CountLates(ctx context.Context, tx *store.Tx, c Campaign) (LateCounts, error) {
	n, err := queries.New(tx).CountLates(ctx, queries.CountLatesParams{CampaignID: c.ID, Now: store.At(tx.Now)})
	if err != nil {
		return LateCounts{}, fmt.Errorf("count late cases: %w", err)
	}
	return LateCounts{int(n.Agreed), int(n.Open), int(n.Waiting)}, nil
}
