package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/text"
)

func TestPaperIsA4(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		landscape     bool
		width, height float64
	}{{false, 210, 297}, {true, 297, 210}} {
		d := places(t, Sheet{Landscape: tt.landscape, Issued: issued}, french)[0]
		hold(t, "the width of the paper", d.width, tt.width)
		hold(t, "the height of the paper", d.height, tt.height)
	}
}

func TestFirstPageBeginsWithWhoAndWhat(t *testing.T) {
	t.Parallel()
	pages := places(t, Sheet{
		Institution: "Faculté de l’Estuaire", Campaign: "Externat 2026", Title: "Reçu", Subtitle: "Inès Baraka",
		Issued: issued, Blocks: []Block{Paragraph{Text: "Bonjour."}},
	}, french)
	issuer, _ := find(t, pages, "Faculté de l’Estuaire")
	campaign, _ := find(t, pages, "Externat 2026")
	title, _ := find(t, pages, "Reçu")
	subtitle, _ := find(t, pages, "Inès Baraka")
	first, _ := find(t, pages, "Bonjour.")
	for _, s := range []said{issuer, title, subtitle, first} {
		hold(t, fmt.Sprintf("the left margin of %q", s.text), s.x, 20)
	}
	hold(t, "the right margin of the campaign", pages[0].width-campaign.right(), 20)
	hold(t, "the line of the campaign", campaign.y, issuer.y)
	hold(t, "the height from the edge of the paper to the capitals", issuer.top(), 17.07)
	for _, f := range []struct {
		got, want face
	}{
		{issuer.face, face{"bold", 9.5, petrol}},
		{campaign.face, face{"sans", 9.5, muted}},
		{title.face, face{"bold", 19, ink}},
		{subtitle.face, face{"sans", 11.5, muted}},
		{first.face, face{"sans", 10.5, ink}},
	} {
		if f.got != f.want {
			t.Errorf("a line is in %v, want %v", f.got, f.want)
		}
	}
	rule := pages[0].strokes[0]
	if rule.color != petrol || !near(rule.x1, 20) || !near(rule.x2, 190) || !near(rule.y1, rule.y2) || !near(rule.thickness, 0.5) {
		t.Errorf("the rule under the issuer is %+v", rule)
	}
	down := []float64{issuer.foot(), rule.y1, title.top(), title.foot(), subtitle.top(), subtitle.foot(), first.top()}
	if !slices.IsSorted(down) {
		t.Errorf("issuer, rule, title, subtitle and text stand at %.1f", down)
	}
	hold(t, "what is free between the rule and the title", title.top()-rule.y1, 9+(titleFace.height()-0.72*19*point)/2)
	hold(t, "the step from title to subtitle", subtitle.y-title.y, titleFace.height()-titleFace.baseline()+1+subFace.baseline())
	hold(t, "the step from subtitle to text", first.y-subtitle.y, subFace.height()-subFace.baseline()+6+bodyFace.baseline())
}

func TestSheetWithoutCampaignOrSubtitleHasNoHoleForThem(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Faculté ", 11) + "fin"
	pages := places(t, Sheet{Institution: long, Title: "Reçu", Issued: issued, Blocks: []Block{Paragraph{Text: "Bonjour."}}}, french)
	title, _ := find(t, pages, "Reçu")
	first, _ := find(t, pages, "Bonjour.")
	hold(t, "the step from title to text", first.y-title.y, titleFace.height()-titleFace.baseline()+6+bodyFace.baseline())
	if s, _ := find(t, pages, long); s.right() < 160 {
		t.Errorf("a long name without a campaign ends at %.1f mm, so it says nothing of the room", s.right())
	}
}

// Two names on one line are cut before they touch. What is cut ends with an ellipsis.
func TestNamesThatAreTooLongForOneLineAreCut(t *testing.T) {
	t.Parallel()
	s := Sheet{
		Institution: strings.Repeat("institution ", 20), Campaign: strings.Repeat("campagne ", 20), Title: strings.Repeat("titre ", 40),
		Number: strings.Repeat("numéro-", 30), Issued: issued, Blocks: []Block{Paragraph{Text: strings.Repeat("ligne\n", 60)}},
	}
	pages := places(t, s, french)
	if len(pages) != 2 {
		t.Fatalf("%d pages, want 2", len(pages))
	}
	tests := []struct {
		name        string
		page        int
		left, right string
		most        float64 // the width of what stands at the right
		gap         float64
	}{
		{"issuer and campaign", 0, "institution", "campagne", 0.55 * 170, 6},
		{"title and issuer on the other pages", 1, "titre", "institution", 0.4 * 170, 6},
		{"number and page in the footer", 1, "Document", "Page", 20, 6},
	}
	for _, tt := range tests {
		left, right := beginning(t, pages[tt.page], tt.left), beginning(t, pages[tt.page], tt.right)
		hold(t, tt.name+": the line of both", left.y, right.y)
		hold(t, tt.name+": the left end", left.x, 20)
		hold(t, tt.name+": the right end", right.right(), 190)
		if gap := right.x - left.right(); gap < tt.gap-0.02 || gap > tt.gap+6 {
			t.Errorf("%s: %.2f mm are free between them, want %.0f and not the width of a letter and a space more", tt.name, gap, tt.gap)
		}
		if right.width > tt.most {
			t.Errorf("%s: the right one is %.1f mm wide, want at most %.1f", tt.name, right.width, tt.most)
		}
		if !strings.HasSuffix(left.text, "…") || strings.HasSuffix(left.text, " …") {
			t.Errorf("%s: the left one ends as %q", tt.name, left.text[len(left.text)-9:])
		}
	}
}

// beginning returns the first line of a page that begins so.
func beginning(t testing.TB, d drawn, with string) said {
	t.Helper()
	i := slices.IndexFunc(d.said, func(s said) bool { return strings.HasPrefix(s.text, with) })
	if i < 0 {
		t.Fatalf("no line begins with %q", with)
	}
	return d.said[i]
}

func TestOtherPagesSayWhatTheyBelongTo(t *testing.T) {
	t.Parallel()
	pages := places(t, Sheet{Institution: "Estuaire", Title: "Procès-verbal", Subtitle: "Séance", Campaign: "2026", Issued: issued,
		Blocks: []Block{Paragraph{Text: strings.Repeat("ligne\n", 100)}}}, french)
	if len(pages) != 3 {
		t.Fatalf("%d pages, want 3", len(pages))
	}
	for n, d := range pages[1:] {
		title, issuer, first := d.said[0], d.said[1], d.said[2]
		if title.text != "Procès-verbal" || issuer.text != "Estuaire" {
			t.Fatalf("page %d begins with %q and %q", n+2, title.text, issuer.text)
		}
		if title.face != (face{"sans", 8.5, muted}) || issuer.face != title.face {
			t.Errorf("page %d begins in %v and %v", n+2, title.face, issuer.face)
		}
		hold(t, "the left end", title.x, 20)
		hold(t, "the right end", issuer.right(), 190)
		hold(t, "the line of both", issuer.y, title.y)
		rule := d.strokes[0]
		hold(t, "the rule from the edge of the paper", rule.y1, 16+smallFace.height()+1.5)
		hold(t, "the first line from the rule", first.y-rule.y1, 5+bodyFace.baseline())
	}
}

func TestEachPageEndsWithItsNumberAndTheHash(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0123456789abcdef", 4)
	tests := []struct {
		name         string
		number, hash string
		p            text.Printer
		want         []string
	}{
		{"all", "A-7", hash, french, []string{"Document n°\u00a0A-7 · établi le vendredi 20 mars 2026 à 17:58 (heure de Paris)", "Page %d sur 2", "Empreinte SHA-256\u00a0: ", hash}},
		{"no number", "", hash, english, []string{"Issued on Friday 20 March 2026 at 17:58 (Paris time)", "Page %d of 2", "SHA-256 hash: ", hash}},
		{"no hash", "A-7", "", french, []string{"Document n°\u00a0A-7 · établi le vendredi 20 mars 2026 à 17:58 (heure de Paris)", "Page %d sur 2"}},
	}
	for _, tt := range tests {
		pages := places(t, Sheet{Number: tt.number, Hash: tt.hash, Issued: issued, Blocks: []Block{Paragraph{Text: strings.Repeat("ligne\n", 60)}}}, tt.p)
		for n, d := range pages {
			want := slices.Clone(tt.want)
			want[1] = fmt.Sprintf(want[1], n+1)
			var foot []said
			for _, s := range d.said {
				if !d.inText(s) {
					foot = append(foot, s)
				}
			}
			if got := texts([]drawn{{said: foot}})[0]; !slices.Equal(got, want) {
				t.Errorf("%s: page %d ends with %q, want %q", tt.name, n+1, got, want)
				continue
			}
			rule := d.strokes[len(d.strokes)-1]
			hold(t, "the rule of the footer from the foot of the paper", d.height-rule.y1, 18)
			hold(t, "the left end", foot[0].x, 20)
			hold(t, "the right end", foot[1].right(), 190)
			hold(t, "the line of both", foot[1].y, foot[0].y)
			hold(t, "the first line from the rule", foot[0].y-rule.y1, 1.5+smallFace.baseline())
			if tt.hash != "" {
				hold(t, "the line of the hash", foot[2].y, foot[0].y+smallFace.height())
				hold(t, "the line of its name", foot[3].y, foot[2].y)
				hold(t, "the hash from its name", foot[3].x-foot[2].right(), 0.5)
				if foot[3].face != (face{"mono", 7, muted}) {
					t.Errorf("the hash is in %v", foot[3].face)
				}
			}
		}
	}
}

// A page takes as many lines as have room, and no line stands on two pages or in the footer.
func TestLinesFillAPageAndGoOnOnTheNext(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 150 {
		lines = append(lines, fmt.Sprintf("ligne %d", i))
	}
	pages := body(t, Paragraph{Text: strings.Join(lines, "\n")})
	var got []string
	for n, d := range pages {
		var own []said
		for _, s := range d.said {
			if strings.HasPrefix(s.text, "ligne") {
				own = append(own, s)
				got = append(got, s.text)
			}
		}
		for i := range own[1:] {
			hold(t, "the step from line to line", own[i+1].y-own[i].y, 10.5*1.36*point)
		}
		foot := own[len(own)-1].y + bodyFace.height() - bodyFace.baseline()
		if left := d.textFoot() - foot; left < -0.02 || n < len(pages)-1 && left > bodyFace.height() {
			t.Errorf("page %d has %.2f mm left", n+1, left)
		}
	}
	if !slices.Equal(got, lines) {
		t.Errorf("the lines are %q", got)
	}
}

func TestTextIsWrapped(t *testing.T) {
	t.Parallel()
	pg := newPage(Sheet{}, french)
	wide := func(s string) float64 { return pg.measure(s, bodyFace) }
	tests := []struct {
		name, in string
		width    float64
		want     []string
	}{
		{"nothing is one empty line", "", 50, []string{""}},
		{"what fits exactly stays", "un deux", wide("un deux"), []string{"un deux"}},
		{"a hair less breaks at the space", "un deux", wide("un deux") - 0.001, []string{"un", "deux"}},
		{"as many words as fit", "un deux trois", wide("un deux"), []string{"un deux", "trois"}},
		{"line breaks are kept", "un\n\ndeux\n", 50, []string{"un", "", "deux", ""}},
		{"a no-break space never breaks", "un deux\u00a0trois", wide("deux\u00a0trois"), []string{"un", "deux\u00a0trois"}},
		{"a narrow one neither", "un 12\u202f345", wide("12\u00a0345"), []string{"un", "12\u00a0345"}},
		{"a long word alone breaks", "abcdef", wide("abcd"), []string{"abcd", "ef"}},
		{"it begins its own line", "un abcdef deux", wide("abcd"), []string{"un", "abcd", "ef", "deux"}},
		{"what follows joins its end", "abcdef i", wide("abcd"), []string{"abcd", "ef i"}},
		{"one letter at least", "éé", 0.1, []string{"é", "é"}},
	}
	for _, tt := range tests {
		if got := pg.wrap(tt.in, bodyFace, tt.width); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestLineIsCutToItsWidth(t *testing.T) {
	t.Parallel()
	pg := newPage(Sheet{}, french)
	wide := func(s string) float64 { return pg.measure(s, bodyFace) }
	tests := []struct {
		name, in string
		width    float64
		want     string
	}{
		{"what fits exactly stays", "été indien", wide("été indien"), "été indien"},
		{"what does not ends with an ellipsis that fits", "été indien", wide("été in…"), "été in…"},
		{"a hair less costs one letter", "été indien", wide("été in…") - 0.001, "été i…"},
		{"no space before the ellipsis", "été indien", wide("été …"), "été…"},
		{"no room at all", "été", 0, "…"},
		{"nothing", "", 0, ""},
	}
	for _, tt := range tests {
		if got := pg.fit(tt.in, bodyFace, tt.width); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestFileIsThatOfItsInstantAndNotOfItsZone(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	s := receipt()
	first := pdf(t, s, french)
	s.Issued = issued.In(paris)
	if string(pdf(t, s, french)) != string(first) {
		t.Error("the same instant in another zone gives another file")
	}
	s.Issued = issued.Add(time.Second)
	if string(pdf(t, s, french)) == string(first) {
		t.Error("another instant gives the same file")
	}
}

func TestFileWithoutAPrinterIsFrench(t *testing.T) {
	t.Parallel()
	if !strings.Contains(string(pdf(t, Sheet{Issued: issued}, text.Printer{})), "/Lang (fr)") {
		t.Error("a file of no language is not called French")
	}
}

// A file carries a font only if something is written in it, and hashes need none.
func TestFileCarriesTheFontsItUses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		block Block
		want  []string
	}{
		{"text and a title", Paragraph{}, []string{"bold", "sans"}},
		{"a hash", Facts{Items: []Fact{{Value: "9f86 ~(d\\)", Code: true}}}, []string{"Courier", "bold", "sans"}},
		{"an identifier with an accent", Facts{Items: []Fact{{Value: "é", Code: true}}}, []string{"bold", "mono", "sans"}},
	}
	for _, tt := range tests {
		var got []string
		for _, m := range baseFont.FindAllStringSubmatch(string(pdf(t, Sheet{Issued: issued, Blocks: []Block{tt.block}}, french)), -1) {
			got = append(got, strings.TrimPrefix(m[1], "utf8"))
		}
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, tt.want) {
			t.Errorf("%s: the file carries %q, want %q", tt.name, got, tt.want)
		}
	}
	pages := body(t, Facts{Items: []Fact{{Label: "l", Value: "9f86 ~(d\\)", Code: true}, {Value: "n° é", Code: true}}})
	find(t, pages, "9f86 ~(d\\)")
	find(t, pages, "n° é")
}
