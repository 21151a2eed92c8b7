package calllist_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
)

// futures plays everything that those who may act before somebody could do, and
// counts, in all the moments at which that person could be called, how often
// each post can be taken.
type futures struct {
	who     string
	moments int
	can     map[string]int
	seen    map[string]bool
}

func (f *futures) explore(r *reference) {
	state := r.state()
	if key := string(state.Bytes()); f.seen[key] {
		return
	} else {
		f.seen[key] = true
	}
	waiting := r.those("waiting")
	var events []format.Event
	switch {
	case r.current == f.who:
		f.count(r)
		return
	case r.current != "":
		for _, p := range r.list.Posts {
			events = append(events, format.Event{Type: "take", Candidate: r.current, Post: p.ID})
		}
		events = append(events, format.Event{Type: "pass", Candidate: r.current}, format.Event{Type: "absent", Candidate: r.current})
	default:
		if len(waiting) > 0 {
			events = append(events, format.Event{Type: "call", Candidate: waiting[0]})
		}
		for _, id := range r.those("skipped") {
			events = append(events, format.Event{Type: "call", Candidate: id, Recall: true})
		}
	}
	for _, e := range events {
		if r.allowed(e) {
			next := &reference{list: r.list, snapshot: r.copy(), after: make([]snapshot, 1)}
			next.apply(e)
			f.explore(next)
		}
	}
}

func (f *futures) count(r *reference) {
	f.moments++
	for _, p := range r.list.Posts {
		if r.can(f.who, p.ID, r.taken()) {
			f.can[p.ID]++
		}
	}
}

// In small sittings, after anything that happened: certain posts can be taken in
// every future, possible ones in some, gone ones in none.
func TestAnOutlookHoldsWhateverOthersDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := randomList(t)
		l.Rules.Completion = false
		if len(l.Candidates) > 4 {
			l.Candidates = l.Candidates[:4]
		}
		s, r := calllist.Start(l), newReference(l)
		for range rapid.SampledFrom([]int{0, 1, 4, 8, 12}).Draw(t, "events") {
			if e := s.Seal(randomEvent(t, l, s)); s.Apply(e) == nil {
				r.apply(e)
			}
		}
		if r.phase == "closed" {
			return
		}
		r.phase = "open" // the futures begin when it opens, or goes on
		f := &futures{can: map[string]int{}, seen: map[string]bool{}}
		f.who = pick(t, l.Candidates, func(c format.CallCandidate) string { return c.ID })
		outlook, found := s.Outlook(f.who)
		if hasNone := r.is[f.who] == "waiting" || r.is[f.who] == "skipped"; found != hasNone {
			t.Fatalf("%s: found %v", f.who, found)
		} else if hasNone {
			f.explore(r)
			f.compare(t, l, outlook)
		}
	})
}

func (f *futures) compare(t *rapid.T, l *format.CallList, o calllist.Outlook) {
	for _, p := range l.Posts {
		certain, possible, gone := slices.Contains(o.Certain, p.ID), slices.Contains(o.Possible, p.ID), slices.Contains(o.Gone, p.ID)
		n := f.can[p.ID]
		switch {
		case certain && n < f.moments:
			t.Fatalf("%s is certain for %s, but cannot be taken in %d of %d futures", p.ID, f.who, f.moments-n, f.moments)
		case gone && n > 0:
			t.Fatalf("%s is gone for %s, but can be taken in %d of %d futures", p.ID, f.who, n, f.moments)
		case possible && n == 0:
			t.Fatalf("%s is possible for %s, but can be taken in no future", p.ID, f.who)
		case possible && n == f.moments:
			t.Fatalf("%s is only possible for %s, but can be taken in all %d futures", p.ID, f.who, n)
		case !certain && !possible && !gone:
			t.Fatalf("nothing is said of %s", p.ID)
		}
	}
}

func TestAnOutlookCountsHalves(t *testing.T) {
	t.Parallel()
	const posts = "post A 2\npost B 9\npost C 9 coupled A\npost M 9 mixed A B\n"
	tests := []struct{ name, list, events, want string }{
		{"one before takes a whole seat, and a half stays", posts + "candidate ana\ncandidate fay\ncandidate gil",
			"open\ncall ana\ntake ana M", "gil: certain B M; possible A C"},
		{"two before could leave nothing: a seat and a half", posts + "candidate ana\ncandidate fay\ncandidate gil\ncandidate eve",
			"open\ncall ana\ntake ana M", "eve: certain B; possible A C M"},
		{"two before who need whole seats leave a half", posts + "candidate ana\ncandidate bo barred M r\ncandidate cy barred M r\ncandidate di",
			"open\ncall ana\ntake ana M", "di: certain B M; possible A C"},
		{"nobody can take a half of a post that is full", posts + "post N 1 mixed A B\ncandidate ana\ncandidate bo barred M r\ncandidate cy barred M r\ncandidate di",
			"open\ncall ana\ntake ana N", "di: certain B M; possible A C; gone N"},
		{"who is barred from both linked posts is one person", "post A 9\npost B 9\npost M 1 mixed A B\ncandidate bo barred A r barred B r\ncandidate cy\ncandidate di",
			"open", "di: certain A B; possible M"},
		{"who was skipped may come back", "post A 1\ncandidate ana\ncandidate bo",
			"open\ncall ana\nabsent ana", "bo: possible A"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &Case{list: format.CallList{Rules: format.CallRules{Absent: format.SkipAbsent}}}
			for line := range strings.Lines(tt.list) {
				if err := c.line(line); err != nil {
					t.Fatal(err)
				}
			}
			s := calllist.Start(&c.list)
			for _, e := range events(tt.events) {
				if err := s.Apply(s.Seal(e)); err != nil {
					t.Fatal(err)
				}
			}
			if got := answer(s, "outlook", tt.want); got != tt.want {
				t.Errorf("got %s, expected %s", got, tt.want)
			}
		})
	}
}
