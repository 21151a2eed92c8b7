package calllist_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
)

// A case is a file that an office could write: the list, then, after lines
// "-- section --", what happens and what must come out. Blank lines and lines that
// begin with # are for the reader.
//
//	rules absent fallback [completion]
//	post G03 1 [coupled G02] [mixed G01 G02]
//	candidate I02 [barred G03 phase]: G01 G02
//	-- events --
//	take I02 G01            must be allowed
//	take I03 G01 ! full G01 must be refused, and why
//	? next I03              a question, and its answer
type Case struct {
	list     format.CallList
	sections map[string][]string
}

func readCase(t *testing.T, file string) *Case {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := &Case{sections: map[string][]string{}}
	section := ""
	for n, line := range strings.Split(string(data), "\n") {
		line = strings.Join(strings.Fields(line), " ")
		name, isSection := strings.CutPrefix(line, "-- ")
		switch {
		case line == "" || line[0] == '#':
		case isSection:
			section = strings.TrimSuffix(name, " --")
			c.sections[section] = nil
		case section != "":
			c.sections[section] = append(c.sections[section], line)
		default:
			if err := c.line(line); err != nil {
				t.Fatalf("%s:%d: %v", file, n+1, err)
			}
		}
	}
	if err := c.list.Check(); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return c
}

func (c *Case) line(line string) (err error) {
	before, after, _ := strings.Cut(line, ":")
	words := strings.Fields(before)
	switch words[0] {
	case "rules":
		c.list.Rules = format.CallRules{Absent: words[2], Completion: len(words) > 3}
	case "post":
		p := format.CallPost{ID: words[1], Kind: format.SimplePost}
		if p.Seats, err = strconv.Atoi(words[2]); err != nil {
			return err
		}
		if len(words) > 3 {
			p.Kind, p.Linked = words[3], words[4:]
		}
		c.list.Posts = append(c.list.Posts, p)
	case "candidate":
		one := format.CallCandidate{ID: words[1], Favourites: strings.Fields(after)}
		for i := 2; i < len(words); i += 3 {
			one.Barred = append(one.Barred, format.Bar{Post: words[i+1], Rule: words[i+2]})
		}
		c.list.Candidates = append(c.list.Candidates, one)
	default:
		return fmt.Errorf("unknown line %q", line)
	}
	return nil
}

func TestCasesOfTheOffice(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/calllist/*.txt")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %d cases (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			c := readCase(t, file)
			s := calllist.Start(&c.list)
			for _, line := range c.sections["events"] {
				if err := play(s, line); err != nil {
					t.Errorf("%s: %v", line, err)
				}
			}
			compare(t, c, "state", stateLines(s.State()))
			compare(t, c, "cancelled", cancelled(s))
			end := calllist.Simulate(&c.list)
			compare(t, c, "simulation", placements(end))
			compare(t, c, "without", end.Without)
			compare(t, c, "left", left(end))
			again := c.list
			again.Events = s.Events()
			r, err := calllist.Replay(&again)
			if err != nil {
				t.Fatalf("played again: %v", err)
			}
			if got, want := bytesOf(r), bytesOf(s); got != want {
				t.Errorf("played again, it stands at\n%s\nnot at\n%s", got, want)
			}
		})
	}
}

func compare(t *testing.T, c *Case, section string, got []string) {
	t.Helper()
	if want, given := c.sections[section]; given && strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s is\n%s\nexpected\n%s", section, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// play plays one line of a section of events.
func play(s *calllist.Sitting, line string) error {
	if question, asked := strings.CutPrefix(line, "? "); asked {
		what, want, _ := strings.Cut(question, " ")
		if got := answer(s, what, want); got != want {
			return fmt.Errorf("the answer is %q", got)
		}
		return nil
	}
	line, want, _ := strings.Cut(line, " ! ")
	e := parse(line)
	e.At = fmt.Sprintf("2026-03-24T13:%02d:%02dZ", len(s.Events())/4, len(s.Events())%4*15)
	err := s.Apply(s.Seal(e))
	if got := why(err); got != want {
		return fmt.Errorf("refused because %q (%w), expected %q", got, err, want)
	}
	return nil
}

// parse makes an event of words; missing ones stay empty.
func parse(line string) format.Event {
	words := append(strings.Fields(line), "", "", "", "")
	e := format.Event{Type: words[0], Actor: "chair", At: "now"}
	switch e.Type {
	case format.Undo:
		e.To, _ = strconv.Atoi(words[1])
	case format.Block, format.Unblock:
		e.Post = words[1]
	case format.Release:
		e.Candidate, e.Reason = words[1], "mistake"
	case format.Call:
		e.Candidate, e.Recall = words[1], words[2] == "recall"
	case format.Pass, format.AbsentEvent:
		e.Candidate = words[1]
	case format.Take, format.FallbackTake:
		e.Candidate, e.Post = words[1], words[2]
	case format.ProxyTake:
		e.Candidate, e.Post, e.By = words[1], words[2], words[4]
	}
	if e.Type == format.Take && e.Candidate != "" {
		e.Actor = e.Candidate
	}
	return e
}

// events makes an event of each line.
func events(script string) (all []format.Event) {
	for line := range strings.Lines(script) {
		all = append(all, parse(line))
	}
	return all
}

// why returns the reason of a refusal with its details, "" without one.
func why(err error) string {
	if err == nil {
		return ""
	}
	r, ok := errors.AsType[*calllist.Refusal](err)
	if !ok {
		return err.Error()
	}
	words := []string{string(r.Why)}
	for _, detail := range append([]string{r.Rule, r.Post}, r.Who...) {
		if detail != "" {
			words = append(words, detail)
		}
	}
	return strings.Join(words, " ")
}

func answer(s *calllist.Sitting, what, want string) string {
	who, _, _ := strings.Cut(want, " ")
	switch what {
	case "next":
		next, _ := s.Next()
		return next
	case "waiting":
		return strings.Join(s.State().Waiting, " ")
	case "placed", "forecast":
		state := s.State()
		if what == "forecast" {
			state = s.Forecast()
		}
		for _, p := range state.Placements {
			if p.Candidate == who {
				return who + " " + p.Post
			}
		}
	case "outlook":
		who = strings.TrimSuffix(who, ":")
		o, _ := s.Outlook(who)
		var parts []string
		for _, part := range []struct {
			name  string
			posts []string
		}{{"certain", o.Certain}, {"possible", o.Possible}, {"gone", o.Gone}} {
			if len(part.posts) > 0 {
				parts = append(parts, part.name+" "+strings.Join(part.posts, " "))
			}
		}
		return who + ": " + strings.Join(parts, "; ")
	}
	return "nothing"
}

func stateLines(state format.SittingState) []string {
	lines := []string{"phase " + state.Phase}
	add := func(name string, ids []string) {
		if len(ids) > 0 {
			lines = append(lines, name+" "+strings.Join(ids, " "))
		}
	}
	if state.Current != "" {
		add("current", []string{state.Current})
	}
	for _, line := range placements(state) {
		lines = append(lines, "placed "+line)
	}
	add("waiting", state.Waiting)
	add("skipped", state.Skipped)
	add("without", state.Without)
	for _, p := range state.Posts {
		if p.Left > 0 {
			lines = append(lines, "left "+p.Post+" "+p.Left.String())
		}
	}
	for _, p := range state.Posts {
		if p.Blocked {
			lines = append(lines, "blocked "+p.Post)
		}
	}
	return lines
}

func placements(state format.SittingState) []string {
	var lines []string
	for _, p := range state.Placements {
		lines = append(lines, p.Candidate+" "+p.Post)
	}
	return lines
}

func left(state format.SittingState) []string {
	var ids []string
	for _, p := range state.Posts {
		if p.Left > 0 {
			ids = append(ids, p.Post)
		}
	}
	return ids
}

func cancelled(s *calllist.Sitting) []string {
	standing := s.Standing()
	var numbers []string
	for n := 1; n <= len(s.Events()); n++ {
		if !slices.Contains(standing, n) {
			numbers = append(numbers, strconv.Itoa(n))
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	return []string{strings.Join(numbers, " ")}
}

// bytesOf returns the bytes of the state and the numbers of the events that count.
func bytesOf(s *calllist.Sitting) string {
	state := s.State()
	return string(state.Bytes()) + fmt.Sprint(s.Standing())
}
