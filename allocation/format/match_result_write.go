package format

// Bytes returns the result as a canonical match-result/1 file.
func (r *MatchResult) Bytes() []byte {
	w := &writer{}
	w.open('{')
	w.pairs("blocking", r.Blocking)
	w.key("certificate")
	w.open('{')
	w.keyText("kind", r.Certificate)
	w.close('}')
	w.keyText("engine", r.Engine)
	w.keyText("format", "match-result/1")
	w.keyText("instance", r.Instance)
	w.list("matches", len(r.Matches), func(i int) {
		m := &r.Matches[i]
		w.open('{')
		w.keyText("candidate", m.Candidate)
		w.ifTrue("fixed", m.Fixed)
		w.keyText("post", m.Post)
		w.ifInt("rank", m.Rank)
		w.ifInt("wish", m.Wish)
		w.close('}')
	})
	w.list("posts", len(r.Posts), func(i int) { w.matchPostResult(&r.Posts[i]) })
	w.list("reasons", len(r.Reasons), func(i int) { w.matchReason(&r.Reasons[i]) })
	w.key("statistics")
	w.matchStatistics(&r.Statistics)
	w.names("unmatched", r.Unmatched)
	w.close('}')
	return w.b
}

func (w *writer) matchPostResult(p *MatchPostResult) {
	w.open('{')
	w.ifInt("cutoff", p.Cutoff)
	w.keyInt("filled", p.Filled)
	w.keyText("post", p.Post)
	if len(p.Reserved) > 0 {
		w.list("reserved", len(p.Reserved), func(i int) {
			w.open('{')
			w.ifInt("cutoff", p.Reserved[i].Cutoff)
			w.keyInt("filled", p.Reserved[i].Filled)
			w.keyText("group", p.Reserved[i].Group)
			w.close('}')
		})
	}
	w.close('}')
}

func (w *writer) matchReason(r *MatchReason) {
	w.open('{')
	w.keyText("candidate", r.Candidate)
	w.ifInt("cutoff", r.Cutoff)
	w.keyText("outcome", r.Outcome)
	w.ifText("post", r.Post)
	w.ifInt("rank", r.Rank)
	w.keyInt("wish", r.Wish)
	w.close('}')
}

func (w *writer) matchStatistics(s *MatchStatistics) {
	w.open('{')
	w.keyInt("candidates", s.Candidates)
	w.keyInt("firstWish", s.FirstWish)
	w.keyInt("placed", s.Placed)
	w.keyInt("wishSum", s.WishSum)
	w.keyInt("withinThree", s.WithinThree)
	w.keyInt("worstWish", s.WorstWish)
	w.close('}')
}
