package format_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
)

// alike is same where a list may be empty or not there.
func alike[T interface{ Bytes() []byte }](t *rapid.T, file T, read func([]byte) (T, error)) {
	again, err := read(file.Bytes())
	if err != nil {
		t.Fatalf("refused: %v\n%s", err, file.Bytes())
	}
	if was, got := fmt.Sprintf("%+v", file), fmt.Sprintf("%+v", again); was != got || string(again.Bytes()) != string(file.Bytes()) {
		t.Fatalf("%s\nwas  %s\nread %s", file.Bytes(), was, got)
	}
	if !format.IsCanonical(file.Bytes()) {
		t.Fatalf("not canonical: %s", file.Bytes())
	}
}

// A log is kept for years and its hashes with it: what was written is read again, to the
// last flag, and each event has the hash of its own bytes.
func TestCallListsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		flag := func() bool { return rapid.Bool().Draw(t, "flag") }
		l := &format.CallList{
			Rules:      format.CallRules{Absent: rapid.SampledFrom([]string{format.SkipAbsent, format.FallbackAbsent, format.LastAbsent}).Draw(t, "absent"), Completion: flag()},
			Posts:      []format.CallPost{{ID: "A", Seats: 1, Kind: format.SimplePost}, {ID: "é", Seats: 2, Kind: format.SimplePost}},
			Candidates: []format.CallCandidate{{ID: "x"}, {ID: "y"}},
		}
		if flag() {
			l.Posts = append(l.Posts, format.CallPost{ID: "C", Kind: format.CoupledPost, Linked: []string{"A"}}, format.CallPost{ID: "M", Kind: format.MixedPost, Linked: []string{"é", "A"}})
		}
		if flag() {
			l.Candidates[0].Favourites, l.Candidates[1].Barred = []string{"é", "A"}, []format.Bar{{Post: "A", Rule: "r"}}
		}
		events := []format.Event{
			{Type: format.OpenEvent}, {Type: format.Call, Candidate: "x", Recall: flag()}, {Type: format.ProxyTake, Candidate: "x", Post: "A", By: "b"},
			{Type: format.Release, Candidate: "x", Reason: "r"}, {Type: format.Block, Post: "é", Reason: rapid.SampledFrom([]string{"", "r"}).Draw(t, "reason")},
			{Type: format.Undo, To: rapid.IntRange(0, 4).Draw(t, "to")},
		}
		before := ""
		for i, e := range events[:rapid.IntRange(0, len(events)).Draw(t, "events")] {
			e.N, e.Actor, e.At, e.Prev = i+1, "chair", "now", before
			e.Hash = e.Digest()
			before = e.Hash
			l.Events = append(l.Events, e)
		}
		alike(t, l, format.ReadCallList)
		for i := range l.Events {
			e := &l.Events[i]
			own := l.Bytes()
			at := strings.Index(string(own), `"hash":"`+e.Hash+`",`)
			start := strings.LastIndex(string(own)[:at], "{")
			end := at + strings.Index(string(own)[at:], "}") + 1
			unsealed := strings.Replace(string(own)[start:end], `"hash":"`+e.Hash+`",`, "", 1)
			sum := sha256.Sum256([]byte(unsealed))
			if hex.EncodeToString(sum[:]) != e.Hash || !e.Sealed() {
				t.Fatalf("event %d has the hash %s, its bytes %s have %x", e.N, e.Hash, unsealed, sum)
			}
			changed := *e
			changed.At = "later"
			if changed.Sealed() || changed.Digest() == e.Hash {
				t.Fatalf("event %d is sealed with another time", e.N)
			}
		}
	})
}

func TestCallStatesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0a", 32)
	rapid.Check(t, func(t *rapid.T) {
		names := func(of ...string) []string { return of[:rapid.IntRange(0, len(of)).Draw(t, "names")] }
		flag := func() bool { return rapid.Bool().Draw(t, "flag") }
		s := &format.CallState{Engine: "e", Instance: "i", Simulated: flag(), Hash: hash, State: format.SittingState{
			Phase:      rapid.SampledFrom([]string{format.Prepared, format.InSession, format.Paused, format.Ended}).Draw(t, "phase"),
			Current:    rapid.SampledFrom([]string{"", "x"}).Draw(t, "current"),
			Placements: []format.Placement{{Candidate: "y", Post: "A", Event: rapid.IntRange(0, 3).Draw(t, "event")}},
			Waiting:    names("x", "z"), Skipped: names("u"), Without: names("v"), Passed: names("v", "w"), Moved: names("w"),
			Posts: []format.CallPostState{
				{Post: "A", Left: format.Amount(rapid.IntRange(0, 5).Draw(t, "halves")) * format.One / 2, Blocked: flag(), Last: rapid.IntRange(0, 2).Draw(t, "last")},
			},
		}}
		if !s.Simulated {
			s.Last, s.Log = rapid.IntRange(1, 9).Draw(t, "last event"), hash
		}
		alike(t, s, format.ReadCallState)
		was := s.State.Digest()
		s.State.Posts[0].Blocked = !s.State.Posts[0].Blocked
		if s.State.Digest() == was {
			t.Fatalf("a post blocked or not, the state has the hash %s", was)
		}
	})
}
