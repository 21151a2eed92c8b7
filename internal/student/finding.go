package student

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student/queries"
	"stagora.org/stagora/internal/text"
)

// A Finding is what one predicate says about one person: whether they belong in a
// list and why, with what it takes to have it corrected. A list is made of those
// whose findings exclude nobody, and an absence is explained by the same
// findings. Higher floors append findings of their own.
type Finding struct {
	Predicate string // what is asked, in the catalogues under "absence.": "level"
	OK        bool
	Warning   bool // it is not OK, and excludes nobody
	Found     Phrase
	Expected  Phrase
	ChangedBy string // who changed what was found, last
	ChangedAt time.Time
	Right     identity.Right       // whose holders may correct it
	On        []identity.Perimeter // and where they must hold it
	Link      Link                 // where it is corrected
}

// A Phrase is a sentence of the catalogues with its blanks.
type Phrase struct {
	Key  string
	Args fault.Args
}

// A Link names a thing for a page to point to.
type Link struct{ Kind, PublicID string }

// Excluded returns the first finding that excludes somebody, and whether there
// is one.
func Excluded(findings []Finding) (Finding, bool) {
	i := slices.IndexFunc(findings, func(f Finding) bool { return !f.OK && !f.Warning })
	if i < 0 {
		return Finding{}, false
	}
	return findings[i], true
}

// Warned returns the findings that exclude nobody but should be looked at.
func Warned(findings []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.OK || !f.Warning })
}

// A State is a student with all that the predicates look at.
type State struct {
	Student    Student
	Into       Student     // what the record was merged into; zero: it was not
	Duplicates []Duplicate // other records that look like the same person
	Leaves     []Leave
}

// Expected is what a list expects of its people. What is zero is not asked.
type Expected struct {
	Level  reference.Ref
	Cohort reference.Ref
	Period reference.Period
}

// States returns the states of records that fulfil a condition, merged ones too, in
// the order of names. The condition speaks of [From].
func States(ctx context.Context, tx *store.Tx, where store.Condition) ([]State, error) {
	students, err := read(ctx, tx, where)
	if err != nil {
		return nil, err
	}
	sortByName(students)
	those := store.Condition{SQL: "TRUE"}
	if where.SQL != "" {
		those = store.Condition{SQL: "x IN (" + nowOf(where.SQL) + ")", Args: where.Args}
	}
	twins, err := duplicatesOf(ctx, tx, those)
	if err != nil {
		return nil, err
	}
	leaves, err := leavesOf(ctx, tx, those)
	if err != nil {
		return nil, err
	}
	into, err := standFor(ctx, tx, students)
	if err != nil {
		return nil, err
	}
	states := make([]State, len(students))
	for i, s := range students {
		states[i] = State{Student: s, Duplicates: twins[s.ID], Leaves: leaves[s.ID]}
		if s.MergedInto != 0 {
			states[i].Into = into[s.ID]
		}
	}
	return states, nil
}

// standFor returns what merged records were merged into, by their keys.
func standFor(ctx context.Context, tx *store.Tx, students []Student) (map[int64]Student, error) {
	var merged []int64
	for _, s := range students {
		if s.MergedInto != 0 {
			merged = append(merged, s.ID)
		}
	}
	return ByIDs(ctx, tx, merged)
}

// duplicatesOf returns the duplicates of records that fulfil a condition on x, a
// key.
func duplicatesOf(ctx context.Context, tx *store.Tx, those store.Condition) (map[int64][]Duplicate, error) {
	those.SQL = "(" + strings.ReplaceAll(those.SQL, "x IN", "d.low_id IN") + ") OR (" + strings.ReplaceAll(those.SQL, "x IN", "d.high_id IN") + ")"
	found, err := pairs(ctx, tx, those)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, p := range found {
		ids = append(ids, p.low, p.high)
	}
	students, err := ByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	twins := map[int64][]Duplicate{}
	for _, p := range found {
		twins[p.low] = append(twins[p.low], Duplicate{students[p.high], p.why})
		twins[p.high] = append(twins[p.high], Duplicate{students[p.low], p.why})
	}
	for _, list := range twins {
		slices.SortFunc(list, func(a, b Duplicate) int { return int(a.Student.ID - b.Student.ID) })
	}
	return twins, nil
}

// leavesOf returns the leaves of those that fulfil a condition on x, a key, with
// those of records merged into theirs.
func leavesOf(ctx context.Context, tx *store.Tx, those store.Condition) (map[int64][]Leave, error) {
	rows, err := tx.QueryContext(ctx, "SELECT l.id, l.public_id, l.student_id, l.starts_on, l.ends_on, l.comment, l.changed_at, l.changed_by, "+Now+
		" FROM student_leave l "+JoinRecord+"l.student_id WHERE "+strings.ReplaceAll(those.SQL, "x IN", Now+" IN")+
		" ORDER BY l.student_id, l.starts_on", those.Args...)
	if err != nil {
		return nil, fmt.Errorf("read leaves: %w", err)
	}
	defer func() { _ = rows.Close() }()
	leaves := map[int64][]Leave{}
	for rows.Next() {
		var r queries.StudentLeave
		var now int64
		if err := rows.Scan(&r.ID, &r.PublicID, &r.StudentID, &r.StartsOn, &r.EndsOn, &r.Comment, &r.ChangedAt, &r.ChangedBy, &now); err != nil {
			return nil, fmt.Errorf("read leaves: %w", err)
		}
		leaves[now] = append(leaves[now], leaveOf(r))
	}
	return leaves, rows.Err()
}

// mostFound is how many records a search for a person gives at most: who is looked
// for is among them, or the search is to be longer.
const mostFound = 20

// Matching returns the condition that a record is one of the first in which every
// word of a search is found, merged ones too. The condition speaks of [From].
func Matching(ctx context.Context, tx *store.Tx, search string) (store.Condition, error) {
	var all []store.Condition
	for _, word := range strings.Fields(text.Fold(search)) {
		like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%"
		all = append(all, store.Where(`p.search LIKE $1 ESCAPE '\' OR lower(s.number) LIKE $1 ESCAPE '\' OR lower(s.ine) LIKE $1 ESCAPE '\'`, like))
	}
	if len(all) == 0 {
		return store.Nothing, nil
	}
	where := store.And(all...)
	rows, err := tx.QueryContext(ctx, "SELECT s.id FROM "+From+" WHERE "+where.SQL+" ORDER BY p.sort_key, s.id LIMIT "+strconv.Itoa(mostFound), where.Args...)
	if err != nil {
		return store.Nothing, fmt.Errorf("search students: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return store.Nothing, fmt.Errorf("search students: %w", err)
		}
		ids = append(ids, id)
	}
	return store.In("s.id", ids), rows.Err()
}

// Missing is the finding about somebody whom no record speaks of.
func Missing(search string) Finding {
	return Finding{
		Predicate: "exists", Found: Phrase{"absence.exists.none", fault.Args{"search": search}},
		Expected: Phrase{Key: "absence.exists.expected"}, Right: RightEdit,
	}
}

// Hidden is the finding about somebody who exists, but whom the actor may not see;
// it says nothing else about them.
func Hidden() Finding {
	return Finding{
		Predicate: "visible", Found: Phrase{Key: "absence.visible.hidden"},
		Expected: Phrase{Key: "absence.visible.expected"}, Right: RightView,
	}
}

// Findings asks, in this order, whether a record exists, stands for a person of
// its own, is active, of the right level, in the cohort, not on leave during the
// period, and has an e-mail address. Only the last excludes nobody.
func (s State) Findings(want Expected) []Finding {
	findings := []Finding{
		s.finding("exists", true, Phrase{"absence.value", fault.Args{"value": s.Student.Person.SortedName()}}, Phrase{Key: "absence.exists.expected"}),
		s.single(),
		s.finding("active", s.Student.Active, choose(s.Student.Active, "absence.active.yes", "absence.active.no"), Phrase{Key: "absence.active.yes"}),
	}
	if !want.Level.None() {
		findings = append(findings, s.finding("level", s.Student.Level.ID == want.Level.ID,
			Phrase{"absence.value", fault.Args{"value": s.Student.Level.Code}}, Phrase{"absence.value", fault.Args{"value": want.Level.Code}}))
	}
	if !want.Cohort.None() {
		findings = append(findings, s.inCohort(want.Cohort))
	}
	if len(want.Period.Intervals) > 0 {
		findings = append(findings, s.present(want.Period))
	}
	return append(findings, s.reachable())
}

// finding is one about what stands in the student's own record.
func (s State) finding(predicate string, good bool, found, expected Phrase) Finding {
	return Finding{
		Predicate: predicate, OK: good, Found: found, Expected: expected,
		ChangedBy: s.Student.ChangedBy, ChangedAt: s.Student.ChangedAt,
		Right: RightEdit, On: s.Student.Perimeters(), Link: Link{"student", s.Student.PublicID},
	}
}

func (s State) single() Finding {
	f := s.finding("single", true, Phrase{Key: "absence.single.yes"}, Phrase{Key: "absence.single.yes"})
	f.Right = RightMerge
	switch {
	case s.Student.MergedInto != 0:
		f.OK, f.Found = false, Phrase{"absence.single.merged", fault.Args{"into": s.Into.Name(), "number": s.Into.Number}}
		f.Link.PublicID = s.Into.PublicID
	case len(s.Duplicates) > 0:
		twin := s.Duplicates[0].Student
		f.OK, f.Found = false, Phrase{"absence.single.twin", fault.Args{"twin": twin.Name(), "number": orDash(twin.Number)}}
		f.ChangedBy, f.ChangedAt = twin.ChangedBy, twin.ChangedAt
		f.Link.Kind = "duplicate"
	}
	return f
}

func (s State) inCohort(want reference.Ref) Finding {
	m, in := s.Student.InCohort(want.ID)
	f := s.finding("cohort", in, Phrase{Key: "absence.cohort.none"}, Phrase{"absence.value", fault.Args{"value": want.Name}})
	if !in && len(s.Student.Cohorts) > 0 {
		m = s.Student.Cohorts[len(s.Student.Cohorts)-1]
	}
	if m.Cohort.ID != 0 {
		f.Found, f.ChangedBy, f.ChangedAt = Phrase{"absence.value", fault.Args{"value": m.Cohort.Name}}, m.ChangedBy, m.ChangedAt
	}
	return f
}

func (s State) present(period reference.Period) Finding {
	outer := period.Outer()
	f := s.finding("leave", true, Phrase{Key: "absence.leave.none"},
		Phrase{"absence.leave.expected", fault.Args{"from": outer.From.Day(), "to": outer.To.Day()}})
	for _, l := range s.Leaves {
		if period.Overlaps(l.Interval) {
			f.OK, f.Found = false, Phrase{"absence.leave.found", fault.Args{"from": l.From.Day(), "to": l.To.Day()}}
			f.ChangedBy, f.ChangedAt = l.ChangedBy, l.ChangedAt
			break
		}
	}
	return f
}

func (s State) reachable() Finding {
	person := s.Student.Person
	f := s.finding("email", person.Email != "", Phrase{"absence.value", fault.Args{"value": person.Email}}, Phrase{Key: "absence.email.expected"})
	if !f.OK {
		f.Warning, f.Found = true, Phrase{Key: "absence.email.none"}
	}
	f.ChangedBy, f.ChangedAt = person.ChangedBy, person.ChangedAt.Time
	return f
}

func choose(yes bool, key, other string) Phrase {
	if yes {
		return Phrase{Key: key}
	}
	return Phrase{Key: other}
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
