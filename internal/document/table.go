package document

import "math"

// A Table is rows under titled columns. Its columns take the width they need;
// its header is repeated on each page, and never stands without a row under it.
type Table struct {
	Columns []Column
	Rows    []Row
	Key     []KeyLine // what the marks mean; put one line for each tone in use
}

// A Column is one column of a table.
type Column struct {
	Title  string
	Number bool // figures, aligned to the right
}

// A Row has one cell for each column.
type Row struct {
	Cells []string
	Tone  Tone   // a row with a tone is in its colour and carries its mark
	Note  string // under the row, over all columns: a reason; may be empty
}

// A KeyLine says what the mark of a tone means in this table.
type KeyLine struct {
	Tone Tone
	Text string
}

const (
	cellPad   = 1.4 // above and below a row
	columnGap = 4.0
)

func (b Table) draw(pg *page) {
	t := b.layout(pg)
	pg.room(fewRows)
	pg.begin([]Block{b}, 0)
	t.header()
	for i, row := range b.Rows {
		t.row(i, row)
	}
	for _, k := range b.Key {
		f := smallFace
		f.color = toneColours[k.Tone]
		pg.room(f.height() + 1)
		pg.y++
		pg.line(toneMarks[k.Tone]+" "+k.Text, f, sideMargin+1)
		pg.y += f.height()
	}
	pg.y += blockGap
}

func (b Table) layout(pg *page) *tableLayout {
	t := &tableLayout{Table: b, pg: pg}
	for _, row := range b.Rows {
		if row.Tone != Plain {
			t.gutter = 5
		}
	}
	t.share()
	return t
}

// tableLayout is a table with the places of its columns.
type tableLayout struct {
	Table
	pg     *page
	gutter float64   // room for the marks at the left, if any row has one
	x      []float64 // where each column begins
	widths []float64
}

// share gives each column the width of its longest cell if the page has room
// for all, and what is left in proportion. Otherwise each column gets at least
// its longest word, and the narrow columns are served before the wide ones.
func (t *tableLayout) share() {
	n := len(t.Columns)
	least, wish := make([]float64, n), make([]float64, n)
	for c, column := range t.Columns {
		least[c], wish[c] = t.need(column.Title, columnFace)
		for _, row := range t.Rows {
			l, w := t.need(cell(row, c), cellFace)
			least[c], wish[c] = max(least[c], l), max(wish[c], w)
		}
	}
	room := t.pg.width - t.gutter - 2 - columnGap*float64(n-1)
	t.widths = make([]float64, n)
	switch sumLeast, sumWish := sum(least), sum(wish); {
	case sumWish <= room:
		for c := range n {
			t.widths[c] = wish[c] * room / math.Max(sumWish, 1)
		}
	case sumLeast <= room:
		t.widths = level(least, wish, room)
	default: // too many columns for whole words: words will break
		for c := range n {
			t.widths[c] = least[c] * room / sumLeast
		}
	}
	t.x = make([]float64, n)
	x := sideMargin + 1 + t.gutter
	for c := range n {
		t.x[c] = x
		x += t.widths[c] + columnGap
	}
}

// level fills the columns up to one common width, as water does: none under its
// least, none over its wish, all together as wide as the room.
func level(least, wish []float64, room float64) []float64 {
	widths := make([]float64, len(least))
	low, high := 0.0, room
	for range 40 {
		mark := (low + high) / 2
		for c := range widths {
			widths[c] = min(max(mark, least[c]), max(least[c], wish[c]))
		}
		if sum(widths) > room {
			high = mark
		} else {
			low = mark
		}
	}
	return widths
}

// need returns the width of the longest word of s, within reason, and of s on
// one line.
func (t *tableLayout) need(s string, f face) (least, wish float64) {
	const longest = 60.0
	for _, line := range t.pg.wrap(s, f, 0.01+t.pg.width) {
		wish = max(wish, t.pg.measure(line, f))
	}
	for _, word := range words(s) {
		least = max(least, t.pg.measure(word, f))
	}
	return min(least, longest) + 0.2, wish + 0.2
}

// fewRows is the room that a table asks for whatever is in it.
var fewRows = 3 * (cellFace.height() + 2*cellPad)

// least returns the height of the header with the first row: with its first line alone
// if the row is so tall that it is broken.
func (b Table) least(pg *page) float64 {
	if len(b.Rows) == 0 {
		return fewRows
	}
	t := b.layout(pg)
	_, titles := t.titles()
	_, tallest, notes := t.lines(t.Rows[0])
	header := headerHeight(titles)
	if whole := header + rowHeight(tallest, notes); whole <= t.pg.together() {
		return max(fewRows, whole)
	}
	return max(fewRows, header+rowHeight(1, nil))
}

// titles returns the lines of the header, and how many the tallest title has.
func (t *tableLayout) titles() (lines [][]string, tallest int) {
	lines = make([][]string, len(t.Columns))
	tallest = 1
	for c, column := range t.Columns {
		lines[c] = t.pg.wrap(column.Title, columnFace, t.widths[c])
		tallest = max(tallest, len(lines[c]))
	}
	return lines, tallest
}

func headerHeight(lines int) float64 { return float64(lines)*columnFace.height() + 1 }

func (t *tableLayout) header() {
	lines, tallest := t.titles()
	top := t.pg.y
	for c := range lines {
		t.pg.y = top + float64(tallest-len(lines[c]))*columnFace.height()
		for _, line := range lines[c] {
			t.cell(c, line, columnFace)
			t.pg.y += columnFace.height()
		}
	}
	t.pg.y = top + headerHeight(tallest)
	t.pg.ruleLine(ink, 0.3)
}

// lines returns the lines of the cells of a row, how many the tallest cell has, and the
// lines of the note.
func (t *tableLayout) lines(row Row) (cells [][]string, tallest int, notes []string) {
	cells = make([][]string, len(t.Columns))
	tallest = 1
	for c := range t.Columns {
		cells[c] = t.pg.wrap(cell(row, c), cellFace, t.widths[c])
		tallest = max(tallest, len(cells[c]))
	}
	if row.Note != "" {
		notes = t.pg.wrap(row.Note, smallFace, t.pg.width-t.gutter-4)
	}
	return cells, tallest, notes
}

func rowHeight(tallest int, notes []string) float64 {
	return float64(tallest)*cellFace.height() + float64(len(notes))*smallFace.height() + 2*cellPad
}

// row draws one row, over several pages if no page can hold it whole. The first row is
// never far from the header above it: one that does not fit there was too tall already
// for the page to be changed for both, and is broken.
func (t *tableLayout) row(i int, row Row) {
	f := cellFace
	f.color = toneColours[row.Tone]
	lines, tallest, notes := t.lines(row)
	if i > 0 {
		t.room(rowHeight(tallest, notes))
	}
	for from := 0; from < tallest; {
		fits := max(1, int((t.pg.bottom-t.pg.y-2*cellPad)/f.height()))
		to := min(tallest, from+fits)
		height := float64(to-from)*f.height() + 2*cellPad
		if to == tallest {
			height += float64(len(notes)) * smallFace.height()
		}
		t.stripe(i, min(height, t.pg.bottom-t.pg.y))
		top := t.pg.y + cellPad
		if from == 0 && row.Tone != Plain {
			t.pg.y = top
			t.pg.line(toneMarks[row.Tone], f, sideMargin+1)
		}
		for c := range lines {
			t.pg.y = top
			for _, line := range lines[c][min(from, len(lines[c])):min(to, len(lines[c]))] {
				t.cell(c, line, f)
				t.pg.y += f.height()
			}
		}
		t.pg.y = top + float64(to-from)*f.height()
		from = to
		if from < tallest {
			t.next()
		}
	}
	for _, line := range notes {
		t.room(smallFace.height())
		t.pg.line(line, smallFace, t.x[0])
		t.pg.y += smallFace.height()
	}
	t.pg.y += cellPad
}

// room starts another page, with the header, if a thing of this height does not
// fit on this one.
func (t *tableLayout) room(height float64) {
	if t.pg.y+height > t.pg.bottom {
		t.next()
	}
}

func (t *tableLayout) next() {
	t.pg.startPage()
	t.header()
}

// stripe shades every second row, so that the eye keeps to its line.
func (t *tableLayout) stripe(i int, height float64) {
	if i%2 == 1 {
		t.pg.fill(sand)
		t.pg.pdf.Rect(sideMargin, t.pg.y, t.pg.width, height, "F")
	}
}

// cell draws one line of a cell at the current height.
func (t *tableLayout) cell(c int, line string, f face) {
	x := t.x[c]
	if t.Columns[c].Number {
		x += t.widths[c] - t.pg.measure(line, f)
	}
	t.pg.line(line, f, x)
}

// cell returns the c-th cell of a row; a short row ends with empty cells.
func cell(r Row, c int) string {
	if c < len(r.Cells) {
		return r.Cells[c]
	}
	return ""
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}
