package document

import "strconv"

// A Heading begins a part of the sheet. It never stands alone at the foot of a
// page.
type Heading struct{ Text string }

const aboveHeading, underHeading = 3.0, 2.2

// headingRoom is the room that a heading asks for whatever follows.
var headingRoom = headingFace.height() + 16

func (b Heading) draw(pg *page) {
	pg.y += aboveHeading
	pg.room(headingRoom)
	pg.begin(append([]Block{b}, pg.rest...), aboveHeading)
	pg.paragraph(b.Text, headingFace, sideMargin, pg.width)
	pg.y += underHeading
}

func (b Heading) least(pg *page) float64 {
	return float64(len(pg.wrap(b.Text, headingFace, pg.width)))*headingFace.height() + underHeading
}

// A Paragraph is running text. A line break in it begins a new line.
type Paragraph struct {
	Text   string
	Strong bool
}

func (b Paragraph) draw(pg *page) {
	f := bodyFace
	if b.Strong {
		f = strongFace
	}
	// Lines over some 90 characters are hard to follow.
	pg.paragraph(b.Text, f, sideMargin, min(pg.width, 172))
	pg.y += blockGap - 1
}

func (Paragraph) least(*page) float64 { return bodyFace.height() }

// A Note is a text set apart, with the colour and the mark of its tone.
type Note struct {
	Tone  Tone
	Title string // may be empty
	Text  string
}

const notePad, noteBar = 4.0, 1.2

// draw draws a note, over several pages if it is long, with its colour on each.
func (b Note) draw(pg *page) {
	color, titleF := petrol, strongFace
	if b.Tone != Plain {
		color = toneColours[b.Tone]
		titleF.color = color
	}
	title, text := b.lines(pg)
	lines := append(title, text...)
	step := bodyFace.height() // of the title too
	pg.room(noteLeast(pg, len(title), len(text)))
	for from := 0; from < len(lines); {
		if from > 0 {
			pg.startPage()
		}
		fits := int((pg.bottom - pg.y - 2*(notePad-1)) / step)
		to := min(len(lines), from+max(1, fits))
		height := float64(to-from)*step + 2*(notePad-1)
		pg.fill(sand)
		pg.pdf.Rect(sideMargin, pg.y, pg.width, height, "F")
		pg.fill(color)
		pg.pdf.Rect(sideMargin, pg.y, noteBar, height, "F")
		pg.y += notePad - 1
		for i := from; i < to; i++ {
			f := bodyFace
			if i < len(title) {
				f = titleF
			}
			pg.line(lines[i], f, sideMargin+noteBar+notePad)
			pg.y += step
		}
		from = to
	}
	pg.y += notePad - 1 + blockGap
}

// lines returns the title, with its mark, and the text as they are drawn.
func (b Note) lines(pg *page) (title, text []string) {
	width := pg.width - noteBar - 2*notePad
	switch {
	case b.Tone != Plain:
		title = pg.wrap(toneMarks[b.Tone]+" "+b.Title, strongFace, width)
	case b.Title != "":
		title = pg.wrap(b.Title, strongFace, width)
	}
	return title, pg.wrap(b.Text, bodyFace, width)
}

func (b Note) least(pg *page) float64 {
	title, text := b.lines(pg)
	return noteLeast(pg, len(title), len(text))
}

// noteLeast returns the height of a note, or that of its title and two lines if it is so
// long that it is broken.
func noteLeast(pg *page, title, text int) float64 {
	height := float64(title+text)*bodyFace.height() + 2*(notePad-1)
	if height > pg.together() {
		return float64(title+2)*bodyFace.height() + 2*(notePad-1)
	}
	return height
}

// Facts are short answers, each beside its question.
type Facts struct {
	Items  []Fact
	Beside *QR // drawn to the right of the facts; may be nil
}

// A Fact is one question and its answer.
type Fact struct {
	Label string
	Value string
	Code  bool // the value is an identifier or a hash: letters of one width
}

func (b Facts) draw(pg *page) {
	width := pg.width
	var beside float64 // where the code at the right ends
	first := pg.pdf.PageNo()
	if b.Beside != nil {
		size, height := b.Beside.size(pg)
		pg.room(height)
		pg.begin([]Block{b}, 0)
		first = pg.pdf.PageNo()
		width -= size + besideGap
		beside = b.Beside.drawAt(pg, sideMargin+width+besideGap, pg.y)
	}
	label := b.label(pg, width)
	for _, fact := range b.Items {
		b.drawFact(pg, fact, label, width)
	}
	if b.Beside != nil && pg.pdf.PageNo() == first {
		pg.y = max(pg.y, beside)
	}
	pg.y += blockGap
}

const (
	besideGap = 6.0 // between the facts and the code
	valueGap  = 5.0 // between a question and its answer
	factPad   = 1.1 // above and below a fact
)

// label returns the width of the questions, where facts have this one.
func (b Facts) label(pg *page, width float64) float64 {
	label := 0.0
	for _, fact := range b.Items {
		label = max(label, pg.measure(fact.Label, labelFace))
	}
	return min(label, width*0.4)
}

// least returns the height of the code or of the first fact.
func (b Facts) least(pg *page) float64 {
	var first, code float64
	width := pg.width
	if b.Beside != nil {
		var size float64
		size, code = b.Beside.size(pg)
		width -= size + besideGap
	}
	if len(b.Items) > 0 {
		labels, values := b.Items[0].lines(pg, b.label(pg, width), width)
		first = factLeast(pg, max(len(labels), len(values)))
	}
	return max(first, code)
}

func (f Fact) face() face {
	if f.Code {
		return codeFace
	}
	return bodyFace
}

// lines returns the question and the answer as they are drawn, side by side.
func (f Fact) lines(pg *page, label, width float64) (labels, values []string) {
	return pg.wrap(f.Label, labelFace, label+0.1), pg.wrap(f.Value, f.face(), width-label-valueGap)
}

// factLeast returns the height of a fact of so many lines, or that of its first line if it
// is so long that it is broken.
func factLeast(pg *page, lines int) float64 {
	height := float64(lines)*bodyFace.height() + 2*factPad
	if height > pg.together() {
		return bodyFace.height() + 2*factPad
	}
	return height
}

func (b Facts) drawFact(pg *page, fact Fact, label, width float64) {
	f := fact.face()
	labels, values := fact.lines(pg, label, width)
	step := bodyFace.height()
	tallest := max(len(labels), len(values))
	pg.room(factLeast(pg, tallest))
	for from := 0; from < tallest; {
		if from > 0 {
			pg.startPage()
		}
		top := pg.y + factPad
		fits := int((pg.bottom - top - factPad) / step)
		to := min(tallest, from+max(1, fits))
		column := func(lines []string, f face, x float64) {
			for i, line := range lines[min(from, len(lines)):min(to, len(lines))] {
				pg.y = top + float64(i)*step + bodyFace.baseline() - f.baseline() // all on one baseline
				pg.line(line, f, x)
			}
		}
		column(labels, labelFace, sideMargin)
		column(values, f, sideMargin+label+valueGap)
		pg.y = top + float64(to-from)*step + factPad
		from = to
	}
	pg.pdf.SetDrawColor(rule.r, rule.g, rule.b)
	pg.pdf.SetLineWidth(0.15)
	pg.pdf.Line(sideMargin, pg.y, sideMargin+width, pg.y)
}

// A List is a few short points, numbered or not.
type List struct {
	Numbered bool
	Items    []string
}

func (b List) draw(pg *page) {
	indent := 5.0
	if b.Numbered {
		indent = 4 + pg.measure(strconv.Itoa(len(b.Items))+".", bodyFace)
	}
	for i, item := range b.Items {
		mark := "–"
		if b.Numbered {
			mark = strconv.Itoa(i+1) + "."
		}
		pg.room(bodyFace.height())
		pg.line(mark, bodyFace, sideMargin)
		pg.paragraph(item, bodyFace, sideMargin+indent, min(pg.width-indent, 172))
		pg.y += 1
	}
	pg.y += blockGap - 1
}

func (List) least(*page) float64 { return bodyFace.height() }

// Signatures are places to sign, two in a row, never broken over two pages.
type Signatures []Signature

// A Signature is one place to sign.
type Signature struct {
	Role string // "Pour la commission"
	Name string // may be empty, for a hand to fill
}

const signatureHeight = 34.0

func (Signatures) least(*page) float64 { return signatureHeight }

func (b Signatures) draw(pg *page) {
	const gap, height = 10.0, signatureHeight
	width := (pg.width - gap) / 2
	for i, s := range b {
		if i%2 == 0 {
			pg.room(height)
		}
		x, top := sideMargin+float64(i%2)*(width+gap), pg.y
		pg.line(pg.fit(s.Role, strongFace, width), strongFace, x)
		pg.y += strongFace.height()
		pg.line(pg.fit(s.Name, bodyFace, width), bodyFace, x)
		pg.y = top + height - 9
		pg.line(pg.p.T("document.sign.date"), smallFace, x)
		pg.line(pg.p.T("document.sign.signature"), smallFace, x+width*0.4)
		pg.y += smallFace.height() + 1
		pg.pdf.SetDrawColor(muted.r, muted.g, muted.b)
		pg.pdf.SetLineWidth(0.2)
		pg.pdf.Line(x, pg.y, x+width*0.36, pg.y)
		pg.pdf.Line(x+width*0.4, pg.y, x+width, pg.y)
		pg.y = top
		if i%2 == 1 || i == len(b)-1 {
			pg.y += height + 2
		}
	}
	pg.y += blockGap
}
