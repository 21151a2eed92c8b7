package reference

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference/queries"
	"stagora.org/stagora/internal/store"
)

// A Leave (disponibilité) is days during which a student takes no placement.
type Leave struct {
	Stamp
	StudentID int64 `json:"-"`
	Interval        // its first and last day
	Comment   string
}

// LeavesOf returns the leaves of a student, oldest first, with those of records
// merged into theirs.
func LeavesOf(ctx context.Context, tx *store.Tx, studentID int64) ([]Leave, error) {
	canonical, err := LoadCanonical(ctx, tx)
	if err != nil {
		return nil, err
	}
	var leaves []Leave
	for _, id := range canonical.Same(studentID) {
		rows, err := queries.New(tx).LeavesOfStudent(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read leaves: %w", err)
		}
		for _, r := range rows {
			leaves = append(leaves, leaveOf(r))
		}
	}
	return leaves, nil
}

// SaveLeave adds a leave for a student, or changes the one with its public id.
func SaveLeave(ctx context.Context, db *store.DB, actor identity.Actor, student string, l Leave) (saved Leave, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
		saved, err = PutLeave(ctx, tx, actor, student, l)
		return err
	})
	return saved, err
}

// PutLeave is [SaveLeave] in a transaction of the caller.
func PutLeave(ctx context.Context, tx *store.Tx, actor identity.Actor, student string, l Leave) (Leave, error) {
	s, before, err := lockLeave(ctx, tx, actor, student, l.PublicID)
	if err != nil {
		return Leave{}, err
	}
	if err := checkLeave(ctx, tx, s, &l); err != nil {
		return Leave{}, err
	}
	q := queries.New(tx)
	entry := audit.Entry{Who: actor.Who(), Action: "leave.created", Args: map[string]any{"student": s.Name()}, Kind: "student", Object: s.PublicID}
	if before == nil {
		l.Stamp, l.StudentID = Stamp{PublicID: uuid.NewString(), ChangedAt: tx.Now, ChangedBy: by(actor)}, s.ID
		l.ID, err = q.AddLeave(ctx, queries.AddLeaveParams{
			PublicID: l.PublicID, StudentID: s.ID, StartsOn: string(l.From), EndsOn: string(l.To), Comment: l.Comment,
			ChangedAt: store.At(l.ChangedAt), ChangedBy: l.ChangedBy,
		})
	} else {
		if err := seen(before.Stamp, l.Stamp); err != nil {
			return Leave{}, err
		}
		entry.Action, entry.Before = "leave.changed", *before
		l.Stamp, l.StudentID = Stamp{before.ID, before.PublicID, tx.Now, by(actor)}, before.StudentID
		err = q.ChangeLeave(ctx, queries.ChangeLeaveParams{
			ID: l.ID, StartsOn: string(l.From), EndsOn: string(l.To), Comment: l.Comment,
			ChangedAt: store.At(l.ChangedAt), ChangedBy: l.ChangedBy,
		})
	}
	if err != nil {
		return Leave{}, fmt.Errorf("save leave: %w", err)
	}
	entry.After = l
	return l, audit.Record(ctx, tx, entry)
}

// RemoveLeave removes a leave of a student.
func RemoveLeave(ctx context.Context, db *store.DB, actor identity.Actor, student, publicID string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		s, before, err := lockLeave(ctx, tx, actor, student, publicID)
		if err != nil {
			return err
		}
		if before == nil {
			return unknown("leave")
		}
		if err := queries.New(tx).RemoveLeave(ctx, before.ID); err != nil {
			return fmt.Errorf("remove leave: %w", err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: actor.Who(), Action: "leave.removed", Args: map[string]any{"student": s.Name()},
			Kind: "student", Object: s.PublicID, Before: *before,
		})
	})
}

// lockLeave returns a student whom the actor may change and, unless the public id
// is empty, their leave.
func lockLeave(ctx context.Context, tx *store.Tx, actor identity.Actor, student, publicID string) (Student, *Leave, error) {
	if err := lock(ctx, tx); err != nil {
		return Student{}, nil, err
	}
	s, err := StudentByPublicID(ctx, tx, student)
	if err != nil {
		return s, nil, err
	}
	if err := actor.Require(identity.StudentEdit, s.Perimeters()...); err != nil || publicID == "" {
		return s, nil, err
	}
	row, err := queries.New(tx).LeaveByPublicID(ctx, publicID)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil, unknown("leave")
	}
	if err != nil {
		return s, nil, fmt.Errorf("read leave: %w", err)
	}
	canonical, err := LoadCanonical(ctx, tx)
	if err != nil {
		return s, nil, err
	}
	if canonical.Of(row.StudentID) != s.ID {
		return s, nil, unknown("leave")
	}
	before := leaveOf(row)
	return s, &before, nil
}

func checkLeave(ctx context.Context, tx *store.Tx, s Student, l *Leave) error {
	var form fault.Form
	optional(&form, "comment", &l.Comment)
	if checkInterval(&form, l.Interval) {
		others, err := LeavesOf(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		for _, o := range others {
			if o.PublicID != l.PublicID && o.Overlaps(l.Interval) {
				form.Wrong("from", "reference.leave.overlap", "from", o.From.Day(), "to", o.To.Day())
				break
			}
		}
	}
	return form.Err()
}

func leaveOf(r queries.ReferenceLeave) Leave {
	return Leave{
		Stamp: Stamp{r.ID, r.PublicID, r.ChangedAt.Time, r.ChangedBy}, StudentID: r.StudentID,
		Interval: Interval{Date(r.StartsOn), Date(r.EndsOn)}, Comment: r.Comment,
	}
}
