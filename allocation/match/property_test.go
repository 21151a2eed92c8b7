package match_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// With ties drawn or absent, of all stable matchings everybody likes best the one
// in which candidates propose, and least the one in which posts do; all place the
// same people and fill the same seats.
func TestBothSidesProposingAreTheTwoEndsOfAllStableMatchings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		in := d.market(t, 5, d.kind())
		p := plainly(in, true)
		best, worst := of(match.Solve(in)), of(match.Solve(proposing(in, format.Posts)))
		all := p.all()
		if !p.stable(best) || !p.stable(worst) {
			t.Fatalf("not stable: %v, %v, of %v", best, worst, all)
		}
		for _, m := range all {
			for c := range p.candidate {
				if p.fixed[c] == "" && (p.rather(c, m[c], best[c]) || p.rather(c, worst[c], m[c])) {
					t.Fatalf("%s has %q at best and %q at worst, and %q in the stable %v", c, best[c], worst[c], m[c], m)
				}
				if (m[c] == "") != (best[c] == "") {
					t.Fatalf("%s is placed in one stable matching and not in another: %v, %v", c, best, m)
				}
			}
			for post := range p.post {
				if len(p.at(m, post, true)) != len(p.at(best, post, true)) {
					t.Fatalf("%s fills differently: %v, %v", post, best, m)
				}
			}
		}
		ends, _ := match.Ends(in)
		for _, e := range ends {
			if e.Best != best[e.Candidate] || e.Worst != worst[e.Candidate] {
				t.Fatalf("ends of %v, expected %q and %q", e, best[e.Candidate], worst[e.Candidate])
			}
		}
	})
}

func TestBlockingListsWhatThePageSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		in := d.market(t, 6, d.kind())
		d.rule(in)
		r := match.Solve(in)
		var got []string
		for _, pair := range r.Blocking {
			got = append(got, pair.Candidate+" "+pair.Post)
		}
		if want := plainly(in, true).blocking(of(r)); !slices.Equal(got, want) {
			t.Fatalf("blocking %v, expected %v", got, want)
		}
		if len(in.Fixed) == 0 && len(got) > 0 {
			t.Fatalf("nobody is fixed, and yet %v block", got)
		}
	})
}

// Király's guarantee is for posts without reserves; stability holds with them.
func TestLargestIsWeaklyStableAndPlacesTwoThirdsOfTheMost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		k := d.kind()
		k.ties = true
		in := d.market(t, 6, k)
		in.Ties.Rule = format.LargestTies
		p := plainly(in, false)
		m := of(match.Solve(in))
		if !p.stable(m) {
			t.Fatalf("not stable: %v", m)
		}
		most := 0
		for _, one := range p.all() {
			most = max(most, one.size()-len(in.Fixed))
		}
		if !k.reserved && 3*(m.size()-len(in.Fixed)) < 2*most {
			t.Fatalf("%v places %d beside those fixed, a stable matching %d", m, m.size()-len(in.Fixed), most)
		}
	})
}

// Nobody gains by any list other than their own, ties in it included.
func TestTruthPaysWhenCandidatesPropose(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		in := d.market(t, 6, d.kind())
		p := plainly(in, true)
		honest := of(match.Solve(in))
		n := d.IntN(len(in.Candidates))
		lied := *in
		lied.Candidates = slices.Clone(in.Candidates)
		for _, list := range lists(in.Posts) {
			lied.Candidates[n].Wishes = list
			if id := in.Candidates[n].ID; p.fixed[id] == "" && p.rather(id, of(match.Solve(&lied))[id], honest[id]) {
				t.Fatalf("%s gains by %v over %q", id, list, honest[id])
			}
		}
	})
}

// lists returns every strict list of some posts.
func lists(posts []format.MatchPost) (all [][][]string) {
	var grow func(list [][]string)
	grow = func(list [][]string) {
		all = append(all, slices.Clone(list))
		for _, p := range posts {
			if !slices.ContainsFunc(list, func(tie []string) bool { return tie[0] == p.ID }) {
				grow(append(slices.Clone(list), []string{p.ID}))
			}
		}
	}
	grow(nil)
	return all
}

// What a candidate needs is what trying every rank says; and once ties are drawn,
// every better rank does too.
func TestNeededIsWhatTryingEveryRankSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		in := d.market(t, 6, d.kind())
		d.rule(in)
		weak := plainly(in, false)
		one := in.Candidates[d.IntN(len(in.Candidates))]
		needs := match.Needed(in, one.ID)
		got := of(match.Solve(in))[one.ID]
		for _, post := range slices.Concat(one.Wishes...) {
			p := weak.post[post]
			at := slices.IndexFunc(needs, func(n match.Need) bool { return n.Post == post })
			if asks := weak.fixed[one.ID] == "" && weak.rather(one.ID, post, got) && !p.Closed && p.Seats > 0; asks != (at >= 0) {
				t.Fatalf("%s, who got %q, needs %v: %s", one.ID, got, needs, post)
			}
			if at < 0 {
				continue
			}
			enough := enoughRanks(in, one.ID, post)
			if want := slices.Max(append(enough, 0)); needs[at].Rank != want {
				t.Fatalf("%s needs rank %d at %s, expected one of %v", one.ID, needs[at].Rank, post, enough)
			}
			if drawn := in.Ties == nil || in.Ties.Rule == format.DrawnTies; drawn && len(enough) > 0 && enough[0] != 1 {
				t.Fatalf("%v are enough for %s at %s, and a better rank is not", enough, one.ID, post)
			}
		}
	})
}

// enoughRanks returns the ranks, alone at which a candidate gets a post or one
// they would rather have, from the best to no better than what they have.
func enoughRanks(in *format.MatchInstance, id, post string) (enough []int) {
	p := plainly(in, false)
	own, ranked := position(p.post[post].Ranking, id)
	n := slices.IndexFunc(in.Posts, func(p format.MatchPost) bool { return p.ID == post })
	var others [][]string
	for _, tie := range in.Posts[n].Ranking {
		if rest := slices.DeleteFunc(slices.Clone(tie), func(c string) bool { return c == id }); len(rest) > 0 {
			others = append(others, rest)
		}
	}
	for k := range len(others) + 1 {
		moved := *in
		moved.Posts = slices.Clone(in.Posts)
		moved.Posts[n].Ranking = slices.Insert(slices.Clone(others), k, []string{id})
		rank, _ := position(moved.Posts[n].Ranking, id)
		if ranked && (rank > own || rank == own && len(others) == len(in.Posts[n].Ranking)-1) {
			break // no better than now
		}
		if got := of(match.Solve(&moved))[id]; got != "" && !p.rather(id, post, got) {
			enough = append(enough, rank)
		}
	}
	return enough
}

func TestTheNumberingChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		in := d.market(t, 7, d.kind())
		d.rule(in)
		shuffled := *in
		shuffled.Posts, shuffled.Candidates, shuffled.Fixed = slices.Clone(in.Posts), slices.Clone(in.Candidates), slices.Clone(in.Fixed)
		d.Shuffle(len(in.Posts), func(i, j int) { shuffled.Posts[i], shuffled.Posts[j] = shuffled.Posts[j], shuffled.Posts[i] })
		d.Shuffle(len(in.Candidates), func(i, j int) {
			shuffled.Candidates[i], shuffled.Candidates[j] = shuffled.Candidates[j], shuffled.Candidates[i]
		})
		d.Shuffle(len(in.Fixed), func(i, j int) { shuffled.Fixed[i], shuffled.Fixed[j] = shuffled.Fixed[j], shuffled.Fixed[i] })
		if before, after := match.Solve(in).Bytes(), match.Solve(&shuffled).Bytes(); !bytes.Equal(before, after) {
			t.Fatalf("before %s\nafter  %s", before, after)
		}
	})
}

// Ids that sort elsewhere give the same matching under those ids, if no draw
// hangs on them.
func TestOtherNamesGiveTheSameMatchingUnderThoseNames(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		in := d.market(t, 7, kind{reserved: true, fixed: true})
		d.rule(in)
		other := func(id string) string { return fmt.Sprint('9'-id[1], "-", id) } // the last becomes the first
		rename := func(list [][]string) (renamed [][]string) {
			for _, tie := range list {
				renamed = append(renamed, []string{other(tie[0])})
			}
			return renamed
		}
		renamed := format.MatchInstance{Proposing: in.Proposing, Unranked: in.Unranked}
		for _, p := range in.Posts {
			p.ID, p.Ranking = other(p.ID), rename(p.Ranking)
			renamed.Posts = append(renamed.Posts, p)
		}
		for _, one := range in.Candidates {
			one.ID, one.Wishes = other(one.ID), rename(one.Wishes)
			renamed.Candidates = append(renamed.Candidates, one)
		}
		for _, pair := range in.Fixed {
			renamed.Fixed = append(renamed.Fixed, format.Pair{Candidate: other(pair.Candidate), Post: other(pair.Post)})
		}
		before, after := of(match.Solve(in)), of(match.Solve(&renamed))
		for c, post := range before {
			if after[other(c)] != other(post) {
				t.Fatalf("%s has %s, under another name %s", c, post, after[other(c)])
			}
		}
	})
}

// A post of n seats is n posts of one seat, wished for one after the other.
func TestAPostSplitIntoItsSeats(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		in := d.market(t, 7, kind{})
		d.rule(in)
		split := format.MatchInstance{Proposing: in.Proposing, Unranked: in.Unranked}
		seats := map[string][][]string{}
		for _, p := range in.Posts {
			for n := range max(p.Seats, 1) {
				seat := p
				seat.ID, seat.Seats = fmt.Sprintf("%s/%d", p.ID, n), min(p.Seats, 1)
				seats[p.ID] = append(seats[p.ID], []string{seat.ID})
				split.Posts = append(split.Posts, seat)
			}
		}
		for _, one := range in.Candidates {
			wishes := one.Wishes
			one.Wishes = nil
			for _, tie := range wishes {
				one.Wishes = append(one.Wishes, seats[tie[0]]...)
			}
			split.Candidates = append(split.Candidates, one)
		}
		whole, parts := of(match.Solve(in)), of(match.Solve(&split))
		for _, one := range in.Candidates {
			if post, _, _ := strings.Cut(parts[one.ID], "/"); post != whole[one.ID] {
				t.Fatalf("%s has %q, of the split posts %q", one.ID, whole[one.ID], post)
			}
		}
	})
}

// Changes of which it is known whom they can harm.
func TestSmallChangesWhenCandidatesPropose(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		in := d.market(t, 7, kind{ties: d.oneIn(2), reserved: d.oneIn(2)})
		p := plainly(in, true)
		before := of(match.Solve(in))
		n := d.IntN(len(in.Candidates))
		me := in.Candidates[n]
		change := func(wishes [][]string) matching {
			changed := *in
			changed.Candidates = slices.Clone(in.Candidates)
			changed.Candidates[n].Wishes = wishes
			return of(match.Solve(&changed))
		}
		if post := before[me.ID]; post != "" {
			// Whoever has a wish can cut the list below it, or append there.
			end := slices.IndexFunc(me.Wishes, func(tie []string) bool { return slices.Contains(tie, post) }) + 1
			if cut := change(me.Wishes[:end]); !same(before, cut) {
				t.Fatalf("a list cut below the wish granted: %v, then %v", before, cut)
			}
			longer := slices.Clone(me.Wishes)
			for id := range p.post {
				if _, there := position(me.Wishes, id); !there {
					longer = append(longer, []string{id})
				}
			}
			if appended := change(longer); !same(before, appended) {
				t.Fatalf("wishes appended below the one granted: %v, then %v", before, appended)
			}
		}
		for id := range p.candidate { // a candidate less harms none of the others
			if gone := change(nil); id != me.ID && p.rather(id, before[id], gone[id]) {
				t.Fatalf("%s loses when %s leaves: %v, then %v", id, me.ID, before, gone)
			}
		}
		// One more seat, open to all, harms nobody.
		more := *in
		more.Posts = slices.Clone(in.Posts)
		more.Posts[d.IntN(len(in.Posts))].Seats++
		after := of(match.Solve(&more))
		for id := range p.candidate {
			if p.rather(id, before[id], after[id]) {
				t.Fatalf("%s loses by one more seat: %v, then %v", id, before, after)
			}
		}
	})
}

func same(x, y matching) bool { return fmt.Sprint(x) == fmt.Sprint(y) }

// Statistics, cut-offs and reasons, recounted.
func TestTheReportIsWhatItSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDealer(t)
		in := d.market(t, 7, d.kind())
		d.rule(in)
		r := match.Solve(in)
		p, m := plainly(in, false), of(r)
		if r.Statistics.Placed != m.size() || len(r.Matches)+len(r.Unmatched) != len(in.Candidates) {
			t.Fatalf("%d of %d placed, the statistics say %+v", m.size(), len(in.Candidates), r.Statistics)
		}
		for _, reason := range r.Reasons {
			c := p.candidate[reason.Candidate]
			post := reason.Post
			if post == "" {
				post = slices.Concat(c.Wishes...)[reason.Wish-1]
			}
			if at, _ := position(c.Wishes, post); at != reason.Wish {
				t.Fatalf("%+v is wish %d", reason, at)
			}
			if want := p.outcome(c.ID, post, m); reason.Outcome != want {
				t.Fatalf("%+v, expected %s", reason, want)
			}
			if rank, _ := position(p.post[post].Ranking, c.ID); reason.Outcome == format.Cutoff && (reason.Rank != rank || reason.Cutoff > rank) {
				t.Fatalf("%+v, who is ranked %d", reason, rank)
			}
		}
		for _, post := range r.Posts {
			if there := p.at(m, post.Post, true); post.Filled != len(there) {
				t.Fatalf("%+v holds %v", post, there)
			}
		}
	})
}

func (p *plain) outcome(c, post string, m matching) string {
	_, ranked := position(p.post[post].Ranking, c)
	switch {
	case m[c] == post:
		return format.Obtained
	case p.fixed[c] != "" || m[c] != "" && !p.rather(c, post, m[c]):
		return format.NotReached
	case p.post[post].Closed || p.post[post].Seats == 0:
		return format.Closed
	case !ranked && p.in.Unranked == format.Refused:
		return format.Refused
	case !ranked:
		return format.Unranked
	}
	return format.Cutoff
}
