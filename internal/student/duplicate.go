package student

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student/queries"
	"stagora.org/stagora/internal/text"
)

// A MatchReason is why two records look like one person. Its sentence is in the
// catalogues under "likeness.".
type MatchReason string

// The likenesses, the surest first.
const (
	SameINE    MatchReason = "ine"
	SameNumber MatchReason = "number" // but for zeros in front
	SameName   MatchReason = "name"   // in whatever order, and the birth date
	SameEmail  MatchReason = "email"
	CloseName  MatchReason = "close-name"  // a letter or two apart, or a name less, and the same birth date
	CloseBirth MatchReason = "close-birth" // the same name, and a birth date mistyped or not known
)

// A Duplicate is a record that looks like the same person as another.
type Duplicate struct {
	Student Student
	Why     []MatchReason
}

// A DuplicatePair is two records that look like one person, in the order of their keys.
type DuplicatePair struct {
	First, Second Student
	Why           []MatchReason
}

// DuplicatePairs returns the likely duplicates among the students that the actor
// may see, without those merged and those declared to be two people.
func DuplicatePairs(ctx context.Context, tx *store.Tx, actor identity.Actor) ([]DuplicatePair, error) {
	return duplicatePairs(ctx, tx, actor, store.Condition{})
}

// DuplicatesOf returns the likely duplicates of one record, as [DuplicatePairs]
// does.
func DuplicatesOf(ctx context.Context, tx *store.Tx, actor identity.Actor, s Student) ([]Duplicate, error) {
	found, err := duplicatePairs(ctx, tx, actor, store.Where("d.low_id = $1 OR d.high_id = $1", s.ID))
	duplicates := make([]Duplicate, len(found))
	for i, p := range found {
		duplicates[i] = Duplicate{p.First, p.Why}
		if p.First.ID == s.ID {
			duplicates[i].Student = p.Second
		}
	}
	return duplicates, err
}

// duplicatePairs is [DuplicatePairs] for the pairs that fulfil a condition on d, a
// row of student_duplicate.
func duplicatePairs(ctx context.Context, tx *store.Tx, actor identity.Actor, where store.Condition) ([]DuplicatePair, error) {
	found, err := pairs(ctx, tx, where)
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
	var visible []DuplicatePair
	for _, p := range found {
		a, b := students[p.low], students[p.high]
		if actor.Can(RightMerge, a.Perimeters()...) && actor.Can(RightMerge, b.Perimeters()...) {
			visible = append(visible, DuplicatePair{a, b, p.why})
		}
	}
	slices.SortStableFunc(visible, func(a, b DuplicatePair) int {
		return strings.Compare(a.First.Person.SortKey, b.First.Person.SortKey)
	})
	return visible, nil
}

// FindDuplicates returns the records that look like the same person as one that is
// about to be added: what a form shows before it saves.
func FindDuplicates(ctx context.Context, tx *store.Tx, draft Student) ([]Duplicate, error) {
	draft.ID, draft.MergedInto = 0, 0
	draft.INE, draft.Number, draft.Person.Email = reference.Normalise(draft.INE), reference.Normalise(draft.Number), strings.ToLower(strings.TrimSpace(draft.Person.Email))
	others, err := read(ctx, tx, sharing(draft))
	if err != nil {
		return nil, err
	}
	var found []Duplicate
	for _, other := range others {
		if why := matchReasons(other, draft); len(why) > 0 {
			found = append(found, Duplicate{other, why})
		}
	}
	return found, nil
}

// DeclareDistinct records that two records that look alike are two people, so that
// nobody is asked again.
func DeclareDistinct(ctx context.Context, db *store.DB, actor identity.Actor, first, second, reason string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		kept, dropped, err := lockPair(ctx, tx, actor, first, second)
		if err != nil {
			return err
		}
		if strings.TrimSpace(reason) == "" {
			return noReason()
		}
		err = queries.New(tx).AddDistinct(ctx, queries.AddDistinctParams{
			LowID: min(kept.ID, dropped.ID), HighID: max(kept.ID, dropped.ID), Reason: reason,
			ChangedAt: store.At(tx.Now), ChangedBy: actor.Author(),
		})
		if err != nil {
			return fmt.Errorf("declare distinct: %w", err)
		}
		gone := queries.RemoveDuplicateParams{LowID: min(kept.ID, dropped.ID), HighID: max(kept.ID, dropped.ID)}
		if err := queries.New(tx).RemoveDuplicate(ctx, gone); err != nil {
			return fmt.Errorf("declare distinct: %w", err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: actor.Who(), Action: "student.distinct", Args: map[string]any{"student": kept.Name(), "other": dropped.Name()},
			Kind: "student", Object: kept.PublicID, Reason: reason,
		})
	})
}

func noReason() error {
	var form fault.Form
	form.Wrong("reason", "form.reason")
	return form.Err()
}

// nameKey is a name folded, its words in a fixed order: people put the family name
// first, or last.
func nameKey(s Student) string { return strings.Join(nameWords(s), " ") }

func nameWords(s Student) []string {
	words := strings.Fields(text.Fold(s.Person.FamilyName + " " + s.Person.GivenName))
	slices.Sort(words)
	return words
}

func matchReasons(a, b Student) []MatchReason {
	var why []MatchReason
	note := func(is bool, l MatchReason) {
		if is {
			why = append(why, l)
		}
	}
	sameName := nameKey(a) == nameKey(b)
	sameBirth := a.BirthDate != "" && a.BirthDate == b.BirthDate
	note(a.INE != "" && a.INE == b.INE, SameINE)
	note(a.Number != "" && strings.TrimLeft(a.Number, "0") == strings.TrimLeft(b.Number, "0"), SameNumber)
	note(sameName && sameBirth, SameName)
	note(a.Person.Email != "" && a.Person.Email == b.Person.Email, SameEmail)
	note(!sameName && sameBirth && closeNames(a, b) && !contradict(a, b), CloseName)
	note(sameName && !sameBirth && closeDates(a.BirthDate, b.BirthDate) && !contradict(a, b), CloseBirth)
	return why
}

// contradict reports whether two records carry different numbers of a kind that
// one person has only once. It keeps brothers and sisters born together apart.
func contradict(a, b Student) bool {
	return a.INE != "" && b.INE != "" && a.INEKind == b.INEKind && a.INE != b.INE && a.INEKind != reference.INEProvisional
}

// closeNames reports whether a name has all words of the other, two at least, or is
// at most two letters apart from it.
func closeNames(a, b Student) bool {
	x, y := nameWords(a), nameWords(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) >= 2 && !slices.ContainsFunc(x, func(w string) bool { return !slices.Contains(y, w) }) {
		return true
	}
	return distance(text.Fold(a.Person.FamilyName+a.Person.GivenName), text.Fold(b.Person.FamilyName+b.Person.GivenName)) <= 2
}

// closeDates reports whether two birth dates may be one: one is not known, one
// digit differs, or day and month were exchanged.
func closeDates(a, b reference.Date) bool {
	if a == "" || b == "" {
		return true
	}
	if a[:4] == b[:4] && a[5:7] == b[8:] && a[8:] == b[5:7] {
		return true
	}
	return distance(string(a), string(b)) <= 1
}

// distance counts the letters to change, add, remove or exchange with the next
// to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
