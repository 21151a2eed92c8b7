package format

// ReadMatch reads a match/1 file. The error, if any, is of type Errors and lists
// everything that is wrong.
func ReadMatch(data []byte) (*MatchInstance, error) {
	v, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	in := r.matchInstance(v)
	errs := r.errs.and(in.Check())
	return in, errs.asError()
}

func (r *reader) matchInstance(v value) *MatchInstance {
	f := r.object(root, v, "format", "proposing", "unranked", "ties", "posts", "candidates", "fixed")
	f.oneOf("format", "match/1")
	in := &MatchInstance{
		Proposing: f.choice("proposing", Candidates, Posts),
		Unranked:  f.choice("unranked", Refused, Last),
	}
	if v, ok := f.find("ties"); ok {
		f := r.object(root.at("ties"), v, "rule", "seed")
		in.Ties = &Ties{Rule: f.oneOf("rule", DrawnTies, LargestTies), Seed: f.needName("seed")}
	}
	posts, at := f.needList("posts")
	in.Posts = make([]MatchPost, 0, len(posts))
	for i, v := range posts {
		in.Posts = append(in.Posts, r.matchPost(at.nth(i), v))
	}
	candidates, at := f.needList("candidates")
	in.Candidates = make([]MatchCandidate, 0, len(candidates))
	for i, v := range candidates {
		f := r.object(at.nth(i), v, "id", "wishes", "group")
		in.Candidates = append(in.Candidates, MatchCandidate{ID: f.needName("id"), Wishes: f.needTies("wishes"), Group: f.name("group")})
	}
	fixed, at := f.list("fixed")
	for i, v := range fixed {
		in.Fixed = append(in.Fixed, r.pair(at.nth(i), v))
	}
	return in
}

func (r *reader) matchPost(at *path, v value) MatchPost {
	f := r.object(at, v, "id", "seats", "closed", "ranking", "reserved")
	p := MatchPost{
		ID:      f.needName("id"),
		Seats:   f.needInt("seats", 0, MaxSeats),
		Closed:  f.flag("closed"),
		Ranking: f.needTies("ranking"),
	}
	reserved, at := f.list("reserved")
	for i, v := range reserved {
		f := r.object(at.nth(i), v, "group", "seats")
		p.Reserved = append(p.Reserved, Reserve{Group: f.needName("group"), Seats: f.needInt("seats", 0, MaxSeats)})
	}
	return p
}

func (r *reader) pair(at *path, v value) Pair {
	f := r.object(at, v, "candidate", "post")
	return Pair{Candidate: f.needName("candidate"), Post: f.needName("post")}
}

// needTies reads a list of ids, some of which may be tied in lists of their own.
func (f fields) needTies(key string) [][]string {
	list, at := f.needList(key)
	ties := make([][]string, 0, len(list))
	names := make([]string, 0, len(list)) // holds all entries, for one allocation
	for i, v := range list {
		first := len(names)
		if v.kind != array {
			names = append(names, f.r.name(at.nth(i), v))
		}
		for k, v := range v.items() {
			names = append(names, f.r.name(at.nth(i).nth(k), v))
		}
		ties = append(ties, names[first:len(names):len(names)])
	}
	return ties
}
