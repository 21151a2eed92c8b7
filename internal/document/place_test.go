package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever a sheet says, its blocks stay between the margins and above the footer, no
// line covers another, and what belongs together stands on one page.
func TestNothingLeavesItsPlace(t *testing.T) {
	t.Parallel()
	for _, s := range []Sheet{receipt(), minutes(60), wideList()} {
		for _, fault := range misplaced(places(t, s, french)) {
			t.Errorf("%s: %s", s.Title, fault)
		}
	}
	for seed := range 16 {
		s := anySheet().Example(seed)
		for _, fault := range misplaced(places(t, s, french)) {
			t.Errorf("sheet %d: %s", seed, fault)
		}
	}
}

// Wherever on a page a heading comes, the beginning of what it heads stands under it, and
// it goes to the next page no earlier than that asks.
func TestHeadingStandsWithWhatItHeads(t *testing.T) {
	t.Parallel()
	tall := strings.Repeat("mot\n", 9) + "mot"
	tests := []struct {
		name   string
		blocks []Block
		least  float64 // the room for what stands under the heading at least
	}{
		{"a paragraph", []Block{Paragraph{Text: tall}}, 0},
		{"a list", []Block{List{Items: []string{tall, tall}}}, 0},
		{"a note", []Block{Note{Tone: Danger, Title: "Titre", Text: tall}}, 11*bodyFace.height() + 6},
		{"facts", []Block{Facts{Items: []Fact{{Label: "l", Value: tall}, {Label: "m", Value: tall}}}}, 10*bodyFace.height() + 2.2},
		{"facts beside a code", []Block{Facts{Items: []Fact{{Label: "l", Value: "v"}}, Beside: &QR{Content: "x", Caption: "c"}}}, 35 + smallFace.height()},
		{"facts taller than the code beside", []Block{Facts{Items: []Fact{{Label: "l", Value: tall}}, Beside: &QR{Content: "x"}}}, 10*bodyFace.height() + 2.2},
		{"no facts", []Block{Facts{}}, 0},
		{"signatures", []Block{Signatures{{Role: "a"}, {Role: "b"}, {Role: "c"}}}, 34},
		{"a code", []Block{QR{Content: "x", Caption: "c"}}, 35 + smallFace.height()},
		{"a table", []Block{Table{Columns: []Column{{Title: "T"}}, Rows: []Row{{Cells: []string{tall}, Note: "n"}, {Cells: []string{tall}}}}},
			columnFace.height() + 1 + 10*cellFace.height() + smallFace.height() + 2.8},
		{"an empty table", []Block{Table{Columns: []Column{{Title: "T"}}}}, 3 * (cellFace.height() + 2.8)},
		{"another heading over a code", []Block{Heading{"Sous-titre"}, QR{Content: "x"}}, 3 + headingFace.height() + 2.2 + 35 + smallFace.height()},
		{"another heading over a line", []Block{Heading{"Sous-titre"}, Paragraph{Text: "mot"}}, 3 + headingFace.height() + 16},
		{"a note nearly as tall as a page", []Block{Note{Text: strings.Repeat("mot\n", 36) + "mot"}}, 37*bodyFace.height() + 6},
		{"a note too tall for a page with a heading", []Block{Note{Title: "Titre", Text: strings.Repeat("mot\n", 41) + "mot"}}, 3*bodyFace.height() + 6},
		{"a fact too tall for a page with a heading", []Block{Facts{Items: []Fact{{Value: strings.Repeat("mot\n", 41) + "mot"}}}}, bodyFace.height() + 2.2},
		{"nothing", nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			least := max(headingFace.height()+16, headingFace.height()+2.2+tt.least)
			first, _ := find(t, body(t, Paragraph{Text: "fin"}), "fin")
			room := 297 - 24 - (first.y + bodyFace.height() - bodyFace.baseline() + 4 + 3)
			last := int((room - least) / bodyFace.height()) // as many lines as leave enough
			for _, lines := range []int{last, last + 1, 40} {
				pages := body(t, append([]Block{Paragraph{Text: strings.Repeat("ligne\n", lines) + "fin"}, Heading{"Titre de la suite"}}, tt.blocks...)...)
				end, _ := find(t, pages, "fin")
				heading, page := find(t, pages, "Titre de la suite")
				for _, fault := range misplaced(pages) {
					t.Errorf("after %d lines: %s", lines, fault)
				}
				left := pages[0].textFoot() - (end.y + bodyFace.height() - bodyFace.baseline() + 4 + 3)
				if fits := left >= least; fits != (page == 0) {
					t.Errorf("after %d lines %.1f mm are left, it asks for %.1f, and it stands on page %d", lines, left, least, page+1)
				}
				if page == 0 {
					hold(t, "the heading from the text above", heading.y-end.y, bodyFace.height()-bodyFace.baseline()+7+headingFace.baseline())
				}
			}
		})
	}
}

// A note that fits on a page is whole, and a code stands with the first of the facts beside it.
func TestWhatFitsOnAPageIsWhole(t *testing.T) {
	t.Parallel()
	for lines := range 8 {
		before := Paragraph{Text: strings.Repeat("ligne\n", lines) + "fin"}
		noted := 0
		for _, d := range body(t, before, Note{Text: strings.Repeat("mot\n", 38) + "mot"}) {
			if len(d.boxes) > 0 {
				noted++
			}
		}
		if noted != 1 {
			t.Errorf("after %d lines a note stands on %d pages", lines, noted)
		}
		before.Text = strings.Repeat("ligne\n", 22+lines) + "fin"
		pages := body(t, before, Facts{Items: []Fact{{Label: "l", Value: "début\n" + strings.Repeat("mot\n", 12)}}, Beside: &QR{Content: "x", Caption: "légende"}})
		_, code := find(t, pages, "légende")
		if _, first := find(t, pages, "début"); first != code {
			t.Errorf("after %d lines the code is on page %d and the first fact on page %d", 22+lines, code+1, first+1)
		}
	}
}

// What no page can hold together is broken, and begins where it stands.
func TestWhatIsTallerThanAPageIsBroken(t *testing.T) {
	t.Parallel()
	long := make([]string, 120)
	for i := range long {
		long[i] = fmt.Sprintf("ligne %d", i)
	}
	text := strings.Join(long, "\n")
	tests := []struct {
		name  string
		block Block
		boxed bool
	}{
		{"a note", Note{Tone: Attention, Title: "Titre", Text: text}, true},
		{"a fact", Facts{Items: []Fact{{Label: "question", Value: text}}}, false},
		{"a question", Facts{Items: []Fact{{Label: text, Value: "réponse"}}}, false},
		{"the first row of a table", Table{Columns: []Column{{Title: "T"}}, Rows: []Row{{Cells: []string{text}}}}, false},
	}
	for _, tt := range tests {
		for _, landscape := range []bool{false, true} {
			pages := places(t, Sheet{Title: "Essai", Issued: issued, Landscape: landscape, Blocks: []Block{Heading{"En-tête"}, tt.block, Paragraph{Text: "après"}}}, french)
			for _, fault := range misplaced(pages) {
				t.Errorf("%s: %s", tt.name, fault)
			}
			if _, page := find(t, pages, "En-tête"); page != 0 {
				t.Errorf("%s: it does not begin on the first page", tt.name)
			}
			var got []string
			for n, d := range pages {
				here := 0
				for _, s := range d.said {
					if strings.HasPrefix(s.text, "ligne") {
						got = append(got, s.text)
						here++
					}
				}
				left := d.textFoot() - d.last().y - bodyFace.height() + bodyFace.baseline()
				if n < len(pages)-1 && left > 2*bodyFace.height() {
					t.Errorf("%s: %.1f mm of page %d are empty", tt.name, left, n+1)
				}
				if boxes := d.boxes; tt.boxed && here > 0 && (len(boxes) != 2 || boxes[0].color != sand || boxes[1].color != amber) {
					t.Errorf("%s: its part on page %d stands in %v", tt.name, n+1, boxes)
				}
			}
			if !slices.Equal(got, long) {
				t.Errorf("%s: the lines are %q", tt.name, got)
			}
			if after, page := find(t, pages, "après"); page != len(pages)-1 || after.y < 30 {
				t.Errorf("%s: what follows is on page %d of %d", tt.name, page+1, len(pages))
			}
		}
	}
}

// misplaced returns what stands where nothing may stand.
func misplaced(pages []drawn) []string {
	var faults []string
	for n, d := range pages {
		fault := func(format string, args ...any) {
			faults = append(faults, fmt.Sprintf("page %d: ", n+1)+fmt.Sprintf(format, args...))
		}
		for _, s := range d.said {
			if s.x < 19.98 || s.right() > d.width-19.95 || s.top() < 16 || s.y > d.height-8 || d.inText(s) && s.foot() > d.textFoot() {
				fault("%q leaves the text: it goes from %.1f to %.1f mm and stands at %.1f", s.text, s.x, s.right(), s.y)
			}
		}
		for _, b := range d.boxes {
			if b.x < 19.98 || b.right() > d.width-19.98 || b.y < 16 || b.foot() > d.textFoot()+0.02 {
				fault("a box leaves the text: %+v", b)
			}
		}
		for _, s := range d.strokes {
			if s.x1 < 19.98 || s.x2 > d.width-19.98 || s.y1 < 16 || s.x1 >= s.x2 {
				fault("a rule leaves the text: %+v", s)
			}
		}
		d.overlaps(fault)
		if last := d.last(); n < len(pages)-1 && last.face == headingFace {
			fault("the heading %q stands alone at the foot", last.text)
		} else if n < len(pages)-1 && last.face == columnFace {
			fault("the header of a table stands alone at the foot, with %q", last.text)
		}
	}
	return faults
}

func (d drawn) overlaps(fault func(string, ...any)) {
	const hair = 0.05
	for i, a := range d.said {
		for _, b := range d.said[:i] {
			if a.x < b.right()-hair && b.x < a.right()-hair && a.top() < b.foot()-hair && b.top() < a.foot()-hair {
				fault("%q covers %q", a.text, b.text)
			}
		}
		for _, b := range d.boxes {
			aside := a.x > b.right()-hair || b.x > a.right()-hair || a.top() > b.foot()-hair || b.y > a.foot()-hair
			inside := b.color == sand && a.x > b.x && a.right() < b.right() && a.top() > b.y && a.foot() < b.foot()
			if !aside && !inside {
				fault("%q stands across the edge of a box, or on a code: %+v", a.text, b)
			}
		}
		for _, s := range d.strokes {
			if a.x < s.x2-hair && s.x1 < a.right()-hair && a.top() < s.y1 && s.y1 < a.foot() {
				fault("a rule crosses %q", a.text)
			}
		}
	}
}

// last returns the lowest line of the text of a page.
func (d drawn) last() said {
	var lowest said
	for _, s := range d.said {
		if d.inText(s) && s.y >= lowest.y {
			lowest = s
		}
	}
	return lowest
}

func anySheet() *rapid.Generator[Sheet] {
	return rapid.Custom(func(t *rapid.T) Sheet {
		return Sheet{
			Institution: phrase(9).Draw(t, "institution"), Campaign: phrase(9).Draw(t, "campaign"),
			Title: phrase(12).Draw(t, "title"), Subtitle: phrase(12).Draw(t, "subtitle"),
			Number: "A-1", Hash: "9f86d081", Issued: issued, Landscape: rapid.Bool().Draw(t, "landscape"),
			Blocks: rapid.SliceOfN(anyBlock(), 3, 12).Draw(t, "blocks"),
		}
	})
}

// phrase draws a few words, among them long and accented ones.
func phrase(most int) *rapid.Generator[string] {
	word := rapid.SampledFrom([]string{"le", "stage", "Élève", "de", "gériatrie", "CHUV-CARDIO", "l’après-midi", "anticonstitutionnellement", "1\u202f234", "à"})
	return rapid.Map(rapid.SliceOfN(word, 1, most), func(words []string) string { return strings.Join(words, " ") })
}

func anyBlock() *rapid.Generator[Block] {
	return rapid.Custom(func(t *rapid.T) Block {
		code := func() *QR { return &QR{Content: checkAddress, Caption: phrase(8).Draw(t, "caption")} }
		switch rapid.IntRange(0, 8).Draw(t, "kind") {
		case 0:
			return Heading{phrase(20).Draw(t, "heading")}
		case 1:
			return Paragraph{Text: phrase(120).Draw(t, "text"), Strong: rapid.Bool().Draw(t, "strong")}
		case 2:
			n := Note{Tone: Tone(rapid.IntRange(0, 3).Draw(t, "tone")), Text: phrase(80).Draw(t, "text")}
			if rapid.Bool().Draw(t, "titled") {
				n.Title = phrase(20).Draw(t, "title")
			}
			return n
		case 3, 4:
			var f Facts
			for range rapid.IntRange(0, 12).Draw(t, "facts") {
				f.Items = append(f.Items, Fact{phrase(8).Draw(t, "label"), phrase(30).Draw(t, "value"), rapid.Bool().Draw(t, "code")})
			}
			if rapid.Bool().Draw(t, "beside") {
				f.Beside = code()
			}
			return f
		case 5:
			return List{rapid.Bool().Draw(t, "numbered"), rapid.SliceOfN(phrase(30), 1, 12).Draw(t, "items")}
		case 6:
			var s Signatures
			for range rapid.IntRange(1, 5).Draw(t, "signatures") {
				s = append(s, Signature{phrase(9).Draw(t, "role"), phrase(9).Draw(t, "name")})
			}
			return s
		case 7:
			return *code()
		}
		return anyTable(t)
	})
}

func anyTable(t *rapid.T) Table {
	var b Table
	for range rapid.IntRange(1, 7).Draw(t, "columns") {
		b.Columns = append(b.Columns, Column{phrase(3).Draw(t, "title"), rapid.Bool().Draw(t, "number")})
	}
	for range rapid.IntRange(0, 40).Draw(t, "rows") {
		r := Row{Tone: Tone(rapid.IntRange(0, 3).Draw(t, "tone"))}
		for range b.Columns {
			r.Cells = append(r.Cells, phrase(6).Draw(t, "cell"))
		}
		if rapid.Bool().Draw(t, "noted") {
			r.Note = phrase(30).Draw(t, "note")
		}
		b.Rows = append(b.Rows, r)
	}
	if rapid.Bool().Draw(t, "key") {
		b.Key = []KeyLine{{Done, phrase(5).Draw(t, "key")}, {Danger, phrase(5).Draw(t, "key")}}
	}
	return b
}
