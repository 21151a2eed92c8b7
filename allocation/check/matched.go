package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/format"
)

func (m *matching) positions() (string, *Finding) {
	for _, one := range m.out.Matches {
		a := m.mate[m.candidate[one.Candidate]]
		wish := a.wish
		if wish == unasked {
			wish = 0
		}
		if one.Wish != wish || one.Rank != a.rank {
			return "", wrong("post %s is wish %d of candidate %s, ranked %d there; the result says %d and %d", one.Post, wish, one.Candidate, a.rank, one.Wish, one.Rank).
				students(one.Candidate).posts(one.Post)
		}
	}
	return fmt.Sprintf("%d matches", len(m.out.Matches)), nil
}

// cutoffs returns the worst position of those who entered a post by merit, and by
// each reserve, with how many people of the group are in its seats.
func (m *matching) cutoffs(p int) (cutoff int, reserves []format.ReservedResult) {
	people := m.people[p]
	reserved, merit := m.choose(m.left[p], m.free[p])
	if len(people) == m.all[p].seats {
		cutoff = worst(merit)
	}
	for r, reserve := range m.in.Posts[p].Reserved {
		kept := 0
		for _, a := range people {
			if m.fixed[a.candidate] && m.reserve(a.candidate, p) == r {
				kept++
			}
		}
		one := format.ReservedResult{Group: reserve.Group, Filled: min(kept, reserve.Seats) + len(reserved[r])}
		if len(reserved[r]) == m.left[p].reserved[r] {
			one.Cutoff = worst(reserved[r])
		}
		reserves = append(reserves, one)
	}
	return cutoff, reserves
}

func worst(admitted []*application) (place int) {
	for _, a := range admitted {
		place = max(place, a.place)
	}
	return place
}

func (m *matching) posts() (string, *Finding) {
	if len(m.out.Posts) != len(m.in.Posts) {
		return "", wrong("%d posts are told, the instance has %d", len(m.out.Posts), len(m.in.Posts))
	}
	for i, got := range m.out.Posts {
		if i > 0 && m.out.Posts[i-1].Post == got.Post {
			return "", wrong("post %s stands twice", got.Post).posts(got.Post)
		}
		p := m.post[got.Post]
		want := format.MatchPostResult{Post: got.Post, Filled: len(m.people[p])}
		want.Cutoff, want.Reserved = m.cutoffs(p)
		switch {
		case got.Filled != want.Filled:
			return "", wrong("post %s has %d people, the result says %d", got.Post, want.Filled, got.Filled).posts(got.Post)
		case got.Cutoff != want.Cutoff:
			return "", wrong("the cut-off of post %s is %d, the result says %d", got.Post, want.Cutoff, got.Cutoff).posts(got.Post)
		case !slices.Equal(got.Reserved, want.Reserved):
			return "", wrong("the reserved seats of post %s are filled %v, the result says %v", got.Post, want.Reserved, got.Reserved).posts(got.Post)
		}
	}
	return fmt.Sprintf("%d posts", len(m.out.Posts)), nil
}

func (m *matching) reasons() (string, *Finding) {
	var want []format.MatchReason
	cutoff, reserves := make([]int, len(m.in.Posts)), make([][]format.ReservedResult, len(m.in.Posts))
	for p := range m.in.Posts {
		cutoff[p], reserves[p] = m.cutoffs(p)
	}
	for c, list := range m.lists {
		tied := slices.ContainsFunc(m.in.Candidates[c].Wishes, func(tie []string) bool { return len(tie) > 1 })
		for i := range list {
			a := &list[i]
			candidate, post := m.name(a)
			r := format.MatchReason{Candidate: candidate, Wish: a.wish, Outcome: m.outcome(a)}
			if tied {
				r.Post = post
			}
			if r.Outcome == format.Cutoff {
				r.Rank, r.Cutoff = a.rank, cutoff[a.post]
				if k := m.reserve(c, a.post); k >= 0 {
					r.Cutoff = max(r.Cutoff, reserves[a.post][k].Cutoff)
				}
			}
			want = append(want, r)
		}
	}
	slices.SortStableFunc(want, func(x, y format.MatchReason) int { return strings.Compare(x.Candidate, y.Candidate) })
	for i, r := range want {
		if i == len(m.out.Reasons) || m.out.Reasons[i] != r {
			return "", wrong("of wish %d of candidate %s, the reason should be %s %s", r.Wish, r.Candidate, r.Outcome, r.Post).students(r.Candidate)
		}
	}
	if extra := len(m.out.Reasons) - len(want); extra > 0 {
		return "", wrong("there are %d reasons for wishes that nobody made", extra)
	}
	return fmt.Sprintf("%d reasons", len(want)), nil
}

func (m *matching) outcome(a *application) string {
	mate, post := m.mate[a.candidate], m.in.Posts[a.post]
	switch {
	case mate == a:
		return format.Obtained
	case mate != nil && (m.fixed[a.candidate] || mate.wish <= a.wish):
		return format.NotReached
	case post.Closed || post.Seats == 0:
		return format.Closed
	case a.rank == 0 && m.in.Unranked == format.Refused:
		return format.Refused
	case a.rank == 0:
		return format.Unranked
	}
	return format.Cutoff
}

// blocking finds all pairs who would rather have each other, those who are fixed
// included, by the lists as they are written.
func (m *matching) blocking() (string, *Finding) {
	var want []format.Pair
	for c, list := range m.lists {
		for i := range list {
			a := &list[i]
			wished := m.mate[c] == nil || a.wish < m.mate[c].wish
			if wished && a.accepted && m.chooses(m.all[a.post], m.people[a.post], a, asWritten) {
				candidate, post := m.name(a)
				want = append(want, format.Pair{Candidate: candidate, Post: post})
			}
		}
	}
	slices.SortFunc(want, func(x, y format.Pair) int {
		return cmp.Or(strings.Compare(x.Candidate, y.Candidate), strings.Compare(x.Post, y.Post))
	})
	for _, pair := range want {
		if !slices.Contains(m.out.Blocking, pair) {
			return "", wrong("candidate %s and post %s would rather have each other, and are not listed", pair.Candidate, pair.Post).students(pair.Candidate).posts(pair.Post)
		}
	}
	for _, pair := range m.out.Blocking {
		if !slices.Contains(want, pair) {
			return "", wrong("candidate %s and post %s are listed, and would not rather have each other", pair.Candidate, pair.Post).students(pair.Candidate).posts(pair.Post)
		}
	}
	if len(m.out.Blocking) != len(want) {
		return "", wrong("%d pairs are listed, one of them twice", len(m.out.Blocking))
	}
	return fmt.Sprintf("%d pairs, because of the pairs that are fixed", len(want)), nil
}

func (m *matching) statistics() (string, *Finding) {
	want := format.MatchStatistics{Candidates: len(m.in.Candidates)}
	for _, a := range m.mate {
		if a == nil {
			continue
		}
		want.Placed++
		if a.wish == unasked {
			continue
		}
		if a.wish == 1 {
			want.FirstWish++
		}
		if a.wish <= 3 {
			want.WithinThree++
		}
		want.WorstWish = max(want.WorstWish, a.wish)
		want.WishSum += a.wish
	}
	if got := m.out.Statistics; got != want {
		return "", wrong("candidates, placed, first wish, within three, worst wish and wish sum are %v, the result says %v", want, got)
	}
	return fmt.Sprintf("%d placed, %d with their first wish", want.Placed, want.FirstWish), nil
}
