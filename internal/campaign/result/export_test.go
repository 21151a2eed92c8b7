package result

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/store"
)

func init() { partSize = 1000 } // files of 24 students too have several parts

// Parts cuts a text as the files of runs are cut.
func Parts(content string) []string { return runFile{"x", content}.parts() }

// Stale says where the rows of a campaign's proposal differ from what follows from
// the adopted run and the decisions; "" if they do not.
func Stale(ctx context.Context, tx *store.Tx, campaignID string) (string, error) {
	c, err := campaign.Get(ctx, tx, campaignID)
	if err != nil {
		return "", err
	}
	b, err := readProposalState(ctx, tx, c)
	if err != nil {
		return "", err
	}
	rows, err := assignments.All(ctx, tx, ofRun(b.row.ID))
	if err != nil {
		return "", err
	}
	kept := make(map[string]Assignment, len(rows))
	for _, a := range rows {
		kept[a.Pseudonym] = a
	}
	for _, i := range b.inOrder() {
		want := b.assignment(i)
		want.Student, want.Given, want.Now = kept[want.Pseudonym].Student, nameless(want.Given), nameless(want.Now)
		if said, wanted := toJSON(kept[want.Pseudonym]), toJSON(want); said != wanted {
			return fmt.Sprintf("the row of %s says\n%s\nand follows\n%s", want.Pseudonym, said, wanted), nil
		}
		delete(kept, want.Pseudonym)
	}
	if len(kept) > 0 {
		return fmt.Sprintf("%d rows too many", len(kept)), nil
	}
	p, err := queries.New(tx).Proposal(ctx, c.ID)
	if want := b.figures(); err == nil && (p.Figures != want.Figures || p.Posts != want.Posts || p.Unseen != want.Unseen || p.CampaignAdoption.ID != want.AdoptionID) {
		return fmt.Sprintf("the figures say\n%+v\nand follows\n%+v", p, want), nil
	}
	return "", err
}

// ReadProposal reads the proposal of a campaign, and returns what says later whether it
// has changed since.
func ReadProposal(ctx context.Context, tx *store.Tx, campaignID string) (moved func(context.Context, *store.Tx) (bool, error), err error) {
	c, err := campaign.Get(ctx, tx, campaignID)
	if err != nil {
		return nil, err
	}
	b, err := readProposalState(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	read := b.standing()
	return func(ctx context.Context, tx *store.Tx) (bool, error) {
		err := read.stillHolds(ctx, tx)
		if errors.Is(err, errMoved) {
			return true, nil
		}
		return false, err
	}, nil
}

func nameless(p Place) Place {
	p.Name, p.SecondaryName = "", ""
	return p
}

// Alike reports whether two runs read the same: they may be different rows.
func Alike(a, b Run) bool {
	a.key, b.key = 0, 0
	return reflect.DeepEqual(a, b)
}
