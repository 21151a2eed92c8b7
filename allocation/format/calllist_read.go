package format

// ReadCallList reads a calllist/1 file. The error, if any, is of type Errors and
// lists everything that is wrong. Whether the events were allowed is for package
// calllist to say.
func ReadCallList(data []byte) (*CallList, error) {
	v, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	l := r.callList(v)
	errs := r.errs.and(l.Check())
	return l, errs.asError()
}

func (r *reader) callList(v value) *CallList {
	f := r.object(root, v, "format", "rules", "posts", "candidates", "events")
	f.oneOf("format", "calllist/1")
	l := &CallList{}
	if v, ok := f.need("rules", "an object"); ok {
		f := r.object(root.at("rules"), v, "absent", "completion")
		l.Rules = CallRules{Absent: f.oneOf("absent", SkipAbsent, FallbackAbsent, LastAbsent), Completion: f.flag("completion")}
	}
	posts, at := f.needList("posts")
	l.Posts = make([]CallPost, 0, len(posts))
	for i, v := range posts {
		f := r.object(at.nth(i), v, "id", "seats", "kind", "linked")
		l.Posts = append(l.Posts, CallPost{
			ID:     f.needName("id"),
			Seats:  f.needInt("seats", 0, MaxSeats),
			Kind:   f.choice("kind", SimplePost, CoupledPost, MixedPost),
			Linked: f.names("linked"),
		})
	}
	candidates, at := f.needList("candidates")
	l.Candidates = make([]CallCandidate, 0, len(candidates))
	for i, v := range candidates {
		l.Candidates = append(l.Candidates, r.callCandidate(at.nth(i), v))
	}
	events, at := f.list("events")
	l.Events = make([]Event, 0, len(events))
	for i, v := range events {
		l.Events = append(l.Events, r.event(at.nth(i), v))
	}
	return l
}

func (r *reader) callCandidate(at *path, v value) CallCandidate {
	f := r.object(at, v, "id", "favourites", "barred")
	c := CallCandidate{ID: f.needName("id"), Favourites: f.names("favourites")}
	barred, at := f.list("barred")
	for i, v := range barred {
		f := r.object(at.nth(i), v, "post", "rule")
		c.Barred = append(c.Barred, Bar{Post: f.needName("post"), Rule: f.needName("rule")})
	}
	return c
}

func (r *reader) event(at *path, v value) Event {
	f := r.object(at, v, "n", "type", "candidate", "post", "actor", "by", "at", "reason", "recall", "to", "prev", "hash")
	e := Event{
		N:         f.needInt("n", 1, MaxEvents),
		Type:      f.oneOf("type", eventTypes()...),
		Candidate: f.name("candidate"),
		Post:      f.name("post"),
		Actor:     f.needName("actor"),
		By:        f.name("by"),
		At:        f.needName("at"),
		Reason:    f.name("reason"),
		Recall:    f.flag("recall"),
		To:        f.int("to", 0, MaxEvents),
		Prev:      f.hash("prev", true),
		Hash:      f.hash("hash", false),
	}
	if e.Type == Undo {
		f.need("to", aWhole(0, MaxEvents))
	} else if f.has("to") && e.To == 0 {
		r.errs.add(at.at("to"), "0", "nothing in an event of type "+quote(e.Type))
	}
	return e
}

// hash reads a hash. There is none before the first event: only there it may be
// empty.
func (f fields) hash(key string, empty bool) string {
	v, ok := f.need(key, aHash)
	if ok && (v.kind != text || !isHash(v.text) && !(empty && v.text == "")) {
		f.r.errs.add(f.at.at(key), show(v), aHash)
		return ""
	}
	return v.text
}

// ReadCallState reads a calllist-state/1 file. The error, if any, is of type
// Errors. Only the shape is judged: whether the state is right is for package
// check to say.
func ReadCallState(data []byte) (*CallState, error) {
	v, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	f := r.object(root, v, "format", "engine", "instance", "simulated", "last", "log", "state", "hash")
	f.oneOf("format", "calllist-state/1")
	s := &CallState{
		Engine:    f.needName("engine"),
		Instance:  f.needName("instance"),
		Simulated: f.flag("simulated"),
		Last:      f.int("last", 1, MaxEvents),
		Hash:      f.hash("hash", false),
	}
	if f.has("log") {
		s.Log = f.hash("log", false)
	}
	if v, ok := f.need("state", "an object"); ok {
		s.State = r.sittingState(root.at("state"), v)
	}
	return s, r.errs.asError()
}

func (r *reader) sittingState(at *path, v value) SittingState {
	f := r.object(at, v, "phase", "current", "placements", "waiting", "skipped", "without", "passed", "moved", "posts")
	s := SittingState{
		Phase:   f.oneOf("phase", Prepared, InSession, Paused, Ended),
		Current: f.name("current"),
		Waiting: f.needNames("waiting"),
		Skipped: f.needNames("skipped"),
		Without: f.needNames("without"),
		Passed:  f.needNames("passed"),
		Moved:   f.needNames("moved"),
	}
	list, at := f.needList("placements")
	for i, v := range list {
		f := r.object(at.nth(i), v, "candidate", "post", "event")
		s.Placements = append(s.Placements, Placement{
			Candidate: f.needName("candidate"), Post: f.needName("post"), Event: f.int("event", 1, MaxEvents),
		})
	}
	list, at = f.needList("posts")
	for i, v := range list {
		f := r.object(at.nth(i), v, "post", "left", "blocked", "last")
		f.need("left", aNumber(0, MaxSeats*One))
		s.Posts = append(s.Posts, CallPostState{
			Post: f.needName("post"), Left: f.amount("left", 0, MaxSeats*One), Blocked: f.flag("blocked"), Last: f.int("last", 1, maxCount),
		})
	}
	return s
}
