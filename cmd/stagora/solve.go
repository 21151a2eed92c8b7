package main

import (
	"os"

	"stagora.org/stagora/allocation/assign"
)

// solveCommand places the students of one instance file. The file names its
// method, so there is nothing to choose here.
type solveCommand struct {
	Instance string `arg:"" help:"An assign/1 file." type:"path"`
	Output   string `short:"o" placeholder:"RESULT" help:"Write the result to this file instead of the standard output." type:"path"`
}

// Run prints the result, or every error of the instance and writes nothing.
func (c *solveCommand) Run(s streams) error {
	instance, err := os.ReadFile(c.Instance)
	if err != nil {
		return wrongInput(err)
	}
	result, err := assign.SolveFile(instance)
	if err != nil {
		return wrongInput(err)
	}
	if c.Output == "" {
		_, err = s.out.Write(result)
		return err
	}
	return os.WriteFile(c.Output, result, 0o644)
}
