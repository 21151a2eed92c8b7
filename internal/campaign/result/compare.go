package result

import (
	"context"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

// A Comparison is several runs side by side.
type Comparison struct {
	Runs []Run
	// Changed are the students whom each run places elsewhere than the first one
	// does, in the order in which they are served; those of the first are none.
	Changed [][]Changed
}

// A Changed student is placed differently by two runs.
type Changed struct {
	Person
	From, To Place
}

// Compare returns runs side by side. All must be solved.
func Compare(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string, runs ...string) (Comparison, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, campaign.RightView)
	if err != nil {
		return Comparison{}, err
	}
	var comparison Comparison
	heads, err := readRunHeads(ctx, tx, c)
	if err != nil {
		return comparison, err
	}
	var first *loadedRun
	for _, id := range runs {
		row, err := runRow(ctx, tx, c, id)
		if err != nil {
			return comparison, err
		}
		s, err := load(ctx, tx, c, row)
		if err != nil {
			return comparison, err
		}
		if s.result == nil {
			return comparison, fault.New(fault.Conflict, "result.run.unsolved", "run", label(row.Number, row.Name))
		}
		if first == nil {
			first = s
		}
		run, err := heads.whole(ctx, tx, id)
		if err != nil {
			return comparison, err
		}
		comparison.Runs = append(comparison.Runs, run)
		comparison.Changed = append(comparison.Changed, changed(first, s))
	}
	return comparison, nil
}

// changed returns who is elsewhere in the second of two runs. Somebody who is in one
// of them alone is nowhere in the other.
func changed(x, y *loadedRun) []Changed {
	var list []Changed
	before, after := x.given, y.given
	for _, i := range y.inOrder() {
		was := Place{}
		if j, known := x.at.Student[y.roster[i].ID]; known {
			was = before[j]
		}
		if was.Post != after[i].Post || was.Secondary != after[i].Secondary {
			list = append(list, Changed{y.person(i), was, after[i]})
		}
	}
	return list
}
