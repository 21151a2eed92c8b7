package placement

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/placement/queries"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// The readers below give every placement, ended ones too, in the order of their
// dates, then of writing: [Current] keeps those in force. They have no right of
// their own: the caller knows whose placements it may show.

// Current keeps the placements that nothing cancels or replaces.
func Current(placements []Placement) []Placement {
	return slices.DeleteFunc(slices.Clone(placements), func(p Placement) bool { return !p.Current() })
}

// OfStudent returns the placements of a student, with those before Stagora, and
// those of records merged into theirs.
func OfStudent(ctx context.Context, tx *store.Tx, studentID int64) ([]Placement, error) {
	canonical, err := student.LoadCanonical(ctx, tx)
	if err != nil {
		return nil, err
	}
	var lines []queries.PlacementEntry
	for _, id := range canonical.Same(studentID) {
		rows, err := queries.New(tx).OfStudent(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read placements: %w", err)
		}
		lines = append(lines, rows...)
	}
	placements, err := placementsOf(ctx, tx, lines, nil)
	return keep(placements, func(p Placement) bool { return p.StudentID == canonical.Of(studentID) }), err
}

// OfStudents returns the placements of the students whose records fulfil a
// condition, by the key of the record that stands for each now, with those of
// records merged into theirs. The condition speaks of [student.From].
func OfStudents(ctx context.Context, tx *store.Tx, where store.Condition) (map[int64][]Placement, error) {
	return byStudent(ctx, tx, where, released)
}

// OfStudentsAt is [OfStudents] for who asks about some sites, main or secondary: placements
// elsewhere may be left out.
func OfStudentsAt(ctx context.Context, tx *store.Tx, where store.Condition, sites []int64) (map[int64][]Placement, error) {
	// What cancels or replaces a placement may speak of another site.
	there := store.Or(store.In("e.site_id", sites), store.In("e.secondary_id", sites), store.Where("e.refers_to IS NOT NULL"))
	return byStudent(ctx, tx, where, store.And(released, there))
}

func byStudent(ctx context.Context, tx *store.Tx, where, lines store.Condition) (map[int64][]Placement, error) {
	found, err := entries.Unordered(ctx, tx, store.And(student.SamePeople("e.student_id", where), lines))
	if err != nil {
		return nil, fmt.Errorf("read placements: %w", err)
	}
	placements, err := placementsOf(ctx, tx, found, nil)
	return ByStudent(placements), err
}

// released is the condition that a line is in force: it belongs to no batch, or to one
// that was released.
var released = store.Where("e.batch NOT IN (SELECT b.id FROM placement_batch b WHERE b.released_at IS NULL)")

// entries reads lines of the ledger.
var entries = store.List[queries.PlacementEntry]{
	Select: "e.id, e.public_id, e.kind, e.refers_to, e.student_id, e.site_id, e.secondary_id, e.period_id, e.procedure, e.campaign, " +
		"e.decided_at, e.decided_by, e.rank, e.post_cost, e.bonus, e.cost, e.reason, e.recorded_at, e.recorded_by",
	From: "placement_entry e", ID: "e.id",
	Scan: func(row store.Row) (e queries.PlacementEntry, err error) {
		return e, row.Scan(&e.ID, &e.PublicID, &e.Kind, &e.RefersTo, &e.StudentID, &e.SiteID, &e.SecondaryID, &e.PeriodID, &e.Procedure, &e.Campaign,
			&e.DecidedAt, &e.DecidedBy, &e.Rank, &e.PostCost, &e.Bonus, &e.Cost, &e.Reason, &e.RecordedAt, &e.RecordedBy)
	},
}

// OfSite returns the placements at a site during a period: who arrives. Those who
// come there as to a secondary site are among them.
func OfSite(ctx context.Context, tx *store.Tx, siteID, periodID int64) ([]Placement, error) {
	q := queries.New(tx)
	lines, err := q.OfSite(ctx, queries.OfSiteParams{SiteID: siteID, PeriodID: periodID})
	if err != nil {
		return nil, fmt.Errorf("read placements: %w", err)
	}
	secondary, err := q.OfSecondarySite(ctx, queries.OfSecondarySiteParams{SecondaryID: orNull(siteID), PeriodID: periodID})
	placements, err := placementsOf(ctx, tx, append(lines, secondary...), err)
	return keep(placements, func(p Placement) bool {
		return p.Period.ID == periodID && (p.Site.ID == siteID || p.Secondary.ID == siteID)
	}), err
}

// OfPeriod returns all placements during a period.
func OfPeriod(ctx context.Context, tx *store.Tx, periodID int64) ([]Placement, error) {
	lines, err := queries.New(tx).OfPeriod(ctx, periodID)
	placements, err := placementsOf(ctx, tx, lines, err)
	return keep(placements, func(p Placement) bool { return p.Period.ID == periodID }), err
}

// OfCampaign returns all placements that a campaign decided.
func OfCampaign(ctx context.Context, tx *store.Tx, campaign string) ([]Placement, error) {
	lines, err := queries.New(tx).OfCampaign(ctx, campaign)
	placements, err := placementsOf(ctx, tx, lines, err)
	return keep(placements, func(p Placement) bool { return p.Campaign == campaign }), err
}

// All returns the whole ledger. With thousands of students it takes a while: it is
// for what speaks of everybody at once.
func All(ctx context.Context, tx *store.Tx) ([]Placement, error) {
	lines, err := queries.New(tx).All(ctx)
	return placementsOf(ctx, tx, lines, err)
}

func keep(placements []Placement, those func(Placement) bool) []Placement {
	return slices.DeleteFunc(placements, func(p Placement) bool { return !those(p) })
}

// ByStudent gathers placements by student.
func ByStudent(placements []Placement) map[int64][]Placement {
	by := map[int64][]Placement{}
	for _, p := range placements {
		by[p.StudentID] = append(by[p.StudentID], p)
	}
	return by
}

// Done returns the current placements, among those of one student, at a site, as
// main or secondary, that nobody said do not count: the rule "a site already done
// is not chosen again" reads them, and their dates.
func Done(ofStudent []Placement, siteID int64) []Placement {
	return slices.DeleteFunc(Current(ofStudent), func(p Placement) bool {
		return p.Discounted() || (p.Site.ID != siteID && p.Secondary.ID != siteID)
	})
}

// CostHistory returns what the current placements of one student cost, oldest
// first, without those that were said not to count: what a score is made of.
func CostHistory(ofStudent []Placement) []Costs {
	var history []Costs
	for _, p := range Current(ofStudent) {
		if p.Costs != nil && !p.Discounted() {
			history = append(history, *p.Costs)
		}
	}
	return history
}

// placementsOf makes placements of lines: those of placements, and those
// about them, in the order of writing.
func placementsOf(ctx context.Context, tx *store.Tx, lines []queries.PlacementEntry, err error) ([]Placement, error) {
	if err != nil {
		return nil, fmt.Errorf("read placements: %w", err)
	}
	if len(lines) == 0 {
		return nil, nil
	}
	var at []int64
	for _, l := range lines {
		at = append(at, l.SiteID, l.SecondaryID.Int64)
	}
	named, err := site.Refs(ctx, tx, at)
	if err != nil {
		return nil, err
	}
	sites := make(map[int64]reference.Ref, len(named))
	for _, s := range named {
		sites[s.ID] = s
	}
	periods, err := reference.Periods(ctx, tx)
	if err != nil {
		return nil, err
	}
	canonical, err := student.LoadCanonical(ctx, tx)
	if err != nil {
		return nil, err
	}
	period := make(map[int64]reference.Period, len(periods))
	for _, p := range periods {
		period[p.ID] = p
	}
	slices.SortFunc(lines, func(a, b queries.PlacementEntry) int { return int(a.ID - b.ID) })
	lines = slices.CompactFunc(lines, func(a, b queries.PlacementEntry) bool { return a.ID == b.ID })
	placements := make([]Placement, 0, len(lines))
	index := make(map[int64]int, len(lines)) // where the placement of a line is in placements
	for _, l := range lines {
		if l.Kind != placed {
			continue
		}
		p := placementOf(l, sites, period[l.PeriodID])
		p.StudentID = canonical.Of(l.StudentID)
		index[l.ID] = len(placements)
		placements = append(placements, p)
	}
	for _, l := range lines {
		if i, known := index[l.RefersTo.Int64]; known && l.RefersTo.Valid {
			later(&placements[i], l)
			if j, ok := index[l.ID]; ok {
				placements[j].Replaces = placements[i].PublicID
			}
		}
	}
	slices.SortStableFunc(placements, func(a, b Placement) int {
		if c := strings.Compare(string(a.Dates.From), string(b.Dates.From)); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	return placements, nil
}

func placementOf(l queries.PlacementEntry, sites map[int64]reference.Ref, period reference.Period) Placement {
	p := Placement{
		ID: l.ID, PublicID: l.PublicID, StudentID: l.StudentID,
		Site: sites[l.SiteID], Secondary: sites[l.SecondaryID.Int64], Period: period.Ref(), Dates: period.Outer(),
		Decision: Decision{Procedure: l.Procedure, Campaign: l.Campaign, At: l.DecidedAt.Time, By: l.DecidedBy, Reason: l.Reason},
		Rank:     int(l.Rank.Int64), RecordedAt: l.RecordedAt.Time, RecordedBy: l.RecordedBy,
	}
	if l.Cost.Valid {
		p.Costs = &Costs{Post: l.PostCost.Int64, Bonus: l.Bonus.Int64, Total: l.Cost.Int64}
	}
	return p
}

// later tells a placement of a line about it.
func later(p *Placement, l queries.PlacementEntry) {
	event := &Event{At: l.RecordedAt.Time, By: l.RecordedBy, Reason: l.Reason}
	switch l.Kind {
	case placed:
		p.ReplacedBy = l.PublicID
	case cancelled:
		p.Cancelled = event
	case counted, discounted:
		event.Counts = l.Kind == counted
		p.Validation = event
	}
}
