package auction

import "stagora.org/stagora/allocation/flow/transport"

const Scale = scale

func never() bool { return false }

// Repair repairs a solution without groups, from any prices that are not negative.
func Repair(p *transport.Problem, edge []int32, prices []int64, wrong []int32) (*transport.Solution, bool) {
	r := newRepair(newMarket(p, never), edge, prices)
	if !r.run(wrong) {
		return nil, false
	}
	return r.solution(), true
}

func Round(p *transport.Problem, edge []int32, price []int64) (prices []int64, wrong []int32) {
	return newMarket(p, never).round(standing{edge, price})
}

func Sorted(values []int64) (sorted []int64) {
	var heap []entry
	for i, v := range values {
		heap = push(heap, entry{v, int32(i)})
	}
	for len(heap) > 0 {
		var lowest entry
		lowest, heap = pop(heap)
		sorted = append(sorted, lowest.value)
	}
	return sorted
}

// Bid returns how the auctions end, with prices in steps.
func Bid(p *transport.Problem) (edge []int32, price []int64) {
	end, _ := newMarket(p, never).bidding()
	return end.edge, end.price
}
