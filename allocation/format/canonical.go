package format

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Canonical returns data, any JSON text, in the form of RFC 8785: keys sorted,
// no space, one spelling per number and per text. It refuses what is not JSON,
// and an object that repeats a key.
func Canonical(data []byte) ([]byte, error) {
	v, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	var errs Errors
	b := appendValue(nil, v, nil, &errs)
	return b, errs.asError()
}

// IsCanonical says whether data is in the form of RFC 8785: whether it is what
// Canonical returns for it. It keeps nothing of data.
func IsCanonical[C Content](data C) bool {
	if len(data) > maxLength || !utf8.ValidString(string(data)) {
		return false
	}
	c := canonicity{data: string(data)}
	return c.value(0) && c.at == len(data)
}

// A canonicity reads a JSON text from its start, as long as it is canonical.
type canonicity struct {
	data  string
	at    int
	last  string  // the last text, without its quotes and escapes
	piece scanner // over one number, or one text with escapes, at a time
	spelt []byte  // that in its one spelling
}

// value reads one value, and says whether it is canonical.
func (c *canonicity) value(depth int) bool {
	if depth > maxDepth || c.at == len(c.data) {
		return false
	}
	switch b := c.data[c.at]; {
	case b == '{':
		return c.object(depth)
	case b == '[':
		return c.list(']', func(int) bool { return c.value(depth + 1) })
	case b == '"':
		return c.text()
	case b == '-' || '0' <= b && b <= '9':
		return c.number()
	}
	return c.word("true") || c.word("false") || c.word("null")
}

func (c *canonicity) word(w string) bool {
	if !strings.HasPrefix(c.data[c.at:], w) {
		return false
	}
	c.at += len(w)
	return true
}

// object reads an object, whose keys come in their order, each once.
func (c *canonicity) object(depth int) bool {
	before := ""
	return c.list('}', func(n int) bool {
		if !c.text() || n > 0 && compareUTF16(before, c.last) >= 0 {
			return false
		}
		before = c.last
		return c.word(":") && c.value(depth+1)
	})
}

// list reads what stands between two brackets; item is told how many items came
// before.
func (c *canonicity) list(end byte, item func(n int) bool) bool {
	c.at++
	if c.word(string(end)) {
		return true
	}
	for n := 0; item(n); n++ {
		switch {
		case c.word(string(end)):
			return true
		case !c.word(","):
			return false
		}
	}
	return false
}

func (c *canonicity) text() bool {
	if c.at == len(c.data) || c.data[c.at] != '"' {
		return false
	}
	end, plain := c.at+1, true
	for end < len(c.data) && c.data[end] != '"' {
		if c.data[end] < 0x20 {
			return false
		}
		if c.data[end] == '\\' {
			plain = false
			end++
		}
		end++
	}
	if end >= len(c.data) {
		return false
	}
	if plain {
		c.last, c.at = c.data[c.at+1:end], end+1
		return true
	}
	if !c.take(end+1, (*scanner).string) {
		return false
	}
	c.last = c.piece.textAt(0)
	c.spelt = appendString(c.spelt[:0], c.last)
	return c.asSpelt()
}

func (c *canonicity) number() bool {
	end := c.at
	for end < len(c.data) && strings.IndexByte("+-.0123456789eE", c.data[end]) >= 0 {
		end++
	}
	if !c.take(end, (*scanner).number) {
		return false
	}
	var errs Errors
	c.spelt = appendNumber(c.spelt[:0], c.piece.textAt(0), root, &errs)
	return len(errs) == 0 && c.asSpelt()
}

// take reads the number or the text that ends before a place, and nothing else.
func (c *canonicity) take(end int, read func(*scanner) error) bool {
	c.piece = scanner{document: document{text: c.data[c.at:end], nodes: c.piece.nodes[:0]}}
	return read(&c.piece) == nil && c.piece.at == end-c.at
}

// asSpelt passes what was taken, if it stands there in its one spelling.
func (c *canonicity) asSpelt() bool {
	if c.piece.document.text != string(c.spelt) {
		return false
	}
	c.at += len(c.spelt)
	return true
}

func appendValue(b []byte, v value, at *path, errs *Errors) []byte {
	switch v.kind {
	case null:
		return append(b, "null"...)
	case truth:
		return append(b, "true"...)
	case falsehood:
		return append(b, "false"...)
	case number:
		return appendNumber(b, v.text, at, errs)
	case text:
		return appendString(b, v.text)
	case array:
		b = append(b, '[')
		for i, item := range v.items() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, item, at.nth(i), errs)
		}
		return append(b, ']')
	}
	members := v.sorted(compareUTF16)
	b = append(b, '{')
	for i, m := range members {
		if i > 0 {
			if m.key == members[i-1].key {
				errs.add(at.at(m.key), "the key twice", "each key once")
			}
			b = append(b, ',')
		}
		b = append(appendString(b, m.key), ':')
		b = appendValue(b, m.value, at.at(m.key), errs)
	}
	return append(b, '}')
}

// appendNumber writes the double nearest to a number as ECMAScript would.
func appendNumber(b []byte, digits string, at *path, errs *Errors) []byte {
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		errs.add(at, digits, "a number that a double can hold")
		return b
	}
	if f == 0 {
		return append(b, '0') // also for -0
	}
	if abs := max(f, -f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	s = strings.Replace(s, "e-0", "e-", 1) // Go pads exponents to two digits
	s = strings.Replace(s, "e+0", "e+", 1)
	return append(b, s...)
}

// appendString writes a text with the fewest escapes JSON allows.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	plain := 0 // s[plain:i] needs no escape
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[plain:i]...)
		plain = i + 1
		if at := strings.IndexByte("\"\\\b\f\n\r\t", c); at >= 0 {
			b = append(b, '\\', `"\bfnrt`[at])
		} else {
			b = append(b, `\u00`...)
			b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	b = append(b, s[plain:]...)
	return append(b, '"')
}

// compareUTF16 orders keys by their UTF-16 code units, as RFC 8785 asks. That
// differs from the order of code points only for the surrogate range, which
// characters beyond U+FFFF use: they come before U+E000 to U+FFFF.
func compareUTF16(x, y string) int {
	for {
		r, n := utf8.DecodeRuneInString(x)
		s, m := utf8.DecodeRuneInString(y)
		if r != s || n == 0 || m == 0 {
			if n == 0 || m == 0 {
				return n - m
			}
			return units(r) - units(s)
		}
		x, y = x[n:], y[m:]
	}
}

// units maps a character to a number that sorts as its UTF-16 code units do.
func units(r rune) int {
	if r > 0xFFFF {
		r -= 0x10000
		return (0xD800+int(r>>10))<<10 + int(r&0x3FF)
	}
	return int(r) << 10
}
