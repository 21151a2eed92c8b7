package format

import (
	"bytes"
	"strconv"
)

// A TextError is the first thing wrong with a text of lines and fields: a
// market, a placement or prices.
type TextError struct {
	Line, Field int    // from 1; the fields of a line are separated by one space each
	Found       string // the field; "nothing" where the line has ended
	Expected    string
}

func (e *TextError) Error() string {
	return "line " + strconv.Itoa(e.Line) + ", field " + strconv.Itoa(e.Field) + ": found " + e.Found + ", expected " + e.Expected
}

// A cursor reads a text field by field. After an error it stands at the end.
type cursor struct {
	text []byte
	at   int // where the next field starts, or the space before it
	err  *TextError
}

// fail says what is wrong with a field: the one that starts at a place, or the
// one that ends there when something else follows than should, or the next one.
func (c *cursor) fail(at int, expected string) {
	if c.err != nil {
		return
	}
	at = min(at, len(c.text))
	line := bytes.LastIndexByte(c.text[:at], '\n') + 1
	start := line + bytes.LastIndexByte(c.text[line:at], ' ') + 1
	field := 1 + bytes.Count(c.text[line:at], []byte{' '})
	if c.end(at) > at || start == at {
		at = start
	} else { // a whole field was read
		field++
		if at < len(c.text) && c.text[at] == ' ' {
			at++
		}
	}
	c.err = &TextError{Line: 1 + bytes.Count(c.text[:line], []byte{'\n'}), Field: field, Found: "nothing", Expected: expected}
	if found := string(c.text[at:c.end(at)]); found != "" {
		c.err.Found = quote(found)
	}
	c.at = len(c.text)
}

// end returns the end of the field in which a place is.
func (c *cursor) end(at int) int {
	for at < len(c.text) && c.text[at] != ' ' && c.text[at] != '\n' {
		at++
	}
	return at
}

// word reads a given text.
func (c *cursor) word(word string) {
	if !bytes.HasPrefix(c.text[c.at:], []byte(word)) {
		c.fail(c.at, quote(word))
		return
	}
	c.at += len(word)
}

// space reads the space before a field, if it is there.
func (c *cursor) space() bool {
	is := c.at < len(c.text) && c.text[c.at] == ' '
	if is {
		c.at++
	}
	return is
}

// newline reads the end of a line.
func (c *cursor) newline() {
	switch {
	case c.at == len(c.text):
		c.fail(c.at, "a line feed")
	case c.text[c.at] == '\n':
		c.at++
	case c.text[c.at] == ' ':
		c.fail(c.at, "the end of the line")
	default:
		c.fail(c.at, "digits alone")
	}
}

// number reads a whole number in its shortest form.
func (c *cursor) number(least, most int64) int64 {
	n, end := digits(c.text, c.at)
	length := end - c.at
	whole := end == len(c.text) || c.text[end] == ' ' || c.text[end] == '\n'
	if length == 0 || length > 18 || length > 1 && c.text[c.at] == '0' || n < least || n > most || !whole {
		c.fail(c.at, aWhole(least, most))
		return 0
	}
	c.at = end
	return n
}

// next reads a space and a whole number.
func (c *cursor) next(least, most int64) int64 {
	if !c.space() {
		c.fail(c.at, aWhole(least, most))
		return 0
	}
	return c.number(least, most)
}

// numbers reads so many whole numbers below a bound, a space before each.
func (c *cursor) numbers(list []int32, below int32) {
	text, at := c.text, c.at
	for i := range list {
		if at >= len(text) || text[at] != ' ' {
			c.fail(at, aWhole(0, int64(below)-1))
			return
		}
		n, end := digits(text, at+1)
		if uint64(n) >= uint64(below) || end-at < 2 || end-at > 2 && (text[at+1] == '0' || end-at > 10) {
			c.fail(at+1, aWhole(0, int64(below)-1))
			return
		}
		list[i], at = int32(n), end
	}
	c.at = at
}

// digits reads the digits that stand at a place, as a number, and returns where
// they end. More than 18 may overflow.
func digits(text []byte, at int) (n int64, end int) {
	for end = at; end < len(text) && text[end]-'0' <= 9; end++ {
		n = 10*n + int64(text[end]-'0')
	}
	return n, end
}
