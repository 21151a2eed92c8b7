package document

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the empty border that readers need, in modules (ISO/IEC 18004 §9.1).
const quiet = 4

// A code is a QR code: which of its modules are dark.
type code struct {
	size int
	dark func(x, y int) bool
}

// encode returns the QR code of a text, with error correction level M: it is
// still read with a seventh of it damaged. It fails if the text is too long for
// a QR code (some 2,300 bytes).
func encode(content string) (code, error) {
	q, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return code{}, fmt.Errorf("document: QR code of %d bytes: %w", len(content), err)
	}
	return code{
		size: q.Bounds().Dx(),
		dark: func(x, y int) bool { return color.GrayModel.Convert(q.At(x, y)).(color.Gray).Y < 128 },
	}, nil
}

// runs calls each for every horizontal run of dark modules. Whole runs, not
// single modules, so that no hair lines show between them.
func (c code) runs(each func(x, y, length int)) {
	for y := range c.size {
		for x := 0; x < c.size; x++ {
			start := x
			for x < c.size && c.dark(x, y) {
				x++
			}
			if x > start {
				each(start, y, x-start)
			}
		}
	}
}

// QRCode returns the QR code of content as an SVG image for a page, which the
// page sizes. The title is what a screen reader says. It uses presentation
// attributes alone, as our content policy asks.
func QRCode(content, title string) (string, error) {
	c, err := encode(content)
	if err != nil {
		return "", err
	}
	var path strings.Builder
	c.runs(func(x, y, length int) {
		fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, length, length)
	})
	side := c.size + 2*quiet
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges">`+
		`<title>%s</title><rect width="%d" height="%d" fill="#ffffff"/><path d="%s" fill="#14213d"/></svg>`,
		side, side, html.EscapeString(title), side, side, path.String()), nil
}

// A QR is a QR code on a sheet.
type QR struct {
	Content string // what it says to the one who scans it, mostly an address
	Caption string // what it is for
}

const qrSide = 34.0

func (b QR) least(pg *page) float64 {
	_, height := b.size(pg)
	return height
}

func (b QR) draw(pg *page) {
	pg.room(b.least(pg))
	pg.y = b.drawAt(pg, sideMargin, pg.y) + blockGap
}

// size returns the room that the code takes, with its caption.
func (b QR) size(pg *page) (width, height float64) {
	return qrSide, qrSide + 1 + float64(len(pg.wrap(b.Caption, smallFace, qrSide)))*smallFace.height()
}

// drawAt draws the code and its caption, and returns where they end. A code
// that cannot be made is an error of the whole sheet.
func (b QR) drawAt(pg *page, x, y float64) float64 {
	c, err := encode(b.Content)
	if err != nil {
		pg.pdf.SetError(err)
		return y
	}
	// The paper around is the quiet border: only a part of it is drawn inside.
	module := qrSide / float64(c.size)
	pg.fill(ink)
	c.runs(func(cx, cy, length int) {
		pg.pdf.Rect(x+float64(cx)*module, y+float64(cy)*module, float64(length)*module, module, "F")
	})
	if strings.HasPrefix(b.Content, "https://") || strings.HasPrefix(b.Content, "http://") {
		pg.pdf.LinkString(x, y, qrSide, qrSide, b.Content)
	}
	before := pg.y
	pg.y = y + qrSide + 1
	for _, line := range pg.wrap(b.Caption, smallFace, qrSide) {
		pg.line(line, smallFace, x)
		pg.y += smallFace.height()
	}
	end := pg.y
	pg.y = before
	return end
}
