package format

// Bytes returns the instance as a canonical assign/1 file. Scores of 0 and what
// is absent are left out.
func (in *Instance) Bytes() []byte {
	w := &writer{}
	w.open('{')
	w.keyText("format", "assign/1")
	if len(in.Groups) > 0 {
		w.list("groups", len(in.Groups), func(i int) { w.group(&in.Groups[i]) })
	}
	w.keyText("method", in.Method)
	if in.Parameters != nil {
		w.parameters(in.Parameters)
	}
	w.list("posts", len(in.Posts), func(i int) { w.post(&in.Posts[i]) })
	w.list("students", len(in.Students), func(i int) { w.student(&in.Students[i]) })
	w.close('}')
	return w.b
}

func (w *writer) parameters(p *Parameters) {
	w.key("parameters")
	w.open('{')
	w.keyAmount("bonusFactor", p.BonusFactor)
	w.keyAmount("correction", p.Correction)
	if len(p.Costs) > 0 {
		w.list("costs", len(p.Costs), func(i int) { w.int(p.Costs[i]) })
	}
	w.keyInt("decimals", p.Decimals)
	if p.Draws != DefaultParameters().Draws {
		w.ifInt("draws", p.Draws)
	}
	w.keyAmount("maxCost", p.MaxCost)
	w.keyAmount("maxPostCost", p.MaxPostCost)
	w.list("rankCosts", len(p.RankCosts), func(i int) { w.amount(p.RankCosts[i]) })
	w.ifText("seed", p.Seed)
	if p.Unplaced != nil {
		w.key("unplaced")
		w.int(*p.Unplaced)
	}
	w.close('}')
}

func (w *writer) group(g *Group) {
	w.open('{')
	w.keyText("id", g.ID)
	if g.Max != NoCeiling {
		w.keyInt("max", g.Max)
	}
	w.ifInt("min", g.Min)
	w.names("posts", g.Posts)
	w.close('}')
}

func (w *writer) post(p *Post) {
	w.open('{')
	w.ifTrue("closed", p.Closed)
	if p.Fixed != nil {
		w.keyAmount("fixedCost", *p.Fixed)
	}
	if p.Median {
		w.keyText("fixedCost", "median")
	}
	w.keyText("id", p.ID)
	w.keyInt("seats", p.Seats)
	w.ifTrue("secondary", p.Secondary)
	w.close('}')
}

func (w *writer) student(s *Student) {
	w.open('{')
	if len(s.Fallback) > 0 {
		w.names("fallback", s.Fallback)
	}
	w.keyText("id", s.ID)
	w.ifInt("order", s.Order)
	w.ifText("pinned", s.Pinned)
	if s.Score != 0 {
		w.keyAmount("score", s.Score)
	}
	w.ifInt("weight", s.Weight)
	w.list("wishes", len(s.Wishes), func(i int) {
		w.open('{')
		w.ifText("barred", s.Wishes[i].Barred)
		w.keyText("post", s.Wishes[i].Post)
		w.ifText("secondary", s.Wishes[i].Secondary)
		w.close('}')
	})
	w.close('}')
}
