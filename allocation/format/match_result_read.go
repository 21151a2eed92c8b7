package format

// ReadMatchResult reads a match-result/1 file. The error, if any, is of type
// Errors. Only the shape is judged: whether the result is right is for package
// check to say.
func ReadMatchResult(data []byte) (*MatchResult, error) {
	v, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	rd := &reader{}
	f := rd.object(root, v, "format", "engine", "instance", "matches", "unmatched", "posts", "reasons", "blocking", "statistics", "certificate")
	f.oneOf("format", "match-result/1")
	r := &MatchResult{Engine: f.needName("engine"), Instance: f.needName("instance")}
	list, at := f.needList("matches")
	for i, v := range list {
		r.Matches = append(r.Matches, rd.match(at.nth(i), v))
	}
	r.Unmatched = f.needNames("unmatched")
	list, at = f.needList("posts")
	for i, v := range list {
		r.Posts = append(r.Posts, rd.matchPostResult(at.nth(i), v))
	}
	list, at = f.needList("reasons")
	for i, v := range list {
		r.Reasons = append(r.Reasons, rd.matchReason(at.nth(i), v))
	}
	list, at = f.needList("blocking")
	for i, v := range list {
		r.Blocking = append(r.Blocking, rd.pair(at.nth(i), v))
	}
	if v, ok := f.need("statistics", "an object"); ok {
		r.Statistics = rd.matchStatistics(root.at("statistics"), v)
	}
	if v, ok := f.need("certificate", "an object"); ok {
		r.Certificate = rd.object(root.at("certificate"), v, "kind").oneOf("kind", Stability)
	}
	return r, rd.errs.asError()
}

func (r *reader) match(at *path, v value) Match {
	f := r.object(at, v, "candidate", "post", "wish", "rank", "fixed")
	return Match{
		Candidate: f.needName("candidate"),
		Post:      f.needName("post"),
		Wish:      f.int("wish", 1, maxCount),
		Rank:      f.int("rank", 1, maxCount),
		Fixed:     f.flag("fixed"),
	}
}

func (r *reader) matchPostResult(at *path, v value) MatchPostResult {
	f := r.object(at, v, "post", "filled", "cutoff", "reserved")
	p := MatchPostResult{Post: f.needName("post"), Filled: f.needInt("filled", 0, maxCount), Cutoff: f.int("cutoff", 1, maxCount)}
	reserved, at := f.list("reserved")
	for i, v := range reserved {
		f := r.object(at.nth(i), v, "group", "filled", "cutoff")
		p.Reserved = append(p.Reserved, ReservedResult{
			Group: f.needName("group"), Filled: f.needInt("filled", 0, maxCount), Cutoff: f.int("cutoff", 1, maxCount),
		})
	}
	return p
}

func (r *reader) matchReason(at *path, v value) MatchReason {
	f := r.object(at, v, "candidate", "wish", "post", "outcome", "cutoff", "rank")
	return MatchReason{
		Candidate: f.needName("candidate"),
		Wish:      f.needInt("wish", 1, maxCount),
		Post:      f.name("post"),
		Outcome:   f.oneOf("outcome", MatchOutcomes()...),
		Cutoff:    f.int("cutoff", 1, maxCount),
		Rank:      f.int("rank", 1, maxCount),
	}
}

func (r *reader) matchStatistics(at *path, v value) MatchStatistics {
	f := r.object(at, v, "candidates", "placed", "firstWish", "withinThree", "worstWish", "wishSum")
	return MatchStatistics{
		Candidates:  f.needInt("candidates", 0, maxCount),
		Placed:      f.needInt("placed", 0, maxCount),
		FirstWish:   f.needInt("firstWish", 0, maxCount),
		WithinThree: f.needInt("withinThree", 0, maxCount),
		WorstWish:   f.needInt("worstWish", 0, maxCount),
		WishSum:     f.needInt("wishSum", 0, maxCount),
	}
}
