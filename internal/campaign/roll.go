package campaign

import (
	"context"
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
// the order of names.
func Roll(ctx context.Context, tx *store.Tx, c Campaign) ([]Enrolment, error) {
	r, err := openRegister(ctx, tx, c)
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

// A register is all that it takes to judge anybody.
type register struct {
	campaign   Campaign
	cohorts    []student.Cohort
	period     reference.Period
	standings  []student.State
	rows       map[int64]queries.CampaignParticipant // by the student that the row stands for now
	positions  map[int64]Position                    // by participant
	placements map[int64][]placement.Placement       // by student
}

func openRegister(ctx context.Context, tx *store.Tx, c Campaign) (register, error) {
	r := register{campaign: c, rows: map[int64]queries.CampaignParticipant{}, positions: map[int64]Position{}}
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
	if r.standings, err = student.States(ctx, tx); err != nil {
		return r, err
	}
	ledger, err := placement.All(ctx, tx)
	if err != nil {
		return r, err
	}
	r.placements = placement.ByStudent(ledger)
	return r, r.readRows(ctx, tx)
}

func (r *register) readRows(ctx context.Context, tx *store.Tx) error {
	canonical, err := student.LoadCanonical(ctx, tx)
	if err != nil {
		return err
	}
	q := queries.New(tx)
	rows, err := q.Participants(ctx, r.campaign.ID)
	if err != nil {
		return fmt.Errorf("read participants: %w", err)
	}
	for _, row := range rows {
		// Two records merged since: what the campaign enrolled holds.
		if other, twice := r.rows[canonical.Of(row.StudentID)]; !twice || other.EnrolledAt == nil {
			r.rows[canonical.Of(row.StudentID)] = row
		}
	}
	positions, err := q.Positions(ctx, r.campaign.ID)
	if err != nil {
		return fmt.Errorf("read the order: %w", err)
	}
	for _, p := range positions {
		r.positions[p.ParticipantID] = Position{int(p.Effective), int(p.Automatic), p.Hash}
	}
	return nil
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
		Predicate: predicate, Right: identity.CampaignEdit, On: r.campaign.Perimeters(),
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
	c, err := ForOffice(ctx, tx, actor, campaign, identity.CampaignView)
	if err != nil {
		return nil, err
	}
	r, err := openRegister(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	var answers []Diagnosis
	hidden := false
	for _, standing := range student.Find(r.standings, search) {
		if !actor.Can(identity.StudentView, standing.Student.Perimeters()...) {
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
