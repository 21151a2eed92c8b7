/*
Package campaign runs a round of placement up to the run of the engine: the posts
it offers, the students who take part, the order in which they will be served,
the lists they rank.

# The life of a campaign

	draft → open → closed → proposed → confirmed → published → archived

A campaign only moves forward, because each phase is a promise made to somebody.
Before each step a table says what is ready and what is not ([Check]); the step
itself asks the very same table and refuses what is red. From proposed on, the
steps belong to package result, which stands on this one.

# What always holds

  - A list that somebody was told is saved is kept, with every version before it.
    Each version names the one it replaces: of two pages that change the same
    version, one is told to look again, and nothing of either is lost.
  - A list changes before the deadline of the server's clock, not at it; after it
    only for a person for whom two others have agreed to reopen it.
  - A version cannot be altered without breaking the chain of hashes ([Verify]).
  - Scores and positions decided by hand are frozen and hashed when the campaign
    opens, and the seed of the draw is committed to then. It is revealed when the
    campaign has closed, once; the order is computed from it, once. Until then
    nothing here gives the seed to anybody, and nobody's place in the order can be
    told more closely than by its interval.
  - Every student of the cohorts is either in, or absent for a reason that names
    who can change it ([Finding]).
  - What a rule forbids is decided in one place ([Eligible]) for the page that
    warns, the simulation that estimates and the run that decides.

# What is not here

Runs of the engine, the commission, publication: package result. Live choice:
package choice. What a record must satisfy: package curriculum.
*/
package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// Campaigns is the way in for pages, commands and jobs.
type Campaigns struct {
	DB   *store.DB
	Base string // the address under which people reach Stagora: "https://stages.univ.fr"
	// Stale is how old a market (the demand, what simulations run on) is before a new
	// one is made: pages then cost no look at all lists. Zero: one for each page.
	Stale time.Duration

	// DemoSeed, in demos and their tests alone, is the seed of every draw: one that
	// everybody can read, and so no draw at all. Empty: 32 random bytes.
	DemoSeed string

	markets markets
}

// A Campaign is one round of placement: the cohorts, the period, and the
// procedure that will fill its posts.
type Campaign struct {
	ID       int64 `json:"-"`
	PublicID string
	Name     string // as students read it: "Externat S2 2026"
	Faculty  reference.Ref
	Cohorts  []reference.Ref
	Period   reference.Ref
	Zone     string // IANA name of the zone in which its times are told
	Contact  Contact

	OpensAt      time.Time // wishes are accepted from this instant on, if the office has opened the campaign
	ClosesAt     time.Time // wishes are accepted before this instant, not at it
	CommissionAt time.Time
	PublishesAt  time.Time

	Method        string  // of the procedure: assign.Serial…
	CostsMethod   string  // computes the costs when the method has none
	Scoring       Scoring // of the costs
	MaxWishes     int     // on one list
	AdvisedWishes int     // a list with fewer is called short
	Reminders     []int   // hours before closing, the largest first
	ShowPositions bool    // results tell the position of the last person served at a post

	Kind      Kind      `json:"-"`
	Phase     Phase     `json:"-"`
	Enrolled  int       `json:"-"` // how many students take part since it opened, those excluded later too
	Reminded  int       `json:"-"` // hours before closing of the last reminder sent; 0: none yet
	Inputs    int64     `json:"-"` // how often what runs are made of has changed since it closed
	Changes   int64     `json:"-"` // how often an office has changed it
	ChangedAt time.Time `json:"-"`
	ChangedBy string    `json:"-"`
}

// A Contact answers for a campaign.
type Contact struct{ Name, Email string }

// String writes the contact as messages name it.
func (c Contact) String() string {
	if c.Email == "" {
		return c.Name
	}
	return c.Email
}

// Costing returns which method computes the costs.
func (c Campaign) Costing() string {
	if c.Method == assign.Serial {
		return c.CostsMethod
	}
	return c.Method
}

// Perimeters are where a campaign lies: its faculty, and each of its cohorts.
func (c Campaign) Perimeters() []identity.Perimeter {
	on := []identity.Perimeter{identity.Faculty(c.Faculty.Code)}
	for _, cohort := range c.Cohorts {
		on = append(on, student.CohortPerimeter(cohort.Code))
	}
	return on
}

// Printer returns a printer for the campaign's zone.
func (c Campaign) Printer(lang text.Lang) text.Printer { return text.In(lang, c.Zone) }

// A Step is a phase that was reached.
type Step struct {
	Phase Phase
	At    time.Time
	By    string // empty: the calendar
}

// CheckWishes returns nil if lists may be changed at an instant by everybody.
// Every path that writes a list goes through it, or through a late case.
func (c Campaign) CheckWishes(now time.Time) error {
	switch {
	case c.Phase == Draft, c.Phase == Open && now.Before(c.OpensAt):
		return fault.New(fault.Closed, "wishes.early", "campaign", c.Name, "opens", c.OpensAt, "contact", c.Contact.String())
	case c.Phase == Open && now.Before(c.ClosesAt):
		return nil
	}
	return fault.New(fault.Closed, "wishes.closed", "campaign", c.Name, "closed", c.ClosesAt, "contact", c.Contact.String())
}

// campaignOf reads a row. Faculty, period and cohorts are keys alone: [complete]
// names them.
func campaignOf(r queries.CampaignCampaign, err error) (Campaign, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Campaign{}, unknown()
	}
	if err != nil {
		return Campaign{}, fmt.Errorf("read campaign: %w", err)
	}
	c := Campaign{
		ID: r.ID, PublicID: r.PublicID, Name: r.Name, Faculty: reference.Ref{ID: r.FacultyID}, Period: reference.Ref{ID: r.PeriodID},
		Zone: r.Zone, Contact: Contact{r.ContactName, r.ContactEmail},
		OpensAt: r.OpensAt.Time, ClosesAt: r.ClosesAt.Time, CommissionAt: r.CommissionAt.Time, PublishesAt: r.PublishesAt.Time,
		Kind: Kind(r.Kind), Phase: Phase(r.Phase), Method: r.Method, CostsMethod: r.CostsMethod, MaxWishes: int(r.MaxWishes),
		AdvisedWishes: int(r.AdvisedWishes), Reminders: hours(r.Reminders), ShowPositions: r.ShowPositions,
		Enrolled: int(r.Enrolled), Reminded: int(r.Reminded),
		Inputs: r.Inputs, Changes: r.Changes, ChangedAt: r.ChangedAt.Time, ChangedBy: r.ChangedBy,
	}
	if err := json.Unmarshal([]byte(r.Scoring), &c.Scoring); err != nil {
		return Campaign{}, fmt.Errorf("read parameters of campaign %s: %w", c.PublicID, err)
	}
	return c, nil
}

func unknown() error { return fault.New(fault.NotFound, "campaign.unknown") }

// Get returns a campaign with the names of what it refers to, for code that has
// checked the reader's right.
func Get(ctx context.Context, tx *store.Tx, publicID string) (Campaign, error) {
	c, err := campaignOf(queries.New(tx).CampaignByPublicID(ctx, publicID))
	if err != nil {
		return Campaign{}, err
	}
	return complete(ctx, tx, c)
}

// ByID is [Get] by the internal key.
func ByID(ctx context.Context, tx *store.Tx, id int64) (Campaign, error) {
	c, err := campaignOf(queries.New(tx).Campaign(ctx, id))
	if err != nil {
		return Campaign{}, err
	}
	return complete(ctx, tx, c)
}

// ForOffice returns a campaign that the actor may do something with: without a
// right to see it, it does not exist for them.
func ForOffice(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string, right identity.Right) (Campaign, error) {
	c, err := Get(ctx, tx, publicID)
	if err != nil {
		return Campaign{}, err
	}
	return c, c.require(actor, right)
}

// require returns nil if the actor holds a right on the campaign; for who may not even
// see it, it does not exist.
func (c Campaign) require(actor identity.Actor, right identity.Right) error {
	if !actor.Can(RightView, c.Perimeters()...) && !actor.Can(right, c.Perimeters()...) {
		return unknown()
	}
	return actor.Require(right, c.Perimeters()...)
}

// lock keeps others from changing a campaign until the transaction ends, counts the
// change, and returns the campaign as it then stands. One that is being opened does not
// change.
func lock(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string, right identity.Right) (Campaign, error) {
	if err := tx.Lock(ctx, "campaign:"+publicID); err != nil {
		return Campaign{}, err
	}
	if err := queries.New(tx).CountChange(ctx, publicID); err != nil {
		return Campaign{}, fmt.Errorf("count a change of campaign %s: %w", publicID, err)
	}
	c, err := ForOffice(ctx, tx, actor, publicID, right)
	if err == nil {
		err = notOpening(ctx, tx, c)
	}
	return c, err
}

// complete names what a campaign refers to.
func complete(ctx context.Context, tx *store.Tx, c Campaign) (Campaign, error) {
	list, err := completeAll(ctx, tx, []Campaign{c})
	if err != nil {
		return Campaign{}, err
	}
	return list[0], nil
}

func completeAll(ctx context.Context, tx *store.Tx, list []Campaign) ([]Campaign, error) {
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return nil, err
	}
	periods, err := reference.Periods(ctx, tx)
	if err != nil {
		return nil, err
	}
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return nil, err
	}
	links, err := cohortLinks(ctx, tx, list)
	if err != nil {
		return nil, err
	}
	for i := range list {
		c := &list[i]
		c.Faculty = named(faculties, c.Faculty.ID, reference.Faculty.Ref)
		c.Period = named(periods, c.Period.ID, reference.Period.Ref)
		for _, cohort := range links[c.ID] {
			c.Cohorts = append(c.Cohorts, named(cohorts, cohort, student.Cohort.Ref))
		}
	}
	return list, nil
}

// cohortLinks returns the keys of the cohorts of each campaign.
func cohortLinks(ctx context.Context, tx *store.Tx, list []Campaign) (map[int64][]int64, error) {
	links := map[int64][]int64{}
	q := queries.New(tx)
	if len(list) == 1 {
		cohorts, err := q.CohortsOfCampaign(ctx, list[0].ID)
		if err != nil {
			return nil, fmt.Errorf("read cohorts of a campaign: %w", err)
		}
		links[list[0].ID] = cohorts
		return links, nil
	}
	rows, err := q.Cohorts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read cohorts of campaigns: %w", err)
	}
	for _, r := range rows {
		links[r.CampaignID] = append(links[r.CampaignID], r.CohortID)
	}
	return links, nil
}

// named returns the Ref of a key.
func named[T any](among []T, id int64, as func(T) reference.Ref) reference.Ref {
	for _, x := range among {
		if r := as(x); r.ID == id {
			return r
		}
	}
	return reference.Ref{ID: id}
}

// hours reads "72,24,3".
func hours(s string) []int {
	var list []int
	for field := range strings.SplitSeq(s, ",") {
		if n, err := strconv.Atoi(strings.TrimSpace(field)); err == nil {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b int) int { return b - a })
	return list
}

func hoursText(list []int) string {
	fields := make([]string, len(list))
	for i, n := range list {
		fields[i] = strconv.Itoa(n)
	}
	return strings.Join(fields, ",")
}
