package format

// Bytes returns the campaign as a canonical campaign/1 file.
func (c *Campaign) Bytes() []byte {
	w := &writer{}
	w.open('{')
	w.keyText("commitment", c.Commitment)
	w.ifText("costs", c.CostRule)
	w.list("decisions", len(c.Decisions), func(i int) { w.decision(&c.Decisions[i]) })
	w.keyText("engine", c.Engine)
	w.keyText("format", "campaign/1")
	w.list("published", len(c.Published), func(i int) { w.publication(&c.Published[i]) })
	w.keyText("seed", c.Seed)
	w.list("students", len(c.Students), func(i int) {
		s := &c.Students[i]
		w.open('{')
		w.keyText("id", s.ID)
		w.ifInt("manual", s.Manual)
		if s.Score != nil {
			w.keyAmount("score", *s.Score)
		}
		w.close('}')
	})
	w.close('}')
	return w.b
}

func (w *writer) decision(d *Decision) {
	w.open('{')
	if d.Kind == Reprice {
		w.keyAmount("cost", d.Cost)
	}
	w.ifText("from", d.From)
	w.keyText("kind", d.Kind)
	w.keyText("reason", d.Reason)
	w.keyText("student", d.Student)
	w.ifText("to", d.To)
	w.close('}')
}

func (w *writer) publication(p *Publication) {
	w.open('{')
	if p.Costs != nil {
		w.keyAmount("bonus", p.Costs.Bonus)
		w.keyAmount("cost", p.Costs.Cost)
	}
	w.ifText("post", p.Post)
	if p.Costs != nil {
		w.keyAmount("postCost", p.Costs.PostCost)
	}
	w.ifText("secondary", p.Secondary)
	w.keyText("student", p.Student)
	w.close('}')
}
