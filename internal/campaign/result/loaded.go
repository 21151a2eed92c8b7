package result

import (
	"context"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/procedure/assign"
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
	instance string // as the engine read it
	result   string // as it gave it
	solution *assign.Solution
	costs    []*Costs      // by student of the instance
	roster   []rosterEntry // by student of the instance
	changes  []Amendment
	posts    map[string]campaign.Post
	students map[int64]*student.Student

	given    []Place        // where the run put everybody, by student of the instance
	reserved map[string]int // seats of each post that are set aside for students who keep it
}

// load reads back a run that was solved.
func load(ctx context.Context, tx *store.Tx, c campaign.Campaign, row queries.CampaignRun) (*loadedRun, error) {
	output, err := queries.New(tx).Result(ctx, row.ID)
	if err != nil {
		return nil, fmt.Errorf("read the result of run %s: %w", row.PublicID, err)
	}
	files, err := readFiles(ctx, tx, row.ID)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", row.PublicID, err)
	}
	return loadOutput(ctx, tx, c, row, output, files)
}

// loadOutput makes a loaded run of its row, of what was computed and of its files. Costs
// that are still to be computed are left out, with where the run put everybody.
func loadOutput(ctx context.Context, tx *store.Tx, c campaign.Campaign, row queries.CampaignRun, output queries.CampaignRunResult, files runFiles) (*loadedRun, error) {
	s := &loadedRun{campaign: c, row: row, output: output, instance: files.instance, result: files.result}
	posts, err := campaign.Posts(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	s.posts = postsByCode(posts)
	if s.solution, err = assign.ReadSolution(files.instance, files.result); err != nil {
		return nil, fmt.Errorf("read run %s: %w", row.PublicID, err)
	}
	s.reserved = s.solution.Reserved()
	if s.roster, err = fromJSON[[]rosterEntry](files.roster, rosterFile); err != nil {
		return nil, err
	}
	if err := s.readStudents(ctx, tx); err != nil {
		return nil, err
	}
	if s.changes, err = fromJSON[[]Amendment](row.Amendments, "amendments"); err != nil {
		return nil, err
	}
	s.row.Amendments = "" // megabytes that nobody reads again
	if files.costs == "" {
		return s, nil
	}
	if s.costs, err = fromJSON[[]*Costs](files.costs, costsFile); err != nil {
		return nil, err
	}
	s.given = s.places()
	return s, nil
}

// granted returns the code of the post that the run gave everybody, by student of the
// instance.
func (s *loadedRun) granted() []string {
	posts := make([]string, len(s.roster))
	for i := range posts {
		posts[i], _, _ = s.solution.Given(i)
	}
	return posts
}

// readStudents reads the people of the roster: those that the campaign has a row for,
// and whoever was named by a record that stands for somebody else by now.
func (s *loadedRun) readStudents(ctx context.Context, tx *store.Tx) error {
	var err error
	if s.students, err = student.WithoutCohorts(ctx, tx, campaign.Participating(s.campaign)); err != nil {
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
	for id, other := range others {
		s.students[id] = &other
	}
	return err
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
	return Person{Student: s.students[s.roster[i].Student].Ref(), Pseudonym: s.roster[i].ID, Position: s.solution.Position(i)}
}

// places returns where the run put everybody, by student of the instance.
func (s *loadedRun) places() []Place {
	places := make([]Place, len(s.roster))
	for i := range places {
		post, secondary, rank := s.solution.Given(i)
		places[i] = s.place(post, secondary, rank, s.costs[i])
	}
	return places
}

func (s *loadedRun) place(post, secondary string, rank int, costs *Costs) Place {
	return Place{Post: post, Name: s.name(post), Secondary: secondary, SecondaryName: s.name(secondary), Rank: rank, Costs: costs}
}

// inOrder returns the students of the instance in the order in which they are
// served, without those who were excluded.
func (s *loadedRun) inOrder() []int {
	return slices.DeleteFunc(s.solution.InOrder(), func(i int) bool { return s.roster[i].Excluded })
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
	MeanCost    int64      `json:"meanCost"`    // hundredths, of those placed that have costs
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
	cutoffs, posts := s.solution.Cutoffs(), s.solution.Posts()
	lines := make([]PostLine, 0, len(posts))
	for _, p := range posts {
		lines = append(lines, PostLine{
			Code: p.Code, Name: s.name(p.Code), Seats: p.Seats, Filled: filled[p.Code], Reserved: s.reserved[p.Code], Cutoff: cutoffs[p.Code],
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
