package flow

import "math/bits"

// A queue gives back nodes by label, the lowest first. It is a radix heap (Ahuja,
// Mehlhorn, Orlin and Tarjan 1990): no label may be pushed below the one popped
// last. Each node costs O(64) in all; most are moved once or twice.
type queue struct {
	last    int64
	buckets [65][]entry // by the highest bit in which the label differs from last
	size    int
}

type entry struct {
	label int64
	node  int32
}

func (q *queue) push(label int64, node int32) {
	b := bits.Len64(uint64(label ^ q.last))
	q.buckets[b] = append(q.buckets[b], entry{label, node})
	q.size++
}

// pop takes out a lowest entry of a queue that is not empty.
func (q *queue) pop() entry {
	if len(q.buckets[0]) == 0 {
		b := 1
		for len(q.buckets[b]) == 0 {
			b++
		}
		full := q.buckets[b]
		q.last = full[0].label
		for _, e := range full {
			q.last = min(q.last, e.label)
		}
		for _, e := range full {
			to := bits.Len64(uint64(e.label ^ q.last))
			q.buckets[to] = append(q.buckets[to], e)
		}
		q.buckets[b] = full[:0]
	}
	zero := q.buckets[0]
	e := zero[len(zero)-1]
	q.buckets[0] = zero[:len(zero)-1]
	q.size--
	return e
}
