package allocation_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
)

// anyTask draws an instance for a method that looks for an optimum, small enough
// that every placement can be tried, with everything such a file may hold.
func anyTask(t *rapid.T, method string) *format.Instance {
	in := &format.Instance{Method: method}
	var ids []string
	for i := range rapid.IntRange(1, 4).Draw(t, "posts") {
		ids = append(ids, fmt.Sprint("T", i))
		in.Posts = append(in.Posts, format.Post{ID: ids[i], Seats: rapid.IntRange(0, 2).Draw(t, "seats"), Closed: rapid.IntRange(0, 9).Draw(t, "closed") == 0})
	}
	orders := rapid.Permutation([]int{1, 2, 3, 5, 8}).Draw(t, "orders")
	for i := range rapid.IntRange(1, 5).Draw(t, "students") {
		s := format.Student{ID: fmt.Sprint("E", i), Order: orders[i]}
		if method == format.Equity {
			s.Weight = rapid.IntRange(1, 3).Draw(t, "weight")
		}
		list := rapid.Permutation(ids).Draw(t, "list")
		cut := rapid.IntRange(0, len(list)).Draw(t, "wishes")
		for _, post := range list[:cut] {
			w := format.Wish{Post: post}
			if rapid.IntRange(0, 7).Draw(t, "barred") == 0 {
				w.Barred = "rule"
			}
			s.Wishes = append(s.Wishes, w)
		}
		if rapid.IntRange(0, 3).Draw(t, "has fallbacks") == 0 {
			s.Fallback = list[cut:rapid.IntRange(cut, len(list)).Draw(t, "fallbacks")]
		}
		in.Students = append(in.Students, s)
	}
	pinOne(t, in)
	switch method {
	case format.Equity:
		in.Parameters = anyCosts(t)
	case format.TradedLottery:
		in.Parameters = format.DefaultParameters()
		in.Parameters.Seed = rapid.StringMatching("[a-z]{1,8}").Draw(t, "seed")
	}
	if method != format.TradedLottery {
		in.Groups = anyGroups(t, ids)
	}
	if in.Check() != nil { // somebody kept a post against a ceiling
		in.Groups = nil
	}
	if err := in.Check(); err != nil {
		t.Fatalf("the generator made an instance that is not valid: %v", err)
	}
	return in
}

func pinOne(t *rapid.T, in *format.Instance) {
	p := rapid.SampledFrom(in.Posts).Draw(t, "kept post")
	if rapid.IntRange(0, 3).Draw(t, "somebody is pinned") == 0 && p.Seats > 0 && !p.Closed {
		in.Students[rapid.IntRange(0, len(in.Students)-1).Draw(t, "who")].Pinned = p.ID
	}
}

func anyCosts(t *rapid.T) *format.Parameters {
	p := format.DefaultParameters()
	if rapid.Bool().Draw(t, "own costs") {
		cost := int64(0)
		for range 4 {
			cost += rapid.Int64Range(0, 3).Draw(t, "step")
			p.Costs = append(p.Costs, cost)
		}
	}
	if rapid.Bool().Draw(t, "unplaced has a cost") {
		cost := rapid.Int64Range(0, 20).Draw(t, "unplaced")
		p.Unplaced = &cost
	}
	return p
}

// anyGroups draws groups of which any two are disjoint or nested.
func anyGroups(t *rapid.T, ids []string) (groups []format.Group) {
	bounds := func(g format.Group) format.Group {
		g.Min = max(0, rapid.IntRange(-3, 3).Draw(t, "floor"))
		g.Max = format.NoCeiling
		if rapid.Bool().Draw(t, "has a ceiling") {
			g.Max = g.Min + rapid.IntRange(0, 3).Draw(t, "above the floor")
		}
		return g
	}
	if len(ids) < 2 || rapid.Bool().Draw(t, "no groups") {
		return nil
	}
	cut := rapid.IntRange(1, len(ids)-1).Draw(t, "cut")
	groups = append(groups, bounds(format.Group{ID: "low", Posts: ids[:cut]}), bounds(format.Group{ID: "high", Posts: ids[cut:]}))
	if cut > 1 && rapid.Bool().Draw(t, "nested") {
		groups = append(groups, bounds(format.Group{ID: "inner", Posts: ids[:1]}))
	}
	if rapid.Bool().Draw(t, "all together") {
		groups = append(groups, bounds(format.Group{ID: "all", Posts: ids}))
	}
	return groups
}

// everyPlacement tries all that seats, rules, pins and groups allow. A placement
// is a position on the list for each student in the order served: the wishes from
// 0, then the fallbacks, then no post; who keeps a post has 0.
func everyPlacement(in *format.Instance, try func(positions []int)) {
	served := in.Sequence()
	index := in.Index()
	taken := make([]int, len(in.Posts))
	for _, s := range in.Students {
		if s.Pinned != "" {
			taken[index.Post[s.Pinned]]++
		}
	}
	positions := make([]int, len(served))
	var place func(n int)
	place = func(n int) {
		if n == len(served) {
			if groupsHold(in, taken) {
				try(positions)
			}
			return
		}
		s := &in.Students[served[n]]
		if s.Pinned != "" {
			positions[n] = 0
			place(n + 1)
			return
		}
		list := s.Accepted()
		for k, post := range list {
			p, ok := index.Post[post]
			if ok && !in.Posts[p].Closed && taken[p] < in.Posts[p].Seats {
				taken[p]++
				positions[n] = k
				place(n + 1)
				taken[p]--
			}
		}
		positions[n] = len(list)
		place(n + 1)
	}
	place(0)
}

func groupsHold(in *format.Instance, taken []int) bool {
	for _, g := range in.Groups {
		n := 0
		for i, p := range in.Posts {
			if slices.Contains(g.Posts, p.ID) {
				n += taken[i]
			}
		}
		if n < g.Min || n > g.Max {
			return false
		}
	}
	return true
}

// worth is what a method looks at, the most important first: less is better.
func worth(in *format.Instance, positions []int) (list []int64) {
	served := in.Sequence()
	none, cost := int64(0), int64(0)
	profile := make([]int64, 8)
	for n, k := range positions {
		s := &in.Students[served[n]]
		rules := in.Rules()
		switch length := len(s.Wishes) + len(s.Fallback); {
		case s.Pinned != "":
		case k == length && rules.Unplaced != nil:
			cost += *rules.Unplaced
		case k == length:
			none++
		default:
			profile[k]++
			cost += int64(max(1, s.Weight)) * in.RankCost(k+1)
		}
	}
	switch in.Method {
	case format.Ordered:
		return []int64{none}
	case format.Equity:
		return []int64{none, cost}
	case format.Leximin:
		slices.Reverse(profile)
		return append([]int64{none}, profile...)
	}
	for i := range profile {
		profile[i] = -profile[i]
	}
	return profile
}

// best returns the placement that a method promises, or nil if the groups allow
// none: the least worth, and among those the first in the order of the students.
func best(in *format.Instance) (positions []int) {
	least := []int64{math.MaxInt64}
	everyPlacement(in, func(tried []int) {
		w := worth(in, tried)
		if c := slices.Compare(w, least); c < 0 || c == 0 && slices.Compare(tried, positions) < 0 {
			least, positions = w, slices.Clone(tried)
		}
	})
	return positions
}

var optimal = []string{format.Ordered, format.Equity, format.Leximin, format.RankMaximal}

func TestEachMethodFindsWhatTryingEverythingFinds(t *testing.T) {
	t.Parallel()
	for _, method := range optimal {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := anyTask(t, method)
				want := best(in)
				r, err := assign.Solve(in)
				if want == nil {
					if infeasible := (*assign.Infeasible)(nil); !errors.As(err, &infeasible) {
						t.Fatalf("no placement keeps the groups, and the engine says %v\n%s", err, in.Bytes())
					}
					return
				}
				if err != nil {
					t.Fatalf("%v\n%s", err, in.Bytes())
				}
				for n, i := range in.Sequence() {
					s, got := &in.Students[i], r.Assignments[n].Post
					post := s.Pinned
					if list := s.Accepted(); s.Pinned == "" && want[n] < len(list) {
						post = list[want[n]]
					}
					if got != post {
						t.Fatalf("%s has %q instead of %q\n%s", s.ID, got, post, in.Bytes())
					}
				}
			})
		})
	}
}

func TestTheJudgeAcceptsEveryOptimum(t *testing.T) {
	t.Parallel()
	for _, method := range append(slices.Clone(optimal), format.TradedLottery) {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := anyTask(t, method)
				instance := in.Bytes()
				result, err := assign.SolveFile(instance)
				if infeasible := (*assign.Infeasible)(nil); errors.As(err, &infeasible) {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				report, err := check.Verify(instance, result)
				if err != nil || report.Failed != nil {
					t.Fatalf("refused: %v %v\n%s\n%s", err, report.Failed, instance, result)
				}
			})
		})
	}
}

// The file's own sequence of students, posts, groups and posts in groups decides nothing.
func TestTheNumberingChangesNoOptimum(t *testing.T) {
	t.Parallel()
	for _, method := range append(slices.Clone(optimal), format.TradedLottery) {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := anyTask(t, method)
				shuffled := *in
				shuffled.Posts = rapid.Permutation(in.Posts).Draw(t, "posts in another order")
				shuffled.Students = rapid.Permutation(in.Students).Draw(t, "students in another order")
				shuffled.Groups = nil
				if len(in.Groups) > 0 {
					shuffled.Groups = rapid.Permutation(in.Groups).Draw(t, "groups in another order")
				}
				for i := range shuffled.Groups {
					shuffled.Groups[i].Posts = rapid.Permutation(shuffled.Groups[i].Posts).Draw(t, "posts of a group in another order")
				}
				before, err := assign.Solve(in)
				after, again := assign.Solve(&shuffled)
				if err != nil || again != nil {
					if fmt.Sprint(err) != fmt.Sprint(again) {
						t.Fatalf("%v, and in another order %v", err, again)
					}
					return
				}
				if !bytes.Equal(before.Bytes(), after.Bytes()) {
					t.Fatalf("before %s\nafter  %s", before.Bytes(), after.Bytes())
				}
			})
		})
	}
}

// A post with two seats is two posts with one, asked for one after the other.
func TestASplitPostCostsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyTask(t, format.Ordered)
		in.Groups = nil
		before, err := assign.Solve(in)
		if err != nil {
			t.Fatal(err)
		}
		split := &format.Instance{Method: format.Ordered, Students: slices.Clone(in.Students)}
		for _, p := range in.Posts {
			for seat := range max(1, p.Seats) {
				one := p
				one.ID, one.Seats = fmt.Sprint(p.ID, "-", seat), min(1, p.Seats)
				split.Posts = append(split.Posts, one)
			}
		}
		kept := map[string]int{}
		for i, s := range split.Students {
			split.Students[i].Wishes, split.Students[i].Fallback = nil, nil
			for _, w := range s.Wishes {
				for seat := range max(1, in.Posts[in.Index().Post[w.Post]].Seats) {
					split.Students[i].Wishes = append(split.Students[i].Wishes, format.Wish{Post: fmt.Sprint(w.Post, "-", seat), Barred: w.Barred})
				}
			}
			for _, post := range s.Fallback {
				for seat := range max(1, in.Posts[in.Index().Post[post]].Seats) {
					split.Students[i].Fallback = append(split.Students[i].Fallback, fmt.Sprint(post, "-", seat))
				}
			}
			if s.Pinned != "" {
				split.Students[i].Pinned = fmt.Sprint(s.Pinned, "-", kept[s.Pinned])
				kept[s.Pinned]++
			}
		}
		after, err := assign.Solve(split)
		if err != nil {
			t.Fatal(err)
		}
		for n, a := range after.Assignments {
			if post, _, _ := bytes.Cut([]byte(a.Post), []byte("-")); string(post) != before.Assignments[n].Post {
				t.Fatalf("%s goes from %q to %q when posts are split", a.Student, before.Assignments[n].Post, a.Post)
			}
		}
	})
}

// More seats never cost more, and a wish added at the end never takes a post away.
func TestMoreRoomNeverCostsMore(t *testing.T) {
	t.Parallel()
	for _, method := range optimal {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := anyTask(t, method)
				for i := range in.Groups { // a higher floor may well cost; ceilings and seats go up
					in.Groups[i].Min = 0
				}
				before := value(t, in)
				roomier := *in
				roomier.Posts = slices.Clone(in.Posts)
				roomier.Posts[rapid.IntRange(0, len(in.Posts)-1).Draw(t, "post")].Seats++
				if after := value(t, &roomier); slices.Compare(after, before) > 0 {
					t.Fatalf("a seat more changes %v into %v\n%s", before, after, in.Bytes())
				}
			})
		})
	}
}

// value returns the worth of what the engine finds.
func value(t *rapid.T, in *format.Instance) []int64 {
	r, err := assign.Solve(in)
	if err != nil {
		t.Fatal(err)
	}
	var positions []int
	for n, i := range in.Sequence() {
		s := &in.Students[i]
		list := s.Accepted()
		k := slices.Index(list, r.Assignments[n].Post)
		if s.Pinned != "" || r.Assignments[n].Post == "" {
			k = len(list)
		}
		positions = append(positions, k)
	}
	return worth(in, positions)
}
