package document

import "strconv"

// A Heading begins a part of the sheet. It never stands alone at the foot of a
// page.
type Heading struct{ Text string }

func (b Heading) draw(pg *page) {
	pg.y += 3
	pg.room(headingFace.height() + 16)
	pg.paragraph(b.Text, headingFace, sideMargin, pg.width)
	pg.y += 2.2
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

// A Note is a text set apart, with the colour and the mark of its tone.
type Note struct {
	Tone  Tone
	Title string // may be empty
	Text  string
}

func (b Note) draw(pg *page) {
	const pad, bar = 4.0, 1.2
	titleF := strongFace
	color := petrol
	title := b.Title
	if b.Tone != Plain {
		color = toneColours[b.Tone]
		titleF.color = color
		title = toneMarks[b.Tone] + " " + title
	}
	x, width := sideMargin+bar+pad, pg.width-bar-2*pad
	var titleLines []string
	if b.Title != "" || b.Tone != Plain {
		titleLines = pg.wrap(title, titleF, width)
	}
	lines := pg.wrap(b.Text, bodyFace, width)
	height := float64(len(titleLines))*titleF.height() + float64(len(lines))*bodyFace.height() + 2*pad - 2
	pg.room(height)
	if height < pg.bottom-pg.y {
		pg.fill(sand)
		pg.pdf.Rect(sideMargin, pg.y, pg.width, height, "F")
		pg.fill(color)
		pg.pdf.Rect(sideMargin, pg.y, bar, height, "F")
	}
	pg.y += pad - 1
	for _, line := range titleLines {
		pg.line(line, titleF, x)
		pg.y += titleF.height()
	}
	for _, line := range lines {
		pg.room(bodyFace.height())
		pg.line(line, bodyFace, x)
		pg.y += bodyFace.height()
	}
	pg.y += pad - 1 + blockGap
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
	const gap = 6.0
	width := pg.width
	var beside float64 // where the code at the right ends
	first := pg.pdf.PageNo()
	if b.Beside != nil {
		size, height := b.Beside.size(pg)
		pg.room(height)
		first = pg.pdf.PageNo()
		width -= size + gap
		beside = b.Beside.drawAt(pg, sideMargin+width+gap, pg.y)
	}
	label := 0.0
	for _, fact := range b.Items {
		label = max(label, pg.measure(fact.Label, labelFace))
	}
	label = min(label, width*0.4)
	for _, fact := range b.Items {
		b.drawFact(pg, fact, label, width)
	}
	if b.Beside != nil && pg.pdf.PageNo() == first {
		pg.y = max(pg.y, beside)
	}
	pg.y += blockGap
}

func (b Facts) drawFact(pg *page, fact Fact, label, width float64) {
	const gap, pad = 5.0, 1.1
	f := bodyFace
	if fact.Code {
		f = codeFace
	}
	labels := pg.wrap(fact.Label, labelFace, label+0.1)
	values := pg.wrap(fact.Value, f, width-label-gap)
	step := bodyFace.height()
	within := func(f face) float64 { return bodyFace.baseline() - f.baseline() } // all on one baseline
	height := float64(max(len(labels), len(values)))*step + 2*pad
	pg.room(height)
	top := pg.y + pad
	for i, line := range labels {
		pg.y = top + float64(i)*step + within(labelFace)
		pg.line(line, labelFace, sideMargin)
	}
	for i, line := range values {
		pg.y = top + float64(i)*step + within(f)
		pg.line(line, f, sideMargin+label+gap)
	}
	pg.y = top + height - pad
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

// Signatures are places to sign, two in a row, never broken over two pages.
type Signatures []Signature

// A Signature is one place to sign.
type Signature struct {
	Role string // "Pour la commission"
	Name string // may be empty, for a hand to fill
}

func (b Signatures) draw(pg *page) {
	const gap, height = 10.0, 34.0
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
