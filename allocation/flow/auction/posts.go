package auction

import "slices"

// An appeal is an auction in which posts bid for students.
type appeal struct {
	*market
	first      []int32 // the applicants of post q are first[q] to first[q+1]-1
	applicants []applicant
	byCost     bool // no applicant of a post costs less than the one before

	placing
	free   []int32 // seats of each post
	bids   []int32 // that each post has made
	queued []bool
	queue  []int32 // posts with free seats, the next at the end
}

// An applicant is a student with an edge to a post, and what that costs.
type applicant struct{ student, cost int32 }

// A placing says who is where, and what each student pays in all, edge and price,
// in steps.
type placing struct {
	at   []int32 // posts, or none
	pays []int64
}

// nobody returns the placing where all are nowhere.
func (m *market) nobody() placing {
	p := placing{make([]int32, len(m.Unplaced)), make([]int64, len(m.Unplaced))}
	for i := range p.at {
		p.at[i] = none
	}
	return p
}

func (m *market) newAppeal() *appeal {
	a := &appeal{
		market:     m,
		first:      make([]int32, len(m.Seats)+1),
		applicants: make([]applicant, len(m.Post)),
		byCost:     true,
		placing:    m.nobody(),
		free:       make([]int32, len(m.Seats)),
		bids:       make([]int32, len(m.Seats)),
		queued:     make([]bool, len(m.Seats)),
		queue:      make([]int32, 0, len(m.Seats)),
	}
	for q, n := range m.asked {
		a.first[q+1] = a.first[q] + n
	}
	// First wishes first: where costs rise along the lists, they rise here as well.
	end := slices.Clone(a.first)
	for wish, more := int32(0), true; more; wish++ {
		more = false
		for i := range a.at {
			e := m.First[i] + wish
			if e >= m.First[i+1] {
				continue
			}
			more = true
			q := m.Post[e]
			k := end[q]
			a.byCost = a.byCost && (k == a.first[q] || a.applicants[k-1].cost <= m.Cost[e])
			a.applicants[k] = applicant{int32(i), m.Cost[e]}
			end[q]++
		}
	}
	return a
}

// run holds the auction with this fee. It returns false if that is stopped or
// takes more looks at applicants than a limit.
//
// Each student pays the fee at first, or what having no post costs if that is
// less. A seat is worth what its student pays less the cost of the edge. A post
// with free seats takes the students worth most to it at the moment, and lets each
// pay less: so much that the best it could not take is worth as much, and a step
// more. Others can then take them only for less still.
func (a *appeal) run(fee int64, limit int) bool {
	a.start(fee)
	var best []entry
	for len(a.queue) > 0 {
		q := a.queue[len(a.queue)-1]
		a.queue, a.queued[q] = a.queue[:len(a.queue)-1], false
		if a.free[q] == 0 {
			continue
		}
		var next int64
		var looks int
		best, next, looks = a.best(q, fee, best[:0])
		limit -= looks
		if limit < 0 || a.halted(looks) {
			return false
		}
		for _, b := range best {
			i := b.index
			a.pays[i] -= b.value - next + step(a.bids[q])
			if old := a.at[i]; old != none {
				a.free[old]++
				a.wait(old)
			}
			a.at[i] = q
			a.free[q]--
		}
		a.bids[q]++
	}
	return true
}

// start frees all seats and students.
func (a *appeal) start(fee int64) {
	for i := range a.at {
		a.at[i], a.pays[i] = none, min(a.limit(int32(i)), fee*scale)
	}
	copy(a.free, a.Seats)
	clear(a.bids)
	for _, q := range a.queue {
		a.queued[q] = false
	}
	a.queue = a.queue[:0]
	for q := len(a.Seats) - 1; q >= 0; q-- {
		a.wait(int32(q))
	}
}

// wait lets post q bid again.
func (a *appeal) wait(q int32) {
	if !a.queued[q] {
		a.queue, a.queued[q] = append(a.queue, q), true
	}
}

// best returns the applicants who are worth most to post q at the moment, its own
// students apart, up to one for each free seat. It also returns what the next is
// worth, or 0 when there is none, and how many applicants it looked at.
func (a *appeal) best(q int32, fee int64, room []entry) (best []entry, next int64, looks int) {
	best = room
	seats := int(a.free[q])
	for _, one := range a.applicants[a.first[q]:a.first[q+1]] {
		cost := int64(one.cost) * scale
		if a.byCost && fee*scale-cost <= next {
			break
		}
		looks++
		value := a.pays[one.student] - cost
		if value <= next || a.at[one.student] == q {
			continue
		}
		if len(best) <= seats {
			best = push(best, entry{value, one.student})
		} else {
			replaceLowest(best, entry{value, one.student})
		}
		if len(best) > seats {
			next = best[0].value
		}
	}
	if len(best) > seats {
		_, best = pop(best)
	}
	return best, next, looks
}
