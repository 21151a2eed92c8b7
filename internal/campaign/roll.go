package campaign

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
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
	Findings  []student.Finding // every predicate, in order; [reference.Excluded] gives the one that keeps the student out

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

// Roll returns every student of the campaign's cohorts, and everybody enrolled, in
// the order of names. With thousands of students it takes a while: it is for what
// needs everybody, such as opening.
func Roll(ctx context.Context, tx *store.Tx, c Campaign) ([]Enrolment, error) {
	r, err := openRegister(ctx, tx, c, concerned(c))
	if err != nil {
		return nil, err
	}
	var roll []Enrolment
	for _, standing := range r.standings {
		row, known := r.rows[standing.Student.ID]
		if standing.Student.MergedInto != 0 || (!r.inCohorts(standing.Student) && (!known || row.EnrolledAt == nil)) {
			continue
		}
		roll = append(roll, r.enrolment(standing))
	}
	return roll, nil
}

// concerned is the condition that a campaign has something to do with a student: as
// a member of one of its cohorts, or as one that it has a row for.
func concerned(c Campaign) store.Condition {
	return store.Where("s.id IN ("+student.Members+"m.cohort_id IN (SELECT cc.cohort_id FROM campaign_cohort cc WHERE cc.campaign_id = $1)"+
		" UNION SELECT "+student.Now+" FROM campaign_participant q "+student.JoinRecord+"q.student_id WHERE q.campaign_id = $1)", c.ID)
}

// Participating is the condition that a record is one that the campaign has a row
// for.
func Participating(c Campaign) store.Condition {
	return store.Where("s.id IN (SELECT q.student_id FROM campaign_participant q WHERE q.campaign_id = $1)", c.ID)
}

// A register is all that it takes to judge some students.
type register struct {
	campaign   Campaign
	cohorts    []student.Cohort
	period     reference.Period
	standings  []student.State
	rows       map[int64]queries.CampaignParticipant // by the student that the row stands for now
	positions  map[int64]Position                    // by participant
	placements map[int64][]placement.Placement       // by student
}

// openRegister reads what it takes to judge the students whose records fulfil a
// condition.
func openRegister(ctx context.Context, tx *store.Tx, c Campaign, who store.Condition) (register, error) {
	r := register{campaign: c}
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return r, err
	}
	for _, cohort := range cohorts {
		if slices.ContainsFunc(c.Cohorts, func(of reference.Ref) bool { return of.ID == cohort.ID }) {
			r.cohorts = append(r.cohorts, cohort)
		}
	}
	if r.period, err = reference.PeriodByID(ctx, tx, c.Period.ID); err != nil {
		return r, err
	}
	if r.standings, err = student.States(ctx, tx, who); err != nil {
		return r, err
	}
	if r.placements, err = placement.OfStudents(ctx, tx, who); err != nil {
		return r, err
	}
	r.rows, r.positions, err = participantRows(ctx, tx, c, who)
	return r, err
}

// participants reads what campaigns have to say about students: q is the row, t the
// place in the order, r the record that the row was written for.
var participants = store.List[participantRow]{
	Select: "q.id, q.campaign_id, q.student_id, q.person_id, q.pseudonym, q.points, q.points_reason, q.manual, q.manual_reason, " +
		"q.excluded_at, q.excluded_by, q.excluded_reason, q.enrolled_at, q.score, q.first_position, q.last_position, q.changed_at, q.changed_by, " +
		student.Now + ", t.effective, t.automatic, t.hash",
	From: "campaign_participant q " + student.JoinRecord + "q.student_id LEFT JOIN campaign_position t ON t.participant_id = q.id",
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
		// Two records merged since: what the campaign enrolled holds.
		if other, twice := rows[p.student]; !twice || other.EnrolledAt == nil {
			rows[p.student] = p.CampaignParticipant
		}
		if p.effective.Valid {
			positions[p.ID] = Position{int(p.effective.Int64), int(p.automatic.Int64), p.hash.String}
		}
	}
	return rows, positions, nil
}

func (r *register) inCohorts(s student.Student) bool {
	return slices.ContainsFunc(r.cohorts, func(c student.Cohort) bool {
		_, in := s.InCohort(c.ID)
		return in
	})
}

// enrolment judges one student.
func (r *register) enrolment(standing student.State) Enrolment {
	e := Enrolment{Student: standing.Student, History: history(r.placements[standing.Student.ID])}
	if row, known := r.rows[standing.Student.ID]; known {
		e.read(row)
		if position, drawn := r.positions[row.ID]; drawn {
			e.Position = &position
		}
	}
	if e.EnrolledAt.IsZero() {
		if e.Score = e.History; e.Points != nil {
			e.Score = e.Points
		}
	}
	e.Findings = standing.Findings(r.expected(standing.Student))
	if r.campaign.Phase != Draft {
		e.Findings = append(settled(e.Findings, !e.EnrolledAt.IsZero()), r.enrolled(e))
	}
	e.Findings = append(e.Findings, r.notExcluded(e))
	_, out := student.Excluded(e.Findings)
	e.In = !out
	return e
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
	var past []assign.Past
	for _, costs := range placement.CostHistory(placements) {
		past = append(past, assign.Past{Cost: format.Hundredths(costs.Total), Standing: assign.Counted})
	}
	score := int64(0)
	if n := len(past); n > 0 {
		score = assign.Scores(past, 2)[n-1].After.Hundredths()
	}
	return &score
}

// expected is what the campaign expects of a student: to be in one of its cohorts,
// and of that cohort's level.
func (r *register) expected(s student.Student) student.Expected {
	want := student.Expected{Period: r.period}
	for i, cohort := range r.cohorts {
		if _, in := s.InCohort(cohort.ID); in || i == 0 {
			want.Cohort, want.Level = cohort.Ref(), cohort.Level
			if in {
				break
			}
		}
	}
	return want
}

// settled turns what would keep a student out into warnings, once they are
// enrolled: what changes later is for people to decide.
func settled(findings []student.Finding, enrolled bool) []student.Finding {
	for i := range findings {
		findings[i].Warning = findings[i].Warning || (enrolled && !findings[i].OK)
	}
	return findings
}

// enrolled asks whether the student was in when the campaign opened.
func (r *register) enrolled(e Enrolment) student.Finding {
	f := r.finding(e, "enrolled")
	f.OK = !e.EnrolledAt.IsZero()
	f.Found, f.Expected = student.Phrase{Key: "absence.enrolled.no"}, student.Phrase{Key: "absence.enrolled.expected"}
	if f.OK {
		f.Found = student.Phrase{Key: "absence.enrolled.yes", Args: fault.Args{"at": e.EnrolledAt}}
	}
	return f
}

// notExcluded asks whether somebody decided that the student takes no part.
func (r *register) notExcluded(e Enrolment) student.Finding {
	f := r.finding(e, "excluded")
	f.OK = e.Excluded == nil
	f.Found, f.Expected = student.Phrase{Key: "absence.excluded.no"}, student.Phrase{Key: "absence.excluded.no"}
	if !f.OK {
		f.Found = student.Phrase{Key: "absence.excluded.yes", Args: fault.Args{"reason": e.Excluded.Reason}}
		f.ChangedBy, f.ChangedAt = e.Excluded.By, e.Excluded.At
	}
	return f
}

func (r *register) finding(e Enrolment, predicate string) student.Finding {
	return student.Finding{
		Predicate: predicate, Right: RightEdit, On: r.campaign.Perimeters(),
		Link: student.Link{Kind: "participant", PublicID: e.Student.PublicID},
	}
}

// An Absence is a reason for not being in, with everybody it keeps out.
type Absence struct {
	Predicate string // in the catalogues under "absence."
	Students  []Enrolment
}

// Absences gathers those who are not in by the first reason that keeps them out,
// in the order of the predicates.
func Absences(roll []Enrolment) []Absence {
	var absences []Absence
	order := map[string]int{}
	for _, e := range roll {
		f, out := student.Excluded(e.Findings)
		if !out {
			continue
		}
		i := slices.IndexFunc(absences, func(a Absence) bool { return a.Predicate == f.Predicate })
		if i < 0 {
			i = len(absences)
			absences = append(absences, Absence{Predicate: f.Predicate})
			order[f.Predicate] = slices.IndexFunc(e.Findings, func(g student.Finding) bool { return g.Predicate == f.Predicate })
		}
		absences[i].Students = append(absences[i].Students, e)
	}
	slices.SortStableFunc(absences, func(a, b Absence) int { return order[a.Predicate] - order[b.Predicate] })
	return absences
}

// A Diagnosis answers why somebody is not in a list.
type Diagnosis struct {
	Student  student.Student // zero: nobody, or nobody that the reader may see
	In       bool
	Findings []student.Finding
}

// Why answers "why is X not here?" for a search over everybody Stagora knows, with
// the predicates that made the list. Of somebody outside the reader's perimeter
// it says that they exist there, and nothing else.
func Why(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign, search string) ([]Diagnosis, error) {
	c, err := ForOffice(ctx, tx, actor, campaign, RightView)
	if err != nil {
		return nil, err
	}
	found, err := student.Matching(ctx, tx, search)
	if err != nil {
		return nil, err
	}
	r, err := openRegister(ctx, tx, c, found)
	if err != nil {
		return nil, err
	}
	var answers []Diagnosis
	hidden := false
	for _, standing := range r.standings {
		if !actor.Can(student.RightView, standing.Student.Perimeters()...) {
			hidden = true
			continue
		}
		e := r.enrolment(standing)
		answers = append(answers, Diagnosis{e.Student, e.In, e.Findings})
	}
	switch {
	case hidden:
		answers = append(answers, Diagnosis{Findings: []student.Finding{student.Hidden()}})
	case len(answers) == 0:
		answers = []Diagnosis{{Findings: []student.Finding{student.Missing(search)}}}
	}
	return answers, nil
}

// expected is how many students the cohorts count on.
func expected(ctx context.Context, tx *store.Tx, c Campaign) (int, error) {
	cohorts, err := student.AllCohorts(ctx, tx)
	sum := 0
	for _, cohort := range cohorts {
		if slices.ContainsFunc(c.Cohorts, func(of reference.Ref) bool { return of.ID == cohort.ID }) {
			sum += cohort.Expected
		}
	}
	return sum, err
}
