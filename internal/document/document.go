/*
Package document makes what is printed or handed over: sheets of paper as PDF,
and QR codes.

# A sheet

A [Sheet] says who issues it, what it is, and carries blocks: headings,
paragraphs, notes, facts, lists, tables, codes, signatures. The owners of the
facts compose sheets; this package knows how they look and nothing of what they
mean. All sheets of Stagora therefore look alike, and a new kind of sheet needs
no new code here.

# What always holds

  - The same sheet, at the same instant of issue, gives the same bytes on every
    machine. A person can ask for a receipt again and compare it with the first.
  - What was put in can be read back: each character that the fonts have is in
    the text of the file as it was given, in reading order. The narrow no-break
    space becomes a no-break space, which looks the same here; a character
    that no font of ours has is shown as □, never left out.
  - Colour never speaks alone: what a colour says, a mark and a word say too.
  - The header of a table is repeated on each page that the table reaches, and
    each page says which document it is of, its number, and how many there are.

# What is not here

The files are not tagged for screen readers, which the library cannot do: the
page of the same content in the browser is the accessible version. Signing a
file is the business of agreements.
*/
package document

import (
	"bytes"
	"fmt"
	"time"

	"stagora.org/stagora/internal/text"
)

// A Sheet is one document. Its words are in the language of the reader already.
type Sheet struct {
	Institution string    // who issues it: "Faculté de santé de l'Estuaire"
	Campaign    string    // what it is about; may be empty
	Title       string    // "Accusé de réception de vos vœux"
	Subtitle    string    // may be empty
	Number      string    // the number by which one can ask about it
	Hash        string    // the hash of what it states, in hexadecimal; may be empty
	Issued      time.Time // printed in the footer, and the date of the file
	Landscape   bool      // for wide tables
	Blocks      []Block
}

// A Block is one piece of a sheet, drawn at full width from top to bottom.
type Block interface {
	draw(*page)
	// least returns the height of what the block does not break: all of it, or as
	// much as has to stand under a heading.
	least(*page) float64
}

// A Tone is what a colour means. Each tone but Plain has its own mark.
type Tone int

// The tones.
const (
	Plain     Tone = iota
	Done           // it went as wished: green, ●
	Attention      // somebody should look: amber, ▲
	Danger         // it failed or is refused: red, ■
)

var toneMarks = [...]string{Plain: "", Done: "●", Attention: "▲", Danger: "■"}

// PDF returns the sheet as a PDF file on A4 paper. The printer gives the
// language and the words of the footer.
func (s Sheet) PDF(p text.Printer) ([]byte, error) {
	pg := newPage(s, p)
	pg.startPage()
	pg.draw(s.Blocks)
	pg.footers()
	var out bytes.Buffer
	if err := pg.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("document: printing %q: %w", s.Title, err)
	}
	return out.Bytes(), nil
}
