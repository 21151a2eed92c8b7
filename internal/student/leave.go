package student

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student/queries"
)

// A Leave (disponibilité) is days during which a student takes no placement.
type Leave struct {
	reference.Stamp
	StudentID          int64 `json:"-"`
	reference.Interval       // its first and last day
	Comment            string
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
		l.Stamp, l.StudentID = reference.Stamp{PublicID: uuid.NewString(), ChangedAt: tx.Now, ChangedBy: actor.Author()}, s.ID
		l.ID, err = q.AddLeave(ctx, queries.AddLeaveParams{
			PublicID: l.PublicID, StudentID: s.ID, StartsOn: string(l.From), EndsOn: string(l.To), Comment: l.Comment,
			ChangedAt: store.At(l.ChangedAt), ChangedBy: l.ChangedBy,
		})
	} else {
		if err := reference.CheckSeen(before.Stamp, l.Stamp); err != nil {
			return Leave{}, err
		}
		entry.Action, entry.Before = "leave.changed", *before
		l.Stamp, l.StudentID = reference.Stamp{ID: before.ID, PublicID: before.PublicID, ChangedAt: tx.Now, ChangedBy: actor.Author()}, before.StudentID
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
			return reference.Unknown("leave")
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
	if err := reference.Lock(ctx, tx); err != nil {
		return Student{}, nil, err
	}
	s, err := ByPublicID(ctx, tx, student)
	if err != nil {
		return s, nil, err
	}
	if err := s.require(actor, RightEdit); err != nil || publicID == "" {
		return s, nil, err
	}
	row, err := queries.New(tx).LeaveByPublicID(ctx, publicID)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil, reference.Unknown("leave")
	}
	if err != nil {
		return s, nil, fmt.Errorf("read leave: %w", err)
	}
	canonical, err := LoadCanonical(ctx, tx)
	if err != nil {
		return s, nil, err
	}
	if canonical.Of(row.StudentID) != s.ID {
		return s, nil, reference.Unknown("leave")
	}
	before := leaveOf(row)
	return s, &before, nil
}

func checkLeave(ctx context.Context, tx *store.Tx, s Student, l *Leave) error {
	var form fault.Form
	reference.OptionalText(&form, "comment", &l.Comment)
	if reference.CheckInterval(&form, l.Interval) {
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

func leaveOf(r queries.StudentLeave) Leave {
	return Leave{
		Stamp: reference.Stamp{ID: r.ID, PublicID: r.PublicID, ChangedAt: r.ChangedAt.Time, ChangedBy: r.ChangedBy}, StudentID: r.StudentID,
		Interval: reference.Interval{From: reference.Date(r.StartsOn), To: reference.Date(r.EndsOn)}, Comment: r.Comment,
	}
}

// CountLeaves returns how many leaves students have, by the key of the record.
func CountLeaves(ctx context.Context, tx *store.Tx, students []int64) (map[int64]int, error) {
	return store.CountBy(ctx, tx, "student_leave", "student_id", students)
}
