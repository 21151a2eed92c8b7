package auction

// bidding holds the auction of posts and then that of students, and returns where
// they end, or false if they are stopped.
//
// Posts bid little where there are fewer seats than students, students where there
// are more. The fee is what makes posts few: a seat whose applicants all cost more
// is not on offer. So posts bid with a fee at which nearly as many seats are on
// offer as there are students, and the few students left without a post bid then,
// for any seat. The number of students left falls as the fee rises, less and less:
// the secant through two points of it leads to the next fee, and seldom too far.
func (m *market) bidding() (standing, bool) {
	a := m.newAppeal()
	if a.run(m.cap, len(m.Post)) {
		return m.studentsBid(a.placing)
	}
	best, left := m.nobody(), int64(len(m.Unplaced))
	low, high := int64(0), m.cap+1 // fees with which posts were done soon, and were not
	for fee := m.cap/32 + 1; fee > low+low/8 && fee < high && !m.stopped; {
		if !a.run(fee, 8*len(m.Post)) {
			high = fee
			if low == 0 {
				fee = high / 8
			} else {
				fee = (low + high) / 2
			}
			continue
		}
		a.placing, best = best, a.placing
		before := left
		left = best.left(m, fee)
		next := 2 * fee
		if low > 0 && left < before {
			next = min(next, fee+left*(fee-low)/(before-left))
		}
		if high <= m.cap {
			next = min(next, (fee+high)/2)
		}
		low, fee = fee, min(next, m.cap)
	}
	return m.studentsBid(best)
}

// left returns how many students have no post after posts have bid with this fee,
// but would pay more for one.
func (p placing) left(m *market, fee int64) (n int64) {
	for i, q := range p.at {
		if q == none && m.First[i] < m.First[i+1] && m.limit(int32(i)) > fee*scale {
			n++
		}
	}
	return n
}
