package text

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed catalog/*.toml
var catalogues embed.FS

// messages are the messages of all catalogues, by language and key.
var messages = sync.OnceValue(func() map[Lang]map[string]message {
	all := map[Lang]map[string]message{}
	for _, lang := range Langs {
		files, err := fs.Glob(catalogues, "catalog/*."+string(lang)+".toml")
		if err != nil {
			panic(err)
		}
		all[lang] = map[string]message{}
		for _, file := range files {
			if err := readCatalogue(file, all[lang]); err != nil {
				panic(fmt.Sprintf("text: %s: %v", file, err))
			}
		}
	}
	return all
})

func readCatalogue(file string, into map[string]message) error {
	data, err := catalogues.ReadFile(file)
	if err != nil {
		return err
	}
	read, err := i18n.ParseMessageFileBytes(data, path.Base(file), map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return err
	}
	for _, m := range read.Messages {
		one, err := parse(m.One)
		if err != nil {
			return fmt.Errorf("%s: %w", m.ID, err)
		}
		other, err := parse(m.Other)
		if err != nil {
			return fmt.Errorf("%s: %w", m.ID, err)
		}
		into[m.ID] = message{one, other}
	}
	return nil
}

// A message is what a key stands for in one language: a sentence, and the one that
// replaces it where a count is singular.
type message struct{ one, other sentence }

// A sentence is one sentence of a catalogue, parsed; only its last piece has no blank.
// A form that a catalogue does not have has no piece.
type sentence []piece

// A piece is some words and the name of the blank that follows them.
type piece struct{ words, blank string }

// parse parses one sentence. Nothing but blanks stands between its braces: a sentence
// that decides or counts would be a program that only one language has.
func parse(source string) (s sentence, err error) {
	if source == "" {
		return nil, nil
	}
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

// form is the sentence for a count. A form that a language has and no catalogue
// (French "many") reads as "other".
func (m message) form(lang Lang, count any) sentence {
	n, whole := count.(int)
	if big, is := count.(int64); is {
		n, whole = int(big), true
	}
	if whole && len(m.one) > 0 && plural.Cardinal.MatchPlural(tags[lang], max(n, -n), 0, 0, 0, 0) == plural.One {
		return m.one
	}
	return m.other
}

var tags = map[Lang]language.Tag{French: language.French, English: language.English}

// fill writes the message with its blanks. One that is missing reads as "<no value>", and
// is an error too.
func (m message) fill(p Printer, blanks func(name string) (any, bool)) (string, error) {
	var count any
	if len(m.one) > 0 {
		count, _ = blanks("count")
	}
	s := m.form(p.lang(), count)
	if len(s) == 1 {
		return s[0].words, nil
	}
	var b strings.Builder
	var missing []error
	for _, piece := range s {
		b.WriteString(piece.words)
		if piece.blank == "" {
			continue
		}
		value, given := blanks(piece.blank)
		if !given {
			missing = append(missing, fmt.Errorf("nothing is given for the blank %q", piece.blank))
			value = "<no value>"
		}
		b.WriteString(p.written(value))
	}
	return b.String(), errors.Join(missing...)
}

func (p Printer) written(value any) string {
	value = p.Value(value)
	if s, ok := value.(string); ok {
		return s
	}
	return fmt.Sprint(value)
}

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
	m, known := messages()[p.lang()][key]
	if !known {
		return "", fmt.Errorf("sentence %s: no catalogue has it", key)
	}
	s, err := m.fill(p, func(name string) (any, bool) {
		value, given := blanks[name]
		return value, given
	})
	if err != nil {
		return "", fmt.Errorf("sentence %s: %w", key, err)
	}
	return s, nil
}
