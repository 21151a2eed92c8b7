package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// RemindDue asks for the reminders that open campaigns chose and whose hour has come:
// of hours that were missed while nothing ran, for the last alone. Each is one task,
// however often this is asked.
func (s *Campaigns) RemindDue(ctx context.Context) error {
	open, err := store.Get(ctx, s.DB, func(tx *store.Tx) ([]Campaign, error) { return openCampaigns(ctx, tx) })
	if err != nil {
		return err
	}
	var failed []error
	for _, c := range open {
		hour := remindHour(c, s.DB.Now())
		if hour == 0 || hour == c.Reminded {
			continue
		}
		failed = append(failed, s.DB.Write(ctx, func(tx *store.Tx) error { return askReminder(ctx, tx, c.ID) }))
	}
	return errors.Join(failed...)
}

func openCampaigns(ctx context.Context, tx *store.Tx) ([]Campaign, error) {
	rows, err := queries.New(tx).OpenCampaigns(ctx)
	if err != nil {
		return nil, fmt.Errorf("read open campaigns: %w", err)
	}
	list := make([]Campaign, len(rows))
	for i, r := range rows {
		if list[i], err = campaignOf(r, nil); err != nil {
			return nil, err
		}
	}
	return list, nil
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

// A reminder is the payload of the task that sends one.
type reminder struct {
	Campaign string // public id
	Hour     int    // before closing
}

// askReminder asks for the reminder of a campaign that is due, unless another node
// was first.
func askReminder(ctx context.Context, tx *store.Tx, campaign int64) error {
	q := queries.New(tx)
	c, err := campaignOf(q.Campaign(ctx, campaign))
	if err != nil {
		return err
	}
	hour := remindHour(c, tx.Now)
	if hour == 0 || hour == c.Reminded {
		return nil
	}
	if err := q.SetReminded(ctx, queries.SetRemindedParams{ID: c.ID, Reminded: int64(hour)}); err != nil {
		return fmt.Errorf("remember the reminder: %w", err)
	}
	_, err = job.Enqueue(ctx, tx, job.Request{
		Kind: RemindersKind, Payload: reminder{c.PublicID, hour}, Key: fmt.Sprintf("%s:%s:%d", RemindersKind, c.PublicID, hour), Subject: c.PublicID,
	})
	return err
}

// remind sends one reminder, in steps: to those whose list is empty, short or not
// confirmed when their step comes, until the deadline.
func (s *Campaigns) remind(ctx context.Context, run *job.Run) error {
	var what reminder
	if err := run.Payload(&what); err != nil {
		return err
	}
	return s.mailSteps(ctx, run, what.Campaign, needReminder, func(c Campaign, l List) (notice.Message, bool) {
		kind := reminderFor(c, l)
		// The key makes it one reminder an hour, however often this is asked.
		key := fmt.Sprintf("reminder:%s:%d:%s", c.PublicID, what.Hour, l.Student.PublicID)
		blanks := text.Blanks{"wishes": len(l.Wishes), "most": c.MaxWishes, "saved": text.Exact(l.SavedAt)}
		return s.message(c, l.Student.Person, kind, key, blanks), kind != ""
	})
}

// needReminder is the condition that a list calls for a reminder, as [reminderFor]
// says which.
func needReminder(c Campaign) store.Condition {
	return store.Where("l.length = 0 OR l.length < $1 OR l.confirmed <> l.version", c.AdvisedWishes)
}

// reminderFor says which reminder a list calls for, or none.
func reminderFor(c Campaign, l List) notice.Kind {
	switch l.State(c) {
	case ListEmpty:
		return NoticeNoWishes
	case ListShort:
		return NoticeFewWishes
	case ListSaved:
		return NoticeUnconfirmed
	}
	return ""
}

// announce asks to tell everybody who takes part that a campaign is open.
func announce(ctx context.Context, tx *store.Tx, c Campaign) error {
	_, err := job.Enqueue(ctx, tx, job.Request{
		Kind: OpenedKind, Payload: c.PublicID, Key: OpenedKind + ":" + c.PublicID, Subject: c.PublicID,
	})
	return err
}

// tellOpened tells everybody that a campaign is open, in steps.
func (s *Campaigns) tellOpened(ctx context.Context, run *job.Run) error {
	var campaign string
	if err := run.Payload(&campaign); err != nil {
		return err
	}
	everybody := func(Campaign) store.Condition { return store.Condition{} }
	return s.mailSteps(ctx, run, campaign, everybody, func(c Campaign, l List) (notice.Message, bool) {
		return s.message(c, l.Student.Person, NoticeOpened, "opened:"+c.PublicID+":"+l.Student.PublicID, text.Blanks{"most": c.MaxWishes}), true
	})
}

// mailSteps writes to those who take part in an open campaign and whose lists fulfil
// a condition, some at a time: what it reads and renders is outside of the
// transactions that write.
func (s *Campaigns) mailSteps(ctx context.Context, run *job.Run, campaign string, who func(Campaign) store.Condition, letter func(Campaign, List) (notice.Message, bool)) error {
	reading := func(ctx context.Context, tx *store.Tx) (Campaign, store.Condition, error) {
		c, err := campaignOf(queries.New(tx).CampaignByPublicID(ctx, campaign))
		if err == nil && (c.Phase != Open || !tx.Now.Before(c.ClosesAt)) {
			return c, store.Nothing, nil
		}
		return c, who(c), err
	}
	return job.Steps{
		List: func(ctx context.Context, tx *store.Tx, _ *job.Run, after int64, most int) ([]int64, error) {
			_, those, err := reading(ctx, tx)
			if err != nil {
				return nil, err
			}
			return listKeys.First(ctx, tx, store.And(store.Where("l.scope = $1 AND l.owner > $2", campaign, after), those), most)
		},
		Prepare: func(ctx context.Context, _ *job.Run, keys []int64) (job.Write, error) {
			var letters []notice.Letter
			err := s.DB.Read(ctx, func(tx *store.Tx) error {
				c, those, err := reading(ctx, tx)
				if err != nil {
					return err
				}
				// Through an index of the campaign, SQLite would read all who take part.
				of := store.Where("c.id + 0 = $1", c.ID)
				found, err := lists.All(ctx, tx, store.And(store.In("w.id", keys), of, takesPart, those))
				if err != nil {
					return err
				}
				letters, err = render(c, found, letter)
				return err
			})
			return func(ctx context.Context, tx *store.Tx) error {
				_, err := notice.QueueAll(ctx, tx, letters)
				return err
			}, err
		},
	}.Handle(ctx, run)
}

func render(c Campaign, lists []List, letter func(Campaign, List) (notice.Message, bool)) ([]notice.Letter, error) {
	var letters []notice.Letter
	for _, l := range lists {
		message, wanted := letter(c, l)
		if !wanted {
			continue
		}
		rendered, err := notice.Render(message)
		if err != nil {
			return nil, err
		}
		letters = append(letters, rendered)
	}
	return letters, nil
}

// listKeys reads the participants whose lists some are, also those who take part no
// longer, in the order of their keys. It reads nothing but lists, so that a step reads no
// more than it has.
var listKeys = store.List[int64]{
	Select: "l.owner", From: ranking.From, ID: "l.owner",
	Scan: func(row store.Row) (key int64, err error) { return key, row.Scan(&key) },
}
