package assign_test

import (
	"fmt"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// Three students, two wards. Bilal's first wish was full when his turn came;
// his explanation says since when, and from which position he would have had it.
func ExampleSolve() {
	in := &format.Instance{
		Method: format.Serial,
		Posts:  []format.Post{{ID: "cardio", Seats: 1}, {ID: "neuro", Seats: 2}},
		Students: []format.Student{
			{ID: "ana", Wishes: []format.Wish{{Post: "cardio"}, {Post: "neuro"}}},
			{ID: "bilal", Wishes: []format.Wish{{Post: "cardio"}, {Post: "neuro"}}},
			{ID: "cy", Wishes: []format.Wish{{Post: "neuro"}}},
		},
	}
	result, err := assign.Solve(in)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range result.Assignments {
		fmt.Println(a.Order, a.Student, a.Post, "wish", a.Rank)
	}
	for _, r := range result.Reasons {
		if r.Outcome == format.Full {
			fmt.Println(r.Student, "wish", r.Wish, "was full: the last one served there stood at", r.LastOrder)
		}
	}
	for _, m := range assign.Margins(result, "bilal") {
		fmt.Println("bilal would have had wish", m.Wish, "from position", m.Position)
	}
	// Output:
	// 1 ana cardio wish 1
	// 2 bilal neuro wish 2
	// 3 cy neuro wish 1
	// bilal wish 1 was full: the last one served there stood at 1
	// bilal would have had wish 1 from position 1
}

// From the bytes of an instance to a result that the judge accepts.
func ExampleSolveFile() {
	instance := []byte(`{"format":"assign/1","method":"score-v2","posts":[{"id":"T1","seats":1}],
		"students":[{"id":"E1","wishes":[{"post":"T1"}]},{"id":"E2","wishes":[{"post":"T1"}]}]}`)
	result, err := assign.SolveFile(instance)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := check.Verify(instance, result)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(report.Passed), "checks passed, wrong:", report.Failed)
	// Output: 15 checks passed, wrong: <nil>
}

// Two students are tied at 4 points; the office moved dora to position 1.
func ExampleOrder() {
	four, six := 4*format.One, 6*format.One
	candidates := []assign.Candidate{
		{ID: "ana", Score: &four},
		{ID: "bilal", Score: &four},
		{ID: "cy", Score: &six},
		{ID: "dora", Score: &six, Manual: 1},
	}
	for _, i := range assign.Intervals(candidates) {
		fmt.Println(i.ID, "will stand between", i.First, "and", i.Last)
	}
	for _, p := range assign.Order(candidates, "a revealed seed") {
		fmt.Println(p.Effective, p.ID)
	}
	// Output:
	// ana will stand between 2 and 3
	// bilal will stand between 2 and 3
	// cy will stand between 4 and 4
	// dora will stand between 1 and 1
	// 1 dora
	// 2 bilal
	// 3 ana
	// 4 cy
}

// What a placement costs after the commission moved E2 to a post that was on
// nobody's list.
func ExamplePrice() {
	in := &format.Instance{
		Method: format.Serial,
		Posts:  []format.Post{{ID: "T1", Seats: 1}, {ID: "T2", Seats: 1}},
		Students: []format.Student{
			{ID: "E1", Wishes: []format.Wish{{Post: "T1"}}},
			{ID: "E2", Wishes: []format.Wish{{Post: "T1"}}},
		},
	}
	prices, err := assign.Price(in, format.ScoreV2, []string{"T1", "T2"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, c := range prices.Costs {
		fmt.Println(in.Students[i].ID, "post", c.PostCost, "bonus", c.Bonus, "cost", c.Cost)
	}
	// Output:
	// E1 post 9 bonus 0 cost 9
	// E2 post 0 bonus -0.1 cost -0.1
}

// A student's score is the mean of the first five costs, then forgets slowly.
func ExampleScores() {
	var history []assign.Past
	for _, cost := range []int64{1000, 2000, 4000} { // hundredths
		history = append(history, assign.Past{Cost: format.Hundredths(cost)})
	}
	for _, s := range assign.Scores(history, 2) {
		fmt.Println(s.Before, "→", s.After)
	}
	// Output:
	// 0 → 10
	// 10 → 15
	// 15 → 23.33
}

// The least sum of costs, with the prices that prove it: at them nobody could
// pay less, and what everybody pays less what the seats bring in is the sum.
func ExampleSolve_equity() {
	in := &format.Instance{
		Method: format.Equity,
		Posts:  []format.Post{{ID: "cardio", Seats: 1}, {ID: "neuro", Seats: 1}, {ID: "rural", Seats: 1}},
		Students: []format.Student{
			{ID: "ana", Wishes: []format.Wish{{Post: "cardio"}, {Post: "neuro"}}},
			{ID: "bilal", Wishes: []format.Wish{{Post: "cardio"}}, Fallback: []string{"rural"}},
			{ID: "cy", Wishes: []format.Wish{{Post: "neuro"}, {Post: "rural"}}},
		},
	}
	result, err := assign.Solve(in)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range result.Assignments {
		fmt.Println(a.Student, a.Post)
	}
	proof := result.Certificate.Dual
	fmt.Println("sum", proof.Objective)
	for _, p := range proof.Posts {
		fmt.Println("price of", p.Post, p.Price)
	}
	// Output:
	// ana cardio
	// bilal rural
	// cy neuro
	// sum 6
	// price of cardio 3
	// price of neuro 0
	// price of rural 0
}

// Ana is served first, but dee accepts nothing but cardio: somebody would be left
// out. Explain says that no position helps.
func ExampleExplain() {
	in := &format.Instance{
		Method: format.Ordered,
		Posts:  []format.Post{{ID: "cardio", Seats: 1}, {ID: "neuro", Seats: 1}},
		Students: []format.Student{
			{ID: "ana", Wishes: []format.Wish{{Post: "cardio"}, {Post: "neuro"}}},
			{ID: "dee", Wishes: []format.Wish{{Post: "cardio"}}},
		},
	}
	result, err := assign.Solve(in)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Reasons[0].Outcome, "for", result.Reasons[0].Students)
	fmt.Printf("%+v\n", assign.Explain(in, result, "ana")[0])
	// Output:
	// completion for [dee]
	// {Wish:1 Outcome:completion Position:0 Gives:0 Weight:0}
}

// A floor that cannot be met is refused with its reason.
func ExampleInfeasible() {
	in := &format.Instance{
		Method:   format.Leximin,
		Posts:    []format.Post{{ID: "cardio", Seats: 2}, {ID: "rural", Seats: 2}},
		Groups:   []format.Group{{ID: "Countryside", Posts: []string{"rural"}, Min: 2, Max: format.NoCeiling}},
		Students: []format.Student{{ID: "ana", Wishes: []format.Wish{{Post: "cardio"}}}, {ID: "bilal", Wishes: []format.Wish{{Post: "rural"}}}},
	}
	_, err := assign.Solve(in)
	fmt.Println(err)
	// Output:
	// the floors cannot be met: Countryside must still receive 2 students and can receive only 1: only 1 student may have a post there (bilal). Lower the floor, or ask students to accept more posts there
}
