package campaign

import (
	"context"
	"fmt"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

// History returns the versions of the actor's own list, the first one first.
func History(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string) ([]Version, error) {
	participant, err := own(ctx, tx, actor, campaign)
	if err != nil {
		return nil, err
	}
	return versions(ctx, tx, participant)
}

// HistoryOf returns the versions of a student's list, for those who may read
// everybody's.
func HistoryOf(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign, student string) ([]Version, error) {
	c, err := ForOffice(ctx, tx, actor, campaign, RightReadLists)
	if err != nil {
		return nil, err
	}
	e, err := enrolmentOf(ctx, tx, c, student)
	if err != nil {
		return nil, err
	}
	return versions(ctx, tx, e.ID)
}

func versions(ctx context.Context, tx *store.Tx, participant int64) ([]Version, error) {
	rows, err := queries.New(tx).Versions(ctx, participant)
	if err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	list := make([]Version, len(rows))
	for i, r := range rows {
		if list[i], err = versionOf(r, nil); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// A Broken chain is a list that no longer is what its versions say.
type Broken struct {
	Pseudonym string
	Version   int // the first one that does not follow
}

// Verify recomputes the chain of every list of a campaign, and compares receipts
// with the versions they were given for. It returns what does not hold.
func Verify(ctx context.Context, tx *store.Tx, c Campaign) ([]Broken, error) {
	q := queries.New(tx)
	lists, err := q.Lists(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read lists: %w", err)
	}
	var broken []Broken
	for _, l := range lists {
		participant, err := q.Participant(ctx, l.ParticipantID)
		if err != nil {
			return nil, fmt.Errorf("read participant: %w", err)
		}
		chain, err := versions(ctx, tx, l.ParticipantID)
		if err != nil {
			return nil, err
		}
		receipts, err := q.ReceiptsOfParticipant(ctx, l.ParticipantID)
		if err != nil {
			return nil, fmt.Errorf("read receipts: %w", err)
		}
		if n := brokenAt(c.PublicID, participant.Pseudonym, l, chain, receipts); n > 0 {
			broken = append(broken, Broken{participant.Pseudonym, n})
		}
	}
	return broken, nil
}

// brokenAt returns the first version that is not what the rest says, or 0.
func brokenAt(campaign, pseudonym string, l queries.CampaignList, chain []Version, receipts []queries.CampaignReceipt) int {
	if n := checkChain(campaign, pseudonym, chain); n > 0 {
		return n
	}
	last := ""
	if len(chain) > 0 {
		last = chain[len(chain)-1].Hash
		if string(canonicalJSON(chain[len(chain)-1].Wishes)) != l.Wishes {
			return len(chain)
		}
	}
	if int(l.Version) != len(chain) || l.Hash != last {
		return max(1, len(chain))
	}
	for _, r := range receipts {
		if int(r.Version) > len(chain) || r.Hash != chain[r.Version-1].Hash {
			return int(r.Version)
		}
	}
	return 0
}
