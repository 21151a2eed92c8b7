package calllist_test

import (
	"fmt"
	"testing"

	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
)

// A million choices, each of two events: the sitting is built again from its log, every
// hash verified.
func BenchmarkReplayMillion(b *testing.B) {
	l := longLog(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		s, err := calllist.Replay(l)
		if err != nil {
			b.Fatal(err)
		}
		if _, waits := s.Next(); waits {
			b.Fatal("somebody still waits")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/choice")
}

// A sitting of a thousand, with the completion rule, from the favourites.
func BenchmarkSimulateWithCompletion(b *testing.B) {
	l := &format.CallList{Rules: format.CallRules{Absent: format.SkipAbsent, Completion: true}}
	const people = 1000
	for i := range people + people/10 {
		l.Posts = append(l.Posts, format.CallPost{ID: fmt.Sprint("G", i), Seats: 1, Kind: format.SimplePost})
	}
	for i := range people {
		c := format.CallCandidate{ID: fmt.Sprint("I", i)}
		for k := range 20 {
			c.Favourites = append(c.Favourites, fmt.Sprint("G", (i*7+k*k*31)%1100))
			c.Barred = append(c.Barred, format.Bar{Post: fmt.Sprint("G", (i*13+k*29)%1100), Rule: "done"})
		}
		l.Candidates = append(l.Candidates, c)
	}
	for b.Loop() {
		calllist.Simulate(l)
	}
}

func longLog(choices int) *format.CallList {
	l := &format.CallList{Rules: format.CallRules{Absent: format.SkipAbsent}}
	for p := range choices / 4 {
		l.Posts = append(l.Posts, format.CallPost{ID: fmt.Sprintf("G%06d", p), Seats: 4, Kind: format.SimplePost})
	}
	for i := range choices {
		l.Candidates = append(l.Candidates, format.CallCandidate{ID: fmt.Sprintf("I%07d", i)})
	}
	s := calllist.Start(l)
	happens := func(e format.Event) {
		e.Actor, e.At = "chair", "2026-03-24T13:00:00Z"
		if err := s.Apply(s.Seal(e)); err != nil {
			panic(err)
		}
	}
	happens(format.Event{Type: format.OpenEvent})
	for i := range choices {
		id := l.Candidates[i].ID
		happens(format.Event{Type: format.Call, Candidate: id})
		happens(format.Event{Type: format.Take, Candidate: id, Post: l.Posts[i*7919%len(l.Posts)].ID})
	}
	l.Events = s.Events()
	return l
}
