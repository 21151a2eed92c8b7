package student

import (
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// A Criterion is one thing that a list asks of a student, written once: Fails
// filters and counts in the database, Explain says of one student whether it holds
// and why. A test holds both together.
type Criterion struct {
	Name    string              // in the catalogues under "absence.": "level"
	Fails   store.Condition     // that a record does not fulfil it; it speaks of [From]
	Warns   store.Condition     // that failing it keeps the student in all the same
	Explain func(State) Finding // OK if and only if Fails does not hold
}

// KeepsOut is the condition that the criterion keeps a student out of the list.
func (c Criterion) KeepsOut() store.Condition { return store.And(c.Fails, store.Not(c.Warns)) }

// Expected is what a list expects of its people. What is zero is not asked.
type Expected struct {
	Cohorts []Cohort         // to be in one of them, and of its level
	Period  reference.Period // to be on leave on none of its days
}

// Criteria returns what a list asks, in this order: that a record exists, stands for
// a person of its own, is active, is of the level of its cohort, is in a cohort, is
// not on leave, and has an e-mail address. Only the last keeps nobody out.
func Criteria(want Expected) []Criterion {
	criteria := []Criterion{
		{"exists", store.Nothing, store.Nothing, State.exists},
		{"single", store.Where("s.merged_into IS NOT NULL OR s.id IN (SELECT d.low_id FROM student_duplicate d UNION ALL SELECT d.high_id FROM student_duplicate d)"), store.Nothing, State.single},
		{"active", store.Where("NOT s.active"), store.Nothing, State.active},
	}
	if len(want.Cohorts) > 0 {
		criteria = append(criteria,
			Criterion{"level", ofOtherLevel(want.Cohorts), store.Nothing, func(s State) Finding { return s.ofLevel(want.Cohorts) }},
			Criterion{"cohort", store.Not(MemberOf(want.Cohorts)), store.Nothing, func(s State) Finding { return s.inCohort(want.Cohorts) }})
	}
	if len(want.Period.Intervals) > 0 {
		criteria = append(criteria, Criterion{"leave", onLeave(want.Period), store.Nothing, func(s State) Finding { return s.present(want.Period) }})
	}
	return append(criteria, Criterion{"email", store.Where("p.email = ''"), store.Condition{}, State.reachable})
}

// MemberOf returns the condition that a record stands for a member of one of some
// cohorts.
func MemberOf(cohorts []Cohort) store.Condition {
	in := inCohorts(cohorts)
	return store.Where("s.id IN ("+Members+in.SQL+")", in.Args...)
}

// inCohorts is what follows [Members].
func inCohorts(cohorts []Cohort) store.Condition {
	ids := make([]int64, len(cohorts))
	for i, c := range cohorts {
		ids[i] = c.ID
	}
	return store.In("m.cohort_id", ids)
}

// ofOtherLevel is the condition that a record is in some of the cohorts, and of the
// level of none of them.
func ofOtherLevel(cohorts []Cohort) store.Condition {
	with := func(sign string) store.Condition {
		in := inCohorts(cohorts)
		return store.Where("s.id IN (SELECT n.id FROM "+FromMember+" JOIN student_student n ON n.id = "+Now+
			" JOIN student_cohort k ON k.id = m.cohort_id WHERE n.level_id "+sign+" k.level_id AND "+Counts+" AND "+in.SQL+")", in.Args...)
	}
	return store.And(with("<>"), store.Not(with("=")))
}

// onLeave is the condition that a record stands for somebody who is on leave on a day
// of a period.
func onLeave(period reference.Period) store.Condition {
	days := make([]store.Condition, len(period.Intervals))
	for i, interval := range period.Intervals {
		days[i] = store.Where("l.starts_on <= $1 AND l.ends_on >= $2", string(interval.To), string(interval.From))
	}
	overlaps := store.Or(days...)
	return store.Where("s.id IN (SELECT "+Now+" FROM student_leave l "+JoinRecord+"l.student_id WHERE "+overlaps.SQL+")", overlaps.Args...)
}

// Findings says of each of the criteria whether it holds, in their order.
func (s State) Findings(criteria []Criterion) []Finding {
	findings := make([]Finding, len(criteria))
	for i, c := range criteria {
		findings[i] = c.Explain(s)
	}
	return findings
}

// FirstFailing returns an expression that is the name of the first criterion that
// keeps a record out, and empty if none does. Its placeholders follow args, to which
// it adds their values.
func FirstFailing(criteria []Criterion, args []any) (string, []any) {
	expression := "CASE"
	for _, c := range criteria {
		var out string
		out, args = c.KeepsOut().Append(args)
		expression += " WHEN " + out + " THEN '" + c.Name + "'"
	}
	return expression + " ELSE '' END", args
}
