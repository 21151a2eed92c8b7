package match_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// Instances of the literature. The number of stable matchings is what trying all
// gives, also where the source prints it.
func TestTextbookInstances(t *testing.T) {
	t.Parallel()
	tests := []struct {
		source     string
		candidates string // lists, "a: x y / b: x"
		posts      string // seats and rankings, "x 2: a b / y: a"; one seat unless said
		count      int    // of stable matchings
		best       string // the posts of the candidates, in their order, when candidates propose
		worst      string // when posts propose
	}{
		{"Gale and Shapley 1962, example 1",
			"α: A B C / β: B C A / γ: C A B",
			"A: β γ α / B: γ α β / C: α β γ",
			3, "A B C", "C A B"},
		{"Gale and Shapley 1962, example 2",
			"α: A B C D / β: A D C B / γ: B A C D / δ: D B C A",
			"A: δ γ α β / B: β δ α γ / C: δ α β γ / D: γ β α δ",
			1, "C D A B", "C D A B"},
		{"Knuth 1976, the ten stable matchings of four couples",
			"1: a b c d / 2: b a d c / 3: c d a b / 4: d c b a",
			"a: 4 3 2 1 / b: 3 4 1 2 / c: 2 1 4 3 / d: 1 2 3 4",
			10, "a b c d", "d c b a"},
		{"Irving, Leather and Gusfield 1987, eight couples",
			"1: E G A B F H D C / 2: B C G E D A H F / 3: H E A D F B C G / 4: C B G D A F H E / " +
				"5: G B E A C F H D / 6: A F G E H D B C / 7: B E G F C D H A / 8: C H D E G B F A",
			"A: 5 3 7 6 1 2 8 4 / B: 8 6 3 5 7 2 1 4 / C: 1 5 6 2 4 8 7 3 / D: 8 7 3 2 4 1 5 6 / " +
				"E: 6 4 7 3 8 1 2 5 / F: 2 8 5 4 6 3 7 1 / G: 7 5 2 1 8 6 4 3 / H: 7 4 1 5 2 3 6 8",
			9, "E C H F G A B D", "C F B H A E G D"},
		{"Roth and Sotomayor 1990, both agents of each side at odds with the other side",
			"m1: w1 w2 / m2: w2 w1",
			"w1: m2 m1 / w2: m1 m2",
			2, "w1 w2", "w2 w1"},
		{"Roth and Sotomayor 1990, five colleges and seven students",
			"s1: C5 C1 / s2: C2 C5 C1 / s3: C3 C1 / s4: C4 C1 / s5: C1 C2 / s6: C1 C3 / s7: C1 C3 C4",
			"C1 3: s1 s2 s3 s4 s5 s6 s7 / C2: s5 s2 / C3: s6 s7 s3 / C4: s7 s4 / C5: s2 s1",
			4, "C5 C2 C3 C4 C1 C1 C1", "C1 C5 C1 C1 C2 C3 C4"},
		{"Abdulkadiroğlu and Sönmez 2003, after Roth 1982: stable, though two would gladly swap",
			"i1: s2 s1 s3 / i2: s1 s2 s3 / i3: s1 s2 s3",
			"s1: i1 i3 i2 / s2: i2 i1 i3 / s3: i2 i1 i3",
			1, "s1 s2 s3", "s1 s2 s3"},
		{"the American residency match explains itself: five applicants, three programmes of two",
			"Arthur: City / Sunny: City Mercy / Joseph: City General Mercy / Latha: Mercy City General / Darrius: City Mercy General",
			"Mercy 2: Darrius Joseph / City 2: Darrius Arthur Sunny Latha Joseph / General 2: Darrius Arthur Joseph Latha",
			1, "City - General General City", "City - General General City"},
		{"rural hospitals (Roth 1986): the same two seats stay free in both ends",
			"a: X Y / b: Y X / c: Z",
			"X: b a / Y: a b / Z 3: c",
			2, "X Y Z", "Y X Z"},
	}
	for _, tt := range tests {
		t.Run(tt.source, func(t *testing.T) {
			t.Parallel()
			in := textbook(t, tt.candidates, tt.posts)
			if n := len(plainly(in, true).all()); n != tt.count {
				t.Errorf("%d stable matchings, expected %d", n, tt.count)
			}
			if got := inOrder(in); got != tt.best {
				t.Errorf("candidates propose: %s, expected %s", got, tt.best)
			}
			if got := inOrder(proposing(in, format.Posts)); got != tt.worst {
				t.Errorf("posts propose: %s, expected %s", got, tt.worst)
			}
		})
	}
}

func textbook(t *testing.T, candidates, posts string) *format.MatchInstance {
	t.Helper()
	text := "candidate " + strings.ReplaceAll(candidates, " / ", "\ncandidate ") + "\n"
	for _, post := range strings.Split(posts, " / ") {
		head, ranking, _ := strings.Cut(post, ":")
		if len(strings.Fields(head)) == 1 {
			head += " 1"
		}
		text += "post " + head + ":" + ranking + "\n"
	}
	in, _, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func inOrder(in *format.MatchInstance) string {
	m := of(match.Solve(in))
	var posts []string
	for _, one := range in.Candidates {
		if m[one.ID] == "" {
			posts = append(posts, "-")
		} else {
			posts = append(posts, m[one.ID])
		}
	}
	return strings.Join(posts, " ")
}

// A post can gain by leaving out those it ranks: no stable procedure prevents it
// on both sides (Roth, "The economics of matching: stability and incentives",
// 1982).
func TestAPostCanGainByAShorterRanking(t *testing.T) {
	t.Parallel()
	honest := textbook(t, "m1: w1 w2 / m2: w2 w1", "w1: m2 m1 / w2: m1 m2")
	short := textbook(t, "m1: w1 w2 / m2: w2 w1", "w1: m2 / w2: m1 m2")
	if before, after := inOrder(honest), inOrder(short); before != "w1 w2" || after != "w2 w1" {
		t.Errorf("honest %s, short %s: w1 should have m1, then m2 whom it prefers", before, after)
	}
}

// Kojima ("School choice: impossibilities for affirmative action", 2012) shows a
// market where a ceiling on the majority harms the minority. Hafalir, Yenmez and
// Yildirim's reserves, which are in force here, leave everybody as they are: the
// minority does not need them. Where it does, they help.
func TestReservesHelpOnlyThoseWhoNeedThem(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, reserve, ranking, want string }{
		{"without reserve", "", "s1 s2 s3", "s1=c1 s2=c1 s3=c2"},
		{"a reserve that nobody needs", "reserve minority 1", "s1 s2 s3", "s1=c1 s2=c1 s3=c2"},
		{"a ceiling of one on the majority", "reserve minority 1", "s1 s3", "s1=c1 s2=c2 s3=c1"},
	}
	for _, tt := range tests {
		in, _, err := parse("candidate s1: c1\ncandidate s2: c1 c2\ncandidate s3 group minority: c2 c1\n" +
			"post c1 2 " + tt.reserve + ": " + tt.ranking + "\npost c2 1: s2 s3 s1\n")
		if err != nil {
			t.Fatal(err)
		}
		if got := of(match.Solve(in)).text(); got != tt.want {
			t.Errorf("%s: %s, expected %s", tt.name, got, tt.want)
		}
	}
}

func (m matching) text() string {
	var pairs []string
	for _, c := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, c+"="+m[c])
	}
	return strings.Join(pairs, " ")
}

// Weakly stable matchings of one instance can differ in size by two to one
// (Manlove, Irving, Iwama, Miyazaki and Morita, "Hard variants of stable
// marriage", 2002). A draw may give the small one; Király's algorithm does not.
func TestTiesThatADrawCanBreakBadly(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, market string }{
		{"a tie on the candidates' side", "candidate a: (x y)\ncandidate b: x\npost x 1: a b\npost y 1: a\n"},
		{"a tie on the posts' side", "candidate a: x y\ncandidate b: x\npost x 1: (a b)\npost y 1: a\n"},
		{"ties on both sides", "candidate a: (x y)\ncandidate b: (x z)\ncandidate c: x\npost x 1: (a b) c\npost y 1: a\npost z 1: b\n"},
		{"a post of two seats", "candidate a: (x y)\ncandidate b: (x y)\ncandidate c: x\ncandidate d: x\npost x 2: (a b c d)\npost y 2: (a b)\n"},
	}
	for _, tt := range tests {
		sizes := map[int]bool{}
		most := 0
		for seed := range 40 {
			in, _, err := parse(fmt.Sprintf("ties lottery %d\n%s", seed, tt.market))
			if err != nil {
				t.Fatal(err)
			}
			sizes[match.Solve(in).Statistics.Placed] = true
			in.Ties.Rule = format.LargestTies
			most = len(in.Candidates)
			if n := match.Solve(in).Statistics.Placed; n != most {
				t.Errorf("%s, seed %d: the largest places %d, expected %d", tt.name, seed, n, most)
			}
		}
		if len(sizes) < 2 || !sizes[most] {
			t.Errorf("%s: draws place %v; expected some to place all %d, some fewer", tt.name, sizes, most)
		}
	}
}

// The figures of the page, on fewer markets: small ones with short lists and many
// ties.
func TestLargestPlacesMoreThanADraw(t *testing.T) {
	t.Parallel()
	const markets = 200
	reached, drawn := 0, 0
	for seed := range uint64(markets) {
		d := dealer{rand.New(rand.NewPCG(seed, 7))}
		in := &format.MatchInstance{Proposing: format.Candidates, Unranked: format.Refused, Ties: &format.Ties{Seed: "2027"}}
		tied, posts := kind{ties: true}, 3+d.IntN(4)
		for i := range posts {
			in.Posts = append(in.Posts, format.MatchPost{ID: fmt.Sprint("P", i), Seats: 1 + d.IntN(2), Ranking: d.list(tied, true, "C", 6)})
		}
		for i := range 6 {
			wishes := d.list(tied, true, "P", posts)
			in.Candidates = append(in.Candidates, format.MatchCandidate{ID: fmt.Sprint("C", i), Wishes: wishes[:min(len(wishes), 1+d.IntN(2))]})
		}
		most := 0
		for _, m := range plainly(in, false).all() {
			most = max(most, m.size())
		}
		in.Ties.Rule = format.LargestTies
		if match.Solve(in).Statistics.Placed == most {
			reached++
		}
		in.Ties.Rule = format.DrawnTies
		if match.Solve(in).Statistics.Placed == most {
			drawn++
		}
	}
	if reached < markets*95/100 || drawn > markets*90/100 {
		t.Errorf("of %d markets the largest reached the most in %d, a draw in %d", markets, reached, drawn)
	}
}

// The lists of Király's procedure have no two ends, and posts cannot propose in it.
func TestLargestIsForCandidatesProposing(t *testing.T) {
	t.Parallel()
	in, _, err := parse("ties largest 1\ncandidate a: (x y)\npost x 1: a\npost y 1: a\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := match.Ends(in); ok {
		t.Error("it has ends")
	}
	in.Proposing = format.Posts
	if err := in.Check(); err == nil || !strings.Contains(err.Error(), "$.proposing") {
		t.Errorf("posts propose: %v", err)
	}
}
