package check_test

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// Of all ways to match a small market, the judge accepts one: that of the engine.
func TestOfAllMatchingsOneIsAccepted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		in := drawMatch(rt)
		file := in.Bytes()
		in, err := format.ReadMatch(file)
		if err != nil {
			return // a tie without a rule
		}
		data, err := match.SolveFile(file)
		if err != nil {
			rt.Fatal(err)
		}
		report, err := check.VerifyMatch(file, data)
		if err != nil {
			rt.Fatal(err)
		}
		if report.Failed != nil {
			rt.Fatalf("refused: %v\n%s\n%s", report.Failed, file, data)
		}
		if in.Ties != nil && in.Ties.Rule == format.LargestTies {
			return // several may be right
		}
		result, err := format.ReadMatchResult(data)
		if err != nil {
			rt.Fatal(err)
		}
		accepted := 0
		matchings(in, func(m []format.Match, unmatched []string) {
			result.Matches, result.Unmatched = m, unmatched
			report, err := check.VerifyMatch(file, result.Bytes())
			if err != nil {
				rt.Fatal(err)
			}
			// What comes after optimality is about this one matching's numbers.
			if f := report.Failed; f == nil || len(report.Passed) >= 9 {
				accepted++
			}
		})
		if accepted != 1 {
			rt.Fatalf("%d matchings are accepted\n%s", accepted, file)
		}
	})
}

func drawMatch(rt *rapid.T) *format.MatchInstance {
	in := &format.MatchInstance{
		Proposing: rapid.SampledFrom([]string{format.Candidates, format.Posts}).Draw(rt, "proposing"),
		Unranked:  rapid.SampledFrom([]string{format.Refused, format.Last}).Draw(rt, "unranked"),
	}
	if rule := rapid.SampledFrom([]string{"", format.DrawnTies, format.LargestTies}).Draw(rt, "rule"); rule != "" {
		in.Ties = &format.Ties{Rule: rule, Seed: strconv.Itoa(rapid.IntRange(0, 9).Draw(rt, "seed"))}
	}
	if in.Ties != nil && in.Ties.Rule == format.LargestTies {
		in.Proposing = format.Candidates
	}
	candidates, posts := rapid.IntRange(0, 4).Draw(rt, "candidates"), rapid.IntRange(1, 3).Draw(rt, "posts")
	group := rapid.SampledFrom([]string{"", "A", "B"})
	for c := range candidates {
		in.Candidates = append(in.Candidates, format.MatchCandidate{ID: "c" + strconv.Itoa(c), Group: group.Draw(rt, "group")})
	}
	for p := range posts {
		post := format.MatchPost{ID: "p" + strconv.Itoa(p), Seats: rapid.IntRange(0, 3).Draw(rt, "seats"), Closed: rapid.IntRange(0, 9).Draw(rt, "closed") == 0}
		left := post.Seats
		for _, g := range []string{"A", "B"} {
			if n := rapid.IntRange(0, 2).Draw(rt, "reserved"); rapid.Bool().Draw(rt, "reserve") && n <= left {
				post.Reserved = append(post.Reserved, format.Reserve{Group: g, Seats: n})
				left -= n
			}
		}
		in.Posts = append(in.Posts, post)
	}
	for c := range in.Candidates {
		in.Candidates[c].Wishes = drawList(rt, "p", posts, in.Ties != nil)
	}
	for p := range in.Posts {
		in.Posts[p].Ranking = drawList(rt, "c", candidates, in.Ties != nil)
		if candidates > 0 && rapid.IntRange(0, 7).Draw(rt, "fix") == 0 {
			in.Fixed = append(in.Fixed, format.Pair{Candidate: "c" + strconv.Itoa(rapid.IntRange(0, candidates-1).Draw(rt, "who")), Post: in.Posts[p].ID})
		}
	}
	return in
}

func drawList(rt *rapid.T, letter string, n int, ties bool) [][]string {
	var list [][]string
	for _, k := range rapid.Permutation(numbers(n)).Draw(rt, "list") {
		id := letter + strconv.Itoa(k)
		switch rapid.IntRange(0, 5).Draw(rt, "how") {
		case 0: // not on the list
		case 1, 2:
			if ties && len(list) > 0 {
				list[len(list)-1] = append(list[len(list)-1], id)
				continue
			}
			fallthrough
		default:
			list = append(list, []string{id})
		}
	}
	return list
}

func numbers(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// matchings visits every way to give posts to candidates.
func matchings(in *format.MatchInstance, visit func([]format.Match, []string)) {
	var matches []format.Match
	var unmatched []string
	var choose func(c int)
	choose = func(c int) {
		if c == len(in.Candidates) {
			visit(matches, unmatched)
			return
		}
		id := in.Candidates[c].ID
		fixed := false
		for _, pair := range in.Fixed {
			fixed = fixed || pair.Candidate == id
		}
		for _, p := range in.Posts {
			if !fixed && !slices.Contains(slices.Concat(in.Candidates[c].Wishes...), p.ID) {
				continue // nobody would believe it
			}
			matches = append(matches, format.Match{Candidate: id, Post: p.ID, Fixed: fixed})
			choose(c + 1)
			matches = matches[:len(matches)-1]
		}
		unmatched = append(unmatched, id)
		choose(c + 1)
		unmatched = unmatched[:len(unmatched)-1]
	}
	choose(0)
}
