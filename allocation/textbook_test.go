package allocation_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// textbook reads an instance as papers print it:
//
//	posts  "A 1 / B 2"            a post and its seats
//	lists  "x: A B / y: A"        students in the order served, wishes best first
func textbook(t *testing.T, method, posts, lists string) *format.Instance {
	t.Helper()
	in := &format.Instance{Method: method}
	for post := range strings.SplitSeq(posts, " / ") {
		id, seats, _ := strings.Cut(post, " ")
		n, err := strconv.Atoi(seats)
		if err != nil {
			t.Fatal(err)
		}
		in.Posts = append(in.Posts, format.Post{ID: id, Seats: n})
	}
	for i, list := range strings.Split(lists, " / ") {
		id, wishes, _ := strings.Cut(list, ":")
		s := format.Student{ID: id, Order: i + 1}
		for _, post := range strings.Fields(wishes) {
			s.Wishes = append(s.Wishes, format.Wish{Post: post})
		}
		in.Students = append(in.Students, s)
	}
	return in
}

// solved runs a method and holds its result before the judge.
func solved(t *testing.T, in *format.Instance) *format.Result {
	t.Helper()
	instance := in.Bytes()
	result, err := assign.SolveFile(instance)
	if err != nil {
		t.Fatal(err)
	}
	report, err := check.Verify(instance, result)
	if err != nil || report.Failed != nil {
		t.Fatalf("the judge refuses: %v %v\n%s", err, report.Failed, result)
	}
	r, err := format.ReadResult(result)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func whoGoesWhere(r *format.Result) string {
	var list []string
	for _, a := range r.Assignments {
		post := a.Post
		if post == "" {
			post = "-"
		}
		list = append(list, a.Student+"="+post)
	}
	return strings.Join(list, " ")
}

// Instances whose answers are in the literature, or follow from a theorem in one
// line. Those of two-sided matching stand in package match, StageTrek's own in
// testdata/golden.
func TestTextbookInstancesOfOneSidedAssignment(t *testing.T) {
	t.Parallel()
	const (
		chain   = "u: A / v: A B / w: B C"
		chained = "A 1 / B 1 / C 1"
	)
	tests := []struct {
		name, source  string
		method        string
		posts, lists  string
		change        func(in *format.Instance)
		want          string
		profile       string // students at rank 1, 2, 3…
		alsoObjective int64  // of the dual certificate; 0: not told
	}{
		{"serial dictatorship follows the order", "Satterthwaite and Sonnenschein 1981; Abdulkadiroğlu and Sönmez 1998, §2",
			format.Serial, "A 1 / B 1 / C 1", "1: A B C / 2: A C B / 3: C A B", nil, "1=A 2=C 3=B", "1 1 1", 0},
		{"three with one list have no popular placement, serial still has one", "Abraham, Irving, Kavitha and Mehlhorn 2007, figure 1",
			format.Serial, "A 1 / B 1 / C 1", "1: A B C / 2: A B C / 3: A B C", nil, "1=A 2=B 3=C", "1 1 1", 0},
		{"all optima of three with one list cost 14; the first in their order is taken", "the same lists, by the squares of ranks",
			format.Equity, "A 1 / B 1 / C 1", "1: A B C / 2: A B C / 3: A B C", nil, "1=A 2=B 3=C", "1 1 1", 14},
		{"rank-maximal may place fewer than can be placed", "Irving, Kavitha, Mehlhorn, Michail and Paluch 2006, §1",
			format.RankMaximal, chained, chain, nil, "u=A v=- w=B", "2 0", 0},
		{"generous places all, though fewer at their first wish", "Kwanashie, Irving, Manlove and Sng 2014, §1",
			format.Leximin, chained, chain, nil, "u=A v=B w=C", "1 2", 0},
		{"serial choice may place fewer than can be placed", "the same lists, v served first",
			format.Serial, chained, "v: A B / w: B C / u: A", nil, "v=A w=B u=-", "2 0", 0},
		{"ordered gives v its second wish so that u has a post", "König 1931: an augmenting path from u by A, v, B, w, C",
			format.Ordered, chained, "v: A B / w: B C / u: A", nil, "v=B w=C u=A", "1 2", 0},
		{"as many as a maximum matching, by Hall's condition one less than asked", "Hall 1935: four students, three posts between them",
			format.Ordered, "A 1 / B 1 / C 1 / D 1", "1: A B / 2: A C / 3: B C / 4: A B C / 5: D", nil, "1=A 2=C 3=B 4=- 5=D", "3 1 0", 0},
		{"two first wishes, whatever is left for the third", "Featherstone 2020, on rank efficiency; by hand: A and B have one taker each at rank 1",
			format.RankMaximal, "A 1 / B 1 / C 1", "1: A B C / 2: A B C / 3: B A C", nil, "1=A 2=C 3=B", "2 0 1", 0},
		{"the worst rank is the first to go", "the same lists: nobody else can take C before rank 3, so the profile cannot be better",
			format.Leximin, "A 1 / B 1 / C 1", "1: A B C / 2: A C B / 3: B A C", nil, "1=A 2=C 3=B", "2 1 0", 0},
		{"the assignment problem: rows and columns of ranks", "Kuhn 1955's method by hand on ranks 1 2 3 / 2 1 3 / 1 3 2: 1+1+2",
			format.Equity, "A 1 / B 1 / C 1", "1: A B C / 2: B A C / 3: A C B", rankItself, "1=A 2=B 3=C", "2 1 0", 4},
		{"who alone accepts a post leaves the better one", "transportation with seats (Hitchcock 1941; Koopmans 1949), by hand: C has two seats and two takers, 1+2+2+1+1",
			format.Equity, "A 2 / B 1 / C 2", "1: A B / 2: A C / 3: A C / 4: B A / 5: A B", rankItself, "1=A 2=C 3=C 4=B 5=A", "3 2", 7},
		{"weight decides who takes the only good post", "two equal lists, by hand: 1·4 + 3·1 against 1·1 + 3·4",
			format.Equity, "A 1 / B 1", "1: A B / 2: A B", func(in *format.Instance) { in.Students[1].Weight = 3 }, "1=B 2=A", "1 1", 7},
		{"no post is better than a rank that costs more", "by hand: unplaced costs 3, rank 2 costs 4",
			format.Equity, "A 1 / B 1", "1: A B / 2: A B", func(in *format.Instance) { in.Parameters = unplaced(3) }, "1=A 2=-", "1 0", 4},
		{"a regional ceiling is kept", "Kamada and Kojima 2015, example 1, one-sided: two hospitals of one region with ten seats for ten",
			format.Ordered, "h1 10 / h2 10 / h3 10", "1: h1 h2 / 2: h1 h2 / 3: h2 h3", func(in *format.Instance) {
				in.Groups = []format.Group{{ID: "region", Posts: []string{"h1", "h2"}, Max: 2}}
			}, "1=h1 2=h1 3=h3", "2 1", 0},
		{"a floor takes the one whom it costs least", "by hand: 3 loses one rank, 1 and 2 two",
			format.Equity, "A 3 / B 1 / C 1", "1: A B C / 2: A B C / 3: A C B", func(in *format.Instance) {
				in.Groups = []format.Group{{ID: "g", Posts: []string{"C"}, Min: 1, Max: format.NoCeiling}}
			}, "1=A 2=A 3=C", "2 1 0", 6},
	}
	for _, tt := range tests {
		t.Run(tt.method+": "+tt.name, func(t *testing.T) {
			t.Parallel()
			in := textbook(t, tt.method, tt.posts, tt.lists)
			if tt.change != nil {
				tt.change(in)
			}
			r := solved(t, in)
			if got := whoGoesWhere(r); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.source, got, tt.want)
			}
			var profile []string
			for rank := range strings.Fields(tt.profile) {
				n := 0
				for _, a := range r.Assignments {
					if a.Rank == rank+1 {
						n++
					}
				}
				profile = append(profile, strconv.Itoa(n))
			}
			if got := strings.Join(profile, " "); got != tt.profile {
				t.Errorf("%s: profile %s, want %s", tt.source, got, tt.profile)
			}
			if tt.alsoObjective != 0 && r.Certificate.Dual.Objective != tt.alsoObjective {
				t.Errorf("%s: objective %d, want %d", tt.source, r.Certificate.Dual.Objective, tt.alsoObjective)
			}
		})
	}
}

func rankItself(in *format.Instance) {
	in.Parameters = format.DefaultParameters()
	in.Parameters.Costs = []int64{1, 2, 3}
}

func unplaced(cost int64) *format.Parameters {
	p := format.DefaultParameters()
	p.Unplaced = &cost
	return p
}

// Random serial dictatorship gives fractions that are known exactly, and some
// can be traded to everybody's advantage.
func TestTextbookLotteries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, source  string
		posts, lists  string
		before, after string // "x: 5/12 1/12", by the student's own list
	}{
		{"the probabilistic serial fractions, out of twelfths", "Bogomolnaia and Moulin 2001, §1",
			"a 1 / b 1 / c 1 / d 1", "1: a b c d / 2: a b c d / 3: b a d c / 4: b a d c",
			"1: 5/12 1/12 5/12 1/12 / 2: 5/12 1/12 5/12 1/12 / 3: 5/12 1/12 5/12 1/12 / 4: 5/12 1/12 5/12 1/12",
			"1: 1/2 0 1/2 0 / 2: 1/2 0 1/2 0 / 3: 1/2 0 1/2 0 / 4: 1/2 0 1/2 0"},
		{"nothing to trade when all agree", "Bogomolnaia and Moulin 2001: equal lists get equal fractions",
			"a 1 / b 1 / c 1", "1: a b c / 2: a b c / 3: a b c",
			"1: 1/3 1/3 1/3 / 2: 1/3 1/3 1/3 / 3: 1/3 1/3 1/3", "1: 1/3 1/3 1/3 / 2: 1/3 1/3 1/3 / 3: 1/3 1/3 1/3"},
		{"three students, sixths", "Bogomolnaia and Moulin 2001, on random priority for three",
			"a 1 / b 1 / c 1", "1: a b c / 2: a b c / 3: b a c",
			"1: 1/2 1/6 1/3 / 2: 1/2 1/6 1/3 / 3: 2/3 0 1/3", "1: 1/2 1/6 1/3 / 2: 1/2 1/6 1/3 / 3: 2/3 0 1/3"},
		{"each alone at a first wish", "certainty stays certain",
			"a 1 / b 1", "1: a b / 2: b a", "1: 1 0 / 2: 1 0", "1: 1 0 / 2: 1 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := textbook(t, format.TradedLottery, tt.posts, tt.lists)
			in.Parameters = format.DefaultParameters()
			in.Parameters.Seed = "textbook"
			lottery := solved(t, in).Certificate.Lottery
			if got := fractions(lottery.Draws, lottery.Before); got != tt.before {
				t.Errorf("%s, before\n got %s\nwant %s", tt.source, got, tt.before)
			}
			if got := fractions(lottery.Draws, lottery.After); got != tt.after {
				t.Errorf("%s, after\n got %s\nwant %s", tt.source, got, tt.after)
			}
		})
	}
}

func fractions(draws int64, shares []format.Shares) string {
	var lines []string
	for _, s := range shares {
		words := []string{s.Student + ":"}
		for _, n := range s.Wishes {
			words = append(words, fraction(n, draws))
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return strings.Join(lines, " / ")
}

func fraction(n, d int64) string {
	a, b := n, d
	for b != 0 {
		a, b = b, a%b
	}
	if n, d = n/a, d/a; d == 1 {
		return strconv.FormatInt(n, 10)
	}
	return fmt.Sprintf("%d/%d", n, d)
}

// What cannot be met is said in full: Hall's condition the other way round.
func TestAFloorThatCannotBeMetIsExplained(t *testing.T) {
	t.Parallel()
	in := textbook(t, format.Equity, "A 1 / B 2 / C 3", "1: A C / 2: A C / 3: C")
	in.Groups = []format.Group{{ID: "g", Posts: []string{"A", "B"}, Min: 2, Max: format.NoCeiling}}
	_, err := assign.Solve(in)
	infeasible, ok := errors.AsType[*assign.Infeasible](err)
	if !ok {
		t.Fatalf("expected no placement, got %v", err)
	}
	if !slices.Equal(infeasible.Groups, []string{"g"}) || !strings.Contains(err.Error(), "g") {
		t.Errorf("the reason names %v: %v", infeasible.Groups, err)
	}
}
