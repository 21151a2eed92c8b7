package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func titled(titles ...string) []Column {
	var columns []Column
	for _, title := range titles {
		columns = append(columns, Column{Title: title})
	}
	return columns
}

func TestHeaderStandsOverItsColumns(t *testing.T) {
	t.Parallel()
	pages := body(t, Paragraph{Text: "avant"}, Table{
		Columns: []Column{{Title: "Rang", Number: true}, {Title: "Terrain\nde stage"}},
		Rows:    []Row{{Cells: []string{"12345678", "CHU"}}, {Cells: []string{"7", "MSP"}}, {Cells: []string{"8"}}},
	}, Paragraph{Text: "après"})
	before, _ := find(t, pages, "avant")
	rank, _ := find(t, pages, "Rang")
	upper, _ := find(t, pages, "Terrain")
	lower, _ := find(t, pages, "de stage")
	number, _ := find(t, pages, "12345678")
	digit, _ := find(t, pages, "7")
	ward, _ := find(t, pages, "CHU")
	second, _ := find(t, pages, "MSP")
	third, _ := find(t, pages, "8")
	after, _ := find(t, pages, "après")
	for _, s := range []said{rank, upper, lower} {
		if s.face != (face{"bold", 8.5, muted}) {
			t.Errorf("a title of a column is in %v", s.face)
		}
	}
	if number.face != (face{"sans", 9.5, ink}) {
		t.Errorf("a cell is in %v", number.face)
	}
	hold(t, "the first title from what is above", upper.y-columnFace.baseline(), before.y-bodyFace.baseline()+bodyFace.height()+4)
	hold(t, "the second line of a title", lower.y-upper.y, columnFace.height())
	hold(t, "the line of a shorter title", rank.y, lower.y)
	hold(t, "the right end of a title of figures", rank.right(), number.right())
	hold(t, "the right end of other figures", digit.right(), number.right())
	hold(t, "the left end of a title of words", upper.x, ward.x)
	hold(t, "the left end of other words", second.x, ward.x)
	rule := pages[0].strokes[1]
	if rule.color != ink || !near(rule.x1, 20) || !near(rule.x2, 190) || !near(rule.thickness, 0.3) {
		t.Errorf("the rule under the header is %+v", rule)
	}
	hold(t, "the rule under the titles", rule.y1, lower.y-columnFace.baseline()+columnFace.height()+1)
	hold(t, "the first row from the rule", number.y-cellFace.baseline(), rule.y1+1.4)
	hold(t, "the cells of a row", ward.y, number.y)
	hold(t, "the step from row to row", second.y-ward.y, cellFace.height()+2.8)
	hold(t, "what follows", after.y-bodyFace.baseline(), third.y-cellFace.baseline()+cellFace.height()+1.4+5)
	if len(pages[0].boxes) != 1 {
		t.Fatalf("the stripes are %v", pages[0].boxes)
	}
	stripe := pages[0].boxes[0]
	hold(t, "the stripe from the row that it is of", stripe.y, second.y-cellFace.baseline()-1.4)
	hold(t, "the height of the stripe", stripe.h, cellFace.height()+2.8)
	hold(t, "the left end of the stripe", stripe.x, 20)
	hold(t, "the width of the stripe", stripe.w, 170)
	if stripe.color != sand {
		t.Errorf("the stripe is %v", stripe.color)
	}
}

// A row with a tone is in its colour, with its mark before the first column, and all rows
// of that table leave the room for marks.
func TestRowsCarryTheMarksOfTheirTones(t *testing.T) {
	t.Parallel()
	b := Table{Columns: titled("T"), Rows: []Row{
		{Cells: []string{"plain"}}, {Cells: []string{"done"}, Tone: Done}, {Cells: []string{"look"}, Tone: Attention}, {Cells: []string{"refused"}, Tone: Danger, Note: "parce que"},
	}, Key: []KeyLine{{Done, "fait"}, {Danger, "refusé"}}}
	pages := body(t, b, Paragraph{Text: "après"})
	for _, tt := range []struct {
		cell, mark string
		color      colour
	}{{"plain", "", ink}, {"done", "●", green}, {"look", "▲", amber}, {"refused", "■", red}} {
		s, _ := find(t, pages, tt.cell)
		hold(t, "the left end of "+tt.cell, s.x, 26)
		if s.face.color != tt.color {
			t.Errorf("%s is %v, want %v", tt.cell, s.face.color, tt.color)
		}
		if tt.mark != "" {
			mark, _ := find(t, pages, tt.mark)
			hold(t, "the left end of "+mark.text, mark.x, 21)
			hold(t, "the line of "+mark.text, mark.y, s.y)
			if mark.face != s.face {
				t.Errorf("the mark of %s is in %v", tt.cell, mark.face)
			}
		}
	}
	row, _ := find(t, pages, "refused")
	note, _ := find(t, pages, "parce que")
	hold(t, "the left end of a note", note.x, 26)
	hold(t, "the note under its row", note.y-smallFace.baseline(), row.y-cellFace.baseline()+cellFace.height())
	if note.face != (face{"sans", 8.5, muted}) {
		t.Errorf("a note is in %v", note.face)
	}
	stripe := pages[0].boxes[1]
	hold(t, "the stripe of a row with a note", stripe.h, cellFace.height()+smallFace.height()+2.8)
	done, _ := find(t, pages, "● fait")
	refused, _ := find(t, pages, "■ refusé")
	after, _ := find(t, pages, "après")
	hold(t, "the key under the last row", done.y-smallFace.baseline(), stripe.foot()+1)
	hold(t, "the lines of the key", refused.y-done.y, smallFace.height()+1)
	hold(t, "the left end of the key", done.x, 21)
	hold(t, "what follows the key", after.y-bodyFace.baseline(), refused.y-smallFace.baseline()+smallFace.height()+5)
	if done.face != (face{"sans", 8.5, green}) || refused.face != (face{"sans", 8.5, red}) {
		t.Errorf("the key is in %v and %v", done.face, refused.face)
	}
	b.Rows = b.Rows[:1]
	plain, _ := find(t, body(t, b), "plain")
	hold(t, "the left end of a table without tones", plain.x, 21)
}

// A key does not run into the footer.
func TestKeyGoesToTheNextPageWhereThereIsNoRoom(t *testing.T) {
	t.Parallel()
	b := Table{Columns: titled("T"), Key: []KeyLine{{Done, "un"}, {Danger, "deux"}, {Attention, "trois"}}}
	for rows := range 40 {
		b.Rows = append(b.Rows, Row{Cells: []string{fmt.Sprint(rows)}})
		if rows < 26 {
			continue
		}
		pages := body(t, b)
		for _, fault := range misplaced(pages) {
			t.Errorf("%d rows: %s", rows+1, fault)
		}
		_, page := find(t, pages, "■ deux")
		room := pages[0].textFoot() - pages[0].last().y
		if page == 1 && room > 20 {
			t.Errorf("%d rows: the key is on the next page with %.1f mm left", rows+1, room)
		}
	}
}

// Rows are broken between, not within: each is whole on its page, under a header, and a page
// takes as many as have room.
func TestPagesBreakBetweenRows(t *testing.T) {
	t.Parallel()
	b := Table{Columns: titled("T", "U")}
	for i := range 60 {
		b.Rows = append(b.Rows, Row{Cells: []string{fmt.Sprintf("a%d\nb%d\nc%d", i, i, i), "u"}, Note: fmt.Sprintf("n%d", i)})
	}
	pages := body(t, b, Paragraph{Text: "après"})
	whole := 3*cellFace.height() + smallFace.height() + 2.8
	next := 0
	for n, d := range pages {
		var own []string
		headers := 0
		for _, s := range d.said {
			switch {
			case s.face == columnFace && s.text == "T":
				headers++
			case d.inText(s) && strings.Contains("abcn", s.text[:1]) && s.text != "après":
				own = append(own, s.text)
			}
		}
		if headers != 1 {
			t.Errorf("page %d has %d headers", n+1, headers)
		}
		var want []string
		for range len(own) / 4 {
			want = append(want, fmt.Sprint("a", next), fmt.Sprint("b", next), fmt.Sprint("c", next), fmt.Sprint("n", next))
			next++
		}
		if !slices.Equal(own, want) {
			t.Errorf("page %d has %q, want %q", n+1, own, want)
		}
		foot := d.last().y - smallFace.baseline() + smallFace.height() + 1.4
		if left := d.textFoot() - foot; left < -0.02 || n < len(pages)-1 && left > whole {
			t.Errorf("page %d has %.2f mm left, a row takes %.2f", n+1, left, whole)
		}
	}
	if next != 60 {
		t.Errorf("%d rows, want 60", next)
	}
}

// Wherever a table begins, a page takes as many of its rows as have room.
func TestRowsFillAPage(t *testing.T) {
	t.Parallel()
	b := Table{Columns: titled("T")}
	for range 45 {
		b.Rows = append(b.Rows, Row{Cells: []string{"u"}})
	}
	for lines := range 8 {
		d := body(t, Paragraph{Text: strings.Repeat("ligne\n", lines)}, b)[0]
		left := d.textFoot() - (d.last().y - cellFace.baseline() + cellFace.height() + 1.4)
		if left < -0.02 || left > cellFace.height()+2.8+0.02 {
			t.Errorf("after %d lines %.2f mm are left", lines, left)
		}
	}
}

// The stripe of a row whose note goes on on the next page ends with the page.
func TestNoteOfATallRowGoesOnOnTheNextPage(t *testing.T) {
	t.Parallel()
	for lines := 83; lines < 93; lines += 2 {
		pages := body(t, Table{Columns: titled("T"), Rows: []Row{{Cells: []string{"u"}},
			{Cells: []string{strings.Repeat("mot\n", lines) + "mot"}, Note: strings.Repeat("motif\n", 9) + "dernier"}}})
		for _, fault := range misplaced(pages) {
			t.Errorf("%d lines: %s", lines, fault)
		}
		if _, page := find(t, pages, "dernier"); page != len(pages)-1 {
			t.Errorf("%d lines: the note ends on page %d of %d", lines, page+1, len(pages))
		}
	}
}

// A row taller than a page goes on under another header, with its mark on its first line and
// its note at its end.
func TestRowTallerThanAPageGoesOn(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 130 {
		lines = append(lines, fmt.Sprintf("ligne %d", i))
	}
	pages := body(t, Table{Columns: titled("T", "U"), Rows: []Row{
		{Cells: []string{"court", "x"}}, {Cells: []string{strings.Join(lines, "\n"), "y"}, Tone: Danger, Note: "motif"}, {Cells: []string{"fin", "z"}},
	}})
	var got []string
	for n, d := range pages {
		header, stripes := 0, 0
		for _, s := range d.said {
			if strings.HasPrefix(s.text, "ligne") {
				got = append(got, s.text)
			}
			if s.face == columnFace {
				header++
			}
		}
		for _, b := range d.boxes {
			if b.color == sand {
				stripes++
			}
		}
		if left := d.textFoot() - d.last().y - cellFace.height() + cellFace.baseline(); left < 1.38 {
			t.Errorf("page %d ends %.2f mm under its last line, want 1.4", n+1, left)
		}
		if want := 1; n > 0 && stripes != want {
			t.Errorf("page %d has %d stripes, want %d", n+1, stripes, want)
		}
		if header != 2 {
			t.Errorf("page %d has %d titles of columns, want 2", n+1, header)
		}
	}
	if !slices.Equal(got, lines) {
		t.Errorf("the lines are %q", got)
	}
	mark, markPage := find(t, pages, "■")
	first, firstPage := find(t, pages, "ligne 0")
	other, otherPage := find(t, pages, "y")
	if markPage != firstPage || otherPage != firstPage || !near(mark.y, first.y) || !near(other.y, first.y) {
		t.Error("the mark and the other cell do not stand on the first line of the row")
	}
	last, lastPage := find(t, pages, "ligne 129")
	note, notePage := find(t, pages, "motif")
	end, endPage := find(t, pages, "fin")
	if lastPage != notePage || endPage != notePage {
		t.Errorf("the last line, the note and the next row are on pages %d, %d and %d", lastPage+1, notePage+1, endPage+1)
	}
	hold(t, "the note under the last line", note.y-smallFace.baseline(), last.y-cellFace.baseline()+cellFace.height())
	hold(t, "the next row under the note", end.y-cellFace.baseline(), note.y-smallFace.baseline()+smallFace.height()+2.8)
	for _, fault := range misplaced(pages) {
		t.Error(fault)
	}
}

// Columns share the width: what all need and then what is left in proportion; the longest
// word at least where that is too much; and less than that only where words do not fit.
func TestColumnsShareTheWidth(t *testing.T) {
	t.Parallel()
	pg := newPage(Sheet{}, french)
	wide := func(s string) float64 { return pg.measure(s, cellFace) + 0.2 }
	long := strings.TrimSpace(strings.Repeat("gériatrie ", 40))
	share := func(cells ...string) *tableLayout {
		return Table{Columns: make([]Column, len(cells)), Rows: []Row{{Cells: cells}}}.layout(pg)
	}
	room := func(columns int) float64 { return 170 - 2 - 4*float64(columns-1) }

	t1 := share("abc", "abcdef")
	hold(t, "the first of two narrow columns", t1.widths[0], wide("abc")*room(2)/(wide("abc")+wide("abcdef")))
	hold(t, "both with their gap", sum(t1.widths), room(2))

	half := strings.TrimSpace(strings.Repeat("mm ", 12))
	t0 := share(half, half)
	if wish := 2 * wide(half); wish > room(2) || wish < room(2)-20 {
		t.Fatalf("two columns ask for %.1f mm, which is no case of nearly all", wish)
	}
	hold(t, "two columns that need nearly all", sum(t0.widths), room(2))

	t2 := share("abc", long, "abcdef")
	hold(t, "a narrow column beside a wide one", t2.widths[0], wide("abc"))
	hold(t, "another", t2.widths[2], wide("abcdef"))
	hold(t, "all three", sum(t2.widths), room(3))

	t3 := share(long, "abc", long)
	hold(t, "two wide columns", t3.widths[0], t3.widths[2])
	hold(t, "all three", sum(t3.widths), room(3))

	word := strings.Repeat("m", 60)
	t4 := share(word, "abc "+word, word, "abc")
	hold(t, "words too long for all", t4.widths[0], 60.2*room(4)/(3*60.2+wide("abc")))
	hold(t, "all four", sum(t4.widths), room(4))

	t5 := share(word, long, long)
	hold(t, "a word of more than 60 mm beside wide columns", t5.widths[0], 60.2)

	for _, l := range []*tableLayout{t1, t2, t3, t4} {
		x := 21.0
		for c := range l.x {
			hold(t, fmt.Sprintf("the left end of column %d of %d", c+1, len(l.x)), l.x[c], x)
			x += l.widths[c] + 4
		}
		hold(t, "the right end of the last", x-4, 189)
	}
	marked := Table{Columns: make([]Column, 2), Rows: []Row{{Cells: []string{"a", "b"}, Tone: Done}}}.layout(pg)
	hold(t, "the left end beside marks", marked.x[0], 26)
	hold(t, "the width beside marks", sum(marked.widths), room(2)-5)
	title := Table{Columns: titled("abcdef", long), Rows: []Row{{Cells: []string{"a"}}}}.layout(pg)
	hold(t, "a column whose title is longer than its cells", title.widths[0], pg.measure("abcdef", columnFace)+0.2)
}

// Whatever columns ask for, none gets less than its least or more than its wish, all together
// take the room, and of two that want more than they get none is wider but for its least.
func TestLevelFillsColumnsAsWaterDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "columns")
		least := rapid.SliceOfN(rapid.Float64Range(1, 20), n, n).Draw(t, "least")
		more := rapid.SliceOfN(rapid.Float64Range(0, 100), n, n).Draw(t, "more")
		wish := make([]float64, n)
		for c := range wish {
			wish[c] = least[c] + more[c]
		}
		room := sum(least) + rapid.Float64Range(0, 1).Draw(t, "part")*sum(more)
		widths := level(least, wish, room)
		hold(t, "all columns", sum(widths), room)
		for c, w := range widths {
			if w < least[c] || w > wish[c] {
				t.Errorf("column %d has %f of %f to %f", c, w, least[c], wish[c])
			}
			for d, v := range widths {
				if w < wish[c]-0.02 && v > w+0.02 && v > least[d]+0.02 {
					t.Errorf("column %d has %f and wants more, column %d has %f", c, w, d, v)
				}
			}
		}
	})
}
