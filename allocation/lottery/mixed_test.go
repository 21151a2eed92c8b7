package lottery_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/lottery"
)

// A mixed seed and the order it gives, computed apart with sha256sum.
func TestAMixedSeedAnybodyCanComputeAgain(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../testdata/draw/mixed-seed.txt")
	if err != nil {
		t.Fatal(err)
	}
	var witnesses []lottery.Witness
	var public, section string
	var seed string
	var order []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		key, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || line[0] == '#':
		case key == "--":
			section = rest
		case section == "seed --":
			seed = line
		case section == "order --":
			order = append(order, rest+" "+key)
		case key == "witness":
			witnesses = append(witnesses, lottery.Witness{ID: rest})
		case key == "commitment":
			witnesses[len(witnesses)-1].Commitment = rest
		case key == "value":
			witnesses[len(witnesses)-1].Value = rest
		case key == "public":
			public = rest
		}
	}
	got, err := lottery.MixedSeed(witnesses, public)
	if err != nil || got != seed || len(seed) != 64 {
		t.Fatalf("the seed is %s (%v), expected %s", got, err, seed)
	}
	var drawn []string
	for _, ticket := range lottery.Order(seed, []string{"E03", "E05", "E18"}) {
		drawn = append(drawn, ticket.Hash+" "+ticket.ID)
	}
	if !slices.Equal(drawn, order) || len(order) != 3 {
		t.Errorf("the order is %v, expected %v", drawn, order)
	}
}

func TestMixedSeedRefuses(t *testing.T) {
	t.Parallel()
	witness := func(id, value string) lottery.Witness {
		return lottery.Witness{ID: id, Value: value, Commitment: lottery.Commitment(value)}
	}
	tests := []struct {
		name      string
		witnesses []lottery.Witness
		public    string
		want      string
	}{
		{"nobody", nil, "p", "found no witness, expected one at least"},
		{"no public value", []lottery.Witness{witness("w1", "a")}, "", `public value: found "", expected one line of text in UTF-8`},
		{"a public value of two lines", []lottery.Witness{witness("w1", "a")}, "p\nq", `public value: found "p\nq", expected one line of text in UTF-8`},
		{"an empty value", []lottery.Witness{witness("w1", "")}, "p", `value of witness "w1": found "", expected one line of text in UTF-8`},
		{"two values in one", []lottery.Witness{witness("w1", "a\nb")}, "p", `value of witness "w1": found "a\nb", expected one line of text in UTF-8`},
		{"a value that is not UTF-8", []lottery.Witness{witness("w1", "\xff")}, "p", `value of witness "w1": found "\xff", expected one line of text in UTF-8`},
		{"a witness twice", []lottery.Witness{witness("w1", "a"), witness("w0", "b"), witness("w1", "c")}, "p", `found the witness "w1" twice, expected each once`},
		{"another value than committed to", []lottery.Witness{witness("w1", "a"), {ID: "w2", Value: "b", Commitment: lottery.Commitment("c")}}, "p",
			`value of witness "w2": found one whose SHA-256 is 3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d, expected the one committed to, 2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			seed, err := lottery.MixedSeed(tt.witnesses, tt.public)
			if seed != "" || fmt.Sprint(err) != tt.want {
				t.Errorf("got %q, %v", seed, err)
			}
		})
	}
}

// Every value counts, and the order in which witnesses are given does not.
func TestAMixedSeedDependsOnEveryValue(t *testing.T) {
	t.Parallel()
	value := rapid.StringMatching(`[0-9a-z ]{1,8}`)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.String(), 1, 5, rapid.ID[string]).Draw(t, "ids")
		public := value.Draw(t, "public")
		var witnesses []lottery.Witness
		for _, id := range ids {
			v := value.Draw(t, "value")
			witnesses = append(witnesses, lottery.Witness{ID: id, Value: v, Commitment: lottery.Commitment(v)})
		}
		mixed := func(witnesses []lottery.Witness, public string) string {
			seed, err := lottery.MixedSeed(witnesses, public)
			if err != nil {
				t.Fatal(err)
			}
			return seed
		}
		seed := mixed(witnesses, public)
		if mixed(rapid.Permutation(witnesses).Draw(t, "in another order"), public) != seed {
			t.Fatal("another order of the witnesses gives another seed")
		}
		if mixed(witnesses, public+"0") == seed {
			t.Fatal("another public value gives the same seed")
		}
		changed := slices.Clone(witnesses)
		k := rapid.IntRange(0, len(ids)-1).Draw(t, "who")
		changed[k].Value += "0"
		changed[k].Commitment = lottery.Commitment(changed[k].Value)
		if mixed(changed, public) == seed {
			t.Fatalf("another value of %q gives the same seed", ids[k])
		}
	})
}

// A seed that two witnesses and a lottery made.
func ExampleMixedSeed() {
	students := lottery.Witness{ID: "w1-students", Value: "5b0f6ad1c7e94d0b8f5d2f6a1f3e7c9042d1b6a8e0c3f7957a6b1d2c3e4f5061"}
	office := lottery.Witness{ID: "w2-office", Value: "office: heads, heads, tails, heads"}
	// Published first:
	students.Commitment, office.Commitment = lottery.Commitment(students.Value), lottery.Commitment(office.Value)
	// Revealed when the wishes were final, with the lottery that was named beforehand:
	seed, err := lottery.MixedSeed([]lottery.Witness{students, office}, "loto 2026-03-21: 4 11 19 33 48 - 7")
	fmt.Println(seed, err)
	// Output: 99d2a77df84bec9e93296df90b94004810c70e6c9e793cdb10788d68f0abef6c <nil>
}
