package format

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A document is a JSON text and its nodes, in the order of the text: a list or
// an object is followed by its items, a key by its value. Numbers keep their
// digits, objects keep the order and the repetition of their keys. Nodes hold no
// pointer, so that even a large document costs little to keep.
type document struct {
	text  string
	nodes []node
}

type node struct {
	kind       kind
	escaped    bool  // a text with backslashes
	start, end int32 // what stands in the text: inside the quotes, or the digits
	next       int32 // the node after this one and all that is in it
}

// A value is one node of a document as readers see it.
type value struct {
	kind kind
	text string // of a string; the digits of a number
	in   *document
	at   int32
}

type member struct {
	key string
	value
}

func (d *document) valueAt(at int32) value {
	v := value{kind: d.nodes[at].kind, in: d, at: at}
	if v.kind == text || v.kind == number {
		v.text = d.textAt(at)
	}
	return v
}

// textAt returns the text of a node.
func (d *document) textAt(at int32) string {
	n := &d.nodes[at]
	if !n.escaped {
		return d.text[n.start:n.end]
	}
	s := scanner{document: document{text: d.text}, at: int(n.start)}
	b, _ := s.escaped(nil) // it was read once without error
	return string(b)
}

// items returns the items of a list; nothing for another value.
func (v value) items() []value {
	if v.kind != array {
		return nil
	}
	nodes, n := v.in.nodes, 0
	for at := v.at + 1; at < nodes[v.at].next; at = nodes[at].next {
		n++
	}
	items := make([]value, 0, n)
	for at := v.at + 1; at < nodes[v.at].next; at = nodes[at].next {
		items = append(items, v.in.valueAt(at))
	}
	return items
}

// members ranges over the keys of an object, each with the place of its value.
func (v value) members(yield func(key string, at int32) bool) {
	if v.kind != object {
		return
	}
	nodes := v.in.nodes
	for at := v.at + 1; at < nodes[v.at].next; at = nodes[at+1].next {
		if !yield(v.in.textAt(at), at+1) {
			return
		}
	}
}

// sorted returns the members of an object by their keys.
func (v value) sorted(compare func(x, y string) int) []member {
	var members []member
	for key, at := range v.members {
		members = append(members, member{key, v.in.valueAt(at)})
	}
	slices.SortStableFunc(members, func(x, y member) int { return compare(x.key, y.key) })
	return members
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

// Content is what a file holds. Given as a string it is read without a copy, and kept
// by what was read.
type Content interface{ string | []byte }

// parseJSON reads exactly one JSON value, as RFC 8259 and I-JSON (RFC 7493)
// define it: UTF-8, no lone surrogate, nothing after the value.
func parseJSON[C Content](data C) (value, error) {
	s, err := newScanner(string(data))
	if err != nil {
		return value{}, err
	}
	if !utf8.ValidString(s.text) {
		for s.at < len(s.text) {
			r, size := utf8.DecodeRuneInString(s.text[s.at:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			s.at += size
		}
		return value{}, s.fail("text in UTF-8")
	}
	s.nodes = make([]node, 0, mostNodes(s.text))
	if err := s.value(0); err != nil {
		return value{}, err
	}
	s.space()
	if s.at < len(s.text) {
		return value{}, s.fail("the end of the file")
	}
	return s.valueAt(0), nil
}

// mostNodes returns how many nodes a text can have: one stands at its start, the
// others after a bracket, a comma or a colon.
func mostNodes(data string) int {
	n := 1
	for _, mark := range []string{"{", "[", ",", ":"} {
		n += strings.Count(data, mark)
	}
	return n
}

const maxLength = 1<<31 - 1 // what the places of a node can count

// A scanner makes the nodes of a document.
type scanner struct {
	document
	at int
}

func newScanner(data string) (*scanner, error) {
	s := &scanner{document: document{text: data}}
	if len(data) > maxLength {
		return nil, s.fail("at most " + strconv.Itoa(maxLength) + " bytes")
	}
	return s, nil
}

// fail describes what stands at the current place.
func (s *scanner) fail(expected string) error {
	before := s.text[:min(s.at, len(s.text))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	found := "the end of the file"
	if s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		found = strconv.QuoteRune(r)
		if r == utf8.RuneError && size == 1 {
			found = fmt.Sprintf("byte 0x%02x", s.text[s.at])
		}
	}
	return Errors{{
		Path:     "$",
		Found:    fmt.Sprintf("%s at line %d, column %d", found, line, column),
		Expected: expected,
	}}
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
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
	if s.at == len(s.text) {
		return 0
	}
	return s.text[s.at]
}

// value adds the nodes of the next value.
func (s *scanner) value(depth int) error {
	if depth > maxDepth {
		return s.fail("at most 64 levels of nesting")
	}
	switch c := s.peek(); {
	case c == '{':
		return s.object(depth)
	case c == '[':
		return s.array(depth)
	case c == '"':
		return s.string()
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	case s.word("true"):
		s.leaf(node{kind: truth})
	case s.word("false"):
		s.leaf(node{kind: falsehood})
	case s.word("null"):
		s.leaf(node{kind: null})
	default:
		return s.fail("a JSON value")
	}
	return nil
}

func (s *scanner) leaf(n node) {
	n.next = int32(len(s.nodes)) + 1
	s.nodes = append(s.nodes, n)
}

func (s *scanner) word(w string) bool {
	if !strings.HasPrefix(s.text[s.at:], w) {
		return false
	}
	s.at += len(w)
	return true
}

func (s *scanner) array(depth int) error {
	return s.list(array, ']', "',' or ']'", func() error { return s.value(depth + 1) })
}

func (s *scanner) object(depth int) error {
	return s.list(object, '}', "',' or '}'", func() error { return s.member(depth + 1) })
}

func (s *scanner) member(depth int) error {
	if s.peek() != '"' {
		return s.fail("a key in double quotes")
	}
	if err := s.string(); err != nil {
		return err
	}
	if s.peek() != ':' {
		return s.fail("':'")
	}
	s.at++
	return s.value(depth)
}

// list adds a list or an object, whose items are read one by one.
func (s *scanner) list(kind kind, end byte, expected string, item func() error) error {
	open := len(s.nodes)
	s.leaf(node{kind: kind})
	s.at++
	if s.peek() == end {
		s.at++
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.at++
		case end:
			s.at++
			s.nodes[open].next = int32(len(s.nodes))
			return nil
		default:
			return s.fail(expected)
		}
	}
}

func (s *scanner) number() error {
	start := s.at
	if s.text[s.at] == '-' {
		s.at++
	}
	whole := s.at
	if !s.digits() {
		return s.fail("a digit")
	}
	if s.text[whole] == '0' && s.at > whole+1 {
		s.at = whole
		return s.fail("a number without leading zeros")
	}
	if s.at < len(s.text) && s.text[s.at] == '.' {
		s.at++
		if !s.digits() {
			return s.fail("a digit")
		}
	}
	if s.at < len(s.text) && (s.text[s.at] == 'e' || s.text[s.at] == 'E') {
		s.at++
		if s.at < len(s.text) && (s.text[s.at] == '+' || s.text[s.at] == '-') {
			s.at++
		}
		if !s.digits() {
			return s.fail("a digit")
		}
	}
	s.leaf(node{kind: number, start: int32(start), end: int32(s.at)})
	return nil
}

// digits skips digits and says whether there was one.
func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	return s.at > start
}

func (s *scanner) string() error {
	s.at++
	start := s.at
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.leaf(node{kind: text, start: int32(start), end: int32(s.at)})
			s.at++
			return nil
		case c == '\\':
			if _, err := s.escaped(nil); err != nil {
				return err
			}
			s.leaf(node{kind: text, escaped: true, start: int32(start)})
			return nil
		case c < 0x20:
			return s.fail("a text without control characters")
		default:
			s.at++
		}
	}
	return s.fail("'\"'")
}

// escaped reads the rest of a string that may have backslashes.
func (s *scanner) escaped(b []byte) ([]byte, error) {
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '"':
			s.at++
			return b, nil
		case c < 0x20:
			return nil, s.fail("a text without control characters")
		case c != '\\':
			b = append(b, c)
			s.at++
		default:
			r, err := s.escape()
			if err != nil {
				return nil, err
			}
			b = utf8.AppendRune(b, r)
		}
	}
	return nil, s.fail("'\"'")
}

func (s *scanner) escape() (rune, error) {
	s.at++
	if s.at == len(s.text) {
		return 0, s.fail("an escaped character")
	}
	if i := strings.IndexByte(`"\/bfnrt`, s.text[s.at]); i >= 0 {
		s.at++
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	first, err := s.hex()
	if err != nil || first < 0xD800 || first > 0xDFFF {
		return first, err
	}
	if first <= 0xDBFF && s.at < len(s.text) && s.text[s.at] == '\\' {
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
	if s.at >= len(s.text) || s.text[s.at] != 'u' || s.at+5 > len(s.text) {
		return 0, s.fail("one of \" \\ / b f n r t, or u and four hexadecimal digits")
	}
	n, err := strconv.ParseUint(s.text[s.at+1:s.at+5], 16, 16)
	if err != nil {
		return 0, s.fail("u and four hexadecimal digits")
	}
	s.at += 5
	return rune(n), nil
}
