package document

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/text"
)

// A drawn is one page as it stands in the file. All its lengths are in
// millimetres from the upper left corner of the paper, as they are in the package.
type drawn struct {
	width, height float64
	said          []said
	boxes         []box
	strokes       []stroke
	links         []link
}

// A said is one line of text. Its y is that of the line on which the letters stand.
type said struct {
	text  string
	face  face
	x, y  float64
	width float64
}

func (s said) right() float64 { return s.x + s.width }

// top is how high the capitals reach, foot how low the tails of letters do.
func (s said) top() float64  { return s.y - 0.72*s.face.size*point }
func (s said) foot() float64 { return s.y + 0.21*s.face.size*point }

type box struct {
	x, y, w, h float64
	color      colour
}

func (b box) right() float64 { return b.x + b.w }
func (b box) foot() float64  { return b.y + b.h }

type stroke struct {
	x1, y1, x2, y2 float64
	thickness      float64
	color          colour
}

type link struct {
	x, y, w, h float64
	address    string
}

// places draws a sheet and reads its pages back from the bytes of the file.
func places(t testing.TB, s Sheet, p text.Printer) []drawn {
	t.Helper()
	return read(t, pdf(t, s, p))
}

// body draws a sheet of nothing but these blocks.
func body(t testing.TB, blocks ...Block) []drawn {
	t.Helper()
	return places(t, Sheet{Institution: "Estuaire", Title: "Essai", Issued: issued, Blocks: blocks}, french)
}

var (
	startOfTable = regexp.MustCompile(`startxref\n(\d+)\n`)
	mediaBox     = regexp.MustCompile(`/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]`)
	reference    = regexp.MustCompile(`(\d+) 0 R`)
	contents     = regexp.MustCompile(`/Contents (\d+) 0 R`)
	fontName     = regexp.MustCompile(`/(F[0-9a-f]+) (\d+) 0 R`)
	baseFont     = regexp.MustCompile(`/BaseFont /(\w+)`)
	annotation   = regexp.MustCompile(`/Rect \[([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)\] /Border \[0 0 0\] /A <</S /URI /URI \((.*?)\)>>`)
)

// read follows the table at the end of a file to its objects, as a reader of PDF does.
func read(t rapid.TB, file []byte) []drawn {
	t.Helper()
	start := startOfTable.FindSubmatch(file)
	if start == nil {
		t.Fatal("the file has no table of objects")
	}
	objects := map[string][]byte{}
	lines := strings.Split(string(file[int(number(t, string(start[1]))):]), "\n")
	for n, line := range lines[2:] {
		if strings.HasPrefix(line, "trailer") {
			break
		}
		if offset := int(number(t, line[:10])); offset > 0 {
			_, object, found := bytes.Cut(file[offset:], fmt.Appendf(nil, "%d 0 obj\n", n))
			if !found {
				t.Fatalf("object %d is not where the table of the file says", n)
			}
			objects[strconv.Itoa(n)] = object
		}
	}
	fonts := map[string]string{}
	for _, m := range fontName.FindAllSubmatch(object(objects["2"]), -1) {
		fonts[string(m[1])] = string(baseFont.FindSubmatch(objects[string(m[2])])[1])
	}
	root := object(objects["1"])
	size := mediaBox.FindSubmatch(root)
	kids, _, _ := bytes.Cut(root, []byte("]"))
	var pages []drawn
	for _, kid := range reference.FindAllSubmatch(kids, -1) {
		page := object(objects[string(kid[1])])
		d := drawn{width: number(t, string(size[1])) * point, height: number(t, string(size[2])) * point}
		for _, m := range annotation.FindAllSubmatch(page, -1) {
			at := func(i int) float64 { return number(t, string(m[i])) * point }
			d.links = append(d.links, link{at(1), d.height - at(2), at(3) - at(1), at(2) - at(4), string(m[5])})
		}
		d.read(t, inflate(t, objects[string(contents.FindSubmatch(page)[1])]), fonts)
		pages = append(pages, d)
	}
	return pages
}

func object(from []byte) []byte {
	upTo, _, _ := bytes.Cut(from, []byte("\nendobj"))
	return upTo
}

// fontOf returns what the package calls a font of the file.
func fontOf(base string) string {
	if base == "Courier" {
		return "mono"
	}
	return strings.TrimPrefix(base, "utf8")
}

func inflate(t rapid.TB, object []byte) []byte {
	t.Helper()
	_, stream, _ := bytes.Cut(object, []byte("stream\n"))
	r, err := zlib.NewReader(bytes.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func number(t rapid.TB, s string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// read carries out what a page says. An operator that it does not know is left out, and
// a rectangle or a line ends with it.
func (d *drawn) read(t rapid.TB, content []byte, fonts map[string]string) {
	t.Helper()
	var (
		args          []string
		base          string
		f             face
		fill, letters colour
		pen           colour
		thickness     float64
		inText        bool
		at, from, to  [2]float64
		rect          box
	)
	arg := func(i int) float64 { return number(t, args[i]) }
	color := func() colour { return colour{shade(arg(0)), shade(arg(1)), shade(arg(2))} }
	down := func(y float64) float64 { return d.height - y*point }
	for len(content) > 0 {
		var token string
		token, content = next(content)
		isOperator := token != "" && (token[0] >= 'a' && token[0] <= 'z' || token[0] >= 'A' && token[0] <= 'Z')
		if !isOperator {
			args = append(args, token)
			continue
		}
		switch token {
		case "q":
			inText = true // the colour of letters holds for one line
		case "Q":
			inText = false
		case "rg":
			if inText {
				letters = color()
			} else {
				fill = color()
			}
		case "RG":
			pen = color()
		case "w":
			thickness = arg(0) * point
		case "Tf":
			base = fonts[strings.TrimPrefix(args[0], "/")]
			f.font, f.size = fontOf(base), arg(1)
		case "Td":
			at = [2]float64{arg(0) * point, down(arg(1))}
		case "Tj":
			if !inText {
				letters = fill
			}
			s := said{text: decode(args[0][1:], base), face: face{f.font, f.size, letters}, x: at[0], y: at[1]}
			s.width = measured(s.text, s.face)
			d.said = append(d.said, s)
		case "re":
			rect = box{arg(0) * point, down(arg(1)), arg(2) * point, -arg(3) * point, fill}
		case "f":
			d.boxes = append(d.boxes, rect)
		case "m":
			from = [2]float64{arg(0) * point, down(arg(1))}
		case "l":
			to = [2]float64{arg(0) * point, down(arg(1))}
		case "S":
			d.strokes = append(d.strokes, stroke{from[0], from[1], to[0], to[1], thickness, pen})
		}
		args = nil
	}
}

// scale measures what was read. No page is drawn with it, and one test uses it at a time.
var scale = struct {
	sync.Mutex
	page *page
}{page: newPage(Sheet{}, french)}

func measured(s string, f face) float64 {
	scale.Lock()
	defer scale.Unlock()
	return scale.page.measure(s, f)
}

func shade(part float64) int { return int(part*255 + 0.5) }

// next splits the first word or string off a content stream. A string keeps its
// opening parenthesis, and its escapes are undone.
func next(content []byte) (token string, rest []byte) {
	content = bytes.TrimLeft(content, " \n")
	if len(content) == 0 {
		return "", nil
	}
	if content[0] != '(' {
		end := bytes.IndexAny(content, " \n")
		if end < 0 {
			end = len(content)
		}
		return string(content[:end]), content[end:]
	}
	s := []byte{'('}
	for i := 1; i < len(content); i++ {
		switch c := content[i]; c {
		case ')':
			return string(s), content[i+1:]
		case '\\':
			i++
			c = content[i]
			if c == 'r' {
				c = '\r'
			}
			s = append(s, c)
		default:
			s = append(s, c)
		}
	}
	return string(s), nil
}

// decode returns the characters of a string: one byte each in the Courier of every
// reader, two bytes each in our fonts.
func decode(s, base string) string {
	if base == "Courier" {
		return s
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
	}
	return string(utf16.Decode(units))
}

// find returns the one line on all pages that says this, and its page.
func find(t testing.TB, pages []drawn, words string) (said, int) {
	t.Helper()
	var found said
	page := -1
	for n, d := range pages {
		for _, s := range d.said {
			if s.text != words {
				continue
			}
			if page >= 0 {
				t.Fatalf("%q is said twice", words)
			}
			found, page = s, n
		}
	}
	if page < 0 {
		t.Fatalf("%q is not said; the pages say %q", words, texts(pages))
	}
	return found, page
}

// texts returns all that is said, page by page and from the top of each to its foot.
func texts(pages []drawn) [][]string {
	all := make([][]string, len(pages))
	for n, d := range pages {
		lines := slices.Clone(d.said)
		slices.SortStableFunc(lines, func(a, b said) int {
			return cmp.Or(cmp.Compare(int(a.y*10), int(b.y*10)), cmp.Compare(a.x, b.x))
		})
		for _, s := range lines {
			all[n] = append(all[n], s.text)
		}
	}
	return all
}

// near says whether two lengths are the same for an eye: a file gives them to a
// hundredth of a point.
func near(a, b float64) bool { return a-b < 0.02 && b-a < 0.02 }

// hold checks a length against what it should be.
func hold(t rapid.TB, what string, got, want float64) {
	t.Helper()
	if !near(got, want) {
		t.Errorf("%s is %.2f mm, want %.2f", what, got, want)
	}
}

// textFoot is where the text of a page ends.
func (d drawn) textFoot() float64 { return d.height - 24 }

// inText says whether a line belongs to the blocks of a page, and not to its footer.
func (d drawn) inText(s said) bool { return s.y < d.textFoot() }
