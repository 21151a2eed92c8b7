package auction

// An entry of a heap is an index with a value. A heap has its lowest entry first.
type entry struct {
	value int64
	index int32
}

// push returns the heap with e in it.
func push(heap []entry, e entry) []entry {
	heap = append(heap, e)
	at := len(heap) - 1
	for at > 0 {
		up := (at - 1) / 2
		if heap[up].value <= e.value {
			break
		}
		heap[at] = heap[up]
		at = up
	}
	heap[at] = e
	return heap
}

// pop returns the lowest entry, and the heap without it.
func pop(heap []entry) (lowest entry, rest []entry) {
	last := len(heap) - 1
	lowest, e := heap[0], heap[last]
	heap = heap[:last]
	if last > 0 {
		replaceLowest(heap, e)
	}
	return lowest, heap
}

// replaceLowest puts e in place of the lowest entry.
func replaceLowest(heap []entry, e entry) {
	at := 0
	for {
		down := 2*at + 1
		if down >= len(heap) {
			break
		}
		if next := down + 1; next < len(heap) && heap[next].value < heap[down].value {
			down = next
		}
		if heap[down].value >= e.value {
			break
		}
		heap[at] = heap[down]
		at = down
	}
	heap[at] = e
}
