package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
)

// maxDepth is how deep elements may stand in one another: those of a workbook stand
// some twenty deep, and a reader keeps each that is open.
const maxDepth = 100

// A file that is refused was written by no spreadsheet.
var (
	errDeep      = errors.New("elements are nested too deep")
	errDirective = errors.New("a document type, which no workbook has")
	errEncoding  = errors.New("an encoding other than UTF-8, which no workbook has")
)

// checkDepth refuses XML whose elements are nested deeper than most, without keeping
// any of it. At a byte that no XML holds it stops without an error, as the reader does:
// pictures have one among their first.
func checkDepth(r *bufio.Reader, most int) error {
	depth := 0
	for {
		err := toTag(r)
		if err == nil {
			depth, err = tag(r, depth)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, errIllegal) {
			return nil
		}
		if err != nil {
			return err
		}
		if depth > most {
			return errDeep
		}
	}
}

// errIllegal says that no reader of XML reads on.
var errIllegal = errors.New("a byte that no XML holds")

// toTag reads text up to the sign that begins a tag, and that sign.
func toTag(r *bufio.Reader) error {
	for {
		b, err := legal(r)
		if err != nil || b == '<' {
			return err
		}
	}
}

// legal reads a byte that XML may hold.
func legal(r *bufio.Reader) (byte, error) {
	b, err := r.ReadByte()
	if err == nil && b < ' ' && b != '\t' && b != '\n' && b != '\r' {
		err = errIllegal
	}
	return b, err
}

// tag reads what follows the sign that begins a tag, and returns how many elements are
// open after it.
func tag(r *bufio.Reader, depth int) (int, error) {
	first, err := legal(r)
	if err != nil {
		return depth, err
	}
	switch first {
	case '/':
		_, err := element(r)
		return depth - 1, err
	case '?':
		return depth, instruction(r)
	case '!':
		return depth, comment(r)
	}
	closed, err := element(r)
	if closed {
		return depth, err
	}
	return depth + 1, err
}

// element reads a tag to its end, and reports whether it closes itself.
func element(r *bufio.Reader) (closed bool, err error) {
	var quote, before byte
	for {
		b, err := legal(r)
		switch {
		case err != nil:
			return false, err
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == '>':
			return before == '/', nil
		}
		before = b
	}
}

// sayingUTF8 is how an instruction says that a part is in UTF-8.
var sayingUTF8 = regexp.MustCompile(`(?i)\bencoding=["']utf-8["']`)

// instruction reads a processing instruction: one may say the encoding.
func instruction(r *bufio.Reader) error {
	text, err := until(r, "?>")
	if err == nil && (len(text) == longInstruction || bytes.Contains(sayingUTF8.ReplaceAll(text, nil), []byte("encoding"))) {
		return errEncoding
	}
	return err
}

// comment reads a comment or text that is quoted as a whole.
func comment(r *bufio.Reader) error {
	for _, kind := range []struct{ begin, end string }{{"--", "-->"}, {"[CDATA[", "]]>"}} {
		begin, err := r.Peek(len(kind.begin))
		if err == nil && string(begin) == kind.begin {
			_, _ = r.Discard(len(kind.begin))
			_, err = until(r, kind.end)
			return err
		}
	}
	return errDirective
}

// longInstruction is how much of an instruction is read for what it says, in bytes.
const longInstruction = 200

// until reads up to an end and that end, and returns the first bytes that it has read.
func until(r *bufio.Reader, end string) ([]byte, error) {
	var first, last []byte
	for !bytes.HasSuffix(last, []byte(end)) {
		b, err := r.ReadByte()
		if err != nil {
			return first, err
		}
		if len(first) < longInstruction {
			first = append(first, b)
		}
		last = append(last, b)
		if len(last) > len(end) {
			last = append(last[:0], last[1:]...)
		}
	}
	return first, nil
}
