package placement

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement/queries"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// The kinds of line.
const (
	placed     = "placed"
	cancelled  = "cancelled"
	counted    = "counted"
	discounted = "discounted"
)

// A New is a placement to be written.
type New struct {
	StudentID   int64
	SiteID      int64
	SecondaryID int64 // 0: none
	PeriodID    int64
	Decision
	Rank  int    // 0: the site was not on the student's list
	Costs *Costs // nil: the procedure has none
}

// Place writes a placement and returns its public id. The caller has the right and
// records the act, as it writes many at once.
func Place(ctx context.Context, tx *store.Tx, by string, n New) (publicID string, err error) {
	return add(ctx, tx, by, n, sql.NullInt64{}, 0)
}

// OpenBatch begins a batch of placements, which are written in many transactions
// and come into force at once ([Release]); until then nobody reads them.
func OpenBatch(ctx context.Context, tx *store.Tx) (batch int64, err error) {
	batch, err = queries.New(tx).OpenBatch(ctx, store.At(tx.Now))
	if err != nil {
		return 0, fmt.Errorf("open a batch of placements: %w", err)
	}
	return batch, nil
}

// PlaceInBatch is [Place] for a placement of a batch.
func PlaceInBatch(ctx context.Context, tx *store.Tx, by string, batch int64, n New) (publicID string, err error) {
	return add(ctx, tx, by, n, sql.NullInt64{}, batch)
}

// Release brings the placements of a batch into force. It happens once.
func Release(ctx context.Context, tx *store.Tx, batch int64) error {
	n, err := queries.New(tx).ReleaseBatch(ctx, queries.ReleaseBatchParams{ID: batch, ReleasedAt: store.AtOrNil(tx.Now)})
	if err == nil && n != 1 {
		err = errors.New("it is not open")
	}
	if err != nil {
		return fmt.Errorf("release batch %d of placements: %w", batch, err)
	}
	return nil
}

// Replace writes a placement in the place of another, which stays readable. The
// reason is required. It refuses one that was cancelled or replaced already.
func Replace(ctx context.Context, tx *store.Tx, actor identity.Actor, old string, n New) (publicID string, err error) {
	before, err := current(ctx, tx, old, n.Reason)
	if err != nil {
		return "", err
	}
	if n.StudentID, err = sameStudent(ctx, tx, before.StudentID, n.StudentID); err != nil {
		return "", err
	}
	publicID, err = add(ctx, tx, name(actor), n, orNull(before.ID), 0)
	if err != nil {
		return "", err
	}
	return publicID, record(ctx, tx, actor, "placement.replaced", before, n.Reason, map[string]any{"by": publicID})
}

// sameStudent returns the record that a replacement is for, the one before: a
// placement does not pass from one person to another. Whoever reads the lines of a
// record so has all that became of its placements, also after two were taken apart.
func sameStudent(ctx context.Context, tx *store.Tx, before, after int64) (int64, error) {
	canonical, err := student.LoadCanonical(ctx, tx)
	if err != nil {
		return 0, err
	}
	if after != 0 && canonical.Of(after) != canonical.Of(before) {
		return 0, fmt.Errorf("replace a placement: student %d is not %d", after, before)
	}
	return before, nil
}

// Cancel ends a placement without a successor. The reason is required. It refuses
// one that was cancelled or replaced already.
func Cancel(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID, reason string) error {
	before, err := current(ctx, tx, publicID, reason)
	if err != nil {
		return err
	}
	if err := follow(ctx, tx, name(actor), before, cancelled, reason); err != nil {
		return err
	}
	return record(ctx, tx, actor, "placement.cancelled", before, reason, nil)
}

// Validate says whether a placement counts for the record and the score. It may
// be said again; the last word holds. Saying that it does not takes a reason.
func Validate(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string, counts bool, reason string) error {
	if !counts {
		if err := requireReason(reason); err != nil {
			return err
		}
	}
	before, err := currentLine(ctx, tx, publicID)
	if err != nil {
		return err
	}
	kind, action := discounted, "placement.discounted"
	if counts {
		kind, action = counted, "placement.counted"
	}
	if err := follow(ctx, tx, name(actor), before, kind, reason); err != nil {
		return err
	}
	return record(ctx, tx, actor, action, before, reason, nil)
}

func add(ctx context.Context, tx *store.Tx, by string, n New, replaces sql.NullInt64, batch int64) (string, error) {
	publicID := store.NewID()
	params := queries.AddParams{
		PublicID: publicID, Kind: placed, RefersTo: replaces,
		StudentID: n.StudentID, SiteID: n.SiteID, SecondaryID: orNull(n.SecondaryID), PeriodID: n.PeriodID,
		Procedure: n.Procedure, Campaign: n.Campaign, DecidedAt: store.At(n.At), DecidedBy: n.By,
		Rank: orNull(int64(n.Rank)), Reason: n.Reason,
		RecordedAt: store.At(tx.Now), RecordedBy: by, Batch: batch,
	}
	if n.Costs != nil {
		params.PostCost = sql.NullInt64{Int64: n.Costs.Post, Valid: true}
		params.Bonus = sql.NullInt64{Int64: n.Costs.Bonus, Valid: true}
		params.Cost = sql.NullInt64{Int64: n.Costs.Total, Valid: true}
	}
	_, err := queries.New(tx).Add(ctx, params)
	if store.IsDuplicate(err) {
		return "", fault.New(fault.Conflict, "placement.ended").Because(err)
	}
	if err != nil {
		return "", fmt.Errorf("write placement: %w", err)
	}
	return publicID, nil
}

// follow writes a line about another one.
func follow(ctx context.Context, tx *store.Tx, by string, about queries.PlacementEntry, kind, reason string) error {
	_, err := queries.New(tx).Add(ctx, queries.AddParams{
		PublicID: store.NewID(), Kind: kind, RefersTo: orNull(about.ID),
		StudentID: about.StudentID, SiteID: about.SiteID, SecondaryID: about.SecondaryID, PeriodID: about.PeriodID,
		Procedure: about.Procedure, Campaign: about.Campaign, DecidedAt: store.At(tx.Now), DecidedBy: by,
		Reason: strings.TrimSpace(reason), RecordedAt: store.At(tx.Now), RecordedBy: by,
	})
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "placement.ended").Because(err)
	}
	if err != nil {
		return fmt.Errorf("write placement: %w", err)
	}
	return nil
}

// current returns the line of a current placement that is about to end.
func current(ctx context.Context, tx *store.Tx, publicID, reason string) (queries.PlacementEntry, error) {
	if err := requireReason(reason); err != nil {
		return queries.PlacementEntry{}, err
	}
	return currentLine(ctx, tx, publicID)
}

func requireReason(reason string) error {
	var form fault.Form
	if strings.TrimSpace(reason) == "" {
		form.Wrong("reason", "form.reason")
	}
	return form.Err()
}

// currentLine returns the line of a current placement, and keeps others from
// ending it until the transaction ends.
func currentLine(ctx context.Context, tx *store.Tx, publicID string) (queries.PlacementEntry, error) {
	if err := tx.Lock(ctx, "placement:"+publicID); err != nil {
		return queries.PlacementEntry{}, err
	}
	q := queries.New(tx)
	line, err := q.ByPublicID(ctx, publicID)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && line.Kind != placed) {
		return line, fault.New(fault.NotFound, "placement.unknown")
	}
	if err != nil {
		return line, fmt.Errorf("read placement: %w", err)
	}
	after, err := q.ReferringTo(ctx, orNull(line.ID))
	if err != nil {
		return line, fmt.Errorf("read placement: %w", err)
	}
	for _, a := range after {
		if a.Kind == placed || a.Kind == cancelled {
			return line, fault.New(fault.Conflict, "placement.ended-by", "by", a.RecordedBy, "at", a.RecordedAt.Time)
		}
	}
	return line, nil
}

func record(ctx context.Context, tx *store.Tx, actor identity.Actor, action string, about queries.PlacementEntry, reason string, after any) error {
	student, err := student.ByID(ctx, tx, about.StudentID)
	if err != nil {
		return err
	}
	site, err := site.ByID(ctx, tx, about.SiteID)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{
		Who: actor.Who(), Action: action, Args: map[string]any{"student": student.Name(), "site": site.Code},
		Kind: "placement", Object: about.PublicID, Scope: about.Campaign, After: after, Reason: reason,
	})
}

// name is how a line says who wrote it: the person, or the command or job.
func name(actor identity.Actor) string {
	if actor.Name == "" {
		return actor.Origin
	}
	return actor.Name
}

// orNull is how a column keeps what may be none.
func orNull(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }
