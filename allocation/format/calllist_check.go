package format

import (
	"slices"
	"strconv"
)

// MaxEvents bounds the log of a sitting.
const MaxEvents = 100_000_000

// Check returns every rule of calllist/1 that the content of the list breaks, as
// Errors whose paths are those of the file, or nil. ReadCallList calls it;
// whoever builds a CallList in Go does too.
func (l *CallList) Check() error {
	c := callChecker{list: l}
	absent := []string{SkipAbsent, FallbackAbsent, LastAbsent}
	if !slices.Contains(absent, l.Rules.Absent) {
		c.errs.add(root.at("rules").at("absent"), quote(l.Rules.Absent), "one of "+quoteAll(absent))
	}
	c.post = c.errs.ids("posts", len(l.Posts), func(i int) string { return l.Posts[i].ID })
	c.candidate = c.errs.ids("candidates", len(l.Candidates), func(i int) string { return l.Candidates[i].ID })
	for i := range l.Posts {
		c.thePost(root.at("posts").nth(i), &l.Posts[i])
	}
	for i := range l.Candidates {
		c.theCandidate(root.at("candidates").nth(i), &l.Candidates[i])
	}
	for i := range l.Events {
		c.event(i)
	}
	return c.errs.asError()
}

type callChecker struct {
	list            *CallList
	errs            Errors
	post, candidate map[string]int
}

const (
	aKnownPost      = "the id of a post of this file"
	aKnownCandidate = "the id of a candidate of this file"
)

func (c *callChecker) thePost(at *path, p *CallPost) {
	if p.Seats < 0 || p.Seats > MaxSeats {
		c.errs.add(at.at("seats"), strconv.Itoa(p.Seats), aWhole(0, MaxSeats))
	}
	n := len(p.Linked)
	switch {
	case p.Kind == SimplePost && n > 0:
		c.errs.add(at.at("linked"), "a list of "+strconv.Itoa(n), "no linked post, as the post is simple")
	case p.Kind == CoupledPost && n == 0:
		c.errs.add(at.at("linked"), "nothing", "at least one linked post, as the post is coupled")
	case p.Kind == MixedPost && n != 2:
		c.errs.add(at.at("linked"), "a list of "+strconv.Itoa(n), "two linked posts, as the post is mixed")
	case p.Kind != SimplePost && p.Kind != CoupledPost && p.Kind != MixedPost:
		c.errs.add(at.at("kind"), quote(p.Kind), "one of "+quoteAll([]string{SimplePost, CoupledPost, MixedPost}))
	}
	c.once(at, "linked", n, func(i int) string { return p.Linked[i] }, func(at *path, i int) {
		if q, ok := c.post[p.Linked[i]]; !ok || c.list.Posts[q].Kind != SimplePost {
			c.errs.add(at, quote(p.Linked[i]), "the id of a simple post of this file")
		}
	})
}

func (c *callChecker) theCandidate(at *path, one *CallCandidate) {
	known := func(at *path, id string) {
		if _, ok := c.post[id]; !ok {
			c.errs.add(at, quote(id), aKnownPost)
		}
	}
	c.once(at, "favourites", len(one.Favourites), func(i int) string { return one.Favourites[i] }, func(at *path, i int) {
		known(at, one.Favourites[i])
	})
	c.once(at, "barred", len(one.Barred), func(i int) string { return one.Barred[i].Post }, func(at *path, i int) {
		known(at.at("post"), one.Barred[i].Post)
		if !isName(one.Barred[i].Rule) {
			c.errs.add(at.at("rule"), quote(one.Barred[i].Rule), aName)
		}
	})
}

// once checks each line of a list, and that no two name the same post.
func (c *callChecker) once(at *path, key string, n int, id func(int) string, check func(at *path, i int)) {
	first := make(map[string]int, n)
	for i := range n {
		if before, again := first[id(i)]; again {
			c.errs.add(at.at(key).nth(i), quote(id(i)), "a post that "+key+"["+strconv.Itoa(before)+"] does not name")
		} else {
			first[id(i)] = i
		}
		check(at.at(key).nth(i), i)
	}
}

func (c *callChecker) event(i int) {
	e := &c.list.Events[i]
	at := root.at("events").nth(i)
	e.check(&c.errs, at)
	if e.Prev != "" && !isHash(e.Prev) {
		c.errs.add(at.at("prev"), quote(e.Prev), aHash)
	}
	if !isHash(e.Hash) {
		c.errs.add(at.at("hash"), quote(e.Hash), aHash)
	}
	if _, ok := c.candidate[e.Candidate]; !ok && e.Candidate != "" {
		c.errs.add(at.at("candidate"), quote(e.Candidate), aKnownCandidate)
	}
	if _, ok := c.post[e.Post]; !ok && e.Post != "" {
		c.errs.add(at.at("post"), quote(e.Post), aKnownPost)
	}
}

// Check returns what is wrong with the shape of an event, its hashes apart, as
// Errors whose paths begin at the event, or nil.
func (e *Event) Check() error {
	var errs Errors
	e.check(&errs, root)
	return errs.asError()
}

// A shape says what an event carries beside its number, hashes, actor and time.
type shape struct{ candidate, post, by, reason bool }

func shapeOf(event string) (s shape, known bool) {
	switch event {
	case OpenEvent, CloseEvent, PauseEvent, ResumeEvent, Undo:
		return shape{}, true
	case Call, Pass, AbsentEvent:
		return shape{candidate: true}, true
	case Take, FallbackTake:
		return shape{candidate: true, post: true}, true
	case ProxyTake:
		return shape{candidate: true, post: true, by: true}, true
	case Release:
		return shape{candidate: true, reason: true}, true
	case Block, Unblock:
		return shape{post: true}, true
	}
	return shape{}, false
}

func eventTypes() []string {
	return []string{OpenEvent, CloseEvent, PauseEvent, ResumeEvent, Call, Take, ProxyTake, FallbackTake, Pass, AbsentEvent, Release, Block, Unblock, Undo}
}

func (e *Event) check(errs *Errors, at *path) {
	shape, known := shapeOf(e.Type)
	if !known {
		errs.add(at.at("type"), quote(e.Type), "one of "+quoteAll(eventTypes()))
	}
	if e.N < 1 || e.N > MaxEvents {
		errs.add(at.at("n"), strconv.Itoa(e.N), aWhole(1, MaxEvents))
	}
	text := func(key, s string, needed, allowed bool) {
		switch {
		case s == "" && needed:
			errs.add(at.at(key), "nothing", aName)
		case s != "" && !allowed && known:
			errs.add(at.at(key), quote(s), "nothing in an event of type "+quote(e.Type))
		case s != "" && !isName(s):
			errs.add(at.at(key), quote(s), aName)
		}
	}
	text("candidate", e.Candidate, shape.candidate, shape.candidate)
	text("post", e.Post, shape.post, shape.post)
	text("by", e.By, shape.by, shape.by)
	text("reason", e.Reason, shape.reason, true)
	text("actor", e.Actor, true, true)
	text("at", e.At, true, true)
	if e.Recall && e.Type != Call && known {
		errs.add(at.at("recall"), "true", "nothing in an event of type "+quote(e.Type))
	}
	if e.To < 0 || e.To > 0 && e.Type != Undo && known {
		errs.add(at.at("to"), strconv.Itoa(e.To), "nothing in an event of type "+quote(e.Type))
	}
}

const aHash = "64 hexadecimal digits in small letters"

func isHash(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == 64
}
