package format

// A Campaign is one campaign/1 file: what a verification bundle says beyond the
// instance and the result of the engine. It tells how the order was made, what
// the commission decided, and what was published. Everybody stands in it under
// the id over which the draw was made, which names no person.
type Campaign struct {
	Engine     string // who exported it
	Commitment string // published before anybody's place depended on it: the SHA-256 of Seed
	Seed       string // revealed when the wishes were final
	CostRule   string // ScoreV1 or ScoreV2: how published placements are priced; "" when they are not
	Students   []CampaignStudent
	Decisions  []Decision    // in the order in which they were taken
	Published  []Publication // in the order in which the students were served
}

// A CampaignStudent is what decides when one student is served.
type CampaignStudent struct {
	ID     string
	Score  *Amount // nil when unknown: after everybody who has one
	Manual int     // the position that the office decided, from 1; 0 for none
}

// A Decision is something that people decided about one student. Why is given
// as a code alone: the words, which may be personal, stay with the campaign.
type Decision struct {
	Student string
	Kind    string // Pin, Move or Reprice
	From    string // Move: the post before; "" for none
	To      string // Pin, Move: the post after; "" for none
	Cost    Amount // Reprice: what the placement costs the student instead
	Reason  string // a code, such as "health"
}

// The kinds of decision.
const (
	Pin     = "pin"  // before the run: the student keeps a post, whose seat is set aside
	Move    = "move" // after the run: the student goes from one post, or none, to another, or none; a secondary post is lost
	Reprice = "cost" // after the run: the placement costs another amount
)

// A Publication is what one student was told.
type Publication struct {
	Student   string
	Post      string // "" without a post
	Secondary string
	Costs     *Costs // when the campaign has a CostRule
}
