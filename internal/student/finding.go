package student

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student/queries"
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
	leaves, err := leavesOf(ctx, tx, where)
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

// leavesOf returns the leaves of the people whose records fulfil a condition, by the
// record that stands for each now.
func leavesOf(ctx context.Context, tx *store.Tx, where store.Condition) (map[int64][]Leave, error) {
	those := SamePeople("l.student_id", where)
	rows, err := tx.QueryContext(ctx, "SELECT l.id, l.public_id, l.student_id, l.starts_on, l.ends_on, l.comment, l.changed_at, l.changed_by, "+Now+
		" FROM student_leave l "+JoinRecord+"l.student_id WHERE "+those.SQL+
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

// matching finds records by their words, in the order of names.
var matching = store.List[int64]{
	Select: "s.id", From: From, ID: "s.id", Words: store.Having(Words.Having()), Default: "name",
	Columns: []store.Column{{Key: "name", Sort: store.ByText("p.sort_key")}},
	Scan:    func(row store.Row) (id int64, err error) { return id, row.Scan(&id) },
}

// Matching returns the condition that a record is one of the first that have every
// word of a search, or one that begins so; merged ones too. The condition speaks of
// [From].
func Matching(ctx context.Context, tx *store.Tx, search string) (store.Condition, error) {
	if len(store.WordsOf(search)) == 0 {
		return store.Nothing, nil
	}
	found, err := matching.Page(ctx, tx, store.Condition{}, store.Ask{Search: search, Size: mostFound})
	if err != nil {
		return store.Nothing, fmt.Errorf("search students: %w", err)
	}
	return store.In("s.id", found.Rows), nil
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

func (s State) exists() Finding {
	return s.finding("exists", true, Phrase{"absence.value", fault.Args{"value": s.Student.Person.SortedName()}}, Phrase{Key: "absence.exists.expected"})
}

func (s State) active() Finding {
	return s.finding("active", s.Student.Active, choose(s.Student.Active, "absence.active.yes", "absence.active.no"), Phrase{Key: "absence.active.yes"})
}

// ofLevel asks for the level of the cohort that the student is in; of who is in none,
// for no level.
func (s State) ofLevel(cohorts []Cohort) Finding {
	found := s.Student.Level
	f := s.finding("level", true, Phrase{"absence.value", fault.Args{"value": found.Code}}, Phrase{"absence.value", fault.Args{"value": found.Code}})
	asked := false
	for _, c := range cohorts {
		if _, in := s.Student.InCohort(c.ID); !in {
			continue
		}
		if c.Level.ID == found.ID {
			f.OK, f.Expected = true, f.Found
			return f
		}
		if !asked {
			f.OK, f.Expected, asked = false, Phrase{"absence.value", fault.Args{"value": c.Level.Code}}, true
		}
	}
	return f
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

// inCohort asks for one of the cohorts; of who is in none of them, for the first.
func (s State) inCohort(cohorts []Cohort) Finding {
	f := s.finding("cohort", false, Phrase{Key: "absence.cohort.none"}, Phrase{"absence.value", fault.Args{"value": cohorts[0].Name}})
	var m Membership
	if n := len(s.Student.Cohorts); n > 0 {
		m = s.Student.Cohorts[n-1]
	}
	for _, c := range cohorts {
		if own, in := s.Student.InCohort(c.ID); in {
			f.OK, f.Expected, m = true, Phrase{"absence.value", fault.Args{"value": c.Name}}, own
			break
		}
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
