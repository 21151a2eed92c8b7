package result

import (
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/text"
)

// An Outcome is what became of one wish. The sentence "result.outcome." + the
// outcome names it; "result.why." + the outcome explains it.
type Outcome string

// The outcomes: a closed list.
const (
	Obtained   Outcome = "obtained"    // granted by the procedure, and kept
	Given      Outcome = "given"       // not by the procedure: the commission placed the student there
	Withdrawn  Outcome = "withdrawn"   // granted by the procedure, and changed by the commission
	Full       Outcome = "full"        // every seat had gone to somebody served before
	Barred     Outcome = "barred"      // a rule forbids it
	Closed     Outcome = "closed"      // the post had no seat
	NotReached Outcome = "not-reached" // a better wish had been granted, or the post was fixed beforehand
)

// A Source says who put a student where they are.
type Source string

// The sources.
const (
	ByRun        Source = "run"        // the procedure, from the list
	ByPin        Source = "pin"        // the commission, before the procedure
	ByCommission Source = "commission" // the commission, after it
)

// Facts are all that one student is told of a result, and nothing of anybody else.
// They are computed once, when the result is published, and kept.
type Facts struct {
	Position int    `json:"position"`
	Of       int    `json:"of"`
	Score    *int64 `json:"score,omitempty"` // hundredths; nil: unknown
	Manual   bool   `json:"manual,omitempty"`
	Draw     string `json:"draw"` // what the student drew

	Place  Place          `json:"place"`
	Source Source         `json:"source"`
	Motive Motive         `json:"motive,omitempty"` // of the commission
	From   reference.Date `json:"from"`             // of the placement
	To     reference.Date `json:"to"`

	Wishes  []WishFact   `json:"wishes"`
	Margins []MarginFact `json:"margins,omitempty"` // the nearest first
	Left    []PostRef    `json:"left,omitempty"`    // of a student without a post: where a seat is free
	Next    NextScore    `json:"next"`
}

// A WishFact is what became of one wish.
type WishFact struct {
	Wish      int         `json:"wish"` // from 1
	Post      string      `json:"post"`
	Name      string      `json:"name"`
	Secondary string      `json:"secondary,omitempty"` // name of the post asked for with it
	With      bool        `json:"with,omitempty"`      // and obtained
	Outcome   Outcome     `json:"outcome"`
	Seats     int         `json:"seats"`
	Reserved  int         `json:"reserved,omitempty"` // of these, kept beforehand by decision
	Cutoff    int         `json:"cutoff,omitempty"`   // of a full post: position of the last person served; 0: not shown, or nobody
	Hidden    bool        `json:"hidden,omitempty"`   // the campaign does not show positions
	Tie       bool        `json:"tie,omitempty"`      // that person had the same points: the draw decided
	Gone      int         `json:"gone,omitempty"`     // who left the post later, by decision
	Come      int         `json:"come,omitempty"`     // who came to it later, by decision
	Rule      string      `json:"rule,omitempty"`     // that bars it
	RuleArgs  text.Blanks `json:"ruleArgs,omitempty"`
	Added     bool        `json:"added,omitempty"` // by the commission
}

// A MarginFact is a position that would have given a better post.
type MarginFact struct {
	Position int    `json:"position"` // or before
	Wish     int    `json:"wish"`
	Post     string `json:"post"`
	Name     string `json:"name"`
}

// A PostRef names a post.
type PostRef struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Free int    `json:"free"`
}

// outcome says what became of a wish: what the procedure did, and then what the
// commission made of it.
func (b *proposalState) outcome(i int, w assign.WishOutcome) Outcome {
	return outcomeNow(Outcome(w.Outcome), w.Post, b.places[i].Post, b.moved[i] != nil)
}

// outcomeNow says what became of a wish for a post, given what the run did with it,
// where its student is now, and whether the commission moved them.
func outcomeNow(given Outcome, post, now string, moved bool) Outcome {
	switch {
	case now == post && (moved || given != Obtained):
		return Given
	case given == Obtained && now != post:
		return Withdrawn
	}
	return given
}

// explain says why a student is where they are, wish by wish.
func (b *proposalState) explain(i int) Facts {
	e, outcomes := b.roster[i], b.solution.Outcomes(i)
	f := Facts{
		Position: b.solution.Position(i), Of: len(b.roster), Score: e.Score, Manual: e.Manual > 0, Draw: e.Draw,
		Place: b.places[i], Source: b.source(i),
	}
	switch f.Source {
	case ByCommission:
		f.Motive = b.moved[i].Motive
	case ByPin:
		f.Motive = b.pinMotive(i)
	case ByRun:
	}
	for k, w := range outcomes {
		fact := WishFact{Wish: k + 1, Post: w.Post, Name: b.name(w.Post), Outcome: b.outcome(i, w), Added: e.Wishes[k].Added}
		fact.Seats, _ = b.solution.Seats(w.Post)
		switch fact.Outcome {
		case Full:
			b.full(i, w.Cutoff, &fact)
		case Barred:
			fact.Rule, fact.RuleArgs = w.Rule, e.Wishes[k].Args
		case Obtained:
			fact.Secondary, fact.With = b.name(w.Secondary), w.Secondary != "" && b.places[i].Secondary == w.Secondary
		}
		f.Wishes = append(f.Wishes, fact)
	}
	if b.campaign.ShowPositions {
		f.Margins = b.margins(i, outcomes)
	}
	return f
}

func (b *proposalState) pinMotive(i int) Motive {
	for _, a := range b.changes {
		if a.Kind == PinPost && a.Student == b.students[b.roster[i].Student].PublicID {
			return a.Motive
		}
	}
	return ""
}

// full says who had the seats of a post: how many were kept, up to which position
// they were given, whether the draw alone made the difference, and what the
// commission changed there since.
func (b *proposalState) full(i, last int, fact *WishFact) {
	fact.Reserved = b.reserved[fact.Post]
	if b.campaign.ShowPositions {
		fact.Cutoff, fact.Tie = last, b.tied(i, last)
	}
	fact.Hidden = !b.campaign.ShowPositions
	fact.Gone, fact.Come = b.gone[fact.Post], b.come[fact.Post]
}

// countMoves counts, for each post, who left it and who came to it by decision.
func (b *proposalState) countMoves() {
	b.gone, b.come = map[string]int{}, map[string]int{}
	for i, d := range b.moved {
		if was, is := b.given[i].Post, b.places[i].Post; d != nil && was != is {
			b.gone[was]++
			b.come[is]++
		}
	}
}

// tied reports whether a student and the one at a position had the same points, so
// that the draw alone put one before the other.
func (b *proposalState) tied(i, position int) bool {
	at, served := b.solution.StudentAt(position)
	if !served {
		return false
	}
	x, y := b.roster[i], b.roster[at]
	return x.Manual == 0 && y.Manual == 0 && x.Score != nil && y.Score != nil && *x.Score == *y.Score
}

// margins returns the positions that would have given a better post, the nearest
// first.
func (b *proposalState) margins(i int, outcomes []assign.WishOutcome) []MarginFact {
	var facts []MarginFact
	for _, m := range b.solution.Margins(i) {
		post := outcomes[m.Wish-1].Post
		facts = append(facts, MarginFact{m.Position, m.Wish, post, b.name(post)})
	}
	slices.SortFunc(facts, func(x, y MarginFact) int { return y.Position - x.Position })
	return facts
}

// left returns the posts that a student without one may still ask for.
func (b *proposalState) left(i int, background campaign.Background) []PostRef {
	outcomes := b.solution.Outcomes(i)
	rank := make(map[string]int, len(outcomes))
	for k, w := range outcomes {
		rank[w.Post] = k + 1
	}
	var posts []PostRef
	for _, o := range optionsOf(b.lines, b.posts, b.places[i].Post, rank, background) {
		if o.Free > 0 && len(o.Against) == 0 {
			posts = append(posts, PostRef{o.Code, o.Name, o.Free})
		}
	}
	return posts
}
