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
	keys, err := sharing(ctx, tx, []Student{draft})
	if err != nil {
		return nil, err
	}
	others, err := read(ctx, tx, store.And(store.In("s.id", keys), unmerged))
	if err != nil {
		return nil, err
	}
	var found []Duplicate
	for _, match := range crowdOf(others).Like(draft) {
		at := slices.IndexFunc(others, func(s Student) bool { return s.ID == match.ID })
		found = append(found, Duplicate{others[at], match.Why})
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
