package scenario

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Table returns the comparison as rows of cells, the first of which is the head.
func (c *Comparison) Table() [][]string {
	rows := [][]string{{"method", "placed", "first wish", "within three", "worst rank", "rank sum", "spread", "without", "better off", "worse off", "not looked at"}}
	for _, o := range c.Outcomes {
		within, worst := 0, 0
		for k, n := range o.Profile {
			if k < 3 {
				within += n
			}
			if n > 0 {
				worst = k + 1
			}
		}
		first := 0
		if len(o.Profile) > 0 {
			first = o.Profile[0]
		}
		rows = append(rows, []string{o.Method, strconv.Itoa(o.Result.Statistics.Placed), strconv.Itoa(first), strconv.Itoa(within), strconv.Itoa(worst),
			strconv.Itoa(o.RankSum), hundredths(o.Spread), strconv.Itoa(o.Unplaced), strconv.Itoa(len(o.Better)), strconv.Itoa(len(o.Worse)), strings.Join(o.Ignored, " ")})
	}
	return rows
}

// Table returns what was played as rows of cells, the first of which is the head.
func Table(played []Played) [][]string {
	rows := [][]string{{"rule", "first wish", "within three", "without", "mean rank", "spread between students", "worst tenth", "worst student"}}
	for _, p := range played {
		share := func(n int) string { return hundredths(ratio(int64(n)*100, int64(p.Turns))) + " %" }
		rows = append(rows, []string{p.String(), share(p.First), share(p.WithinThree), share(p.Unplaced),
			hundredths(p.MeanRank), hundredths(p.Spread), hundredths(p.WorstTenth), hundredths(p.Worst)})
	}
	return rows
}

// Align writes rows with a line each, the columns under one another: the first to
// the left, the others to the right.
func Align(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for k, cell := range row {
			if k == len(widths) {
				widths = append(widths, 0)
			}
			widths[k] = max(widths[k], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for k, cell := range row {
			space := strings.Repeat(" ", widths[k]-utf8.RuneCountInString(cell))
			if k == 0 {
				line.WriteString(cell + space)
			} else {
				line.WriteString("  " + space + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
