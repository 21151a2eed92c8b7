package assign

import (
	"cmp"
	"slices"
)

// A Site can receive students of several cohorts, together at most Max.
type Site struct {
	ID              string
	Min, Ideal, Max int
	Secondary       bool
}

// A Cohort is a group of students who go through a campaign together. Maps are
// by site id; what they lack is 0 or false.
type Cohort struct {
	ID         string
	Students   int
	Spans      []Span // when the placements take place
	Restricted map[string]bool
	Confirmed  map[string]int // placements already confirmed
	Open       map[string]int // seats already opened
	Started    bool           // nothing more is to be opened
}

// A Span runs from First to Last, both included, counted in days from any
// common origin.
type Span struct{ First, Last int }

// A Recommendation says how many seats each site should open to one cohort.
type Recommendation struct {
	Cohort string
	Need   int   // seats that the cohort needs: its students and the surplus
	Seats  []int // by site, as the sites were given
	Room   []int // by site: what could still be opened there without passing the maximum
	Short  int   // seats that the main sites cannot offer, of the need
}

// Recommend shares the seats of sites among the cohorts that are there at the
// same time. surplus is how many percent more seats than students are wanted:
// 10 by default. Recommendations come in the order of the cohorts given.
//
// Main sites open in proportion to their ideal, between their minimum and
// maximum, each cohort having its share. Cohorts present together never pass
// the maximum of a site: a seat too many is taken back from the cohort that has
// most there. What a cohort then lacks is added one seat at a time, where the
// most room is left. Confirmed placements are never taken back.
func Recommend(sites []Site, cohorts []Cohort, surplus int) []Recommendation {
	p := newPlan(sites, cohorts)
	out := make([]Recommendation, len(cohorts))
	for c := range cohorts {
		out[c] = Recommendation{Cohort: cohorts[c].ID, Need: p.share(c, surplus), Seats: p.seats[c]}
	}
	for s := range sites {
		p.takeBack(s)
	}
	for p.addRound(out) {
	}
	for c := range cohorts {
		out[c].Short = max(0, out[c].Need-p.offered(c))
		out[c].Room = p.room(c)
	}
	return out
}

// A plan is the seats of each cohort at each site, under way.
type plan struct {
	sites   []Site
	cohorts []Cohort
	byID    []int   // cohorts, by id
	crowds  [][]int // the sets of cohorts that are present together
	seats   [][]int
}

func newPlan(sites []Site, cohorts []Cohort) *plan {
	p := &plan{sites: sites, cohorts: cohorts, seats: make([][]int, len(cohorts)), byID: make([]int, len(cohorts))}
	for c := range cohorts {
		p.seats[c], p.byID[c] = make([]int, len(sites)), c
	}
	slices.SortFunc(p.byID, func(x, y int) int { return cmp.Compare(cohorts[x].ID, cohorts[y].ID) })
	// A crowd only grows on somebody's first day, so those days show the largest.
	var days []int
	for _, c := range p.byID {
		if len(cohorts[c].Spans) == 0 {
			p.crowds = append(p.crowds, []int{c})
		}
		for _, span := range cohorts[c].Spans {
			days = append(days, span.First)
		}
	}
	slices.Sort(days)
	for _, day := range slices.Compact(days) {
		p.crowds = append(p.crowds, p.present(day))
	}
	return p
}

func (p *plan) present(day int) []int {
	var crowd []int
	for _, c := range p.byID {
		if slices.ContainsFunc(p.cohorts[c].Spans, func(s Span) bool { return s.First <= day && day <= s.Last }) {
			crowd = append(crowd, c)
		}
	}
	return crowd
}

// most returns the largest total of a count over the crowds a cohort is in.
func (p *plan) most(cohort int, count func(c int) int) int {
	most := 0
	for _, crowd := range p.crowds {
		if !slices.Contains(crowd, cohort) {
			continue
		}
		total := 0
		for _, c := range crowd {
			total += count(c)
		}
		most = max(most, total)
	}
	return most
}

// share deals a cohort its part of each site and returns its need.
func (p *plan) share(c, surplus int) (need int) {
	cohort := &p.cohorts[c]
	withSurplus := func(students int) int { return roundHalfUp(students*(100+surplus), 100) }
	need = withSurplus(cohort.Students)
	together := withSurplus(p.most(c, func(c int) int { return p.cohorts[c].Students }))
	ideal, confirmed := 0, 0
	for _, site := range p.sites {
		if !site.Secondary {
			ideal += site.Ideal
			confirmed += cohort.Confirmed[site.ID]
		}
	}
	nothingToOpen := cohort.Started || confirmed >= need
	for s, site := range p.sites {
		there := cohort.Confirmed[site.ID]
		wanted := site.Ideal
		if !site.Secondary {
			wanted = roundHalfUp(together*site.Ideal, max(1, ideal))
			wanted = min(max(wanted, site.Min), site.Max)
			wanted = roundHalfUp(need*wanted, max(1, together))
		}
		if cohort.Restricted[site.ID] || nothingToOpen {
			wanted = 0
		}
		free := site.Max - p.most(c, func(c int) int { return p.cohorts[c].Confirmed[site.ID] })
		p.seats[c][s] = max(there, min(wanted, there+max(free, 0)))
	}
	return need
}

// roundHalfUp returns n/d rounded, for n ≥ 0 and d > 0.
func roundHalfUp(n, d int) int { return (2*n + d) / (2 * d) }

// takeBack brings each crowd at a site down to its maximum, as far as confirmed
// placements allow.
func (p *plan) takeBack(s int) {
	site := &p.sites[s]
	spare := func(c int) int { return p.seats[c][s] - p.cohorts[c].Confirmed[site.ID] }
	for _, crowd := range p.crowds {
		for p.total(crowd, s) > site.Max {
			from := slices.MaxFunc(crowd, func(x, y int) int { // the first of equals, by id
				return cmp.Or(cmp.Compare(min(spare(x), 1), min(spare(y), 1)), cmp.Compare(p.seats[x][s], p.seats[y][s]))
			})
			if spare(from) <= 0 {
				break
			}
			p.seats[from][s]--
		}
	}
}

func (p *plan) total(crowd []int, s int) int {
	total := 0
	for _, c := range crowd {
		total += p.seats[c][s]
	}
	return total
}

// addRound gives one seat to each cohort that is short, by id, and says whether
// anything changed.
func (p *plan) addRound(out []Recommendation) bool {
	changed := false
	for _, c := range p.byID {
		if p.cohorts[c].Started || p.offered(c) >= out[c].Need {
			continue
		}
		if s, ok := p.roomiest(c); ok {
			p.seats[c][s]++
			changed = true
		}
	}
	return changed
}

func (p *plan) offered(c int) int {
	total := 0
	for s, site := range p.sites {
		if !site.Secondary {
			total += p.seats[c][s]
		}
	}
	return total
}

// roomiest returns the main site open to a cohort where the most room is left,
// the first by id among equals.
func (p *plan) roomiest(c int) (best int, ok bool) {
	mostRoom := 0
	for s, site := range p.sites {
		if site.Secondary || p.cohorts[c].Restricted[site.ID] {
			continue
		}
		room := site.Max - p.most(c, func(c int) int { return p.seats[c][s] })
		if room > mostRoom || ok && room == mostRoom && site.ID < p.sites[best].ID {
			best, mostRoom, ok = s, room, true
		}
	}
	return best, ok
}

func (p *plan) room(c int) []int {
	room := make([]int, len(p.sites))
	for s, site := range p.sites {
		if !p.cohorts[c].Restricted[site.ID] {
			room[s] = max(0, site.Max-p.most(c, func(c int) int { return p.cohorts[c].Open[site.ID] }))
		}
	}
	return room
}
