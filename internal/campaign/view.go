package campaign

import (
	"context"
	"fmt"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// ForOfficeAll returns the campaigns that the actor may see as an office, the
// latest first.
func ForOfficeAll(ctx context.Context, tx *store.Tx, actor identity.Actor) ([]Campaign, error) {
	rows, err := queries.New(tx).Campaigns(ctx)
	if err != nil {
		return nil, fmt.Errorf("read campaigns: %w", err)
	}
	list := make([]Campaign, len(rows))
	for i, r := range rows {
		if list[i], err = campaignOf(r, nil); err != nil {
			return nil, err
		}
	}
	if list, err = completeAll(ctx, tx, list); err != nil {
		return nil, err
	}
	visible := list[:0]
	for _, c := range list {
		if actor.Can(RightView, c.Perimeters()...) {
			visible = append(visible, c)
		}
	}
	return visible, nil
}

// Mine returns the campaigns that the actor takes part in, the latest first, with
// where their list stands: what a student's home shows.
func Mine(ctx context.Context, tx *store.Tx, actor identity.Actor) ([]MyCampaign, error) {
	if !actor.Can(RightOwnList, identity.Self(actor.PublicID)) {
		return nil, nil
	}
	found, err := student.OfPerson(ctx, tx, actor.ID)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	canonical, err := student.LoadCanonical(ctx, tx)
	if err != nil {
		return nil, err
	}
	q := queries.New(tx)
	var mine []MyCampaign
	for _, same := range canonical.Same(found.ID) {
		rows, err := q.ParticipationsOfStudent(ctx, same)
		if err != nil {
			return nil, fmt.Errorf("read campaigns of student: %w", err)
		}
		for _, r := range rows {
			c, err := campaignOf(r.CampaignCampaign, nil)
			if err != nil {
				return nil, err
			}
			list, err := ranking.Get[Wish](ctx, tx, ranking.Key{Scope: c.PublicID, Owner: r.CampaignParticipant.ID})
			if err != nil {
				return nil, err
			}
			one, err := myCampaign(ctx, tx, c, r.CampaignParticipant, list)
			if err != nil {
				return nil, err
			}
			mine = append(mine, one)
		}
	}
	return mine, nil
}

// MyCampaign is a campaign as one of its students sees it: with its faculty and its
// period, without its cohorts.
type MyCampaign struct {
	Campaign  Campaign
	Pseudonym string // under which the student's draw can be checked
	Score     *int64 // hundredths; nil: unknown
	Manual    int
	// First and Last are the positions possible over all draws; Position is the
	// one that the draw gave, nil until the seed is revealed.
	First, Last int
	Position    *Position
	Of          int // how many take part

	Current   Version   // the last version, without who saved it; Number 0: nothing saved
	Confirmed bool      // as it stands
	Receipt   string    // code of the latest receipt; empty: none
	Until     time.Time // when the list closes for this student: the deadline, or that of a late case
	Late      bool      // it is open by a late case
	Writable  bool      // at the instant of reading

	participant int64
}

// ForStudent returns a campaign as the actor, one of its students, sees it. For
// anybody else it does not exist.
func ForStudent(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string) (MyCampaign, error) {
	participant, err := own(ctx, tx, actor, campaign)
	if err != nil {
		return MyCampaign{}, err
	}
	row, err := queries.New(tx).Participation(ctx, participant)
	c, err := campaignOf(row.CampaignCampaign, err)
	if err != nil {
		return MyCampaign{}, err
	}
	list, err := ranking.Get[Wish](ctx, tx, ranking.Key{Scope: campaign, Owner: participant})
	if err != nil {
		return MyCampaign{}, err
	}
	return myCampaign(ctx, tx, c, row.CampaignParticipant, list)
}

func myCampaign(ctx context.Context, tx *store.Tx, c Campaign, row queries.CampaignParticipant, list ranking.List[Wish]) (MyCampaign, error) {
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return MyCampaign{}, err
	}
	periods, err := reference.Periods(ctx, tx)
	if err != nil {
		return MyCampaign{}, err
	}
	c.Faculty, c.Period = named(faculties, c.Faculty.ID, reference.Faculty.Ref), named(periods, c.Period.ID, reference.Period.Ref)
	q := queries.New(tx)
	mine := MyCampaign{
		Campaign: c, Pseudonym: row.Pseudonym, Score: value(row.Score), Manual: int(row.Manual.Int64), Of: c.Enrolled,
		First: int(row.FirstPosition.Int64), Last: int(row.LastPosition.Int64), Until: c.ClosesAt, participant: row.ID,
		Current: list.Last, Confirmed: list.Stands(),
	}
	if c.Phase.Reached(Closed) {
		if err := mine.readPosition(ctx, q, row.ID); err != nil {
			return mine, err
		}
	}
	mine.Receipt, err = ranking.LastReceipt(ctx, tx, list.Key)
	if err != nil {
		return mine, err
	}
	mine.Writable = mayWrite(ctx, tx, c, list) == nil
	if c.Phase != Closed {
		return mine, nil
	}
	late, err := q.LateInForce(ctx, queries.LateInForceParams{ParticipantID: row.ID, UntilAt: store.At(tx.Now)})
	if err == nil {
		mine.Late, mine.Until = true, late.UntilAt.Time
	}
	return mine, ignoreNoRows(err)
}

func (m *MyCampaign) readPosition(ctx context.Context, q *queries.Queries, participant int64) error {
	p, err := q.Position(ctx, participant)
	if err == nil {
		m.Position = &Position{int(p.Effective), int(p.Automatic), p.Hash}
	}
	return ignoreNoRows(err)
}

// A Choice is a post as a student sees it: what it offers, how sought it is, and
// whether this student may have it.
type Choice struct {
	Post    Post
	Site    site.Site
	Demand  Demand
	Verdict Verdict // why not, if not
	Rank    int     // on the last version of the student's list; 0: not there
}

// MayList reports whether the post may be put on a list: posts closed to wishes
// and secondary posts may not; others may, with a warning if a rule forbids them.
func (c Choice) MayList() bool {
	return !c.Post.Secondary && (c.Rank > 0 || c.Verdict.Rule != RuleClosedToWishes)
}

// Choices returns the posts of a campaign as the actor, one of its students, sees
// them, in the order of names. The demand is of all lists as they were a moment
// ago.
func (s *Campaigns) Choices(ctx context.Context, actor identity.Actor, campaign string) ([]Choice, error) {
	mine, err := store.Get(ctx, s.DB, func(tx *store.Tx) (MyCampaign, error) { return ForStudent(ctx, tx, actor, campaign) })
	if err != nil {
		return nil, err
	}
	e, err := s.EstimateFor(ctx, mine)
	if err != nil {
		return nil, err
	}
	return e.Choices(mine.Current.Wishes), nil
}

// Choices returns the posts as the student with this list sees them, in the order of
// names.
func (e Estimate) Choices(list []Wish) []Choice {
	rank := map[string]int{}
	for i, w := range list {
		rank[w.Post] = i + 1
	}
	choices := make([]Choice, len(e.market.Posts))
	for i, p := range e.market.Posts {
		choices[i] = Choice{
			Post: p, Site: e.market.sites[p.Site.ID], Demand: e.market.demand[p.Code],
			Verdict: Eligible(e.me.Background, p), Rank: rank[p.Code],
		}
	}
	return choices
}

// DemandOf returns how sought each post is, for code that has checked the reader's
// right to see the campaign. It must not be called within a transaction.
func (s *Campaigns) DemandOf(ctx context.Context, c Campaign) (map[string]Demand, error) {
	m, err := s.market(ctx, c)
	if err != nil {
		return nil, err
	}
	return m.demand, nil
}

// ZoneOf returns the zone in which a campaign's times are told.
func ZoneOf(ctx context.Context, tx *store.Tx, campaign string) (string, error) {
	zone, err := queries.New(tx).Zone(ctx, campaign)
	if err != nil {
		return "", unknownIfMissing(err)
	}
	return zone, nil
}
