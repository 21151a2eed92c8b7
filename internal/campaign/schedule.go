package campaign

import (
	"context"

	"stagora.org/stagora/internal/job"
)

// The kinds of background work. The program registers [Campaigns.Handlers], and a
// schedule for closing and reminding, each minute.
const (
	OpenKind      = "campaign.open"      // opens a campaign; its subject
	CloseKind     = "campaign.close"     // closes what is due
	RemindKind    = "campaign.remind"    // asks for the reminders that are due
	RemindersKind = "campaign.reminders" // sends one reminder; its payload is a [reminder]
	OpenedKind    = "campaign.opened"    // tells that a campaign is open; its payload is a campaign
	ReceiptsKind  = "campaign.receipts"  // gives receipts at the deadline; its subject is a campaign
)

// Handlers returns who does each kind of work.
func (s *Campaigns) Handlers() map[string]job.Handler {
	return map[string]job.Handler{
		// The log tells of what was closed, and other tasks of who is reminded.
		OpenKind:      s.open,
		CloseKind:     func(ctx context.Context, run *job.Run) error { run.Nothing(); return s.CloseDue(ctx) },
		RemindKind:    func(ctx context.Context, run *job.Run) error { run.Nothing(); return s.RemindDue(ctx) },
		RemindersKind: s.remind,
		OpenedKind:    s.tellOpened,
		ReceiptsKind:  s.deadlineReceipts().Handle,
	}
}
