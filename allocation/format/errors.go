package format

import (
	"errors"
	"strconv"
	"strings"
)

// An Error is one thing wrong with a file.
type Error struct {
	Path     string // where: "$.students[3].wishes[0].post"
	Found    string // the value there, shortened; "nothing" when it is missing
	Expected string // what should stand there
}

func (e Error) Error() string {
	return e.Path + ": found " + e.Found + ", expected " + e.Expected
}

// Errors is everything wrong with a file, in the order of the file: first what
// its shape breaks, then what its content breaks.
type Errors []Error

// Error returns one line per error.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// asError keeps an empty list from becoming a non-nil error.
func (e Errors) asError() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// and joins what the shape of a file breaks with what its content breaks. What
// could not be read stands as a zero value in the content, so a second error
// there, or below, is left out: it is the same mistake.
func (e Errors) and(content error) Errors {
	more, _ := errors.AsType[Errors](content)
	said := make(map[string]bool, len(e))
	for _, err := range e {
		said[err.Path] = true
	}
	for _, err := range more {
		known := false
		for at := err.Path; at != "" && !known; at = at[:max(0, strings.LastIndexAny(at, ".["))] {
			known = said[at]
		}
		if !known {
			e = append(e, err)
		}
	}
	return e
}

func (e *Errors) add(at *path, found, expected string) {
	*e = append(*e, Error{Path: at.String(), Found: found, Expected: expected})
}

// ids checks that the entries of a list have ids of their own, and returns where
// each stands: the first, when an id is used twice.
func (e *Errors) ids(list string, n int, id func(i int) string) map[string]int {
	place := make(map[string]int, n)
	for i := range n {
		at := root.at(list).nth(i)
		if first, again := place[id(i)]; again {
			e.add(at.at("id"), quote(id(i)), "an id that "+list+"["+strconv.Itoa(first)+"] does not have")
		} else {
			place[id(i)] = i
		}
		if !isName(id(i)) {
			e.add(at.at("id"), quote(id(i)), aName)
		}
	}
	return place
}

// A path leads from the root of a file to one value. It is only spelt out when
// an error needs it.
type path struct {
	parent *path
	key    string
	index  int // -1 when the step is a key
}

func (p *path) at(key string) *path { return &path{parent: p, key: key, index: -1} }
func (p *path) nth(i int) *path     { return &path{parent: p, index: i} }

// step moves a path of nth to another item of the same list. It serves long
// lists: an error spells its path out at once, so that nobody holds the old one.
func (p *path) step(i int) *path {
	p.index = i
	return p
}

func (p *path) String() string {
	if p == nil {
		return "$"
	}
	if p.index >= 0 {
		return p.parent.String() + "[" + strconv.Itoa(p.index) + "]"
	}
	if plain(p.key) {
		return p.parent.String() + "." + p.key
	}
	return p.parent.String() + "[" + quote(p.key) + "]"
}

func plain(key string) bool {
	for _, c := range key {
		if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return key != ""
}

// quote shows a text inside an error, cut when it is long.
func quote(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		s = string(runes[:60]) + "…"
	}
	return string(appendString(nil, s))
}
