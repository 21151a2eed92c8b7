package lottery_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/lottery"
)

// Three people of the demo campaign, tied. Computed apart, with sha256sum.
func TestAnOrderAnybodyCanComputeAgain(t *testing.T) {
	t.Parallel()
	const seed = "estuaire-C1-2026-03-20"
	if got := lottery.Commitment(seed); got != "076cf36599255457083d6ceab93453f30ca056e501fedf88fe0367ef8c970217" {
		t.Errorf("the commitment is %s", got)
	}
	got := lottery.Order(seed, []string{"E05", "E18", "E03"})
	want := []string{"244a9097 E03", "38fda6e6 E18", "ee067078 E05"}
	for i, ticket := range got {
		if s := ticket.Hash[:8] + " " + ticket.ID; s != want[i] || len(ticket.Hash) != 64 {
			t.Errorf("ticket %d is %s, expected %s", i+1, s, want[i])
		}
	}
}

func TestADrawDependsOnSeedAndIDsAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfDistinct(rapid.String(), rapid.ID[string]).Draw(t, "ids")
		seed := rapid.String().Draw(t, "seed")
		order := lottery.Order(seed, ids)
		shuffled := lottery.Order(seed, rapid.Permutation(ids).Draw(t, "ids in another order"))
		if !slices.Equal(order, shuffled) {
			t.Fatalf("%v, given otherwise %v", order, shuffled)
		}
		if len(ids) > 0 { // nobody else moves when somebody withdraws
			gone := ids[0]
			rest := slices.DeleteFunc(order, func(t lottery.Ticket) bool { return t.ID == gone })
			if without := lottery.Order(seed, ids[1:]); !slices.Equal(rest, without) {
				t.Fatalf("%v, without %q %v", rest, gone, without)
			}
		}
	})
}

// Each of three people comes first in a third of the draws: of 6,000, within
// five standard deviations of 2,000.
func TestADrawFavoursNobody(t *testing.T) {
	t.Parallel()
	first := map[string]int{}
	for seed := range 6000 {
		first[lottery.Order(fmt.Sprint(seed), []string{"E1", "E2", "E3"})[0].ID]++
	}
	for id, n := range first {
		if n < 1815 || n > 2185 {
			t.Errorf("%s comes first %d times in 6000", id, n)
		}
	}
}

func TestReadIDs(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"one a line", "E1\nE2\n", "E1,E2"},
		{"no line feed at the end", "E1\nE2", "E1,E2"},
		{"ids with spaces and accents", "Ana Bö\nZoé\n", "Ana Bö,Zoé"},
		{"nobody", "", ""},
		{"a blank line", "E1\n\nE2\n", "line 2: found a blank line, expected an id"},
		{"a blank line at the end", "E1\n\n", "line 2: found a blank line, expected an id"},
		{"spaces alone", "E1\n \t\n", "line 2: found a blank line, expected an id"},
		{"an id twice", "E1\nE2\nE1\n", `line 3: found "E1", expected an id that line 1 does not have`},
		{"not UTF-8", "E\xff\n", `line 1: found "E\xff", expected text in UTF-8`},
		{"a file from Windows", "E1\r\nE2\r\n", "line 1: found a carriage return at the end of the line, expected a line feed alone"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ids, err := lottery.ReadIDs(strings.NewReader(tt.text))
			got := strings.Join(ids, ",")
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, expected %q", got, tt.want)
			}
		})
	}
}

func FuzzReadIDs(f *testing.F) {
	f.Add("E1\nE2\n")
	f.Add("\r\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		ids, err := lottery.ReadIDs(strings.NewReader(text))
		if err == nil && len(ids) > 0 && strings.TrimSuffix(text, "\n") != strings.Join(ids, "\n") {
			t.Fatalf("%q is read as %q", text, ids)
		}
	})
}

// The order of three people, and how to check it without this program.
func ExampleOrder() {
	seed := "estuaire-C1-2026-03-20"
	fmt.Println("published before:", lottery.Commitment(seed)[:16])
	for _, ticket := range lottery.Order(seed, []string{"E03", "E05", "E18"}) {
		fmt.Println(ticket.Hash[:16], ticket.ID) // printf %s "$SEED:E03" | sha256sum
	}
	// Output:
	// published before: 076cf36599255457
	// 244a9097ecaad02b E03
	// 38fda6e6ae9a711e E18
	// ee0670787dd10b34 E05
}
