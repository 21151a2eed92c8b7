package calllist_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
)

// A log that somebody touched is refused, by Replay as by Apply, at the event that
// was touched or at the one after.
func TestALogThatWasTouchedIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		touch func(log []format.Event) []format.Event
		want  string
	}{
		{"nothing", func(log []format.Event) []format.Event { return log }, ""},
		{"another post", func(log []format.Event) []format.Event { log[2].Post = "G02"; return log },
			"event 3, take ana G02: its hash is not that of its content"},
		{"another time", func(log []format.Event) []format.Event { log[0].At = "later"; return log },
			"event 1, open: its hash is not that of its content"},
		{"another post, sealed again", func(log []format.Event) []format.Event {
			log[2].Post = "G02"
			log[2].Hash = log[2].Digest()
			return log
		}, "event 4, call bo: prev is not the hash of the event before"},
		{"another beginning", func(log []format.Event) []format.Event {
			log[0].Prev = log[1].Prev
			log[0].Hash = log[0].Digest()
			return log
		}, "event 1, open: prev is not the hash of the event before"},
		{"one event less", func(log []format.Event) []format.Event { return append(log[:2], log[3:]...) },
			"event 4, call bo: another number comes next"},
		{"two events exchanged", func(log []format.Event) []format.Event { log[1], log[2] = log[2], log[1]; return log },
			"event 3, take ana G01: another number comes next"},
		{"an event twice", func(log []format.Event) []format.Event { return append(log, log[4]) },
			"event 5, take bo G02: another number comes next"},
		{"neither sealed nor allowed", func(log []format.Event) []format.Event { log[4].Post = "G01"; return log },
			"event 5, take bo G01: its hash is not that of its content"},
		{"sealed, but not allowed", func(log []format.Event) []format.Event {
			log[4].Post = "G01"
			log[4].Hash = log[4].Digest()
			return log
		}, "event 5, take bo G01: no seat that is needed is left at G01"},
		{"without a reason", func(log []format.Event) []format.Event {
			log[4] = format.Event{N: 5, Type: format.Release, Candidate: "ana", Actor: "chair", At: "now", Prev: log[3].Hash}
			log[4].Hash = log[4].Digest()
			return log
		}, `$.reason: found nothing, expected a text of 1 to 256 bytes without control characters`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := twoWards()
			s := calllist.Start(l)
			for _, line := range []string{"open", "call ana", "take ana G01", "call bo", "take bo G02"} {
				if err := play(s, line); err != nil {
					t.Fatal(err)
				}
			}
			l.Events = tt.touch(append([]format.Event(nil), s.Events()...))
			_, err := calllist.Replay(l)
			if got := say(err); got != tt.want {
				t.Errorf("Replay says %q, expected %q", got, tt.want)
			}
			if got := say(oneByOne(l)); got != tt.want {
				t.Errorf("Apply says %q, expected %q", got, tt.want)
			}
		})
	}
}

func twoWards() *format.CallList {
	return &format.CallList{
		Rules:      format.CallRules{Absent: format.SkipAbsent},
		Posts:      []format.CallPost{{ID: "G01", Seats: 1, Kind: format.SimplePost}, {ID: "G02", Seats: 1, Kind: format.SimplePost}},
		Candidates: []format.CallCandidate{{ID: "ana"}, {ID: "bo"}},
	}
}

func say(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func oneByOne(l *format.CallList) error {
	s := calllist.Start(l)
	for _, e := range l.Events {
		if err := s.Apply(e); err != nil {
			return err
		}
	}
	return nil
}

// Long logs are verified in batches: whichever event is broken, the first is told.
func TestReplayNamesTheFirstBrokenEventOfALongLog(t *testing.T) {
	t.Parallel()
	l := &format.CallList{Rules: format.CallRules{Absent: format.LastAbsent}, Candidates: []format.CallCandidate{{ID: "ana"}}}
	s := calllist.Start(l)
	lines := []string{"open"}
	for range 2500 {
		lines = append(lines, "call ana", "absent ana")
	}
	for _, line := range lines {
		if err := play(s, line); err != nil {
			t.Fatal(err)
		}
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for broken := range 20 {
		touched := *l
		touched.Events = append([]format.Event(nil), s.Events()...)
		first := len(touched.Events) + 1
		for range broken % 4 {
			n := 1 + dice.IntN(len(touched.Events))
			touched.Events[n-1].At = "later"
			first = min(first, n)
		}
		want := ""
		if broken%4 > 0 {
			want = fmt.Sprintf("event %d, ", first)
		}
		if _, err := calllist.Replay(&touched); (err == nil) != (want == "") || !strings.HasPrefix(say(err), want) {
			t.Errorf("got %v, expected %q", err, want)
		}
	}
}

// A log as long as it may be, whatever is in it, is refused or accepted alike by
// Replay and by Apply, and leaves no sitting with a seat held twice.
func FuzzReplay(f *testing.F) {
	for _, script := range []string{
		"open\ncall C0\ntake C0 P0\ncall C1\npass C1\ncall C2\nabsent C2",
		"block P1\nopen\ncall C0\ntake C0 L0\nrelease C0\nundo 3\nclose",
		"open\ncall C0\nabsent C0\ncall C0 recall\nproxy-take C0 P0 by X\npause\nundo 2\nresume",
	} {
		f.Add(script, "skip", false)
		f.Add(script, "last", true)
		f.Add(script, "fallback", true)
	}
	f.Fuzz(func(t *testing.T, script, absent string, completion bool) {
		l := &format.CallList{
			Rules: format.CallRules{Absent: absent, Completion: completion},
			Posts: []format.CallPost{
				{ID: "P0", Seats: 1, Kind: format.SimplePost}, {ID: "P1", Seats: 1, Kind: format.SimplePost},
				{ID: "L0", Seats: 1, Kind: format.CoupledPost, Linked: []string{"P0"}},
				{ID: "M0", Seats: 1, Kind: format.MixedPost, Linked: []string{"P0", "P1"}},
			},
			Candidates: []format.CallCandidate{
				{ID: "C0", Favourites: []string{"M0"}}, {ID: "C1", Favourites: []string{"L0", "P1"}}, {ID: "C2"},
				{ID: "C3", Barred: []format.Bar{{Post: "P0", Rule: "done"}}},
			},
		}
		if l.Check() != nil {
			return
		}
		s, r := calllist.Start(l), newReference(l)
		for _, e := range events(script) {
			e = s.Seal(e)
			err := s.Apply(e)
			allowed := e.Check() == nil && knows(l, e) && r.allowed(e)
			if allowed != (err == nil) {
				t.Fatalf("%v: allowed %v, but %v", e, allowed, err)
			}
			if err != nil {
				continue
			}
			r.apply(e)
			if want := r.state(); stateOf(s) != string(want.Bytes()) {
				t.Fatalf("after %v it stands at\n%s\nexpected\n%s", e, stateOf(s), want.Bytes())
			}
		}
		l.Events = s.Events()
		again, err := format.ReadCallList(l.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		replayed, err := calllist.Replay(again)
		if err != nil || bytesOf(replayed) != bytesOf(s) {
			t.Fatalf("played again it is refused (%v), or stands elsewhere", err)
		}
	})
}
