package lottery_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/lottery"
)

// A draw returns the order of the ids by a seed.
type draw func(seed string, ids []string) []string

func drawn(seed string, ids []string) []string {
	var order []string
	for _, ticket := range lottery.Order(seed, ids) {
		order = append(order, ticket.ID)
	}
	return order
}

const (
	people = 12
	seeds  = 12_000
)

// bias says what is wrong with the orders that a draw gives over many seeds: who
// comes at which position (a chi-square test over all people and positions), and who comes
// before whom. It says "" for a fair draw. Everything is counted in whole numbers.
func bias(d draw, seed func(n int) string) string {
	ids := make([]string, people)
	index := map[string]int{}
	for i := range ids {
		ids[i] = fmt.Sprintf("E%02d", i)
		index[ids[i]] = i
	}
	var at, before [people][people]int
	for n := range seeds {
		order := d(seed(n), ids)
		for position, id := range order {
			at[index[id]][position]++
			for _, later := range order[position+1:] {
				before[index[id]][index[later]]++
			}
		}
	}
	// With every row and column summing to seeds, and fair orders, (people-1)/people times
	// the sum of (count-expected)²/expected is distributed as chi-square with (people-1)²
	// = 121 degrees of freedom: once in a million below 60, once in a million above 211.
	const expected = seeds / people
	sum := 0
	for i := range at {
		for _, n := range at[i] {
			sum += (n - expected) * (n - expected)
		}
	}
	if low, high := 60*people*expected, 211*people*expected; (people-1)*sum < low || (people-1)*sum > high {
		return fmt.Sprintf("positions: chi-square is %d, expected 60 to 211", (people-1)*sum/(people*expected))
	}
	for i := range before {
		for j, n := range before[i] {
			if d := 2*n - seeds; i != j && d*d > 25*seeds { // five standard deviations
				return fmt.Sprintf("%s comes before %s in %d of %d draws", ids[i], ids[j], n, seeds)
			}
		}
	}
	return ""
}

func TestADrawHasNoBiasByPosition(t *testing.T) {
	t.Parallel()
	if found := bias(drawn, func(n int) string { return fmt.Sprint("seed ", n) }); found != "" {
		t.Error(found)
	}
}

// One witness may know the others' values, and repeat the same all the time.
func TestAMixedSeedHasNoBiasByPosition(t *testing.T) {
	t.Parallel()
	constant := lottery.Witness{ID: "w1", Value: "0", Commitment: lottery.Commitment("0")}
	found := bias(drawn, func(n int) string {
		value := fmt.Sprint(n)
		seed, err := lottery.MixedSeed([]lottery.Witness{constant, {ID: "w2", Value: value, Commitment: lottery.Commitment(value)}}, "p")
		if err != nil {
			t.Fatal(err)
		}
		return seed
	})
	if found != "" {
		t.Error(found)
	}
}

// Draws that are broken in ways that are easily written: the test above finds each.
func TestTheTestOfBiasFindsBrokenDraws(t *testing.T) {
	t.Parallel()
	byKey := func(key func(seed, id string) string) draw {
		return func(seed string, ids []string) []string {
			keys := map[string]string{}
			for _, id := range ids {
				keys[id] = key(seed, id)
			}
			order := slices.Clone(ids)
			slices.SortStableFunc(order, func(a, b string) int { return strings.Compare(keys[a], keys[b]) })
			return order
		}
	}
	tests := []struct {
		name string
		draw draw
	}{
		{"the order of the ids", func(_ string, ids []string) []string { return ids }},
		{"the ticket without the seed", byKey(func(_, id string) string { return lottery.Commitment(id) })},
		{"one digit of the ticket, ties in the order of the ids", byKey(func(seed, id string) string { return lottery.Draw(seed, id).Hash[:1] })},
		{"a random place to begin", func(seed string, ids []string) []string {
			k := int(lottery.Commitment(seed)[63]) % len(ids)
			return append(slices.Clone(ids[k:]), ids[:k]...)
		}},
		{"each exchanged with any other", func(seed string, ids []string) []string {
			order := slices.Clone(ids)
			for i, id := range ids {
				n, _ := strconv.ParseUint(lottery.Draw(seed, id).Hash[:8], 16, 64)
				k := n % people
				order[i], order[k] = order[k], order[i]
			}
			return order
		}},
		{"two neighbours put right", func(seed string, ids []string) []string {
			order := drawn(seed, ids)
			for i := range order[1:] {
				if order[i] == "E01" && order[i+1] == "E00" {
					order[i], order[i+1] = order[i+1], order[i]
				}
			}
			return order
		}},
		{"everybody at each position equally often", func() draw {
			turn := 0
			return func(_ string, ids []string) []string {
				turn++
				k := turn % len(ids)
				order := append(slices.Clone(ids[k:]), ids[:k]...)
				if turn/len(ids)%2 == 1 {
					slices.Reverse(order)
				}
				return order
			}
		}()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found := bias(tt.draw, func(n int) string { return fmt.Sprint("seed ", n) })
			if found == "" {
				t.Error("nothing was found")
			}
			t.Log(found)
		})
	}
}
