package scenario

import (
	"fmt"
	"strconv"
	"strings"
)

// A Plot is a picture of a few series over the same steps.
type Plot struct {
	Title  string
	Across string   // what the steps are
	Up     string   // what the values count
	Steps  []string // under the picture, from the left
	Unit   int64    // how many make one of Up: 100 for values in hundredths
	Series []Series
}

// A Series is one line of a plot, a value for each step.
type Series struct {
	Name   string
	Values []int64
}

// Profile returns the picture of a comparison: for each method, how many
// students have a rank or a better one.
func (c *Comparison) Profile() Plot {
	p := Plot{Title: "Who has this rank or a better one", Across: "rank", Up: "students", Unit: 1}
	for rank := range c.Ranks {
		p.Steps = append(p.Steps, strconv.Itoa(rank+1))
	}
	for _, o := range c.Outcomes {
		p.Series = append(p.Series, Series{o.Method, cumulated(o.Profile)})
	}
	return p
}

// Profile returns the picture of what was played: for each rule, how many of
// a hundred turns gave a rank or a better one.
func Profile(played []Played) Plot {
	p := Plot{Title: "Turns that gave this rank or a better one", Across: "rank", Up: "of a hundred turns", Unit: 100}
	for _, one := range played {
		values := cumulated(one.Profile[:len(one.Profile)-1])
		for k := range values {
			values[k] = ratio(values[k]*100, int64(one.Turns))
		}
		p.Series = append(p.Series, Series{one.String(), values})
		p.Steps = steps(len(values))
	}
	return p
}

// Spread returns the picture of how far apart students are after each round.
func Spread(played []Played) Plot {
	p := Plot{Title: "Spread between the students' own mean ranks", Across: "round", Up: "ranks", Unit: 100}
	for _, one := range played {
		p.Series = append(p.Series, Series{one.String(), one.SpreadAfter})
		p.Steps = steps(len(one.SpreadAfter))
	}
	return p
}

func steps(n int) (names []string) {
	for k := range n {
		names = append(names, strconv.Itoa(k+1))
	}
	return names
}

func cumulated(counts []int) []int64 {
	values := make([]int64, len(counts))
	sum := int64(0)
	for k, n := range counts {
		sum += int64(n)
		values[k] = sum
	}
	return values
}

// The picture, in pixels.
const (
	left, top     = 70, 50
	width, height = 560, 300
	legend        = 230 // to the right of the picture
	line          = 22  // of the legend
)

// Each series has a colour, a dash and a mark, so that no two look the same
// without colours either.
var (
	colours = []string{"#0b4f6c", "#b5461e", "#3b7a2a", "#7b3f98", "#8a6d00", "#a3195b", "#00696b", "#4a4a4a", "#5b3a1e"}
	dashes  = []string{"", "8 4", "2 4", "10 4 2 4", "16 4", "4 2"}
	marks   = []string{"M-4 0h8M0 -4v8", "M-4 -4l8 8M-4 4l8 -8", "M-4 -4h8v8h-8z", "M0 -5l5 9h-10z", "M0 -5l5 5l-5 5l-5 -5z"}
)

// SVG draws the plot. Its title and values are also there for those who cannot see it.
func (p *Plot) SVG() []byte {
	highest := int64(1)
	for _, s := range p.Series {
		for _, v := range s.Values {
			highest = max(highest, v)
		}
	}
	step := gridStep(highest, p.Unit)
	highest = (highest + step - 1) / step * step
	bottom := max(top+height, top+line*len(p.Series))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" role="img" aria-labelledby="title desc">`,
		left+width+legend, bottom+60)
	fmt.Fprintf(&b, "\n<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n", escape(p.Title), escape(p.words()))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/><text x="%d" y="24" font-size="16" font-weight="bold">%s</text>`+"\n", left, escape(p.Title))
	y := func(v int64) int64 { return top + height - v*height/highest }
	for v := int64(0); v <= highest; v += step {
		fmt.Fprintf(&b, `<path d="M%d %dh%d" stroke="#ccc"/><text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left, y(v), width, left-8, y(v)+4, strings.TrimSuffix(p.number(v), ".00"))
	}
	x := func(k int) int { return left + (2*k+1)*width/(2*max(1, len(p.Steps))) }
	every := len(p.Steps)/20 + 1
	for k := 0; k < len(p.Steps); k += every {
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", x(k), top+height+18, escape(p.Steps[k]))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text><text x="%d" y="%d">%s</text>`+"\n",
		left+width/2, top+height+40, escape(p.Across), left-60, top-10, escape(p.Up))
	for i, s := range p.Series {
		p.series(&b, i, s, x, y)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// series draws one line and its entry of the legend.
func (p *Plot) series(b *strings.Builder, i int, s Series, x func(int) int, y func(int64) int64) {
	style := fmt.Sprintf(`fill="none" stroke="%s" stroke-width="2"`, colours[i%len(colours)])
	dashed := style
	if dash := dashes[i%len(dashes)]; dash != "" {
		dashed += fmt.Sprintf(` stroke-dasharray="%s"`, dash)
	}
	mark := func(x int, y int64) {
		fmt.Fprintf(b, `<path transform="translate(%d %d)" d="%s" %s/>`+"\n", x, y, marks[i%len(marks)], style)
	}
	var path strings.Builder
	for k, v := range s.Values {
		fmt.Fprintf(&path, "%s%d %d", map[bool]string{true: "M", false: "L"}[k == 0], x(k), y(v))
	}
	fmt.Fprintf(b, `<path d="%s" %s/>`+"\n", path.String(), dashed)
	for k, v := range s.Values {
		mark(x(k), y(v))
	}
	at := top + line*i
	fmt.Fprintf(b, `<path d="M%d %dh36" %s/>`+"\n", left+width+16, at, dashed)
	mark(left+width+34, int64(at))
	fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n", left+width+60, at+4, escape(s.Name))
}

// words tells the plot as text.
func (p *Plot) words() string {
	var parts []string
	for _, s := range p.Series {
		values := make([]string, len(s.Values))
		for k, v := range s.Values {
			values[k] = p.number(v)
		}
		parts = append(parts, s.Name+": "+strings.Join(values, ", "))
	}
	return p.Up + " by " + p.Across + ". " + strings.Join(parts, "; ")
}

func (p *Plot) number(v int64) string {
	if p.Unit == 100 {
		return hundredths(v)
	}
	return strconv.FormatInt(v, 10)
}

// gridStep returns how far apart the lines of the grid are: 1, 2 or 5 and zeros,
// so that there are at most eight.
func gridStep(highest, unit int64) int64 {
	for step := max(1, unit/100); ; step *= 10 {
		for _, digit := range []int64{1, 2, 5} {
			if highest <= 8*digit*step {
				return digit * step
			}
		}
	}
}

// escape writes text for XML.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
