package campaign

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// Participants are the students of a campaign as pages list them: those whom it has
// enrolled, and the other members of its cohorts.
type Participants struct{ requirements *requirements }

// ParticipantsOf returns the participants of a campaign, for code that has checked
// the reader's right to see it. It reads none of them yet.
func ParticipantsOf(ctx context.Context, tx *store.Tx, c Campaign) (Participants, error) {
	r, err := requirementsOf(ctx, tx, c)
	return Participants{r}, err
}

// Where is the condition that all rows of [Participants.List] fulfil.
func (p Participants) Where() store.Condition { return p.requirements.concernedBy() }

// In is the condition that a row of [Participants.List] takes part.
func (p Participants) In() store.Condition {
	out, _ := p.requirements.out()
	return store.Not(out)
}

// All returns the participants who fulfil a condition, in the order of names, each
// judged. It reads them some hundred at a time: it is for work that needs everybody.
func (p Participants) All(ctx context.Context, tx *store.Tx, only store.Condition) ([]Enrolment, error) {
	var all []Enrolment
	err := p.List().Each(ctx, tx, store.And(p.Where(), only), store.Ask{}, func(rows []Enrolment) error {
		if err := p.Complete(ctx, tx, rows, false); err != nil {
			return err
		}
		all = append(all, rows...)
		return nil
	})
	return all, err
}

// Count counts them.
func (p Participants) Count(ctx context.Context, tx *store.Tx) (ParticipantCounts, error) {
	return p.requirements.count(ctx, tx)
}

// First returns the keys of the first participants, in the order of names, who are in
// one of some states, for [Participants.Complete].
func (p Participants) First(ctx context.Context, tx *store.Tx, most int, states ...string) ([]Enrolment, error) {
	keys, err := keep(ctx, tx, p.requirements.campaign, fmt.Sprint("first ", most, states), func() ([]Enrolment, error) {
		var any []store.Condition
		for _, state := range states {
			any = append(any, p.requirements.states()[state])
		}
		return p.List().First(ctx, tx, store.And(p.Where(), store.Or(any...)), most)
	})
	return slices.Clone(keys), err
}

// Search returns the participants who take part and are meant by what somebody typed:
// one by the public id, or the first who have each of the words.
func (p Participants) Search(ctx context.Context, tx *store.Tx, typed string) ([]Enrolment, error) {
	const most = 6 // who means one person types more when so many are found
	in := store.And(p.Where(), p.In())
	rows, err := p.List().All(ctx, tx, store.And(in, store.Where("s.public_id = $1", typed)))
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 && len(store.WordsOf(typed)) > 0 {
		page, err := p.List().Page(ctx, tx, in, store.Ask{Search: typed, Size: most})
		if err != nil {
			return nil, err
		}
		rows = page.Rows
	}
	return rows, p.Complete(ctx, tx, rows, false)
}

// Criteria names what may be asked of each participant, in order.
func (p Participants) Criteria() []string {
	var names []string
	for _, criterion := range p.requirements.criteria() {
		names = append(names, criterion.Name)
	}
	return names
}

// List returns the list that pages filter, search, sort and page through. Its rows
// are keys until [Participants.Complete] has read what belongs to them.
func (p Participants) List() *store.List[Enrolment] {
	c := p.requirements.campaign
	// What few rows of a campaign have is looked for among these, before anything is asked
	// about each student.
	ofRow := func(filter store.Filter) store.Filter {
		those := selected("s.id", "SELECT "+student.Now+" FROM campaign_participant w "+student.JoinRecord+"w.student_id WHERE w.campaign_id = $1", c, filter)
		return func(asked string, zone *time.Location) store.Condition {
			return store.And(those(asked, zone), filter(asked, zone))
		}
	}
	columns := []store.Column{
		{Key: "name", Filter: store.WordsIn("s.id", student.Words.Having()), Sort: store.ByText("p.sort_key")},
		{Key: "number", Filter: beginning("s.number", strings.ToUpper)},
		{Key: "state", Filter: store.Cases(p.cases("state"))},
		{Key: "reason", Filter: store.Cases(p.cases("reason"))},
		{Key: "manual", Filter: ofRow(store.Number("w.manual"))},
		{Key: "pseudonym", Filter: ofRow(beginning("w.pseudonym", strings.TrimSpace))},
		{Key: "email", Filter: store.Lower("p.email")},
	}
	if c.Phase != Draft { // until then nobody has a row, and points are those of the history
		for _, part := range p.parts() {
			columns = append(columns, part.walked()...)
		}
	}
	return &store.List[Enrolment]{
		Select: "s.id", From: fromConcerned, ID: "s.id", Words: student.Words, Default: "name",
		Columns: columns,
		Scan:    func(row store.Row) (e Enrolment, err error) { return e, row.Scan(&e.Student.ID) },
	}
}

// Order returns the list of those who have a place in the order, or will have one, in
// that order, and the condition that all its rows fulfil: by position once the seed is
// revealed, by the first possible one once the campaign is open, by name before.
func (p Participants) Order() (*store.List[Enrolment], store.Condition) {
	c, l := p.requirements.campaign, p.List()
	if c.Phase == Draft {
		return l, store.And(p.Where(), p.In())
	}
	at := store.Column{Key: "first", Filter: store.Number("w.first_position"), Sort: store.ByNumber("w.first_position").OrNull()}
	l.From = student.From + " JOIN (" + enrolledRows + ") e ON e.student = s.id JOIN campaign_participant w ON w.id = e.participant"
	// A search finds the rows of the campaign, those of a merged record too.
	l.ID, l.Words = "w.student_id", student.RecordWords("w.student_id")
	where := store.Where("w.campaign_id = $1", c.ID)
	if c.Phase.Reached(Closed) {
		at = store.Column{Key: "position", Filter: store.Number("t.effective"), Sort: store.ByNumber("t.effective")}
		l.From += " JOIN campaign_position t ON t.participant_id = w.id"
		where = store.And(where, store.Where("t.campaign_id = $1", c.ID))
	} else {
		where = store.And(where, store.Not(excluded))
	}
	for i, column := range l.Columns {
		if column.Key == at.Key {
			l.Columns[i] = at
		}
	}
	l.Default = at.Key
	return l, where
}

// selected filters by rows of another table: key is one of those that the SELECT, of
// this campaign, gives under the filter.
func selected(key, from string, c Campaign, filter store.Filter) store.Filter {
	return func(asked string, zone *time.Location) store.Condition {
		those := store.And(store.Where("$1 = $1", c.ID), filter(asked, zone))
		if those.Never() {
			return store.Nothing
		}
		return store.Condition{SQL: key + " IN (" + from + " AND " + those.SQL + ")", Args: those.Args}
	}
}

// beginning filters a column of texts, written as write does: by how they begin.
func beginning(column string, write func(string) string) store.Filter {
	return func(asked string, _ *time.Location) store.Condition {
		return store.Beginning(column, write(asked))
	}
}

// Complete reads what belongs to rows of [Participants.List], some hundred at most,
// and judges each; with lists also where the lists stand, for those who may read
// them.
func (p Participants) Complete(ctx context.Context, tx *store.Tx, rows []Enrolment, lists bool) error {
	err := p.explain(ctx, tx, rows, p.requirements.campaign.Phase == Draft)
	if err != nil || !lists || len(rows) == 0 {
		return err
	}
	return readLists(ctx, tx, rows)
}

// Judge is [Participants.Complete] for who asks what each row fulfils, and no score.
func (p Participants) Judge(ctx context.Context, tx *store.Tx, rows []Enrolment) error {
	return p.explain(ctx, tx, rows, false)
}

func (p Participants) explain(ctx context.Context, tx *store.Tx, rows []Enrolment, withHistory bool) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]int64, len(rows))
	for i, e := range rows {
		ids[i] = e.Student.ID
	}
	found, err := p.requirements.explain(ctx, tx, store.In("s.id", ids), withHistory)
	if err != nil {
		return err
	}
	byStudent := make(map[int64]Enrolment, len(found))
	for _, e := range found {
		byStudent[e.Student.ID] = e.Enrolment
	}
	for i := range rows {
		rows[i] = byStudent[rows[i].Student.ID]
	}
	return nil
}

// readLists adds to some enrolments where their lists stand.
func readLists(ctx context.Context, tx *store.Tx, rows []Enrolment) error {
	ids := make([]int64, len(rows))
	for i, e := range rows {
		ids[i] = e.ID
	}
	found, err := lists.All(ctx, tx, store.In("w.id", ids))
	if err != nil {
		return err
	}
	byParticipant := make(map[int64]*List, len(found))
	for i := range found {
		byParticipant[found[i].Participant] = &found[i]
	}
	for i := range rows {
		rows[i].List = byParticipant[rows[i].ID]
	}
	return nil
}
