package campaign

import (
	"context"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// fromConcerned is where the students of campaigns are read from: those whom a
// campaign has enrolled, and the other members of its cohorts. s is the record that
// stands for the student now, p the person, c the campaign, w the row that the campaign
// has for the student, NULL for none. Who they are is said by [concernedBy]. Each part
// asks about one student, so that a page of a list reads its own rows and no more, in
// the order of names or from the words of a search.
var fromConcerned = student.From + " JOIN campaign_campaign c ON TRUE LEFT JOIN campaign_participant w ON w.campaign_id = c.id AND w.student_id =" +
	" CASE WHEN s.id IN (" + student.MergedPeople + ") THEN (" + firstRow + ") ELSE s.id END"

// firstRow selects for which record of a student c has its row. Two records that were
// merged since may both have one: what the campaign enrolled holds, then the first.
var firstRow = "SELECT x.student_id FROM campaign_participant x WHERE x.campaign_id = c.id AND x.student_id IN (" + student.SameRecords("s.id") + ")" +
	" ORDER BY x.enrolled_at IS NULL, x.id LIMIT 1"

// The conditions of w.
var (
	enrolled = store.Where("w.enrolled_at IS NOT NULL")
	excluded = store.Where("w.excluded_at IS NOT NULL")
)

// concernedBy is the condition that a row of [fromConcerned] is of this campaign.
func (r *requirements) concernedBy() store.Condition {
	those := store.Where(student.InCohorts("s.id", "campaign_cohort k", "k.campaign_id = c.id AND k.cohort_id"))
	if r.campaign.Phase != Draft { // an opening that failed may have enrolled some
		those = store.Or(enrolled, those)
	}
	return store.And(among(r.campaign, r.expected()), those)
}

// among is the condition that a row of [fromConcerned] speaks of a campaign and of a
// student who may be concerned by it. Where those are few, it names them, and their list
// is made of them; a long list is read among everybody, in the order that is asked for.
func among(c Campaign, expected int) store.Condition {
	const few = 2000
	all := store.And(store.Where("c.id = $1", c.ID), store.Where("s.merged_into IS NULL"))
	if max(c.Enrolled, expected) > few {
		return all
	}
	return store.And(all, store.Where("s.id IN (SELECT "+student.Now+" FROM campaign_participant q "+student.JoinRecord+"q.student_id WHERE q.campaign_id = $1"+
		" UNION SELECT "+student.Now+" FROM "+student.FromMember+" JOIN campaign_cohort k ON k.cohort_id = m.cohort_id WHERE k.campaign_id = $1)", c.ID))
}

// enrolledRows selects those whom campaigns have enrolled, for who has the keys of some
// of the rows.
var enrolledRows = "SELECT q.campaign_id AS campaign, " + student.Now + " AS student, q.id AS participant," +
	" q.excluded_at IS NOT NULL AS excluded" +
	" FROM campaign_participant q " + student.JoinRecord + "q.student_id" +
	" WHERE q.enrolled_at IS NOT NULL AND (" + student.Now + " NOT IN (" + student.MergedPeople + ") OR NOT EXISTS (" +
	"SELECT 1 FROM campaign_participant x WHERE x.campaign_id = q.campaign_id AND x.id < q.id AND x.enrolled_at IS NOT NULL" +
	" AND x.student_id IN (" + student.SameRecords(student.Now) + ")))"

// The requirements of a campaign are what it takes to be in.
type requirements struct {
	campaign Campaign
	cohorts  []student.Cohort
	period   reference.Period
}

func requirementsOf(ctx context.Context, tx *store.Tx, c Campaign) (*requirements, error) {
	r := &requirements{campaign: c}
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, cohort := range cohorts {
		if slices.ContainsFunc(c.Cohorts, func(of reference.Ref) bool { return of.ID == cohort.ID }) {
			r.cohorts = append(r.cohorts, cohort)
		}
	}
	r.period, err = reference.PeriodByID(ctx, tx, c.Period.ID)
	return r, err
}

// expected is how many students the cohorts count on.
func (r *requirements) expected() int {
	sum := 0
	for _, cohort := range r.cohorts {
		sum += cohort.Expected
	}
	return sum
}

// levels are the keys of the levels of the cohorts.
func (r *requirements) levels() []int64 {
	ids := make([]int64, len(r.cohorts))
	for i, cohort := range r.cohorts {
		ids[i] = cohort.Level.ID
	}
	return ids
}

// criteria are what it takes to be in, in order: first that nobody has excluded the
// student, then what the records say. Once a student is enrolled, what changes in
// the records only warns: people decide what comes of it.
func (r *requirements) criteria() []student.Criterion {
	list := []student.Criterion{{Name: "excluded", Fails: excluded, Warns: store.Nothing}}
	for _, criterion := range student.Criteria(student.Expected{Cohorts: r.cohorts, Period: r.period}) {
		if r.campaign.Phase != Draft {
			criterion.Warns = store.Or(criterion.Warns, enrolled)
		}
		list = append(list, criterion)
	}
	if r.campaign.Phase == Draft {
		return list
	}
	return append(list, student.Criterion{Name: "enrolled", Fails: store.Not(enrolled), Warns: store.Nothing})
}

// out is the condition that a criterion keeps a student out, warned that one fails
// and keeps nobody out.
func (r *requirements) out() (out, warned store.Condition) {
	out, warned = store.Nothing, store.Nothing
	for _, criterion := range r.criteria() {
		out, warned = store.Or(out, criterion.KeepsOut()), store.Or(warned, store.And(criterion.Fails, criterion.Warns))
	}
	return out, warned
}

// The states of a participant: those who are in are also counted as warned if
// something about them should be looked at.
const (
	StateIn       = "in"
	StateWarned   = "warned"
	StateAbsent   = "absent"
	StateExcluded = "excluded"
)

// states are the conditions of the states.
func (r *requirements) states() map[string]store.Condition {
	out, warned := r.out()
	return map[string]store.Condition{
		StateIn:       store.And(store.Not(out), store.Not(warned)),
		StateWarned:   store.And(store.Not(out), warned),
		StateAbsent:   store.And(out, store.Not(excluded)),
		StateExcluded: excluded,
	}
}

// A ParticipantCounts sums up who takes part in a campaign.
type ParticipantCounts struct {
	In          int
	Warned      int       // of those in: something should be looked at
	Unreachable int       // of those in: without an e-mail address
	Manual      int       // of those in: served at a position decided by hand
	Absent      []Absence // by the first criterion that keeps them out, in the order of the criteria
}

// An Absence is a reason for not being in, with how many it keeps out.
type Absence struct {
	Criterion string // in the catalogues under "absence."
	Students  int
}

// Out returns how many are not in.
func (n ParticipantCounts) Out() int {
	sum := 0
	for _, a := range n.Absent {
		sum += a.Students
	}
	return sum
}

// Unexplained returns how many are not in, without those whom somebody excluded.
func (n ParticipantCounts) Unexplained() int {
	sum := 0
	for _, a := range n.Absent {
		if a.Criterion != "excluded" {
			sum += a.Students
		}
	}
	return sum
}

// CountParticipants counts the students of a campaign, for code that has checked the
// reader's right to see it.
func CountParticipants(ctx context.Context, tx *store.Tx, c Campaign) (ParticipantCounts, error) {
	r, err := requirementsOf(ctx, tx, c)
	if err != nil {
		return ParticipantCounts{}, err
	}
	return r.count(ctx, tx)
}

// count is [CountParticipants]. What is counted is kept until something changes it.
func (r *requirements) count(ctx context.Context, tx *store.Tx) (ParticipantCounts, error) {
	return keep(ctx, tx, r.campaign, "counts", func() (ParticipantCounts, error) { return r.countAnew(ctx, tx) })
}

func (r *requirements) countAnew(ctx context.Context, tx *store.Tx) (n ParticipantCounts, err error) {
	criteria := r.criteria()
	first, args := student.FirstFailing(criteria, nil)
	_, warned := r.out()
	manual := store.Where("w.manual IS NOT NULL")
	var warns, byHand, of string
	warns, args = warned.Append(args)
	byHand, args = manual.Append(args)
	of, args = r.concernedBy().Append(args)
	rows, err := tx.QueryContext(ctx, "SELECT o.reason, o.warned, o.mute, o.manual, COUNT(*) FROM (SELECT "+first+" AS reason, CASE WHEN "+warns+" THEN 1 ELSE 0 END AS warned,"+
		" CASE WHEN p.email = '' THEN 1 ELSE 0 END AS mute, CASE WHEN "+byHand+" THEN 1 ELSE 0 END AS manual"+
		" FROM "+fromConcerned+" WHERE "+of+") o GROUP BY o.reason, o.warned, o.mute, o.manual", args...)
	if err != nil {
		return n, fmt.Errorf("count participants: %w", err)
	}
	defer func() { _ = rows.Close() }()
	absent := map[string]int{}
	for rows.Next() {
		var reason string
		var warned, mute, manual, count int
		if err := rows.Scan(&reason, &warned, &mute, &manual, &count); err != nil {
			return n, fmt.Errorf("count participants: %w", err)
		}
		if reason != "" {
			absent[reason] += count
			continue
		}
		n.In, n.Warned, n.Unreachable, n.Manual = n.In+count, n.Warned+warned*count, n.Unreachable+mute*count, n.Manual+manual*count
	}
	for _, criterion := range criteria {
		if students := absent[criterion.Name]; students > 0 {
			n.Absent = append(n.Absent, Absence{criterion.Name, students})
		}
	}
	return n, rows.Err()
}
