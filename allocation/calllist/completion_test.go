package calllist_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
)

// crowded draws an open sitting with more bars than seats to spare, somebody current, and its
// second writing. Seats are scarce, so that choices hurt others.
func crowded(t *rapid.T, linked bool) (*format.CallList, *calllist.Sitting, *reference) {
	seed := rapid.Uint64().Draw(t, "seed")
	dice := rand.New(rand.NewPCG(seed, 1))
	l := &format.CallList{Rules: format.CallRules{Absent: format.SkipAbsent, Completion: true}}
	people, posts := 2+dice.IntN(4), 2+dice.IntN(3)
	for i := range posts {
		l.Posts = append(l.Posts, format.CallPost{ID: "P" + string(rune('0'+i)), Seats: 1 + dice.IntN(8)/7, Kind: format.SimplePost})
	}
	if linked {
		for i := range 1 + dice.IntN(2) {
			p := format.CallPost{ID: "L" + string(rune('0'+i)), Seats: 1 + dice.IntN(2), Kind: format.CoupledPost}
			for _, q := range dice.Perm(posts)[:1+min(1, dice.IntN(4))] {
				p.Linked = append(p.Linked, l.Posts[q].ID)
			}
			if len(p.Linked) == 2 && dice.IntN(4) > 0 {
				p.Kind = format.MixedPost
			}
			l.Posts = append(l.Posts, p)
		}
	}
	l.Candidates = append(l.Candidates, format.CallCandidate{ID: "Z"})
	for i := range people {
		c := format.CallCandidate{ID: "C" + string(rune('0'+i))}
		for _, p := range l.Posts {
			if i > 0 && dice.IntN(5) < 3 {
				c.Barred = append(c.Barred, format.Bar{Post: p.ID, Rule: "done"})
			}
		}
		l.Candidates = append(l.Candidates, c)
	}
	s, r := calllist.Start(l), newReference(l)
	last := l.Posts[len(l.Posts)-1]
	for _, line := range []string{"block P0", "open", "call Z", "take Z " + last.ID, "pass Z", "call C0"} {
		e := s.Seal(parse(line))
		if e.Type == format.Block && dice.IntN(4) > 0 || e.Type == format.Take && (last.Kind == format.SimplePost || dice.IntN(2) > 0) {
			continue
		}
		if err := s.Apply(e); err == nil {
			r.apply(e)
		}
	}
	return l, s, r
}

// Tried in every way: among the posts that can be taken, exactly those that leave
// the most others a post are granted; those named are as many as the choice costs a post.
func TestCompletionGrantsWhatLeavesTheMostOthersAPost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, s, r := crowded(t, false)
		waiting := r.those("waiting")
		left, best := map[string]int{}, -1
		for _, p := range l.Posts {
			if r.can("C0", p.ID, r.taken()) {
				left[p.ID] = r.afterAll(waiting, append(r.taken(), p.ID))
				best = max(best, left[p.ID])
			}
		}
		for id, n := range left {
			err := s.Allowed(format.Event{Type: format.Take, Candidate: "C0", Post: id})
			refusal, _ := errors.AsType[*calllist.Refusal](err)
			switch {
			case n == best && err != nil:
				t.Fatalf("%v, but no choice leaves more than %d others a post", err, n)
			case n < best && (refusal == nil || refusal.Why != calllist.Completion):
				t.Fatalf("%s leaves %d others a post, another choice %d, but: %v", id, n, best, err)
			case n < best && (len(refusal.Who) < best-n || !slices.Contains(waiting, refusal.Who[0])):
				t.Fatalf("%s leaves %d others a post instead of %d, and %v are named", id, n, best, refusal.Who)
			}
		}
	})
}

// With coupled and mixed posts: what is refused leaves somebody out who could have
// had a post; nobody is kept from every post; where no odd half is left, what leaves
// somebody out is refused; and the bounds are those of the page.
func TestCompletionWithLinkedPostsRefusesNothingHarmless(t *testing.T) {
	t.Parallel()
	refused := 0
	rapid.Check(t, func(t *rapid.T) {
		l, s, r := crowded(t, true)
		waiting := r.those("waiting")
		can, granted, best := 0, 0, -1
		for _, p := range l.Posts {
			if r.can("C0", p.ID, r.taken()) {
				best = max(best, r.afterAll(waiting, append(r.taken(), p.ID)))
			}
		}
		for _, p := range l.Posts {
			if !r.can("C0", p.ID, r.taken()) {
				continue
			}
			can++
			err := s.Allowed(format.Event{Type: format.Take, Candidate: "C0", Post: p.ID})
			if after := r.afterAll(waiting, append(r.taken(), p.ID)); err == nil && after < best && !r.odd() && !r.odd(p.ID) {
				t.Fatalf("%s leaves %d others a post, another choice %d, and no odd half is left", p.ID, after, best)
			}
			if (err == nil) != r.granted(p.ID) {
				t.Fatalf("%s: %v, expected granted %v", p.ID, err, r.granted(p.ID))
			}
			if err == nil {
				granted++
			} else if refused++; r.afterAll(waiting, append(r.taken(), p.ID)) >= best {
				t.Fatalf("%v, but no choice leaves more others a post", err)
			}
		}
		if can > 0 && granted == 0 {
			t.Fatal("nothing is granted")
		}
	})
	if refused == 0 {
		t.Error("nothing was ever refused")
	}
}
