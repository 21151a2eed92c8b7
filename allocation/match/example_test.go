package match_test

import (
	"fmt"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// Ana and Bo both ask for cardiology, which prefers Bo. Ana learns that she was
// second there, and that the first rank was needed.
func ExampleSolve() {
	in := &format.MatchInstance{
		Proposing: format.Candidates,
		Unranked:  format.Refused,
		Posts: []format.MatchPost{
			{ID: "cardio", Seats: 1, Ranking: [][]string{{"bo"}, {"ana"}}},
			{ID: "neuro", Seats: 1, Ranking: [][]string{{"ana"}, {"bo"}}},
		},
		Candidates: []format.MatchCandidate{
			{ID: "ana", Wishes: [][]string{{"cardio"}, {"neuro"}}},
			{ID: "bo", Wishes: [][]string{{"cardio"}}},
		},
	}
	r := match.Solve(in)
	for _, m := range r.Matches {
		fmt.Println(m.Candidate, "has", m.Post, "wish", m.Wish, "ranked", m.Rank)
	}
	for _, reason := range r.Reasons {
		if reason.Outcome == format.Cutoff {
			fmt.Println(reason.Candidate, "wish", reason.Wish, "was ranked", reason.Rank, "and the last one admitted", reason.Cutoff)
		}
	}
	for _, n := range match.Needed(in, "ana") {
		fmt.Println("ana would have had", n.Post, "at rank", n.Rank)
	}
	// Output:
	// ana has neuro wish 2 ranked 1
	// bo has cardio wish 1 ranked 1
	// ana wish 1 was ranked 2 and the last one admitted 1
	// ana would have had cardio at rank 1
}

// Each candidate's first wish is the other one's first choice at the post: the
// side that proposes decides.
func ExampleEnds() {
	in := &format.MatchInstance{
		Proposing: format.Candidates,
		Unranked:  format.Refused,
		Posts: []format.MatchPost{
			{ID: "cardio", Seats: 1, Ranking: [][]string{{"bo"}, {"ana"}, {"cy"}}},
			{ID: "neuro", Seats: 1, Ranking: [][]string{{"ana"}, {"bo"}}},
		},
		Candidates: []format.MatchCandidate{
			{ID: "ana", Wishes: [][]string{{"cardio"}, {"neuro"}}},
			{ID: "bo", Wishes: [][]string{{"neuro"}, {"cardio"}}},
			{ID: "cy", Wishes: [][]string{{"cardio"}}},
		},
	}
	ends, _ := match.Ends(in)
	for _, e := range ends {
		switch {
		case !e.Only():
			fmt.Println(e.Candidate, "can have", e.Best, "at best and", e.Worst, "at worst")
		case e.Best == "":
			fmt.Println(e.Candidate, "is placed by no stable matching")
		default:
			fmt.Println(e.Candidate, "can have", e.Best, "alone")
		}
	}
	// Output:
	// ana can have cardio at best and neuro at worst
	// bo can have neuro at best and cardio at worst
	// cy is placed by no stable matching
}

// Three students, two posts of one seat, by numbers.
func ExampleSolveMarket() {
	m, err := format.ReadMarket([]byte("HR1 3 2 1\nS 2 0 1\nS 2 0 1\nS 1 1\nP 1 2 1 0\nP 1 3 0 2 1\nO 0 1 2\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	post, rank, _ := match.SolveMarket(m, nil)
	fmt.Print(string(format.WritePlacement(post, rank)))
	// Output:
	// 0 1 2
	// 1 0 1
	// 2 - -
}
