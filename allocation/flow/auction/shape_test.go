package auction_test

import (
	"math/rand/v2"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/transport"
)

// A shape makes a problem of its kind from a seed.
type shape struct {
	seed     uint64
	students int
	places   int  // seats, in hundredths of the students
	seats    int  // of a post, at most
	list     int  // length, at most
	common   bool // all rank the posts alike
	cost     func(r *rand.Rand, student, rank int) int32
	unplaced int64
	groups   int
}

func squares(_ *rand.Rand, _, rank int) int32 { return int32(rank * rank) }

var costs = []func(r *rand.Rand, student, rank int) int32{
	squares,
	func(_ *rand.Rand, _, rank int) int32 { return int32(rank) },
	func(*rand.Rand, int, int) int32 { return 0 },
	func(_ *rand.Rand, _, rank int) int32 { return min(int32(rank)-1, 1) },
	func(_ *rand.Rand, _, rank int) int32 { return 1 << min(rank, 30) },
	func(_ *rand.Rand, i, rank int) int32 { return int32(rank * rank * (1 + i%5)) },
	func(r *rand.Rand, _, _ int) int32 { return r.Int32N(transport.MaxCost) },
	func(_ *rand.Rand, _, rank int) int32 { return int32(60-rank) / 3 },
}

func drawShape(t *rapid.T) shape {
	return shape{
		seed:     rapid.Uint64().Draw(t, "seed"),
		students: rapid.IntRange(0, 80).Draw(t, "students"),
		places:   rapid.SampledFrom([]int{0, 50, 90, 100, 110, 300}).Draw(t, "places"),
		seats:    rapid.SampledFrom([]int{1, 4, 200}).Draw(t, "seats"),
		list:     rapid.SampledFrom([]int{1, 3, 12, 60}).Draw(t, "list"),
		common:   rapid.Bool().Draw(t, "common"),
		cost:     rapid.SampledFrom(costs).Draw(t, "cost"),
		unplaced: rapid.SampledFrom([]int64{0, 1, 20, 1000, 1 << 50, transport.MaxUnplaced}).Draw(t, "unplaced"),
		groups:   rapid.IntRange(0, 6).Draw(t, "groups"),
	}
}

func (s shape) problem() *transport.Problem {
	r := rand.New(rand.NewPCG(s.seed, 0))
	p := &transport.Problem{First: []int32{0}}
	for total := 0; total < s.students*s.places/100; {
		seats := 1 + r.IntN(s.seats)
		p.Seats = append(p.Seats, int32(seats))
		total += seats
	}
	p.Seats = append(p.Seats, 0)
	for i := range s.students {
		list := r.Perm(len(p.Seats))
		if s.common {
			for k := range list {
				list[k] = k
			}
		}
		for k, q := range list[:r.IntN(min(s.list, len(list))+1)] {
			p.Post = append(p.Post, int32(q))
			p.Cost = append(p.Cost, s.cost(r, i, k+1))
		}
		p.First = append(p.First, int32(len(p.Post)))
		p.Unplaced = append(p.Unplaced, s.unplaced/int64(1+r.IntN(2)))
	}
	if s.groups > 0 {
		s.group(p, r)
	}
	return p
}

// group puts the posts in groups that the students, each at the first wish with a
// free seat, would keep to.
func (s shape) group(p *transport.Problem, r *rand.Rand) {
	for g := range s.groups {
		p.Groups = append(p.Groups, transport.Group{Around: int32(r.IntN(g+1)) - 1})
	}
	for range p.Seats {
		p.Within = append(p.Within, int32(r.IntN(s.groups+1))-1)
	}
	held, in := make([]int32, len(p.Seats)), make([]int32, s.groups)
	for i := range p.Unplaced {
		for _, q := range p.Post[p.First[i]:p.First[i+1]] {
			if held[q] < p.Seats[q] {
				held[q]++
				for g := p.Within[q]; g != transport.None; g = p.Groups[g].Around {
					in[g]++
				}
				break
			}
		}
	}
	for g := range p.Groups {
		p.Groups[g].Min = in[g] - int32(r.IntN(int(in[g])/4+1))
		p.Groups[g].Max = in[g] + int32(r.IntN(4))
	}
}
