package result

import (
	"context"
	"slices"
	"unicode/utf8"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A rosterEntry is who stands behind a pseudonym of an instance. It is kept with the
// run, in the order of the instance's students.
type rosterEntry struct {
	ID          string     `json:"id"` // the pseudonym
	Participant int64      `json:"participant"`
	Student     int64      `json:"student"` // the record at the time of the run
	Score       *int64     `json:"score,omitempty"`
	Manual      int        `json:"manual,omitempty"`
	Draw        string     `json:"draw"`
	Excluded    bool       `json:"excluded,omitempty"` // since the order was frozen: in the draw, without a wish
	Wishes      []wishNote `json:"wishes"`
}

// A wishNote is what is known of a wish and the engine does not need.
type wishNote struct {
	Args  text.Blanks `json:"args,omitempty"`  // of the rule that bars it
	Added bool        `json:"added,omitempty"` // by the commission
}

// The runInputs are a campaign as it stands: what a run is made of.
type runInputs struct {
	snapshot campaign.Snapshot
	excluded []campaign.Enrolment
}

// readInputs reads a campaign whose order is known.
func readInputs(ctx context.Context, tx *store.Tx, c campaign.Campaign) (runInputs, error) {
	var g runInputs
	var err error
	if g.snapshot, err = campaign.TakeSnapshot(ctx, tx, c); err != nil {
		return g, err
	}
	g.excluded, err = campaign.ExcludedAfterDraw(ctx, tx, c)
	return g, err
}

// backgrounds returns what the rules look at, by pseudonym.
func (g runInputs) backgrounds() map[string]campaign.Background {
	by := make(map[string]campaign.Background, len(g.snapshot.Students))
	for _, s := range g.snapshot.Students {
		by[s.Pseudonym] = s.Background
	}
	return by
}

// An instanceBuilder makes the instance of a run, and what is kept beside it.
type instanceBuilder struct {
	in         *assign.Instance
	roster     []rosterEntry
	posts      map[string]campaign.Post
	background map[string]campaign.Background
	students   map[string]int // those whom amendments may be about, by public id
	lines      []AmendmentLine
}

// build makes a run's instance, with the amendments of its form. It completes the
// form with the campaign's defaults.
func (g runInputs) build(f *RunForm) (*instanceBuilder, error) {
	c := g.snapshot.Campaign
	if f.Method == "" {
		f.Method = c.Method
	}
	if f.CostRule == "" {
		f.CostRule = c.CostsMethod
	}
	if f.Method != assign.Serial {
		f.CostRule = f.Method
	}
	var form fault.Form
	if !slices.Contains(campaign.Methods(), f.Method) {
		form.Wrong("method", "form.choice", "found", f.Method)
		return nil, form.Err()
	}
	if !slices.Contains(campaign.CostMethods(), f.CostRule) {
		form.Wrong("costRule", "form.choice", "found", f.CostRule)
	}
	if utf8.RuneCountInString(f.Name) > maxRunName {
		form.Wrong("name", "form.long", "max", maxRunName)
	}
	s := g.empty(f)
	for i := range f.Amendments {
		a := &f.Amendments[i]
		line := s.line(*a)
		s.amend(i, a, &form)
		line.Amendment = *a
		s.lines = append(s.lines, line)
	}
	s.checkPins(f.Amendments, &form)
	if err := form.Err(); err != nil {
		return nil, err
	}
	return s, s.in.Check()
}

// empty makes the instance before any amendment.
func (g runInputs) empty(f *RunForm) *instanceBuilder {
	s := &instanceBuilder{
		in: g.snapshot.Instance(f.Method), posts: map[string]campaign.Post{}, background: g.backgrounds(), students: map[string]int{},
	}
	if f.Scoring != nil {
		s.in.SetScoring(*f.Scoring)
	}
	for _, p := range g.snapshot.Posts {
		s.posts[p.Code] = p
	}
	for _, c := range g.snapshot.Students {
		e := rosterEntry{
			ID: c.Pseudonym, Participant: c.Participant, Student: c.Student.ID, Score: c.Score, Manual: c.Manual,
			Draw: c.Position.Hash, Wishes: make([]wishNote, len(c.Wishes)),
		}
		for i, v := range c.Verdicts {
			e.Wishes[i].Args = text.Blanks(v.Args)
		}
		s.students[c.Student.PublicID] = len(s.roster)
		s.roster = append(s.roster, e)
	}
	for _, e := range g.excluded {
		s.in.AddStudent(assign.Student{ID: e.Pseudonym, Position: e.Position.Effective, Score: e.Score})
		s.roster = append(s.roster, rosterEntry{
			ID: e.Pseudonym, Participant: e.ID, Student: e.Student.ID, Score: e.Score, Manual: e.Manual, Draw: e.Position.Hash,
			Excluded: true, Wishes: []wishNote{},
		})
	}
	return s
}

// line says what an amendment changes, before it is applied.
func (s *instanceBuilder) line(a Amendment) AmendmentLine {
	line := AmendmentLine{Amendment: a, PostName: s.posts[a.Post].Label()}
	line.Before, _ = s.in.Seats(a.Post)
	return line
}
