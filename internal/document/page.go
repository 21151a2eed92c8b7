package document

import (
	"cmp"
	"strings"
	"sync"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationmonoregular"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"

	"stagora.org/stagora/internal/text"
)

// Lengths are in millimetres, sizes of type in points.
const (
	sideMargin   = 20.0
	topMargin    = 16.0
	bottomMargin = 24.0 // the footer stands in it
	blockGap     = 5.0
	leading      = 1.36 // the distance between two lines of type, in sizes
	point        = 25.4 / 72
)

type colour struct{ r, g, b int }

var (
	ink    = colour{0x14, 0x21, 0x3d}
	muted  = colour{0x55, 0x5d, 0x70}
	petrol = colour{0x0b, 0x6e, 0x6e}
	sand   = colour{0xf6, 0xf3, 0xee}
	rule   = colour{0xd9, 0xd3, 0xc7}
	amber  = colour{0xb4, 0x53, 0x09}
	red    = colour{0xb4, 0x23, 0x18}
	green  = colour{0x1e, 0x7a, 0x46}
)

var toneColours = [...]colour{Plain: ink, Done: green, Attention: amber, Danger: red}

// A face is a font at a size in a colour.
type face struct {
	font  string // sans, bold or mono
	size  float64
	color colour
}

func (f face) height() float64 { return f.size * point * leading }

// baseline is how far under the top of a line the letters stand: they are in
// the middle of its height.
func (f face) baseline() float64 { return (f.height() + f.size*point*0.72) / 2 }

var (
	titleFace   = face{"bold", 19, ink}
	subFace     = face{"sans", 11.5, muted}
	headingFace = face{"bold", 12.5, petrol}
	bodyFace    = face{"sans", 10.5, ink}
	strongFace  = face{"bold", 10.5, ink}
	labelFace   = face{"sans", 9.5, muted}
	smallFace   = face{"sans", 8.5, muted}
	issuerFace  = face{"bold", 9.5, petrol}
	cellFace    = face{"sans", 9.5, ink}
	columnFace  = face{"bold", 8.5, muted}
	hashFace    = face{"mono", 7, muted}
	codeFace    = face{"mono", 8.5, ink}
)

// page is the sheet being drawn: the file, and how far down the current page is
// filled.
type page struct {
	pdf    *fpdf.Fpdf
	sheet  Sheet
	p      text.Printer
	fonts  map[string]bool // that the file carries
	width  float64         // of the text
	bottom float64         // where the text of a page ends
	y      float64         // where the next thing is drawn
	rest   []Block         // those after the one being drawn
}

func newPage(s Sheet, p text.Printer) *page {
	orientation := "P"
	if s.Landscape {
		orientation = "L"
	}
	pdf := fpdf.New(orientation, "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(s.Issued.UTC())
	pdf.SetModificationDate(s.Issued.UTC())
	pdf.SetTitle(printable(s.Title), true)
	pdf.SetSubject(printable(s.Campaign), true)
	pdf.SetAuthor(printable(s.Institution), true)
	pdf.SetCreator("Stagora", true)
	pdf.SetProducer("Stagora", true)
	pdf.SetLang(string(cmp.Or(p.Lang, text.French)))
	pdf.SetAutoPageBreak(false, 0)
	w, h := pdf.GetPageSize()
	return &page{pdf: pdf, sheet: s, p: p, fonts: map[string]bool{}, width: w - 2*sideMargin, bottom: h - bottomMargin}
}

// fonts are those that a file carries, if it uses them.
var fonts = map[string][]byte{
	"sans": liberationsansregular.TTF, "bold": liberationsansbold.TTF, "mono": liberationmonoregular.TTF,
}

// font makes the font of a face the one in use for s. Taking a font into a file is most of
// the work of a short sheet, so each comes when it is first used, and hashes and codes
// are in the Courier that every reader of PDF has, as wide as our own.
func (pg *page) font(f face, s string) {
	if f.font == "mono" && ascii(s) {
		pg.pdf.SetFont("Courier", "", f.size)
		return
	}
	if !pg.fonts[f.font] {
		pg.fonts[f.font] = true
		pg.pdf.AddUTF8FontFromBytes(f.font, "", fonts[f.font])
	}
	pg.pdf.SetFont(f.font, "", f.size)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// startPage begins a page: with the title block on the first, with one line
// that names the document on the others.
func (pg *page) startPage() {
	pg.pdf.AddPage()
	pg.y = topMargin
	if pg.pdf.PageNo() > 1 {
		half := pg.width * 0.6
		pg.line(pg.fit(pg.sheet.Title, smallFace, half-6), smallFace, sideMargin)
		pg.lineRight(pg.fit(pg.sheet.Institution, smallFace, pg.width-half), smallFace)
		pg.y += smallFace.height() + 1.5
		pg.ruleLine(rule, 0.2)
		pg.y += blockGap
		return
	}
	right := pg.fit(pg.sheet.Campaign, labelFace, pg.width*0.55)
	pg.lineRight(right, labelFace)
	pg.line(pg.fit(pg.sheet.Institution, issuerFace, pg.width-pg.measure(right, labelFace)-6), issuerFace, sideMargin)
	pg.y += issuerFace.height() + 2
	pg.ruleLine(petrol, 0.5)
	pg.y += 9
	pg.paragraph(pg.sheet.Title, titleFace, sideMargin, pg.width)
	if pg.sheet.Subtitle != "" {
		pg.y += 1
		pg.paragraph(pg.sheet.Subtitle, subFace, sideMargin, pg.width)
	}
	pg.y += blockGap + 1
}

// footers closes every page. It comes last, when the number of pages is known.
func (pg *page) footers() {
	pages := pg.pdf.PageCount()
	left := pg.p.T("document.issued", "at", pg.p.DateTime(pg.sheet.Issued))
	if pg.sheet.Number != "" {
		left = pg.p.T("document.numbered", "number", pg.sheet.Number, "at", pg.p.DateTime(pg.sheet.Issued))
	}
	for n := 1; n <= pages; n++ {
		pg.pdf.SetPage(n)
		pg.y = pg.bottom + 6
		pg.ruleLine(rule, 0.2)
		pg.y += 1.5
		count := pg.p.T("document.page", "page", n, "pages", pages)
		pg.line(pg.fit(left, smallFace, pg.width-pg.measure(count, smallFace)-6), smallFace, sideMargin)
		pg.lineRight(count, smallFace)
		pg.y += smallFace.height()
		if pg.sheet.Hash != "" {
			label := pg.p.T("document.hash") + " "
			pg.line(label, smallFace, sideMargin)
			pg.y += smallFace.baseline() - hashFace.baseline()
			pg.line(pg.sheet.Hash, hashFace, sideMargin+pg.measure(label, smallFace)+0.5)
		}
	}
}

// draw draws blocks from top to bottom.
func (pg *page) draw(blocks []Block) {
	for i, b := range blocks {
		pg.rest = blocks[i+1:]
		b.draw(pg)
	}
}

// begin starts another page if the first of these blocks cannot begin on this one, with
// what has to stand under it. Of its height, so much is drawn already.
func (pg *page) begin(blocks []Block, drawn float64) {
	if pg.y+pg.together() <= pg.bottom {
		return
	}
	ruler.Lock()
	dry := &page{pdf: ruler.pdf, fonts: ruler.fonts, width: pg.width, bottom: pg.bottom}
	height := dry.start(blocks)
	ruler.Unlock()
	pg.room(height - drawn)
}

// start returns the height that blocks need to begin on one page: that of a heading
// takes in what has to stand under it.
func (pg *page) start(blocks []Block) float64 {
	if len(blocks) == 0 {
		return 0
	}
	height := blocks[0].least(pg)
	if _, heads := blocks[0].(Heading); heads {
		return aboveHeading + max(headingRoom, height+pg.start(blocks[1:]))
	}
	return height
}

// A ruler measures what is not drawn yet. Its file has no page to write in: one that did
// would carry each measure, and a sheet would no longer have the bytes that it had before.
var ruler = struct {
	sync.Mutex
	pdf   *fpdf.Fpdf
	fonts map[string]bool
}{pdf: fpdf.New("P", "mm", "A4", ""), fonts: map[string]bool{}}

// together is the height above which a thing may be broken over pages. Less than that
// fits on a page that begins with a heading.
func (pg *page) together() float64 {
	const headings = 40
	return pg.bottom - topMargin - smallFace.height() - 1.5 - blockGap - headings
}

// room makes sure that a thing of this height fits on the page, and starts
// another page if it does not.
func (pg *page) room(height float64) {
	if pg.y+height > pg.bottom && pg.y > topMargin+20 {
		pg.startPage()
	}
}

func (pg *page) set(f face, s string) {
	pg.font(f, s)
	pg.pdf.SetTextColor(f.color.r, f.color.g, f.color.b)
}

func (pg *page) fill(c colour) { pg.pdf.SetFillColor(c.r, c.g, c.b) }

// measure returns the width of s on one line.
func (pg *page) measure(s string, f face) float64 {
	s = printable(s)
	pg.font(f, s)
	return pg.pdf.GetStringWidth(s)
}

// line draws s on one line at the current height, which it leaves as it is.
func (pg *page) line(s string, f face, x float64) {
	if s == "" {
		return
	}
	s = printable(s)
	pg.set(f, s)
	pg.pdf.Text(x, pg.y+f.baseline(), s)
}

func (pg *page) lineRight(s string, f face) {
	pg.line(s, f, sideMargin+pg.width-pg.measure(s, f))
}

func (pg *page) ruleLine(c colour, thickness float64) {
	pg.pdf.SetDrawColor(c.r, c.g, c.b)
	pg.pdf.SetLineWidth(thickness)
	pg.pdf.Line(sideMargin, pg.y, sideMargin+pg.width, pg.y)
}

// paragraph draws s from x in lines of at most this width, on as many pages as
// it takes.
func (pg *page) paragraph(s string, f face, x, width float64) {
	for _, line := range pg.wrap(s, f, width) {
		pg.room(f.height())
		pg.line(line, f, x)
		pg.y += f.height()
	}
}

// fit returns s cut, with an ellipsis, to fit on one line of this width.
func (pg *page) fit(s string, f face, width float64) string {
	if pg.measure(s, f) <= width {
		return s
	}
	cut := []rune(printable(s))
	for len(cut) > 0 && pg.measure(string(cut)+"…", f) > width {
		cut = cut[:len(cut)-1]
	}
	return strings.TrimRight(string(cut), " ") + "…"
}

// wrap breaks s into lines of at most this width: at line breaks, at ordinary
// spaces, and inside a word only when the word alone is too long. No-break
// spaces never break. There is always at least one line.
func (pg *page) wrap(s string, f face, width float64) []string {
	var lines []string
	for para := range strings.SplitSeq(printable(s), "\n") {
		line := ""
		for word := range strings.SplitSeq(para, " ") {
			longer := word
			if line != "" {
				longer = line + " " + word
			}
			if pg.measure(longer, f) <= width {
				line = longer
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			line = word
			for pg.measure(line, f) > width {
				head := pg.head(line, f, width)
				if head == line {
					break
				}
				lines = append(lines, head)
				line = line[len(head):]
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// head returns the longest beginning of word that fits in width, and at least
// one character.
func (pg *page) head(word string, f face, width float64) string {
	_, first := utf8.DecodeRuneInString(word)
	end := first
	for i, r := range word {
		next := i + utf8.RuneLen(r)
		if next > first && pg.measure(word[:next], f) > width {
			break
		}
		end = next
	}
	return word[:end]
}

// words returns what wrap would keep together.
func words(s string) []string {
	return strings.FieldsFunc(printable(s), func(r rune) bool { return r == ' ' || r == '\n' })
}
