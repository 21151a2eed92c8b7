package campaign

import (
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/reference"
)

func wishes(codes string) []Wish {
	list := []Wish{}
	for _, field := range strings.Fields(codes) {
		post, secondary, _ := strings.Cut(field, "+")
		list = append(list, Wish{post, secondary})
	}
	return list
}

func TestWhatAListMayHold(t *testing.T) {
	t.Parallel()
	c := Campaign{Name: "C", MaxWishes: 3}
	posts := map[string]Post{
		"A": {Code: "A"}, "B": {Code: "B"}, "C": {Code: "C"}, "D": {Code: "D"},
		"shut": {Code: "shut", Closed: true}, "S": {Code: "S", Secondary: true},
	}
	tests := []struct {
		name, before, after string
		want                string // the sentence of the refusal; "" for none
	}{
		{"an empty list", "A", "", ""},
		{"as many as allowed", "", "A B C", ""},
		{"one too many", "", "A B C D", "wishes.toomany"},
		{"a post twice", "", "A B A", "wishes.twice"},
		{"a post of nowhere", "", "A Z", "wishes.unknownpost"},
		{"a post with a secondary", "", "A+S B+S", ""},
		{"a secondary post alone", "", "S", "wishes.onlysecondary"},
		{"a main post as secondary", "", "A+B", "wishes.notsecondary"},
		{"a secondary of nowhere", "", "A+Z", "wishes.notsecondary"},
		{"a post closed to wishes", "", "shut", "wishes.postclosed"},
		{"a post closed since it was listed", "A shut", "shut A", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := checkList(c, posts, wishes(tt.before), wishes(tt.after))
			if (err == nil) != (tt.want == "") || (err != nil && !fault.Has(err, tt.want)) {
				t.Errorf("before %q, after %q: got %v, want %q", tt.before, tt.after, err, tt.want)
			}
		})
	}
}

func TestTheFirstRuleThatForbidsIsTold(t *testing.T) {
	t.Parallel()
	second, third := reference.Ref{ID: 2, Name: "DFASM2"}, reference.Ref{ID: 3}
	tests := []struct {
		name string
		post Post
		want Rule
	}{
		{"nothing forbids", Post{Site: reference.Ref{ID: 1}, ClosedLevels: []reference.Ref{third}}, ""},
		{"closed to wishes", Post{Site: reference.Ref{ID: 1}, Closed: true}, RuleClosedToWishes},
		{"a level that is not taken", Post{Site: reference.Ref{ID: 1}, ClosedLevels: []reference.Ref{third, second}}, RuleLevel},
		{"already done", Post{Site: reference.Ref{ID: 9}}, RuleAlreadyDone},
		{"closed comes first", Post{Site: reference.Ref{ID: 9}, Closed: true}, RuleClosedToWishes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := Background{Level: second, Done: map[int64]Past{9: {"S1", "2025-10-06", "2026-03-06"}}}
			if got := Eligible(b, tt.post); got.Rule != tt.want {
				t.Errorf("got %q, want %q", got.Rule, tt.want)
			}
		})
	}
}

func TestSurprisingSeatsNeedASecondPerson(t *testing.T) {
	t.Parallel()
	tests := []struct {
		last, now int
		want      bool
	}{
		{10, 10, false}, {10, 13, false}, {10, 14, true}, {10, 7, false}, {10, 6, true},
		{100, 105, false}, {100, 106, true}, {0, 1, true}, {0, 0, false}, {2, 3, true},
	}
	for _, tt := range tests {
		if got := (Post{Seats: tt.now, Last: &LastYear{Seats: tt.last}}).Surprising(); got != tt.want {
			t.Errorf("%d seats last year, %d now: got %v", tt.last, tt.now, got)
		}
	}
	if (Post{Seats: 50}).Surprising() {
		t.Error("a new site surprises nobody")
	}
	post := Post{Seats: 4, AgreedSeats: 4, AgreedBy: "Paul", setBy: 7}
	if !post.Agreed() || post.MayAgree(7) || !post.MayAgree(8) || post.MayAgree(0) {
		t.Error("the one who set the seats is not the second person")
	}
	if post.Seats = 5; post.Agreed() {
		t.Error("an agreement holds for the number that was agreed to")
	}
}

func TestWishesEndAtTheInstantOfTheDeadline(t *testing.T) {
	t.Parallel()
	closes := time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC)
	for _, phase := range Phases {
		for _, away := range []time.Duration{-time.Hour, -time.Microsecond, 0, time.Second} {
			c := Campaign{Phase: phase, ClosesAt: closes}
			want := phase == Open && away < 0
			if got := c.CheckWishes(closes.Add(away)) == nil; got != want {
				t.Errorf("%s, %v from the deadline: accepted %v", phase, away, got)
			}
		}
	}
}

func TestEachActionHasItsPhases(t *testing.T) {
	t.Parallel()
	const table = `
		           draft open closed proposed confirmed published archived
		parameters   x
		posts        x    x
		order        x
		exclude      x    x     x
		correction   x    x     x
		deadline          x
		late                    x
		run                     x       x
		decide                          x
		publish                                   x
	`
	lines := strings.Split(strings.Trim(table, "\n\t "), "\n")
	phases := strings.Fields(lines[0])
	header := "\t\t           " + lines[0]
	known := map[Action]bool{}
	for _, stage := range kinds[RankedWishes] {
		for _, action := range stage.may {
			known[action] = true
		}
	}
	if len(lines)-1 != len(known) {
		t.Errorf("%d actions in the table, %d in the code", len(lines)-1, len(known))
	}
	for _, line := range lines[1:] {
		action := Action(strings.Fields(line)[0])
		for _, phase := range phases {
			at := strings.Index(header, phase)
			cell := line[min(at, len(line)):min(at+len(phase), len(line))]
			want := strings.Contains(cell, "x")
			if got := (Campaign{Kind: RankedWishes, Phase: Phase(phase)}).Allows(action) == nil; got != want {
				t.Errorf("%s when %s: allowed %v", action, phase, got)
			}
		}
	}
}

// Every kind goes through its phases in the order of all, so that what a phase has
// reached is the same for each.
func TestKindsKeepTheOrderOfPhases(t *testing.T) {
	t.Parallel()
	for kind := range kinds {
		phases := kind.Phases()
		if !slices.IsSortedFunc(phases, func(p, q Phase) int { return slices.Index(Phases, p) - slices.Index(Phases, q) }) || phases[0] != Draft {
			t.Errorf("%s goes through %v", kind, phases)
		}
	}
	if got := Kind("unknown"); got.Phases() == nil && got.after(Draft) != "" {
		t.Error("a kind without a table goes somewhere")
	}
}

func TestPhasesFollowOneAnother(t *testing.T) {
	t.Parallel()
	for i, phase := range Phases {
		next := Campaign{Kind: RankedWishes, Phase: phase}.NextPhase()
		if i+1 < len(Phases) && next != Phases[i+1] {
			t.Errorf("after %s comes %s", phase, next)
		}
		if !phase.Reached(Draft) || !phase.Reached(phase) || (phase != Archived && phase.Reached(Archived)) {
			t.Errorf("what %s has reached", phase)
		}
	}
	if (Campaign{Kind: RankedWishes, Phase: Archived}).NextPhase() != "" {
		t.Error("something comes after the end")
	}
}

func TestTheReminderOfTheHour(t *testing.T) {
	t.Parallel()
	closes := time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC)
	c := Campaign{ClosesAt: closes, Reminders: []int{72, 24, 3}}
	for before, want := range map[time.Duration]int{
		73 * time.Hour: 0, 72 * time.Hour: 72, 25 * time.Hour: 72, 24 * time.Hour: 24, 4 * time.Hour: 24,
		3 * time.Hour: 3, time.Second: 3, 0: 0, -time.Hour: 0,
	} {
		if got := remindHour(c, closes.Add(-before)); got != want {
			t.Errorf("%v before closing: got %d, want %d", before, got, want)
		}
	}
}
