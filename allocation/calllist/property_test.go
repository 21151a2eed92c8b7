package calllist_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
)

// randomList draws a small list. Posts are simple ones first, then some linked to them.
func randomList(t *rapid.T) *format.CallList {
	l := &format.CallList{Rules: format.CallRules{
		Absent:     rapid.SampledFrom([]string{"skip", "fallback", "last"}).Draw(t, "absent"),
		Completion: rapid.Bool().Draw(t, "completion"),
	}}
	simple := rapid.SampledFrom([]int{1, 2, 3, 4}).Draw(t, "simple posts")
	var ids []string
	for i := range simple {
		ids = append(ids, fmt.Sprintf("P%d", i))
		l.Posts = append(l.Posts, format.CallPost{ID: ids[i], Seats: rapid.SampledFrom([]int{0, 1, 1, 2}).Draw(t, "seats"), Kind: "simple"})
	}
	for i := range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "linked posts") {
		p := format.CallPost{ID: fmt.Sprintf("L%d", i), Seats: rapid.SampledFrom([]int{0, 1, 1, 2}).Draw(t, "seats"), Kind: "coupled"}
		p.Linked = rapid.Permutation(ids).Draw(t, "linked")[:min(simple, rapid.SampledFrom([]int{1, 2, 2, 2, 3}).Draw(t, "links"))]
		if len(p.Linked) == 2 && rapid.SampledFrom([]bool{true, true, false}).Draw(t, "mixed") {
			p.Kind = "mixed"
		}
		l.Posts = append(l.Posts, p)
	}
	all := slices.Sorted(maps.Keys(postIDs(l)))
	for i := range rapid.SampledFrom([]int{0, 2, 3, 4, 5}).Draw(t, "candidates") {
		c := format.CallCandidate{ID: fmt.Sprintf("C%d", i)}
		c.Favourites = rapid.Permutation(all).Draw(t, "favourites")[:rapid.IntRange(0, len(all)).Draw(t, "how many")]
		for _, p := range all {
			if rapid.SampledFrom([]int{0, 1, 2, 3}).Draw(t, "bar") == 0 {
				c.Barred = append(c.Barred, format.Bar{Post: p, Rule: "done"})
			}
		}
		l.Candidates = append(l.Candidates, c)
	}
	return l
}

// randomEvent draws an event, more often than not one that is allowed.
func randomEvent(t *rapid.T, l *format.CallList, s *calllist.Sitting) format.Event {
	state := s.State()
	chance := func(percent int) bool { return percent > rapid.SampledFrom(hundred).Draw(t, "chance") }
	candidate := pick(t, l.Candidates, func(c format.CallCandidate) string { return c.ID })
	next, _ := s.Next()
	e := format.Event{Actor: "chair", At: "now"}
	switch {
	case chance(20):
		e.Type = rapid.SampledFrom([]string{
			"open", "pause", "resume", "call", "take", "pass", "absent", "release", "release", "block", "unblock", "undo", "undo", "close",
		}).Draw(t, "type")
	case state.Phase == format.Prepared:
		e.Type = "open"
	case state.Phase == format.Paused:
		e.Type = "resume"
	case state.Current != "":
		candidate = state.Current
		e.Type = rapid.SampledFrom([]string{"take", "take", "take", "proxy-take", "fallback-take", "pass", "absent"}).Draw(t, "type")
	case len(state.Skipped) > 0 && chance(30):
		candidate = state.Skipped[0]
		e.Type, e.Recall = "call", true
	case next != "":
		candidate, e.Type = next, "call"
	default:
		e.Type = rapid.SampledFrom([]string{"release", "undo", "unblock", "close"}).Draw(t, "type")
	}
	switch e.Type {
	case "release":
		e.Reason = "mistake"
		if len(state.Placements) > 0 {
			candidate = pick(t, state.Placements, func(p format.Placement) string { return p.Candidate })
		}
		e.Candidate = candidate
	case "call", "pass", "absent":
		e.Candidate = candidate
	case "take", "proxy-take", "fallback-take":
		e.Candidate, e.Post = candidate, pick(t, l.Posts, func(p format.CallPost) string { return p.ID })
		if e.Type == "proxy-take" {
			e.By = "proxy"
		}
	case "block", "unblock":
		e.Post = pick(t, l.Posts, func(p format.CallPost) string { return p.ID })
	case "undo":
		e.To = rapid.IntRange(0, len(s.Events())+1).Draw(t, "to")
	case "close":
		if chance(80) {
			e.Type = "open"
		}
	}
	return e
}

var hundred = func() (all []int) {
	for i := range 100 {
		all = append(all, i)
	}
	return all
}()

// pick draws one of a list or, rarely, an id that nobody has.
func pick[T any](t *rapid.T, list []T, id func(T) string) string {
	ids := []string{"X"}
	for range 8 {
		for _, one := range list {
			ids = append(ids, id(one))
		}
	}
	return rapid.SampledFrom(ids).Draw(t, "id")
}

// knows says whether the list has whom and what an event names.
func knows(l *format.CallList, e format.Event) bool {
	return (e.Candidate == "" || slices.ContainsFunc(l.Candidates, func(c format.CallCandidate) bool { return c.ID == e.Candidate })) &&
		(e.Post == "" || postIDs(l)[e.Post])
}

// Whatever happens, the sitting accepts and does what its second writing does; a
// refusal changes nothing; an undo gives the state back to the byte; no
// seat is held twice, and nobody is overtaken.
func TestASittingDoesWhatItsPageSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := randomList(t)
		s, r := calllist.Start(l), newReference(l)
		history := []string{stateOf(s)}
		for range rapid.SampledFrom([]int{0, 5, 20, 40, 60}).Draw(t, "events") {
			e := s.Seal(randomEvent(t, l, s))
			next, _ := s.Next()
			err := s.Apply(e)
			if allowed := knows(l, e) && r.allowed(e); allowed != (err == nil) {
				t.Fatalf("%v: allowed %v, but %v", e, allowed, err)
			}
			if err != nil {
				if now := stateOf(s); now != history[len(history)-1] || len(s.Events()) != len(history)-1 {
					t.Fatalf("%v was refused, and left %s", e, now)
				}
				continue
			}
			if e.Type == "call" && !e.Recall && e.Candidate != next {
				t.Fatalf("%s overtakes %s", e.Candidate, next)
			}
			r.apply(e)
			want := r.state()
			now := stateOf(s)
			if now != string(want.Bytes()) {
				t.Fatalf("after %v it stands at\n%s\nexpected\n%s", e, now, want.Bytes())
			}
			if e.Type == "undo" && now != history[e.To] {
				t.Fatalf("after %v it stands at\n%s\nafter event %d it stood at\n%s", e, now, e.To, history[e.To])
			}
			history = append(history, now)
			for _, p := range l.Posts {
				if r.free(p.ID, r.taken()) < 0 {
					t.Fatalf("a seat of %s is held twice after %v", p.ID, e)
				}
			}
		}
		again := *l
		again.Events = s.Events()
		replayed, err := calllist.Replay(&again)
		if err != nil || bytesOf(replayed) != bytesOf(s) {
			t.Fatalf("played again it is refused (%v), or stands elsewhere", err)
		}
		forecast := s.Forecast()
		if r.phase != "closed" {
			r.simulate()
		}
		if want := r.state(); string(forecast.Bytes()) != string(want.Bytes()) {
			t.Fatalf("the forecast is\n%s\nexpected\n%s", forecast.Bytes(), want.Bytes())
		}
		if now := stateOf(s); now != history[len(history)-1] {
			t.Fatalf("the forecast left %s", now)
		}
	})
}

func stateOf(s *calllist.Sitting) string {
	state := s.State()
	return string(state.Bytes())
}
