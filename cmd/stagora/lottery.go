package main

import (
	"bufio"
	"fmt"

	"stagora.org/stagora/allocation/lottery"
)

// lotteryCommand draws an order: one id a line in, one "hash id" a line out.
type lotteryCommand struct {
	Seed string `required:"" placeholder:"S" help:"The seed that was revealed; its SHA-256 is the commitment."`
}

// Run prints the ids in the order drawn, or nothing if one cannot be used.
func (c *lotteryCommand) Run(s streams) error {
	ids, err := lottery.ReadIDs(s.in)
	if err != nil {
		return wrongInput(err)
	}
	out := bufio.NewWriter(s.out)
	for _, t := range lottery.Order(c.Seed, ids) {
		fmt.Fprintln(out, t.Hash, t.ID)
	}
	return out.Flush()
}
