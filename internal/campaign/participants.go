package campaign

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// An Enrolment is one student of the campaign's cohorts: in, or absent for a
// reason that names who can change it.
type Enrolment struct {
	ID        int64 // of the participant; 0: the campaign has nothing to say about the student yet
	Student   student.Student
	Pseudonym string
	In        bool
	Findings  []student.Finding // one a criterion, in order; [student.Excluded] gives the one that keeps the student out

	Points       *int64 // hundredths, as the office entered them; nil: the history counts
	PointsReason string
	History      *int64 // hundredths, from what earlier placements cost
	Score        *int64 // hundredths, the one that counts; nil: unknown, served after everybody who has one
	Manual       int    // position decided by the office; 0: none
	ManualReason string
	Excluded     *Exclusion

	EnrolledAt  time.Time // zero: the campaign has not opened with this student in it
	First, Last int       // the positions possible over all draws; 0 before opening
	Position    *Position // nil until the seed is revealed

	List *List // nil: there is none, or nobody asked for it
}

// An Exclusion is somebody's decision that a student takes no part.
type Exclusion struct {
	At     time.Time
	By     string
	Reason string
}

// A Position is a place in the order, with what put the student there.
type Position struct {
	Effective int // in which the student is served, from 1
	Automatic int // by score and draw alone
	Hash      string
}

// Participating is the condition that a record is one that the campaign has a row
// for.
func Participating(c Campaign) store.Condition {
	return store.Where("s.id IN (SELECT q.student_id FROM campaign_participant q WHERE q.campaign_id = $1)", c.ID)
}

// participatingBetween is [Participating] of the records whose keys are from one to
// another.
func participatingBetween(c Campaign, first, last int64) store.Condition {
	return store.Where("s.id IN (SELECT q.student_id FROM campaign_participant q WHERE q.campaign_id = $1 AND q.student_id BETWEEN $2 AND $3)", c.ID, first, last)
}

// ParticipantFor returns one student of a campaign, by public id, for code that has
// checked the reader's right to see the campaign. Who is neither in its cohorts nor
// enrolled is not found.
func ParticipantFor(ctx context.Context, tx *store.Tx, c Campaign, publicID string) (Enrolment, error) {
	r, err := requirementsOf(ctx, tx, c)
	if err != nil {
		return Enrolment{}, err
	}
	found, err := r.explain(ctx, tx, store.Where("s.public_id = $1", publicID), true)
	if err != nil {
		return Enrolment{}, err
	}
	i := slices.IndexFunc(found, func(e explained) bool { return e.Student.MergedInto == 0 && (e.member || !e.EnrolledAt.IsZero()) })
	if i < 0 {
		return Enrolment{}, fault.New(fault.NotFound, "participant.unknown", "student", "", "campaign", c.Name)
	}
	return found[i].Enrolment, nil
}

// An explained student is judged, and known to be in a cohort of the campaign or not.
type explained struct {
	Enrolment
	member bool
}

// explain judges the students whose records fulfil a condition, which speaks of
// [student.From], in the order of names. The condition is to hold for some only. With
// history it also reads what their scores come from, which counts until they are
// enrolled.
func (r *requirements) explain(ctx context.Context, tx *store.Tx, who store.Condition, withHistory bool) ([]explained, error) {
	states, err := student.States(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	placements := map[int64][]placement.Placement{}
	if withHistory {
		if placements, err = placement.OfStudents(ctx, tx, who); err != nil {
			return nil, err
		}
	}
	rows, positions, err := participantRows(ctx, tx, r.campaign, who)
	if err != nil {
		return nil, err
	}
	found := make([]explained, len(states))
	for i, state := range states {
		e := Enrolment{Student: state.Student}
		if withHistory {
			e.History = history(placements[state.Student.ID])
		}
		if row, known := rows[state.Student.ID]; known {
			e.read(row)
			if position, drawn := positions[row.ID]; drawn {
				e.Position = &position
			}
		}
		if e.EnrolledAt.IsZero() {
			e.Score = e.History
			if e.Points != nil {
				e.Score = e.Points
			}
		}
		r.judge(&e, state)
		found[i] = explained{e, slices.ContainsFunc(r.cohorts, func(cohort student.Cohort) bool {
			_, in := state.Student.InCohort(cohort.ID)
			return in
		})}
	}
	return found, nil
}

// judge says of each criterion whether it holds.
func (r *requirements) judge(e *Enrolment, state student.State) {
	e.Findings = nil
	for _, criterion := range r.criteria() {
		var f student.Finding
		switch criterion.Name {
		case "excluded":
			f = r.notExcluded(*e)
		case "enrolled":
			f = r.enrolled(*e)
		default:
			f = criterion.Explain(state)
			f.Warning = f.Warning || (!f.OK && r.campaign.Phase != Draft && !e.EnrolledAt.IsZero())
		}
		e.Findings = append(e.Findings, f)
	}
	_, out := student.Excluded(e.Findings)
	e.In = !out
}

// participants reads what campaigns have to say about students: q is the row, t the
// place in the order, r the record that the row was written for.
var participants = store.List[participantRow]{
	Select: "q.id, q.campaign_id, q.student_id, q.person_id, q.pseudonym, q.points, q.points_reason, q.manual, q.manual_reason, " +
		"q.excluded_at, q.excluded_by, q.excluded_reason, q.enrolled_at, q.score, q.first_position, q.last_position, q.changed_at, q.changed_by, " +
		student.Now + ", t.effective, t.automatic, t.hash",
	From: "campaign_participant q " + student.JoinRecord + "q.student_id " + joinPosition("q.id", "q.campaign_id"),
	ID:   "q.id",
	Scan: func(row store.Row) (p participantRow, err error) {
		return p, row.Scan(&p.ID, &p.CampaignID, &p.StudentID, &p.PersonID, &p.Pseudonym, &p.Points, &p.PointsReason, &p.Manual, &p.ManualReason,
			&p.ExcludedAt, &p.ExcludedBy, &p.ExcludedReason, &p.EnrolledAt, &p.Score, &p.FirstPosition, &p.LastPosition, &p.ChangedAt, &p.ChangedBy,
			&p.student, &p.effective, &p.automatic, &p.hash)
	},
}

// A participantRow is a participant with the student that the row stands for now,
// and the place in the order.
type participantRow struct {
	queries.CampaignParticipant
	student              int64
	effective, automatic sql.NullInt64
	hash                 sql.NullString
}

// participantRows returns the rows of the students whose records fulfil a
// condition, by the student that each stands for now, and their places in the order,
// by participant.
func participantRows(ctx context.Context, tx *store.Tx, c Campaign, who store.Condition) (map[int64]queries.CampaignParticipant, map[int64]Position, error) {
	those := store.Where("q.campaign_id = $1", c.ID)
	if who.SQL != "" {
		those = store.And(those, student.SamePeople("q.student_id", who))
	}
	found, err := participants.All(ctx, tx, those)
	if err != nil {
		return nil, nil, fmt.Errorf("read participants: %w", err)
	}
	rows, positions := make(map[int64]queries.CampaignParticipant, len(found)), make(map[int64]Position, len(found))
	for _, p := range found {
		// Two records merged since: what the campaign enrolled holds, then the first row.
		if other, twice := rows[p.student]; !twice || (other.EnrolledAt == nil && p.EnrolledAt != nil) {
			rows[p.student] = p.CampaignParticipant
		}
		if p.effective.Valid {
			positions[p.ID] = Position{int(p.effective.Int64), int(p.automatic.Int64), p.hash.String}
		}
	}
	return rows, positions, nil
}

func (e *Enrolment) read(row queries.CampaignParticipant) {
	e.ID, e.Pseudonym = row.ID, row.Pseudonym
	e.Points, e.PointsReason = value(row.Points), row.PointsReason
	e.Manual, e.ManualReason = int(row.Manual.Int64), row.ManualReason
	if row.ExcludedAt != nil {
		e.Excluded = &Exclusion{row.ExcludedAt.Time, row.ExcludedBy, row.ExcludedReason}
	}
	if row.EnrolledAt != nil {
		e.EnrolledAt, e.Score = row.EnrolledAt.Time, value(row.Score)
		e.First, e.Last = int(row.FirstPosition.Int64), int(row.LastPosition.Int64)
	}
}

// history returns the score that earlier placements make, in hundredths.
func history(placements []placement.Placement) *int64 {
	var past []int64
	for _, costs := range placement.CostHistory(placements) {
		past = append(past, costs.Total)
	}
	score := int64(0)
	if n := len(past); n > 0 {
		score = assign.ScoresAfter(past)[n-1]
	}
	return &score
}

// enrolled asks whether the student was in when the campaign opened.
func (r *requirements) enrolled(e Enrolment) student.Finding {
	f := r.finding(e, "enrolled")
	f.OK = !e.EnrolledAt.IsZero()
	f.Found, f.Expected = student.Phrase{Key: "absence.enrolled.no"}, student.Phrase{Key: "absence.enrolled.expected"}
	if f.OK {
		f.Found = student.Phrase{Key: "absence.enrolled.yes", Args: fault.Args{"at": e.EnrolledAt}}
	}
	return f
}

// notExcluded asks whether somebody decided that the student takes no part.
func (r *requirements) notExcluded(e Enrolment) student.Finding {
	f := r.finding(e, "excluded")
	f.OK = e.Excluded == nil
	f.Found, f.Expected = student.Phrase{Key: "absence.excluded.no"}, student.Phrase{Key: "absence.excluded.no"}
	if !f.OK {
		f.Found = student.Phrase{Key: "absence.excluded.yes", Args: fault.Args{"reason": e.Excluded.Reason}}
		f.ChangedBy, f.ChangedAt = e.Excluded.By, e.Excluded.At
	}
	return f
}

func (r *requirements) finding(e Enrolment, criterion string) student.Finding {
	return student.Finding{
		Predicate: criterion, Right: RightEdit, On: r.campaign.Perimeters(),
		Link: student.Link{Kind: "participant", PublicID: e.Student.PublicID},
	}
}

// An AbsenceReason answers why somebody is not in a list.
type AbsenceReason struct {
	Student  student.Student // zero: nobody, or nobody that the reader may see
	In       bool
	Findings []student.Finding
}

// Why answers "why is X not here?" for a search over everybody Stagora knows, with
// the criteria that made the list. Of somebody outside the reader's perimeter
// it says that they exist there, and nothing else.
func Why(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, search string) ([]AbsenceReason, error) {
	if err := c.require(actor, RightView); err != nil {
		return nil, err
	}
	who, err := student.Matching(ctx, tx, search)
	if err != nil {
		return nil, err
	}
	r, err := requirementsOf(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	found, err := r.explain(ctx, tx, who, false)
	if err != nil {
		return nil, err
	}
	var answers []AbsenceReason
	hidden := false
	for _, e := range found {
		if !actor.Can(student.RightView, e.Student.Perimeters()...) {
			hidden = true
			continue
		}
		answers = append(answers, AbsenceReason{e.Student, e.In, e.Findings})
	}
	switch {
	case hidden:
		answers = append(answers, AbsenceReason{Findings: []student.Finding{student.Hidden()}})
	case len(answers) == 0:
		answers = []AbsenceReason{{Findings: []student.Finding{student.Missing(search)}}}
	}
	return answers, nil
}
