package check_test

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// Whatever happens in a sitting, the judge and the engine allow the same events,
// and say that the sitting stands at the same point.
func TestTheJudgeAllowsTheEventsThatTheEngineAllows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		list := drawCallList(rt)
		acceptState(rt, list) // the simulation
		s := calllist.Start(list)
		for range rapid.IntRange(1, 25).Draw(rt, "events") {
			e := s.Seal(drawEvent(rt, list, s))
			refused := s.Allowed(e)
			list.Events = append(s.Events(), e)
			if refused == nil {
				if err := s.Apply(e); err != nil {
					rt.Fatal(err)
				}
				continue
			}
			file := list.Bytes()
			if _, err := format.ReadCallList(file); err != nil {
				continue // an event of the wrong shape
			}
			claim := format.CallState{Engine: "e", Instance: format.Hash(file), Last: len(list.Events), Log: e.Hash, State: s.State()}
			claim.Hash = claim.State.Digest()
			report, err := check.VerifyCallList(file, claim.Bytes())
			if err != nil {
				rt.Fatal(err)
			}
			if f := report.Failed; f == nil || f.Check != "events" {
				rt.Fatalf("the engine refuses %+v (%v), the judge finds %v\n%s", e, refused, f, file)
			}
		}
		list.Events = s.Events()
		acceptState(rt, list)
	})
}

func acceptState(rt *rapid.T, list *format.CallList) {
	file := list.Bytes()
	state, err := calllist.SolveFile(file)
	if err != nil {
		rt.Fatalf("%v\n%s", err, file)
	}
	report, err := check.VerifyCallList(file, state)
	if err != nil {
		rt.Fatal(err)
	}
	if report.Failed != nil {
		rt.Fatalf("refused: %v\n%s\n%s", report.Failed, file, state)
	}
}

func drawCallList(rt *rapid.T) *format.CallList {
	l := &format.CallList{Rules: format.CallRules{
		Absent:     rapid.SampledFrom([]string{format.SkipAbsent, format.FallbackAbsent, format.LastAbsent}).Draw(rt, "absent"),
		Completion: rapid.Bool().Draw(rt, "completion"),
	}}
	var ids []string
	for p := range rapid.IntRange(1, 4).Draw(rt, "posts") {
		one := format.CallPost{ID: "p" + strconv.Itoa(p), Seats: rapid.IntRange(0, 2).Draw(rt, "seats"), Kind: format.SimplePost}
		if p >= 2 && rapid.IntRange(0, 2).Draw(rt, "kind") > 0 {
			one.Kind = rapid.SampledFrom([]string{format.CoupledPost, format.MixedPost}).Draw(rt, "linked")
			one.Linked = []string{"p0", "p1"}
			if one.Kind == format.CoupledPost {
				one.Linked = one.Linked[rapid.IntRange(0, 1).Draw(rt, "links"):]
			}
		}
		ids = append(ids, one.ID)
		l.Posts = append(l.Posts, one)
	}
	for c := range rapid.IntRange(0, 4).Draw(rt, "candidates") {
		one := format.CallCandidate{ID: "c" + strconv.Itoa(c), Favourites: rapid.Permutation(ids).Draw(rt, "favourites")}
		one.Favourites = one.Favourites[:rapid.IntRange(0, len(ids)).Draw(rt, "some")]
		for _, id := range ids {
			if rapid.IntRange(0, 3).Draw(rt, "barred") == 0 {
				one.Barred = append(one.Barred, format.Bar{Post: id, Rule: "rule"})
			}
		}
		l.Candidates = append(l.Candidates, one)
	}
	return l
}

// drawEvent draws the next call, or what the current person does, more often than
// anything else.
func drawEvent(rt *rapid.T, l *format.CallList, s *calllist.Sitting) format.Event {
	e := format.Event{Actor: "chair", At: "now"}
	state := s.State()
	candidates, posts := []string{"c9"}, []string{}
	for _, c := range l.Candidates {
		candidates = append(candidates, c.ID)
	}
	for _, p := range l.Posts {
		posts = append(posts, p.ID)
	}
	e.Candidate = rapid.SampledFrom(candidates).Draw(rt, "candidate")
	switch {
	case rapid.IntRange(0, 3).Draw(rt, "odd") == 0:
		e.Type = rapid.SampledFrom([]string{
			format.OpenEvent, format.CloseEvent, format.PauseEvent, format.ResumeEvent, format.Call, format.Take, format.Pass,
			format.AbsentEvent, format.Release, format.Block, format.Unblock, format.Undo, format.Undo,
		}).Draw(rt, "type")
	case state.Phase == format.Prepared:
		e.Type = format.OpenEvent
	case state.Phase == format.Paused:
		e.Type = format.ResumeEvent
	case state.Current != "":
		e.Type = rapid.SampledFrom([]string{format.Take, format.Take, format.ProxyTake, format.FallbackTake, format.Pass, format.AbsentEvent}).Draw(rt, "turn")
		e.Candidate = state.Current
	case len(state.Skipped) > 0 && rapid.Bool().Draw(rt, "recall"):
		e.Type, e.Candidate, e.Recall = format.Call, state.Skipped[0], true
	case len(state.Waiting) > 0:
		e.Type, e.Candidate = format.Call, state.Waiting[0]
	default:
		e.Type = format.Release
	}
	switch e.Type {
	case format.Take, format.ProxyTake, format.FallbackTake, format.Block, format.Unblock:
		e.Post = rapid.SampledFrom(posts).Draw(rt, "post")
	case format.Undo:
		e.To = rapid.IntRange(0, len(s.Events())+1).Draw(rt, "to")
	case format.Call:
		e.Recall = e.Recall || rapid.IntRange(0, 9).Draw(rt, "odd recall") == 0
	}
	if e.Type == format.ProxyTake {
		e.By = "proxy"
	}
	if e.Type == format.Release {
		e.Reason = "reason"
	}
	about := []string{format.Call, format.Take, format.ProxyTake, format.FallbackTake, format.Pass, format.AbsentEvent, format.Release}
	if !slices.Contains(about, e.Type) {
		e.Candidate = ""
	}
	return e
}
