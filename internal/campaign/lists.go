package campaign

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/ranking"
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
	rows, err := ranking.All[Wish](ctx, tx, c.PublicID)
	if err != nil {
		return nil, err
	}
	participants, err := queries.New(tx).Participants(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read participants: %w", err)
	}
	students, err := student.Where(ctx, tx, Participating(c))
	if err != nil {
		return nil, err
	}
	var lists []List
	for _, p := range participants {
		r, has := rows[p.ID]
		if !has || p.ExcludedAt != nil {
			continue
		}
		lists = append(lists, List{
			Student: students[p.StudentID], Participant: p.ID, Pseudonym: p.Pseudonym,
			Version: r.Last.Number, SavedAt: r.Last.At, Wishes: r.Last.Wishes, confirmed: r.Confirmed,
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

// countLists counts the lists of those who take part still.
var countLists = `SELECT count(*),
	CAST(COALESCE(sum(CASE WHEN l.length = 0 THEN 1 ELSE 0 END), 0) AS BIGINT),
	CAST(COALESCE(sum(CASE WHEN l.length > 0 AND l.length < CAST($3 AS BIGINT) THEN 1 ELSE 0 END), 0) AS BIGINT),
	CAST(COALESCE(sum(CASE WHEN l.version > 0 THEN 1 ELSE 0 END), 0) AS BIGINT),
	CAST(COALESCE(sum(CASE WHEN l.version > 0 AND l.confirmed = l.version THEN 1 ELSE 0 END), 0) AS BIGINT)
FROM campaign_participant p ` + ranking.Join("$2", "p.id") + `
WHERE p.campaign_id = $1 AND p.excluded_at IS NULL`

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
	var n Counts
	err := tx.QueryRowContext(ctx, countLists, c.ID, c.PublicID, c.AdvisedWishes).Scan(&n.Participants, &n.Empty, &n.Short, &n.Saved, &n.Confirmed)
	if err != nil {
		return Counts{}, fmt.Errorf("count lists: %w", err)
	}
	return n, nil
}
