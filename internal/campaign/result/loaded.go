package result

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A loadedRun is a run read back: what went in, what came out, and the people and
// posts behind the names.
type loadedRun struct {
	campaign campaign.Campaign
	row      queries.CampaignRun
	output   queries.CampaignRunResult
	in       *format.Instance
	result   *format.Result // nil: not solved yet
	costs    []*Costs       // by student of the instance
	roster   []rosterEntry  // by student of the instance
	at       format.Index
	changes  []Amendment
	posts    map[string]campaign.Post
	students map[int64]student.Student

	given    []Place        // where the run put everybody, by student of the instance
	served   map[int]int    // student of the instance by position
	reserved map[string]int // seats of each post that are set aside for students who keep it
}

// load reads a run back.
func load(ctx context.Context, tx *store.Tx, c campaign.Campaign, row queries.CampaignRun) (*loadedRun, error) {
	output, err := queries.New(tx).Result(ctx, row.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read the result of run %s: %w", row.PublicID, err)
	}
	return loadOutput(ctx, tx, c, row, output)
}

// loadOutput makes a loaded run of its row and of what was computed; the zero output
// stands for nothing yet.
func loadOutput(ctx context.Context, tx *store.Tx, c campaign.Campaign, row queries.CampaignRun, output queries.CampaignRunResult) (*loadedRun, error) {
	s := &loadedRun{campaign: c, row: row, output: output}
	posts, err := campaign.Posts(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	s.posts = postsByCode(posts)
	if s.in, err = format.ReadInstance(row.Instance); err != nil {
		return nil, fmt.Errorf("read the instance of run %s: %w", row.PublicID, err)
	}
	s.index()
	if output.RunID != 0 {
		if s.result, err = format.ReadResult(s.output.Result); err != nil {
			return nil, fmt.Errorf("read the result of run %s: %w", row.PublicID, err)
		}
	}
	if s.roster, err = fromJSON[[]rosterEntry](row.Roster, "roster"); err != nil {
		return nil, err
	}
	if err := s.readStudents(ctx, tx); err != nil {
		return nil, err
	}
	if s.changes, err = fromJSON[[]Amendment](row.Amendments, "amendments"); err != nil {
		return nil, err
	}
	if output.RunID == 0 {
		return s, nil
	}
	if s.output.Costs == "" { // they are about to be computed
		return s, nil
	}
	if s.costs, err = fromJSON[[]*Costs](s.output.Costs, "costs"); err != nil {
		return nil, err
	}
	s.given = s.places()
	return s, nil
}

// granted returns the code of the post that the run gave everybody, by student of the
// instance.
func (s *loadedRun) granted() []string {
	posts := make([]string, len(s.in.Students))
	for _, a := range s.result.Assignments {
		posts[s.at.Student[a.Student]] = a.Post
	}
	return posts
}

// readStudents reads the people of the roster: those that the campaign has a row for,
// and whoever was named by a record that stands for somebody else by now.
func (s *loadedRun) readStudents(ctx context.Context, tx *store.Tx) error {
	var err error
	if s.students, err = student.Where(ctx, tx, campaign.Participating(s.campaign)); err != nil {
		return err
	}
	var missing []int64
	for _, e := range s.roster {
		if _, known := s.students[e.Student]; !known {
			missing = append(missing, e.Student)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	others, err := student.ByIDs(ctx, tx, missing)
	maps.Copy(s.students, others)
	return err
}

// index prepares what is asked of the instance for one student after another.
func (s *loadedRun) index() {
	s.at, s.served, s.reserved = s.in.Index(), make(map[int]int, len(s.in.Students)), map[string]int{}
	for i, student := range s.in.Students {
		s.served[student.Order] = i
		if student.Pinned != "" {
			s.reserved[student.Pinned]++
		}
	}
}

// amendments tells what the commission changed for the run.
func (s *loadedRun) amendments() []AmendmentLine {
	byID := map[string]reference.Ref{}
	for _, e := range s.roster {
		student := s.students[e.Student]
		byID[student.PublicID] = student.Ref()
	}
	lines := make([]AmendmentLine, len(s.changes))
	for i, a := range s.changes {
		lines[i] = AmendmentLine{Amendment: a, Person: byID[a.Student], PostName: s.name(a.Post), Before: s.posts[a.Post].Seats}
	}
	return lines
}

// name returns the name of a post.
func (s *loadedRun) name(code string) string {
	if code == "" {
		return ""
	}
	return s.posts[code].Label()
}

// person returns who a student of the instance is.
func (s *loadedRun) person(i int) Person {
	return Person{Student: s.students[s.roster[i].Student].Ref(), Pseudonym: s.roster[i].ID, Position: s.in.Students[i].Order}
}

// places returns where the run put everybody, by student of the instance.
func (s *loadedRun) places() []Place {
	places := make([]Place, len(s.in.Students))
	for _, a := range s.result.Assignments {
		i := s.at.Student[a.Student]
		places[i] = s.place(a.Post, a.Secondary, a.Rank, s.costs[i])
	}
	return places
}

func (s *loadedRun) place(post, secondary string, rank int, costs *Costs) Place {
	return Place{Post: post, Name: s.name(post), Secondary: secondary, SecondaryName: s.name(secondary), Rank: rank, Costs: costs}
}

// inOrder returns the students of the instance in the order in which they are
// served, without those who were excluded.
func (s *loadedRun) inOrder() []int {
	return slices.DeleteFunc(s.in.Sequence(), func(i int) bool { return s.roster[i].Excluded })
}

// cutoffs returns, for the posts that the run filled, the position of the last
// person served there.
func (s *loadedRun) cutoffs() map[string]int {
	last := map[string]int{}
	for _, p := range s.result.Posts {
		if seats := s.in.Posts[s.at.Post[p.Post]].Seats; seats > 0 && p.Filled == seats {
			last[p.Post] = p.LastOrder
		}
	}
	return last
}

// A Summary is a placement in figures.
type Summary struct {
	Students    int        `json:"students"`
	Placed      int        `json:"placed"`
	First       int        `json:"first"`       // who have their first wish
	WithinThree int        `json:"withinThree"` // who have one of their first three
	Worst       int        `json:"worst"`       // the worst rank obtained
	MeanRank    int64      `json:"meanRank"`    // hundredths, of those placed from their list
	Ranks       []int      `json:"ranks"`       // how many have each rank, the first wish first
	Unplaced    []Person   `json:"-"`
	MeanCost    int64      `json:"meanCost"` // hundredths, of those placed that have costs
	Posts       []PostLine `json:"-"`
}

// Without returns how many have no place.
func (s Summary) Without() int { return s.Students - s.Placed }

// A PostLine is how full a post is.
type PostLine struct {
	Code     string
	Name     string
	Seats    int
	Filled   int
	Reserved int // for students who keep it
	Cutoff   int // position of the last person that the run served there; 0: it did not fill it
}

// Full reports whether no seat is left.
func (p PostLine) Full() bool { return p.Filled >= p.Seats }

// summary sums a placement up, of which places holds everybody's, by student of the
// instance.
func (s *loadedRun) summary(places []Place) Summary {
	t := Summary{Posts: s.postLines(places)}
	sum, ranked, cost, priced := 0, 0, int64(0), 0
	for _, i := range s.inOrder() {
		p := places[i]
		t.Students++
		if p.Post == "" {
			t.Unplaced = append(t.Unplaced, s.person(i))
			continue
		}
		t.Placed++
		if p.Costs != nil {
			cost, priced = cost+p.Costs.Total, priced+1
		}
		if p.Rank == 0 {
			continue
		}
		for len(t.Ranks) < p.Rank {
			t.Ranks = append(t.Ranks, 0)
		}
		t.Ranks[p.Rank-1]++
		sum, ranked = sum+p.Rank, ranked+1
	}
	for i, n := range t.Ranks {
		if i == 0 {
			t.First = n
		}
		if i < 3 {
			t.WithinThree += n
		}
	}
	t.Worst = len(t.Ranks)
	if ranked > 0 {
		t.MeanRank = mean(int64(100*sum), ranked)
	}
	if priced > 0 {
		t.MeanCost = mean(cost, priced)
	}
	return t
}

// mean divides, rounding half up.
func mean(sum int64, n int) int64 {
	twice := 2 * int64(n)
	m := (2*sum + int64(n)) / twice
	if (2*sum+int64(n))%twice < 0 {
		m--
	}
	return m
}

// postLines returns how full each post is, in the order of codes.
func (s *loadedRun) postLines(places []Place) []PostLine {
	filled := filledBy(places)
	cutoffs := s.cutoffs()
	lines := make([]PostLine, 0, len(s.in.Posts))
	for _, p := range s.in.Posts {
		lines = append(lines, PostLine{
			Code: p.ID, Name: s.name(p.ID), Seats: p.Seats, Filled: filled[p.ID], Reserved: s.reserved[p.ID], Cutoff: cutoffs[p.ID],
		})
	}
	return lines
}

// filledBy counts the people at each post.
func filledBy(places []Place) map[string]int {
	filled := map[string]int{}
	for _, p := range places {
		for _, code := range []string{p.Post, p.Secondary} {
			if code != "" {
				filled[code]++
			}
		}
	}
	return filled
}

// postsOf returns the code of everybody's post, by student of the instance.
func postsOf(places []Place) []string {
	posts := make([]string, len(places))
	for i, p := range places {
		posts[i] = p.Post
	}
	return posts
}
