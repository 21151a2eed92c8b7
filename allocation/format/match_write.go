package format

// Bytes returns the instance as a canonical match/1 file.
func (in *MatchInstance) Bytes() []byte {
	w := &writer{}
	w.open('{')
	w.list("candidates", len(in.Candidates), func(i int) {
		c := &in.Candidates[i]
		w.open('{')
		w.ifText("group", c.Group)
		w.keyText("id", c.ID)
		w.ties("wishes", c.Wishes)
		w.close('}')
	})
	if len(in.Fixed) > 0 {
		w.pairs("fixed", in.Fixed)
	}
	w.keyText("format", "match/1")
	w.list("posts", len(in.Posts), func(i int) { w.matchPost(&in.Posts[i]) })
	w.keyText("proposing", in.Proposing)
	if in.Ties != nil {
		w.key("ties")
		w.open('{')
		w.keyText("rule", in.Ties.Rule)
		w.keyText("seed", in.Ties.Seed)
		w.close('}')
	}
	w.keyText("unranked", in.Unranked)
	w.close('}')
	return w.b
}

func (w *writer) matchPost(p *MatchPost) {
	w.open('{')
	w.ifTrue("closed", p.Closed)
	w.keyText("id", p.ID)
	w.ties("ranking", p.Ranking)
	if len(p.Reserved) > 0 {
		w.list("reserved", len(p.Reserved), func(i int) {
			w.open('{')
			w.keyText("group", p.Reserved[i].Group)
			w.keyInt("seats", p.Reserved[i].Seats)
			w.close('}')
		})
	}
	w.keyInt("seats", p.Seats)
	w.close('}')
}

func (w *writer) ties(k string, ties [][]string) {
	w.list(k, len(ties), func(i int) {
		if len(ties[i]) == 1 {
			w.text(ties[i][0])
			return
		}
		w.open('[')
		for _, id := range ties[i] {
			w.text(id)
		}
		w.close(']')
	})
}

func (w *writer) pairs(k string, pairs []Pair) {
	w.list(k, len(pairs), func(i int) {
		w.open('{')
		w.keyText("candidate", pairs[i].Candidate)
		w.keyText("post", pairs[i].Post)
		w.close('}')
	})
}
