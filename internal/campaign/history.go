package campaign

import (
	"context"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
)

// History returns the versions of the actor's own list, the first one first.
func History(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string) ([]Version, error) {
	participant, err := own(ctx, tx, actor, campaign)
	if err != nil {
		return nil, err
	}
	return ranking.History[Wish](ctx, tx, ranking.Key{Scope: campaign, Owner: participant})
}

// HistoryOf returns the versions of a student's list, for those who may read
// everybody's.
func HistoryOf(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign, student string) ([]Version, error) {
	c, err := ForOffice(ctx, tx, actor, campaign, RightReadLists)
	if err != nil {
		return nil, err
	}
	e, err := enrolmentOf(ctx, tx, c, student)
	if err != nil {
		return nil, err
	}
	return ranking.History[Wish](ctx, tx, ranking.Key{Scope: c.PublicID, Owner: e.ID})
}
