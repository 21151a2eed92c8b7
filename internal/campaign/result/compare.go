package result

import (
	"context"
	"fmt"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A Comparison is several runs side by side.
type Comparison struct {
	Runs []Run
	// Changed says how many students each run places elsewhere than the first one does;
	// of the first, 0.
	Changed []int

	keys []int64 // of the runs
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
	for i, id := range runs {
		row, err := runHead(ctx, tx, c, id)
		if err != nil {
			return comparison, err
		}
		switch {
		case !row.Engine.Valid:
			return comparison, fault.New(fault.Conflict, "result.run.unsolved", "run", label(row.Number, row.Name))
		case row.Assigned.Int64 == 0:
			return comparison, preparing(label(row.Number, row.Name))
		}
		run, err := heads.whole(ctx, tx, id)
		if err != nil {
			return comparison, err
		}
		comparison.Runs, comparison.keys = append(comparison.Runs, run), append(comparison.keys, row.ID)
		changed := int64(0)
		if i > 0 {
			changed, err = queries.New(tx).CountElsewhere(ctx, queries.CountElsewhereParams{First: comparison.keys[0], Run: row.ID})
		}
		if err != nil {
			return comparison, fmt.Errorf("count who is elsewhere: %w", err)
		}
		comparison.Changed = append(comparison.Changed, int(changed))
	}
	return comparison, nil
}

// elsewhere lists the assignments of a run (a) beside those of another one (x), which
// its condition names as f. Somebody who is in one of them alone is nowhere in the
// other.
var elsewhere = store.List[changedRow]{
	Select: "a.position, a.student_id, a.pseudonym, a.given_post, a.given_secondary, a.given_rank, " +
		"COALESCE(x.given_post, ''), COALESCE(x.given_secondary, ''), COALESCE(x.given_rank, 0)",
	From: "campaign_assignment a JOIN campaign_run f ON f.id <> a.run_id " +
		"LEFT JOIN campaign_assignment x ON x.run_id = f.id AND x.position = a.position",
	ID: "a.student_id", Default: "position",
	Columns: []store.Column{{Key: "position", Sort: store.ByNumber("a.position")}},
	Scan: func(row store.Row) (c changedRow, err error) {
		return c, row.Scan(&c.Position, &c.student, &c.Pseudonym, &c.To.Post, &c.To.Secondary, &c.To.Rank, &c.From.Post, &c.From.Secondary, &c.From.Rank)
	},
}

type changedRow struct {
	Changed
	student int64
}

// Elsewhere returns a page of the students whom a run of the comparison, by its number
// there, places elsewhere than the first one does, in the order in which they are
// served.
func (c Comparison) Elsewhere(ctx context.Context, tx *store.Tx, run int, ask store.Ask) (store.Page[Changed], error) {
	differs := store.Where("a.run_id = $1 AND f.id = $2 AND (COALESCE(x.given_post, '') <> a.given_post OR "+
		"COALESCE(x.given_secondary, '') <> a.given_secondary)", c.keys[run], c.keys[0])
	rows, err := elsewhere.Page(ctx, tx, differs, ask)
	page := store.Page[Changed]{Next: rows.Next, Previous: rows.Previous}
	if err != nil {
		return page, err
	}
	ids := make([]int64, len(rows.Rows))
	for i, row := range rows.Rows {
		ids[i] = row.student
	}
	students, err := student.Refs(ctx, tx, ids)
	before, after := postNames(c.Runs[0].Summary.Posts), postNames(c.Runs[run].Summary.Posts)
	for _, row := range rows.Rows {
		row.Student = students[row.student]
		row.From.Name, row.From.SecondaryName = before[row.From.Post], before[row.From.Secondary]
		row.To.Name, row.To.SecondaryName = after[row.To.Post], after[row.To.Secondary]
		page.Rows = append(page.Rows, row.Changed)
	}
	return page, err
}

// changed returns who is elsewhere in the second of two runs. Somebody who is in one
// of them alone is nowhere in the other.
func changed(x, y *loadedRun) []Changed {
	var list []Changed
	before, after := x.given, y.given
	for _, i := range y.inOrder() {
		was := Place{}
		if j, known := x.solution.Student(y.roster[i].ID); known {
			was = before[j]
		}
		if was.Post != after[i].Post || was.Secondary != after[i].Secondary {
			list = append(list, Changed{y.person(i), was, after[i]})
		}
	}
	return list
}
