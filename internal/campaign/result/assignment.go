package result

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// An Assignment is where one student of a run is: where the run put them, and where
// they stand since the commission decided about it.
type Assignment struct {
	Person
	Score    *int64 // hundredths; nil: unknown
	Manual   int    // position decided by hand; 0: none
	Given    Place  // by the run
	Now      Place
	Mark     Mark
	Repriced bool   // the commission decided what it costs
	Kept     bool   // without a post, and the commission has looked
	Motive   Motive // of the last decision in force; empty: none
	Reason   string // of the same

	student     int64 // the record at the time of the run
	participant int64
	decision    int64 // the last one in force; 0: none
}

// Moved reports whether the commission moved the student after the run.
func (a Assignment) Moved() bool { return a.Mark == MarkMoved }

// A Mark says what stands out in an assignment: of several, the first of the list.
type Mark string

// The marks.
const (
	MarkMoved    Mark = "moved"    // by the commission, after the run
	MarkRepriced Mark = "repriced" // its cost was decided
	MarkPinned   Mark = "pinned"   // by the commission, before the run
	MarkKept     Mark = "kept"     // without a post, and the commission has looked
	MarkUnplaced Mark = "unplaced" // without a post
	MarkAdded    Mark = "added"    // the run granted a wish that the commission had added
	MarkNone     Mark = "run"      // the run alone
)

// Marks are all marks, in the order of filters.
var Marks = []Mark{MarkNone, MarkMoved, MarkRepriced, MarkPinned, MarkAdded, MarkKept, MarkUnplaced}

// assignments is the list of assignments of every run.
var assignments = store.List[Assignment]{
	Select: "a.position, a.student_id, a.participant_id, a.pseudonym, a.score, a.manual, a.given_post, a.given_secondary, a.given_rank, " +
		"a.given_cost, a.given_bonus, a.given_total, a.post, a.secondary, a.rank, a.cost, a.bonus, a.total, a.mark, a.repriced, a.kept, " +
		"a.decision_id, d.motive, d.reason",
	From:    "campaign_assignment a LEFT JOIN campaign_decision d ON d.id = a.decision_id",
	ID:      "a.student_id",
	Words:   store.Having(student.Words.Having()),
	Default: "position",
	Columns: []store.Column{
		{Key: "position", Filter: store.Number("a.position"), Sort: store.ByNumber("a.position")},
		{Key: "name", Sort: store.ByText("a.sort_key")},
		{Key: "score", Filter: store.Hundredths("a.score")},
		{Key: "rank", Filter: store.Number("a.rank")},
		{Key: "cost", Filter: store.Hundredths("a.total")},
		{Key: "mark", Filter: store.Choice("a.mark")},
	},
	Scan: scanAssignment,
}

func scanAssignment(row store.Row) (Assignment, error) {
	var a Assignment
	var score, decision sql.NullInt64
	var given, now [3]sql.NullInt64
	var motive, reason sql.NullString
	err := row.Scan(&a.Position, &a.student, &a.participant, &a.Pseudonym, &score, &a.Manual, &a.Given.Post, &a.Given.Secondary, &a.Given.Rank,
		&given[0], &given[1], &given[2], &a.Now.Post, &a.Now.Secondary, &a.Now.Rank, &now[0], &now[1], &now[2], &a.Mark, &a.Repriced, &a.Kept,
		&decision, &motive, &reason)
	if score.Valid {
		a.Score = &score.Int64
	}
	a.Given.Costs, a.Now.Costs = costsOf(given), costsOf(now)
	a.Motive, a.Reason, a.decision = Motive(motive.String), reason.String, decision.Int64
	return a, err
}

// costsOf makes costs of what a row keeps: of the post, the bonus, both.
func costsOf(kept [3]sql.NullInt64) *Costs {
	if !kept[2].Valid {
		return nil
	}
	return &Costs{kept[0].Int64, kept[1].Int64, kept[2].Int64}
}

// ofRun is the condition that an assignment is of a run.
func ofRun(run int64) store.Condition { return store.Where("a.run_id = $1", run) }

// WithoutPost is the condition that an assignment gives no post.
var WithoutPost = store.Where("a.post = ''")

// Unplaced returns a page of the students to whom the run gave no post, in the order in
// which they are served, as they are called now. Of a run that was solved before there
// were assignments it is empty until background work has written them.
func (r Run) Unplaced(ctx context.Context, tx *store.Tx, ask store.Ask) (store.Page[Person], error) {
	rows, err := assignments.Page(ctx, tx, store.And(ofRun(r.key), store.Where("a.given_post = ''")), ask)
	page := store.Page[Person]{Next: rows.Next, Previous: rows.Previous}
	if err != nil {
		return page, err
	}
	if err := nameAll(ctx, tx, nil, rows.Rows); err != nil {
		return page, err
	}
	for _, a := range rows.Rows {
		page.Rows = append(page.Rows, a.Person)
	}
	return page, nil
}

// Assignments is the list of the proposal's assignments: who may read the proposal may
// read all that fulfil [Proposal.Those]. [Proposal.Name] completes its rows.
func (p Proposal) Assignments() *store.List[Assignment] {
	list := assignments
	list.Columns = append(slices.Clip(list.Columns), store.Column{Key: "post", Filter: atPosts(p.Posts)})
	return &list
}

// Those is the condition that an assignment is of the proposal.
func (p Proposal) Those() store.Condition { return ofRun(p.run) }

// Name gives assignments the names of their students, as they are called now, and of
// their posts, in as many statements however many they are.
func (p Proposal) Name(ctx context.Context, tx *store.Tx, list []Assignment) error {
	return nameAll(ctx, tx, p.Posts, list)
}

// atPosts is the filter by the name or the code of a post.
func atPosts(posts []PostLine) store.Filter {
	return func(asked string, _ *time.Location) store.Condition {
		var codes []string
		part := text.Fold(asked)
		for _, p := range posts {
			if part != "" && strings.Contains(strings.Join(text.Words(p.Name+" "+p.Code), " "), part) {
				codes = append(codes, p.Code)
			}
		}
		return store.In("a.post", codes)
	}
}

func nameAll(ctx context.Context, tx *store.Tx, posts []PostLine, list []Assignment) error {
	ids := make([]int64, len(list))
	for i, a := range list {
		ids[i] = a.student
	}
	students, err := student.Refs(ctx, tx, ids)
	if err != nil {
		return err
	}
	name := postNames(posts)
	for i := range list {
		a := &list[i]
		a.Student = students[a.student]
		a.namePosts(name)
	}
	return nil
}

func (a *Assignment) namePosts(name map[string]string) {
	for _, place := range []*Place{&a.Given, &a.Now} {
		place.Name, place.SecondaryName = name[place.Post], name[place.Secondary]
	}
}

func postNames(posts []PostLine) map[string]string {
	names := make(map[string]string, len(posts))
	for _, p := range posts {
		names[p.Code] = p.Name
	}
	return names
}

// preparing is the refusal while background work writes the assignments of a run that
// was solved before there were any.
func preparing(run string) error { return fault.New(fault.Conflict, "result.preparing", "run", run) }
