package format

import (
	"slices"
	"strconv"
)

// ReadCampaign reads a campaign/1 file. The error, if any, is of type Errors.
// Whether the ids and posts are those of the instance is for package check to say.
func ReadCampaign[C Content](data C) (*Campaign, error) {
	v, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	f := r.object(root, v, "format", "engine", "commitment", "seed", "costs", "students", "decisions", "published")
	f.oneOf("format", "campaign/1")
	c := &Campaign{
		Engine:     f.needName("engine"),
		Commitment: f.needName("commitment"),
		Seed:       f.needName("seed"),
	}
	if f.has("costs") {
		c.CostRule = f.oneOf("costs", ScoreV1, ScoreV2)
	}
	students, at := f.needList("students")
	c.Students = slices.Grow(c.Students, len(students))
	for i, v := range students {
		c.Students = append(c.Students, r.campaignStudent(at.nth(i), v))
	}
	decisions, at := f.needList("decisions")
	c.Decisions = slices.Grow(c.Decisions, len(decisions))
	for i, v := range decisions {
		c.Decisions = append(c.Decisions, r.decision(at.nth(i), v))
	}
	published, at := f.needList("published")
	c.Published = slices.Grow(c.Published, len(published))
	for i, v := range published {
		c.Published = append(c.Published, r.publication(at.nth(i), v, f.has("costs")))
	}
	r.once("students", len(students), func(i int) string { return c.Students[i].ID })
	r.once("published", len(published), func(i int) string { return c.Published[i].Student })
	return c, r.errs.asError()
}

// once reports an id that stands twice in a list.
func (r *reader) once(list string, n int, id func(int) string) {
	first := make(map[string]int, n)
	for i := range n {
		if before, again := first[id(i)]; again && id(i) != "" {
			r.errs.add(root.at(list).nth(i), quote(id(i)), "a student whom "+list+"["+strconv.Itoa(before)+"] does not name")
		} else {
			first[id(i)] = i
		}
	}
}

func (r *reader) campaignStudent(at *path, v value) CampaignStudent {
	f := r.object(at, v, "id", "score", "manual")
	s := CampaignStudent{ID: f.needName("id"), Manual: f.int("manual", 1, MaxOrder)}
	if f.has("score") {
		score := f.amount("score", -MaxAmount, MaxAmount)
		s.Score = &score
	}
	return s
}

func (r *reader) decision(at *path, v value) Decision {
	f := r.object(at, v, "student", "kind", "from", "to", "cost", "reason")
	d := Decision{
		Student: f.needName("student"),
		Kind:    f.oneOf("kind", Pin, Move, Reprice),
		From:    f.name("from"),
		To:      f.name("to"),
		Reason:  f.needName("reason"),
	}
	used := map[string][]string{Pin: {"to"}, Move: {"from", "to"}, Reprice: {"cost"}}[d.Kind]
	for _, key := range []string{"from", "to", "cost"} {
		if f.has(key) && d.Kind != "" && !slices.Contains(used, key) {
			r.errs.add(at.at(key), "a "+key, "no "+key+" in a decision of kind "+quote(d.Kind))
		}
	}
	switch d.Kind {
	case Pin:
		f.need("to", aName)
	case Reprice:
		d.Cost = f.needAmount("cost")
	}
	return d
}

func (r *reader) publication(at *path, v value, costs bool) Publication {
	f := r.object(at, v, "student", "post", "secondary", "postCost", "bonus", "cost")
	p := Publication{Student: f.needName("student"), Post: f.name("post"), Secondary: f.name("secondary")}
	p.Costs = f.costs(costs)
	return p
}

// costs reads the three costs of a placement, all there when they are expected
// and none when they are not.
func (f fields) costs(expected bool) *Costs {
	if !expected {
		for _, key := range []string{"postCost", "bonus", "cost"} {
			if f.has(key) {
				f.r.errs.add(f.at.at(key), "a cost", "no costs in this file")
			}
		}
		return nil
	}
	return &Costs{PostCost: f.needCost("postCost"), Bonus: f.needCost("bonus"), Cost: f.needCost("cost")}
}
