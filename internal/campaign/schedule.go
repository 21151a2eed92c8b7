package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// The kinds of background work. The program registers [Campaigns.Handlers], and a
// schedule for the first two, each minute.
const (
	CloseKind    = "campaign.close"    // closes what is due
	RemindKind   = "campaign.remind"   // reminds before the deadline
	ReceiptsKind = "campaign.receipts" // gives receipts at the deadline; its subject is a campaign
)

// Handlers returns who does each kind of work.
func (s *Campaigns) Handlers() map[string]job.Handler {
	return map[string]job.Handler{
		// The log tells of what was closed, and the mails of who was reminded.
		CloseKind:    func(ctx context.Context, run *job.Run) error { run.Nothing(); return s.CloseDue(ctx) },
		RemindKind:   func(ctx context.Context, run *job.Run) error { run.Nothing(); return s.RemindDue(ctx) },
		ReceiptsKind: s.deadlineReceipts().Handle,
	}
}

// RemindDue reminds those whose list is empty, short or not confirmed, at the hours
// that each open campaign chose. Of hours that were missed while nothing ran, only
// the last is made up for.
func (s *Campaigns) RemindDue(ctx context.Context) error {
	var open []Campaign
	err := s.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := queries.New(tx).OpenCampaigns(ctx)
		if err != nil {
			return fmt.Errorf("read open campaigns: %w", err)
		}
		for _, r := range rows {
			c, err := campaignOf(r, nil)
			if err != nil {
				return err
			}
			open = append(open, c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, c := range open {
		failed = append(failed, s.remind(ctx, c))
	}
	return errors.Join(failed...)
}

// remindHour returns the last hour before closing at which a reminder is due, or 0.
func remindHour(c Campaign, now time.Time) int {
	due := 0
	for _, h := range c.Reminders { // the largest first
		if !now.Before(c.ClosesAt.Add(-time.Duration(h)*time.Hour)) && now.Before(c.ClosesAt) {
			due = h
		}
	}
	return due
}

// remind sends the reminder that is due, once.
func (s *Campaigns) remind(ctx context.Context, c Campaign) error {
	if hour := remindHour(c, s.DB.Now()); hour == 0 || hour == c.Reminded {
		return nil
	}
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := campaignOf(queries.New(tx).Campaign(ctx, c.ID)) // another node may have been first
		if err != nil {
			return err
		}
		hour := remindHour(c, tx.Now)
		if hour == 0 || hour == c.Reminded {
			return nil
		}
		lists, err := listsOf(ctx, tx, c)
		if err != nil {
			return err
		}
		for _, l := range lists {
			kind := reminderFor(c, l)
			if kind == "" {
				continue
			}
			// The key makes it one reminder an hour, however often this is asked.
			key := fmt.Sprintf("reminder:%s:%d:%s", c.PublicID, hour, l.Student.PublicID)
			err := s.tell(ctx, tx, c, l.Student.Person, kind, key, text.Blanks{
				"wishes": len(l.Wishes), "most": c.MaxWishes, "saved": text.Exact(l.SavedAt),
			})
			if err != nil {
				return err
			}
		}
		if err := queries.New(tx).SetReminded(ctx, queries.SetRemindedParams{ID: c.ID, Reminded: int64(hour)}); err != nil {
			return fmt.Errorf("remember the reminder: %w", err)
		}
		return nil
	})
}

// reminderFor says which reminder a list calls for, or none.
func reminderFor(c Campaign, l List) notice.Kind {
	switch {
	case len(l.Wishes) == 0:
		return NoticeNoWishes
	case len(l.Wishes) < c.AdvisedWishes:
		return NoticeFewWishes
	case !l.Confirmed():
		return NoticeUnconfirmed
	}
	return ""
}
