// Package market draws large markets by a seed, so that engines can be compared
// on the same ones. Popular posts are sought by many, students prefer their own
// region, and posts prefer able students and those of their region: lists overlap
// as they do in life, which is what makes a market hard.
package market

import (
	"cmp"
	"math"
	"slices"

	"stagora.org/stagora/allocation/format"
)

const regions = 26

// A Shape is the size of a market.
type Shape struct {
	Students int
	Places   float64 // seats for each student: 1.1 is a surplus, 0.9 a shortage
	Seats    int     // of a post, at most; at least 1, all as likely; 0 stands for 8
	Lists    [2]int  // the shortest and the longest list; 0 and 0 stand for 10 and 20
	Seed     uint64
}

// Generate draws the market of a shape: the same on every machine.
func Generate(s Shape) *format.Market {
	if s.Seats == 0 {
		s.Seats = 8
	}
	if s.Lists == [2]int{} {
		s.Lists = [2]int{10, 20}
	}
	r := &random{state: s.Seed}
	posts := int(math.Round(float64(s.Students) * s.Places * 2 / float64(s.Seats+1)))
	w := newWorld(r, posts, s.Seats)
	m := &format.Market{Seed: s.Seed, Seats: w.seats, First: make([]int32, 1, s.Students+1)}
	students := make([]student, s.Students)
	for i := range students {
		students[i] = student{ability: r.normal(), region: r.below(regions)}
		m.Wish = w.list(m.Wish, r, students[i].region, s.Lists[0]+r.below(s.Lists[1]-s.Lists[0]+1))
		m.First = append(m.First, int32(len(m.Wish)))
	}
	w.rank(m, r, students)
	m.Order = make([]int32, s.Students)
	for i := range m.Order {
		m.Order[i] = int32(i)
	}
	for i := len(m.Order) - 1; i > 0; i-- {
		j := r.below(i + 1)
		m.Order[i], m.Order[j] = m.Order[j], m.Order[i]
	}
	return m
}

type student struct {
	ability float64
	region  int
}

// A world is what students choose among.
type world struct {
	region     []int
	popularity []float64
	seats      []int32
	national   alias
	regional   [regions]alias
	chosen     []int32 // the student who last took each post on a list, from 1
	student    int32
}

func newWorld(r *random, posts, seats int) *world {
	w := &world{
		region:     make([]int, posts),
		popularity: make([]float64, posts),
		seats:      make([]int32, posts),
		chosen:     make([]int32, posts),
	}
	var weights [regions][]float64
	var within [regions][]int32
	var all []float64
	everywhere := make([]int32, posts)
	for p := range posts {
		w.region[p], w.popularity[p] = r.below(regions), r.normal()
		w.seats[p] = int32(1 + r.below(seats))
		weight := math.Exp(0.9*w.popularity[p]) * float64(w.seats[p])
		everywhere[p] = int32(p)
		all = append(all, weight)
		weights[w.region[p]] = append(weights[w.region[p]], weight)
		within[w.region[p]] = append(within[w.region[p]], int32(p))
	}
	w.national = newAlias(everywhere, all)
	for g := range regions {
		w.regional[g] = newAlias(within[g], weights[g])
	}
	return w
}

// list appends one student's wishes, best first.
func (w *world) list(wishes []int32, r *random, home, length int) []int32 {
	w.student++
	length = min(length, len(w.seats))
	type liked struct {
		post int32
		by   float64
	}
	list := make([]liked, 0, length)
	for tries := 0; len(list) < length && tries < 40*length; tries++ {
		from := &w.national
		if r.unit() < 0.6 && len(w.regional[home].items) > 0 {
			from = &w.regional[home]
		}
		p := from.draw(r)
		if w.chosen[p] == w.student {
			continue
		}
		w.chosen[p] = w.student
		by := 0.8*w.popularity[p] + 0.9*-math.Log(-math.Log(r.unit()))
		if w.region[p] == home {
			by += 0.7
		}
		list = append(list, liked{p, by})
	}
	slices.SortFunc(list, func(x, y liked) int { return cmp.Or(cmp.Compare(y.by, x.by), cmp.Compare(x.post, y.post)) })
	for _, l := range list {
		wishes = append(wishes, l.post)
	}
	return wishes
}

// rank lets each post rank those who listed it.
func (w *world) rank(m *format.Market, r *random, students []student) {
	m.RankFirst = make([]int32, len(w.seats)+1)
	for _, p := range m.Wish {
		m.RankFirst[p+1]++
	}
	for p := range w.seats {
		m.RankFirst[p+1] += m.RankFirst[p]
	}
	m.Ranking = make([]int32, len(m.Wish))
	merit := make([]float64, len(m.Wish))
	next := slices.Clone(m.RankFirst)
	for i := range students {
		for _, p := range m.Wish[m.First[i]:m.First[i+1]] {
			at := next[p]
			next[p]++
			m.Ranking[at] = int32(i)
			merit[at] = 0.8*students[i].ability + 0.6*r.normal()
			if students[i].region == w.region[p] {
				merit[at] += 0.4
			}
		}
	}
	var order []int32
	var sorted []int32
	for p := range w.seats {
		from, to := m.RankFirst[p], m.RankFirst[p+1]
		order = order[:0]
		for at := from; at < to; at++ {
			order = append(order, at)
		}
		slices.SortFunc(order, func(x, y int32) int { return cmp.Or(cmp.Compare(merit[y], merit[x]), cmp.Compare(x, y)) })
		sorted = sorted[:0]
		for _, at := range order {
			sorted = append(sorted, m.Ranking[at])
		}
		copy(m.Ranking[from:to], sorted)
	}
}

// An alias draws from weighted items in constant time (Walker 1977, Vose 1991).
type alias struct {
	items []int32
	keep  []float64
	other []int32
}

func newAlias(items []int32, weights []float64) alias {
	a := alias{items: items, keep: make([]float64, len(items)), other: make([]int32, len(items))}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	var small, large []int32
	for i, w := range weights {
		a.keep[i] = w * float64(len(items)) / sum
		if a.keep[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		a.other[s] = l
		a.keep[l] -= 1 - a.keep[s]
		if a.keep[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) {
		a.keep[i], a.other[i] = 1, i
	}
	return a
}

func (a *alias) draw(r *random) int32 {
	i := r.below(len(a.items))
	if r.unit() < a.keep[i] {
		return a.items[i]
	}
	return a.items[a.other[i]]
}

// A random is splitmix64 (Steele, Lea and Flood 2014).
type random struct{ state uint64 }

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *random) below(n int) int { return int(r.next() % uint64(n)) }

// unit returns a number above 0 and below 1.
func (r *random) unit() float64 { return (float64(r.next()>>11) + 0.5) / (1 << 53) }

// normal returns a normal deviate (Box and Muller 1958).
func (r *random) normal() float64 {
	return math.Sqrt(-2*math.Log(r.unit())) * math.Cos(2*math.Pi*r.unit())
}
