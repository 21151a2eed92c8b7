package text

import (
	"fmt"
	"strings"
	"text/template"

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

// Parse parses one sentence.
func (sentences) Parse(source, left, right string) (parsing.ParsedTemplate, error) {
	if !strings.Contains(source, "{{") {
		return sentence{plain: source}, nil
	}
	lenient, err := template.New("").Delims(left, right).Parse(source)
	if err != nil {
		return nil, err
	}
	strict, err := lenient.Clone()
	if err != nil {
		return nil, err
	}
	return sentence{lenient: lenient, strict: strict.Option("missingkey=error")}, nil
}

// A sentence is one sentence of a catalogue, parsed.
type sentence struct {
	plain           string // if it has no blank
	lenient, strict *template.Template
}

// filled are the blanks that a sentence is executed with.
type filled struct {
	blanks map[string]any
	strict bool // a missing blank is an error
}

// Execute fills the blanks.
func (s sentence) Execute(data any) (string, error) {
	with, ok := data.(filled)
	if s.lenient == nil || !ok {
		return s.plain, nil
	}
	t := s.lenient
	if with.strict {
		t = s.strict
	}
	var b strings.Builder
	err := t.Execute(&b, with.blanks)
	return b.String(), err
}
