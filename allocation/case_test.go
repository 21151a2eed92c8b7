package allocation_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/lottery"
)

// A case is a file that an office could write: who is there, what they asked
// for, and after the lines "-- section --" what must come out. Blank lines and
// lines that begin with # are for the reader.
//
//	method score-v2
//	seed S                 the order is by points, manual position and draw;
//	                       without it, by the order of the lines
//	costs 1 4 9            of the ranks, for equity
//	unplaced 50            of having no post, for equity
//	lottery S              the seed of a traded lottery
//	post T1 2 [closed] [secondary] [cost 12.5] [cost median]
//	group G1 [min 1] [max 3]: T1 T2
//	student E1 [points 4] [manual 2] [pinned T1] [weight 2]: T1 T2+S1 T3!rule / T4
//
// T2+S1 asks for the secondary post S1 beside T2; T3!rule is barred by a rule;
// T4, after the stroke, is a fallback. With the section "infeasible" there is no
// result, but this sentence.
type Case struct {
	instance   format.Instance
	candidates []assign.Candidate
	seed       string
	commitment string
	sections   map[string][]string
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
			c.sections[section] = []string{}
		case section != "":
			c.sections[section] = append(c.sections[section], line)
		default:
			if err := c.line(line); err != nil {
				t.Fatalf("%s:%d: %v", file, n+1, err)
			}
		}
	}
	if c.seed != "" {
		for _, p := range assign.Order(c.candidates, c.seed) {
			c.instance.Students[c.instance.Index().Student[p.ID]].Order = p.Effective
		}
	}
	return c
}

func (c *Case) line(line string) error {
	before, after, _ := strings.Cut(line, ": ")
	words := strings.Fields(strings.TrimSuffix(before, ":"))
	switch words[0] {
	case "method":
		c.instance.Method = words[1]
	case "seed":
		c.seed = words[1]
	case "commitment":
		c.commitment = words[1]
	case "costs":
		for _, word := range words[1:] {
			cost, err := strconv.ParseInt(word, 10, 64)
			if err != nil {
				return err
			}
			c.parameters().Costs = append(c.parameters().Costs, cost)
		}
	case "unplaced":
		cost, err := strconv.ParseInt(words[1], 10, 64)
		c.parameters().Unplaced = &cost
		return err
	case "lottery":
		c.parameters().Seed = words[1]
	case "post":
		return c.post(words[1:])
	case "group":
		return c.group(words[1:], strings.Fields(after))
	case "student":
		return c.student(words[1:], strings.Fields(after))
	default:
		return fmt.Errorf("unknown line %q", line)
	}
	return nil
}

func (c *Case) parameters() *format.Parameters {
	if c.instance.Parameters == nil {
		c.instance.Parameters = format.DefaultParameters()
	}
	return c.instance.Parameters
}

func (c *Case) group(words, posts []string) (err error) {
	g := format.Group{ID: words[0], Posts: posts, Max: format.NoCeiling}
	for i := 1; i+1 < len(words) && err == nil; i += 2 {
		bound := &g.Min
		if words[i] == "max" {
			bound = &g.Max
		}
		*bound, err = strconv.Atoi(words[i+1])
	}
	c.instance.Groups = append(c.instance.Groups, g)
	return err
}

func (c *Case) post(words []string) (err error) {
	p := format.Post{ID: words[0]}
	if p.Seats, err = strconv.Atoi(words[1]); err != nil {
		return err
	}
	for i, word := range words {
		switch word {
		case "closed":
			p.Closed = true
		case "secondary":
			p.Secondary = true
		case "median":
			p.Median = true
		case "cost":
			if words[i+1] != "median" {
				cost, err := format.ParseAmount(words[i+1])
				if err != nil {
					return err
				}
				p.Fixed = &cost
			}
		}
	}
	c.instance.Posts = append(c.instance.Posts, p)
	return nil
}

func (c *Case) student(words, wishes []string) (err error) {
	s := format.Student{ID: words[0]}
	candidate := assign.Candidate{ID: words[0]}
	for i := 1; i+1 < len(words); i += 2 {
		switch words[i] {
		case "points":
			s.Score, err = format.ParseAmount(words[i+1])
			candidate.Score = &s.Score
		case "manual":
			candidate.Manual, err = strconv.Atoi(words[i+1])
		case "pinned":
			s.Pinned = words[i+1]
		case "weight":
			s.Weight, err = strconv.Atoi(words[i+1])
		default:
			err = fmt.Errorf("unknown word %q", words[i])
		}
		if err != nil {
			return err
		}
	}
	if stroke := slices.Index(wishes, "/"); stroke >= 0 {
		wishes, s.Fallback = wishes[:stroke], wishes[stroke+1:]
	}
	for _, text := range wishes {
		text, rule, _ := strings.Cut(text, "!")
		post, secondary, _ := strings.Cut(text, "+")
		s.Wishes = append(s.Wishes, format.Wish{Post: post, Secondary: secondary, Barred: rule})
	}
	c.instance.Students = append(c.instance.Students, s)
	c.candidates = append(c.candidates, candidate)
	return nil
}

func TestCasesOfTheOffice(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %d cases (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			c := readCase(t, file)
			if c.commitment != "" && lottery.Commitment(c.seed) != c.commitment {
				t.Errorf("the commitment is %s", lottery.Commitment(c.seed))
			}
			instance := c.instance.Bytes()
			result, err := assign.SolveFile(instance)
			if want := c.sections["infeasible"]; want != nil {
				if none, ok := errors.AsType[*assign.Infeasible](err); !ok || none.Error() != strings.Join(want, " ") {
					t.Fatalf("got %v, expected %s", err, strings.Join(want, " "))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			report, err := check.Verify(instance, result)
			if err != nil || report.Failed != nil {
				t.Fatalf("the judge refuses it: %v, %v", err, report.Failed)
			}
			r, err := format.ReadResult(result)
			if err != nil {
				t.Fatal(err)
			}
			c.compare(t, r)
			checkMargins(t, &c.instance, r)
		})
	}
}

// compare renders each section of the case from the result.
func (c *Case) compare(t *testing.T, r *format.Result) {
	t.Helper()
	render := map[string]func(*format.Result) []string{
		"order":      c.order,
		"expect":     c.placements,
		"costs":      costs,
		"cut-offs":   c.cutOffs,
		"reasons":    reasons,
		"demand":     demand,
		"statistics": statistics,
		"positions":  c.positions,
		"margins":    c.margins,
		"chances":    c.chances,
		"changes":    c.changes,
		"prices":     prices,
		"levels":     levels,
		"shares":     shares,
	}
	for _, name := range slices.Sorted(maps.Keys(c.sections)) {
		if render[name] == nil {
			t.Fatalf("unknown section %q", name)
		}
		want, got := c.sections[name], render[name](r)
		for i := range max(len(want), len(got)) {
			line := func(lines []string) string {
				if i < len(lines) {
					return lines[i]
				}
				return "nothing"
			}
			if line(want) != line(got) {
				t.Errorf("%s, line %d: got %q, expected %q", name, i+1, line(got), line(want))
			}
		}
	}
}

func (c *Case) order(*format.Result) (lines []string) {
	for _, p := range assign.Order(c.candidates, c.seed) {
		lines = append(lines, fmt.Sprintf("%d %s %s", p.Effective, p.ID, p.Hash[:8]))
	}
	return lines
}

func (c *Case) placements(r *format.Result) (lines []string) {
	x := c.instance.Index()
	for _, a := range r.Assignments {
		post := a.Post
		if a.Secondary != "" {
			post += "+" + a.Secondary
		}
		switch {
		case a.Post == "":
			lines = append(lines, a.Student+" -")
		case c.instance.Students[x.Student[a.Student]].Pinned != "":
			lines = append(lines, fmt.Sprintf("%s %s, kept", a.Student, post))
		case a.Rank == 0:
			lines = append(lines, fmt.Sprintf("%s %s, fallback", a.Student, post))
		default:
			lines = append(lines, fmt.Sprintf("%s %s, wish %d", a.Student, post, a.Rank))
		}
	}
	return lines
}

func costs(r *format.Result) (lines []string) {
	for _, a := range r.Assignments {
		lines = append(lines, fmt.Sprintf("%s %v with bonus %v is %v", a.Student, a.Costs.PostCost, a.Costs.Bonus, a.Costs.Cost))
	}
	return append(lines, fmt.Sprintf("mean %v, deviation %v", r.Statistics.Cost.Mean, r.Statistics.Cost.Deviation))
}

func (c *Case) cutOffs(r *format.Result) (lines []string) {
	full := slices.DeleteFunc(slices.Clone(r.Posts), func(p format.PostResult) bool {
		return p.LastOrder == 0 || p.Filled < c.instance.Posts[c.instance.Index().Post[p.Post]].Seats
	})
	slices.SortFunc(full, func(x, y format.PostResult) int { return x.LastOrder - y.LastOrder })
	for _, p := range full {
		lines = append(lines, fmt.Sprintf("%s %d", p.Post, p.LastOrder))
	}
	return lines
}

func reasons(r *format.Result) (lines []string) {
	for _, reason := range r.Reasons {
		line := fmt.Sprintf("%s wish %d %s", reason.Student, reason.Wish, reason.Outcome)
		if reason.Wish == 0 {
			line = reason.Student + " " + reason.Outcome
		}
		if reason.LastOrder > 0 {
			line += fmt.Sprintf(" at %d", reason.LastOrder)
		}
		if reason.Rule != "" {
			line += " by " + reason.Rule
		}
		if reason.Group != "" {
			line += " of " + reason.Group
		}
		if len(reason.Students) > 0 {
			line += " for " + strings.Join(reason.Students, ", ")
		}
		lines = append(lines, line)
	}
	return lines
}

// prices renders those that are not 0.
func prices(r *format.Result) []string {
	return append(priceLines(r.Certificate.Dual), sumOf(r.Certificate.Dual))
}

func priceLines(d *format.Dual) (lines []string) {
	for _, p := range d.Posts {
		if p.Price != 0 {
			lines = append(lines, fmt.Sprintf("%s %d", p.Post, p.Price))
		}
	}
	for _, g := range d.Groups {
		if g.Floor != 0 {
			lines = append(lines, fmt.Sprintf("%s floor %d", g.Group, g.Floor))
		}
		if g.Ceiling != 0 {
			lines = append(lines, fmt.Sprintf("%s ceiling %d", g.Group, g.Ceiling))
		}
	}
	return lines
}

func sumOf(d *format.Dual) string { return fmt.Sprintf("sum %d", d.Objective) }

func levels(r *format.Result) (lines []string) {
	for i := range r.Certificate.Levels {
		l := &r.Certificate.Levels[i]
		line := fmt.Sprintf("rank %d: %d", l.Rank, l.Count)
		if l.Rank == 0 {
			line = fmt.Sprintf("without: %d", l.Count)
		}
		if paid := priceLines(&l.Dual); len(paid) > 0 {
			line += "; " + strings.Join(paid, ", ")
		}
		lines = append(lines, line+"; "+sumOf(&l.Dual))
	}
	return lines
}

func shares(r *format.Result) (lines []string) {
	l := r.Certificate.Lottery
	for n, before := range l.Before {
		lines = append(lines, fmt.Sprintf("%s %v, after %v, of %d", before.Student, before.Wishes, l.After[n].Wishes, l.Draws))
	}
	return lines
}

// changes renders what would have altered each wish that was missed.
func (c *Case) changes(r *format.Result) (lines []string) {
	for _, s := range c.instance.Students {
		for _, change := range assign.Explain(&c.instance, r, s.ID) {
			if change.Outcome != format.Full && change.Outcome != format.Completion {
				continue
			}
			line := fmt.Sprintf("%s %s", s.ID, s.Wishes[change.Wish-1].Post)
			switch {
			case change.Position > 0:
				line += fmt.Sprintf(" from position %d", change.Position)
			default:
				line += " at no position"
			}
			if change.Gives > 0 && change.Gives != change.Wish {
				line += ", but there " + s.Wishes[change.Gives-1].Post
			}
			if change.Weight > 0 {
				line += fmt.Sprintf(", with weight %d", change.Weight)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

func demand(r *format.Result) (lines []string) {
	for _, p := range r.Posts {
		lines = append(lines, fmt.Sprintf("%s %s, cost %v", p.Post, p.Worth.Demand, p.Worth.PostCost))
	}
	return lines
}

func statistics(r *format.Result) []string {
	s := r.Statistics
	return []string{fmt.Sprintf("placed %d, first wish %d, within three %d", s.Placed, s.FirstWish, s.WithinThree)}
}

func (c *Case) positions(r *format.Result) (lines []string) {
	at := map[string]assign.Interval{}
	for _, i := range assign.Intervals(c.candidates) {
		at[i.ID] = i
	}
	for _, a := range r.Assignments {
		lines = append(lines, fmt.Sprintf("%s %d to %d", a.Student, at[a.Student].First, at[a.Student].Last))
	}
	return lines
}

func (c *Case) margins(r *format.Result) (lines []string) {
	for _, s := range c.instance.Students {
		for _, m := range assign.Margins(r, s.ID) {
			line := fmt.Sprintf("%s %s from position %d", s.ID, s.Wishes[m.Wish-1].Post, m.Position)
			if m.Gives != m.Wish {
				line += ", but there " + s.Wishes[m.Gives-1].Post
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// chances renders what students get over 10,000 draws, in percent, each figure
// being written as the case has it when it is within two points. A line may add
// a wish: "E22 with CHUV-GERI: CHUV-GERI 100".
func (c *Case) chances(*format.Result) (lines []string) {
	for _, line := range c.sections["chances"] {
		head, figures, _ := strings.Cut(line, ": ")
		id, post, more := strings.Cut(head, " with ")
		in := c.instance
		in.Students = slices.Clone(in.Students)
		me := &in.Students[in.Index().Student[id]]
		if more {
			me.Wishes = append(slices.Clone(me.Wishes), format.Wish{Post: post})
		}
		chances := assign.Simulate(&in, c.candidates, id, draws(10_000))
		expected := map[string]float64{}
		for _, figure := range strings.Split(figures, ", ") {
			name, percent, _ := strings.Cut(figure, " ")
			expected[name], _ = strconv.ParseFloat(percent, 64)
		}
		var parts []string
		show := func(name string, n int) {
			percent := float64(n) * 100 / float64(chances.Draws)
			if want := expected[name]; want-2 < percent && percent < want+2 {
				percent = want
			}
			if n > 0 {
				parts = append(parts, fmt.Sprintf("%s %v", name, percent))
			}
		}
		for k, n := range chances.Obtained {
			show(me.Wishes[k].Post, n)
		}
		show("none", chances.None)
		lines = append(lines, head+": "+strings.Join(parts, ", "))
	}
	return lines
}

// draws returns so many different draws.
func draws(n int) []uint64 {
	list := make([]uint64, n)
	for i := range list {
		list[i] = uint64(i)
	}
	return list
}

// checkMargins moves each student to the position that each margin names, and
// just after it, and runs the placement again.
func checkMargins(t *testing.T, in *format.Instance, r *format.Result) {
	t.Helper()
	for _, a := range r.Assignments {
		for _, m := range assign.Margins(r, a.Student) {
			if got := rankAt(t, in, a.Student, m.Position); got != m.Gives {
				t.Errorf("%s at position %d gets wish %d, the margin says %d", a.Student, m.Position, got, m.Gives)
			}
			if got := rankAt(t, in, a.Student, m.Position+1); got != 0 && got <= m.Wish && m.Position+1 <= a.Order {
				if wish := in.Students[in.Index().Student[a.Student]].Wishes[got-1]; got == m.Wish {
					t.Errorf("%s still gets %s just after position %d", a.Student, wish.Post, m.Position)
				}
			}
		}
	}
}

// rankAt serves an instance with one student moved to a position; those between
// move down by one.
func rankAt(t *testing.T, in *format.Instance, id string, position int) int {
	t.Helper()
	moved := *in
	moved.Students = slices.Clone(in.Students)
	sequence := in.Sequence()
	for n, i := range sequence {
		if moved.Students[i].Order == 0 {
			moved.Students[i].Order = n + 1
		}
	}
	mine := in.Index().Student[id]
	was := moved.Students[mine].Order
	for i := range moved.Students {
		if o := moved.Students[i].Order; position <= o && o < was {
			moved.Students[i].Order++
		}
	}
	moved.Students[mine].Order = position
	if err := moved.Check(); err != nil {
		t.Fatal(err)
	}
	r, err := assign.Solve(&moved)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range r.Assignments {
		if a.Student == id {
			return a.Rank
		}
	}
	t.Fatalf("student %s is gone", id)
	return 0
}
