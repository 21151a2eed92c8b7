package calllist_test

import (
	"slices"
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

func TestAnOutlookCountsTheOddHalf(t *testing.T) {
	t.Parallel()
	// Three halves are left at A. Those who need whole seats, at A or at C, leave one half:
	// enough for a mixed post. With somebody before who takes just a half, nothing is left.
	noHalves := []format.Bar{{Post: "M", Rule: "r"}}
	l := &format.CallList{
		Rules: format.CallRules{Absent: format.SkipAbsent},
		Posts: []format.CallPost{
			{ID: "A", Seats: 2, Kind: format.SimplePost}, {ID: "B", Seats: 9, Kind: format.SimplePost},
			{ID: "C", Seats: 9, Kind: format.CoupledPost, Linked: []string{"A"}},
			{ID: "M", Seats: 9, Kind: format.MixedPost, Linked: []string{"A", "B"}},
		},
		Candidates: []format.CallCandidate{{ID: "ana"}, {ID: "bo", Barred: noHalves}, {ID: "cy", Barred: noHalves}, {ID: "di"}, {ID: "eve"}},
	}
	s := calllist.Start(l)
	for _, line := range []string{"open", "call ana", "take ana M"} {
		if err := play(s, line); err != nil {
			t.Fatal(err)
		}
	}
	if got := answer(s, "outlook", "cy:"); got != "cy: certain B; possible A C; gone M" {
		t.Errorf("got %s", got)
	}
	if got := answer(s, "outlook", "di:"); got != "di: certain B M; possible A C" {
		t.Errorf("got %s", got)
	}
	if got := answer(s, "outlook", "eve:"); got != "eve: certain B; possible A C M" {
		t.Errorf("got %s", got)
	}
}
