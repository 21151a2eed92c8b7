package campaign

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A part is a table with one row for each whom a campaign has enrolled. A filter of its
// columns is counted in this table alone, along its indexes.
type part struct {
	from    string // the table with its alias
	key     string // of the participant
	of      store.Condition
	columns []store.Column
}

// rowPart is what a campaign says of a participant since it has enrolled the student.
func rowPart(c Campaign) part {
	return part{
		from: "campaign_participant w", key: "w.id", of: store.Where("w.campaign_id = $1", c.ID),
		columns: []store.Column{
			{Key: "points", Filter: store.Hundredths("w.score")},
			{Key: "first", Filter: store.Number("w.first_position")},
			{Key: "last", Filter: store.Number("w.last_position")},
		},
	}
}

// placePart is the place in the order, once it is drawn.
func placePart(c Campaign) part {
	return part{
		from: "campaign_position t", key: "t.participant_id", of: store.Where("t.campaign_id = $1", c.ID),
		columns: []store.Column{{Key: "position", Filter: store.Number("t.effective")}},
	}
}

// listPart is the list.
func listPart(c Campaign, columns ...store.Column) part {
	return part{from: ranking.From, key: "l.owner", of: store.Where("l.scope = $1", c.PublicID), columns: columns}
}

// walked are the columns of a part for a list that goes through the students in an order:
// each condition is about the one row of a participant w, and cannot lead the way.
func (p part) walked() []store.Column {
	columns := slices.Clone(p.columns)
	for i, column := range columns {
		columns[i].Filter = func(asked string, zone *time.Location) store.Condition {
			holds := column.Filter(asked, zone)
			if holds.Never() {
				return store.Nothing
			}
			sql, args := holds.Append(nil)
			sql = "CASE WHEN " + sql + " THEN 1 ELSE 0 END"
			if p.key != "w.id" {
				var one string
				one, args = store.And(p.of, store.Where(p.key+" = w.id")).Append(args)
				sql = "(SELECT " + sql + " FROM " + p.from + " WHERE " + one + ")"
			}
			return store.Condition{SQL: sql + " <> 0", Args: args}
		}
	}
	return columns
}

// asked is how many of the filters of an ask are of the part.
func (p part) asked(ask store.Ask) (n int) {
	for _, c := range p.columns {
		if ask.Filters[c.Key] != "" {
			n++
		}
	}
	return n
}

// joined are those who have a row in each of some parts.
func joined(parts []part) part {
	all := parts[0]
	for _, p := range parts[1:] {
		all.from += " JOIN " + p.from + " ON " + p.key + " = " + all.key
		all.of = store.And(all.of, p.of)
		all.columns = slices.Concat(all.columns, p.columns)
	}
	return all
}

// find returns what the part knows of an ask. Only is what the rows of the list fulfil
// beside, of the key of a participant; few is how many of them it names.
func (p part) find(ctx context.Context, tx *store.Tx, ask store.Ask, only onlyThose, few int) (f store.Found, err error) {
	rows := store.List[int64]{From: p.from, ID: p.key, Columns: p.columns}
	those := rows.Matching(p.of, ask)
	f.Counted = true
	if f.Count, f.More, err = rows.Count(ctx, tx, store.And(those, only(p.key)), store.Ask{}); err != nil || f.Count > few {
		return f, err
	}
	f.Among = store.Nothing
	if f.Count > 0 {
		f.Among = store.Condition{
			SQL: "s.id IN (SELECT " + student.Now + " FROM campaign_participant q " + student.JoinRecord + "q.student_id WHERE q.id IN (SELECT " + p.key +
				" FROM " + p.from + " WHERE " + those.SQL + "))",
			Args: those.Args,
		}
	}
	return f, nil
}

// leastFew is [fewOf] a short list; tests, whose lists are all short, have less.
var leastFew = 50

// fewOf is how many of the rows of a list are found first and put in order then. Of more,
// a page is found sooner by going through everybody in order: through no more than twenty
// times its rows.
func fewOf(all int) int { return max(leastFew, all/20) }

// An onlyThose is what the rows of a list fulfil beside the filters, of an expression for
// the key of a participant.
type onlyThose = func(key string) store.Condition

// onlyFirst lets through the one row that counts of each student: two records that were
// merged since may both have one.
func onlyFirst(ctx context.Context, tx *store.Tx, c Campaign) (onlyThose, error) {
	later, err := keep(ctx, tx, c, "rows that do not count", func() ([]int64, error) { return laterRows(ctx, tx, c) })
	return func(key string) store.Condition { return store.Not(store.In(key, later)) }, err
}

// laterRows returns the participants of students who have an earlier row.
func laterRows(ctx context.Context, tx *store.Tx, c Campaign) ([]int64, error) {
	enrolled := store.Where("q.campaign_id = $1 AND q.enrolled_at IS NOT NULL", c.ID)
	rows, err := participants.All(ctx, tx, store.And(enrolled, store.Where(student.Now+" <> q.student_id")))
	if err != nil {
		return nil, err
	}
	students := make([]int64, len(rows))
	for i, row := range rows {
		students[i] = row.student
	}
	own, err := participants.All(ctx, tx, store.And(enrolled, store.In("q.student_id", students)))
	if err != nil {
		return nil, err
	}
	rows = append(rows, own...)
	slices.SortFunc(rows, func(a, b participantRow) int { return cmp.Compare(a.ID, b.ID) })
	var later []int64
	known := map[int64]bool{}
	for _, row := range rows {
		if known[row.student] {
			later = append(later, row.ID)
		}
		known[row.student] = true
	}
	return later, nil
}

// onlyTaking is [onlyFirst] of those whom nobody has excluded.
func onlyTaking(ctx context.Context, tx *store.Tx, c Campaign) (onlyThose, error) {
	first, err := onlyFirst(ctx, tx, c)
	return func(key string) store.Condition {
		return store.And(first(key), store.Where(key+" NOT IN (SELECT z.id FROM campaign_participant z WHERE z.campaign_id = $1 AND z.excluded_at IS NOT NULL)", c.ID))
	}, err
}

// findParts returns what some parts know of an ask of a list that has so many rows. The
// parts that are asked for something are counted together: of two conditions that many
// fulfil, few may fulfil both.
func findParts(ctx context.Context, tx *store.Tx, ask store.Ask, parts []part, only onlyThose, all int) (store.Found, error) {
	var those []part
	asked := 0
	for _, p := range parts {
		if n := p.asked(ask); n > 0 {
			asked += n
			those = append(those, p)
		}
	}
	if asked == 0 {
		return store.Found{Rest: ask}, nil
	}
	f, err := joined(those).find(ctx, tx, ask, only, fewOf(all))
	f.Rest, f.Counted = ask, asked == len(ask.Filters) && ask.Search == ""
	return f, err
}

// Find returns what is known of the participants whom an ask of [Participants.List] lets
// through.
func (p Participants) Find(ctx context.Context, tx *store.Tx, ask store.Ask) (f store.Found, err error) {
	c, f := p.requirements.campaign, store.Found{Rest: ask}
	if len(ask.Filters) == 0 && ask.Search == "" {
		f.Counted = true
		f.Count, f.More, err = total(ctx, tx, c, p.List(), p.Where())
		return f, err
	}
	cases, rest, err := p.findCases(ctx, tx, ask)
	if err != nil {
		return f, err
	}
	f.Rest = rest
	if c.Phase != Draft {
		only, err := onlyFirst(ctx, tx, c)
		if err != nil {
			return f, err
		}
		counting := func(key string) store.Condition {
			all := only(key)
			for _, s := range cases {
				all = store.And(all, s.enrolled(key))
			}
			return all
		}
		if f, err = findParts(ctx, tx, rest, p.parts(), counting, c.Enrolled); err != nil {
			return f, err
		}
	}
	those := store.Condition{}
	for _, s := range cases {
		those = store.And(those, s.rows())
		if s.named && !s.but && !f.Among.Never() {
			f.Among = store.Condition{} // what these few fulfil beside is asked of each
		}
		if len(ask.Filters) == 1 && ask.Search == "" {
			f.Counted, f.Count, f.More = true, s.count, s.more
		}
	}
	f.Among = store.And(f.Among, those)
	return f, nil
}

// FindInOrder returns what is known of the rows of [Participants.Order] that an ask lets
// through.
func (p Participants) FindInOrder(ctx context.Context, tx *store.Tx, ask store.Ask) (f store.Found, err error) {
	c, f := p.requirements.campaign, store.Found{Rest: ask}
	if len(ask.Filters) == 0 && ask.Search == "" {
		list, where := p.Order()
		f.Counted = true
		f.Count, f.More, err = total(ctx, tx, c, list, where)
		return f, err
	}
	if c.Phase == Draft {
		return f, nil
	}
	those := onlyTaking
	if c.Phase.Reached(Closed) { // who was excluded since keeps the place
		those = onlyFirst
	}
	only, err := those(ctx, tx, c)
	if err != nil {
		return f, err
	}
	return findParts(ctx, tx, ask, p.parts(), only, c.Enrolled)
}

// FindLists returns what is known of the rows of [ListsOf] that an ask lets through.
func FindLists(ctx context.Context, tx *store.Tx, c Campaign, ask store.Ask) (f store.Found, err error) {
	if len(ask.Filters) == 0 && ask.Search == "" {
		f = store.Found{Counted: true, Rest: ask}
		list, where := ListsOf(c)
		f.Count, f.More, err = total(ctx, tx, c, list, where)
		return f, err
	}
	only, err := onlyTaking(ctx, tx, c)
	if err != nil {
		return f, err
	}
	return findParts(ctx, tx, ask, []part{listsPart(c)}, only, c.Enrolled)
}

// parts are those whose columns filter participants.
func (p Participants) parts() []part {
	c := p.requirements.campaign
	return []part{rowPart(c), placePart(c), listPart(c,
		store.Column{Key: "wishes", Filter: store.Number("l.length")},
		store.Column{Key: "confirmed", Filter: store.Cases(listStates(c))})}
}

// cases are the conditions that filter participants by name.
func (p Participants) cases(key string) map[string]store.Condition {
	if key == "state" {
		return p.requirements.states()
	}
	failing := map[string]store.Condition{}
	for _, criterion := range p.requirements.criteria() {
		failing[criterion.Name] = criterion.Fails
	}
	return failing
}

// A selection is what is known of those who fulfil a condition that has a name: how many
// they are and, if it is named, that they are these, or all but these.
type selection struct {
	count      int
	more       bool
	named, but bool
	students   []int64 // keys of their records
	rowsOf     []int64 // keys of the rows that the campaign has for them
}

// rows is what is known of the rows of the list.
func (s selection) rows() store.Condition {
	switch {
	case !s.named:
		return store.Condition{}
	case s.but:
		// It speaks of both tables, so that SQLite does not think of reading them in another
		// order because of it.
		return store.Not(store.In("COALESCE(s.id, w.id)", s.students))
	}
	return store.In("s.id", s.students)
}

// enrolled is what is known of the key of a participant.
func (s selection) enrolled(key string) store.Condition {
	switch {
	case !s.named:
		return store.Condition{}
	case s.but:
		return store.Not(store.In(key, s.rowsOf))
	}
	return store.In(key, s.rowsOf)
}

// findCases returns what is known of those who fulfil the conditions that an ask names,
// and what is left to ask of them.
func (p Participants) findCases(ctx context.Context, tx *store.Tx, ask store.Ask) (found []selection, rest store.Ask, err error) {
	rest = ask
	for _, key := range []string{"state", "reason"} {
		asked := ask.Filters[key]
		if asked == "" {
			continue
		}
		s, err := p.findCase(ctx, tx, key, asked)
		if err != nil {
			return nil, ask, err
		}
		if s.named {
			rest.Filters = maps.Clone(rest.Filters)
			delete(rest.Filters, key)
		}
		found = append(found, s)
	}
	return found, rest, nil
}

// findCase returns what is known of those who fulfil one of the conditions that have a
// name. Each student is in one state: those of a state that many are in are known by the
// others.
func (p Participants) findCase(ctx context.Context, tx *store.Tx, key, name string) (selection, error) {
	s, err := p.lookedUp(ctx, tx, key, name)
	if err != nil || key != "state" || s.named {
		return s, err
	}
	but := selection{count: s.count, more: s.more, named: true, but: true}
	for _, other := range slices.Sorted(maps.Keys(p.cases(key))) {
		if other == name {
			continue
		}
		others, err := p.lookedUp(ctx, tx, key, other)
		but.students, but.rowsOf = slices.Concat(but.students, others.students), slices.Concat(but.rowsOf, others.rowsOf)
		if err != nil || !others.named || len(but.students) > p.few() {
			return s, err
		}
	}
	return but, nil
}

// lookedUp returns how many fulfil a condition that has a name, and which they are if
// they are few. That costs a look at everybody, and is kept until something changes it.
func (p Participants) lookedUp(ctx context.Context, tx *store.Tx, key, name string) (selection, error) {
	condition, known := p.cases(key)[name]
	if !known {
		return selection{named: true}, nil
	}
	return keep(ctx, tx, p.requirements.campaign, fmt.Sprint("those in ", key, " ", name), func() (s selection, err error) {
		those := store.And(p.Where(), condition)
		if s.count, s.more, err = p.List().Count(ctx, tx, those, store.Ask{}); err != nil || s.count > p.few() {
			return s, err
		}
		s.named = true
		keys := store.List[Enrolment]{Select: "s.id, COALESCE(w.id, 0)", From: fromConcerned, ID: "s.id", Scan: func(row store.Row) (e Enrolment, err error) {
			return e, row.Scan(&e.Student.ID, &e.ID)
		}}
		rows, err := keys.All(ctx, tx, those)
		for _, e := range rows {
			s.students, s.rowsOf = append(s.students, e.Student.ID), append(s.rowsOf, e.ID)
		}
		return s, err
	})
}

func (p Participants) few() int {
	return fewOf(max(p.requirements.campaign.Enrolled, p.requirements.expected()))
}
