package campaign

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

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

func codes(list []Wish) string {
	var fields []string
	for _, w := range list {
		fields = append(fields, w.Post)
	}
	return strings.Join(fields, " ")
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

func TestTheDifferenceOfTwoListsTellsWhatMoved(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, before, after, want string }{
		{"nothing", "A B", "A B", "A:1>1 B:2>2"},
		{"added in the middle", "A C", "A B C", "A:1>1 B:0>2 C:2>3"},
		{"removed", "A B C", "A C", "A:1>1 C:3>2 B:2>0"},
		{"the last to the top: one moved", "A B C", "C A B", "C:3>1! A:1>2 B:2>3"},
		{"swapped", "A B", "B A", "B:2>1 A:1>2!"},
		{"all at once", "A B C D", "D E B A", "D:4>1 E:0>2 B:2>3! A:1>4! C:3>0"},
		{"from nothing", "", "A", "A:0>1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range Diff(wishes(tt.before), wishes(tt.after)) {
				mark := ""
				if c.Moved {
					mark = "!"
				}
				got = append(got, fmt.Sprintf("%s:%d>%d%s", c.Post, c.From, c.To, mark))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%q to %q: got %q, want %q", tt.before, tt.after, got, tt.want)
			}
		})
	}
}

func TestMergingTwoListsKeepsWhatBothDid(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, base, mine, theirs, want string }{
		{"only mine changed", "A B", "B A", "A B", "B A"},
		{"only theirs added", "A B", "A B", "A C B", "A C B"},
		{"both added", "A B", "A B D", "C A B", "C A B D"},
		{"theirs removed", "A B C", "C B A", "A C", "C A"},
		{"mine removed", "A B C", "A C", "A B C", "A C"},
		{"both added the same", "A", "A B", "B A", "A B"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := codes(Merge(wishes(tt.base), wishes(tt.mine), wishes(tt.theirs))); got != tt.want {
				t.Errorf("base %q, mine %q, theirs %q: got %q, want %q", tt.base, tt.mine, tt.theirs, got, tt.want)
			}
		})
	}
}

func chain(lists ...string) []Version {
	var versions []Version
	previous := ""
	for i, list := range lists {
		v := Version{
			Number: i + 1, At: time.Date(2026, 3, 18, 20, 4, i, 1000, time.UTC), Author: 5, By: "Ines Baraka",
			Channel: FromPage, Wishes: wishes(list), Previous: previous,
		}
		v.Hash = v.hash("campaign", "E05")
		previous = v.Hash
		versions = append(versions, v)
	}
	return versions
}

func TestAWholeChainHolds(t *testing.T) {
	t.Parallel()
	if n := checkChain("campaign", "E05", chain("A", "A B", "", "B")); n != 0 {
		t.Errorf("version %d is said to be broken", n)
	}
}

// other returns another digit.
func other(digit byte) string {
	if digit == '0' {
		return "1"
	}
	return "0"
}

// Whatever is altered in a version, in whatever version, is seen there or right after.
func TestAnyAlterationBreaksTheChain(t *testing.T) {
	t.Parallel()
	alterations := map[string]func(*Version){
		"the wishes":           func(v *Version) { v.Wishes = wishes("Z") },
		"the order of wishes":  func(v *Version) { v.Wishes = wishes("B A") },
		"the time":             func(v *Version) { v.At = v.At.Add(time.Microsecond) },
		"the author":           func(v *Version) { v.Author++ },
		"the author's name":    func(v *Version) { v.By += "x" },
		"the channel":          func(v *Version) { v.Channel = FromImport },
		"the number":           func(v *Version) { v.Number++ },
		"one digit of a hash":  func(v *Version) { v.Hash = other(v.Hash[0]) + v.Hash[1:] },
		"the previous version": func(v *Version) { v.Previous = strings.Repeat("0", 64) },
		"the wishes and the hash": func(v *Version) {
			v.Wishes = wishes("Z")
			v.Hash = v.hash("campaign", "E05")
		},
	}
	for name, alter := range alterations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range 2 {
				versions := chain("A", "A B", "B")
				alter(&versions[i])
				if n := checkChain("campaign", "E05", versions); n == 0 || n > i+2 {
					t.Errorf("altered in version %d, seen in %d", i+1, n)
				}
			}
		})
	}
	if checkChain("campaign", "E06", chain("A")) == 0 || checkChain("another", "E05", chain("A")) == 0 {
		t.Error("a list of somebody else, or of another campaign, has the same hash")
	}
}

// A merge never invents a post, never repeats one, and loses none that either page
// has added.
func TestMergingLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := func(name string) []Wish {
			letters := rapid.SliceOfDistinct(rapid.SampledFrom(strings.Split("ABCDEFGH", "")), rapid.ID[string]).Draw(t, name)
			return wishes(strings.Join(letters, " "))
		}
		base, mine, theirs := list("base"), list("mine"), list("theirs")
		merged := Merge(base, mine, theirs)
		seen := map[Wish]bool{}
		for _, w := range merged {
			if seen[w] || (!slices.Contains(mine, w) && !slices.Contains(theirs, w)) {
				t.Fatalf("%s and %s merged to %s", codes(mine), codes(theirs), codes(merged))
			}
			seen[w] = true
		}
		for _, w := range slices.Concat(mine, theirs) {
			if !slices.Contains(base, w) && !seen[w] {
				t.Fatalf("%s was added and is lost: from %s, %s and %s merged to %s", w.Post, codes(base), codes(mine), codes(theirs), codes(merged))
			}
		}
	})
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
	if len(lines)-1 != len(allowed) {
		t.Errorf("%d actions in the table, %d in the code", len(lines)-1, len(allowed))
	}
	for _, line := range lines[1:] {
		action := Action(strings.Fields(line)[0])
		for _, phase := range phases {
			at := strings.Index(header, phase)
			cell := line[min(at, len(line)):min(at+len(phase), len(line))]
			want := strings.Contains(cell, "x")
			if got := (Campaign{Phase: Phase(phase)}).Allows(action) == nil; got != want {
				t.Errorf("%s when %s: allowed %v", action, phase, got)
			}
		}
	}
}

func TestPhasesFollowOneAnother(t *testing.T) {
	t.Parallel()
	for i, phase := range Phases {
		if i+1 < len(Phases) && phase.Next() != Phases[i+1] {
			t.Errorf("after %s comes %s", phase, phase.Next())
		}
		if !phase.Reached(Draft) || !phase.Reached(phase) || (phase != Archived && phase.Reached(Archived)) {
			t.Errorf("what %s has reached", phase)
		}
	}
	if Archived.Next() != "" {
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
