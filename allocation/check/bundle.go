package check

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// Files are those of a verification bundle, under the names they have there.
type Files[C format.Content] struct {
	Campaign C // campaign.json
	Instance C // instance.json
	Result   C // result.json
}

// VerifyBundle judges an exported campaign: the draw, the order, the result of
// the engine, and what was published. The error, which names the file and wraps
// format.Errors, tells that the instance or the campaign file is not valid.
func VerifyBundle[C format.Content](f Files[C]) (*Report, error) {
	in, err := format.ReadInstance(f.Instance)
	if err != nil {
		return nil, fmt.Errorf("instance.json: %w", err)
	}
	campaign, err := format.ReadCampaign(f.Campaign)
	if err != nil {
		return nil, fmt.Errorf("campaign.json: %w", err)
	}
	e := &export{campaign: campaign, in: in, post: make(map[string]string)}
	report := &Report{}
	report.run(
		step{"commitment", e.commitment},
		step{"participants", e.participants},
		step{"order", e.order},
		step{"pins", e.pins},
	)
	if report.Failed != nil {
		return report, nil
	}
	e.claim = judge(report, in, f.Instance, f.Result)
	report.run(
		step{"decisions", e.decisions},
		step{"published", e.published},
		step{"published seats", e.seats},
		step{"published costs", e.costs},
	)
	return report, nil
}

// An export is a campaign beside its instance and its result.
type export struct {
	campaign *format.Campaign
	in       *format.Instance
	claim    *claim
	post     map[string]string // of each student, after the decisions
	moved    map[string]bool
}

func (e *export) commitment() (string, *Finding) {
	sum := sha256.Sum256([]byte(e.campaign.Seed))
	if got := hex.EncodeToString(sum[:]); got != e.campaign.Commitment {
		return "", wrong("the SHA-256 of the seed is %s, the commitment published is %s", got, e.campaign.Commitment)
	}
	return e.campaign.Commitment, nil
}

// participants sees that the instance has the students of the campaign, each
// with an order, and with the score where the method uses it.
func (e *export) participants() (string, *Finding) {
	asked := make(map[string]*format.Student, len(e.in.Students))
	for i := range e.in.Students {
		asked[e.in.Students[i].ID] = &e.in.Students[i]
	}
	for _, s := range e.campaign.Students {
		in := asked[s.ID]
		if in == nil {
			return "", wrong("student %s takes part and is not in the instance", s.ID).students(s.ID)
		}
		var score format.Amount
		if s.Score != nil {
			score = *s.Score
		}
		if e.in.Method == format.ScoreV1 && in.Score != score {
			return "", wrong("student %s has score %v, the instance says %v", s.ID, score, in.Score).students(s.ID)
		}
		delete(asked, s.ID)
	}
	if extra := slices.Sorted(maps.Keys(asked)); len(extra) > 0 {
		return "", wrong("student %s is in the instance and does not take part", extra[0]).students(extra...)
	}
	return fmt.Sprintf("%d students", len(e.in.Students)), nil
}

// order makes the order again: by score, then by the hash of seed and id, manual
// positions first.
func (e *export) order() (string, *Finding) {
	students := slices.Clone(e.campaign.Students)
	ticket := make(map[string]string, len(students))
	for _, s := range students {
		sum := sha256.Sum256([]byte(e.campaign.Seed + ":" + s.ID))
		ticket[s.ID] = hex.EncodeToString(sum[:])
	}
	slices.SortFunc(students, func(x, y format.CampaignStudent) int {
		unknown := func(s format.CampaignStudent) int {
			if s.Score == nil {
				return 1
			}
			return 0
		}
		if c := unknown(x) - unknown(y); c != 0 {
			return c
		}
		if x.Score != nil && *x.Score != *y.Score {
			return cmp.Compare(*x.Score, *y.Score)
		}
		return strings.Compare(ticket[x.ID], ticket[y.ID])
	})
	place := make(map[string]int, len(students))
	taken := make(map[int]bool, len(students))
	manual := slices.DeleteFunc(slices.Clone(students), func(s format.CampaignStudent) bool { return s.Manual == 0 })
	slices.SortStableFunc(manual, func(x, y format.CampaignStudent) int { return x.Manual - y.Manual })
	for _, s := range manual {
		at := s.Manual
		for taken[at] {
			at++
		}
		place[s.ID], taken[at] = at, true
	}
	next := 1
	for _, s := range students {
		if s.Manual == 0 {
			for taken[next] {
				next++
			}
			place[s.ID], taken[next] = next, true
		}
	}
	for _, s := range e.in.Students {
		if s.Order != place[s.ID] {
			return "", wrong("scores, manual positions and draw put student %s at position %d, the instance says %d", s.ID, place[s.ID], s.Order).students(s.ID)
		}
	}
	return fmt.Sprintf("%d positions, %d of them manual", len(place), len(manual)), nil
}

// pins sees that the posts kept in the instance are those that were decided.
func (e *export) pins() (string, *Finding) {
	decided := make(map[string]string)
	for _, d := range e.campaign.Decisions {
		if d.Kind == format.Pin {
			decided[d.Student] = d.To
		}
	}
	pins := 0
	for _, s := range e.in.Students {
		if decided[s.ID] != s.Pinned {
			return "", wrong("student %s was decided to keep post %q, the instance says %q", s.ID, decided[s.ID], s.Pinned).students(s.ID)
		}
		if s.Pinned != "" {
			pins++
		}
	}
	if len(decided) > pins {
		return "", wrong("%d students were decided to keep a post, the instance has %d", len(decided), pins)
	}
	return fmt.Sprintf("%d posts kept", pins), nil
}

// decisions follows what the commission changed, from the result on.
func (e *export) decisions() (string, *Finding) {
	for _, a := range e.claim.out.Assignments {
		e.post[a.Student] = a.Post
	}
	e.moved = make(map[string]bool)
	for n, d := range e.campaign.Decisions {
		at, known := e.post[d.Student]
		if !known {
			return "", wrong("decision %d is about %s, who does not take part", n+1, d.Student).students(d.Student)
		}
		if d.Kind != format.Move {
			continue
		}
		if at != d.From {
			return "", wrong("decision %d moves student %s from post %q, who is at %q", n+1, d.Student, d.From, at).students(d.Student).posts(d.From)
		}
		if p := e.claim.post[d.To]; d.To != "" && (p == nil || p.Secondary) {
			return "", wrong("decision %d moves student %s to %s, which is not a main post of the instance", n+1, d.Student, d.To).students(d.Student).posts(d.To)
		}
		e.post[d.Student], e.moved[d.Student] = d.To, true
	}
	return fmt.Sprintf("%d decisions, %d students moved", len(e.campaign.Decisions), len(e.moved)), nil
}

// published sees that what was published is the result with the moves.
func (e *export) published() (string, *Finding) {
	sequence := e.claim.sequence()
	if len(e.campaign.Published) != len(sequence) {
		return "", wrong("%d placements are published for %d students", len(e.campaign.Published), len(sequence))
	}
	for n, p := range e.campaign.Published {
		if p.Student != sequence[n] {
			return "", wrong("placement %d is published for student %s, expected %s", n+1, p.Student, sequence[n]).students(p.Student, sequence[n])
		}
		if p.Post != e.post[p.Student] {
			return "", wrong("result and decisions put student %s at post %q, published is %q", p.Student, e.post[p.Student], p.Post).students(p.Student)
		}
		secondary := e.claim.got[p.Student].Secondary
		if e.moved[p.Student] {
			secondary = ""
		}
		if p.Secondary != secondary {
			return "", wrong("result and decisions give student %s the secondary post %q, published is %q", p.Student, secondary, p.Secondary).students(p.Student)
		}
	}
	return fmt.Sprintf("%d placements", len(sequence)), nil
}

func (e *export) seats() (string, *Finding) {
	people := make(map[string][]string)
	for _, p := range e.campaign.Published {
		for _, post := range []string{p.Post, p.Secondary} {
			if post != "" {
				people[post] = append(people[post], p.Student)
			}
		}
	}
	for _, p := range e.in.Posts {
		if n := len(people[p.ID]); n > p.Seats {
			return "", wrong("post %s has %d seats and %d people are published there", p.ID, p.Seats, n).posts(p.ID).students(people[p.ID]...)
		}
	}
	return fmt.Sprintf("%d posts, none beyond its seats", len(e.in.Posts)), nil
}

// costs prices what was published, but for the costs that were decided.
func (e *export) costs() (string, *Finding) {
	decided := make(map[string]format.Amount)
	for n, d := range e.campaign.Decisions {
		if d.Kind != format.Reprice {
			continue
		}
		if e.campaign.CostRule == "" {
			return "", wrong("decision %d changes a cost, and the campaign has none", n+1).students(d.Student)
		}
		decided[d.Student] = d.Cost
	}
	if e.campaign.CostRule == "" {
		return "none in this campaign", nil
	}
	p := newPrices(e.in, e.claim.order)
	everybody := make([]placed, len(e.campaign.Published))
	for i, one := range e.campaign.Published {
		costs := *one.Costs
		if cost, ok := decided[one.Student]; ok {
			if costs.Cost != cost {
				return "", wrong("the cost of student %s was decided to be %v, published is %v", one.Student, cost, costs.Cost).students(one.Student)
			}
			// The rest of the line stays as the rule has it, so only Cost is put
			// back before judging.
			costs.Cost = p.ruled(e.campaign.CostRule, one.Post, costs)
		}
		everybody[i] = placed{student: e.claim.asked[one.Student], post: one.Post, costs: costs}
	}
	if f := p.judge(e.campaign.CostRule, everybody); f != nil {
		return "", f
	}
	return fmt.Sprintf("%d placements by %s, %d decided otherwise", len(everybody), e.campaign.CostRule, len(decided)), nil
}
