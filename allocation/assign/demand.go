package assign

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"

	"stagora.org/stagora/allocation/format"
)

// Demand returns how sought each post is, as they stand in the instance: "1" for
// the strongest tenth to "10", format.NoDemand when nobody wishes for it,
// format.DemandClosed when it has no seats. Posts of equal demand share the
// stronger level. Main and secondary posts are compared among themselves.
func Demand(in *format.Instance) []string { return levels(in, newMarket(in)) }

func levels(in *format.Instance, m *market) []string {
	pull := pulls(in.Rules(), m)
	levels := make([]string, len(in.Posts))
	var main, secondary []int
	for p, post := range in.Posts {
		switch {
		case post.Seats == 0:
			levels[p] = format.DemandClosed
		case pull[p] == 0:
			levels[p] = format.NoDemand
		case post.Secondary:
			secondary = append(secondary, p)
		default:
			main = append(main, p)
		}
	}
	tenths(main, pull, m.seats, levels)
	tenths(secondary, pull, m.seats, levels)
	return levels
}

// pulls adds up what the wishes for each post weigh: the cost of their rank, at
// least a tenth. A student counts once for a secondary post, at the best rank.
func pulls(rules *format.Parameters, m *market) []format.Amount {
	pull := make([]format.Amount, len(m.seats))
	counted := make([]int, len(m.seats)) // the last student counted for a secondary post, from 1
	for i, s := range m.students {
		for k, w := range s.wishes {
			weight := format.One / 10
			if k < len(rules.RankCosts) {
				weight = max(weight, rules.RankCosts[k])
			}
			pull[w.post] += weight
			if w.secondary != none && counted[w.secondary] != i+1 {
				counted[w.secondary] = i + 1
				pull[w.secondary] += weight
			}
		}
	}
	return pull
}

// tenths sorts posts by pull per seat and deals them into ten levels.
func tenths(posts []int, pull []format.Amount, seats []int, levels []string) {
	perSeat := func(x, y int) int { // by cross-multiplication: pulls and seats are not negative
		xh, xl := bits.Mul64(uint64(pull[x]), uint64(seats[y]))
		yh, yl := bits.Mul64(uint64(pull[y]), uint64(seats[x]))
		return cmp.Or(cmp.Compare(xh, yh), cmp.Compare(xl, yl))
	}
	slices.SortFunc(posts, func(x, y int) int { return perSeat(y, x) })
	level := ""
	for i, p := range posts {
		if i == 0 || perSeat(posts[i-1], p) != 0 {
			position := i + 1
			level = strconv.Itoa((10*position + len(posts) - 1) / len(posts))
		}
		levels[p] = level
	}
}
