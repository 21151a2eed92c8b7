package match_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// A case is a market that an office could write, and after the lines
// "-- section --" what must come out. Blank lines and lines that begin with # are
// for the reader; (x y) is a tie.
//
//	proposing posts
//	unranked last
//	ties lottery SEED
//	post A 2 [closed] [reserve G 1]: y (x z)
//	candidate x [group G]: A (B C)
//	fixed x A
func parse(text string) (*format.MatchInstance, map[string][]string, error) {
	in := &format.MatchInstance{Proposing: format.Candidates, Unranked: format.Refused}
	sections := map[string][]string{}
	section := ""
	for n, line := range strings.Split(text, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		name, isSection := strings.CutPrefix(line, "-- ")
		switch {
		case line == "" || line[0] == '#':
		case isSection:
			section = strings.TrimSuffix(name, " --")
			sections[section] = []string{}
		case section != "":
			sections[section] = append(sections[section], line)
		default:
			if err := parseLine(in, line); err != nil {
				return nil, nil, fmt.Errorf("line %d: %w", n+1, err)
			}
		}
	}
	return in, sections, in.Check()
}

func parseLine(in *format.MatchInstance, line string) error {
	before, after, _ := strings.Cut(line, ":")
	words, list := strings.Fields(before), ties(after)
	switch words[0] {
	case "proposing":
		in.Proposing = words[1]
	case "unranked":
		in.Unranked = words[1]
	case "ties":
		in.Ties = &format.Ties{Rule: words[1], Seed: words[2]}
	case "fixed":
		in.Fixed = append(in.Fixed, format.Pair{Candidate: words[1], Post: words[2]})
	case "candidate":
		one := format.MatchCandidate{ID: words[1], Wishes: list}
		if len(words) > 2 {
			one.Group = words[3]
		}
		in.Candidates = append(in.Candidates, one)
	case "post":
		p := format.MatchPost{ID: words[1], Ranking: list}
		var err error
		if p.Seats, err = strconv.Atoi(words[2]); err != nil {
			return err
		}
		for i, word := range words {
			switch word {
			case "closed":
				p.Closed = true
			case "reserve":
				seats, err := strconv.Atoi(words[i+2])
				if err != nil {
					return err
				}
				p.Reserved = append(p.Reserved, format.Reserve{Group: words[i+1], Seats: seats})
			}
		}
		in.Posts = append(in.Posts, p)
	default:
		return fmt.Errorf("unknown line %q", line)
	}
	return nil
}

func ties(text string) (list [][]string) {
	text = strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text)
	tied := false
	for _, word := range strings.Fields(text) {
		switch {
		case word == "(":
			list, tied = append(list, nil), true
		case word == ")":
			tied = false
		case tied:
			list[len(list)-1] = append(list[len(list)-1], word)
		default:
			list = append(list, []string{word})
		}
	}
	return list
}

func TestCasesOfTheOffice(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/match/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("found %d cases (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, sections, err := parse(string(text))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, in, sections)
		})
	}
}

// compare renders each section of a case from the result.
func compare(t *testing.T, in *format.MatchInstance, sections map[string][]string) {
	t.Helper()
	render := map[string]func(*format.MatchInstance) []string{
		"matches":         matches,
		"posts proposing": func(in *format.MatchInstance) []string { return matches(proposing(in, format.Posts)) },
		"seats":           seats,
		"reasons":         reasons,
		"blocking":        blocking,
		"ends":            ends,
		"needed":          needed,
		"statistics":      statistics,
	}
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		if render[name] == nil {
			t.Fatalf("unknown section %q", name)
		}
		got, want := render[name](in), sections[name]
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nexpected\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func proposing(in *format.MatchInstance, side string) *format.MatchInstance {
	other := *in
	other.Proposing = side
	return &other
}

func matches(in *format.MatchInstance) (lines []string) {
	r := match.Solve(in)
	for _, m := range r.Matches {
		line := m.Candidate + " " + m.Post
		if m.Wish > 0 {
			line += " wish " + strconv.Itoa(m.Wish)
		}
		if m.Fixed {
			line += " fixed"
		}
		lines = append(lines, line)
	}
	for _, id := range r.Unmatched {
		lines = append(lines, id+" -")
	}
	slices.Sort(lines)
	return lines
}

func seats(in *format.MatchInstance) (lines []string) {
	total := map[string]int{}
	for _, p := range in.Posts {
		total[p.ID] = p.Seats
	}
	for _, p := range match.Solve(in).Posts {
		line := fmt.Sprintf("%s %d of %d", p.Post, p.Filled, total[p.Post])
		if p.Cutoff > 0 {
			line += fmt.Sprintf(", cut-off %d", p.Cutoff)
		}
		for _, r := range p.Reserved {
			line += fmt.Sprintf(", %d for %s", r.Filled, r.Group)
			if r.Cutoff > 0 {
				line += fmt.Sprintf(" cut-off %d", r.Cutoff)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func reasons(in *format.MatchInstance) (lines []string) {
	list := map[string][]string{}
	for _, one := range in.Candidates {
		list[one.ID] = slices.Concat(one.Wishes...)
	}
	for _, r := range match.Solve(in).Reasons {
		post := r.Post
		if post == "" {
			post = list[r.Candidate][r.Wish-1]
		}
		outcome := r.Outcome
		if outcome == format.Cutoff {
			outcome = fmt.Sprintf("ranked %d, cut-off %d", r.Rank, r.Cutoff)
		}
		lines = append(lines, r.Candidate+" "+post+": "+outcome)
	}
	return lines
}

func blocking(in *format.MatchInstance) (lines []string) {
	for _, p := range match.Solve(in).Blocking {
		lines = append(lines, p.Candidate+" "+p.Post)
	}
	return lines
}

func ends(in *format.MatchInstance) (lines []string) {
	all, _ := match.Ends(in)
	for _, e := range all {
		switch {
		case !e.Only():
			lines = append(lines, e.Candidate+" "+e.Best+" to "+e.Worst)
		case e.Best == "":
			lines = append(lines, e.Candidate+" never")
		default:
			lines = append(lines, e.Candidate+" "+e.Best+" only")
		}
	}
	return lines
}

func needed(in *format.MatchInstance) (lines []string) {
	for _, one := range in.Candidates {
		for _, n := range match.Needed(in, one.ID) {
			line := fmt.Sprintf("%s %s: rank %d", one.ID, n.Post, n.Rank)
			if n.Rank == 0 {
				line = fmt.Sprintf("%s %s: no rank", one.ID, n.Post)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

func statistics(in *format.MatchInstance) []string {
	s := match.Solve(in).Statistics
	return []string{fmt.Sprintf("%d of %d placed, %d first wishes, %d within three, worst %d, sum %d",
		s.Placed, s.Candidates, s.FirstWish, s.WithinThree, s.WorstWish, s.WishSum)}
}
