package auction

// studentsBid sells seats to students, from the price 0 up, which ends soon where
// there are more seats than students.
//
// A student without a post bids for the one that is best at the prices of the
// moment: as much as makes the second best as good, and a step more. A post keeps
// its highest bids, one for each seat. Its price is 0 while a seat is free, then
// the lowest bid that it keeps. (Bertsekas and Castañon, "The auction algorithm
// for the transportation problem", 1989.)
func (m *market) studentsBid(stop func() bool) (standing, bool) {
	end := standing{make([]int32, len(m.Unplaced)), make([]int64, len(m.Seats))}
	kept := make([][]entry, len(m.Seats))
	total := 0
	for _, seats := range m.Seats {
		total += int(seats)
	}
	room := make([]entry, total)
	for q, seats := range m.Seats {
		kept[q], room = room[:0:seats], room[seats:]
		if seats == 0 {
			end.price[q] = m.cap * scale
		}
	}
	bids := make([]int32, len(m.Unplaced))

	made := 0
	for first := range end.edge {
		// Whoever is outbid bids again at once.
		for i := int32(first); i != none; {
			if made++; made%pace == 0 && stop() {
				return end, false
			}
			e, gain := m.best(i, end.price)
			end.edge[i] = e
			if e == none {
				break
			}
			q := m.Post[e]
			bid := entry{end.price[q] + gain + step(bids[i]), i}
			bids[i]++
			if i = none; len(kept[q]) < cap(kept[q]) {
				kept[q] = push(kept[q], bid)
			} else {
				i = kept[q][0].index
				replaceLowest(kept[q], bid)
			}
			if len(kept[q]) == cap(kept[q]) {
				end.price[q] = kept[q][0].value
			}
		}
	}
	return end, true
}

// best returns the edge that is best for student i at these prices, and by how
// much it is better than the next; none when no post is.
func (m *market) best(i int32, price []int64) (e int32, gain int64) {
	second := m.limit(i)
	best, e := second, none
	for f := m.First[i]; f < m.First[i+1]; f++ {
		cost := int64(m.Cost[f]) * scale
		if cost >= second {
			if m.rising {
				break
			}
			continue
		}
		switch pays := cost + price[m.Post[f]]; {
		case pays < best:
			second, best, e = best, pays, f
		case pays < second:
			second = pays
		}
	}
	return e, second - best
}
