package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"stagora.org/stagora/internal/fault"
)

// separators are those that spreadsheets write, the French default first.
const separators = ";\t|,"

func (t *Table) readCSV(content []byte) error {
	s, err := t.decode(content)
	if err != nil {
		return err
	}
	if strings.TrimSpace(s) == "" {
		return fault.New(fault.Invalid, "exchange.file.empty")
	}
	if line, ok := controlCharacter(s); ok {
		return fault.New(fault.Invalid, "exchange.file.binary", "line", line)
	}
	if !strings.Contains(s, "\n") {
		s = strings.ReplaceAll(s, "\r", "\n") // as old Macintosh programs end lines
	}
	t.Format, t.Separator = CSV, separatorOf(s)
	if line, count := widest(s, byte(t.Separator)); count > sheetColumns {
		return fault.New(fault.Invalid, "exchange.file.columns", "line", line, "count", count, "max", MaxColumns)
	}
	r := csv.NewReader(strings.NewReader(s))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = t.Separator, -1, true
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			return quoteFault(parse)
		}
		if err != nil {
			return err
		}
		for i, cell := range cells {
			cells[i] = unguard(cell)
		}
		line, _ := r.FieldPos(0)
		if err := t.add(line, cells); err != nil {
			return err
		}
	}
}

// widest returns the line on which the row with most cells begins, and how many those
// are: outside quotes, each separator ends one. The reader keeps some fifty bytes for
// each cell of a row, so that this is counted before it reads.
func widest(s string, separator byte) (line, cells int) {
	here, begins, count, quoted := 1, 1, 1, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\n':
			here++
			if !quoted {
				begins, count = here, 1
			}
		case c == separator && !quoted:
			count++
			if count > cells {
				line, cells = begins, count
			}
		}
	}
	return line, cells
}

// quoteFault tells where a quote was opened or closed wrongly. An unclosed one
// swallows the rest of the file: the line where it opens is the one to look at.
func quoteFault(e *csv.ParseError) error {
	if e.Line > e.StartLine {
		return fault.New(fault.Invalid, "exchange.file.unclosed", "line", e.StartLine).Because(e)
	}
	return fault.New(fault.Invalid, "exchange.file.quote", "line", e.Line, "position", e.Column).Because(e)
}

// maxDecoded is how many bytes the text of a file may take: a sign of Windows-1252 may
// take three, and a file of such signs alone is not one of text.
const maxDecoded = 2 * MaxBytes

// decode returns the text of a file. A file without a byte-order mark that is not
// UTF-8 is read as Windows-1252, which is what a spreadsheet writes in France
// when it is told "CSV".
func (t *Table) decode(content []byte) (string, error) {
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(content, []byte("\xef\xbb\xbf")):
		t.Encoding, content = "UTF-8", content[3:]
		if !utf8.Valid(content) {
			return "", fault.New(fault.Invalid, "exchange.file.encoding", "line", badLine(string(content)))
		}
		return string(content), nil
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		t.Encoding, from = "UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case utf8.Valid(content):
		t.Encoding = "UTF-8"
		return string(content), nil
	default:
		t.Encoding, from = "Windows-1252", charmap.Windows1252
	}
	var decoded strings.Builder
	decoded.Grow(min(2*len(content), maxDecoded))
	_, err := io.Copy(&decoded, io.LimitReader(from.NewDecoder().Reader(bytes.NewReader(content)), maxDecoded))
	s := decoded.String()
	if len(s) == maxDecoded {
		return "", fault.New(fault.Invalid, "exchange.file.text", "line", 1+strings.Count(s, "\n"), "max", MaxText>>20)
	}
	if err != nil || strings.ContainsRune(s, utf8.RuneError) {
		return "", fault.New(fault.Invalid, "exchange.file.encoding", "line", badLine(s)).Because(err)
	}
	return s, nil
}

// badLine returns the line of the first character that could not be read.
func badLine(s string) int {
	return 1 + strings.Count(s[:max(strings.IndexRune(s, utf8.RuneError), 0)], "\n")
}

// controlCharacter returns the line of the first character that no text has:
// the file is a picture, a document, or damaged.
func controlCharacter(s string) (line int, found bool) {
	i := strings.IndexFunc(s, isControl)
	if i < 0 {
		return 0, false
	}
	return 1 + strings.Count(s[:i], "\n"), true
}

func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7f && r < 0xa0
}

// separatorOf returns the separator that stands most often in the header,
// outside quotes. A single column has none: any will do.
func separatorOf(s string) rune {
	var count [len(separators)]int
	quoted := false
	for _, r := range strings.TrimLeft(s, "\r\n") {
		if r == '"' {
			quoted = !quoted
		}
		if r == '\n' && !quoted {
			break
		}
		if i := strings.IndexRune(separators, r); i >= 0 && !quoted {
			count[i]++
		}
	}
	best := 0
	for i, n := range count {
		if n > count[best] {
			best = i
		}
	}
	return rune(separators[best])
}

// formulaSigns begin a cell that a spreadsheet would run instead of showing.
const formulaSigns = "=+-@\t\r＝＋－＠"

// guard returns a text as a CSV file may hold it: an apostrophe before it keeps
// spreadsheets from running it as a formula.
func guard(cell string) string {
	if guarded(cell) {
		return "'" + cell
	}
	return cell
}

// unguard takes off what guard put on.
func unguard(cell string) string {
	if strings.HasPrefix(cell, "'") && guarded(cell) {
		return cell[1:]
	}
	return cell
}

// guarded reports whether a cell begins with a sign of a formula, whatever
// apostrophes stand before it.
func guarded(cell string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, "'"))
	return r != utf8.RuneError && strings.ContainsRune(formulaSigns, r)
}
