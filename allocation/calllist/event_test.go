package calllist_test

import (
	"strings"
	"testing"

	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
)

// ward is a sitting with a post of each kind.
func ward(absent string) *format.CallList {
	return &format.CallList{
		Rules: format.CallRules{Absent: absent},
		Posts: []format.CallPost{
			{ID: "A", Seats: 1, Kind: format.SimplePost}, {ID: "B", Seats: 1, Kind: format.SimplePost}, {ID: "Z", Kind: format.SimplePost},
			{ID: "C", Seats: 1, Kind: format.CoupledPost, Linked: []string{"A"}},
			{ID: "M", Seats: 1, Kind: format.MixedPost, Linked: []string{"A", "B"}},
		},
		Candidates: []format.CallCandidate{
			{ID: "ana", Favourites: []string{"Z", "A"}},
			{ID: "bo", Favourites: []string{"A"}, Barred: []format.Bar{{Post: "A", Rule: "done"}}},
			{ID: "cy"},
		},
	}
}

// Each line of the table of docs/algorithms/call-list.md, allowed and not.
func TestEachEventIsAllowedWhenThePageSaysSo(t *testing.T) {
	t.Parallel()
	const opened, current, taken = "open", "open;call ana", "open;call ana;take ana A"
	tests := []struct{ before, event, want string }{
		{"", "open", ""},
		{opened, "open", "phase"},
		{"open;pause", "open", "phase"},
		{"open;close", "open", "phase"},

		{opened, "close", ""},
		{"open;pause", "close", ""},
		{"", "close", "phase"},
		{"open;close", "close", "phase"},
		{current, "close", "busy ana"},
		{current + ";pause", "close", "busy ana"},

		{opened, "pause", ""},
		{current, "pause", ""},
		{"", "pause", "phase"},
		{"open;pause", "pause", "phase"},
		{"open;close", "pause", "phase"},
		{"open;pause", "resume", ""},
		{opened, "resume", "phase"},
		{"", "resume", "phase"},

		{opened, "call ana", ""},
		{"", "call ana", "phase"},
		{"open;pause", "call ana", "phase"},
		{"open;close", "call ana", "phase"},
		{opened, "call bo", "not-first ana"},
		{current, "call ana", "busy ana"},
		{current, "call bo", "busy ana"},
		{taken, "call ana", "not-waiting"},
		{current + ";absent ana", "call ana", "not-waiting"},
		{current + ";absent ana", "call ana recall", ""},
		{current + ";absent ana;call bo", "call ana recall", "busy bo"},
		{opened, "call ana recall", "not-skipped"},
		{opened, "call zoe", "unknown"},
		{current + ";pass ana", "call ana", "not-first bo"},

		{current, "take ana A", ""},
		{current, "proxy-take ana A by omar", ""},
		{current, "fallback-take ana B", ""},
		{current, "take bo A", "not-current ana"},
		{opened, "take ana A", "not-current"},
		{current + ";pause", "take ana A", "phase"},
		{current + ";pause;resume", "take ana A", ""},
		{current, "take ana X", "unknown"},
		{current, "take ana Z", "full Z"},
		{current, "take ana C", ""},
		{current, "take ana M", ""},
		{taken + ";call bo", "take bo C", "full A"},
		{taken + ";call bo", "take bo M", "full A"},
		{taken + ";call bo", "proxy-take bo A by omar", "full A"},
		{"open;call ana;take ana M;call bo", "take bo B", "full B"},
		{"open;call ana;take ana C;call bo", "take bo A", "full A"},
		{"block A;" + current, "take ana A", "blocked A"},
		{"block A;" + current, "take ana C", "blocked A"},
		{"block A;" + current, "take ana M", "blocked A"},
		{"block A;" + current, "fallback-take ana A", "blocked A"},
		{"block M;" + current, "take ana A", ""},
		{"block A;unblock A;" + current, "take ana A", ""},
		{"open;call ana;take ana B;call bo", "take bo A", "barred done A"},
		{"open;call ana;pass ana;call bo", "take bo C", "barred done A"},
		{"open;call ana;pass ana;call bo", "take bo M", "barred done A"},
		{"open;call ana;pass ana;call bo", "take bo B", ""},

		{current, "pass ana", ""},
		{current, "pass bo", "not-current ana"},
		{opened, "pass ana", "not-current"},
		{current + ";pause", "pass ana", "phase"},
		{current, "absent ana", ""},
		{current, "absent bo", "not-current ana"},
		{current + ";pause", "absent ana", "phase"},

		{taken, "release ana", ""},
		{taken + ";call bo", "release ana", ""},
		{taken + ";pause", "release ana", "phase"},
		{taken + ";close", "release ana", "phase"},
		{opened, "release ana", "not-placed"},
		{current, "release ana", "not-placed"},

		{"", "block A", ""},
		{"block A", "block A", ""},
		{"", "unblock A", ""},
		{current, "block A", ""},
		{"open;pause", "block A", ""},
		{"open;pause", "unblock A", ""},
		{"open;close", "block A", "phase"},
		{"open;close", "unblock A", "phase"},
		{"", "block X", "unknown"},

		{"", "undo 0", ""},
		{"", "undo 1", "no-event"},
		{taken, "undo 3", ""},
		{taken, "undo 4", "no-event"},
		{taken + ";pause", "undo 1", ""},
		{current, "undo 1", "busy ana"},
		{"open;close", "undo 1", "phase"},
	}
	for _, tt := range tests {
		t.Run(tt.before+" then "+tt.event, func(t *testing.T) {
			t.Parallel()
			s := calllist.Start(ward(format.SkipAbsent))
			for _, e := range events(strings.ReplaceAll(tt.before, ";", "\n")) {
				if err := s.Apply(s.Seal(e)); err != nil {
					t.Fatal(err)
				}
			}
			before := bytesOf(s)
			if got := why(s.Allowed(parse(tt.event))); got != tt.want {
				t.Errorf("beforehand, refused because %q, expected %q", got, tt.want)
			}
			err := s.Apply(s.Seal(parse(tt.event)))
			if got := why(err); got != tt.want {
				t.Errorf("refused because %q (%v), expected %q", got, err, tt.want)
			}
			if err != nil && bytesOf(s) != before {
				t.Errorf("refused, and changed\n%s\nto\n%s", before, bytesOf(s))
			}
		})
	}
}

func TestWhoDoesNotAnswerIsTreatedByTheRule(t *testing.T) {
	t.Parallel()
	tests := []struct{ absent, events, want string }{
		{"skip", "call ana;absent ana", "waiting bo cy; skipped ana"},
		{"last", "call ana;absent ana", "waiting bo cy ana"},
		{"last", "call ana;absent ana;call bo;absent bo;call cy;absent cy;call ana;absent ana", "waiting bo cy ana"},
		{"fallback", "call ana;absent ana", "placed ana A; waiting bo cy"},                                            // Z has no seat
		{"fallback", "block A;call ana;absent ana", "waiting bo cy; skipped ana"},                                     // nothing is left of the favourites
		{"fallback", "call ana;take ana B;call bo;absent bo", "placed ana B; waiting cy; skipped bo"},                 // barred from A
		{"fallback", "call ana;take ana B;call bo;pass bo;call cy;absent cy", "placed ana B; waiting bo; skipped cy"}, // no favourites
		{"skip", "call ana;absent ana;call ana recall;absent ana", "waiting bo cy; skipped ana"},
		{"skip", "call ana;absent ana;call ana recall;pass ana", "waiting bo cy ana"},
	}
	for _, tt := range tests {
		t.Run(tt.absent+" "+tt.events, func(t *testing.T) {
			t.Parallel()
			s := calllist.Start(ward(tt.absent))
			for _, e := range append(events("open"), events(strings.ReplaceAll(tt.events, ";", "\n"))...) {
				if err := s.Apply(s.Seal(e)); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, line := range stateLines(s.State())[1:] {
				if !strings.HasPrefix(line, "left") && !strings.HasPrefix(line, "blocked") {
					got = append(got, line)
				}
			}
			if got := strings.Join(got, "; "); got != tt.want {
				t.Errorf("got %s, expected %s", got, tt.want)
			}
		})
	}
}

// What a refusal tells people: what, which, why.
func TestARefusalSaysWhy(t *testing.T) {
	t.Parallel()
	tests := []struct{ before, event, want string }{
		{"", "call ana", "event 1, call ana: the sitting is prepared"},
		{"open", "call bo", "event 2, call bo: ana waits before"},
		{"open", "call zoe", "event 2, call zoe: the list has no such candidate or post"},
		{"open", "call ana recall", "event 2, call ana: ana was not skipped"},
		{"open", "take ana A", "event 2, take ana A: it is nobody's turn"},
		{"open;call ana", "take bo A", "event 3, take bo A: it is the turn of ana"},
		{"open;call ana", "close", "event 3, close: it is the turn of ana"},
		{"open;call ana", "take ana Z", "event 3, take ana Z: no seat that is needed is left at Z"},
		{"block A;open;call ana", "take ana C", "event 4, take ana C: A is blocked"},
		{"open;call ana;pass ana;call bo", "take bo C", "event 5, take bo C: the rule done bars A"},
		{"open;call ana;absent ana", "call ana", "event 4, call ana: ana does not wait"},
		{"open", "release ana", "event 2, release ana: ana is not placed"},
		{"open", "undo 7", "event 2, undo: there is no event 7 to go back to"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			s := calllist.Start(ward(format.SkipAbsent))
			for _, e := range events(strings.ReplaceAll(tt.before, ";", "\n")) {
				if err := s.Apply(s.Seal(e)); err != nil {
					t.Fatal(err)
				}
			}
			if got := say(s.Apply(s.Seal(parse(tt.event)))); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}
