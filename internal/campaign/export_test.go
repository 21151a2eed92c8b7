package campaign

import (
	"context"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
)

// DeadlineReceipts is the work of the deadline, for the test that kills it.
func (s *Campaigns) DeadlineReceipts() job.Steps { return s.deadlineReceipts() }

// AskUnchecked asks for the opening of a campaign that was checked before it changed.
func AskUnchecked(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string) error {
	_, err := askOpening(ctx, tx, actor, campaign, 0, version{campaign: -1})
	return err
}
