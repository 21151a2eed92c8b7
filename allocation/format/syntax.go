package format

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A value is a JSON value as it stands in a file: numbers keep their digits,
// objects keep the order and the repetition of their keys.
type value struct {
	kind    kind
	text    string // of a string; the digits of a number
	items   []value
	members []member
}

type member struct {
	key string
	value
}

type kind byte

const (
	null kind = iota
	truth
	falsehood
	number
	text
	array
	object
)

const maxDepth = 64

// parseJSON reads exactly one JSON value, as RFC 8259 and I-JSON (RFC 7493)
// define it: UTF-8, no lone surrogate, nothing after the value.
func parseJSON(data []byte) (value, error) {
	s := scanner{data: string(data)}
	if !utf8.Valid(data) {
		for s.at < len(s.data) {
			r, size := utf8.DecodeRuneInString(s.data[s.at:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			s.at += size
		}
		return value{}, s.fail("text in UTF-8")
	}
	v, err := s.value(0)
	if err != nil {
		return value{}, err
	}
	s.space()
	if s.at < len(data) {
		return value{}, s.fail("the end of the file")
	}
	return v, nil
}

type scanner struct {
	data    string
	at      int
	items   shelf[value]
	members shelf[member]
}

// A shelf makes many small lists in few allocations, one list inside another.
type shelf[T any] struct {
	open []T // of the lists that have not ended yet
	kept []T
}

// end keeps the list that began when open had this length.
func (s *shelf[T]) end(began int) []T {
	list := s.open[began:]
	if cap(s.kept)-len(s.kept) < len(list) {
		s.kept = make([]T, 0, max(len(list), 512))
	}
	first := len(s.kept)
	s.kept = append(s.kept, list...)
	s.open = s.open[:began]
	return s.kept[first:len(s.kept):len(s.kept)]
}

// fail describes what stands at the current place.
func (s *scanner) fail(expected string) error {
	before := s.data[:min(s.at, len(s.data))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	found := "the end of the file"
	if s.at < len(s.data) {
		r, size := utf8.DecodeRuneInString(s.data[s.at:])
		found = strconv.QuoteRune(r)
		if r == utf8.RuneError && size == 1 {
			found = fmt.Sprintf("byte 0x%02x", s.data[s.at])
		}
	}
	return Errors{{
		Path:     "$",
		Found:    fmt.Sprintf("%s at line %d, column %d", found, line, column),
		Expected: expected,
	}}
}

func (s *scanner) space() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// peek returns the next byte that is not space; 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.at == len(s.data) {
		return 0
	}
	return s.data[s.at]
}

func (s *scanner) value(depth int) (value, error) {
	if depth > maxDepth {
		return value{}, s.fail("at most 64 levels of nesting")
	}
	switch c := s.peek(); {
	case c == '{':
		return s.object(depth)
	case c == '[':
		return s.array(depth)
	case c == '"':
		t, err := s.string()
		return value{kind: text, text: t}, err
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	case s.word("true"):
		return value{kind: truth}, nil
	case s.word("false"):
		return value{kind: falsehood}, nil
	case s.word("null"):
		return value{kind: null}, nil
	}
	return value{}, s.fail("a JSON value")
}

func (s *scanner) word(w string) bool {
	if !strings.HasPrefix(s.data[s.at:], w) {
		return false
	}
	s.at += len(w)
	return true
}

func (s *scanner) array(depth int) (value, error) {
	v := value{kind: array}
	began := len(s.items.open)
	s.at++
	if s.peek() == ']' {
		s.at++
		return v, nil
	}
	for {
		item, err := s.value(depth + 1)
		if err != nil {
			return v, err
		}
		s.items.open = append(s.items.open, item)
		switch s.peek() {
		case ',':
			s.at++
		case ']':
			s.at++
			v.items = s.items.end(began)
			return v, nil
		default:
			return v, s.fail("',' or ']'")
		}
	}
}

func (s *scanner) object(depth int) (value, error) {
	v := value{kind: object}
	began := len(s.members.open)
	s.at++
	if s.peek() == '}' {
		s.at++
		return v, nil
	}
	for {
		if s.peek() != '"' {
			return v, s.fail("a key in double quotes")
		}
		key, err := s.string()
		if err != nil {
			return v, err
		}
		if s.peek() != ':' {
			return v, s.fail("':'")
		}
		s.at++
		item, err := s.value(depth + 1)
		if err != nil {
			return v, err
		}
		s.members.open = append(s.members.open, member{key, item})
		switch s.peek() {
		case ',':
			s.at++
		case '}':
			s.at++
			v.members = s.members.end(began)
			return v, nil
		default:
			return v, s.fail("',' or '}'")
		}
	}
}

func (s *scanner) number() (value, error) {
	start := s.at
	if s.data[s.at] == '-' {
		s.at++
	}
	whole := s.at
	if !s.digits() {
		return value{}, s.fail("a digit")
	}
	if s.data[whole] == '0' && s.at > whole+1 {
		s.at = whole
		return value{}, s.fail("a number without leading zeros")
	}
	if s.at < len(s.data) && s.data[s.at] == '.' {
		s.at++
		if !s.digits() {
			return value{}, s.fail("a digit")
		}
	}
	if s.at < len(s.data) && (s.data[s.at] == 'e' || s.data[s.at] == 'E') {
		s.at++
		if s.at < len(s.data) && (s.data[s.at] == '+' || s.data[s.at] == '-') {
			s.at++
		}
		if !s.digits() {
			return value{}, s.fail("a digit")
		}
	}
	return value{kind: number, text: s.data[start:s.at]}, nil
}

// digits skips digits and says whether there was one.
func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.data) && '0' <= s.data[s.at] && s.data[s.at] <= '9' {
		s.at++
	}
	return s.at > start
}

func (s *scanner) string() (string, error) {
	s.at++
	start := s.at
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			return s.data[start : s.at-1], nil
		case c == '\\':
			return s.escaped(append([]byte(nil), s.data[start:s.at]...))
		case c < 0x20:
			return "", s.fail("a text without control characters")
		default:
			s.at++
		}
	}
	return "", s.fail("'\"'")
}

// escaped reads the rest of a string in which a backslash was met.
func (s *scanner) escaped(b []byte) (string, error) {
	for s.at < len(s.data) {
		c := s.data[s.at]
		switch {
		case c == '"':
			s.at++
			return string(b), nil
		case c < 0x20:
			return "", s.fail("a text without control characters")
		case c != '\\':
			b = append(b, c)
			s.at++
		default:
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			b = utf8.AppendRune(b, r)
		}
	}
	return "", s.fail("'\"'")
}

func (s *scanner) escape() (rune, error) {
	s.at++
	if s.at == len(s.data) {
		return 0, s.fail("an escaped character")
	}
	if i := strings.IndexByte(`"\/bfnrt`, s.data[s.at]); i >= 0 {
		s.at++
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	first, err := s.hex()
	if err != nil || first < 0xD800 || first > 0xDFFF {
		return first, err
	}
	if first <= 0xDBFF && s.at < len(s.data) && s.data[s.at] == '\\' {
		s.at++
		second, err := s.hex()
		if err != nil {
			return 0, err
		}
		if 0xDC00 <= second && second <= 0xDFFF {
			return 0x10000 + (first-0xD800)<<10 + second - 0xDC00, nil
		}
	}
	return 0, s.fail("a pair of surrogates")
}

// hex reads uXXXX.
func (s *scanner) hex() (rune, error) {
	if s.at >= len(s.data) || s.data[s.at] != 'u' || s.at+5 > len(s.data) {
		return 0, s.fail("one of \" \\ / b f n r t, or u and four hexadecimal digits")
	}
	n, err := strconv.ParseUint(s.data[s.at+1:s.at+5], 16, 16)
	if err != nil {
		return 0, s.fail("u and four hexadecimal digits")
	}
	s.at += 5
	return rune(n), nil
}
