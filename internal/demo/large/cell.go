package large

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagora.org/stagora/internal/text"
)

func sortKey(s string) string { return text.SortKey(s) }

// A cell is one value of the model: as it is, or in parts, some of which say
// something else in each copy.
type cell struct {
	value  any
	parts  []part
	sorted bool   // the value is the sort key of what the parts say
	files  []file // of an archive
}

// A file is one file of an archive in the model.
type file struct {
	name string
	cell cell
}

// A part is a piece of a value.
type part struct {
	kind  partKind
	text  string    // literal; the model's own word for the rest
	row   *row      // that is named: by key or public identifier
	n     int       // which placeholder, or which code
	word  byte      // what a placeholder stands for
	style style     // how it is written
	day   time.Time // a date
	of    source    // of a hash
}

type partKind int

const (
	literal partKind = iota
	key              // of a row
	identifier
	code // or identifier, of no row
	name
	date
	hash
)

// A style is how a placeholder is written.
type style int

const (
	asCode  style = iota // in capitals
	asName               // as people read it
	asFound              // folded, as searches compare
)

// group is what a part makes its row a part of.
func (p part) group() group {
	switch p.kind {
	case key, identifier:
		return p.row.group
	case name:
		return wordGroup(p.word, p.n)
	}
	return ofAll
}

// wordGroup is what a placeholder's thing is a part of.
func wordGroup(word byte, n int) group {
	switch word {
	case 'k':
		return ofPeople
	case 'f', 'g', 'u', 'n':
		if n < staffFrom {
			return ofPeople
		}
	case 's', 't', 'o', 'i', 'j', 'd', 'w', 'c', 'v':
		return ofPlaces
	case 'm':
		return ofCampaign
	}
	return ofAll
}

// What copies write differently: placeholders, identifiers, hashes, dates, codes of
// receipts, keys in JSON.
var pieces = regexp.MustCompile(`(?i:qz[a-z][0-9]{3,4}x)` +
	`|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}` +
	`|\b[0-9a-f]{64}\b` +
	`|\b[0-9]{4}-[0-9]{2}-[0-9]{2}` +
	`|\b[A-Z2-7]{26}\b` +
	`|"[a-z]+":[0-9]+`)

// prepare cuts the values of a row into parts.
func (m *model) prepare(r *row) error {
	r.cells = make([]cell, len(r.values))
	for i, value := range r.values {
		c := cell{value: value}
		var err error
		switch v := value.(type) {
		case int64:
			c.parts = m.number(r, i, v)
		case string:
			c, err = m.cut(r.table.columns[i], v)
		case []byte:
			c, err = m.archive(v)
		case time.Time:
			err = errors.New("times are texts here")
		}
		if err != nil {
			return fmt.Errorf("large: %s of %s: %w", r.table.columns[i], r.table.name, err)
		}
		r.cells[i] = c
	}
	return nil
}

// number returns what a whole number refers to, nothing if it is an amount.
func (m *model) number(r *row, column int, v int64) []part {
	t := r.table
	if column == t.key && t.refers[column] == nil {
		return []part{{kind: key, row: r}}
	}
	if of := t.refers[column]; of != nil {
		if named := of.find(v); named != nil {
			return []part{{kind: key, row: named}}
		}
	}
	return nil
}

// find returns the row with a key.
func (t *table) find(v int64) *row { return t.at[v] }

// cut cuts a text.
func (m *model) cut(column, s string) (cell, error) {
	if strings.HasSuffix(column, "sort_key") && s != "" {
		from, known := m.sortKeys[s]
		if !known {
			return cell{}, errors.New("nobody knows what this sort key was made from")
		}
		c, err := m.cut("", from)
		c.value, c.sorted = s, true
		return c, err
	}
	c := cell{value: s}
	at := 0
	for _, found := range pieces.FindAllStringIndex(s, -1) {
		p, cut := m.piece(s[found[0]:found[1]])
		if !cut {
			continue
		}
		if found[0] > at {
			c.parts = append(c.parts, part{kind: literal, text: s[at:found[0]]})
		}
		c.parts = append(c.parts, p...)
		at = found[1]
	}
	if at < len(s) && len(c.parts) > 0 {
		c.parts = append(c.parts, part{kind: literal, text: s[at:]})
	}
	return c, nil
}

// piece says what a piece of a text stands for.
func (m *model) piece(s string) (parts []part, cut bool) {
	switch {
	case s[0] == '"':
		field, digits, _ := strings.Cut(s[1:], "\":")
		t := m.byName[jsonKeys[field]]
		v, err := strconv.ParseInt(digits, 10, 64)
		if t == nil || err != nil || t.find(v) == nil {
			return nil, false
		}
		return []part{{kind: literal, text: s[:len(s)-len(digits)]}, {kind: key, row: t.find(v)}}, true
	case len(s) == 64:
		of, known := m.sums[s]
		return []part{{kind: hash, text: s, of: of}}, known
	case len(s) == 36:
		if r := m.entities[s]; r != nil {
			return []part{{kind: identifier, text: s, row: r}}, true
		}
		return []part{{kind: code, text: s, n: m.codeNumber(s)}}, true
	case len(s) == 26:
		return []part{{kind: code, text: s, n: m.codeNumber(s)}}, true
	case len(s) == 10 && s[4] == '-':
		d, ok := day(s)
		return []part{{kind: date, text: s, day: d}}, ok
	}
	p := part{kind: name, text: s, word: strings.ToLower(s)[2], n: numberIn(s), style: asCode}
	switch {
	case s == strings.ToLower(s):
		p.style = asFound
	case s != strings.ToUpper(s):
		p.style = asName
	}
	return []part{p}, p.n > 0
}

func (m *model) codeNumber(s string) int {
	if _, met := m.codes[s]; !met {
		m.codes[s] = len(m.codes)
	}
	return m.codes[s]
}

// archive cuts the files of a zip archive; other bytes stay as they are.
func (m *model) archive(content []byte) (cell, error) {
	c := cell{value: content}
	if !bytes.HasPrefix(content, []byte("PK")) {
		return c, nil
	}
	packed, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return c, err
	}
	for _, f := range packed.File {
		in, err := f.Open()
		if err != nil {
			return c, err
		}
		content, err := io.ReadAll(in)
		if err := errors.Join(err, in.Close()); err != nil {
			return c, err
		}
		inside, err := m.cut("", string(content))
		if err != nil {
			return c, err
		}
		c.files = append(c.files, file{f.Name, inside})
		c.parts = append(c.parts, slices.DeleteFunc(slices.Clone(inside.parts), func(p part) bool { return p.kind == literal })...)
	}
	return c, nil
}

// pack packs files as the product does: the same files give the same bytes.
func pack(names []string, contents []string) ([]byte, error) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for i, name := range names {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(entry, contents[i])
		}
		if err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return packed.Bytes(), err
}
