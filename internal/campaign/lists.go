package campaign

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A List is where the list of one participant stands.
type List struct {
	Student     student.Student
	Participant int64
	Pseudonym   string
	Version     int // the last one; 0: nothing saved
	SavedAt     time.Time
	Wishes      []Wish
	confirmed   int
}

// Confirmed reports whether the student confirmed the list as it stands.
func (l List) Confirmed() bool { return l.Version > 0 && l.confirmed == l.Version }

// listsOf returns the lists of everybody who takes part, in the order of names.
func listsOf(ctx context.Context, tx *store.Tx, c Campaign) ([]List, error) {
	q := queries.New(tx)
	rows, err := q.Lists(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read lists: %w", err)
	}
	participants, err := q.Participants(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read participants: %w", err)
	}
	byID := make(map[int64]queries.CampaignParticipant, len(participants))
	for _, p := range participants {
		byID[p.ID] = p
	}
	students, err := student.Where(ctx, tx, Participating(c))
	if err != nil {
		return nil, err
	}
	var lists []List
	for _, r := range rows {
		p := byID[r.ParticipantID]
		if p.ExcludedAt != nil {
			continue
		}
		wishes, err := wishesOf(r.Wishes)
		if err != nil {
			return nil, err
		}
		lists = append(lists, List{
			Student: students[p.StudentID], Participant: p.ID, Pseudonym: p.Pseudonym,
			Version: int(r.Version), SavedAt: r.SavedAt.OrZero(), Wishes: wishes, confirmed: int(r.Confirmed),
		})
	}
	slices.SortStableFunc(lists, func(a, b List) int {
		return strings.Compare(a.Student.Person.SortKey, b.Student.Person.SortKey)
	})
	return lists, nil
}

// Counts sum up where the lists of a campaign stand.
type Counts struct {
	Participants int
	Empty        int // without a wish
	Short        int // with fewer wishes than advised
	Saved        int // with at least one version
	Confirmed    int // as they stand
}

// ListsFor returns everybody's list, for those who may read them.
func ListsFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string) ([]List, error) {
	c, err := ForOffice(ctx, tx, actor, campaign, RightReadLists)
	if err != nil {
		return nil, err
	}
	return listsOf(ctx, tx, c)
}

// CountsOf counts the lists of a campaign, for code that has checked the reader's
// right to see the campaign.
func CountsOf(ctx context.Context, tx *store.Tx, c Campaign) (Counts, error) {
	n, err := queries.New(tx).CountLists(ctx, queries.CountListsParams{CampaignID: c.ID, Advised: int64(c.AdvisedWishes)})
	if err != nil {
		return Counts{}, fmt.Errorf("count lists: %w", err)
	}
	return Counts{int(n.Participants), int(n.EmptyLists), int(n.ShortLists), int(n.SavedLists), int(n.ConfirmedLists)}, nil
}
