package scenario_test

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/scenario"
)

// A drawing is what is read of a plot: its lines as paths, its words as texts.
type drawing struct {
	ViewBox string `xml:"viewBox,attr"`
	Title   string `xml:"title"`
	Words   string `xml:"desc"`
	Paths   []struct {
		D         string `xml:"d,attr"`
		Stroke    string `xml:"stroke,attr"`
		Dashes    string `xml:"stroke-dasharray,attr"`
		Transform string `xml:"transform,attr"`
	} `xml:"path"`
	Texts []label `xml:"text"`
}

type label struct {
	X    int    `xml:"x,attr"`
	Y    int    `xml:"y,attr"`
	Text string `xml:",chardata"`
}

// A grid tells which value a height stands for: from the two ends of the lines.
type grid struct {
	values, heights []int
}

func (g grid) value(y int) float64 {
	last := len(g.values) - 1
	return float64(g.values[last]) * float64(g.heights[0]-y) / float64(g.heights[0]-g.heights[last])
}

func draw(t interface{ Fatal(...any) }, p scenario.Plot) drawing {
	var d drawing
	if err := xml.Unmarshal(p.SVG(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// gridOf reads the lines of the grid, each with the number to its left.
func gridOf(t interface{ Fatalf(string, ...any) }, d drawing, unit int) (g grid) {
	for _, path := range d.Paths {
		if path.Stroke != "#ccc" {
			continue
		}
		y, _ := strconv.Atoi(strings.Fields(strings.ReplaceAll(path.D, "h", " "))[1])
		at := slices.IndexFunc(d.Texts, func(text label) bool { return text.X < 70 && text.Y-4 == y })
		if at < 0 {
			t.Fatalf("the line at %d bears no number", y)
		}
		n, err := strconv.ParseFloat(d.Texts[at].Text, 64)
		if err != nil {
			t.Fatalf("a line bears %q", d.Texts[at].Text)
		}
		g.values, g.heights = append(g.values, int(n*float64(unit)+0.5)), append(g.heights, y)
	}
	return g
}

// points reads M1 2L3 4.
func points(d string) (list [][2]int) {
	for point := range strings.FieldsFuncSeq(d, func(r rune) bool { return r == 'M' || r == 'L' }) {
		var x, y int
		if _, err := fmt.Sscan(point, &x, &y); err != nil {
			return nil
		}
		list = append(list, [2]int{x, y})
	}
	return list
}

// Whoever measures a plot finds its values.
func TestAPlotIsDrawnToScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := scenario.Plot{Title: "title", Across: "across", Up: "up", Unit: rapid.SampledFrom([]int64{1, 100}).Draw(t, "unit")}
		n := rapid.IntRange(1, 45).Draw(t, "steps")
		most := rapid.Int64Range(0, 3000).Draw(t, "most")
		for k := range n {
			p.Steps = append(p.Steps, fmt.Sprint("step", k+1))
		}
		for i := range rapid.IntRange(1, 4).Draw(t, "series") {
			s := scenario.Series{Name: fmt.Sprint("series", i)}
			for range n {
				s.Values = append(s.Values, rapid.Int64Range(0, most).Draw(t, "value"))
			}
			p.Series = append(p.Series, s)
		}
		svg := string(p.SVG())
		d := draw(t, p)
		g := gridOf(t, d, int(p.Unit))
		highest := int64(1)
		for _, s := range p.Series {
			highest = max(highest, slices.Max(s.Values))
		}
		lines := len(g.values)
		if step := int64(g.values[1] - g.values[0]); lines > 9 || g.values[0] != 0 || int64(g.values[lines-1]) < highest || int64(g.values[lines-1])-step >= highest ||
			!slices.Contains([]string{"1", "2", "5"}, strings.TrimRight(strconv.FormatInt(step, 10), "0")) {
			t.Fatalf("up to %d the grid has the lines %v", highest, g.values)
		}
		if g.heights[0] != 350 || g.heights[lines-1] != 50 {
			t.Fatalf("the grid stands from %d to %d", g.heights[0], g.heights[lines-1])
		}
		var drawn [][][2]int
		for _, path := range d.Paths {
			if list := points(path.D); path.Stroke != "#ccc" && !strings.Contains(path.D, "h") && path.Transform == "" && len(list) == n {
				drawn = append(drawn, list)
			}
		}
		if len(drawn) != len(p.Series) {
			t.Fatalf("%d series are drawn as %d lines", len(p.Series), len(drawn))
		}
		pixel := g.value(49) - g.value(50) // what one pixel is worth
		for i, s := range p.Series {
			for k, point := range drawn[i] {
				if off := g.value(point[1]) - float64(s.Values[k]); off > pixel || -off > pixel {
					t.Fatalf("%d is drawn as %f", s.Values[k], g.value(point[1]))
				}
				if middle := 70 + (float64(k)+0.5)*560/float64(n); middle-float64(point[0]) >= 1 || middle < float64(point[0]) {
					t.Fatalf("step %d of %d is drawn at %d", k+1, n, point[0])
				}
				if marked := fmt.Sprintf("translate(%d %d)", point[0], point[1]); !strings.Contains(svg, marked) {
					t.Fatalf("the value %d bears no mark", s.Values[k])
				}
			}
		}
		labels := 0
		for _, text := range d.Texts {
			if k, ok := strings.CutPrefix(text.Text, "step"); ok {
				labels++
				if at, _ := strconv.Atoi(k); drawn[0][at-1][0] != text.X || text.Y <= 350 {
					t.Fatalf("%s stands at %d, the step at %d", text.Text, text.X, drawn[0][at-1][0])
				}
			}
		}
		if labels > 20 || labels < min(n, 10) {
			t.Fatalf("%d steps have %d labels", n, labels)
		}
	})
}

func TestNoTwoSeriesOfAPlotLookTheSame(t *testing.T) {
	t.Parallel()
	p := scenario.Plot{Title: "A title", Across: "across", Up: "up", Steps: []string{"1"}, Unit: 1}
	for i := range 25 {
		p.Series = append(p.Series, scenario.Series{Name: fmt.Sprint("series", i), Values: []int64{int64(i)}})
	}
	d := draw(t, p)
	var width, height int
	if _, err := fmt.Sscanf(d.ViewBox, "0 0 %d %d", &width, &height); err != nil {
		t.Fatal(err)
	}
	looks, marks, legend := map[string]bool{}, map[string]int{}, 0
	for k, path := range d.Paths {
		if strings.HasSuffix(path.D, "h36") {
			mark := d.Paths[k+1] // the one in the legend
			looks[path.Dashes+" "+mark.D], marks[mark.Stroke] = true, marks[mark.Stroke]+1
			legend++
		}
	}
	if legend != 25 || len(looks) != 25 || len(marks) < 9 {
		t.Errorf("25 series have %d entries of %d looks and %d colours", legend, len(looks), len(marks))
	}
	words := map[string]bool{}
	below := 0
	for _, text := range d.Texts {
		words[text.Text] = true
		if text.X < 0 || text.X >= width || text.Y < 0 || text.Y >= height {
			t.Errorf("%q stands outside, at %d, %d", text.Text, text.X, text.Y)
		}
		if strings.HasPrefix(text.Text, "series") {
			if text.Y <= below || text.X <= 70+560 {
				t.Errorf("%q stands at %d, %d", text.Text, text.X, text.Y)
			}
			below = text.Y
		}
	}
	for _, want := range []string{"A title", "across", "up", "1", "series0", "series24"} {
		if !words[want] {
			t.Errorf("%q is not written", want)
		}
	}
	if d.Title != "A title" || !strings.HasPrefix(d.Words, "up by across. series0: 0; series1: 1;") {
		t.Errorf("in words the plot is %q, %q", d.Title, d.Words)
	}
}

func TestAPlotOfHundredthsWritesThem(t *testing.T) {
	t.Parallel()
	p := scenario.Plot{Title: "a > b", Across: "x", Up: "y", Steps: []string{"1", "2"}, Unit: 100, Series: []scenario.Series{{Name: "s", Values: []int64{5, 1234}}}}
	d := draw(t, p)
	if d.Words != "y by x. s: 0.05, 12.34" || !strings.Contains(string(p.SVG()), "<title id=\"title\">a &gt; b</title>") {
		t.Errorf("%q: %q", d.Title, d.Words)
	}
	if g := gridOf(t, d, 100); fmt.Sprint(g.values) != "[0 200 400 600 800 1000 1200 1400]" {
		t.Errorf("the grid has %v", g.values)
	}
}
