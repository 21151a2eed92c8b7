package check

import (
	"strconv"
	"testing"
)

// One seat is given to E2, and E1 would have more of it: whether a trade is left
// depends on how many ranks each would go up.
func TestATradeIsWorthTheRanksItSaves(t *testing.T) {
	t.Parallel()
	const a, b, c = 0, 1, 2
	tests := []struct {
		name      string
		post      []int32 // of each edge: two for E1, if it has two, then two for E2
		rank      []int32
		first     []int32
		length    []int32
		after     []int64
		tradeLeft bool
	}{
		{"two ranks against one", []int32{a, b, a, c}, []int32{1, 3, 1, 2}, []int32{0, 2, 4}, []int32{3, 2}, []int64{0, 9, 9, 0}, true},
		{"one rank against two", []int32{a, b, a, c}, []int32{1, 2, 1, 3}, []int32{0, 2, 4}, []int32{2, 3}, []int64{0, 9, 9, 0}, false},
		{"one rank against one", []int32{a, b, a, c}, []int32{1, 2, 1, 2}, []int32{0, 2, 4}, []int32{2, 2}, []int64{0, 9, 9, 0}, false},
		{"no post at the end of a list of three against one rank", []int32{a, a, c}, []int32{1, 1, 2}, []int32{0, 1, 3}, []int32{3, 2}, []int64{0, 9, 0}, true},
		{"no post at the end of a list of one against two ranks", []int32{a, a, c}, []int32{1, 1, 3}, []int32{0, 1, 3}, []int32{1, 3}, []int64{0, 9, 0}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := &raffle{
				problem: &problem{
					network: &network{
						first: tt.first, post: tt.post, seats: []int32{1, 1, 1}, took: []int32{without, without},
						names: names{student: func(i int32) string { return "E" + strconv.Itoa(int(i)+1) }},
					},
					rank: tt.rank, length: tt.length,
				},
				draws: 9, before: make([]int64, len(tt.post)), after: tt.after,
			}
			f := r.exhausted()
			if (f != nil) != tt.tradeLeft {
				t.Fatalf("the finding is %v", f)
			}
			if f != nil && len(f.Students) != 2 {
				t.Errorf("the trade is between %v, expected E1 and E2", f.Students)
			}
		})
	}
}
