package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/scenario"
)

// compareCommand solves one instance by several methods, so that a commission
// sees what its choice changes before it chooses.
type compareCommand struct {
	Instance  string   `arg:"" help:"An assign/1 file; its own method does not matter." type:"path"`
	Methods   []string `required:"" placeholder:"METHOD" help:"The methods to compare; the others are held against the first."`
	Output    string   `short:"o" placeholder:"FOLDER" help:"Also write comparison.csv, students.csv and ranks.svg to this folder." type:"path"`
	Sincerity bool     `help:"Also count who could have done better by putting another wish first or cutting the list: some twenty runs for each student."`
}

// Run prints a table with a line for each method.
func (c *compareCommand) Run(s streams) error {
	for _, method := range c.Methods {
		if !slices.Contains(format.Methods(), method) {
			return wrongInput(fmt.Errorf("%q is no method: the methods are %s", method, strings.Join(format.Methods(), ", ")))
		}
	}
	data, err := os.ReadFile(c.Instance)
	if err != nil {
		return wrongInput(err)
	}
	if kind, err := format.Kind(data); err == nil && kind != "assign/1" {
		return wrongInput(fmt.Errorf("a file of format %s has no methods to compare: give an assign/1 file", kind))
	}
	in, err := format.ReadInstance(data)
	if err != nil {
		return wrongInput(err)
	}
	run := assign.Run{Stop: interrupted()}
	comparison, err := scenario.Compare(run, in, c.Methods)
	if err != nil {
		return unsolved(err)
	}
	rows := comparison.Table()
	if c.Sincerity {
		if err := addTempted(run, in, c.Methods, rows); err != nil {
			return unsolved(err)
		}
	}
	fmt.Fprint(s.out, scenario.Align(rows))
	if c.Output == "" {
		return nil
	}
	picture := comparison.Profile()
	return writeAll(c.Output, map[string][]byte{
		"comparison.csv": asCSV(rows),
		"students.csv":   asCSV(studentRows(in, comparison)),
		"ranks.svg":      picture.SVG(),
	})
}

// addTempted adds the column of who could have gained by another list.
func addTempted(run assign.Run, in *format.Instance, methods []string, rows [][]string) error {
	rows[0] = append(rows[0], "gain by another list")
	for k, method := range methods {
		tempted, err := scenario.Tempted(run, in, method)
		if err != nil {
			return fmt.Errorf("by %s: %w", method, err)
		}
		rows[k+1] = append(rows[k+1], strconv.Itoa(len(tempted)))
	}
	return nil
}

// studentRows tells for each student the post and the rank by each method.
func studentRows(in *format.Instance, c *scenario.Comparison) [][]string {
	head := []string{"student"}
	rows := make([][]string, len(in.Students)+1)
	for i := range in.Students {
		rows[i+1] = []string{in.Students[i].ID}
	}
	index := in.Index()
	for _, o := range c.Outcomes {
		head = append(head, o.Method+": post", o.Method+": rank")
		positions := scenario.Positions(in, o.Result)
		for _, a := range o.Result.Assignments {
			i := index.Student[a.Student]
			rank := ""
			if a.Post != "" && positions[i] > 0 {
				rank = strconv.Itoa(positions[i])
			}
			rows[i+1] = append(rows[i+1], a.Post, rank)
		}
	}
	rows[0] = head
	return rows
}

func asCSV(rows [][]string) []byte {
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		panic(err) // a builder takes everything
	}
	return []byte(b.String())
}

// writeAll writes files into a folder, which is made if it is missing.
func writeAll(folder string, files map[string][]byte) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var errs []error
	for name, content := range files {
		errs = append(errs, os.WriteFile(filepath.Join(folder, name), content, 0o644))
	}
	return errors.Join(errs...)
}

// interrupted returns a function that tells whether somebody asked the program to
// stop. The engine polls it and ends without a result.
func interrupted() func() bool {
	asked, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	return func() bool { return asked.Err() != nil }
}
