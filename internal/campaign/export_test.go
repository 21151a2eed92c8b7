package campaign

import (
	"context"
	"strconv"
	"time"

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

// KeptMarkets returns the campaigns whose markets are kept of some that have so many
// students, each looked at a minute after the one before, at the time of the last look.
func KeptMarkets(students ...int) (kept []int) {
	start := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	k := markets{last: map[string]*market{}, used: map[string]time.Time{}}
	now := start
	for i, n := range students {
		id := strconv.Itoa(i)
		now = start.Add(time.Duration(i) * time.Minute)
		k.last[id], k.used[id] = &market{Snapshot: Snapshot{Students: make([]Candidate, n)}}, now
	}
	k.trim(now)
	for i := range students {
		if k.last[strconv.Itoa(i)] != nil {
			kept = append(kept, i)
		}
	}
	return kept
}
