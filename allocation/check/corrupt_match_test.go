package check_test

import (
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// Three candidates, three posts and three stable matchings.
const marketOfThree = `{"format":"match/1","proposing":"candidates","unranked":"refused",
 "posts":[{"id":"A","seats":1,"ranking":["y","z","x"]},{"id":"B","seats":1,"ranking":["z","x","y"]},{"id":"C","seats":1,"ranking":["x","y","z"]},{"id":"D","seats":1,"closed":true,"ranking":["x"]}],
 "candidates":[{"id":"w","wishes":["A","D"]},{"id":"x","wishes":["D","A","B","C"]},{"id":"y","wishes":["B","C","A"]},{"id":"z","wishes":["C","A","B"]}]}`

// A post with a seat for a group, which takes the second best of all by it.
const reserves = `{"format":"match/1","proposing":"candidates","unranked":"last","ties":{"rule":"lottery","seed":"s"},
 "posts":[{"id":"A","seats":2,"ranking":["u","v","w","x"],"reserved":[{"group":"g","seats":1}]},{"id":"B","seats":1,"ranking":["v"]}],
 "candidates":[{"id":"u","wishes":["A","B"]},{"id":"v","wishes":["A","B"]},{"id":"w","wishes":["A"],"group":"g"},{"id":"x","wishes":["A","B"],"group":"g"}]}`

// A second round: p keeps a post that q would have had.
const secondRound = `{"format":"match/1","fixed":[{"candidate":"p","post":"A"}],
 "posts":[{"id":"A","seats":1,"ranking":["q","p"]},{"id":"B","seats":2,"ranking":["r","q","p"]}],
 "candidates":[{"id":"p","wishes":["B","A"]},{"id":"q","wishes":["A","B"]},{"id":"r","wishes":["B"]}]}`

// p keeps a post that p did not ask for, and that did not rank p.
const unasked = `{"format":"match/1","fixed":[{"candidate":"p","post":"A"}],
 "posts":[{"id":"A","seats":1,"ranking":["q"]},{"id":"B","seats":1,"ranking":["p"]}],
 "candidates":[{"id":"p","wishes":["B"]},{"id":"q","wishes":["A"]}]}`

// Two equals for one post: the draw decides.
const tied = `{"format":"match/1","ties":{"rule":"lottery","seed":"s"},
 "posts":[{"id":"A","seats":1,"ranking":[["i","j"]]},{"id":"B","seats":1,"ranking":["j","i"]}],
 "candidates":[{"id":"i","wishes":["A"]},{"id":"j","wishes":["A"]}]}`

// Two equals for one post, one of whom could go elsewhere.
const largest = `{"format":"match/1","ties":{"rule":"largest","seed":"s"},
 "posts":[{"id":"A","seats":1,"ranking":[["i","j"]]},{"id":"B","seats":1,"ranking":["j"]}],
 "candidates":[{"id":"i","wishes":["A"]},{"id":"j","wishes":["A","B"]}]}`

// A candidate for whom two posts are equal, one of which nobody else can have.
const largestByWish = `{"format":"match/1","ties":{"rule":"largest","seed":"s"},
 "posts":[{"id":"A","seats":1,"ranking":["j","i"]},{"id":"B","seats":1,"ranking":["j"]}],
 "candidates":[{"id":"i","wishes":["A"]},{"id":"j","wishes":[["A","B"]]}]}`

func matched(r *format.MatchResult, id string) *format.Match {
	return &r.Matches[slices.IndexFunc(r.Matches, func(m format.Match) bool { return m.Candidate == id })]
}

func matchPost(r *format.MatchResult, id string) *format.MatchPostResult {
	return &r.Posts[slices.IndexFunc(r.Posts, func(p format.MatchPostResult) bool { return p.Post == id })]
}

func matchReason(r *format.MatchResult, id string, wish int) *format.MatchReason {
	return &r.Reasons[slices.IndexFunc(r.Reasons, func(x format.MatchReason) bool { return x.Candidate == id && x.Wish == wish })]
}

func TestEachCorruptionOfAMatchingIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	move := func(r *format.MatchResult, id, post string) { matched(r, id).Post = post }
	leave := func(r *format.MatchResult, id string) {
		r.Matches = slices.DeleteFunc(r.Matches, func(m format.Match) bool { return m.Candidate == id })
		r.Unmatched = append(r.Unmatched, id)
		slices.Sort(r.Unmatched)
	}
	enter := func(r *format.MatchResult, id, post string) {
		r.Unmatched = slices.DeleteFunc(r.Unmatched, func(one string) bool { return one == id })
		r.Matches = append(r.Matches, format.Match{Candidate: id, Post: post})
		slices.SortFunc(r.Matches, func(x, y format.Match) int { return strings.Compare(x.Candidate, y.Candidate) })
	}
	tests := []struct {
		name, instance string
		edit           func(r *format.MatchResult)
		check, mention string
	}{
		{"another instance", marketOfThree, func(r *format.MatchResult) { r.Instance = format.Hash("") }, "instance hash", "sha256:"},
		{"a candidate from elsewhere", marketOfThree, func(r *format.MatchResult) { r.Unmatched[0] = "v" }, "known ids", "v"},
		{"a post from elsewhere", marketOfThree, func(r *format.MatchResult) { move(r, "x", "Z") }, "known ids", "Z"},
		{"a candidate twice", marketOfThree, func(r *format.MatchResult) { r.Unmatched = append(r.Unmatched, "x") }, "each candidate once", "x"},
		{"a candidate left out", marketOfThree, func(r *format.MatchResult) { r.Unmatched = nil }, "each candidate once", "w"},
		{"one more than seats", marketOfThree, func(r *format.MatchResult) { move(r, "y", "A") }, "seats", "A"},
		{"a refused candidate admitted", marketOfThree, func(r *format.MatchResult) {
			move(r, "x", "B")
			leave(r, "y")
			enter(r, "w", "A")
		}, "closed and refused", "w"},
		{"a closed post given", marketOfThree, func(r *format.MatchResult) { move(r, "x", "D") }, "closed and refused", "the closed post D"},
		{"a post that was not asked for", tied, func(r *format.MatchResult) { enter(r, "i", "B") }, "closed and refused", "i did not ask for post B"},
		{"a pair that blocks", marketOfThree, func(r *format.MatchResult) {
			move(r, "y", "A")
			move(r, "x", "B")
			move(r, "z", "C")
		}, "stability", "candidate y would rather have post C, which would rather have y than z"},
		{"a free seat left", marketOfThree, func(r *format.MatchResult) { leave(r, "x") }, "stability", "x"},
		{"the best matching for the posts", marketOfThree, func(r *format.MatchResult) {
			move(r, "x", "C")
			move(r, "y", "A")
			move(r, "z", "B")
		}, "optimality", "better for the candidates"},
		{"the matching in between", marketOfThree, func(r *format.MatchResult) {
			move(r, "x", "B")
			move(r, "y", "C")
			move(r, "z", "A")
		}, "optimality", "x, y, z"},
		{"the best matching for the candidates where posts propose", strings.Replace(marketOfThree, `"proposing":"candidates"`, `"proposing":"posts"`, 1), func(r *format.MatchResult) {
			move(r, "x", "A")
			move(r, "y", "B")
			move(r, "z", "C")
		}, "optimality", "better for the posts"},
		{"a reserved seat given by merit", reserves, func(r *format.MatchResult) {
			move(r, "v", "A")
			leave(r, "w")
		}, "stability", "candidate w would rather have post A, which would rather have w than v"},
		{"a reserved seat for the second of the group", reserves, func(r *format.MatchResult) {
			leave(r, "w")
			enter(r, "x", "A")
		}, "stability", "w"},
		{"the other outcome of the draw", tied, func(r *format.MatchResult) {
			leave(r, "j")
			enter(r, "i", "A")
		}, "stability", "j"},
		{"fewer placed than could be", largest, func(r *format.MatchResult) {
			leave(r, "i")
			move(r, "j", "A")
		}, "optimality", "candidate i could have post A, and j the free post B"},
		{"fewer placed than could be, by equal wishes", largestByWish, func(r *format.MatchResult) {
			leave(r, "i")
			move(r, "j", "A")
		}, "optimality", "candidate i could have post A, and j the free post B"},
		{"a pair that was fixed broken", secondRound, func(r *format.MatchResult) {
			move(r, "p", "B")
			move(r, "q", "A")
		}, "fixed", "p"},
		{"a pair called fixed", secondRound, func(r *format.MatchResult) { matched(r, "r").Fixed = true }, "fixed", "r"},
		{"a pair not called fixed", secondRound, func(r *format.MatchResult) { matched(r, "p").Fixed = false }, "fixed", "p"},
		{"matches in another order", marketOfThree, func(r *format.MatchResult) { slices.Reverse(r.Matches) }, "canonicality", "matches[1]"},
		{"posts in another order", marketOfThree, func(r *format.MatchResult) { slices.Reverse(r.Posts) }, "canonicality", "posts[1]"},
		{"reasons in another order", marketOfThree, func(r *format.MatchResult) { slices.Reverse(r.Reasons) }, "canonicality", "reasons[1]"},
		{"another position on the list", marketOfThree, func(r *format.MatchResult) { matched(r, "x").Wish = 1 }, "positions", "wish 2 of candidate x"},
		{"another position in the ranking", marketOfThree, func(r *format.MatchResult) { matched(r, "x").Rank = 2 }, "positions", "ranked 3 there"},
		{"people at a post miscounted", marketOfThree, func(r *format.MatchResult) { matchPost(r, "A").Filled = 0 }, "posts", "A"},
		{"a cut-off one better", marketOfThree, func(r *format.MatchResult) { matchPost(r, "A").Cutoff-- }, "posts", "cut-off of post A is 3"},
		{"a cut-off one worse", marketOfThree, func(r *format.MatchResult) { matchPost(r, "A").Cutoff++ }, "posts", "cut-off of post A is 3"},
		{"a cut-off where seats are free", secondRound, func(r *format.MatchResult) { matchPost(r, "A").Cutoff = 2 }, "posts", "A"},
		{"a post left out", marketOfThree, func(r *format.MatchResult) { r.Posts = r.Posts[1:] }, "posts", "3 posts"},
		{"a post in the place of another", marketOfThree, func(r *format.MatchResult) { r.Posts[1] = r.Posts[0] }, "posts", "A stands twice"},
		{"a reserved seat not counted", reserves, func(r *format.MatchResult) { matchPost(r, "A").Reserved[0].Filled = 0 }, "posts", "A"},
		{"another cut-off of a reserve", reserves, func(r *format.MatchResult) { matchPost(r, "A").Reserved[0].Cutoff = 4 }, "posts", "A"},
		{"a reserve left out", reserves, func(r *format.MatchResult) { matchPost(r, "A").Reserved = nil }, "posts", "A"},
		{"another outcome", marketOfThree, func(r *format.MatchResult) {
			*matchReason(r, "w", 1) = format.MatchReason{Candidate: "w", Wish: 1, Outcome: format.Unranked}
		}, "reasons", "should be refused"},
		{"another cut-off in a reason", reserves, func(r *format.MatchResult) { matchReason(r, "x", 1).Cutoff = 1 }, "reasons", "wish 1 of candidate x"},
		{"another rank in a reason", reserves, func(r *format.MatchResult) { matchReason(r, "v", 1).Rank = 1 }, "reasons", "wish 1 of candidate v"},
		{"a reason left out", marketOfThree, func(r *format.MatchResult) { r.Reasons = r.Reasons[1:] }, "reasons", "wish 1 of candidate w"},
		{"a reason for a wish that nobody made", marketOfThree, func(r *format.MatchResult) {
			r.Reasons = append(r.Reasons, format.MatchReason{Candidate: "z", Wish: 4, Outcome: format.NotReached})
		}, "reasons", "nobody made"},
		{"a blocking pair hidden", secondRound, func(r *format.MatchResult) { r.Blocking = nil }, "blocking", "candidate q and post A"},
		{"a pair that blocks a seat nobody asked for hidden", unasked, func(r *format.MatchResult) { r.Blocking = r.Blocking[:1] }, "blocking", "candidate q and post A"},
		{"a blocking pair invented", secondRound, func(r *format.MatchResult) {
			r.Blocking = append([]format.Pair{{Candidate: "p", Post: "B"}}, r.Blocking...)
		}, "blocking", "candidate p and post B"},
		{"a blocking pair twice", secondRound, func(r *format.MatchResult) { r.Blocking = append(r.Blocking, r.Blocking[0]) }, "blocking", "twice"},
		{"one more placed", marketOfThree, func(r *format.MatchResult) { r.Statistics.Placed++ }, "statistics", "placed"},
		{"another sum of wishes", marketOfThree, func(r *format.MatchResult) { r.Statistics.WishSum-- }, "statistics", "wish sum"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data, err := match.SolveFile([]byte(tt.instance))
			if err != nil {
				t.Fatal(err)
			}
			if report, err := check.VerifyMatch([]byte(tt.instance), data); err != nil || report.Failed != nil || len(report.Passed) != 16 {
				t.Fatalf("%v (%v)", report, err)
			}
			r, err := format.ReadMatchResult(data)
			if err != nil {
				t.Fatal(err)
			}
			tt.edit(r)
			report, err := check.VerifyMatch([]byte(tt.instance), r.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			named(t, report, tt.check, tt.mention)
		})
	}
}

// Stability comes first: j is better ranked and prefers A, so that i stays without
// a post although B has a free seat.
func TestStrictListsMayKeepTheLargestMatchingSmall(t *testing.T) {
	t.Parallel()
	instance := []byte(`{"format":"match/1","ties":{"rule":"largest","seed":"s"},
 "posts":[{"id":"A","seats":1,"ranking":["j","i"]},{"id":"B","seats":1,"ranking":["j"]}],
 "candidates":[{"id":"i","wishes":["A"]},{"id":"j","wishes":["A","B"]}]}`)
	result, err := match.SolveFile(instance)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := check.VerifyMatch(instance, result); err != nil || report.Failed != nil {
		t.Errorf("%v (%v)", report.Failed, err)
	}
}
