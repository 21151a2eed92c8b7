package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"golang.org/x/time/rate"

	"stagora.org/stagora/internal/job"
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

// SendKind is the kind of the work that a [Mailer] does.
const SendKind = "notice.send"

// A Mailer sends messages that are due. It is work like any other: the runner
// that has its task sends, and no other does. Give it a runner of its own, so that
// a slow mail server keeps no other work waiting.
type Mailer struct {
	DB     *store.DB
	Sender Sender
	Limit  *rate.Limiter // of mails sent here; nil is none
	Makers Makers        // of the files that go with messages
}

// Handlers returns who does the work.
func (m *Mailer) Handlers() map[string]job.Handler {
	return map[string]job.Handler{SendKind: m.send}
}

// Schedules returns when the work comes: when a message is due.
func (m *Mailer) Schedules() []job.Schedule {
	return []job.Schedule{{Kind: SendKind, If: due}}
}

const (
	// patience is how long a sender may take over one mail.
	patience = 2 * time.Minute
	// rest is how long a server is left alone that did not answer.
	rest = 30 * time.Second
	// giveUp is after how many refusals a mail has failed: about three days.
	giveUp = 75
	// handful is how many mails are looked for at once: few, so that an urgent one
	// waits for few.
	handful = 10
)

// retryAfter is how long a mail rests after its nth attempt.
func retryAfter(n int64) time.Duration {
	rests := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}
	return rests[min(int(n), len(rests))-1]
}

// due reports whether a message is due.
func due(ctx context.Context, tx *store.Tx) (bool, error) {
	for _, urgent := range []bool{true, false} {
		is, err := queries.New(tx).IsDue(ctx, queries.IsDueParams{Urgent: urgent, Now: store.At(tx.Now)})
		if err != nil || is {
			return is, err
		}
	}
	return false, nil
}

// Trouble returns why no mail leaves, in the words of the log, or nothing if all is
// well.
func Trouble(ctx context.Context, tx *store.Tx) (string, error) {
	sending, found, err := job.Scheduled(ctx, tx, SendKind)
	if err != nil || !found || sending.State != job.Queued {
		return "", err
	}
	return sending.Detail, nil
}

// send sends every message that is due. It stops at the first trouble that is not
// about one message alone; that message stays waiting, with the reason, and so do
// those after it.
func (m *Mailer) send(ctx context.Context, run *job.Run) error {
	run.Nothing() // each message tells what became of it
	for {
		ids, err := m.next(ctx)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if m.Limit != nil {
				if err := m.Limit.Wait(ctx); err != nil {
					return err
				}
			}
			// Where an attempt ended without a word, a mail may have taken the process
			// down with it: from then on each is put behind the others before it is tried.
			if err := m.one(ctx, id, run.Attempt > 1); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
}

// next returns the messages that have been due longest, the urgent ones first.
func (m *Mailer) next(ctx context.Context) (ids []int64, err error) {
	err = m.DB.Read(ctx, func(tx *store.Tx) error {
		for _, urgent := range []bool{true, false} {
			more, err := queries.New(tx).Due(ctx, queries.DueParams{
				Urgent: urgent, Now: store.At(tx.Now), Most: int32(handful - len(ids)),
			})
			if err != nil {
				return fmt.Errorf("look for mails that are due: %w", err)
			}
			ids = append(ids, more...)
		}
		return nil
	})
	return ids, err
}

// one sends a message and records what became of it.
func (m *Mailer) one(ctx context.Context, id int64, careful bool) error {
	mail, row, err := m.take(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it was cancelled meanwhile
	}
	if err != nil {
		return err
	}
	if careful {
		if err := m.stay(ctx, row, row.Attempts+1, "notice.reason.interrupted", "", false); err != nil || row.Attempts+1 >= giveUp {
			return err
		}
	}
	state, failed := m.hand(ctx, mail)
	if failed == nil {
		return m.left(ctx, row, state)
	}
	if refusal, ofThisMail := errors.AsType[*Refusal](failed); ofThisMail {
		return m.stay(ctx, row, row.Attempts+1, "notice.reason.refused", refusal.Words, refusal.ForGood)
	}
	if unmade, ofThisMail := errors.AsType[*unmadeFile](failed); ofThisMail {
		return m.stay(ctx, row, row.Attempts+1, "notice.reason.file", unmade.Error(), false)
	}
	if err := m.stay(ctx, row, row.Attempts, "notice.reason.server", failed.Error(), false); err != nil {
		return errors.Join(failed, err)
	}
	return job.Later(rest, fmt.Errorf("send mail %s: %w", mail.ID, failed))
}

// take reads a message that is still waiting.
func (m *Mailer) take(ctx context.Context, id int64) (found Mail, row queries.NoticeMessage, err error) {
	err = m.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if row, err = queries.New(tx).Waiting(ctx, id); err != nil {
			return fmt.Errorf("take mail: %w", err)
		}
		found = mail(row)
		found.Attachments, err = attachments(ctx, tx, id)
		return err
	})
	return found, row, err
}

// An unmadeFile says why the file that goes with a mail could not be made.
type unmadeFile struct{ why error }

func (u *unmadeFile) Error() string { return u.why.Error() }

// hand makes the file that goes with a mail and hands it to the sender. A mail
// under way is not torn: the server would not know, nor would we.
func (m *Mailer) hand(ctx context.Context, mail Mail) (state State, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Refusal{Words: fmt.Sprintf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	whole, done := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer done()
	if mail.File.Maker != "" {
		err := m.DB.Read(whole, func(tx *store.Tx) error {
			a, err := m.Makers.Make(whole, tx, mail.File)
			mail.Attachments = append(mail.Attachments, a)
			return err
		})
		if err != nil {
			return "", &unmadeFile{err}
		}
	}
	return m.Sender.Send(whole, mail)
}

// left records that a mail has left.
func (m *Mailer) left(ctx context.Context, row queries.NoticeMessage, state State) error {
	ctx = context.WithoutCancel(ctx)
	return m.DB.Write(ctx, func(tx *store.Tx) error {
		return queries.New(tx).Left(ctx, queries.LeftParams{
			ID: row.ID, State: string(state), Attempts: row.Attempts + 1, LeftAt: store.AtOrNil(tx.Now),
		})
	})
}

// stay records why a mail has not left, and when to try again.
func (m *Mailer) stay(ctx context.Context, row queries.NoticeMessage, attempts int64, reason, words string, forGood bool) error {
	state := Waiting
	if forGood || attempts >= giveUp {
		state = Failed
	}
	ctx = context.WithoutCancel(ctx)
	return m.DB.Write(ctx, func(tx *store.Tx) error {
		return queries.New(tx).Stay(ctx, queries.StayParams{
			ID: row.ID, Attempts: attempts, State: string(state), Reason: reason, Detail: words,
			Due: store.At(tx.Now.Add(retryAfter(max(attempts, 1)))),
		})
	})
}
