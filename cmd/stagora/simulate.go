package main

import (
	"fmt"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/scenario"
)

// simulateCommand plays cohorts through many rounds, so that a commission sees
// what a method and its memory do to the same students over the years.
type simulateCommand struct {
	Students int      `default:"240" help:"Students of a cohort."`
	Posts    int      `default:"110" help:"Posts they choose among."`
	Wishes   int      `default:"12" help:"Wishes on each list."`
	Places   int      `default:"110" help:"Seats for a hundred students."`
	Rounds   int      `default:"12" help:"Rounds that each cohort goes through."`
	Markets  int      `default:"8" help:"Cohorts, each with tastes of its own."`
	Seed     string   `default:"stagora" help:"Where chance comes from: the same seed gives the same figures."`
	Rules    []string `placeholder:"METHOD:MEMORY" help:"Rules to play, such as equity:rank; without it, nine that the documentation compares."`
	Output   string   `short:"o" placeholder:"FOLDER" help:"Also write simulation.csv, ranks.svg and spread.svg to this folder." type:"path"`
}

// Run prints a table with a line for each rule.
func (c *simulateCommand) Run(s streams) error {
	rules := scenario.Rules()
	if len(c.Rules) > 0 {
		rules = rules[:0]
		for _, text := range c.Rules {
			rule, err := scenario.ParseRule(text)
			if err != nil {
				return wrongInput(err)
			}
			rules = append(rules, rule)
		}
	}
	cohort := scenario.Cohort{Students: c.Students, Posts: c.Posts, Wishes: c.Wishes, Places: c.Places, Rounds: c.Rounds, Markets: c.Markets, Seed: c.Seed}
	played, err := scenario.Play(assign.Run{Stop: interrupted()}, cohort, rules)
	if err != nil {
		return unsolved(err)
	}
	rows := scenario.Table(played)
	fmt.Fprint(s.out, scenario.Align(rows))
	if c.Output == "" {
		return nil
	}
	ranks, spread := scenario.Profile(played), scenario.Spread(played)
	return writeAll(c.Output, map[string][]byte{
		"simulation.csv": asCSV(rows),
		"ranks.svg":      ranks.SVG(),
		"spread.svg":     spread.SVG(),
	})
}
