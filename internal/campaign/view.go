package campaign

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
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

// NamedForOffice returns the campaigns of [ForOfficeAll] for who reads nothing of them but
// their keys, names and perimeters.
func NamedForOffice(ctx context.Context, tx *store.Tx, actor identity.Actor) ([]Campaign, error) {
	rows, err := tx.QueryContext(ctx, "SELECT "+PerimeterColumns+", c.name FROM campaign_campaign q "+JoinPerimeters("q.id")+" ORDER BY c.id")
	if err != nil {
		return nil, fmt.Errorf("read the names of campaigns: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var found []PerimeterRow
	for rows.Next() {
		var row PerimeterRow
		if err := rows.Scan(append(row.Into(), &row.Campaign.Name)...); err != nil {
			return nil, fmt.Errorf("read the names of campaigns: %w", err)
		}
		found = append(found, row)
	}
	var visible []Campaign
	for len(found) > 0 {
		n := 1
		for n < len(found) && found[n].Campaign.ID == found[0].Campaign.ID {
			n++
		}
		c := Lies(found[:n])
		if actor.Can(RightView, c.Perimeters()...) {
			visible = append(visible, c)
		}
		found = found[n:]
	}
	return visible, rows.Err()
}

// NamesOf returns the names of campaigns by their public ids, for a caller that has its
// own right to ask. An id of something else has none.
func NamesOf(ctx context.Context, tx *store.Tx, ids []string) (map[string]string, error) {
	those := store.In("public_id", ids)
	if those.Never() {
		return nil, nil
	}
	rows, err := tx.QueryContext(ctx, "SELECT public_id, name FROM campaign_campaign WHERE "+those.SQL, those.Args...)
	if err != nil {
		return nil, fmt.Errorf("read the names of campaigns: %w", err)
	}
	defer func() { _ = rows.Close() }()
	names := make(map[string]string, len(ids))
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, fmt.Errorf("read the names of campaigns: %w", err)
		}
		names[id] = name
	}
	return names, rows.Err()
}

// Mine returns the campaigns that the actor takes part in, the latest first, with
// where their list stands: what a student's home shows.
func Mine(ctx context.Context, tx *store.Tx, actor identity.Actor) ([]MyCampaign, error) {
	if !actor.Can(RightOwnList, identity.Self(actor.PublicID)) {
		return nil, nil
	}
	return participationsOf(ctx, tx, anyRecordOf(actor))
}

// MyCampaign is a campaign as one of its students sees it: with its faculty and its
// period, without its cohorts.
type MyCampaign struct {
	Campaign  Campaign
	Student   int64  // key of the record that stands for the student now
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
	if err := actor.Require(RightOwnList, identity.Self(actor.PublicID)); err != nil {
		return MyCampaign{}, err
	}
	this := store.Where("c.public_id = $1", campaign)
	// Another account of the same person is asked for last: their records were merged.
	for _, who := range []store.Condition{store.Where("p.person_id = $1", actor.ID), anyRecordOf(actor)} {
		found, err := participationsOf(ctx, tx, store.And(this, who))
		if err != nil {
			return MyCampaign{}, err
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	return MyCampaign{}, unknown()
}

// anyRecordOf is the condition that a participant is the actor, under any record of
// theirs.
func anyRecordOf(actor identity.Actor) store.Condition {
	return store.Where("p.student_id IN ("+student.RecordsOfPerson+")", actor.ID)
}

// A participation is all that one look finds of a student in a campaign.
type participation struct {
	campaign             queries.CampaignCampaign
	id, student          int64
	pseudonym            string
	score, manual        sql.NullInt64
	first, last          sql.NullInt64
	effective, automatic sql.NullInt64
	drawn                sql.NullString
	late                 *store.Time // the end of the last late case that was agreed to
	receipt              sql.NullString
	list                 ranking.List[Wish]
}

// participations reads where students stand in campaigns: p takes part in c.
var participations = store.List[participation]{
	Select: "c.id, c.public_id, c.name, c.faculty_id, c.period_id, c.zone, c.contact_name, c.contact_email, " +
		"c.opens_at, c.closes_at, c.commission_at, c.publishes_at, c.phase, c.method, c.costs_method, c.scoring, " +
		"c.max_wishes, c.advised_wishes, c.reminders, c.show_positions, c.changed_at, c.changed_by, c.enrolled, c.reminded, c.inputs, " +
		"p.id, " + student.Now + ", p.pseudonym, p.score, p.manual, p.first_position, p.last_position, t.effective, t.automatic, t.hash, " +
		"(SELECT max(o.until_at) FROM campaign_late o WHERE o.participant_id = p.id AND o.agreed), " + ranking.LastReceiptOf + ", " + ranking.Columns,
	From: "campaign_participant p JOIN campaign_campaign c ON c.id = p.campaign_id " + ranking.Join("c.public_id", "p.id") +
		" " + student.JoinRecord + "p.student_id " + joinPosition("p.id", "p.campaign_id"),
	ID: "p.id",
	Scan: func(row store.Row) (p participation, err error) {
		c := &p.campaign
		p.list, err = ranking.Scan[Wish](row, &c.ID, &c.PublicID, &c.Name, &c.FacultyID, &c.PeriodID, &c.Zone, &c.ContactName, &c.ContactEmail,
			&c.OpensAt, &c.ClosesAt, &c.CommissionAt, &c.PublishesAt, &c.Phase, &c.Method, &c.CostsMethod, &c.Scoring,
			&c.MaxWishes, &c.AdvisedWishes, &c.Reminders, &c.ShowPositions, &c.ChangedAt, &c.ChangedBy, &c.Enrolled, &c.Reminded, &c.Inputs,
			&p.id, &p.student, &p.pseudonym, &p.score, &p.manual, &p.first, &p.last, &p.effective, &p.automatic, &p.drawn, &p.late, &p.receipt)
		return p, err
	},
}

// participationsOf returns what students see of the campaigns that they take part in,
// the latest first.
func participationsOf(ctx context.Context, tx *store.Tx, who store.Condition) ([]MyCampaign, error) {
	found, err := participations.All(ctx, tx, store.And(who, store.Where("p.enrolled_at IS NOT NULL AND p.excluded_at IS NULL AND c.phase <> 'draft'")))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return nil, err
	}
	periods, err := reference.Periods(ctx, tx)
	if err != nil {
		return nil, err
	}
	mine := make([]MyCampaign, len(found))
	for i, p := range found {
		if mine[i], err = p.seen(tx.Now); err != nil {
			return nil, err
		}
		c := &mine[i].Campaign
		c.Faculty, c.Period = named(faculties, c.Faculty.ID, reference.Faculty.Ref), named(periods, c.Period.ID, reference.Period.Ref)
	}
	slices.SortStableFunc(mine, func(a, b MyCampaign) int {
		return cmp.Or(b.Campaign.OpensAt.Compare(a.Campaign.OpensAt), cmp.Compare(b.Campaign.ID, a.Campaign.ID))
	})
	return mine, nil
}

// seen is what the student sees at an instant.
func (p participation) seen(now time.Time) (MyCampaign, error) {
	c, err := campaignOf(p.campaign, nil)
	if err != nil {
		return MyCampaign{}, err
	}
	mine := MyCampaign{
		Campaign: c, Student: p.student, Pseudonym: p.pseudonym, Score: value(p.score), Manual: int(p.manual.Int64), Of: c.Enrolled,
		First: int(p.first.Int64), Last: int(p.last.Int64), participant: p.id,
		Current: p.list.Last, Confirmed: p.list.Stands(), Receipt: p.receipt.String, Until: c.ClosesAt,
	}
	if p.effective.Valid {
		mine.Position = &Position{int(p.effective.Int64), int(p.automatic.Int64), p.drawn.String}
	}
	if c.Phase == Closed && p.late.OrZero().After(now) {
		mine.Late, mine.Until = true, p.late.Time
	}
	mine.Writable = mine.Late || c.CheckWishes(now) == nil
	return mine, nil
}

// A Choice is a post as a student sees it: what it offers, how sought it is, and
// whether this student may have it.
type Choice struct {
	Post    Post
	Site    site.Site
	Demand  Demand
	Verdict Verdict // why not, if not
	Rank    int     // on the last version of the student's list; 0: not there
	Search  string  // what a search compares with, folded
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
			Verdict: Eligible(e.me.Background, p), Rank: rank[p.Code], Search: e.market.search[i],
		}
	}
	return choices
}

// Categories returns those of the sites that have a post, in the order of names. It is
// not to be changed.
func (e Estimate) Categories() []reference.Ref { return e.market.categories }

// Institutions returns those of the sites that have a post, in the order of names. It
// is not to be changed.
func (e Estimate) Institutions() []reference.Ref { return e.market.institutions }

// DemandOf returns how sought each post is, for code that has checked the reader's
// right to see the campaign. It must not be called within a transaction.
func (s *Campaigns) DemandOf(ctx context.Context, c Campaign) (map[string]Demand, error) {
	m, err := s.market(ctx, c)
	if err != nil {
		return nil, err
	}
	return m.demand, nil
}
