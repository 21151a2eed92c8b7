package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/flow"
	"stagora.org/stagora/allocation/flow/transport"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
	"stagora.org/stagora/bench/market"
)

// ours does one piece of work and tells the seconds of each step, as the peers
// do: WHAT MARKET RUNS [OUT].
func ours(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("ours WHAT MARKET RUNS [OUT]")
	}
	runs, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	switch args[0] {
	case "methods":
		return methods(runs)
	case "calllist":
		return callList(runs)
	}
	debug.SetGCPercent(10) // as stagora solve does
	w := &work{last: time.Now()}
	text, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	m, err := format.ReadMarket(text)
	if err != nil {
		return err
	}
	w.lap("read")
	solve, verified := w.engine(args[0], m)
	for range runs {
		w.last = time.Now()
		if err := solve(); err != nil {
			return err
		}
		w.lap("solve")
	}
	w.last = time.Now()
	if err := verified(); err != nil {
		return err
	}
	w.lap("verify")
	if len(args) > 3 {
		if err := os.WriteFile(args[3], format.WritePlacement(w.post, w.rank), 0o644); err != nil {
			return err
		}
		w.lap("write")
	}
	fmt.Println("sum", w.sum())
	return nil
}

// A work is one market on its way through an engine.
type work struct {
	last       time.Time
	post, rank []int32
	objective  int64 // of least cost
	cost       bool  // whether objective is what both sides must agree on
}

func (w *work) lap(step string) {
	now := time.Now()
	fmt.Printf("%s %.9f\n", step, now.Sub(w.last).Seconds())
	w.last = now
}

// engine returns what to time, and what to judge it by.
func (w *work) engine(what string, m *format.Market) (solve, verified func() error) {
	judged := func(engine string, prices []int64) error {
		var certificate []byte
		if prices != nil {
			certificate = format.WritePrices(prices, w.objective)
		}
		report, err := check.VerifyMarket(m, engine, format.WritePlacement(w.post, w.rank), certificate)
		if err == nil && report.Failed != nil {
			return fmt.Errorf("the judge refuses: %v", report.Failed)
		}
		return err
	}
	switch what {
	case "match":
		return func() error {
			var ok bool
			if w.post, w.rank, ok = match.SolveMarket(m, nil); !ok {
				return fmt.Errorf("stopped")
			}
			return nil
		}, func() error { return judged(check.MatchEngine, nil) }
	case "serial":
		return func() error { w.post, w.rank = assign.ServeMarket(m); return nil }, func() error { return judged(check.SerialEngine, nil) }
	case "groups":
		return w.groups(m)
	}
	w.cost = true
	var prices []int64
	return func() error {
			r, err := assign.SolveMarket(m, assign.MarketOptions{AnyOptimum: what == "assign-any"})
			if err == nil {
				w.post, w.rank, prices, w.objective = r.Post, r.Rank, r.Prices, r.Objective
			}
			return err
		}, func() error {
			if what == "assign-any" {
				report := check.VerifyAnyOptimum(m, format.WritePlacement(w.post, w.rank), format.WritePrices(prices, w.objective))
				if report.Failed != nil {
					return fmt.Errorf("the judge refuses: %v", report.Failed)
				}
				return nil
			}
			return judged(check.AssignEngine, prices)
		}
}

// groups times least cost with 26 regions of which every other must be fuller
// than it would be, and the rest emptier.
func (w *work) groups(m *format.Market) (solve, verified func() error) {
	const regions = 26
	p := &transport.Problem{First: m.First, Post: m.Wish, Cost: make([]int32, len(m.Wish)), Unplaced: make([]int64, m.Students()),
		Seats: m.Seats, Within: make([]int32, m.Posts()), Groups: make([]transport.Group, regions)}
	for i := range p.Unplaced {
		p.Unplaced[i] = 1000
		for e := m.First[i]; e < m.First[i+1]; e++ {
			rank := e - m.First[i] + 1
			p.Cost[e] = rank * rank
		}
	}
	var seats [regions]int32
	for q := range p.Within {
		p.Within[q] = int32(q % regions)
		seats[q%regions] += m.Seats[q]
	}
	for g := range p.Groups {
		p.Groups[g] = transport.Group{Around: transport.None, Max: seats[g]}
		if g%2 == 0 {
			p.Groups[g].Max = seats[g] * 88 / 100
		} else {
			p.Groups[g].Min = seats[g] * 94 / 100
		}
	}
	var s *transport.Solution
	return func() (err error) {
		s, err = flow.Solve(p, flow.Options{})
		return err
	}, func() error { return p.Prove(s) }
}

// sum is what both sides must agree on: the least cost, or all ranks together.
func (w *work) sum() int64 {
	if w.cost {
		return w.objective
	}
	sum := int64(0)
	for _, rank := range w.rank {
		sum += int64(rank)
	}
	return sum
}

// methods times each method on a faculty's round, from the bytes of the instance
// to those of the result.
func methods(runs int) error {
	m := market.Generate(market.Shape{Students: 240, Places: 1.14, Seats: 4, Lists: [2]int{12, 12}, Seed: 1})
	for _, method := range format.Methods() {
		in := faculty(m, method)
		instance := in.Bytes()
		if method == format.TradedLottery {
			runs = 1
		}
		for range runs {
			runtime.GC()
			start := time.Now()
			result, err := assign.SolveFile(instance)
			fmt.Printf("solve-%s %.9f\n", method, time.Since(start).Seconds())
			if err != nil {
				return err
			}
			report, err := check.Verify(instance, result)
			if err != nil {
				return err
			}
			if report.Failed != nil {
				return fmt.Errorf("by %s: %v", method, report.Failed)
			}
		}
	}
	fmt.Println("sum", 0)
	return nil
}

func faculty(m *format.Market, method string) *format.Instance {
	in := &format.Instance{Method: method}
	if method == format.TradedLottery {
		in.Parameters = format.DefaultParameters()
		in.Parameters.Seed = "bench"
	}
	for p, seats := range m.Seats {
		in.Posts = append(in.Posts, format.Post{ID: fmt.Sprintf("P%03d", p), Seats: int(seats)})
	}
	for i := range m.Students() {
		s := format.Student{ID: fmt.Sprintf("E%03d", i), Order: i + 1}
		for _, p := range m.Wish[m.First[i]:m.First[i+1]] {
			s.Wishes = append(s.Wishes, format.Wish{Post: in.Posts[p].ID})
		}
		in.Students = append(in.Students, s)
	}
	return in
}

// callList times the replay of a sitting in which a million choose, each by two
// events: called, and a post taken.
func callList(runs int) error {
	const people = 1_000_000
	list := &format.CallList{Rules: format.CallRules{Absent: format.SkipAbsent}}
	for p := range 10_000 { // as many as the national choice of residents has
		list.Posts = append(list.Posts, format.CallPost{ID: fmt.Sprintf("P%05d", p), Seats: 110, Kind: format.SimplePost})
	}
	for i := range people {
		list.Candidates = append(list.Candidates, format.CallCandidate{ID: fmt.Sprintf("I%07d", i)})
	}
	s := calllist.Start(list)
	add := func(e format.Event) error {
		e.At = "2026-03-24T13:00:00Z"
		return s.Apply(s.Seal(e))
	}
	if err := add(format.Event{Type: format.OpenEvent, Actor: "chair"}); err != nil {
		return err
	}
	for i, c := range list.Candidates {
		if err := add(format.Event{Type: format.Call, Candidate: c.ID, Actor: "chair"}); err != nil {
			return err
		}
		if err := add(format.Event{Type: format.Take, Candidate: c.ID, Post: list.Posts[i*7%len(list.Posts)].ID, Actor: c.ID}); err != nil {
			return err
		}
	}
	list.Events = s.Events()
	for range runs {
		runtime.GC()
		start := time.Now()
		again, err := calllist.Replay(list)
		if err != nil {
			return err
		}
		fmt.Printf("solve %.9f\n", time.Since(start).Seconds())
		if len(again.State().Placements) != people {
			return fmt.Errorf("%d placements", len(again.State().Placements))
		}
	}
	fmt.Println("sum", 0)
	return nil
}
