package match

import (
	"slices"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// Solve returns the stable matching that an instance asks for. The result lacks
// only the hash of the instance file, which SolveFile adds.
//
// The instance must satisfy its Check: ReadMatch makes sure of it.
func Solve(in *format.MatchInstance) *format.MatchResult {
	m := newMarket(in)
	return m.result(m.run())
}

// SolveFile reads an instance file and returns the file of its result. The
// error is of type format.Errors.
func SolveFile(instance []byte) ([]byte, error) {
	in, err := format.ReadMatch(instance)
	if err != nil {
		return nil, err
	}
	r := Solve(in)
	r.Instance = format.Hash(instance)
	return r.Bytes(), nil
}

// run returns what each candidate gets, or nil.
func (m *market) run() []*edge {
	var got []*edge
	switch {
	case m.in.Ties != nil && m.in.Ties.Rule == format.LargestTies:
		got = m.largest()
	case m.in.Proposing == format.Posts:
		got = m.postsPropose()
	default:
		got = m.candidatesPropose()
	}
	for c, e := range m.fixed {
		if e != nil {
			got[c] = e
		}
	}
	return got
}

func (m *market) result(got []*edge) *format.MatchResult {
	r := &format.MatchResult{
		Engine:      format.Engine,
		Posts:       make([]format.MatchPostResult, len(m.in.Posts)),
		Blocking:    m.blocking(got),
		Statistics:  statistics(got),
		Certificate: format.Stability,
	}
	posts := make([]format.MatchPostResult, len(m.in.Posts))
	for p, c := range m.choices(m.left, got, false) {
		posts[p] = m.post(p, &c)
	}
	for n, p := range byID(len(posts), func(p int) string { return m.in.Posts[p].ID }) {
		r.Posts[n] = posts[p]
	}
	for _, c := range byID(len(got), func(c int) string { return m.in.Candidates[c].ID }) {
		id := m.in.Candidates[c].ID
		if e := got[c]; e == nil {
			r.Unmatched = append(r.Unmatched, id)
		} else {
			r.Matches = append(r.Matches, format.Match{
				Candidate: id,
				Post:      m.in.Posts[e.post].ID,
				Wish:      e.wish,
				Rank:      e.position(),
				Fixed:     m.fixed[c] != nil,
			})
		}
		r.Reasons = append(r.Reasons, m.reasons(c, got[c], posts)...)
	}
	return r
}

// byID returns n indices in the order of the bytes of their ids.
func byID(n int, id func(i int) string) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return strings.Compare(id(x), id(y)) })
	return order
}

// position returns the candidate's position in the ranking; 0 for who is not
// ranked.
func (e *edge) position() int {
	if !e.ranked {
		return 0
	}
	return e.rank
}

// choices returns what posts hold: all their people, or those alone who are not
// fixed.
func (m *market) choices(quotas []quota, got []*edge, fixedToo bool) []choice {
	posts := newChoices(quotas)
	for c, e := range got {
		if e != nil && (fixedToo || m.fixed[c] == nil) {
			posts[e.post].add(e)
		}
	}
	return posts
}

// post sums one post up. The choice is of those who are not fixed, over the seats
// that the others leave.
func (m *market) post(p int, c *choice) format.MatchPostResult {
	left := m.left[p]
	kept := m.all[p].seats - left.seats
	reserved, merit := c.seated()
	r := format.MatchPostResult{Post: m.in.Posts[p].ID, Filled: kept + len(c.held)}
	if c.full() {
		r.Cutoff = lastRank(merit)
	}
	for k, reserve := range m.in.Posts[p].Reserved {
		one := format.ReservedResult{Group: reserve.Group, Filled: m.kept[p][k] + len(reserved[k])}
		if len(reserved[k]) == left.reserved[k] {
			one.Cutoff = lastRank(reserved[k])
		}
		r.Reserved = append(r.Reserved, one)
	}
	return r
}

// lastRank returns the worst position of people who stand best first; 0 of
// nobody.
func lastRank(edges []*edge) int {
	if len(edges) == 0 {
		return 0
	}
	return edges[len(edges)-1].rank
}

// reasons tells a candidate what became of each wish. The posts are by index.
func (m *market) reasons(c int, got *edge, posts []format.MatchPostResult) []format.MatchReason {
	one := m.in.Candidates[c]
	ties := slices.ContainsFunc(one.Wishes, func(tie []string) bool { return len(tie) > 1 })
	list := slices.Clone(m.lists[c])
	slices.SortStableFunc(list, func(e, f *edge) int {
		if e.wish != f.wish {
			return e.wish - f.wish
		}
		return strings.Compare(m.in.Posts[e.post].ID, m.in.Posts[f.post].ID)
	})
	reasons := make([]format.MatchReason, len(list))
	for k, e := range list {
		r := format.MatchReason{Candidate: one.ID, Wish: e.wish}
		if ties {
			r.Post = m.in.Posts[e.post].ID
		}
		switch post := m.in.Posts[e.post]; {
		case e == got:
			r.Outcome = format.Obtained
		case m.fixed[c] != nil || got != nil && got.wish <= e.wish:
			r.Outcome = format.NotReached
		case post.Closed || post.Seats == 0:
			r.Outcome = format.Closed
		case !e.accepted:
			r.Outcome = format.Refused
		case !e.ranked:
			r.Outcome = format.Unranked
		default:
			r.Outcome, r.Rank, r.Cutoff = format.Cutoff, e.rank, posts[e.post].Cutoff
			if e.reserve != none {
				r.Cutoff = max(r.Cutoff, posts[e.post].Reserved[e.reserve].Cutoff)
			}
		}
		reasons[k] = r
	}
	return reasons
}

func statistics(got []*edge) format.MatchStatistics {
	t := format.MatchStatistics{Candidates: len(got)}
	for _, e := range got {
		if e == nil {
			continue
		}
		t.Placed++
		if e.wish == 0 {
			continue
		}
		t.WishSum += e.wish
		t.WorstWish = max(t.WorstWish, e.wish)
		if e.wish == 1 {
			t.FirstWish++
		}
		if e.wish <= 3 {
			t.WithinThree++
		}
	}
	return t
}

// blocking returns the pairs who would both strictly rather have each other: by
// candidate id, then post id. Without fixed pairs there are none.
func (m *market) blocking(got []*edge) []format.Pair {
	if len(m.in.Fixed) == 0 {
		return nil
	}
	posts := m.choices(m.all, got, true)
	var pairs []format.Pair
	for c, list := range m.lists {
		for _, e := range list {
			better := got[c] == nil || got[c].wish == 0 || e.wish < got[c].wish
			if better && e.accepted && posts[e.post].wants(e) {
				pairs = append(pairs, format.Pair{Candidate: m.in.Candidates[c].ID, Post: m.in.Posts[e.post].ID})
			}
		}
	}
	slices.SortFunc(pairs, func(x, y format.Pair) int {
		if x.Candidate != y.Candidate {
			return strings.Compare(x.Candidate, y.Candidate)
		}
		return strings.Compare(x.Post, y.Post)
	})
	return pairs
}

// wants says whether a post would take one more candidate if it chose again,
// preferring those it has to others of their rank.
func (c *choice) wants(e *edge) bool {
	last := *e
	last.luck, last.again = noLuck, false
	again := choice{quota: c.quota, held: slices.Clone(c.held), count: slices.Clone(c.count)}
	return again.take(&last) != &last
}
