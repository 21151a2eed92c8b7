package match

import (
	"iter"
	"math/bits"
	"sync"

	"stagora.org/stagora/allocation/format"
)

// SolveMarket returns the post of each student of a large market, and the rank of
// that wish from 1, in the stable matching that all students like best; -1 and 0
// for those without a post. It is the matching of Solve when candidates propose,
// by numbers and on several cores. The market must satisfy its Check, which fills
// Rank.
//
// stop, if not nil, is asked from time to time whether to give up; then ok is
// false. For lists of total length L and posts of at most s seats it takes
// O(L·log s).
//
// Proposals are made in rounds. In each, everybody who is free looks down their
// list for the first post that would not turn them down at once, then the posts
// choose. What a round costs is not the work but the ways to main memory: so lists
// are read in the order in which they stand there, and posts choose in segments
// whose state fits in a cache. The order in which proposals are made changes
// nothing, so neither do the cores.
func SolveMarket(m *format.Market, stop func() bool) (post, rank []int32, ok bool) {
	l := newLarge(m)
	for free := m.Students(); free >= fewFree; {
		if stop != nil && stop() {
			return nil, nil, false
		}
		l.propose()
		free = l.choose()
	}
	if !l.inTurn(stop) {
		return nil, nil, false
	}
	post, rank = l.got()
	return post, rank, true
}

const (
	fewFree  = 1 << 12 // below it, one proposal after another is faster than a round
	segments = 16      // of the wishes, and of the posts
	untilAsk = 1 << 12 // proposals between two questions whether to stop
)

// A large is deferred acceptance under way. Students are known by wishes: places
// in Wish and Rank. Whoever is free stands at a wish not tried yet, or at the last
// one that was.
type large struct {
	*format.Market
	last  bitmap   // of wishes: the list ends there
	worst []int32  // of each post: only those ranked before it are not turned down at once
	start []int32  // of each post, in held
	count []int32  // how many each post holds
	held  []holder // of each post as many as it can hold; when it is full a heap, the worst rank first

	// Whoever is free stands in one of two: in the bitmap, or among those turned
	// down last, by the segment of the post and the segment of the wish.
	free       bitmap
	turnedDown [segments][segments][]int32
	proposals  [segments][segments][]proposal // of a round, by the segment of the wish and that of the post
}

type holder struct{ rank, wish int32 }

type proposal struct{ post, rank, wish int32 }

func newLarge(m *format.Market) *large {
	l := &large{
		Market: m,
		free:   newBitmap(len(m.Wish)),
		last:   newBitmap(len(m.Wish)),
		worst:  make([]int32, m.Posts()),
		start:  make([]int32, m.Posts()+1),
		count:  make([]int32, m.Posts()),
	}
	for s, first := range m.First[1:] {
		if m.First[s] < first {
			l.free.add(m.First[s])
			l.last.add(first - 1)
		}
	}
	for p, seats := range m.Seats {
		l.worst[p] = format.MaxPeople + 1
		if seats == 0 {
			l.worst[p] = 0
		}
		l.start[p+1] = l.start[p] + min(seats, m.RankFirst[p+1]-m.RankFirst[p])
	}
	l.held = make([]holder, l.start[m.Posts()])
	return l
}

// look goes down a list from a wish to the first that would not be turned down
// at once. ok is false if there is none.
func (l *large) look(wish int32) (p proposal, ok bool) {
	for {
		post, rank := l.Wish[wish], l.Rank[wish]
		if rank < l.worst[post] {
			return proposal{post, rank, wish}, true
		}
		if l.last.has(wish) {
			return proposal{}, false
		}
		wish++
	}
}

// propose lets everybody free propose, in the order of the wishes.
func (l *large) propose() {
	inSegments(func(k int) {
		l.gather(k)
		to := &l.proposals[k]
		for s := range to {
			to[s] = to[s][:0]
		}
		for wish := range l.free.drain(segmentStart(k, len(l.free)), segmentStart(k+1, len(l.free))) {
			if p, ok := l.look(wish); ok {
				s := segment(int(p.post), l.Posts())
				to[s] = append(to[s], p)
			}
		}
	})
}

// choose lets posts choose, and returns how many students are free then.
func (l *large) choose() (free int) {
	inSegments(func(k int) {
		to := &l.turnedDown[k]
		for from := range l.proposals {
			for _, p := range l.proposals[from][k] {
				if wish, full := l.take(p); full {
					s := segment(int(wish/64), len(l.free))
					to[s] = append(to[s], wish)
				}
			}
		}
	})
	for k := range l.turnedDown {
		for _, some := range l.turnedDown[k] {
			free += len(some)
		}
	}
	return free
}

// gather brings those turned down in a segment of the wishes into the bitmap.
func (l *large) gather(k int) {
	for from := range l.turnedDown {
		for _, wish := range l.turnedDown[from][k] {
			l.free.add(wish)
		}
		l.turnedDown[from][k] = l.turnedDown[from][k][:0]
	}
}

// segment tells in which segment the i-th of n things is.
func segment(i, n int) int { return i * segments / n }

// segmentStart returns the first of n things that is in a segment.
func segmentStart(k, n int) int { return (k*n + segments - 1) / segments }

// inSegments runs a function for each segment, on all cores.
func inSegments(do func(k int)) {
	var all sync.WaitGroup
	for k := range segments {
		all.Go(func() { do(k) })
	}
	all.Wait()
}

// inTurn lets the free propose one after another; whoever is turned down goes on at
// once. It returns false when stopped.
func (l *large) inTurn(stop func() bool) bool {
	for k := range segments {
		l.gather(k)
	}
	made := 0
	for first := range l.free.drain(0, len(l.free)) {
		for wish := first; ; {
			p, ok := l.look(wish)
			if !ok {
				break
			}
			made++
			if made%untilAsk == 0 && stop != nil && stop() {
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
		for p := segmentStart(k, l.Posts()); p < segmentStart(k+1, l.Posts()); p++ {
			for _, one := range l.held[l.start[p] : l.start[p]+l.count[p]] {
				s := l.Ranking[l.RankFirst[p]+one.rank-1]
				post[s], rank[s] = int32(p), one.wish-l.First[s]+1
			}
		}
	})
	return post, rank
}

// A bitmap is a set of small numbers.
type bitmap []uint64

func newBitmap(n int) bitmap { return make(bitmap, (n+63)/64) }

func (b bitmap) has(n int32) bool { return b[uint32(n)/64]>>(uint32(n)%64)&1 == 1 }

func (b bitmap) add(n int32) { b[uint32(n)/64] |= 1 << (uint32(n) % 64) }

// drain empties some words, and goes through what was there in order.
func (b bitmap) drain(from, to int) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for n := from; n < to; n++ {
			for ; b[n] != 0; b[n] &= b[n] - 1 {
				if !yield(int32(64*n + bits.TrailingZeros64(b[n]))) {
					return
				}
			}
		}
	}
}
