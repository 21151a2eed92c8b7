package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A State is a moment in the life of the data set that a demonstration can begin
// at. The sentence "demo.state." + the state says what one finds there.
type State string

// The states, in the order of time.
const (
	Prep   State = "S-PREP"   // the campaign is in draft, with mistakes to find
	Open   State = "S-OPEN"   // students rank
	Closed State = "S-CLOSED" // lists are final, the order known
	Result State = "S-RESULT" // the result is published
)

// Many is no moment of the data set but a world of its own, with the students of
// several faculties: see package large.
const Many State = "S-MANY"

// States are all states of the data set.
var States = []State{Prep, Open, Closed, Result}

// Paris is where the data set's clock strikes.
var paris = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return zone
}()

func at(month time.Month, day, hour, minute, second int) time.Time {
	return time.Date(2026, month, day, hour, minute, second, 0, paris)
}

// The instants of the data set.
var (
	decided   = time.Date(2025, 9, 12, 14, 0, 0, 0, paris)
	arrival   = at(3, 9, 9, 0, 0)
	prepared  = at(3, 13, 9, 0, 0)
	corrected = at(3, 13, 11, 0, 0)
	opens     = at(3, 16, 8, 0, 0)
	opened    = at(3, 16, 9, 0, 0)
	closes    = at(3, 20, 18, 0, 0)
	closed    = closes.Add(time.Second)
	ran       = at(3, 24, 10, 0, 0)
	commits   = at(3, 27, 14, 0, 0)
	publishes = at(4, 1, 9, 0, 0)
)

// reach brings an empty database to a state and sets the clock there.
func (l *loader) reach(ctx context.Context, state State) error {
	steps := []struct {
		state State
		name  string
		do    func(context.Context) error
	}{
		{Prep, "people and places", l.base},
		{Prep, "chapters of capabilities", l.chapters},
		{Prep, "campaign", l.draft},
		{Open, "corrections", l.correct},
		{Open, "opening", l.open},
		{Open, "first lists", l.rank},
		{Closed, "last lists", l.settle},
		{Closed, "closing", l.close},
		{Result, "result", l.publish},
	}
	for _, step := range steps {
		if slices.Index(States, step.state) > slices.Index(States, state) {
			break
		}
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("demo: %s: %w", step.name, err)
		}
	}
	l.clock.Set(map[State]time.Time{Prep: prepared, Open: opened, Closed: closed, Result: publishes}[state])
	return nil
}

// draft makes the campaign with its posts, as the office would the days before.
func (l *loader) draft(ctx context.Context) error {
	nadia := l.staff["nadia.lopes"]
	l.clock.Freeze(prepared.Add(-24 * time.Hour))
	return l.db.Write(ctx, func(tx *store.Tx) error {
		d := l.data
		c := campaign.Defaults()
		c.Name, c.Faculty, c.Period = d.Campaign.Name, reference.Ref{Code: d.Faculty.Code}, reference.Ref{Code: d.Campaign.Code}
		c.Cohorts = []reference.Ref{{Code: d.Cohort.Code}}
		c.Contact = campaign.Contact{Name: d.Campaign.Contact, Email: d.Campaign.Email}
		c.OpensAt, c.ClosesAt, c.CommissionAt, c.PublishesAt = opens, closes, commits, publishes
		c, err := campaign.Add(ctx, tx, nadia, c)
		if err != nil {
			return err
		}
		l.campaign = c.PublicID
		var posts []campaign.PostForm
		for _, s := range d.Site {
			if s.Seats > 0 {
				posts = append(posts, campaign.PostForm{Site: reference.Ref{Code: s.Code}, Seats: s.Seats})
			}
		}
		if err := campaign.PutPosts(ctx, tx, nadia, c.PublicID, posts, ""); err != nil {
			return err
		}
		for _, s := range d.Site {
			if s.Seats == 0 {
				continue
			}
			last := campaign.LastYear{Campaign: d.Campaign.Last, Seats: s.LastSeats, Cutoff: s.LastCutoff}
			if err := campaign.SetLast(ctx, tx, c, s.Code, last); err != nil {
				return err
			}
		}
		for _, s := range d.Student {
			if err := campaign.SetPseudonym(ctx, tx, nadia, c, l.records[s.ID], s.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// correct mends the mistakes, as the office does before it opens.
func (l *loader) correct(ctx context.Context) error {
	nadia := l.staff["nadia.lopes"]
	l.clock.Freeze(corrected)
	_, err := student.MergeStudents(ctx, l.db, nadia, student.MergeForm{
		Keep: l.records[doubled], Drop: l.double, Reason: l.sentence("demo.reason.double"),
	})
	if err != nil {
		return err
	}
	for _, s := range l.data.Student {
		if s.ID != withoutEmail && s.ID != wrongLevel {
			continue
		}
		record := l.record(s)
		record.PublicID = l.records[s.ID]
		if _, err := student.Save(ctx, l.db, nadia, record); err != nil {
			return fmt.Errorf("student %s: %w", s.ID, err)
		}
	}
	return nil
}

func (l *loader) open(ctx context.Context) error {
	l.clock.Freeze(opens)
	if err := l.campaigns.Open(ctx, l.staff["nadia.lopes"], l.campaign); err != nil {
		return err
	}
	// Everybody is told.
	runner := &job.Runner{DB: l.db, Handlers: l.campaigns.Handlers(), Node: "demo"}
	_, err := runner.Step(ctx)
	return err
}

// missing is the post that a student has not ranked yet while the campaign is
// open: a story begins with adding it.
var missing = map[string]string{"E05": "CHUV-PEDI"}

// rank saves everybody's first list, a minute and a half apart.
func (l *loader) rank(ctx context.Context) error {
	for i, s := range l.data.Student {
		l.clock.Freeze(opens.Add(time.Duration(90*(i+1)) * time.Second))
		wishes := slices.DeleteFunc(slices.Clone(s.Wishes), func(code string) bool { return code == missing[s.ID] })
		if err := l.save(ctx, s.ID, wishes); err != nil {
			return err
		}
	}
	return nil
}

// settle saves the lists that were still to change, and has most students confirm.
func (l *loader) settle(ctx context.Context) error {
	for i, s := range l.data.Student {
		l.clock.Freeze(at(3, 18, 19, 0, 0).Add(time.Duration(i) * 53 * time.Minute))
		if missing[s.ID] != "" {
			if err := l.save(ctx, s.ID, s.Wishes); err != nil {
				return err
			}
		}
		if i%4 == 3 {
			continue // some never confirm: the deadline gives them a receipt
		}
		mine, err := l.mine(ctx, s.ID)
		if err != nil {
			return err
		}
		if _, err := l.campaigns.Confirm(ctx, l.students[s.ID], l.campaign, mine.Current.Number); err != nil {
			return fmt.Errorf("%s confirms: %w", s.ID, err)
		}
	}
	return nil
}

func (l *loader) close(ctx context.Context) error {
	l.clock.Freeze(closed)
	if err := l.campaigns.Close(ctx, identity.System("calendar"), l.campaign); err != nil {
		return err
	}
	l.clock.Freeze(closed.Add(time.Minute)) // the receipts are due
	runner := &job.Runner{DB: l.db, Handlers: l.campaigns.Handlers(), Node: "demo"}
	_, err := runner.Step(ctx)
	return err
}

func (l *loader) save(ctx context.Context, id string, codes []string) error {
	mine, err := l.mine(ctx, id)
	if err != nil {
		return err
	}
	if _, err := l.campaigns.Save(ctx, l.students[id], l.campaign, campaign.Save{Base: mine.Current.Number, Wishes: list(codes)}); err != nil {
		return fmt.Errorf("%s saves: %w", id, err)
	}
	return nil
}

func (l *loader) mine(ctx context.Context, id string) (mine campaign.MyCampaign, err error) {
	err = l.db.Read(ctx, func(tx *store.Tx) error {
		mine, err = campaign.ForStudent(ctx, tx, l.students[id], l.campaign)
		return err
	})
	return mine, err
}

// publish runs the engine, has the commission confirm and publishes, as the office
// does in the last week.
func (l *loader) publish(ctx context.Context) error {
	nadia, results := l.staff["nadia.lopes"], &result.Results{DB: l.db, Base: l.campaigns.Base}
	l.clock.Freeze(ran)
	run, err := results.RequestRun(ctx, nadia, l.campaign, result.RunForm{Name: l.sentence("demo.reason.run")})
	if err != nil {
		return err
	}
	runner := &job.Runner{DB: l.db, Handlers: result.Handlers(l.db, l.campaigns.Base), Node: "demo"}
	if _, err := runner.Step(ctx); err != nil {
		return err
	}
	if err := results.Adopt(ctx, nadia, l.campaign, run, result.AdoptForm{}); err != nil {
		return err
	}
	l.clock.Freeze(commits)
	marie := l.staff["marie.tellier"]
	_, err = results.Decide(ctx, marie, l.campaign, result.DecisionForm{
		Student: l.records[unplaced], Kind: result.Keep, Motive: "unplaced", Reason: l.sentence("demo.reason.unplaced"),
	})
	if err != nil {
		return err
	}
	if err := results.ConfirmProposal(ctx, marie, l.campaign); err != nil {
		return err
	}
	l.clock.Freeze(publishes.Add(-time.Minute))
	if err := results.Publish(ctx, nadia, l.campaign); err != nil {
		return err
	}
	_, err = runner.Step(ctx)
	return err
}

// unplaced is whom the run leaves without a post: the commission has looked at the
// case.
const unplaced = "E22"
