package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A List is where the list of one participant stands.
type List struct {
	Student     student.Student // its key, its public id and its person
	Participant int64
	Pseudonym   string
	Version     int // the last one; 0: nothing saved
	SavedAt     time.Time
	Wishes      []Wish
	confirmed   int
}

// Confirmed reports whether the student confirmed the list as it stands.
func (l List) Confirmed() bool { return l.Version > 0 && l.confirmed == l.Version }

// The states of a list: what needs attention goes before whether it is confirmed.
const (
	ListEmpty     = "empty"     // without a wish
	ListShort     = "short"     // with fewer wishes than advised
	ListConfirmed = "confirmed" // as it stands
	ListSaved     = "saved"
)

// State says where a list of a campaign stands.
func (l List) State(c Campaign) string {
	switch {
	case len(l.Wishes) == 0:
		return ListEmpty
	case len(l.Wishes) < c.AdvisedWishes:
		return ListShort
	case l.Confirmed():
		return ListConfirmed
	}
	return ListSaved
}

// listStates are the conditions of the states, of l, a list.
func listStates(c Campaign) map[string]store.Condition {
	enough := store.Where("l.length > 0 AND l.length >= $1", c.AdvisedWishes)
	confirmed := store.Where("l.version > 0 AND l.confirmed = l.version")
	return map[string]store.Condition{
		ListEmpty:     store.Where("l.length = 0"),
		ListShort:     store.Where("l.length > 0 AND l.length < $1", c.AdvisedWishes),
		ListConfirmed: store.And(enough, confirmed),
		ListSaved:     store.And(enough, store.Not(confirmed)),
	}
}

// lists reads the lists of some of the people whom campaigns have enrolled, by the keys
// of their rows: l is the list, w the row of the participant, c the campaign, s the
// record, p the person.
var lists = store.List[List]{
	Select: "w.id, w.pseudonym, s.id, s.public_id, p.family_name, p.given_name, p.email, p.lang, p.sort_key, p.id, " + ranking.Columns,
	From: student.From + " JOIN (" + enrolledRows + ") e ON e.student = s.id JOIN campaign_participant w ON w.id = e.participant" +
		" JOIN campaign_campaign c ON c.id = e.campaign " + ranking.Join("c.public_id", "w.id"),
	ID: "s.id", Words: student.Words, Default: "name", Scan: scanList,
}

func scanList(row store.Row) (List, error) {
	var l List
	person := &l.Student.Person
	r, err := ranking.Scan[Wish](row, &l.Participant, &l.Pseudonym,
		&l.Student.ID, &l.Student.PublicID, &person.FamilyName, &person.GivenName, &person.Email, &person.Lang, &person.SortKey, &person.ID)
	l.Version, l.SavedAt, l.Wishes, l.confirmed = r.Last.Number, r.Last.At, r.Last.Wishes, r.Confirmed
	return l, err
}

// ListsOf returns the list of the lists of a campaign, which pages filter, search,
// sort and page through, and the condition that all its rows fulfil: that the student
// takes part still. Its rows are keys until [CompleteLists] has read them. It is for code
// that has checked [RightReadLists].
func ListsOf(c Campaign) (*store.List[List], store.Condition) {
	return &store.List[List]{
		Select: "w.id", From: fromConcerned, ID: "s.id", Words: student.Words, Default: "name",
		Columns: append([]store.Column{
			{Key: "name", Filter: store.WordsIn("s.id", student.Words.Having()), Sort: store.ByText("p.sort_key")},
			{Key: "pseudonym", Filter: beginning("w.pseudonym", func(s string) string { return s })},
		}, listsPart(c).walked()...),
		Scan: func(row store.Row) (l List, err error) { return l, row.Scan(&l.Participant) },
	}, store.And(among(c, 0), takesPart)
}

// listsPart are the lists with all that filters them.
func listsPart(c Campaign) part {
	confirmed := store.Where("l.version > 0 AND l.confirmed = l.version")
	return listPart(c,
		store.Column{Key: "count", Filter: store.Number("l.length")},
		store.Column{Key: "state", Filter: store.Cases(listStates(c))},
		store.Column{Key: "confirmed", Filter: store.Cases(map[string]store.Condition{"yes": confirmed, "no": store.Not(confirmed)})},
		store.Column{Key: "wishes", Filter: rankedPost},
		store.Column{Key: "version", Filter: store.Number("l.version")},
		store.Column{Key: "saved", Filter: store.Moment("l.saved_at")})
}

// CompleteLists reads the lists of rows of [ListsOf], some hundred at most.
func CompleteLists(ctx context.Context, tx *store.Tx, rows []List) error {
	ids := make([]int64, len(rows))
	for i, l := range rows {
		ids[i] = l.Participant
	}
	found, err := lists.All(ctx, tx, store.In("w.id", ids))
	if err != nil {
		return err
	}
	byParticipant := make(map[int64]List, len(found))
	for _, l := range found {
		byParticipant[l.Participant] = l
	}
	for i := range rows {
		rows[i] = byParticipant[rows[i].Participant]
	}
	return nil
}

// takesPart is the condition that a participant was enrolled, and not excluded since.
var takesPart = store.And(enrolled, store.Not(excluded))

// rankedPost filters lists by the code of a post that is on them, or how it begins.
func rankedPost(asked string, _ *time.Location) store.Condition {
	code, _ := json.Marshal(strings.ToUpper(asked)) // a string can always be written
	like := strings.NewReplacer(`\\`, `\\\\`, "%", `\%`, "_", `\_`).Replace(strings.TrimSuffix(string(code), `"`))
	return store.Where(`l.wishes LIKE $1 ESCAPE '\'`, "%:"+like+"%")
}

// ListFor returns the list of one student who takes part, by public id, for those who
// may read it.
func ListFor(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, student string) (List, error) {
	if err := c.require(actor, RightReadLists); err != nil {
		return List{}, err
	}
	list, of := ListsOf(c)
	found, err := list.All(ctx, tx, store.And(of, store.Where("s.public_id = $1", student)))
	if err == nil {
		err = CompleteLists(ctx, tx, found)
	}
	if err != nil {
		return List{}, fmt.Errorf("read list: %w", err)
	}
	if len(found) == 0 {
		return List{}, fault.New(fault.NotFound, "participant.unknown", "student", "", "campaign", c.Name)
	}
	return found[0], nil
}

// Asked counts the lists that ask for a post.
type Asked struct {
	First int // as the first wish
	Three int // among the first three
	All   int
}

// AskedOf counts, for each post, the lists that asked for it a moment ago, by code. It
// is for code that has checked [RightReadLists], and must not be called within a
// transaction.
func (s *Campaigns) AskedOf(ctx context.Context, c Campaign) (map[string]Asked, error) {
	m, err := s.market(ctx, c)
	if err != nil {
		return nil, err
	}
	asked := make(map[string]Asked, len(m.Posts))
	for _, student := range m.Students {
		for i, wish := range student.Wishes {
			n := asked[wish.Post]
			n.All++
			if i == 0 {
				n.First++
			}
			if i < 3 {
				n.Three++
			}
			asked[wish.Post] = n
		}
	}
	return asked, nil
}

// Counts sum up where the lists of a campaign stand.
type Counts struct {
	Participants int
	Empty        int // without a wish
	Short        int // with fewer wishes than advised
	Confirmed    int // as they stand
}

// countExcluded counts the lists of those whom somebody excluded: few.
var countExcluded = "SELECT " + ranking.Counted("$3") + " FROM campaign_participant p " + ranking.Join("$2", "p.id") +
	" WHERE p.campaign_id = $1 AND p.excluded_at IS NOT NULL"

// CountsOf counts the lists of those who take part still, for code that has checked the
// reader's right to see the campaign.
func CountsOf(ctx context.Context, tx *store.Tx, c Campaign) (Counts, error) {
	all, err := ranking.Count(ctx, tx, c.PublicID, c.AdvisedWishes)
	if err != nil {
		return Counts{}, err
	}
	var out ranking.Counts
	err = tx.QueryRowContext(ctx, countExcluded, c.ID, c.PublicID, c.AdvisedWishes).Scan(&out.Lists, &out.Empty, &out.Short, &out.Confirmed)
	if err != nil {
		return Counts{}, fmt.Errorf("count lists: %w", err)
	}
	return Counts{all.Lists - out.Lists, all.Empty - out.Empty, all.Short - out.Short, all.Confirmed - out.Confirmed}, nil
}
