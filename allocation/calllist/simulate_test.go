package calllist_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
)

// With simple posts and without the completion rule, choosing by favourites is serial
// placement: package assign, which shares no code with this one, places everybody alike.
func TestASimulationIsSerialPlacement(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := randomList(t)
		l.Rules.Completion = false
		in := &format.Instance{Method: format.Serial}
		var simple []format.CallPost
		for _, p := range l.Posts {
			if p.Kind == format.SimplePost {
				simple = append(simple, p)
				in.Posts = append(in.Posts, format.Post{ID: p.ID, Seats: p.Seats})
			}
		}
		l.Posts = simple
		for i := range l.Candidates {
			c := &l.Candidates[i]
			var bars []format.Bar
			barred := map[string]string{}
			for _, bar := range c.Barred {
				if postIDs(l)[bar.Post] {
					bars = append(bars, bar)
					barred[bar.Post] = bar.Rule
				}
			}
			var favourites []string
			student := format.Student{ID: c.ID, Wishes: []format.Wish{}, Weight: 1}
			for _, p := range c.Favourites {
				if postIDs(l)[p] {
					favourites = append(favourites, p)
					student.Wishes = append(student.Wishes, format.Wish{Post: p, Barred: barred[p]})
				}
			}
			c.Barred, c.Favourites = bars, favourites
			in.Students = append(in.Students, student)
		}
		r, err := assign.Solve(in)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, a := range r.Assignments {
			if a.Post != "" {
				want = append(want, a.Student+" "+a.Post)
			}
		}
		if got := placements(calllist.Simulate(l)); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("simulated %v, served %v", got, want)
		}
	})
}

// The files of the worked cases are those of the cases of the office, and their
// states are what SolveFile answers, to the byte.
func TestWorkedFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"c2", "c2-live"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := "../testdata/calllist/" + name
			c := readCase(t, base+".txt")
			s := calllist.Start(&c.list)
			for _, line := range c.sections["events"] {
				if err := play(s, line); err != nil {
					t.Fatal(err)
				}
			}
			c.list.Events = s.Events()
			compareFile(t, base+".calllist.json", c.list.Bytes())
			state, err := calllist.SolveFile(c.list.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			compareFile(t, base+".state.json", state)
		})
	}
}

func compareFile(t *testing.T, file string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s (%v) should be\n%s", file, err, want)
	}
}

func TestSolveFileRefuses(t *testing.T) {
	t.Parallel()
	l := twoWards()
	s := calllist.Start(l)
	for _, line := range []string{"open", "call ana"} {
		if err := play(s, line); err != nil {
			t.Fatal(err)
		}
	}
	l.Events = s.Events()
	good := string(l.Bytes())
	tests := []struct{ name, file, want string }{
		{"what is no JSON", "{", "$: found the end of the file at line 1, column 2, expected a key in double quotes"},
		{"a post that nobody declared", strings.Replace(good, `"favourites":[],"id":"bo"`, `"favourites":["G9"],"id":"bo"`, 1),
			`$.candidates[1].favourites[0]: found "G9", expected the id of a post of this file`},
		{"a log that was touched", strings.Replace(good, `"actor":"chair"`, `"actor":"ana"`, 1), "event 1, open: its hash is not that of its content"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := calllist.SolveFile([]byte(tt.file)); say(err) != tt.want {
				t.Errorf("got %q, expected %q", say(err), tt.want)
			}
		})
	}
}
