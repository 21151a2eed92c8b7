package main

import (
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/bench/market"
)

// A row is one line of the table: the same work by ours and by one peer.
type row struct {
	name   string
	market market.Shape
	ours   []string // arguments before the market: what to do
	peer   string   // how the table calls it; "" when there is none
	theirs []string // program and arguments before the market
	step   string   // the figure that is compared: "solve", or "total" from start to end
	runs   int      // of the step in one process
	slow   bool     // only measured when everything is
}

func surplus(students int) market.Shape {
	return market.Shape{Students: students, Places: 1.1, Seed: 1}
}

func shortage(students int) market.Shape {
	return market.Shape{Students: students, Places: 0.9, Seed: 1}
}

const (
	textbook = "C++, textbook"
	simplex  = "LEMON network simplex"
	scaling  = "LEMON cost scaling"
)

func rows() []row {
	list := []row{{name: "240 × 110, 12 wishes, each method from bytes to bytes with certificate", ours: []string{"methods"}, step: "solve", runs: 51}}
	for _, n := range []int{200_000, 1_000_000} {
		list = append(list, row{name: "stable matching, core, " + size(n), market: surplus(n),
			ours: []string{"match"}, peer: textbook, theirs: []string{"matching", "match"}, step: "solve", runs: 3})
	}
	list = append(list,
		row{name: "stable matching, HR1 text to verified result, 1M", market: surplus(1_000_000),
			ours: []string{"match"}, peer: textbook, theirs: []string{"matching", "match"}, step: "total", runs: 1},
		row{name: "serial, 1M", market: surplus(1_000_000),
			ours: []string{"serial"}, peer: textbook, theirs: []string{"matching", "serial"}, step: "solve", runs: 3})
	for _, n := range []int{2_000, 20_000, 200_000, 1_000_000} {
		runs := max(1, 20_000/n)
		if n < 1_000_000 { // there the network simplex does not end within an hour
			list = append(list, row{name: "least cost, surplus, " + size(n), market: surplus(n),
				ours: []string{"assign"}, peer: simplex, theirs: []string{"assignment", "simplex"}, step: "solve", runs: runs})
		}
		list = append(list, row{name: "least cost, surplus, " + size(n), market: surplus(n), slow: n == 1_000_000,
			ours: []string{"assign"}, peer: scaling, theirs: []string{"assignment", "scaling"}, step: "solve", runs: runs})
	}
	for _, n := range []int{20_000, 200_000} {
		for _, peer := range []string{"simplex", "scaling"} {
			list = append(list, row{name: "least cost, shortage, any optimum, " + size(n), market: shortage(n),
				ours: []string{"assign-any"}, peer: "LEMON " + map[string]string{"simplex": "network simplex", "scaling": "cost scaling"}[peer],
				theirs: []string{"assignment", peer}, step: "solve", runs: 1})
		}
	}
	return append(list,
		row{name: "equity with floors and ceilings, 100k", market: surplus(100_000), ours: []string{"groups"}, step: "solve", runs: 1},
		row{name: "call list, replay of 1M choices among 10,000 posts", ours: []string{"calllist"}, step: "solve", runs: 3})
}

func size(n int) string {
	if n >= 1_000_000 {
		return fmt.Sprintf("%dM", n/1_000_000)
	}
	return fmt.Sprintf("%dk", n/1000)
}

// measure runs ours and the peer in turn and returns the line of the table.
func (b *bench) measure(r row, pairs int) (string, error) {
	var ours, theirs figures
	var ratios []float64
	for range pairs {
		mine, err := b.ours(r)
		if err != nil {
			return "", err
		}
		ours.add(mine, r.step)
		if r.peer == "" {
			continue
		}
		peer, err := b.theirs(r)
		if err != nil {
			return "", err
		}
		if mine.sum != peer.sum {
			return "", fmt.Errorf("ours found %d, %s %d", mine.sum, r.peer, peer.sum)
		}
		theirs.add(peer, r.step)
		ratios = append(ratios, median(mine.seconds[r.step])/median(peer.seconds[r.step]))
	}
	if r.peer == "" {
		return fmt.Sprintf("| %s | – | %s | | | %s | |", r.name, ours, ours.size()), nil
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %.2f | %s | %s |", r.name, r.peer, ours, theirs, median(ratios), ours.size(), theirs.size()), nil
}

// figures are those of one side, a run each.
type figures struct {
	seconds, memory []float64
	named           map[string][]float64 // when one run measures several things
}

func (f *figures) add(r run, step string) {
	f.memory = append(f.memory, r.memory)
	for name, s := range r.seconds {
		if method, ok := strings.CutPrefix(name, step+"-"); ok {
			if f.named == nil {
				f.named = map[string][]float64{}
			}
			f.named[method] = append(f.named[method], median(s))
		}
	}
	if s := r.seconds[step]; len(s) > 0 {
		f.seconds = append(f.seconds, median(s))
	}
}

func (f figures) String() string {
	if f.named == nil {
		return duration(median(f.seconds))
	}
	var parts []string
	for name, s := range f.named {
		parts = append(parts, name+" "+duration(median(s)))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func (f figures) size() string { return fmt.Sprintf("%.0f MB", median(f.memory)/1e6) }

func duration(seconds float64) string {
	switch {
	case seconds < 0.1:
		return fmt.Sprintf("%.2g ms", seconds*1000)
	case seconds < 10:
		return fmt.Sprintf("%.2f s", seconds)
	}
	return fmt.Sprintf("%.0f s", seconds)
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
