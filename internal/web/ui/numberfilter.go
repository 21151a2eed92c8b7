package ui

import (
	"math"
	"strconv"
	"strings"
)

// between reads a filter of numbers as the lowest and highest value that it
// lets through, in hundredths: "12", "6,5", "> 10", "<= 5", "10-20", "10..20". What
// cannot be read lets nothing through, which the table says.
func between(asked string) (low, high int64, ok bool) {
	s := strings.ReplaceAll(strings.NewReplacer("\u00a0", "", "\u202f", "", " ", "", "≤", "<=", "≥", ">=", "−", "-", "…", "..").Replace(asked), ",", ".")
	low, high = math.MinInt64, math.MaxInt64
	for _, op := range []string{"<=", ">=", "<", ">", "="} {
		rest, found := strings.CutPrefix(s, op)
		if !found {
			continue
		}
		n, ok := hundredths(rest)
		switch op {
		case "<=":
			high = n
		case ">=":
			low = n
		case "<":
			high = n - 1
		case ">":
			low = n + 1
		default:
			low, high = n, n
		}
		return low, high, ok
	}
	for _, sep := range []string{"..", "-"} {
		if a, b, found := strings.Cut(s, sep); found && a != "" && b != "" {
			low, okLow := hundredths(a)
			high, okHigh := hundredths(b)
			return low, high, okLow && okHigh
		}
	}
	n, ok := hundredths(s)
	return n, n, ok
}

// hundredths reads "12", "6.5" or "-3.25".
func hundredths(s string) (int64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1e12 {
		return 0, false
	}
	return int64(math.Round(f * 100)), true
}
