package campaign

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A Snapshot is a campaign as the engine sees it: posts, students under their
// pseudonyms, lists, order. It is what a run is made of, and speaks of nothing that
// happens after it was taken.
type Snapshot struct {
	Campaign Campaign
	Posts    []Post
	Students []Candidate // by position, once the order is known; before, by pseudonym
	Draw     *Draw       // nil before opening
}

// A Candidate is a student as the engine sees one.
type Candidate struct {
	Participant int64
	Student     student.Student
	Pseudonym   string
	Score       *int64 // hundredths, frozen; nil: unknown
	Manual      int
	First, Last int
	Position    *Position // nil until the seed is revealed
	Version     int       // of the list; 0: none
	ListHash    string
	Wishes      []Wish
	Verdicts    []Verdict  // one a wish: whether it can be granted
	Background  Background // what was done at the sites of the posts
}

// TakeSnapshot reads a campaign that has opened, all in one state of the database.
// Who was excluded since is not in it.
func TakeSnapshot(ctx context.Context, tx *store.Tx, c Campaign) (Snapshot, error) {
	s := Snapshot{Campaign: c}
	var err error
	if s.Posts, err = Posts(ctx, tx, c); err != nil {
		return s, err
	}
	if s.Draw, err = DrawOf(ctx, tx, c); err != nil {
		return s, err
	}
	byCode := make(map[string]Post, len(s.Posts))
	var sites []int64
	for _, p := range s.Posts {
		byCode[p.Code] = p
		sites = append(sites, p.Site.ID)
	}
	if s.Students, err = candidates(ctx, tx, c, sites); err != nil {
		return s, err
	}
	for i := range s.Students {
		student := &s.Students[i]
		for _, w := range student.Wishes {
			student.Verdicts = append(student.Verdicts, Eligible(student.Background, byCode[w.Post]))
		}
	}
	return s, nil
}

// candidates reads who takes part, with what was done at some sites.
func candidates(ctx context.Context, tx *store.Tx, c Campaign, sites []int64) ([]Candidate, error) {
	students, err := student.WithoutCohorts(ctx, tx, Participating(c))
	if err != nil {
		return nil, err
	}
	backgrounds, err := backgroundsOf(ctx, tx, c, students, sites)
	if err != nil {
		return nil, err
	}
	rows, positions, err := participantRows(ctx, tx, c, store.Condition{})
	if err != nil {
		return nil, err
	}
	lists, err := ranking.All[Wish](ctx, tx, c.PublicID)
	if err != nil {
		return nil, err
	}
	found := make([]Candidate, 0, len(rows))
	for id, row := range rows {
		if row.EnrolledAt == nil || row.ExcludedAt != nil {
			continue
		}
		candidate := Candidate{
			Participant: row.ID, Student: *students[id], Pseudonym: row.Pseudonym, Score: value(row.Score), Manual: int(row.Manual.Int64),
			First: int(row.FirstPosition.Int64), Last: int(row.LastPosition.Int64),
			Version: lists[row.ID].Last.Number, ListHash: lists[row.ID].Last.Hash, Wishes: lists[row.ID].Last.Wishes,
			Background: backgrounds[students[id].ID],
		}
		if position, drawn := positions[row.ID]; drawn {
			candidate.Position = &position
		}
		found = append(found, candidate)
	}
	slices.SortFunc(found, func(a, b Candidate) int {
		if a.Position != nil && b.Position != nil {
			return a.Position.Effective - b.Position.Effective
		}
		return strings.Compare(a.Pseudonym, b.Pseudonym)
	})
	return found, nil
}

// historiesAtOnce is how many people's placements are held at a time.
const historiesAtOnce = 4000

// backgroundsOf returns what the rules look at, of those who take part in a campaign,
// by student: what they have done at some sites. It reads their placements some people at
// a time: those of all would be the largest thing that a run holds.
func backgroundsOf(ctx context.Context, tx *store.Tx, c Campaign, students map[int64]*student.Student, sites []int64) (map[int64]Background, error) {
	backgrounds := make(map[int64]Background, len(students))
	for some := range slices.Chunk(slices.Sorted(maps.Keys(students)), historiesAtOnce) {
		placements, err := placement.OfStudentsAt(ctx, tx, participatingBetween(c, some[0], some[len(some)-1]), sites)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			who := students[id]
			if _, known := backgrounds[who.ID]; !known || len(placements[who.ID]) > 0 {
				backgrounds[who.ID] = NewBackground(*who, placements[who.ID])
			}
		}
	}
	return backgrounds, nil
}

// NewBackground gathers what the rules look at, given all placements of a student. A site done twice shows the last time.
func NewBackground(student student.Student, placements []placement.Placement) Background {
	b := Background{Level: student.Level, Done: map[int64]Past{}}
	for _, p := range placement.Current(placements) {
		if p.Discounted() {
			continue
		}
		past := Past{p.Period.Name, p.Dates.From, p.Dates.To}
		b.Done[p.Site.ID] = past
		if !p.Secondary.None() {
			b.Done[p.Secondary.ID] = past
		}
	}
	return b
}

// Instance returns the snapshot as an instance of the given method: posts by their
// codes, students as they stand in the snapshot. A post closed to wishes stays open to
// the commission, but every wish for it is barred.
func (s Snapshot) Instance(method string) *assign.Instance {
	in := assign.NewInstance(method, s.Campaign.Scoring)
	posts := slices.Clone(s.Posts)
	slices.SortFunc(posts, func(a, b Post) int { return strings.Compare(a.Code, b.Code) })
	for _, p := range posts {
		in.AddPost(assign.Post{Code: p.Code, Seats: p.Seats, Secondary: p.Secondary})
	}
	for _, c := range s.Students {
		student := assign.Student{ID: c.Pseudonym, Score: c.Score}
		if c.Position != nil {
			student.Position = c.Position.Effective
		}
		for i, w := range c.Wishes {
			student.Wishes = append(student.Wishes, assign.Wish{Post: w.Post, Secondary: w.Secondary, Barred: string(c.Verdicts[i].Rule)})
		}
		in.AddStudent(student)
	}
	return in
}

// Standing returns what the order is made of.
func (s Snapshot) Standing() []assign.OrderInput {
	list := make([]assign.OrderInput, len(s.Students))
	for i, c := range s.Students {
		list[i] = assign.OrderInput{ID: c.Pseudonym, Score: c.Score, Manual: c.Manual}
	}
	return list
}

// inputsChanged counts a change of what runs are made of: a list, seats, an
// exclusion. Runs made before it are then out of date. Before the campaign closes
// there are none, and saves of the opening day must not wait for each other.
func inputsChanged(ctx context.Context, tx *store.Tx, c Campaign) error {
	if !c.Phase.Reached(Closed) {
		return nil
	}
	if err := queries.New(tx).CountInputChange(ctx, c.ID); err != nil {
		return fmt.Errorf("count a change of campaign %s: %w", c.PublicID, err)
	}
	return nil
}
