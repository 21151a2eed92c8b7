package check

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// VerifyMatch judges a match-result/1 file against its match/1 file. The error,
// of type format.Errors, tells that the instance itself is not valid.
func VerifyMatch(instance, result []byte) (*Report, error) {
	in, err := format.ReadMatch(instance)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	var m *matching
	r.run(step{"format", func() (string, *Finding) {
		out, err := format.ReadMatchResult(result)
		if err != nil {
			return "", wrong("the result cannot be read: %v", err)
		}
		m = newMatching(in, out)
		return "match-result/1, made by " + out.Engine, nil
	}})
	if m == nil {
		return r, nil
	}
	r.run(
		step{"instance hash", func() (string, *Finding) { return sameInstance(m.out.Instance, instance) }},
		step{"known ids", m.knownIDs},
		step{"each candidate once", m.eachCandidateOnce},
		step{"fixed", m.fixedPairs},
		step{"seats", m.seats},
		step{"closed and refused", m.accepted},
		step{"stability", m.stable},
		step{"optimality", m.optimal},
		step{"canonicality", m.listOrder},
		step{"positions", m.positions},
		step{"posts", m.posts},
		step{"reasons", m.reasons},
		step{"blocking", m.blocking},
		step{"statistics", m.statistics},
		step{"canonical bytes", func() (string, *Finding) { return canonicalBytes(result) }},
	)
	return r, nil
}

// A matching is a result of two-sided matching to be judged, by numbers.
type matching struct {
	in        *format.MatchInstance
	out       *format.MatchResult
	candidate map[string]int
	post      map[string]int
	lists     [][]application // of each candidate, as the list stands; tied ones by id
	all, left []quota         // of each post: before and after the fixed pairs
	behind    []int           // of each post: the place of those whom it did not rank
	mate      []*application  // of each candidate; nil without a post
	fixed     []bool          // of each candidate

	people, free [][]*application // who is at each post, best first; free are those who are not fixed

	// With ties broken by a draw, the tickets of both sides; else nil.
	candidateTicket, postTicket []string
}

// An application is one post on one candidate's list.
type application struct {
	candidate, post int
	wish            int // its position on the list, over ties
	rank            int // the candidate's position in the post's ranking, over ties; 0 if not ranked
	place           int // by which the post compares: the rank, or behind all ranks
	accepted        bool
}

// unasked is the position of a fixed post that is not on the list: after all.
const unasked = 1 << 30

// A quota says how many a post can take, and how many of them for each reserve
// in the order of the file.
type quota struct {
	seats    int
	reserved []int
}

func newMatching(in *format.MatchInstance, out *format.MatchResult) *matching {
	m := &matching{in: in, out: out, candidate: map[string]int{}, post: map[string]int{}}
	for i, p := range in.Posts {
		m.post[p.ID] = i
	}
	for i, c := range in.Candidates {
		m.candidate[c.ID] = i
	}
	if in.Ties != nil && in.Ties.Rule == format.DrawnTies {
		for _, c := range in.Candidates {
			m.candidateTicket = append(m.candidateTicket, ticket(in.Ties.Seed, c.ID))
		}
		for _, p := range in.Posts {
			m.postTicket = append(m.postTicket, ticket(in.Ties.Seed, p.ID))
		}
	}
	m.readLists()
	m.readQuotas()
	m.mate = make([]*application, len(in.Candidates))
	for _, one := range out.Matches {
		c, known := m.candidate[one.Candidate]
		p, alsoKnown := m.post[one.Post]
		if known && alsoKnown {
			m.mate[c] = m.application(c, p)
		}
	}
	m.readPeople()
	return m
}

// ticket is the lot of an id.
func ticket(seed, id string) string {
	sum := sha256.Sum256([]byte(seed + ":" + id))
	return hex.EncodeToString(sum[:])
}

// readLists counts positions over ties on both sides.
func (m *matching) readLists() {
	ranks := make([]map[int]int, len(m.in.Posts))
	for p, post := range m.in.Posts {
		ranks[p] = map[int]int{}
		next := 1
		for _, tie := range post.Ranking {
			for _, id := range tie {
				ranks[p][m.candidate[id]] = next
			}
			next += len(tie)
		}
		m.behind = append(m.behind, next)
	}
	for c, one := range m.in.Candidates {
		var list []application
		next := 1
		for _, tie := range one.Wishes {
			for _, id := range slices.Sorted(slices.Values(tie)) {
				p := m.post[id]
				a := application{candidate: c, post: p, wish: next, rank: ranks[p][c]}
				a.place = cmp.Or(a.rank, m.behind[p])
				post := m.in.Posts[p]
				a.accepted = !post.Closed && post.Seats > 0 && (a.rank > 0 || m.in.Unranked == format.Last)
				list = append(list, a)
			}
			next += len(tie)
		}
		m.lists = append(m.lists, list)
	}
}

// readQuotas takes the fixed pairs off the seats: first off those reserved for
// their group. What is left reserved is served in the order of the file.
func (m *matching) readQuotas() {
	m.fixed = make([]bool, len(m.in.Candidates))
	for _, post := range m.in.Posts {
		q := quota{seats: post.Seats}
		for _, r := range post.Reserved {
			q.reserved = append(q.reserved, r.Seats)
		}
		m.all = append(m.all, q)
		m.left = append(m.left, quota{q.seats, slices.Clone(q.reserved)})
	}
	for _, pair := range m.in.Fixed {
		c, p := m.candidate[pair.Candidate], m.post[pair.Post]
		m.fixed[c] = true
		m.left[p].seats--
		if r := m.reserve(c, p); r >= 0 && m.left[p].reserved[r] > 0 {
			m.left[p].reserved[r]--
		}
	}
	for _, q := range m.left {
		free := q.seats
		for r, n := range q.reserved {
			q.reserved[r] = min(n, free)
			free -= q.reserved[r]
		}
	}
}

// reserve returns which reserve of a post is for a candidate, or -1.
func (m *matching) reserve(candidate, post int) int {
	group := m.in.Candidates[candidate].Group
	if group == "" {
		return -1
	}
	return slices.IndexFunc(m.in.Posts[post].Reserved, func(r format.Reserve) bool { return r.Group == group })
}

// application returns how a candidate and a post stand on each other's lists.
func (m *matching) application(candidate, post int) *application {
	for i := range m.lists[candidate] {
		if a := &m.lists[candidate][i]; a.post == post {
			return a
		}
	}
	a := &application{candidate: candidate, post: post, wish: unasked, place: m.behind[post]}
	next := 1
	for _, tie := range m.in.Posts[post].Ranking {
		if slices.Contains(tie, m.in.Candidates[candidate].ID) {
			a.rank, a.place = next, next
		}
		next += len(tie)
	}
	return a
}

func (m *matching) readPeople() {
	m.people, m.free = make([][]*application, len(m.in.Posts)), make([][]*application, len(m.in.Posts))
	for c, a := range m.mate {
		if a == nil {
			continue
		}
		m.people[a.post] = append(m.people[a.post], a)
		if !m.fixed[c] {
			m.free[a.post] = append(m.free[a.post], a)
		}
	}
	for p := range m.in.Posts {
		slices.SortStableFunc(m.people[p], asWritten)
		slices.SortStableFunc(m.free[p], m.byPost)
	}
}

func (m *matching) name(a *application) (candidate, post string) {
	return m.in.Candidates[a.candidate].ID, m.in.Posts[a.post].ID
}

func (m *matching) knownIDs() (string, *Finding) {
	var candidates, posts []string
	for _, one := range m.out.Matches {
		candidates, posts = append(candidates, one.Candidate), append(posts, one.Post)
	}
	for _, p := range m.out.Posts {
		posts = append(posts, p.Post)
	}
	for _, r := range m.out.Reasons {
		candidates = append(candidates, r.Candidate)
	}
	for _, pair := range m.out.Blocking {
		candidates, posts = append(candidates, pair.Candidate), append(posts, pair.Post)
	}
	for _, id := range append(candidates, m.out.Unmatched...) {
		if _, known := m.candidate[id]; !known {
			return "", wrong("the instance has no candidate %s", id).students(id)
		}
	}
	for _, id := range posts {
		if _, known := m.post[id]; !known {
			return "", wrong("the instance has no post %s", id).posts(id)
		}
	}
	return fmt.Sprintf("%d candidates, %d posts", len(m.in.Candidates), len(m.in.Posts)), nil
}

func (m *matching) eachCandidateOnce() (string, *Finding) {
	seen := make([]bool, len(m.in.Candidates))
	ids := slices.Clone(m.out.Unmatched)
	for _, one := range m.out.Matches {
		ids = append(ids, one.Candidate)
	}
	for _, id := range ids {
		if seen[m.candidate[id]] {
			return "", wrong("candidate %s stands twice", id).students(id)
		}
		seen[m.candidate[id]] = true
	}
	if c := slices.Index(seen, false); c >= 0 {
		id := m.in.Candidates[c].ID
		return "", wrong("candidate %s is missing", id).students(id)
	}
	return fmt.Sprintf("%d candidates", len(seen)), nil
}

func (m *matching) fixedPairs() (string, *Finding) {
	for _, pair := range m.in.Fixed {
		if a := m.mate[m.candidate[pair.Candidate]]; a == nil || a.post != m.post[pair.Post] {
			return "", wrong("candidate %s keeps post %s, the result says otherwise", pair.Candidate, pair.Post).students(pair.Candidate).posts(pair.Post)
		}
	}
	for _, one := range m.out.Matches {
		if kept := m.fixed[m.candidate[one.Candidate]]; one.Fixed != kept {
			return "", wrong("candidate %s keeping a post is %t, the result says %t", one.Candidate, kept, one.Fixed).students(one.Candidate)
		}
	}
	return fmt.Sprintf("%d pairs kept", len(m.in.Fixed)), nil
}

func (m *matching) seats() (string, *Finding) {
	taken := 0
	for p, people := range m.people {
		post := m.in.Posts[p]
		if len(people) > post.Seats {
			f := wrong("post %s has %d seats and %d people", post.ID, post.Seats, len(people)).posts(post.ID)
			for _, a := range people {
				f.students(m.in.Candidates[a.candidate].ID)
			}
			return "", f
		}
		taken += len(people)
	}
	return fmt.Sprintf("%d posts, %d seats taken", len(m.in.Posts), taken), nil
}

// accepted sees that nobody is anywhere without having asked and being accepted.
func (m *matching) accepted() (string, *Finding) {
	for c, a := range m.mate {
		if a == nil || m.fixed[c] || a.accepted {
			continue
		}
		candidate, post := m.name(a)
		why := "is refused at"
		switch {
		case a.wish == unasked:
			why = "did not ask for"
		case m.in.Posts[a.post].Closed:
			why = "is at the closed"
		}
		return "", wrong("candidate %s %s post %s", candidate, why, post).students(candidate).posts(post)
	}
	return "candidates and posts accept each other", nil
}

func (m *matching) listOrder() (string, *Finding) {
	out := m.out
	orders := []struct {
		what string
		at   int
	}{
		{"matches", unsorted(out.Matches, func(x, y format.Match) int { return strings.Compare(x.Candidate, y.Candidate) })},
		{"unmatched", unsorted(out.Unmatched, strings.Compare)},
		{"posts", unsorted(out.Posts, func(x, y format.MatchPostResult) int { return strings.Compare(x.Post, y.Post) })},
		{"reasons", unsorted(out.Reasons, func(x, y format.MatchReason) int {
			return cmp.Or(strings.Compare(x.Candidate, y.Candidate), x.Wish-y.Wish, strings.Compare(x.Post, y.Post))
		})},
		{"blocking", unsorted(out.Blocking, func(x, y format.Pair) int {
			return cmp.Or(strings.Compare(x.Candidate, y.Candidate), strings.Compare(x.Post, y.Post))
		})},
	}
	for _, o := range orders {
		if o.at >= 0 {
			return "", wrong("%s[%d] should stand before %s[%d]", o.what, o.at, o.what, o.at-1)
		}
	}
	return "matches, reasons and blocking pairs by candidate, posts by id", nil
}

// unsorted returns the first place where a list is out of order, or -1.
func unsorted[T any](list []T, compare func(x, y T) int) int {
	for i := 1; i < len(list); i++ {
		if compare(list[i-1], list[i]) > 0 {
			return i
		}
	}
	return -1
}
