package campaign

import (
	"context"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
)

// saveGrace is far longer than the transaction of a save can last.
const saveGrace = 15 * time.Second

// receiptsAt asks for the receipts at a deadline: the campaign's, or that of a late
// case.
func receiptsAt(ctx context.Context, tx *store.Tx, c Campaign, of string, deadline time.Time) error {
	_, err := job.Enqueue(ctx, tx, job.Request{
		Kind: ReceiptsKind, Key: ReceiptsKind + ":" + of, Subject: c.PublicID,
		// A save that was in time may still be on its way to the disk.
		At: deadline.Add(saveGrace),
	})
	return err
}

// deadlineReceipts is the work that gives everybody who has saved a list a receipt
// for the last version of it. Its subject is the campaign.
func (s *Campaigns) deadlineReceipts() job.Steps {
	return job.Steps{
		Count: func(ctx context.Context, tx *store.Tx, run *job.Run) (int, error) {
			return ranking.CountWithoutReceipt(ctx, tx, run.Subject, ranking.AtDeadline)
		},
		List: func(ctx context.Context, tx *store.Tx, run *job.Run, after int64, most int) ([]int64, error) {
			return ranking.WithoutReceipt(ctx, tx, run.Subject, ranking.AtDeadline, after, most)
		},
		Prepare: s.prepareDeadlineReceipts,
		Name: func(ctx context.Context, tx *store.Tx, _ *job.Run, participant int64) (string, error) {
			people, err := peopleOf(ctx, tx, []int64{participant})
			return people[participant].Name(), err
		},
	}
}

func (s *Campaigns) prepareDeadlineReceipts(ctx context.Context, run *job.Run, participants []int64) (job.Write, error) {
	var lists []ranking.List[Wish]
	var about receiptsAbout
	err := s.DB.Read(ctx, func(tx *store.Tx) error {
		c, err := campaignOf(queries.New(tx).CampaignByPublicID(ctx, run.Subject))
		if err != nil {
			return err
		}
		found, err := ranking.Some[Wish](ctx, tx, run.Subject, participants)
		if err != nil {
			return err
		}
		lists = nil
		for _, participant := range participants {
			lists = append(lists, found[participant])
		}
		about, err = aboutReceipts(ctx, tx, c, lists)
		return err
	})
	if err != nil {
		return nil, err
	}
	prepared, err := s.prepareReceipts(about, lists, ranking.AtDeadline)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *store.Tx) error { return giveReceipts(ctx, tx, prepared) }, nil
}
