package document

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// codeOf returns the square that the modules of the one code of a page take.
func codeOf(t testing.TB, d drawn) box {
	t.Helper()
	var all box
	for _, b := range d.boxes {
		if b.color != ink {
			continue
		}
		if all.w == 0 {
			all = b
		}
		right, foot := max(all.right(), b.right()), max(all.foot(), b.foot())
		all.x, all.y = min(all.x, b.x), min(all.y, b.y)
		all.w, all.h = right-all.x, foot-all.y
	}
	if all.w == 0 {
		t.Fatal("the page has no code")
	}
	return all
}

// scanned has a reader of codes look at modules drawn in squares of four points.
func scanned(t testing.TB, width, height int, dark func(x, y int) bool) string {
	t.Helper()
	const side = 4
	img := image.NewGray(image.Rect(0, 0, width*side, height*side))
	for y := range height * side {
		for x := range width * side {
			if !dark(x/side, y/side) {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	path := filepath.Join(t.TempDir(), "code.png")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := png.Encode(out, img); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(run(t, "zbarimg", "--quiet", "--raw", path), "\n")
}

var contentsOfCodes = []string{
	"x", checkAddress, "7 (a) & <b> \"c\"", strings.Repeat("https://stagora.example/", 20),
}

// The image for a page is drawn module by module and read: with its quiet border, all that
// is dark is the code, and each run of modules is as long as it can be.
func TestCodeForAPageIsRead(t *testing.T) {
	t.Parallel()
	move := regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)
	for _, content := range contentsOfCodes {
		svg, err := QRCode(content, "titre")
		if err != nil {
			t.Fatal(err)
		}
		c, err := encode(content)
		if err != nil {
			t.Fatal(err)
		}
		side := c.size + 8
		for _, want := range []string{
			fmt.Sprintf(`viewBox="0 0 %d %d"`, side, side), fmt.Sprintf(`<rect width="%d" height="%d" fill="#ffffff"/>`, side, side),
		} {
			if !strings.Contains(svg, want) {
				t.Errorf("%.20q: the image has no %s", content, want)
			}
		}
		dark := map[image.Point]bool{}
		for _, m := range move.FindAllStringSubmatch(svg, -1) {
			x, y, length := natural(t, m[1]), natural(t, m[2]), natural(t, m[3])
			if m[3] != m[4] || dark[image.Pt(x-1, y)] {
				t.Errorf("%.20q: a run goes %s to the right and %s back, or begins where another ends", content, m[3], m[4])
			}
			for i := range length {
				dark[image.Pt(x+i, y)] = true
			}
		}
		for at := range dark {
			if at.X < 4 || at.Y < 4 || at.X >= side-4 || at.Y >= side-4 {
				t.Errorf("%.20q: the module at %v is in the quiet border", content, at)
			}
		}
		if got := scanned(t, side, side, func(x, y int) bool { return dark[image.Pt(x, y)] }); got != content {
			t.Errorf("the code says %q, want %q", got, content)
		}
	}
}

func natural(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The level is in the first two modules of the ninth row: dark and light are M
// (ISO/IEC 18004 §7.9, after its mask).
func TestCodeIsReadWithASeventhDamaged(t *testing.T) {
	t.Parallel()
	for _, content := range contentsOfCodes {
		c, err := encode(content)
		if err != nil {
			t.Fatal(err)
		}
		if !c.dark(0, 8) || c.dark(1, 8) {
			t.Errorf("%.20q: the code is not of level M", content)
		}
	}
}

func TestTextOfACodeHasABound(t *testing.T) {
	t.Parallel()
	if _, err := encode(strings.Repeat("é", 2331/2) + "e"); err != nil {
		t.Errorf("2331 bytes: %v", err)
	}
	_, err := encode(strings.Repeat("é", 2332/2))
	if err == nil || !strings.HasPrefix(err.Error(), "document: QR code of 2332 bytes: ") {
		t.Errorf("2332 bytes: %v", err)
	}
	for name, block := range map[string]Block{
		"a code": QR{Content: strings.Repeat("é", 1166)}, "a code beside facts": Facts{Beside: &QR{Content: strings.Repeat("é", 1166)}},
	} {
		_, err = Sheet{Title: "Reçu", Issued: issued, Blocks: []Block{block}}.PDF(french)
		if err == nil || !strings.HasPrefix(err.Error(), `document: printing "Reçu": document: QR code of 2332 bytes: `) {
			t.Errorf("%s too long on a sheet: %v", name, err)
		}
	}
}

// On paper a code is a square of 34 mm, its caption under it is no wider, and one that
// holds an address can be clicked.
func TestCodeStandsOnPaper(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		content string
		linked  bool
	}{
		{"https://stagora.example/v", true}, {"http://stagora.example/v", true},
		{"7H2K-9QXM", false}, {"ftp://stagora.example", false}, {"see https://stagora.example", false},
	} {
		pages := body(t, Paragraph{Text: "avant"}, QR{Content: tt.content, Caption: "Vérifier ce reçu en ligne et hors ligne fin"}, Paragraph{Text: "après"})
		d := pages[0]
		before, _ := find(t, pages, "avant")
		after, _ := find(t, pages, "après")
		code := codeOf(t, d)
		hold(t, "the left end", code.x, 20)
		hold(t, "the width", code.w, 34)
		hold(t, "the height", code.h, 34)
		hold(t, "the code from what is above", code.y, before.y-bodyFace.baseline()+bodyFace.height()+4)
		captions := 0
		for _, s := range d.said {
			if s.y > code.foot() && s.y < after.y {
				hold(t, "a line of the caption", s.y, code.foot()+1+float64(captions)*smallFace.height()+smallFace.baseline())
				hold(t, "its left end", s.x, 20)
				if s.width > 34 || s.face != smallFace {
					t.Errorf("a line of the caption is %.1f mm wide in %v", s.width, s.face)
				}
				captions++
			}
		}
		if captions != 2 {
			t.Errorf("the caption has %d lines, want 2", captions)
		}
		hold(t, "what follows", after.y-bodyFace.baseline(), code.foot()+1+float64(captions)*smallFace.height()+5)
		c, err := encode(tt.content)
		if err != nil {
			t.Fatal(err)
		}
		if got := onPaper(d, code, c.size); scanned(t, c.size+8, c.size+8, got) != tt.content {
			t.Errorf("the modules on paper do not say %q", tt.content)
		}
		switch {
		case !tt.linked && len(d.links) > 0:
			t.Errorf("%q can be clicked", tt.content)
		case tt.linked && len(d.links) != 1:
			t.Errorf("%q has %d links", tt.content, len(d.links))
		case tt.linked:
			l := d.links[0]
			if l.address != tt.content || !near(l.x, code.x) || !near(l.y, code.y) || !near(l.w, 34) || !near(l.h, 34) {
				t.Errorf("%q is linked as %+v", tt.content, l)
			}
		}
	}
}

// onPaper says which modules of a code are dark where it was drawn, with its quiet border.
func onPaper(d drawn, code box, size int) func(x, y int) bool {
	module := code.w / float64(size)
	return func(x, y int) bool {
		at := func(n int, from float64) float64 { return from + (float64(n)-4+0.5)*module }
		for _, b := range d.boxes {
			if cx, cy := at(x, code.x), at(y, code.y); b.color == ink && cx > b.x && cx < b.right() && cy > b.y && cy < b.foot() {
				return true
			}
		}
		return false
	}
}
