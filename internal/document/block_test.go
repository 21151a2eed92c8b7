package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestHeadingIsNearerToWhatItHeads(t *testing.T) {
	t.Parallel()
	pages := body(t, Paragraph{Text: "avant"}, Heading{"Titre"}, Paragraph{Text: "après"})
	before, _ := find(t, pages, "avant")
	heading, _ := find(t, pages, "Titre")
	after, _ := find(t, pages, "après")
	if heading.face != (face{"bold", 12.5, petrol}) {
		t.Errorf("a heading is in %v", heading.face)
	}
	hold(t, "the room above", heading.y-headingFace.baseline()-(before.y-bodyFace.baseline()+bodyFace.height()), 4+3)
	hold(t, "the room below", after.y-bodyFace.baseline()-(heading.y-headingFace.baseline()+headingFace.height()), 2.2)
}

func TestLinesOfTextAreNoLongerThanCanBeFollowed(t *testing.T) {
	t.Parallel()
	long := strings.TrimSpace(strings.Repeat("mot ", 120))
	for _, tt := range []struct {
		name  string
		block Block
		left  float64
	}{{"a paragraph", Paragraph{Text: long, Strong: true}, 20}, {"a list", List{Items: []string{long}}, 25}} {
		d := places(t, Sheet{Landscape: true, Issued: issued, Blocks: []Block{tt.block}}, french)[0]
		line := beginning(t, d, "mot")
		hold(t, tt.name+": the left end", line.x, tt.left)
		if line.width > 172 || line.width < 160 {
			t.Errorf("%s: a line is %.1f mm wide, want up to 172 of 257", tt.name, line.width)
		}
		if want := tt.name == "a paragraph"; (line.face == face{"bold", 10.5, ink}) != want {
			t.Errorf("%s: it is in %v", tt.name, line.face)
		}
	}
}

func TestNoteIsSetApartInItsTone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		note  Note
		title string
		color colour
		face  face
	}{
		{"plain", Note{Title: "Titre", Text: "texte"}, "Titre", petrol, face{"bold", 10.5, ink}},
		{"plain without a title", Note{Text: "texte"}, "", petrol, face{}},
		{"done", Note{Tone: Done, Title: "Titre", Text: "texte"}, "● Titre", green, face{"bold", 10.5, green}},
		{"attention", Note{Tone: Attention, Title: "Titre", Text: "texte"}, "▲ Titre", amber, face{"bold", 10.5, amber}},
		{"danger", Note{Tone: Danger, Title: "Titre", Text: "texte"}, "■ Titre", red, face{"bold", 10.5, red}},
		{"danger without a title", Note{Tone: Danger, Text: "texte"}, "■ ", red, face{"bold", 10.5, red}},
	}
	for _, tt := range tests {
		pages := body(t, Paragraph{Text: "avant"}, tt.note, Paragraph{Text: "après"})
		before, _ := find(t, pages, "avant")
		line, _ := find(t, pages, "texte")
		after, _ := find(t, pages, "après")
		boxes := pages[0].boxes
		if len(boxes) != 2 || boxes[0].color != sand || boxes[1].color != tt.color {
			t.Errorf("%s: the boxes are %v", tt.name, boxes)
			continue
		}
		paper, bar := boxes[0], boxes[1]
		lines := 1.0
		if tt.title != "" {
			lines = 2
			title, _ := find(t, pages, tt.title)
			if title.face != tt.face {
				t.Errorf("%s: the title is in %v, want %v", tt.name, title.face, tt.face)
			}
			hold(t, tt.name+": the left end of the title", title.x, line.x)
			hold(t, tt.name+": the text from the title", line.y-title.y, bodyFace.height())
		}
		hold(t, tt.name+": the left end of the paper", paper.x, 20)
		hold(t, tt.name+": the width of the paper", paper.w, 170)
		hold(t, tt.name+": the height of the paper", paper.h, lines*bodyFace.height()+6)
		hold(t, tt.name+": the paper from what is above", paper.y, before.y-bodyFace.baseline()+bodyFace.height()+4)
		hold(t, tt.name+": what is below from the paper", after.y-bodyFace.baseline(), paper.foot()+5)
		hold(t, tt.name+": the top of the bar", bar.y, paper.y)
		hold(t, tt.name+": the height of the bar", bar.h, paper.h)
		hold(t, tt.name+": the left end of the bar", bar.x, 20)
		hold(t, tt.name+": the width of the bar", bar.w, 1.2)
		hold(t, tt.name+": the text from the bar", line.x, bar.right()+4)
		hold(t, tt.name+": the foot of the paper from the text", paper.foot(), line.y-bodyFace.baseline()+bodyFace.height()+3)
	}
	long := body(t, Note{Text: strings.TrimSpace(strings.Repeat("mot ", 60))})[0]
	if s := beginning(t, long, "mot"); s.right() > 190-4+0.02 || s.right() < 175 {
		t.Errorf("a full line of a note ends at %.1f mm, want up to 186", s.right())
	}
}

func TestFactsAnswerBesideTheirQuestion(t *testing.T) {
	t.Parallel()
	pages := body(t, Facts{Items: []Fact{{Label: "Campagne", Value: "Externat"}, {Label: "Empreinte", Value: "9f86", Code: true}, {Label: "Lignes", Value: "un\ndeux"}}}, Paragraph{Text: "après"})
	longest, _ := find(t, pages, "Campagne")
	var lines []said
	for _, pair := range [][2]string{{"Campagne", "Externat"}, {"Empreinte", "9f86"}, {"Lignes", "un"}} {
		label, _ := find(t, pages, pair[0])
		value, _ := find(t, pages, pair[1])
		hold(t, "the left end of "+label.text, label.x, 20)
		hold(t, "the left end of "+value.text, value.x, longest.right()+5)
		hold(t, "the line of "+value.text, value.y, label.y)
		if label.face != (face{"sans", 9.5, muted}) {
			t.Errorf("a question is in %v", label.face)
		}
		lines = append(lines, value)
	}
	two, _ := find(t, pages, "deux")
	after, _ := find(t, pages, "après")
	hold(t, "the second line of an answer", two.y-lines[2].y, bodyFace.height())
	for i, want := range []face{{"sans", 10.5, ink}, {"mono", 8.5, ink}, {"sans", 10.5, ink}} {
		if lines[i].face != want {
			t.Errorf("answer %d is in %v, want %v", i, lines[i].face, want)
		}
	}
	rules := pages[0].strokes[1:4]
	for i, foot := range []said{lines[0], lines[1], two} {
		if r := rules[i]; r.color != rule || !near(r.x1, 20) || !near(r.x2, 190) || !near(r.thickness, 0.15) {
			t.Errorf("the rule under answer %d is %+v", i, r)
		}
		hold(t, "the rule under an answer", rules[i].y1, foot.y-bodyFace.baseline()+bodyFace.height()+1.1)
	}
	hold(t, "the first answer from the second", lines[1].y-lines[0].y, bodyFace.height()+2.2)
	hold(t, "what follows from the last rule", after.y-bodyFace.baseline()-rules[2].y1, 5)
}

// Long questions take two fifths of the width at most, and both sides are wrapped.
func TestLongQuestionsLeaveRoomForAnswers(t *testing.T) {
	t.Parallel()
	for _, beside := range []*QR{nil, {Content: "x"}} {
		width := 170.0
		if beside != nil {
			width = 170 - 34 - 6
		}
		pages := body(t, Facts{Beside: beside, Items: []Fact{
			{Label: strings.Repeat("question ", 30), Value: strings.Repeat("réponse ", 40)}, {Label: "l", Value: "v"},
		}})
		question, answer := beginning(t, pages[0], "question"), beginning(t, pages[0], "réponse")
		hold(t, "the left end of an answer", answer.x, 20+width*0.4+5)
		if question.width > width*0.4+0.1 || question.width < width*0.4-20 {
			t.Errorf("a line of a question is %.1f mm wide of %.1f", question.width, width)
		}
		if end := 20 + width; answer.right() > end || answer.right() < end-20 {
			t.Errorf("a line of an answer ends at %.1f mm, want up to %.1f", answer.right(), end)
		}
		last, _ := find(t, pages, "v")
		hold(t, "all answers begin at one place", last.x, answer.x)
		for _, r := range pages[0].strokes[1:3] {
			hold(t, "the right end of a rule", r.x2, 20+width)
		}
	}
}

func TestFactsStandBesideTheirCode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		facts int
	}{{"few facts", 1}, {"many facts", 9}} {
		items := make([]Fact, tt.facts)
		for i := range items {
			items[i] = Fact{Label: fmt.Sprintf("question %d", i), Value: fmt.Sprintf("réponse %d", i)}
		}
		pages := body(t, Facts{Items: items, Beside: &QR{Content: "x", Caption: "légende"}}, Paragraph{Text: "après"})
		first, _ := find(t, pages, "réponse 0")
		caption, _ := find(t, pages, "légende")
		after, _ := find(t, pages, "après")
		code := codeOf(t, pages[0])
		hold(t, tt.name+": the right end of the code", code.right(), 190)
		hold(t, tt.name+": the width of the code", code.w, 34)
		hold(t, tt.name+": the first answer from the top of the code", first.y-code.y, 1.1+bodyFace.baseline())
		hold(t, tt.name+": the left end of the caption", caption.x, code.x)
		foot := max(caption.y-smallFace.baseline()+smallFace.height(), first.y-bodyFace.baseline()-1.1+float64(tt.facts)*(bodyFace.height()+2.2))
		hold(t, tt.name+": what follows", after.y-bodyFace.baseline(), foot+5)
	}
	pages := body(t, Facts{Items: make([]Fact, 32), Beside: &QR{Content: "x", Caption: "légende"}}, Paragraph{Text: "après"})
	if after, page := find(t, pages, "après"); page != 1 || after.y > 60 {
		t.Errorf("what follows facts that go on on the next page stands on page %d at %.1f mm", page+1, after.y)
	}
}

func TestListsHangBehindTheirMarks(t *testing.T) {
	t.Parallel()
	items := []string{"un\nsuite", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"}
	for _, tt := range []struct {
		name  string
		list  List
		marks []string
		left  float64
	}{
		{"numbered", List{true, items}, []string{"1.", "2.", "10."}, 20 + 4 + measured("10.", bodyFace)},
		{"not numbered", List{false, items[:3]}, []string{"–", "–", "–"}, 25},
	} {
		pages := body(t, tt.list, Paragraph{Text: "après"})
		said := slices.DeleteFunc(slices.Clone(pages[0].said), func(s said) bool { return s.face != bodyFace })
		if got := []string{said[0].text, said[3].text, said[len(said)-3].text}; !slices.Equal(got, tt.marks) {
			t.Errorf("%s: the marks are %q, want %q", tt.name, got, tt.marks)
		}
		mark, first, second, next := said[0], said[1], said[2], said[3]
		hold(t, tt.name+": the left end of a mark", mark.x, 20)
		hold(t, tt.name+": the line of a mark", mark.y, first.y)
		hold(t, tt.name+": the left end of a point", first.x, tt.left)
		hold(t, tt.name+": its second line", second.x, tt.left)
		hold(t, tt.name+": the next point", next.y-second.y, bodyFace.height()+1)
		after, end := said[len(said)-1], said[len(said)-2]
		hold(t, tt.name+": what follows", after.y-end.y, bodyFace.height()+1+4)
	}
}

func TestMarkOfAPointStandsOnItsPage(t *testing.T) {
	t.Parallel()
	for n, d := range body(t, List{Items: strings.Split(strings.Repeat("point\n", 90)+"fin", "\n")}) {
		marks, points := 0, 0
		for _, s := range d.said {
			switch s.text {
			case "–":
				marks++
			case "point", "fin":
				points++
			}
		}
		if marks != points {
			t.Errorf("page %d has %d marks for %d points", n+1, marks, points)
		}
	}
}

func TestPlacesToSignStandTwoInARow(t *testing.T) {
	t.Parallel()
	pages := body(t, Signatures{{"Présidence", "Aline Gautier"}, {"Scolarité", "Nadia Lopes"}, {Role: "Étudiants"}}, Paragraph{Text: "après"})
	left, _ := find(t, pages, "Présidence")
	right, _ := find(t, pages, "Scolarité")
	third, _ := find(t, pages, "Étudiants")
	name, _ := find(t, pages, "Aline Gautier")
	after, _ := find(t, pages, "après")
	hold(t, "the first place", left.x, 20)
	hold(t, "the second place", right.x, 20+80+10)
	hold(t, "the line of both", right.y, left.y)
	hold(t, "the third place", third.x, 20)
	hold(t, "the second row", third.y-left.y, 36)
	hold(t, "a name under its role", name.y-left.y, strongFace.height()-strongFace.baseline()+bodyFace.baseline())
	hold(t, "what follows", after.y-bodyFace.baseline(), third.y-strongFace.baseline()+36+5)
	if left.face != strongFace || name.face != bodyFace {
		t.Errorf("a role is in %v and a name in %v", left.face, name.face)
	}
	var rules []stroke
	for _, s := range pages[0].strokes {
		if s.color == muted && near(s.thickness, 0.2) {
			rules = append(rules, s)
		}
	}
	if len(rules) != 6 {
		t.Fatalf("%d lines to sign on, want one for the date and one for the signature of each of three", len(rules))
	}
	var words []said
	for _, s := range pages[0].said {
		if s.text == "Date" || s.text == "Signature" {
			words = append(words, s)
		}
	}
	for i, role := range []said{left, right, third} {
		date, sign := rules[2*i], rules[2*i+1]
		hold(t, "the line for the date", date.x1, role.x)
		hold(t, "its end", date.x2, role.x+80*0.36)
		hold(t, "the line for the signature", sign.x1, role.x+80*0.4)
		hold(t, "its end", sign.x2, role.x+80)
		hold(t, "its height", sign.y1, date.y1)
		hold(t, "the word for the date", words[2*i].x, date.x1)
		hold(t, "the word for the signature", words[2*i+1].x, sign.x1)
		hold(t, "the words under the role", words[2*i].y-smallFace.baseline(), role.y-strongFace.baseline()+34-9)
		hold(t, "the line under its word", date.y1, words[2*i].y-smallFace.baseline()+smallFace.height()+1)
	}
}

func TestLongNamesOfSignersAreCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("longue ", 20)
	pages := body(t, Signatures{{"R " + long, "N " + long}, {"S " + long, "M " + long}})
	for _, with := range []string{"R", "N", "S", "M"} {
		s := beginning(t, pages[0], with+" ")
		if s.width > 80 || s.width < 70 || !strings.HasSuffix(s.text, "…") {
			t.Errorf("%q is %.1f mm wide, want it cut to 80", s.text, s.width)
		}
	}
}

func TestRowOfSignaturesIsNotBroken(t *testing.T) {
	t.Parallel()
	for lines := 30; lines < 38; lines++ {
		pages := body(t, Paragraph{Text: strings.Repeat("ligne\n", lines) + "fin"}, Signatures{{"a", "b"}, {"c", "d"}})
		end, _ := find(t, pages, "fin")
		role, page := find(t, pages, "a")
		other, otherPage := find(t, pages, "c")
		if page != otherPage || !near(role.y, other.y) {
			t.Errorf("after %d lines the row is broken", lines)
		}
		left := pages[0].textFoot() - (end.y + bodyFace.height() - bodyFace.baseline() + 4)
		if fits := left >= 34; fits != (page == 0) {
			t.Errorf("after %d lines %.1f mm are left, and it stands on page %d", lines, left, page+1)
		}
	}
}
