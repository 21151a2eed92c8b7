package notice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/time/rate"

	"stagora.org/stagora/internal/notice/queries"
	"stagora.org/stagora/internal/store"
)

// A Sender takes mails away: [SMTP] or [Catcher].
type Sender interface {
	// Send returns what became of the mail, Sent or Caught. Its errors are of two
	// sorts: a *Refusal speaks of this mail, any other of the way to the server,
	// which the next mail would find just as it is.
	Send(ctx context.Context, m Mail) (State, error)
}

// A Refusal is the server's answer to one mail.
type Refusal struct {
	ForGood bool   // trying again is no use
	Words   string // the server's
}

// Error returns the server's words.
func (r *Refusal) Error() string { return "refused: " + r.Words }

// A Catcher takes mails and sends nothing: the demo's.
type Catcher struct{}

// Send catches the mail.
func (Catcher) Send(context.Context, Mail) (State, error) { return Caught, nil }

const (
	// hand is how long a mail is left to the node that is sending it.
	hand = 5 * time.Minute
	// patience is how long a sender may take over one mail; well within hand.
	patience = 2 * time.Minute
	// giveUp is after how many attempts a mail has failed: about three days.
	giveUp = 75
	// look is how often Deliver looks for mails, and rest how long it leaves a
	// server alone that did not answer.
	look = time.Second
	rest = 30 * time.Second
)

// retryAfter is how long a mail rests after its nth attempt.
func retryAfter(n int) time.Duration {
	rests := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}
	return rests[min(n, len(rests))-1]
}

// Send sends every mail that is due, and returns how many left. It stops at the
// first error that is not about one mail alone; that mail stays waiting, with the
// reason, and so do those after it. A limit of nil is none.
func Send(ctx context.Context, db *store.DB, sender Sender, limit *rate.Limiter) (int, error) {
	for left := 0; ; {
		if limit != nil {
			if err := limit.Wait(ctx); err != nil {
				return left, err
			}
		}
		m, row, err := take(ctx, db)
		if err != nil || row == nil {
			return left, err
		}
		// A mail under way is not torn: the server would not know, nor would we.
		whole, done := context.WithTimeout(context.WithoutCancel(ctx), patience)
		state, failed := sender.Send(whole, m)
		done()
		refusal, ofThisMail := errors.AsType[*Refusal](failed)
		switch {
		case failed == nil:
			left++
			err = record(ctx, db, row, state)
		case ofThisMail:
			err = stay(ctx, db, row, "notice.reason.refused", refusal.Words, refusal.ForGood)
		default:
			err = errors.Join(failed, stay(ctx, db, row, "notice.reason.server", failed.Error(), false))
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return left, fmt.Errorf("send mail %s: %w", m.ID, err)
		}
	}
}

// Deliver sends mails as they become due, until ctx ends.
func Deliver(ctx context.Context, db *store.DB, sender Sender, limit *rate.Limiter, log *slog.Logger) {
	for ctx.Err() == nil {
		pause := look
		if _, err := Send(ctx, db, sender, limit); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "mail does not leave", "err", err)
			pause = rest
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// take takes the mail that has been due longest, with its attachments, for this
// node alone; the row is nil if there is none.
func take(ctx context.Context, db *store.DB) (Mail, *queries.NoticeMessage, error) {
	due := false
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = queries.New(tx).IsDue(ctx, store.At(tx.Now))
		return err
	})
	if err != nil || !due {
		return Mail{}, nil, err
	}
	var m Mail
	var rows []queries.NoticeMessage
	err = db.Write(ctx, func(tx *store.Tx) (err error) {
		q, claim := queries.New(tx), queries.ClaimParams{Now: store.At(tx.Now), Lease: store.At(tx.Now.Add(hand))}
		if tx.Engine == store.Postgres {
			rows, err = q.ClaimSkipping(ctx, queries.ClaimSkippingParams(claim))
		} else {
			rows, err = q.Claim(ctx, claim)
		}
		if err != nil || len(rows) == 0 {
			return err
		}
		m = mail(rows[0])
		m.Attachments, err = attachments(ctx, tx, rows[0].ID)
		return err
	})
	if err != nil || len(rows) == 0 {
		return Mail{}, nil, err
	}
	return m, &rows[0], nil
}

// record notes that a mail has left.
func record(ctx context.Context, db *store.DB, row *queries.NoticeMessage, state State) error {
	ctx = context.WithoutCancel(ctx)
	return db.Write(ctx, func(tx *store.Tx) error {
		return queries.New(tx).Left(ctx, queries.LeftParams{
			ID: row.ID, State: string(state), LeftAt: store.AtOrNil(tx.Now),
		})
	})
}

// stay notes why a mail has not left, and when to try again.
func stay(ctx context.Context, db *store.DB, row *queries.NoticeMessage, reason, words string, forGood bool) error {
	state := Waiting
	if forGood || row.Attempts >= giveUp {
		state = Failed
	}
	ctx = context.WithoutCancel(ctx)
	return db.Write(ctx, func(tx *store.Tx) error {
		return queries.New(tx).Stay(ctx, queries.StayParams{
			ID: row.ID, Attempts: row.Attempts, State: string(state), Reason: reason, Detail: words,
			Due: store.At(tx.Now.Add(retryAfter(int(row.Attempts)))),
		})
	})
}
