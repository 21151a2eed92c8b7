package result

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
)

// assignment returns where a student of the instance stands, without the names of
// posts that pages give it.
func (b *proposalState) assignment(i int) Assignment {
	e := b.roster[i]
	a := Assignment{
		Person: b.person(i), Score: e.Score, Manual: e.Manual, Given: b.given[i], Now: b.places[i], Mark: b.mark(i),
		Repriced: b.repriced[i] != nil, Kept: b.kept[i], student: e.Student, participant: e.Participant,
	}
	if d := b.last[i]; d != nil {
		a.Motive, a.Reason, a.decision = d.Motive, d.Reason, d.id
	}
	return a
}

// mark says what stands out in where a student of the instance is.
func (b *proposalState) mark(i int) Mark {
	switch {
	case b.moved[i] != nil:
		return MarkMoved
	case b.repriced[i] != nil:
		return MarkRepriced
	case b.places[i].Post == "" && b.kept[i]:
		return MarkKept
	}
	return b.givenMark(i)
}

// givenMark is the mark before anything was decided about the run.
func (s *loadedRun) givenMark(i int) Mark {
	post := s.given[i].Post
	switch {
	case s.solution.Pinned(i) != "":
		return MarkPinned
	case post == "":
		return MarkUnplaced
	}
	rank := s.solution.Rank(i, post)
	if rank > 0 && s.roster[i].Wishes[rank-1].Added {
		return MarkAdded
	}
	return MarkNone
}

// firstRows and mostRows are how many assignments one transaction writes. The more it
// writes, the fewer times a page of an index in another order is changed.
const (
	firstRows = 128
	mostRows  = 512
)

// writeAssignments writes the rows of a run, in steps that nobody reads before the
// summary says how many there are. It returns how many.
//
// They are written by student, because most of their indexes are in that order: a step
// then changes few pages of each. Their wishes are only ever found by position.
func (r *Results) writeAssignments(ctx context.Context, b *proposalState) (int64, error) {
	err := r.DB.Write(ctx, func(tx *store.Tx) error { // of an attempt that was cut short
		q := queries.New(tx)
		if err := q.ForgetWishes(ctx, b.row.ID); err != nil {
			return err
		}
		return q.ForgetAssignments(ctx, b.row.ID)
	})
	if err != nil {
		return 0, fmt.Errorf("forget the assignments of run %s: %w", b.row.PublicID, err)
	}
	byPosition := b.inOrder()
	byStudent := slices.SortedFunc(slices.Values(byPosition), func(i, k int) int {
		return cmp.Compare(b.roster[i].Student, b.roster[k].Student)
	})
	err = r.writeRows(ctx, "campaign_assignment", assignmentColumns, byStudent, b.assignmentRow)
	if err == nil {
		err = r.writeRows(ctx, "campaign_assignment_wishes", []string{"run_id", "position", "wishes"}, byPosition, b.wishesRow)
	}
	if err != nil {
		return 0, fmt.Errorf("write the assignments of run %s: %w", b.row.PublicID, err)
	}
	return int64(len(byPosition)), nil
}

// writeRows writes a row of a table for each of some students of the instance, in
// steps.
func (r *Results) writeRows(ctx context.Context, table string, columns []string, students []int, row func(i int) []any) error {
	pace := job.Pace{Size: firstRows, Most: mostRows}
	for len(students) > 0 {
		some := students[:min(pace.Size, len(students))]
		rows := make([][]any, len(some))
		for k, i := range some {
			rows[k] = row(i)
		}
		err := r.DB.Write(ctx, func(tx *store.Tx) error {
			began := r.DB.Now()
			err := store.AddRows(ctx, tx, table, columns, rows, "")
			pace.After(r.DB.Now().Sub(began))
			return err
		})
		if err != nil {
			return err
		}
		students = students[len(some):]
	}
	return nil
}

// assignmentColumns are those of [proposalState.assignmentRow].
var assignmentColumns = []string{
	"run_id", "position", "student_id", "participant_id", "pseudonym", "sort_key", "score", "manual",
	"given_post", "given_secondary", "given_rank", "given_cost", "given_bonus", "given_total", "given_mark",
	"post", "secondary", "rank", "cost", "bonus", "total", "mark", "repriced", "kept", "decision_id",
}

func (b *proposalState) assignmentRow(i int) []any {
	a := b.assignment(i)
	given, now := a.Given.Costs.nulls(), a.Now.Costs.nulls()
	return []any{
		b.row.ID, a.Position, a.student, a.participant, a.Pseudonym, b.students[a.student].Person.SortKey, orNull(a.Score), a.Manual,
		a.Given.Post, a.Given.Secondary, a.Given.Rank, given[0], given[1], given[2], string(b.givenMark(i)),
		a.Now.Post, a.Now.Secondary, a.Now.Rank, now[0], now[1], now[2], string(a.Mark), a.Repriced, a.Kept, a.decisionKey(),
	}
}

func (b *proposalState) wishesRow(i int) []any {
	return []any{b.row.ID, b.solution.Position(i), toJSON(b.keptWishes(i))}
}

// nulls are costs as a row keeps them.
func (c *Costs) nulls() (kept [3]sql.NullInt64) {
	if c != nil {
		for i, n := range []int64{c.Post, c.Bonus, c.Total} {
			kept[i] = sql.NullInt64{Int64: n, Valid: true}
		}
	}
	return kept
}

// decisionKey is the key of the last decision in force as a row keeps it.
func (a Assignment) decisionKey() sql.NullInt64 {
	return sql.NullInt64{Int64: a.decision, Valid: a.decision != 0}
}

func orNull(n *int64) sql.NullInt64 {
	if n == nil {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: *n, Valid: true}
}

// The rowChanges are what a decision changes in the rows of a proposal: the row of its
// student, the costs of others where a rule looks at everybody, and the figures. They are
// computed beforehand.
type rowChanges struct {
	next     *proposalState
	row      queries.SetAssignmentParams
	repriced []int // students of the instance whose costs alone change
	figures  queries.PutProposalParams
}

// changesTo computes the changes from a proposal to the next one, after a decision about
// one student.
func (b *proposalState) changesTo(next *proposalState, i int) rowChanges {
	a := next.assignment(i)
	costs := a.Now.Costs.nulls()
	return rowChanges{
		next: next, repriced: b.repricedBy(next, i), figures: next.figures(),
		row: queries.SetAssignmentParams{
			RunID: b.row.ID, Position: int64(a.Position), Post: a.Now.Post, Secondary: a.Now.Secondary, Rank: int64(a.Now.Rank),
			Cost: costs[0], Bonus: costs[1], Total: costs[2], Mark: string(a.Mark), Repriced: a.Repriced, Kept: a.Kept,
			DecisionID: a.decisionKey(),
		},
	}
}

// write writes them.
func (d rowChanges) write(ctx context.Context, tx *store.Tx) error {
	if err := queries.New(tx).SetAssignment(ctx, d.row); err != nil {
		return fmt.Errorf("write an assignment: %w", err)
	}
	for some := range slices.Chunk(d.repriced, firstRows) {
		if err := d.next.setCosts(ctx, tx, some); err != nil {
			return err
		}
	}
	return putProposal(ctx, tx, d.figures)
}

// repricedBy returns the students other than one whose costs are others in another
// state of the proposal.
func (b *proposalState) repricedBy(next *proposalState, but int) []int {
	var list []int
	for i := range b.places {
		was, is := b.places[i].Costs, next.places[i].Costs
		if i != but && was != nil && is != nil && *was != *is {
			list = append(list, i)
		}
	}
	return list
}

// setCosts writes the costs of some students by one statement.
func (b *proposalState) setCosts(ctx context.Context, tx *store.Tx, some []int) error {
	var values []string
	var args []any
	for _, i := range some {
		costs, n := b.places[i].Costs, len(args)
		// The first line of values says their type.
		values = append(values, fmt.Sprintf(map[bool]string{
			true: "(CAST($%d AS BIGINT), CAST($%d AS BIGINT), CAST($%d AS BIGINT))", false: "($%d, $%d, $%d)",
		}[n == 0], n+1, n+2, n+3))
		args = append(args, b.solution.Position(i), costs.Bonus, costs.Total)
	}
	args = append(args, b.row.ID)
	_, err := tx.ExecContext(ctx, "UPDATE campaign_assignment SET bonus = v.column2, total = v.column3 FROM (VALUES "+
		strings.Join(values, ", ")+") AS v WHERE position = v.column1 AND run_id = $"+strconv.Itoa(len(args)), args...)
	if err != nil {
		return fmt.Errorf("write costs of run %s: %w", b.row.PublicID, err)
	}
	return nil
}

// figures are those of the proposal as it stands.
func (b *proposalState) figures() queries.PutProposalParams {
	summary := b.summary(b.places)
	unseen := 0
	for _, i := range b.inOrder() {
		if b.places[i].Post == "" && !b.seen(i) {
			unseen++
		}
	}
	return queries.PutProposalParams{
		CampaignID: b.campaign.ID, AdoptionID: b.adoption.ID, Figures: toJSON(summary), Posts: toJSON(summary.Posts), Unseen: int64(unseen),
	}
}

func putProposal(ctx context.Context, tx *store.Tx, figures queries.PutProposalParams) error {
	if err := queries.New(tx).PutProposal(ctx, figures); err != nil {
		return fmt.Errorf("write the figures of the proposal: %w", err)
	}
	return nil
}
