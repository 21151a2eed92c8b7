package allocation_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// anyInstance draws a small campaign with everything a file may hold.
func anyInstance(t *rapid.T) *format.Instance {
	in := &format.Instance{Method: rapid.SampledFrom([]string{format.Serial, format.ScoreV1, format.ScoreV2}).Draw(t, "method")}
	if rapid.Bool().Draw(t, "own parameters") {
		in.Parameters = anyParameters(t)
	}
	var main, secondary []string
	for i := range rapid.IntRange(1, 8).Draw(t, "posts") {
		p := format.Post{
			ID:        fmt.Sprintf("T%d", i),
			Seats:     rapid.IntRange(0, 4).Draw(t, "seats"),
			Closed:    rapid.IntRange(0, 9).Draw(t, "closed") == 0,
			Secondary: rapid.IntRange(0, 4).Draw(t, "secondary") == 0,
		}
		switch rapid.IntRange(0, 5).Draw(t, "cost") {
		case 0:
			cost := format.Hundredths(rapid.Int64Range(-500, 6000).Draw(t, "fixed cost"))
			p.Fixed = &cost
		case 1:
			p.Median = true
		}
		if in.Posts = append(in.Posts, p); p.Secondary {
			secondary = append(secondary, p.ID)
		} else {
			main = append(main, p.ID)
		}
	}
	free := map[string]int{}
	for _, p := range in.Posts {
		if !p.Closed {
			free[p.ID] = p.Seats
		}
	}
	orders := rapid.Permutation([]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 40}).Draw(t, "orders")
	ordered := rapid.Bool().Draw(t, "ordered")
	for i := range rapid.IntRange(0, 12).Draw(t, "students") {
		s := format.Student{ID: fmt.Sprintf("E%d", i), Score: format.Hundredths(rapid.Int64Range(0, 3000).Draw(t, "score"))}
		if ordered {
			s.Order = orders[i]
		}
		if len(main) > 0 {
			s.Wishes = anyWishes(t, main, secondary)
			if keep := rapid.SampledFrom(main).Draw(t, "kept"); free[keep] > 0 && rapid.IntRange(0, 7).Draw(t, "pinned") == 0 {
				s.Pinned = keep
				free[keep]--
			}
		}
		in.Students = append(in.Students, s)
	}
	if err := in.Check(); err != nil {
		t.Fatalf("the generator made an instance that is not valid: %v", err)
	}
	return in
}

func anyParameters(t *rapid.T) *format.Parameters {
	p := format.DefaultParameters()
	p.Decimals = rapid.IntRange(0, 4).Draw(t, "decimals")
	p.Correction = format.Amount(rapid.IntRange(0, 30).Draw(t, "correction")) * format.One / 10
	p.MaxPostCost = format.Hundredths(rapid.Int64Range(0, 6000).Draw(t, "highest post cost"))
	p.MaxCost = format.Hundredths(rapid.Int64Range(0, 8000).Draw(t, "highest cost"))
	p.RankCosts = p.RankCosts[:rapid.IntRange(0, 12).Draw(t, "rank costs")]
	return p
}

func anyWishes(t *rapid.T, main, secondary []string) (wishes []format.Wish) {
	list := rapid.Permutation(main).Draw(t, "list")
	for _, post := range list[:rapid.IntRange(0, len(list)).Draw(t, "wishes")] {
		w := format.Wish{Post: post}
		if len(secondary) > 0 && rapid.IntRange(0, 2).Draw(t, "with secondary") == 0 {
			w.Secondary = rapid.SampledFrom(secondary).Draw(t, "secondary post")
		}
		if rapid.IntRange(0, 7).Draw(t, "barred") == 0 {
			w.Barred = "rule"
		}
		wishes = append(wishes, w)
	}
	return wishes
}

func solve(t *rapid.T, in *format.Instance) *format.Result {
	r, err := assign.Solve(in)
	if err != nil {
		t.Fatal(err)
	}
	r.Instance = format.Hash(in.Bytes())
	return r
}

func TestTheJudgeAcceptsEveryResultOfTheEngine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInstance(t)
		instance := in.Bytes()
		if again, err := format.ReadInstance(instance); err != nil || !bytes.Equal(again.Bytes(), instance) || !format.IsCanonical(instance) {
			t.Fatalf("an instance written, read and written again differs: %v", err)
		}
		result, err := assign.SolveFile(instance)
		if err != nil {
			t.Fatal(err)
		}
		report, err := check.Verify(instance, result)
		if err != nil || report.Failed != nil {
			t.Fatalf("refused: %v %v\n%s\n%s", err, report, instance, result)
		}
	})
}

// A serial placement is what the definition says: everybody has, among what the
// people before left, the best wish. Written a second time, as plainly as can be.
func TestSerialIsItsDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInstance(t)
		left := map[string]int{}
		for _, p := range in.Posts {
			if !p.Closed {
				left[p.ID] = p.Seats
			}
		}
		want := map[string]string{}
		for _, s := range in.Students {
			if s.Pinned != "" {
				want[s.ID] = s.Pinned
				left[s.Pinned]--
			}
		}
		for _, i := range in.Sequence() {
			s := in.Students[i]
			for _, w := range s.Wishes {
				if s.Pinned == "" && want[s.ID] == "" && w.Barred == "" && left[w.Post] > 0 {
					want[s.ID] = w.Post
					left[w.Post]--
				}
			}
		}
		for _, a := range solve(t, in).Assignments {
			if a.Post != want[a.Student] {
				t.Fatalf("%s gets %q, expected %q", a.Student, a.Post, want[a.Student])
			}
		}
	})
}

// got returns who is where, and everybody's costs, as text by student.
func got(r *format.Result) map[string]string {
	m := map[string]string{}
	for _, a := range r.Assignments {
		m[a.Student] = fmt.Sprintf("%s+%s %d", a.Post, a.Secondary, a.Rank)
		if a.Costs != nil {
			m[a.Student] += fmt.Sprint(*a.Costs)
		}
	}
	return m
}

func TestTheNumberingChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInstance(t)
		for n, i := range in.Sequence() { // so that the order no longer depends on the file
			if in.Students[i].Order == 0 {
				in.Students[i].Order = n + 1
			}
		}
		before := solve(t, in)
		shuffled := *in
		shuffled.Posts = rapid.Permutation(in.Posts).Draw(t, "posts in another order")
		shuffled.Students = rapid.Permutation(in.Students).Draw(t, "students in another order")
		after := solve(t, &shuffled)
		before.Instance, after.Instance = "", ""
		if !bytes.Equal(before.Bytes(), after.Bytes()) {
			t.Fatalf("before %s\nafter  %s", before.Bytes(), after.Bytes())
		}
	})
}

func TestOtherNamesGiveTheSameResultUnderThoseNames(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInstance(t)
		renamed := format.Instance{Method: in.Method, Parameters: in.Parameters, Posts: slices.Clone(in.Posts)}
		other := func(id string) string {
			if id == "" {
				return ""
			}
			return "é-" + id // sorts elsewhere among bytes only with its fellows
		}
		for i := range renamed.Posts {
			renamed.Posts[i].ID = other(renamed.Posts[i].ID)
		}
		for _, s := range in.Students {
			s.ID, s.Pinned, s.Wishes = other(s.ID), other(s.Pinned), slices.Clone(s.Wishes)
			for k, w := range s.Wishes {
				s.Wishes[k] = format.Wish{Post: other(w.Post), Secondary: other(w.Secondary), Barred: w.Barred}
			}
			renamed.Students = append(renamed.Students, s)
		}
		before, after := got(solve(t, in)), got(solve(t, &renamed))
		for id, want := range before {
			if line := strings.ReplaceAll(after[other(id)], "é-", ""); line != want {
				t.Fatalf("%s has %s, under another name %s", id, want, line)
			}
		}
	})
}

// Changes that the definition of serial service says change nothing, or change
// it one way only.
func TestSerialUnderSmallChanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInstance(t)
		in.Method = format.Serial
		before := solve(t, in)
		if len(in.Students) == 0 {
			return
		}
		n := rapid.IntRange(0, len(in.Students)-1).Draw(t, "student")
		a := before.Assignments[slices.IndexFunc(before.Assignments, func(a format.Assignment) bool { return a.Student == in.Students[n].ID })]

		changed := *in
		changed.Students = slices.Clone(in.Students)
		me := &changed.Students[n]

		// Who has a wish can cut the list below it.
		if a.Rank > 0 {
			me.Wishes = slices.Clone(me.Wishes[:a.Rank])
			same(t, "a list cut below the wish granted", before, solve(t, &changed))
		}
		// Who has one can also append below it, whatever it is.
		me.Wishes = slices.Clone(in.Students[n].Wishes)
		for _, p := range in.Posts {
			named := func(w format.Wish) bool { return w.Post == p.ID }
			if !p.Secondary && !slices.ContainsFunc(me.Wishes, named) {
				me.Wishes = append(me.Wishes, format.Wish{Post: p.ID})
			}
		}
		if a.Rank > 0 {
			same(t, "a wish appended below the wish granted", before, solve(t, &changed))
		}
		// One more seat never takes a better wish from the first one served.
		changed.Students = in.Students
		changed.Posts = slices.Clone(in.Posts)
		for p := range changed.Posts {
			changed.Posts[p].Seats++
		}
		more := solve(t, &changed)
		if more.Statistics.Placed < before.Statistics.Placed {
			t.Fatalf("%d placed, with one more seat everywhere %d", before.Statistics.Placed, more.Statistics.Placed)
		}
	})
}

func same(t *rapid.T, what string, before, after *format.Result) {
	x, y := got(before), got(after)
	for id := range x {
		if x[id] != y[id] {
			t.Fatalf("%s: %s had %s and now has %s", what, id, x[id], y[id])
		}
	}
}

// A post of n seats is n posts of one seat, wished for one after the other.
func TestAPostSplitIntoItsSeats(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInstance(t)
		in.Method = format.Serial
		for i := range in.Students {
			in.Students[i].Pinned = "" // a pin names one seat of many
			for k := range in.Students[i].Wishes {
				in.Students[i].Wishes[k].Secondary = ""
			}
		}
		split := format.Instance{Method: format.Serial}
		seats := map[string][]string{}
		for _, p := range in.Posts {
			for n := range max(p.Seats, 1) {
				seat := p
				seat.ID, seat.Seats = fmt.Sprintf("%s/%d", p.ID, n), min(p.Seats, 1)
				seats[p.ID] = append(seats[p.ID], seat.ID)
				split.Posts = append(split.Posts, seat)
			}
		}
		for _, s := range in.Students {
			wishes := s.Wishes
			s.Wishes = nil
			for _, w := range wishes {
				for _, seat := range seats[w.Post] {
					s.Wishes = append(s.Wishes, format.Wish{Post: seat, Barred: w.Barred})
				}
			}
			split.Students = append(split.Students, s)
		}
		whole, parts := solve(t, in), solve(t, &split)
		for i, a := range whole.Assignments {
			if seat, _, _ := strings.Cut(parts.Assignments[i].Post, "/"); seat != a.Post {
				t.Fatalf("%s gets %q, of the split posts %q", a.Student, a.Post, seat)
			}
		}
	})
}

func TestMarginsAreWhatARunWouldGive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		in := anyInstance(rt)
		in.Method = format.Serial
		checkMargins(t, in, solve(rt, in))
	})
}

// anyCandidates draws candidates with few scores, so that many are tied.
func anyCandidates(t *rapid.T, least int) (candidates []assign.Candidate) {
	for i := range rapid.IntRange(least, 7).Draw(t, "candidates") {
		c := assign.Candidate{ID: fmt.Sprintf("E%d", i)}
		if s := rapid.IntRange(0, 3).Draw(t, "score"); s > 0 {
			amount := format.Amount(s) * format.One
			c.Score = &amount
		}
		if m := rapid.IntRange(-12, 9).Draw(t, "manual"); m > 0 {
			c.Manual = m
		}
		candidates = append(candidates, c)
	}
	return candidates
}

// An interval is neither too wide nor too narrow: over many draws, nobody stands
// outside, and both ends are reached.
func TestIntervalsAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		candidates := anyCandidates(t, 0)
		first, last := map[string]int{}, map[string]int{}
		for seed := range 200 {
			for _, p := range assign.Order(candidates, fmt.Sprint(seed)) {
				if at, seen := first[p.ID]; !seen || p.Effective < at {
					first[p.ID] = p.Effective
				}
				last[p.ID] = max(last[p.ID], p.Effective)
			}
		}
		for i, v := range assign.Intervals(candidates) {
			if v.ID != candidates[i].ID || v.First > first[v.ID] || v.Last < last[v.ID] {
				t.Fatalf("%s can stand at %d to %d, seen at %d to %d", v.ID, v.First, v.Last, first[v.ID], last[v.ID])
			}
			// Of 7 people tied, 200 draws miss one end with probability (6/7)^200.
			if v.First < first[v.ID] || v.Last > last[v.ID] {
				t.Fatalf("%s is said to stand at %d to %d, never seen beyond %d to %d", v.ID, v.First, v.Last, first[v.ID], last[v.ID])
			}
		}
	})
}

// The simulation counts what real draws give.
func TestSimulationAgreesWithRealDraws(t *testing.T) {
	t.Parallel()
	c := readCase(t, "testdata/c1.txt")
	in := &c.instance
	const runs = 2000
	placed := map[string]map[int]int{}
	for seed := range runs {
		for _, p := range assign.Order(c.candidates, fmt.Sprint(seed)) {
			in.Students[in.Index().Student[p.ID]].Order = p.Effective
		}
		r, err := assign.Solve(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range r.Assignments {
			if placed[a.Student] == nil {
				placed[a.Student] = map[int]int{}
			}
			placed[a.Student][a.Rank]++
		}
	}
	for _, s := range in.Students {
		chances := assign.Simulate(in, c.candidates, s.ID, draws(runs))
		for rank := range len(s.Wishes) + 1 {
			simulated := chances.None
			if rank > 0 {
				simulated = chances.Obtained[rank-1]
			}
			// Two samples of 2,000 differ by 100 with a probability below one in 1,000.
			if real := placed[s.ID][rank]; max(simulated-real, real-simulated) > 120 {
				t.Errorf("%s gets wish %d %d times in %d draws, in the simulation %d times", s.ID, rank, real, runs, simulated)
			}
		}
	}
}

// Where the draw decides nothing, a simulation is a run.
func TestASimulationWithoutTiesIsARun(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInstance(t)
		var candidates []assign.Candidate
		for i, n := range rapid.Permutation(in.Sequence()).Draw(t, "by score") {
			points := format.Amount(i)
			c := assign.Candidate{ID: in.Students[n].ID, Score: &points}
			if m := rapid.IntRange(-20, 9).Draw(t, "manual"); m > 0 {
				c.Manual = m
			}
			candidates = append(candidates, c)
		}
		ranks := map[string]int{}
		run := *in
		run.Students = slices.Clone(in.Students)
		for _, p := range assign.Order(candidates, "seed") {
			run.Students[in.Index().Student[p.ID]].Order = p.Effective
		}
		for _, a := range solve(t, &run).Assignments {
			ranks[a.Student] = a.Rank
		}
		for _, s := range in.Students {
			chances := assign.Simulate(in, candidates, s.ID, draws(2))
			rank := 1 + slices.Index(chances.Obtained, 2)
			if s.Pinned != "" && chances.Kept != 2 || s.Pinned == "" && chances.Kept != 0 || rank != ranks[s.ID] {
				t.Fatalf("%s gets wish %d, in a simulation %+v", s.ID, ranks[s.ID], chances)
			}
		}
	})
}
