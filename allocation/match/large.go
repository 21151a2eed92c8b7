package match

import (
	"math"
	"sync"

	"stagora.org/stagora/allocation/format"
)

// SolveMarket returns the post of each student of a large market, and the rank of
// that wish from 1, in the stable matching that all students like best; -1
// and 0 for those without a post. It is what candidatesPropose does, by numbers
// and on several cores. The market must satisfy its Check, which fills Rank.
//
// stop, if not nil, is asked from time to time whether to give up; then ok is
// false. For lists of total length L and posts of at most s seats it takes
// O(L·log s).
//
// Proposals are made in rounds. In each, everybody who is free looks down their
// list for the first post that would not turn them down at once, then the posts
// choose. What a round costs is not the work but the ways to main memory: lists are read
// in parts that have nothing to do with each other, so that many such ways are
// taken at once, and posts choose in blocks whose state fits in a cache. The
// order in which proposals are made changes nothing, so neither do the cores.
func SolveMarket(m *format.Market, stop func() bool) (post, rank []int32, ok bool) {
	l := newLarge(m)
	free := l.all()
	for len(free) >= fewFree {
		if stop != nil && stop() {
			return nil, nil, false
		}
		free = l.choose(l.propose(free))
	}
	if !l.inTurn(free, stop) {
		return nil, nil, false
	}
	post, rank = l.got()
	return post, rank, true
}

const (
	fewFree  = 1 << 12 // below it, one proposal after another is faster than a round
	segments = 16      // of the free in a round, and of the posts
	untilAsk = 1 << 12 // proposals between two questions whether to stop
)

// A large is deferred acceptance under way. Candidates are known by wishes:
// places in Wish and Rank. A free one stands at a wish not tried yet, or at the
// last one that was.
type large struct {
	*format.Market
	last  []uint64 // of each wish, a bit: it is the last of its list
	worst []int32  // of each post: only those ranked before it are not turned down at once
	start []int32  // of each post, in held
	count []int32  // how many each post holds
	held  []holder // of each post as many as it can hold; when it is full a heap, the worst rank first
}

type holder struct{ rank, wish int32 }

type proposal struct{ post, rank, wish int32 }

func newLarge(m *format.Market) *large {
	l := &large{
		Market: m,
		last:   make([]uint64, len(m.Wish)/64+1),
		worst:  make([]int32, m.Posts()),
		start:  make([]int32, m.Posts()+1),
		count:  make([]int32, m.Posts()),
	}
	for _, next := range m.First {
		if next > 0 {
			l.last[(next-1)/64] |= 1 << ((next - 1) % 64)
		}
	}
	for p, seats := range m.Seats {
		if l.worst[p] = math.MaxInt32; seats == 0 {
			l.worst[p] = 0
		}
		l.start[p+1] = l.start[p] + min(seats, m.RankFirst[p+1]-m.RankFirst[p])
	}
	l.held = make([]holder, l.start[m.Posts()])
	return l
}

// all returns everybody who has a list, at its first wish.
func (l *large) all() []int32 {
	free := make([]int32, 0, l.Students())
	for s := range l.Students() {
		if l.First[s] < l.First[s+1] {
			free = append(free, l.First[s])
		}
	}
	return free
}

// look goes down a list from a wish to the first that would not be turned down
// at once. ok is false if there is none.
func (l *large) look(wish int32) (p proposal, ok bool) {
	for {
		post, rank := l.Wish[wish], l.Rank[wish]
		if rank < l.worst[post] {
			return proposal{post, rank, wish}, true
		}
		if l.last[wish/64]>>(wish%64)&1 == 1 {
			return proposal{}, false
		}
		wish++
	}
}

// propose returns the proposals of everybody free, by the segment of the post.
func (l *large) propose(free []int32) (proposals [segments][segments][]proposal) {
	inSegments(func(k int) {
		to := &proposals[k]
		for _, wish := range free[len(free)*k/segments : len(free)*(k+1)/segments] {
			if p, ok := l.look(wish); ok {
				s := l.segment(p.post)
				to[s] = append(to[s], p)
			}
		}
	})
	return proposals
}

func (l *large) segment(post int32) int { return int(post) * segments / l.Posts() }

// choose lets posts choose, and returns those who are free then.
func (l *large) choose(proposals [segments][segments][]proposal) (free []int32) {
	var out [segments][]int32
	inSegments(func(k int) {
		for from := range proposals {
			for _, p := range proposals[from][k] {
				if wish, full := l.take(p); full {
					out[k] = append(out[k], wish)
				}
			}
		}
	})
	for _, some := range out {
		free = append(free, some...)
	}
	return free
}

// inSegments runs a function for each segment, on all cores.
func inSegments(do func(k int)) {
	var all sync.WaitGroup
	for k := range segments {
		all.Go(func() { do(k) })
	}
	all.Wait()
}

// inTurn lets the free propose one after another, as whoever is turned down does
// at once. It returns false when stopped.
func (l *large) inTurn(free []int32, stop func() bool) bool {
	made := 0
	for _, wish := range free {
		for {
			p, ok := l.look(wish)
			if !ok {
				break
			}
			if made++; made%untilAsk == 0 && stop != nil && stop() {
				return false
			}
			var full bool
			if wish, full = l.take(p); !full {
				break
			}
		}
	}
	return true
}

// take lets a post answer. If it is full, somebody is free then: the wish at
// which that one stands is returned.
func (l *large) take(p proposal) (free int32, full bool) {
	if p.rank >= l.worst[p.post] {
		return p.wish, true
	}
	held := l.held[l.start[p.post]:l.start[p.post+1]]
	one := holder{p.rank, p.wish}
	if n := l.count[p.post]; int(n) < len(held) {
		held[n] = one
		l.count[p.post]++
		if int(n+1) == len(held) {
			for i := n / 2; i >= 0; i-- {
				down(held, i, held[i])
			}
			l.worst[p.post] = held[0].rank
		}
		return 0, false
	}
	free = held[0].wish
	down(held, 0, one)
	l.worst[p.post] = held[0].rank
	return free, true
}

// down puts a holder into a heap at a place that is free, or below it.
func down(heap []holder, at int32, one holder) {
	n := int32(len(heap))
	for {
		below := 2*at + 1
		if below >= n {
			break
		}
		if below+1 < n && heap[below+1].rank > heap[below].rank {
			below++
		}
		if heap[below].rank <= one.rank {
			break
		}
		heap[at] = heap[below]
		at = below
	}
	heap[at] = one
}

// got tells who is where.
func (l *large) got() (post, rank []int32) {
	post, rank = make([]int32, l.Students()), make([]int32, l.Students())
	for s := range post {
		post[s] = none
	}
	inSegments(func(k int) {
		for p := l.Posts() * k / segments; p < l.Posts()*(k+1)/segments; p++ {
			for _, one := range l.held[l.start[p] : l.start[p]+l.count[p]] {
				s := l.Ranking[l.RankFirst[p]+one.rank-1]
				post[s], rank[s] = int32(p), one.wish-l.First[s]+1
			}
		}
	})
	return post, rank
}
