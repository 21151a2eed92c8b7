package format

// Bytes returns the result as a canonical assign-result/1 file.
func (r *Result) Bytes() []byte {
	w := &writer{b: make([]byte, 0, 512+128*len(r.Assignments)+64*len(r.Reasons)+96*len(r.Posts))}
	w.open('{')
	w.list("assignments", len(r.Assignments), func(i int) { w.assignment(&r.Assignments[i]) })
	w.certificate(&r.Certificate)
	w.keyText("engine", r.Engine)
	w.keyText("format", "assign-result/1")
	w.keyText("instance", r.Instance)
	w.keyText("method", r.Method)
	w.list("posts", len(r.Posts), func(i int) { w.postResult(&r.Posts[i]) })
	w.list("reasons", len(r.Reasons), func(i int) { w.reason(&r.Reasons[i]) })
	w.key("statistics")
	w.statistics(&r.Statistics)
	w.close('}')
	return w.b
}

func (w *writer) assignment(a *Assignment) {
	w.open('{')
	if a.Costs != nil {
		w.keyAmount("bonus", a.Costs.Bonus)
		w.keyAmount("cost", a.Costs.Cost)
	}
	w.keyInt("order", a.Order)
	w.ifText("post", a.Post)
	if a.Costs != nil {
		w.keyAmount("postCost", a.Costs.PostCost)
	}
	w.ifInt("rank", a.Rank)
	w.ifText("secondary", a.Secondary)
	w.keyText("student", a.Student)
	w.close('}')
}

func (w *writer) postResult(p *PostResult) {
	w.open('{')
	if p.Worth != nil {
		w.keyText("demand", p.Worth.Demand)
	}
	w.keyInt("filled", p.Filled)
	w.ifInt("lastOrder", p.LastOrder)
	w.keyText("post", p.Post)
	if p.Worth != nil {
		w.keyAmount("postCost", p.Worth.PostCost)
	}
	w.close('}')
}

func (w *writer) reason(r *Reason) {
	w.open('{')
	w.ifText("group", r.Group)
	w.ifInt("lastOrder", r.LastOrder)
	w.keyText("outcome", r.Outcome)
	w.ifText("rule", r.Rule)
	w.keyText("student", r.Student)
	if len(r.Students) > 0 {
		w.names("students", r.Students)
	}
	w.ifInt("wish", r.Wish)
	w.close('}')
}

func (w *writer) statistics(s *Statistics) {
	w.open('{')
	if s.Cost != nil {
		w.keyAmount("costDeviation", s.Cost.Deviation)
	}
	w.keyInt("firstWish", s.FirstWish)
	if s.Cost != nil {
		w.keyAmount("meanCost", s.Cost.Mean)
	}
	w.keyInt("placed", s.Placed)
	w.keyInt("rankSum", s.RankSum)
	w.keyInt("students", s.Students)
	w.keyInt("withinThree", s.WithinThree)
	w.keyInt("worstRank", s.WorstRank)
	w.close('}')
}
