package auction

// studentsBid lets students who have no post bid for seats, after this placing. It
// returns false if that is stopped. If it takes too long, some students are left
// without a post, which the repair will see to.
//
// A student bids for the post that is best at the prices of the moment: as much as
// makes the second best as good, and a step more. A post keeps its highest bids,
// one for each seat, and whoever is outbid bids again. The price of a post is 0
// while a seat is free, then the lowest bid that it keeps. (Bertsekas and
// Castañon, "The auction algorithm for the transportation problem", 1989.)
func (m *market) studentsBid(p placing) (standing, bool) {
	end, kept := m.keep(p)
	bids := make([]int32, len(m.Unplaced))
	limit := 128 * len(m.Post)
	for first := range end.edge {
		if end.edge[first] != none {
			continue
		}
		for i := int32(first); i != none; {
			looks := int(m.First[i+1] - m.First[i])
			limit -= looks
			if limit < 0 {
				return end, true
			}
			if m.halted(looks) {
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
			seats := int(m.Seats[q])
			i = none
			if len(kept[q]) < seats {
				kept[q] = push(kept[q], bid)
			} else {
				i = kept[q][0].index
				end.edge[i] = none
				replaceLowest(kept[q], bid)
			}
			if len(kept[q]) == seats {
				end.price[q] = kept[q][0].value
			}
		}
	}
	return end, true
}

// keep returns the standing of a placing, and the bids that posts keep: what each
// student pays less the cost of the edge.
func (m *market) keep(p placing) (standing, [][]entry) {
	end := standing{make([]int32, len(m.Unplaced)), make([]int64, len(m.Seats))}
	kept := tables[entry](m)
	for i, q := range p.at {
		end.edge[i] = none
		if q == none {
			continue
		}
		e := m.First[i]
		for m.Post[e] != q {
			e++
		}
		end.edge[i] = e
		kept[q] = push(kept[q], entry{max(0, p.pays[i]-int64(m.Cost[e])*scale), int32(i)}) // the last step may go below
	}
	for q, seats := range m.Seats {
		switch {
		case seats == 0:
			end.price[q] = m.cap * scale // nobody bids
		case len(kept[q]) == int(seats):
			end.price[q] = kept[q][0].value
		}
	}
	return end, kept
}

// best returns the edge that is best for student i at these prices, none when no
// post is, by how much it is better than the next, and how many it looked at.
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
