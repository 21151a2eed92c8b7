package main

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"slices"

	"stagora.org/stagora/allocation/lottery"
)

// lotteryCommand draws an order: one id a line in, one "hash id" a line out. The
// seed is given, or made of what witnesses revealed and a public value.
type lotteryCommand struct {
	Seed      string            `placeholder:"S" help:"The seed that was revealed; its SHA-256 is the commitment."`
	Witness   map[string]string `placeholder:"ID=VALUE" mapsep:"none" help:"Instead of a seed: what a witness revealed; once for each."`
	Committed map[string]string `placeholder:"ID=HASH" mapsep:"none" help:"What a witness had committed to; once for each."`
	Public    string            `placeholder:"VALUE" help:"The public value that was fixed beforehand."`
}

// Run prints the ids in the order drawn, or nothing if one cannot be used.
func (c *lotteryCommand) Run(s streams) error {
	seed, err := c.seed()
	if err != nil {
		return wrongInput(err)
	}
	ids, err := lottery.ReadIDs(s.in)
	if err != nil {
		return wrongInput(err)
	}
	if c.Seed == "" {
		fmt.Fprintln(s.err, "seed", seed)
	}
	out := bufio.NewWriter(s.out)
	for _, t := range lottery.Order(seed, ids) {
		fmt.Fprintln(out, t.Hash, t.ID)
	}
	return out.Flush()
}

func (c *lotteryCommand) seed() (string, error) {
	mixed := len(c.Witness)+len(c.Committed) > 0 || c.Public != ""
	switch {
	case c.Seed != "" && mixed:
		return "", errors.New("either a seed, or witnesses and a public value: not both")
	case c.Seed != "":
		return c.Seed, nil
	case !mixed:
		return "", errors.New("what is the seed? --seed S, or --witness ID=VALUE and --committed ID=HASH for each witness and --public VALUE")
	}
	var witnesses []lottery.Witness
	for _, id := range slices.Sorted(maps.Keys(c.Committed)) {
		value, revealed := c.Witness[id]
		if !revealed {
			return "", fmt.Errorf("witness %q committed to a value and did not reveal it: without it there is no draw", id)
		}
		witnesses = append(witnesses, lottery.Witness{ID: id, Commitment: c.Committed[id], Value: value})
	}
	for _, id := range slices.Sorted(maps.Keys(c.Witness)) {
		if _, committed := c.Committed[id]; !committed {
			return "", fmt.Errorf("witness %q revealed a value without having committed to it: --committed %s=HASH", id, id)
		}
	}
	return lottery.MixedSeed(witnesses, c.Public)
}
