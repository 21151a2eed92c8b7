package assign_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/lottery"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/procedure/assign"
)

func hundredths(n int64) *int64 { return &n }

// inputs decide the order ana, bilal, then cy and dora by the draw.
var inputs = []assign.OrderInput{
	{ID: "ana", Score: hundredths(400)}, {ID: "bilal", Score: hundredths(450)}, {ID: "cy"}, {ID: "dora"},
}

var lists = map[string][]assign.Wish{
	"ana":   {{Post: "cardio", Secondary: "samu"}, {Post: "neuro"}},
	"bilal": {{Post: "cardio"}, {Post: "neuro"}},
	"cy":    {{Post: "onco"}, {Post: "neuro", Barred: "level-closed"}, {Post: "cardio"}},
	"dora":  {{Post: "cardio"}},
}

const seed = "the seed" // with which cy comes before dora

// small returns an instance of four students in the order that the draw gave, where dora
// keeps a post.
func small(method string) *assign.Instance {
	in := assign.NewInstance(method, assign.DefaultScoring())
	for _, p := range []assign.Post{{Code: "cardio", Seats: 1}, {Code: "geri", Seats: 1}, {Code: "neuro", Seats: 1}, {Code: "onco"}, {Code: "samu", Seats: 1, Secondary: true}} {
		in.AddPost(p)
	}
	for _, p := range assign.Order(inputs, seed) {
		of := inputs[slices.IndexFunc(inputs, func(i assign.OrderInput) bool { return i.ID == p.ID })]
		in.AddStudent(assign.Student{ID: p.ID, Position: p.Effective, Score: of.Score, Wishes: slices.Clone(lists[p.ID])})
	}
	in.Pin(3, "geri")
	return in
}

func solved(t *testing.T, in *assign.Instance) (s *assign.Solution, instance, result string) {
	t.Helper()
	instance = string(in.Bytes())
	result, err := assign.Solve(instance)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = assign.ReadSolution(instance, result); err != nil {
		t.Fatal(err)
	}
	return s, instance, result
}

func TestAnInstanceIsAFileOfTheEngine(t *testing.T) {
	t.Parallel()
	in := small(assign.ScoreV1)
	if err := in.Check(); err != nil {
		t.Fatal(err)
	}
	want := &format.Instance{
		Method: format.ScoreV1, Parameters: format.DefaultParameters(),
		Posts: []format.Post{{ID: "cardio", Seats: 1}, {ID: "geri", Seats: 1}, {ID: "neuro", Seats: 1}, {ID: "onco"}, {ID: "samu", Seats: 1, Secondary: true}},
		Students: []format.Student{
			{ID: "ana", Order: 1, Score: 4 * format.One, Wishes: lists["ana"]},
			{ID: "bilal", Order: 2, Score: format.Hundredths(450), Wishes: lists["bilal"]},
			{ID: "cy", Order: 3, Wishes: lists["cy"]},
			{ID: "dora", Order: 4, Pinned: "geri", Wishes: lists["dora"]},
		},
	}
	if got, want := string(in.Bytes()), string(want.Bytes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	read, err := assign.ReadInstance(string(in.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if assign.Hash(read.Bytes()) != assign.Hash(string(in.Bytes())) || !slices.Equal(read.Posts(), in.Posts()) || read.Students() != 4 {
		t.Errorf("read again, it is\n%s", read.Bytes())
	}
	if _, err := assign.ReadInstance("{}"); err == nil {
		t.Error("an empty object is an instance")
	}
}

func TestAnInstanceChangesBeforeItIsSolved(t *testing.T) {
	t.Parallel()
	in := small(assign.Serial)
	in.SetSeats("cardio", 2)
	in.InsertWish(2, 1, "geri")
	in.InsertWish(3, 1, "neuro")
	scoring := assign.DefaultScoring()
	scoring.MaxCost = 30_000_000
	in.SetScoring(scoring)
	read, err := assign.ReadInstance(string(in.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	seats, offered := read.Seats("cardio")
	if _, known := read.Seats("nephro"); seats != 2 || !offered || known {
		t.Errorf("cardio has %d seats (%t); nephro is offered: %t", seats, offered, known)
	}
	for _, rank := range []struct {
		student int
		post    string
		want    int
	}{{2, "onco", 1}, {2, "geri", 2}, {2, "neuro", 3}, {2, "cardio", 4}, {3, "neuro", 2}, {3, "onco", 0}, {3, "", 0}} {
		if got := read.Rank(rank.student, rank.post); got != rank.want {
			t.Errorf("student %d ranks %q %d, want %d", rank.student, rank.post, got, rank.want)
		}
	}
	if read.Pinned(3) != "geri" || read.Pinned(0) != "" || !maps.Equal(read.Reserved(), map[string]int{"geri": 1}) {
		t.Errorf("kept: %q, %q; %v", read.Pinned(3), read.Pinned(0), read.Reserved())
	}
	if read.Scoring().MaxCost != scoring.MaxCost || read.Position(2) != 3 || !slices.Equal(read.InOrder(), []int{0, 1, 2, 3}) {
		t.Errorf("parameters %+v, position %d, order %v", read.Scoring(), read.Position(2), read.InOrder())
	}
}

func TestASolutionSaysWhereEverybodyIsAndWhy(t *testing.T) {
	t.Parallel()
	s, instance, result := solved(t, small(assign.Serial))
	if steps, err := assign.Verify(instance, result); err != nil || len(steps) < 10 || steps[0].Name == "" {
		t.Errorf("%d steps, %v", len(steps), err)
	}
	var got strings.Builder
	for i := range s.Students() {
		post, secondary, rank := s.Given(i)
		fmt.Fprintf(&got, "%d %q+%q rank %d, margins %v\n", s.Position(i), post, secondary, rank, s.Margins(i))
		for _, o := range s.Outcomes(i) {
			fmt.Fprintf(&got, "  %s %s %s %d %s\n", o.Post, o.Secondary, o.Outcome, o.Cutoff, o.Rule)
		}
	}
	const want = `1 "cardio"+"samu" rank 1, margins []
  cardio samu obtained 0 
  neuro  not-reached 0 
2 "neuro"+"" rank 2, margins [{1 1}]
  cardio  full 1 
  neuro  obtained 0 
3 ""+"" rank 0, margins [{3 1}]
  onco  closed 0 
  neuro  barred 0 level-closed
  cardio  full 1 
4 "geri"+"" rank 0, margins []
  cardio  not-reached 0 
`
	if got.String() != want {
		t.Errorf("got\n%s", got.String())
	}
	if cutoffs := s.Cutoffs(); cutoffs["cardio"] != 1 || cutoffs["neuro"] != 2 || cutoffs["onco"] != 0 {
		t.Errorf("cut-offs %v", cutoffs)
	}
	i, known := s.Student("cy")
	at, served := s.StudentAt(3)
	_, stranger := s.Student("zoe")
	_, beyond := s.StudentAt(5)
	if i != 2 || !known || at != 2 || !served || stranger || beyond {
		t.Errorf("cy is %d (%t), %d (%t); zoe is known: %t; somebody is fifth: %t", i, known, at, served, stranger, beyond)
	}
}

// Served first, a student whose two wishes were full would have got the first one, which
// was free until the second position: no position gives the second.
func TestAWishThatNoPositionGivesHasNoMargin(t *testing.T) {
	t.Parallel()
	in := assign.NewInstance(assign.Serial, assign.DefaultScoring())
	in.AddPost(assign.Post{Code: "cardio", Seats: 1})
	in.AddPost(assign.Post{Code: "neuro", Seats: 1})
	in.AddPost(assign.Post{Code: "onco", Seats: 1})
	for n, wishes := range [][]assign.Wish{{{Post: "cardio"}}, {{Post: "neuro"}}, {{Post: "neuro"}, {Post: "cardio"}}} {
		in.AddStudent(assign.Student{ID: fmt.Sprint("E", n+1), Position: n + 1, Wishes: wishes})
	}
	s, _, _ := solved(t, in)
	if got := s.Margins(2); !slices.Equal(got, []assign.Margin{{Wish: 1, Position: 2}}) {
		t.Errorf("margins %v", got)
	}
	if got := s.Cutoffs(); !maps.Equal(got, map[string]int{"cardio": 1, "neuro": 2}) {
		t.Errorf("cut-offs %v", got)
	}
}

func TestAFalseResultIsRefused(t *testing.T) {
	t.Parallel()
	_, instance, result := solved(t, small(assign.Serial))
	if _, err := assign.Verify(instance, strings.Replace(result, `"outcome":"full"`, `"outcome":"closed"`, 1)); err == nil || !strings.Contains(err.Error(), "does not hold") {
		t.Errorf("verified: %v", err)
	}
	if _, err := assign.ReadSolution(instance, "{}"); err == nil {
		t.Error("an empty object is a result")
	}
	if _, err := assign.ReadSolution("{}", result); err == nil {
		t.Error("an empty object is an instance")
	}
}

func TestPlacesArePricedInHundredths(t *testing.T) {
	t.Parallel()
	s, _, _ := solved(t, small(assign.Serial))
	prices, err := s.Price(assign.ScoreV2, []string{"cardio", "neuro", "", "geri"})
	if err != nil {
		t.Fatal(err)
	}
	post, bonus, total := prices.Of(0)
	if bonus != 10 || total != post+bonus || post <= 0 { // one place before the middle, which is the second
		t.Errorf("ana: %d + %d = %d", post, bonus, total)
	}
	if post, bonus, total := prices.Of(2); post != 0 || bonus != 0 || total != 0 {
		t.Errorf("cy has no place: %d + %d = %d", post, bonus, total)
	}
}

func TestParametersThatCannotBeComputedAreAFault(t *testing.T) {
	t.Parallel()
	scoring := assign.DefaultScoring()
	if err := assign.CheckScoring(scoring); err != nil {
		t.Errorf("what StageTrek is delivered with: %v", err)
	}
	scoring.Decimals = 9
	if err := assign.CheckScoring(scoring); err == nil || !strings.Contains(err.Error(), "decimals") {
		t.Errorf("nine decimals: %v", err)
	}
	in := small(assign.Serial)
	in.SetScoring(scoring)
	if err := in.Check(); fault.KindOf(err) != fault.Invalid || !fault.Has(err, "campaign.scoring.wrong") {
		t.Errorf("an instance with nine decimals: %v", err)
	}
	if _, err := assign.Solve(string(in.Bytes())); !fault.Has(err, "campaign.scoring.wrong") {
		t.Errorf("solved with nine decimals: %v", err)
	}
}

func TestTheOrderFollowsFromScoresPositionsAndTheDraw(t *testing.T) {
	t.Parallel()
	of := append(slices.Clone(inputs), assign.OrderInput{ID: "emil", Score: hundredths(999), Manual: 2})
	var names []string
	for _, p := range assign.Order(of, seed) {
		names = append(names, p.ID)
		if p.Hash != lottery.Draw(seed, p.ID).Hash || p.Effective != len(names) {
			t.Errorf("%+v", p)
		}
	}
	if !slices.Equal(names, []string{"ana", "emil", "bilal", "cy", "dora"}) {
		t.Errorf("order %v", names)
	}
	if got := fmt.Sprint(assign.Intervals(of)); got != "[{ana 1 1} {bilal 3 3} {cy 4 5} {dora 4 5} {emil 2 2}]" {
		t.Errorf("intervals %s", got)
	}
}

func TestWhatIsEstimated(t *testing.T) {
	t.Parallel()
	in := small(assign.Serial)
	demand := in.Demand()
	if demand["onco"] != assign.ClosedDemand || demand["geri"] != assign.NoDemand || demand["cardio"] >= demand["neuro"] || demand["neuro"] > 10 {
		t.Errorf("demand %v", demand)
	}
	simulator := in.Simulator(inputs, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	chances := simulator.Chances("cy", []assign.Wish{{Post: "cardio"}, {Post: "neuro"}}, simulator.Draws())
	if chances.Draws != 10 || chances.None != 10 { // ana and bilal come first in every draw
		t.Errorf("cy: %+v", chances)
	}
	chances = simulator.Chances("bilal", lists["bilal"], 4)
	if chances.Draws != 4 || !slices.Equal(chances.Obtained, []int{0, 4}) {
		t.Errorf("bilal: %+v", chances)
	}
	if got := assign.ScoresAfter([]int64{1000, 500, 600}); !slices.Equal(got, []int64{1000, 750, 700}) {
		t.Errorf("scores %v", got)
	}
	if got := assign.ScoresAfter(nil); len(got) != 0 {
		t.Errorf("scores of nobody %v", got)
	}
}

func TestABundleHoldsAndItsChangesAreSeen(t *testing.T) {
	t.Parallel()
	const seed = "a seed" // with which dora comes before cy: the office decided otherwise
	decided := slices.Clone(inputs)
	decided[3].Manual = 4
	s, instance, result := solved(t, small(assign.Serial))
	bundle := func(change func(f *assign.CampaignFile), moved bool) assign.BundleFiles {
		t.Helper()
		posts := []string{"cardio", "neuro", "", "geri"}
		if moved {
			posts[1], posts[2] = "", "neuro"
		}
		prices, err := s.Price(assign.ScoreV2, posts)
		if err != nil {
			t.Fatal(err)
		}
		f := assign.NewCampaignFile(s.Instance, lottery.Commitment(seed), seed, assign.ScoreV2, prices)
		for i, of := range decided {
			f.Student(i, of.Score, of.Manual)
		}
		f.Pin(3, "geri", "health")
		f.Move(1, "neuro", "", "project")
		f.Move(2, "", "neuro", "unplaced")
		f.Reprice(0, 1234, "error")
		change(f)
		f.Publish(0, "cardio", "samu", hundredths(1234))
		for i := 1; i < 4; i++ {
			f.Publish(i, posts[i], "", nil)
		}
		return assign.BundleFiles{Campaign: string(f.Bytes()), Instance: instance, Result: result}
	}
	as := func(*assign.CampaignFile) {}
	if passed, failed, err := assign.VerifyBundle(bundle(as, true)); err != nil || failed != "" || passed < 20 {
		t.Errorf("%d checks passed; %s; %v", passed, failed, err)
	}
	for name, files := range map[string]assign.BundleFiles{
		"published elsewhere":    bundle(as, false),
		"another decided amount": bundle(func(f *assign.CampaignFile) { f.Reprice(0, 1235, "error") }, true),
		"one decision more":      bundle(func(f *assign.CampaignFile) { f.Move(2, "neuro", "", "other") }, true),
	} {
		if _, failed, err := assign.VerifyBundle(files); err == nil && failed == "" {
			t.Errorf("%s: it holds", name)
		}
	}
}
