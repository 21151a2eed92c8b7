package check_test

import (
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// A sitting in which something of everything happened.
func held(t *testing.T) *format.CallList {
	t.Helper()
	list := &format.CallList{
		Rules: format.CallRules{Absent: format.SkipAbsent, Completion: true},
		Posts: []format.CallPost{
			{ID: "A", Seats: 3, Kind: format.SimplePost}, {ID: "B", Seats: 2, Kind: format.SimplePost},
			{ID: "AB", Seats: 1, Kind: format.MixedPost, Linked: []string{"A", "B"}}, {ID: "C", Seats: 1, Kind: format.SimplePost},
			{ID: "D", Seats: 1, Kind: format.SimplePost},
		},
		Candidates: []format.CallCandidate{
			{ID: "I1", Favourites: []string{"C"}}, {ID: "I2", Favourites: []string{"A"}}, {ID: "I3"},
			{ID: "I4", Barred: []format.Bar{{Post: "A", Rule: "done"}, {Post: "B", Rule: "done"}, {Post: "D", Rule: "done"}}}, {ID: "I5"},
		},
	}
	s := calllist.Start(list)
	for _, e := range []format.Event{
		{Type: format.OpenEvent},
		{Type: format.Call, Candidate: "I1"},
		{Type: format.Take, Candidate: "I1", Post: "B"},
		{Type: format.Call, Candidate: "I2"},
		{Type: format.AbsentEvent, Candidate: "I2"},
		{Type: format.Block, Post: "D"},
		{Type: format.Call, Candidate: "I3"},
		{Type: format.Pass, Candidate: "I3"},
		{Type: format.Call, Candidate: "I4"},
		{Type: format.ProxyTake, Candidate: "I4", Post: "C", By: "I1"},
		{Type: format.Release, Candidate: "I1", Reason: "error"},
		{Type: format.Undo, To: 10},
		{Type: format.Call, Candidate: "I5"},
		{Type: format.Take, Candidate: "I5", Post: "AB"},
	} {
		e.Actor, e.At = "chair", "2026-03-24T13:00:00Z"
		if err := s.Apply(s.Seal(e)); err != nil {
			t.Fatal(err)
		}
	}
	list.Events = s.Events()
	return list
}

// forge gives changed events the numbers and hashes that they would have had.
func forge(events []format.Event) {
	prev := ""
	for i := range events {
		events[i].N, events[i].Prev = i+1, prev
		events[i].Hash = events[i].Digest()
		prev = events[i].Hash
	}
}

func TestEachCorruptionOfALogIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		edit           func(l *format.CallList)
		forged         bool // by somebody who can compute hashes
		check, mention string
	}{
		{"an event changed", func(l *format.CallList) { l.Events[2].Post = "A" }, false, "log", "event 3 has the hash"},
		{"an actor changed", func(l *format.CallList) { l.Events[9].By = "I2" }, false, "log", "event 10 has the hash"},
		{"an event dropped", func(l *format.CallList) { l.Events = slices.Delete(l.Events, 5, 6) }, false, "log", "event 7 stands where event 6"},
		{"the last event dropped", func(l *format.CallList) { l.Events = l.Events[:13] }, false, "last event", "event is 13"},
		{"two events exchanged", func(l *format.CallList) { l.Events[5], l.Events[6] = l.Events[6], l.Events[5] }, false, "log", "event 7 stands"},
		{"another hash before", func(l *format.CallList) { l.Events[6].Prev = l.Events[4].Hash }, false, "log", "event 7 says"},
		{"an event changed, and its hash", func(l *format.CallList) {
			l.Events[2].Post = "A"
			l.Events[2].Hash = l.Events[2].Digest()
		}, false, "log", "event 4 says"},
		{"a choice by somebody who was not called", func(l *format.CallList) { l.Events[2].Candidate = "I3" }, true, "events", "not the turn of I3"},
		{"somebody called before their turn", func(l *format.CallList) { l.Events[3].Candidate = "I3" }, true, "events", "I2 comes first"},
		{"two people called at once", func(l *format.CallList) {
			l.Events[2].Type, l.Events[2].Candidate, l.Events[2].Post = format.Call, "I2", ""
		}, true, "events", "turn of I1"},
		{"somebody recalled who was not skipped", func(l *format.CallList) { l.Events[6].Recall = true }, true, "events", "I3 was not skipped"},
		{"somebody called who has a post", func(l *format.CallList) { l.Events[6].Candidate = "I1" }, true, "events", "I1 does not wait"},
		{"a seat taken twice", func(l *format.CallList) { l.Events[13].Post = "C" }, true, "events", "post C has no seat left"},
		{"a blocked post taken", func(l *format.CallList) { l.Events[13].Post = "D" }, true, "events", "post D is blocked"},
		{"a post taken that needs a blocked one", func(l *format.CallList) { l.Events[5].Post = "A" }, true, "events", "post A is blocked"},
		{"a barred post taken", func(l *format.CallList) { l.Events[9].Post = "B" }, true, "events", "bars I4 from post B"},
		{"a post taken that another needs", func(l *format.CallList) { l.Events[2].Post = "C" }, true, "events", "fewer of those after"},
		{"a choice before the opening", func(l *format.CallList) { l.Events = l.Events[1:] }, true, "events", "the sitting is prepared"},
		{"an opening twice", func(l *format.CallList) {
			l.Events[5] = format.Event{Type: format.OpenEvent, Actor: "chair", At: "now"}
		}, true, "events", "the sitting is open"},
		{"a release of nobody", func(l *format.CallList) { l.Events[10].Candidate = "I2" }, true, "events", "I2 has no post"},
		{"an undo of what is to come", func(l *format.CallList) { l.Events[11].To = 12 }, true, "events", "no event 12"},
		{"another undo", func(l *format.CallList) { l.Events[11].To = 11 }, true, "events", "I1 comes first"},
		{"another post taken", func(l *format.CallList) { l.Events[13].Post = "A" }, true, "state", "placements"},
		{"another rule for who is absent", func(l *format.CallList) { l.Rules.Absent = format.LastAbsent }, true, "state", "waiting"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			list := held(t)
			state := stateOf(t, list)
			tt.edit(list)
			if tt.forged {
				forge(list.Events)
				state.Last, state.Log = len(list.Events), list.Events[len(list.Events)-1].Hash
			}
			state.Instance = format.Hash(list.Bytes())
			report, err := check.VerifyCallList(list.Bytes(), state.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			named(t, report, tt.check, tt.mention)
		})
	}
}

func stateOf(t *testing.T, list *format.CallList) *format.CallState {
	t.Helper()
	data, err := calllist.SolveFile(list.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if report, err := check.VerifyCallList(list.Bytes(), data); err != nil || report.Failed != nil || len(report.Passed) != 8 {
		t.Fatalf("%v (%v)", report, err)
	}
	state, err := format.ReadCallState(data)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func TestEachCorruptionOfAStateIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	simulated := `{"format":"calllist/1","rules":{"absent":"skip","completion":false},"posts":[{"id":"A","seats":1},{"id":"B","seats":1}],
		"candidates":[{"id":"I1","favourites":["A"]},{"id":"I2","favourites":["A","B"]},{"id":"I3","favourites":["B"]}]}`
	tests := []struct {
		name           string
		edit           func(s *format.CallState)
		check, mention string
	}{
		{"another list", func(s *format.CallState) { s.Instance = format.Hash("") }, "instance hash", "sha256:"},
		{"an earlier event called the last", func(s *format.CallState) { s.Last = 13 }, "last event", "says 13"},
		{"another hash of the log", func(s *format.CallState) { s.Log = strings.Repeat("0", 64) }, "last event", "0000"},
		{"a candidate at another post", func(s *format.CallState) { s.State.Placements[0].Post = "A" }, "state", "placements"},
		{"a placement by another event", func(s *format.CallState) { s.State.Placements[0].Event = 4 }, "state", "placements"},
		{"a placement left out", func(s *format.CallState) { s.State.Placements = s.State.Placements[1:] }, "state", "placements"},
		{"somebody who waits forgotten", func(s *format.CallState) { s.State.Waiting = nil }, "state", "I3"},
		{"somebody skipped who waits", func(s *format.CallState) {
			s.State.Skipped, s.State.Waiting = nil, []string{"I2", "I3"}
		}, "state", "waiting"},
		{"a pass forgotten", func(s *format.CallState) { s.State.Passed = nil }, "state", "passed"},
		{"somebody moved back", func(s *format.CallState) { s.State.Moved = nil }, "state", "moved"},
		{"somebody without a post for good", func(s *format.CallState) { s.State.Without = []string{"I2"} }, "state", "without"},
		{"half a seat more", func(s *format.CallState) { s.State.Posts[0].Left = format.One }, "state", "posts"},
		{"a block forgotten", func(s *format.CallState) { s.State.Posts[4].Blocked = false }, "state", "posts"},
		{"another last one served", func(s *format.CallState) { s.State.Posts[3].Last = 3 }, "state", "posts"},
		{"another phase", func(s *format.CallState) { s.State.Phase = format.Ended }, "state", "phase"},
		{"another turn", func(s *format.CallState) { s.State.Current = "I3" }, "state", "current"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			list := held(t)
			state := stateOf(t, list)
			tt.edit(state)
			state.Hash = state.State.Digest()
			report, err := check.VerifyCallList(list.Bytes(), state.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			named(t, report, tt.check, tt.mention)
		})
	}
	t.Run("another hash of the state", func(t *testing.T) {
		t.Parallel()
		list := held(t)
		state := stateOf(t, list)
		state.Hash = strings.Repeat("0", 64)
		report, err := check.VerifyCallList(list.Bytes(), state.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		named(t, report, "state hash", "0000")
	})
	t.Run("another end of a simulation", func(t *testing.T) {
		t.Parallel()
		list, err := format.ReadCallList([]byte(simulated))
		if err != nil {
			t.Fatal(err)
		}
		state := stateOf(t, list)
		state.State.Placements[0].Candidate = "I2"
		state.Hash = state.State.Digest()
		report, err := check.VerifyCallList(list.Bytes(), state.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		named(t, report, "state", "placements")
	})
}

func TestNoSeatIsKeptForWhoeverWasSkipped(t *testing.T) {
	t.Parallel()
	list := &format.CallList{
		Rules:      format.CallRules{Absent: format.SkipAbsent, Completion: true},
		Posts:      []format.CallPost{{ID: "A", Seats: 1, Kind: format.SimplePost}, {ID: "B", Seats: 1, Kind: format.SimplePost}},
		Candidates: []format.CallCandidate{{ID: "I1", Barred: []format.Bar{{Post: "B", Rule: "done"}}}, {ID: "I2"}},
		Events: []format.Event{
			{Type: format.OpenEvent},
			{Type: format.Call, Candidate: "I1"},
			{Type: format.AbsentEvent, Candidate: "I1"},
			{Type: format.Call, Candidate: "I2"},
			{Type: format.Take, Candidate: "I2", Post: "A"},
		},
	}
	for i := range list.Events {
		list.Events[i].Actor, list.Events[i].At = "chair", "now"
	}
	forge(list.Events)
	stateOf(t, list)
}

// The state after an undo is that after the event it names, which may be an undo.
func TestAnUndoCanNameAnUndo(t *testing.T) {
	t.Parallel()
	list := &format.CallList{
		Rules:      format.CallRules{Absent: format.SkipAbsent},
		Posts:      []format.CallPost{{ID: "A", Seats: 1, Kind: format.SimplePost}},
		Candidates: []format.CallCandidate{{ID: "I1"}},
		Events: []format.Event{
			{Type: format.OpenEvent},
			{Type: format.Call, Candidate: "I1"},
			{Type: format.Take, Candidate: "I1", Post: "A"},
			{Type: format.Undo, To: 1},
			{Type: format.Block, Post: "A"},
			{Type: format.Undo, To: 4},
			{Type: format.Block, Post: "A"},
			{Type: format.Unblock, Post: "A"},
			{Type: format.Undo, To: 7},
		},
	}
	for i := range list.Events {
		list.Events[i].Actor, list.Events[i].At = "chair", "now"
	}
	forge(list.Events)
	if state := stateOf(t, list).State; len(state.Placements) > 0 || !state.Posts[0].Blocked || state.Phase != format.InSession {
		t.Errorf("the state is %+v", state)
	}
}
