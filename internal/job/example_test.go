package job_test

import (
	"context"

	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
)

// Letters go out for each participant of a campaign, a few at a time: what is
// slow is composed outside the transaction, and a participant whose letter cannot
// be written does not keep the others waiting.
func ExampleSteps() {
	letters := job.Steps{
		List: func(ctx context.Context, tx *store.Tx, run *job.Run, after int64, most int) ([]int64, error) {
			return participantsWithoutLetter(ctx, tx, run.Subject, after, most)
		},
		Prepare: func(ctx context.Context, run *job.Run, keys []int64) (job.Write, error) {
			composed := compose(ctx, run.Subject, keys)
			return func(ctx context.Context, tx *store.Tx) error { return addLetters(ctx, tx, composed) }, nil
		},
		Name: func(ctx context.Context, tx *store.Tx, _ *job.Run, key int64) (string, error) {
			return participantName(ctx, tx, key)
		},
	}
	handlers := map[string]job.Handler{"campaign.letters": letters.Handle}

	ask := func(ctx context.Context, tx *store.Tx, campaign string) error {
		_, err := job.Enqueue(ctx, tx, job.Request{Kind: "campaign.letters", Subject: campaign, Key: "letters " + campaign})
		return err
	}
	_, _ = handlers, ask
}

type letter string

func participantsWithoutLetter(context.Context, *store.Tx, string, int64, int) ([]int64, error) {
	return nil, nil
}
func compose(context.Context, string, []int64) []letter                 { return nil }
func addLetters(context.Context, *store.Tx, []letter) error             { return nil }
func participantName(context.Context, *store.Tx, int64) (string, error) { return "", nil }
