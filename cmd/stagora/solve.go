package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// solveCommand runs the engine on one file. A JSON file names its format, and
// with it the engine; an HR1 market may go to several, so one must be named.
type solveCommand struct {
	Instance   string `arg:"" help:"An assign/1, match/1 or calllist/1 file, or an HR1 market." type:"path"`
	Output     string `short:"o" placeholder:"RESULT" help:"Write the result to this file instead of the standard output." type:"path"`
	Engine     string `enum:",match,serial,assign" default:"" help:"For an HR1 market: match, serial or assign."`
	AnyOptimum bool   `help:"For an HR1 market by assign: any of the best placements, not the first of them."`
}

// Run prints the result. It prints every error of the instance, and writes
// nothing, with exit code 2; and why nobody can be placed at all with 1.
func (c *solveCommand) Run(s streams) error {
	instance, err := os.ReadFile(c.Instance)
	if err != nil {
		return wrongInput(err)
	}
	if isMarket(instance) {
		return c.market(s, instance)
	}
	result, err := c.solve(instance)
	if err != nil {
		return unsolved(err)
	}
	return c.write(s, result)
}

func (c *solveCommand) solve(instance []byte) ([]byte, error) {
	if c.Engine != "" {
		return nil, wrongInput(errors.New("--engine is for HR1 markets: a JSON file names its engine in \"format\""))
	}
	kind, err := format.Kind(instance)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "match/1":
		return match.SolveFile(instance)
	case "calllist/1":
		return calllist.SolveFile(instance)
	case "assign/1":
		return assign.Run{Stop: interrupted()}.SolveFile(instance)
	}
	return nil, fmt.Errorf("a file of format %s has nothing to solve: give an assign/1, match/1 or calllist/1 file, or an HR1 market", kind)
}

// unsolved is the exit of a run without a result: 1 when the instance is valid.
func unsolved(err error) error {
	if _, ok := errors.AsType[*assign.Infeasible](err); ok || errors.Is(err, assign.ErrStopped) {
		return exit{code: 1, err: err}
	}
	return wrongInput(err)
}

// isMarket tells an HR1 market from JSON.
func isMarket(file []byte) bool { return bytes.HasPrefix(file, []byte("HR1")) }

// market solves an HR1 market. By assign it also writes the prices that prove the
// optimum, to a file beside the result.
func (c *solveCommand) market(s streams, file []byte) error {
	if c.Engine == "" {
		return wrongInput(errors.New("an HR1 market can go to several engines: name one, --engine match, serial or assign"))
	}
	// A market is a few large arrays: collecting garbage often costs no time and
	// halves what the process takes.
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	m, err := format.ReadMarket(file)
	if err != nil {
		return wrongInput(err)
	}
	var post, rank []int32
	switch c.Engine {
	case "match":
		var ok bool
		if post, rank, ok = match.SolveMarket(m, interrupted()); !ok {
			return exit{code: 1, err: assign.ErrStopped}
		}
	case "serial":
		post, rank = assign.ServeMarket(m)
	case "assign":
		r, err := assign.SolveMarket(m, assign.MarketOptions{AnyOptimum: c.AnyOptimum, Stop: interrupted()})
		if err != nil {
			return unsolved(err)
		}
		if c.Output != "" {
			if err := os.WriteFile(c.Output+".cert", format.WritePrices(r.Prices, r.Objective), 0o644); err != nil {
				return err
			}
		}
		post, rank = r.Post, r.Rank
	}
	return c.write(s, format.WritePlacement(post, rank))
}

func (c *solveCommand) write(s streams, result []byte) error {
	if c.Output == "" {
		_, err := s.out.Write(result)
		return err
	}
	if err := os.WriteFile(c.Output, result, 0o644); err != nil {
		return fmt.Errorf("the result could not be kept: %w", err)
	}
	return nil
}
