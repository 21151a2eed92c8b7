package match_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/lottery"
)

// The definitions of docs/algorithms/stable-matching.md, written a second time
// and as plainly as can be: what accepts what, in which order, what a post would
// choose, what blocks; and every stable matching there is, by trying all.

// A plain is an instance where names lead to everything.
type plain struct {
	in        *format.MatchInstance
	candidate map[string]format.MatchCandidate
	post      map[string]format.MatchPost
	fixed     map[string]string
	strict    bool // ties are broken by the draw
}

// A matching gives each candidate a post; "" or nothing for none.
type matching map[string]string

func plainly(in *format.MatchInstance, strict bool) *plain {
	p := &plain{in: in, strict: strict, candidate: map[string]format.MatchCandidate{}, post: map[string]format.MatchPost{}, fixed: map[string]string{}}
	for _, one := range in.Candidates {
		p.candidate[one.ID] = one
	}
	for _, one := range in.Posts {
		p.post[one.ID] = one
	}
	for _, pair := range in.Fixed {
		p.fixed[pair.Candidate] = pair.Post
	}
	return p
}

// position counts over ties; it is one after the last for who is not there.
func position(ties [][]string, id string) (at int, there bool) {
	at = 1
	for _, tie := range ties {
		if slices.Contains(tie, id) {
			return at, true
		}
		at += len(tie)
	}
	return at, false
}

func (p *plain) accept(c, post string) bool {
	_, asked := position(p.candidate[c].Wishes, post)
	_, ranked := position(p.post[post].Ranking, c)
	return asked && !p.post[post].Closed && p.post[post].Seats > 0 && (ranked || p.in.Unranked == format.Last)
}

// rather says whether a candidate strictly prefers a post to another or to none.
func (p *plain) rather(c, post, other string) bool {
	wishes := p.candidate[c].Wishes
	x, there := position(wishes, post)
	y, also := position(wishes, other)
	switch {
	case !there:
		return false
	case !also || x < y:
		return true
	}
	return p.strict && x == y && p.in.Ties != nil && lottery.Draw(p.in.Ties.Seed, post).Compare(lottery.Draw(p.in.Ties.Seed, other)) < 0
}

// prefers says whether a post strictly prefers a candidate to another.
func (p *plain) prefers(post, c, other string) bool {
	x, _ := position(p.post[post].Ranking, c)
	y, _ := position(p.post[post].Ranking, other)
	if x != y || !p.strict || p.in.Ties == nil {
		return x < y
	}
	return lottery.Draw(p.in.Ties.Seed, c).Compare(lottery.Draw(p.in.Ties.Seed, other)) < 0
}

// choose returns whom a post takes of some, newcomer (who may be nobody) coming
// after those tied with them.
func (p *plain) choose(post string, seats int, reserved map[string]int, from []string, newcomer string) (taken []string) {
	from = slices.Clone(from)
	slices.SortFunc(from, func(c, d string) int {
		switch {
		case p.prefers(post, c, d):
			return -1
		case p.prefers(post, d, c):
			return 1
		case c == newcomer:
			return 1
		case d == newcomer:
			return -1
		}
		return strings.Compare(c, d)
	})
	for group, n := range reserved {
		for _, c := range from {
			if n > 0 && p.candidate[c].Group == group {
				taken = append(taken, c)
				n--
			}
		}
	}
	for _, c := range from {
		if len(taken) < seats && !slices.Contains(taken, c) {
			taken = append(taken, c)
		}
	}
	return taken
}

// quota returns the seats of a post and those it reserves; of those that are left
// when some are fixed, if asked.
func (p *plain) quota(post string, left bool) (seats int, reserved map[string]int) {
	seats, reserved = p.post[post].Seats, map[string]int{}
	for _, r := range p.post[post].Reserved {
		reserved[r.Group] = r.Seats
	}
	if !left {
		return seats, reserved
	}
	for c, at := range p.fixed {
		if group := p.candidate[c].Group; at == post {
			seats--
			if reserved[group] > 0 {
				reserved[group]--
			}
		}
	}
	free := seats
	for _, r := range p.post[post].Reserved {
		reserved[r.Group] = min(reserved[r.Group], free)
		free -= reserved[r.Group]
	}
	return seats, reserved
}

func (p *plain) at(m matching, post string, fixedToo bool) (there []string) {
	for c, at := range m {
		if at == post && (fixedToo || p.fixed[c] == "") {
			there = append(there, c)
		}
	}
	return there
}

// stable says whether those who are not fixed are matched stably over what the
// others leave.
func (p *plain) stable(m matching) bool {
	for post := range p.post {
		seats, reserved := p.quota(post, true)
		there := p.at(m, post, false)
		if len(p.choose(post, seats, reserved, there, "")) < len(there) {
			return false
		}
	}
	for c := range p.candidate {
		if p.fixed[c] != "" {
			continue
		}
		if m[c] != "" && !p.accept(c, m[c]) {
			return false
		}
		for post := range p.post {
			if !p.accept(c, post) || !p.rather(c, post, m[c]) {
				continue
			}
			seats, reserved := p.quota(post, true)
			if slices.Contains(p.choose(post, seats, reserved, append(p.at(m, post, false), c), c), c) {
				return false
			}
		}
	}
	return true
}

// blocking returns the pairs that the page calls blocking, as "candidate post".
func (p *plain) blocking(m matching) (pairs []string) {
	weak := plainly(p.in, false)
	for c := range p.candidate {
		for post := range p.post {
			if !p.accept(c, post) || !weak.rather(c, post, m[c]) {
				continue
			}
			seats, reserved := p.quota(post, false)
			if slices.Contains(weak.choose(post, seats, reserved, append(p.at(m, post, true), c), c), c) {
				pairs = append(pairs, c+" "+post)
			}
		}
	}
	slices.Sort(pairs)
	return pairs
}

// all returns every stable matching.
func (p *plain) all() (stable []matching) {
	m := matching{}
	var try func(rest []format.MatchCandidate)
	try = func(rest []format.MatchCandidate) {
		if len(rest) == 0 {
			if p.stable(m) {
				one := matching{}
				for c, post := range m {
					one[c] = post
				}
				stable = append(stable, one)
			}
			return
		}
		c := rest[0].ID
		if post := p.fixed[c]; post != "" {
			m[c] = post
			try(rest[1:])
			return
		}
		delete(m, c)
		try(rest[1:])
		for _, post := range slices.Concat(rest[0].Wishes...) {
			seats, _ := p.quota(post, true)
			if p.accept(c, post) && len(p.at(m, post, false)) < seats {
				m[c] = post
				if !p.envy(m, c) {
					try(rest[1:])
				}
				delete(m, c)
			}
		}
	}
	try(p.in.Candidates)
	return stable
}

// envy says whether a candidate and another who is not fixed already rule each
// other out: one would rather be where the other is, and is preferred there.
func (p *plain) envy(m matching, c string) bool {
	envies := func(c, d string) bool {
		post := m[d]
		return p.accept(c, post) && p.rather(c, post, m[c]) && p.prefers(post, c, d) && len(p.post[post].Reserved) == 0
	}
	for d := range m {
		if p.fixed[d] == "" && (envies(c, d) || envies(d, c)) {
			return true
		}
	}
	return false
}

func (m matching) size() (n int) {
	for _, post := range m {
		if post != "" {
			n++
		}
	}
	return n
}

func of(r *format.MatchResult) matching {
	m := matching{}
	for _, one := range r.Matches {
		m[one.Candidate] = one.Post
	}
	return m
}

// A kind says what anyMarket may draw beside strict lists.
type kind struct{ ties, reserved, fixed bool }

// A dealer draws numbers that are no likelier to be small, as package rapid
// prefers them: most small markets have a single stable matching.
type dealer struct{ *rand.Rand }

func newDealer(t *rapid.T) dealer {
	return dealer{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), rapid.Uint64().Draw(t, "stream")))}
}

func (d dealer) oneIn(n int) bool { return d.IntN(n) == 0 }

func (d dealer) kind() kind {
	return kind{ties: d.oneIn(2), reserved: d.oneIn(2), fixed: d.oneIn(3)}
}

// market draws a market of at most so many candidates.
func (d dealer) market(t *rapid.T, most int, k kind) *format.MatchInstance {
	in := &format.MatchInstance{Proposing: format.Candidates, Unranked: format.Refused}
	if k.ties {
		in.Ties = &format.Ties{Rule: format.DrawnTies, Seed: fmt.Sprint(d.IntN(1000))}
		if d.oneIn(2) {
			in.Unranked = format.Last
		}
	}
	candidates, posts, whole := 1+d.IntN(most), 1+d.IntN(4), d.oneIn(2)
	if whole { // as many seats as people, and nobody left out: many stable matchings
		candidates, posts = 4, 4
	}
	for i := range posts {
		p := format.MatchPost{ID: fmt.Sprintf("P%d", i), Seats: 1, Ranking: d.list(k, whole, "C", candidates)}
		if !whole {
			p.Seats, p.Closed = []int{1, 1, 1, 1, 1, 2, 2, 3, 0}[d.IntN(9)], d.oneIn(20)
		}
		if left := p.Seats; k.reserved {
			for _, group := range []string{"G", "H"} {
				if n := d.IntN(left + 1); n > 0 {
					left -= n
					p.Reserved = append(p.Reserved, format.Reserve{Group: group, Seats: n})
				}
			}
		}
		in.Posts = append(in.Posts, p)
	}
	for i := range candidates {
		one := format.MatchCandidate{ID: fmt.Sprintf("C%d", i), Wishes: d.list(k, whole, "P", posts)}
		if k.reserved {
			one.Group = []string{"", "G", "G", "H"}[d.IntN(4)]
		}
		in.Candidates = append(in.Candidates, one)
	}
	if k.fixed {
		in.Fixed = d.fixed(in)
	}
	t.Logf("%s", in.Bytes())
	if err := in.Check(); err != nil {
		t.Fatalf("the dealer made an instance that is not valid: %v", err)
	}
	return in
}

// list draws a list of n ids, or of some of them.
func (d dealer) list(k kind, whole bool, letter string, n int) (list [][]string) {
	length := n
	if !whole && d.oneIn(4) {
		length = d.IntN(n + 1)
	}
	for i, id := range d.Perm(n)[:length] {
		if id := fmt.Sprintf("%s%d", letter, id); i > 0 && k.ties && d.oneIn(3) {
			list[len(list)-1] = append(list[len(list)-1], id)
		} else {
			list = append(list, []string{id})
		}
	}
	return list
}

func (d dealer) fixed(in *format.MatchInstance) (fixed []format.Pair) {
	free := map[string]int{}
	for _, p := range in.Posts {
		if !p.Closed {
			free[p.ID] = p.Seats
		}
	}
	for _, one := range in.Candidates {
		post := in.Posts[d.IntN(len(in.Posts))].ID
		if free[post] > 0 && d.oneIn(3) {
			free[post]--
			fixed = append(fixed, format.Pair{Candidate: one.ID, Post: post})
		}
	}
	return fixed
}

// rule lets other ways than candidates proposing have their turn.
func (d dealer) rule(in *format.MatchInstance) {
	switch {
	case in.Ties != nil && d.oneIn(2):
		in.Ties.Rule = format.LargestTies
	case d.oneIn(3):
		in.Proposing = format.Posts
	}
}
