package text

import (
	"fmt"
	"regexp"
	"strings"

	parsing "github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// Fill returns the sentence of a key with its blanks by name, as [Printer.Message]
// does, and an error if the sentence, one of its blanks or a sentence that a
// blank names does not exist. What stands in a blank is never looked into: a name
// may hold anything.
func (p Printer) Fill(key string, blanks map[string]any) (string, error) {
	for name, value := range blanks {
		if named, ok := value.(Key); ok && !p.Has(string(named)) {
			return "", fmt.Errorf("sentence %s: the blank %q names no sentence: %s", key, name, named)
		}
	}
	s, err := p.localize(key, blanks, true)
	if err != nil {
		return "", fmt.Errorf("sentence %s: %w", key, err)
	}
	return s, nil
}

// sentences parses the sentences of the catalogues.
type sentences struct{}

// Cacheable says that what Parse returns may be kept.
func (sentences) Cacheable() bool { return true }

// Parse parses one sentence. Nothing but blanks stands between its braces: a sentence
// that decides or counts would be a program that only one language has.
func (sentences) Parse(source, _, _ string) (parsing.ParsedTemplate, error) {
	var s sentence
	for rest := source; ; {
		words, after, more := strings.Cut(rest, "{{")
		if !more {
			return append(s, piece{words: words}), nil
		}
		inside, after, closed := strings.Cut(after, "}}")
		blank, dotted := strings.CutPrefix(strings.TrimSpace(inside), ".")
		if !closed || !dotted || !blankName.MatchString(blank) {
			return nil, fmt.Errorf("a blank is written {{.name}}, not {{%s", inside)
		}
		s = append(s, piece{words, blank})
		rest = after
	}
}

var blankName = regexp.MustCompile(`^\w+$`)

// A sentence is one sentence of a catalogue, parsed. Only its last piece has no blank.
type sentence []piece

// A piece is some words and the name of the blank that follows them.
type piece struct{ words, blank string }

// filled are the blanks that a sentence is written with.
type filled struct {
	blanks map[string]any
	strict bool // a missing blank is an error
}

// Execute fills the blanks. A page shows one that is missing as "<no value>", which tests
// look for.
func (s sentence) Execute(data any) (string, error) {
	with, _ := data.(filled)
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.words)
		value, given := with.blanks[p.blank]
		switch {
		case p.blank == "":
		case given:
			b.WriteString(written(value))
		case with.strict:
			return "", fmt.Errorf("nothing is given for the blank %q", p.blank)
		default:
			b.WriteString("<no value>")
		}
	}
	return b.String(), nil
}

func written(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return fmt.Sprint(value)
}
