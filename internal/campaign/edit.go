package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// Defaults returns a new campaign as its form first shows it.
func Defaults() Campaign {
	return Campaign{
		Kind: RankedWishes, Zone: text.DefaultZone, Method: assign.Serial, CostsMethod: assign.ScoreV2, Scoring: assign.DefaultScoring(),
		MaxWishes: 12, AdvisedWishes: 5, Reminders: []int{72, 24, 3}, ShowPositions: true,
	}
}

// Create adds a campaign, in draft.
func (s *Campaigns) Create(ctx context.Context, actor identity.Actor, c Campaign) (created Campaign, err error) {
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		created, err = Add(ctx, tx, actor, c)
		return err
	})
	return created, err
}

// Add is [Campaigns.Create] in a transaction of a higher floor.
func Add(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign) (Campaign, error) {
	if err := check(ctx, tx, &c); err != nil {
		return Campaign{}, err
	}
	if err := actor.Require(RightEdit, c.Perimeters()...); err != nil {
		return Campaign{}, err
	}
	c.PublicID, c.Phase, c.ChangedAt, c.ChangedBy = uuid.NewString(), Draft, tx.Now, actor.Author()
	scoring, err := json.Marshal(c.Scoring)
	if err != nil {
		return Campaign{}, fmt.Errorf("write parameters: %w", err)
	}
	q := queries.New(tx)
	c.ID, err = q.AddCampaign(ctx, queries.AddCampaignParams{
		PublicID: c.PublicID, Name: c.Name, FacultyID: c.Faculty.ID, PeriodID: c.Period.ID, Zone: c.Zone,
		ContactName: c.Contact.Name, ContactEmail: c.Contact.Email,
		OpensAt: store.At(c.OpensAt), ClosesAt: store.At(c.ClosesAt), CommissionAt: store.At(c.CommissionAt), PublishesAt: store.At(c.PublishesAt),
		Method: c.Method, CostsMethod: c.CostsMethod, Scoring: string(scoring),
		MaxWishes: int64(c.MaxWishes), AdvisedWishes: int64(c.AdvisedWishes), Reminders: hoursText(c.Reminders),
		ShowPositions: c.ShowPositions, Kind: string(c.Kind), CreatedAt: store.At(tx.Now), ChangedBy: c.ChangedBy,
	})
	if err != nil {
		return Campaign{}, fmt.Errorf("add campaign: %w", err)
	}
	if err := q.AddStep(ctx, queries.AddStepParams{CampaignID: c.ID, Phase: string(Draft), At: store.At(tx.Now), ByName: actor.Name}); err != nil {
		return Campaign{}, fmt.Errorf("record step: %w", err)
	}
	if err := putCohorts(ctx, tx, c); err != nil {
		return Campaign{}, err
	}
	return c, record(ctx, tx, actor, c, "campaign.created", audit.Entry{After: c})
}

// Change changes the parameters of a campaign in draft: the one with the public
// id of c. ChangedAt of c says what the form was made from; zero is whatever
// stands there.
func (s *Campaigns) Change(ctx context.Context, actor identity.Actor, c Campaign) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		before, err := lock(ctx, tx, actor, c.PublicID, RightEdit)
		if err != nil {
			return err
		}
		if err := before.Allows(EditParameters); err != nil {
			return err
		}
		if !c.ChangedAt.IsZero() && !c.ChangedAt.Equal(before.ChangedAt) {
			return fault.New(fault.Conflict, "campaign.stale", "by", before.ChangedBy, "at", text.Exact(before.ChangedAt))
		}
		if err := check(ctx, tx, &c); err != nil {
			return err
		}
		if err := actor.Require(RightEdit, c.Perimeters()...); err != nil {
			return err
		}
		c.ID = before.ID
		if err := change(ctx, tx, actor, c); err != nil {
			return err
		}
		return record(ctx, tx, actor, c, "campaign.changed", audit.Entry{Before: before, After: c})
	})
}

func change(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign) error {
	scoring, err := json.Marshal(c.Scoring)
	if err != nil {
		return fmt.Errorf("write parameters: %w", err)
	}
	q := queries.New(tx)
	err = q.ChangeCampaign(ctx, queries.ChangeCampaignParams{
		ID: c.ID, Name: c.Name, FacultyID: c.Faculty.ID, PeriodID: c.Period.ID, Zone: c.Zone,
		ContactName: c.Contact.Name, ContactEmail: c.Contact.Email,
		OpensAt: store.At(c.OpensAt), ClosesAt: store.At(c.ClosesAt), CommissionAt: store.At(c.CommissionAt), PublishesAt: store.At(c.PublishesAt),
		Method: c.Method, CostsMethod: c.CostsMethod, Scoring: string(scoring),
		MaxWishes: int64(c.MaxWishes), AdvisedWishes: int64(c.AdvisedWishes), Reminders: hoursText(c.Reminders),
		ShowPositions: c.ShowPositions, ChangedAt: store.At(tx.Now), ChangedBy: actor.Author(),
	})
	if err != nil {
		return fmt.Errorf("change campaign %s: %w", c.PublicID, err)
	}
	return putCohorts(ctx, tx, c)
}

func putCohorts(ctx context.Context, tx *store.Tx, c Campaign) error {
	if err := queries.New(tx).RemoveCohorts(ctx, c.ID); err != nil {
		return fmt.Errorf("replace cohorts: %w", err)
	}
	rows := make([][]any, len(c.Cohorts))
	for i, cohort := range c.Cohorts {
		rows[i] = []any{c.ID, cohort.ID}
	}
	return store.AddRows(ctx, tx, "campaign_cohort", []string{"campaign_id", "cohort_id"}, rows, "")
}

// MoveDeadline gives everybody more time while the campaign is open: to make up
// for an outage, for instance. A deadline is never brought forward.
func (s *Campaigns) MoveDeadline(ctx context.Context, actor identity.Actor, publicID string, closesAt time.Time, reason string) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		before, err := lock(ctx, tx, actor, publicID, RightOpen)
		if err != nil {
			return err
		}
		if err := before.Allows(MoveDeadline); err != nil {
			return err
		}
		after := before
		after.ClosesAt = store.At(closesAt).Time
		var form fault.Form
		wantReason(&form, &reason)
		if !after.ClosesAt.After(before.ClosesAt) || !after.ClosesAt.Before(before.CommissionAt) {
			form.Wrong("closes_at", "campaign.dates.deadline", "closes", before.ClosesAt, "commission", before.CommissionAt)
		}
		if err := form.Err(); err != nil {
			return err
		}
		if err := change(ctx, tx, actor, after); err != nil {
			return err
		}
		return record(ctx, tx, actor, after, "campaign.deadline", audit.Entry{
			Args:   map[string]any{"closes": after.Printer(text.French).DateTime(after.ClosesAt)},
			Before: before.ClosesAt, After: after.ClosesAt, Reason: reason,
		})
	})
}

// check cleans what was entered, finds what it refers to, and tells what is wrong,
// field by field.
func check(ctx context.Context, tx *store.Tx, c *Campaign) error {
	var form fault.Form
	c.Name = strings.Join(strings.Fields(c.Name), " ")
	if c.Name == "" {
		form.Wrong("name", "form.required")
	}
	checkContact(&form, c)
	checkDates(&form, *c)
	checkProcedure(&form, *c)
	if c.MaxWishes < 1 || c.MaxWishes > maxWishes {
		form.Wrong("max_wishes", "form.range", "found", c.MaxWishes, "min", 1, "max", maxWishes)
	}
	if c.AdvisedWishes < 0 || c.AdvisedWishes > c.MaxWishes {
		form.Wrong("advised_wishes", "form.range", "found", c.AdvisedWishes, "min", 0, "max", c.MaxWishes)
	}
	for _, h := range c.Reminders {
		if h < 1 || h > maxReminder {
			form.Wrong("reminders", "form.range", "found", h, "min", 1, "max", maxReminder)
		}
	}
	c.Reminders = hours(hoursText(c.Reminders))
	if err := resolve(ctx, tx, &form, c); err != nil {
		return err
	}
	return form.Err()
}

const (
	maxWishes   = 500
	maxReminder = 24 * 60 // hours
)

func checkContact(form *fault.Form, c *Campaign) {
	c.Contact = Contact{strings.TrimSpace(c.Contact.Name), strings.ToLower(strings.TrimSpace(c.Contact.Email))}
	if c.Contact.Name == "" {
		form.Wrong("contact_name", "form.required")
	}
	if c.Contact.Email != "" && !identity.IsEmail(c.Contact.Email) {
		form.Wrong("contact_email", "form.email", "found", c.Contact.Email)
	}
}

func checkDates(form *fault.Form, c Campaign) {
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		form.Wrong("zone", "form.choice", "found", c.Zone)
	}
	dates := []struct {
		name string
		at   time.Time
	}{{"opens_at", c.OpensAt}, {"closes_at", c.ClosesAt}, {"commission_at", c.CommissionAt}, {"publishes_at", c.PublishesAt}}
	for i, date := range dates {
		switch {
		case date.at.IsZero():
			form.Wrong(date.name, "form.required")
		case i > 0 && !dates[i-1].at.IsZero() && !date.at.After(dates[i-1].at):
			form.Wrong(date.name, "campaign.dates.order", "before", dates[i-1].at)
		}
	}
}

func checkProcedure(form *fault.Form, c Campaign) {
	if !slices.Contains(Methods(), c.Method) {
		form.Wrong("method", "form.choice", "found", c.Method)
	}
	if !slices.Contains(CostMethods(), c.CostsMethod) {
		form.Wrong("costs_method", "form.choice", "found", c.CostsMethod)
	}
	if err := assign.CheckScoring(c.Scoring); err != nil {
		form.Wrong("scoring", "campaign.scoring.wrong", "detail", err.Error())
	}
}

// resolve completes the faculty, the period and the cohorts from their codes or
// keys.
func resolve(ctx context.Context, tx *store.Tx, form *fault.Form, c *Campaign) error {
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return err
	}
	periods, err := reference.Periods(ctx, tx)
	if err != nil {
		return err
	}
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return err
	}
	find(form, "faculty", &c.Faculty, faculties, reference.Faculty.Ref)
	find(form, "period", &c.Period, periods, reference.Period.Ref)
	if len(c.Cohorts) == 0 {
		form.Wrong("cohorts", "form.required")
	}
	c.Cohorts = slices.Clone(c.Cohorts)
	for i := range c.Cohorts {
		find(form, "cohorts", &c.Cohorts[i], cohorts, student.Cohort.Ref)
	}
	slices.SortFunc(c.Cohorts, func(a, b reference.Ref) int { return int(a.ID - b.ID) })
	c.Cohorts = slices.Compact(c.Cohorts)
	return nil
}

// find completes a Ref from the things that it may name.
func find[T any](form *fault.Form, name string, ref *reference.Ref, among []T, as func(T) reference.Ref) {
	for _, x := range among {
		r := as(x)
		if (ref.ID != 0 && r.ID == ref.ID) || (ref.ID == 0 && ref.PublicID != "" && r.PublicID == ref.PublicID) ||
			(ref.ID == 0 && ref.PublicID == "" && ref.Code != "" && strings.EqualFold(r.Code, strings.TrimSpace(ref.Code))) {
			*ref = r
			return
		}
	}
	if ref.None() && ref.PublicID == "" {
		form.Wrong(name, "form.required")
		return
	}
	form.Wrong(name, "form.choice", "found", ref.Code)
}

// wantReason notes a reason that is missing or too long.
func wantReason(form *fault.Form, reason *string) {
	const most = 1000
	*reason = strings.TrimSpace(*reason)
	switch {
	case *reason == "":
		form.Wrong("reason", "form.reason")
	case len([]rune(*reason)) > most:
		form.Wrong("reason", "form.long", "max", most)
	}
}

// Methods are the methods that a campaign may choose, the plainest first. The sentence
// "procedure." + the method names it.
func Methods() []string { return assign.Methods() }

// CostMethods are those that can compute the costs beside a method that has none.
func CostMethods() []string { return assign.CostRules() }
