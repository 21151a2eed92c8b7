package assign_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/procedure/assign"
)

// anything draws an instance as the office could have made it.
func anything(t *rapid.T) *assign.Instance {
	in := assign.NewInstance(rapid.SampledFrom(assign.Methods()).Draw(t, "method"), assign.DefaultScoring())
	posts := []string{"a", "b", "c", "d"}
	for _, code := range posts {
		in.AddPost(assign.Post{Code: code, Seats: rapid.IntRange(0, 2).Draw(t, "seats")})
	}
	kept := map[string]int{}
	for i := range rapid.IntRange(1, 7).Draw(t, "students") {
		s := assign.Student{ID: fmt.Sprint("s", i), Position: i + 1}
		if rapid.Bool().Draw(t, "known") {
			s.Score = hundredths(rapid.Int64Range(0, 2000).Draw(t, "score"))
		}
		list := rapid.Permutation(posts).Draw(t, "list")
		for _, post := range list[:rapid.IntRange(0, 4).Draw(t, "wishes")] {
			s.Wishes = append(s.Wishes, assign.Wish{Post: post, Barred: rapid.SampledFrom([]string{"", "", "rule"}).Draw(t, "barred")})
		}
		in.AddStudent(s)
		if seats, _ := in.Seats(list[0]); kept[list[0]] < seats && rapid.IntRange(0, 4).Draw(t, "keeps") == 0 {
			in.Pin(i, list[0])
			kept[list[0]]++
		}
	}
	return in
}

// solve solves an instance as it is kept and has the judge look at it.
func solve(t *rapid.T, in *assign.Instance) (instance, result string) {
	instance = string(in.Bytes())
	result, err := assign.Solve(instance)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := assign.Verify(instance, result); err != nil {
		t.Fatal(err)
	}
	return instance, result
}

// A cut-off is the position of the last person served at a post that is full; a post
// without seats is closed, not full.
func TestCutoffsAreThoseOfFullPosts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anything(t)
		s, err := assign.ReadSolution(solve(t, in))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{}
		for _, p := range in.Posts() {
			filled, last := 0, 0
			for i := range s.Students() {
				if post, _, _ := s.Given(i); post == p.Code {
					filled++
					if in.Pinned(i) == "" {
						last = max(last, s.Position(i))
					}
				}
			}
			if p.Seats > 0 && filled == p.Seats {
				want[p.Code] = last
			}
		}
		if got := s.Cutoffs(); !maps.Equal(got, want) {
			t.Fatalf("cut-offs %v, expected %v", got, want)
		}
		for i := range s.Students() {
			for k, o := range s.Outcomes(i) {
				if o.Outcome == "full" && o.Cutoff != want[o.Post] {
					t.Fatalf("wish %d of student %d ends at %d, the post at %d", k+1, i, o.Cutoff, want[o.Post])
				}
			}
		}
	})
}

// A margin is a promise to a student: one place earlier than the cut-off, or at it, the
// wish was still free. The instance is solved again with the student there.
func TestAStudentServedAtTheMarginGetsTheWish(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anything(t)
		s, err := assign.ReadSolution(solve(t, in))
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Students() {
			for _, m := range s.Margins(i) {
				again := assign.NewInstance(assign.Serial, assign.DefaultScoring())
				for _, p := range in.Posts() {
					again.AddPost(p)
				}
				// Half positions do not exist: all others are told apart by two.
				for j := range s.Students() {
					position := 2 * s.Position(j)
					if j == i {
						position = 2*m.Position - 1
					}
					again.AddStudent(assign.Student{ID: fmt.Sprint("s", j), Position: position, Wishes: wishesOf(s, j)})
					if post := in.Pinned(j); post != "" {
						again.Pin(j, post)
					}
				}
				other, err := assign.ReadSolution(solve(t, again))
				if err != nil {
					t.Fatal(err)
				}
				if _, _, rank := other.Given(i); rank != m.Wish {
					t.Fatalf("student %d, served before position %d, gets wish %d, not %d", i, m.Position, rank, m.Wish)
				}
			}
		}
	})
}

func wishesOf(s *assign.Solution, i int) (wishes []assign.Wish) {
	for _, o := range s.Outcomes(i) {
		wishes = append(wishes, assign.Wish{Post: o.Post, Secondary: o.Secondary, Barred: o.Rule})
	}
	return wishes
}

// What is kept is read, changed and hashed for years.
func TestAnInstanceReadAgainIsTheSameInstance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anything(t)
		read, err := assign.ReadInstance(string(in.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if string(read.Bytes()) != string(in.Bytes()) || !slices.Equal(read.Posts(), in.Posts()) || !maps.Equal(read.Reserved(), in.Reserved()) {
			t.Fatalf("was\n%s\nread\n%s", in.Bytes(), read.Bytes())
		}
		for _, p := range in.Posts() {
			if seats, offered := read.Seats(p.Code); seats != p.Seats || !offered {
				t.Fatalf("%s has %d seats, %t", p.Code, seats, offered)
			}
		}
		first, second := string(in.Bytes()), ""
		for range 2 {
			result, err := assign.Solve(first)
			if err != nil || second != "" && second != result {
				t.Fatalf("solved twice with two results: %v", err)
			}
			second = result
		}
	})
}

func TestErrorsSayWhatIsWrongWithWhichFile(t *testing.T) {
	t.Parallel()
	_, instance, result := solved(t, small(assign.Serial))
	_, noInstance := assign.ReadInstance("[]")
	_, noSolution := assign.ReadSolution("[]", result)
	_, noResult := assign.ReadSolution(instance, "[]")
	_, untrue := assign.Verify(instance, strings.Replace(result, `"placed":3`, `"placed":4`, 1))
	_, unreadable := assign.Verify("[]", result)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{noInstance, "read the instance: $: found a list, expected an object"},
		{noSolution, "read the instance: $: found a list, expected an object"},
		{noResult, "read the result: $: found a list, expected an object"},
		{unreadable, "$: found a list, expected an object"},
		{untrue, "the result does not hold: statistics: students, placed, first wish, within three, worst rank and rank sum are [4 3 1 2 2 3], the result says [4 4 1 2 2 3]"},
	} {
		if tt.err == nil || !strings.HasPrefix(tt.err.Error(), tt.want) {
			t.Errorf("got  %v\nwant %s", tt.err, tt.want)
		}
	}
	_, _, err := assign.VerifyBundle(assign.BundleFiles{Campaign: "[]", Instance: instance, Result: result})
	if err == nil || !strings.Contains(err.Error(), "$: found a list, expected an object") {
		t.Errorf("a bundle that is none: %v", err)
	}
}

// The office reads what is wrong with its parameters, each on a line, in the words of the file.
func TestTheFaultAboutParametersNamesThem(t *testing.T) {
	t.Parallel()
	scoring := assign.DefaultScoring()
	scoring.Decimals, scoring.MaxCost = 9, -1
	in := small(assign.Serial)
	in.SetScoring(scoring)
	_, solving := assign.Solve(string(in.Bytes()))
	for name, err := range map[string]error{"checked": in.Check(), "solved": solving} {
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var wrong format.Errors
		detail := fmt.Sprint(f.Args["detail"])
		if !errors.As(err, &wrong) || len(wrong) < 2 || !strings.Contains(detail, "decimals") || !strings.Contains(detail, "maxCost") {
			t.Errorf("%s: %s", name, detail)
		}
	}
}

// A hundred people on one seat, and the third power of what they would pay: no cost holds that.
func TestACostWithoutSensibleSizeIsAFaultAboutParameters(t *testing.T) {
	t.Parallel()
	scoring := assign.DefaultScoring()
	scoring.Correction, scoring.RankCosts = 3*format.One, []format.Amount{1000 * format.One}
	in := assign.NewInstance(assign.ScoreV2, scoring)
	in.AddPost(assign.Post{Code: "cardio", Seats: 1})
	posts := make([]string, 100)
	for i := range posts {
		in.AddStudent(assign.Student{ID: fmt.Sprint("s", i), Position: i + 1, Wishes: []assign.Wish{{Post: "cardio"}}})
	}
	if err := in.Check(); err != nil {
		t.Fatal(err)
	}
	_, solving := assign.Solve(string(in.Bytes()))
	_, pricing := in.Price(assign.ScoreV2, posts)
	for name, err := range map[string]error{"solved": solving, "priced": pricing} {
		if !fault.Has(err, "campaign.scoring.wrong") || !strings.Contains(err.Error(), "cardio") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
