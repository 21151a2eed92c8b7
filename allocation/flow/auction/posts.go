package auction

// postsBid lets posts bid for students, from the price 0 up, which ends soon
// where there are fewer seats than students: it is the auction of studentsBid
// seen from the other side.
//
// Each student starts by paying what having no post costs them. A seat is worth
// what its student pays less the cost of the edge. A post with free seats takes
// the students worth most to it, at what they pay at the moment, and lets each pay
// less: so much that the best it could not take is worth as much, and a step more.
// Others then take them only for less still. Whom nobody takes has no post.
func (m *market) postsBid(stop func() bool) (standing, bool) {
	a := m.newAppeal()
	waiting := make([]int32, 0, len(m.Seats)) // posts with free seats, the next at the end
	queued := make([]bool, len(m.Seats))
	free := make([]int32, len(m.Seats))
	for q := int32(len(m.Seats)) - 1; q >= 0; q-- {
		free[q] = m.Seats[q]
		waiting, queued[q] = append(waiting, q), true
	}
	bids := make([]int32, len(m.Seats))
	var taken []entry

	made := 0
	for len(waiting) > 0 {
		if made++; made%pace == 0 && stop() {
			return standing{}, false
		}
		q := waiting[len(waiting)-1]
		waiting, queued[q] = waiting[:len(waiting)-1], false
		if free[q] == 0 {
			continue
		}
		var next int64
		taken, next = a.best(q, free[q], taken[:0])
		for _, t := range taken {
			i := t.index
			a.pays[i] -= t.value - next + step(bids[q])
			if old := a.at[i]; old != none {
				free[old]++
				if !queued[old] {
					waiting, queued[old] = append(waiting, old), true
				}
			}
			a.at[i] = q
			free[q]--
		}
		bids[q]++
	}
	return a.standing(), true
}

// An appeal is an auction in which posts bid.
type appeal struct {
	*market
	first     []int32 // the applicants of post q are first[q] to first[q+1]-1, in the order of their wishes
	applicant []int32 // students
	cost      []int32 // of the edge to each applicant
	rising    bool    // no applicant of a post costs less than the one before
	most      int64   // the highest that a student may pay
	pays      []int64 // what each student pays in all, edge and price, in steps
	at        []int32 // the post that each student is at
}

func (m *market) newAppeal() *appeal {
	a := &appeal{
		market:    m,
		first:     make([]int32, len(m.Seats)+1),
		applicant: make([]int32, len(m.Post)),
		cost:      make([]int32, len(m.Post)),
		rising:    true,
		pays:      make([]int64, len(m.Unplaced)),
		at:        make([]int32, len(m.Unplaced)),
	}
	for _, q := range m.Post {
		a.first[q+1]++
	}
	for q := range m.Seats {
		a.first[q+1] += a.first[q]
	}
	end := make([]int32, len(m.Seats))
	copy(end, a.first)
	for wish, more := int32(0), true; more; wish++ {
		more = false
		for i := range a.at {
			e := m.First[i] + wish
			if e >= m.First[i+1] {
				continue
			}
			more = true
			q := m.Post[e]
			a.rising = a.rising && (end[q] == a.first[q] || a.cost[end[q]-1] <= m.Cost[e])
			a.applicant[end[q]], a.cost[end[q]] = int32(i), m.Cost[e]
			end[q]++
		}
	}
	for i := range a.at {
		a.at[i] = none
		a.pays[i] = m.limit(int32(i))
		a.most = max(a.most, a.pays[i])
	}
	return a
}

// best returns up to so many applicants who are worth most to post q at what
// they pay, its own students apart, and what the next is worth; 0 when there is none.
func (a *appeal) best(q, seats int32, taken []entry) (best []entry, next int64) {
	for k := a.first[q]; k < a.first[q+1]; k++ {
		cost := int64(a.cost[k]) * scale
		if a.rising && a.most-cost <= next {
			break
		}
		i := a.applicant[k]
		value := a.pays[i] - cost
		if value <= next || a.at[i] == q {
			continue
		}
		if len(taken) <= int(seats) {
			taken = push(taken, entry{value, i})
		} else {
			replaceLowest(taken, entry{value, i})
		}
		if len(taken) > int(seats) {
			next = taken[0].value
		}
	}
	if len(taken) > int(seats) {
		_, taken = pop(taken)
	}
	return taken, next
}

// standing returns where the auction ended, with the least prices of posts at
// which no student would rather be at one.
func (a *appeal) standing() standing {
	end := standing{make([]int32, len(a.at)), make([]int64, len(a.Seats))}
	for q := range a.Seats {
		for k := a.first[q]; k < a.first[q+1]; k++ {
			if i := a.applicant[k]; a.at[i] != int32(q) {
				end.price[q] = max(end.price[q], a.pays[i]-int64(a.cost[k])*scale)
			}
		}
	}
	for i, q := range a.at {
		end.edge[i] = none
		if q == none {
			continue
		}
		e := a.First[i]
		for a.Post[e] != q {
			e++
		}
		end.edge[i] = e
	}
	return end
}
