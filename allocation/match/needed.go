package match

import (
	"slices"
	"sort"

	"stagora.org/stagora/allocation/format"
)

// A Need is the smallest change of one ranking that would have given a candidate
// a wish that was refused.
type Need struct {
	Wish int // the position of the post on the list
	Post string
	Rank int // the worst rank there, alone at it, that gives this wish or a better one; 0 if none does
}

// Needed returns, for each wish that a candidate would rather have had, which
// rank the post would have had to give, all else staying as it is. The candidate
// is moved to a rank of their own, others moving one down, and the matching is
// made again: a cut-off tells who got in, and that is not always what would have
// been enough.
//
// Once ties are drawn, a better rank never harms, so that it takes a logarithm of
// runs for each wish: a matching that is stable without the candidate at that
// post is also stable at any worse rank, hence what is best (or worst) of all stable
// matchings cannot take the wish away as the rank gets better. (Where
// candidates propose, see Balinski and Sönmez, "A tale of two mechanisms:
// student placement", 1999.) With format.LargestTies it takes a run for each rank.
//
// Posts that are closed or have no seats are left out, and nobody who is fixed
// needs anything. An unknown candidate panics.
func Needed(in *format.MatchInstance, candidate string) []Need {
	c := slices.IndexFunc(in.Candidates, func(one format.MatchCandidate) bool { return one.ID == candidate })
	if c < 0 {
		panic("match: what an unknown candidate needs: " + candidate)
	}
	m := newMarket(in)
	if m.fixed[c] != nil {
		return nil
	}
	got := m.run()[c]
	var needs []Need
	for _, e := range m.lists[c] {
		if got != nil && e.wish >= got.wish {
			break
		}
		if post := in.Posts[e.post]; !post.Closed && post.Seats > 0 {
			needs = append(needs, Need{Wish: e.wish, Post: post.ID, Rank: m.needed(e)})
		}
	}
	return needs
}

// needed returns the worst rank that gives a wish or a better one, or 0.
func (m *market) needed(e *edge) int {
	ranks := m.ranks(e)
	enough := func(k int) bool { return m.with(e, ranks[k]) }
	first := 0 // of the ranks, from the worst, that are enough
	if m.in.Ties != nil && m.in.Ties.Rule == format.LargestTies {
		for first < len(ranks) && !enough(first) {
			first++
		}
	} else {
		first = sort.Search(len(ranks), enough)
	}
	if first == len(ranks) {
		return 0
	}
	return ranks[first]
}

// ranks returns the ranks, alone at which a candidate would stand better than now,
// from the worst: before each tie of the ranking up to the candidate's own; for
// who is not ranked, also after them all.
func (m *market) ranks(e *edge) []int {
	id := m.in.Candidates[e.candidate].ID
	var ranks []int
	next := 1
	for _, tie := range m.in.Posts[e.post].Ranking {
		ranks = append(ranks, next)
		if slices.Contains(tie, id) {
			if len(tie) == 1 {
				ranks = ranks[:len(ranks)-1] // the rank that the candidate has
			}
			slices.Reverse(ranks)
			return ranks
		}
		next += len(tie)
	}
	ranks = append(ranks, next)
	slices.Reverse(ranks)
	return ranks
}

// with says whether a candidate, moved to a rank of one post before all who have
// it, gets that post or a better one.
func (m *market) with(e *edge, rank int) bool {
	before := *e
	e.standing, e.accepted = 2*rank-1, true
	ranking := m.ranking[e.post]
	m.ranking[e.post] = slices.Clone(ranking)
	if !before.accepted {
		m.ranking[e.post] = append(m.ranking[e.post], e)
	}
	slices.SortFunc(m.ranking[e.post], inRanking)

	got := m.run()[e.candidate]
	*e = before
	m.ranking[e.post] = ranking
	return got != nil && got.wish <= e.wish
}
