package campaign

import (
	"context"
	"strconv"
	"time"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
)

// In the small campaigns of tests some filters let many through too.
func init() { leastFew = 4 }

// DeadlineReceipts is the work of the deadline, for the test that kills it.
func (s *Campaigns) DeadlineReceipts() job.Steps { return s.deadlineReceipts() }

// KeepOrder is what a closing does before it reveals the draw.
func (s *Campaigns) KeepOrder(ctx context.Context, actor identity.Actor, campaign string) error {
	_, err := s.keepOrder(ctx, actor, campaign)
	return err
}

// EnrolledStudents returns the keys of the students whom a campaign has enrolled, as
// the records that stand for them now.
func EnrolledStudents(ctx context.Context, tx *store.Tx, c Campaign) ([]int64, error) {
	found, err := participants.All(ctx, tx, store.Where("q.campaign_id = $1 AND q.enrolled_at IS NOT NULL", c.ID))
	ids := make([]int64, len(found))
	for i, p := range found {
		ids[i] = p.student
	}
	return ids, err
}

// AskUnchecked asks for the opening of a campaign that was checked before it changed.
func AskUnchecked(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string) error {
	_, err := askOpening(ctx, tx, actor, campaign, 0, version{campaign: -1})
	return err
}

// AskAgain takes back what an opening that ended early has written, asks for the opening
// again, and leaves the work to others.
func (s *Campaigns) AskAgain(ctx context.Context, actor identity.Actor, campaign string) (task string, err error) {
	if err := s.takeBackOpening(ctx, actor, campaign); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		task, err = askOpening(ctx, tx, actor, campaign, 0, version{campaign: -1})
		return err
	})
	return task, err
}

// SaveWhile saves a list while something else happens: after the list was read, and before
// it is written.
func (s *Campaigns) SaveWhile(ctx context.Context, actor identity.Actor, campaign string, save Save, meanwhile func()) (Saved, error) {
	return s.save(ctx, actor, campaign, ranking.FromPage, func(ranking.List[Wish]) (Save, error) {
		meanwhile()
		return save, nil
	})
}

// KeptMarkets returns which are kept of the markets of campaigns that have so many
// students, each looked at a minute after the one before.
func KeptMarkets(students ...int) (kept []int) {
	now := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	k := markets{last: map[string]*market{}, used: map[string]time.Time{}}
	for i, n := range students {
		id := strconv.Itoa(i)
		now = now.Add(time.Minute)
		k.used[id] = now
		k.keep(&market{Snapshot: Snapshot{Campaign: Campaign{PublicID: id}, Students: make([]Candidate, n)}}, now)
	}
	for i := range students {
		if k.last[strconv.Itoa(i)] != nil {
			kept = append(kept, i)
		}
	}
	return kept
}

// MarketOf tells when the market that is kept of a campaign was made, and whether its
// simulator has been.
func (s *Campaigns) MarketOf(campaign string) (made time.Time, simulated bool) {
	s.markets.mu.Lock()
	defer s.markets.mu.Unlock()
	m := s.markets.last[campaign]
	if m == nil {
		return time.Time{}, false
	}
	return m.made, m.simulated.Load()
}
