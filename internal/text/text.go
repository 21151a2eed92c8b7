/*
Package text turns keys, times, numbers and names into what a person reads, in
French or in English.

Sentences stand in catalogues, one pair of files per area of the product
(catalog/AREA.fr.toml, catalog/AREA.en.toml), never in code. A key is flat and
dotted ("wishes.closed"); its blanks are named ({{.campaign}}). A sentence that
depends on a number has the forms "one" and "other" and takes the number as the
blank "count".

What a blank holds is written for the reader: a [time.Time] as a date and time in
the printer's zone, a [Day] as a date, an [Exact] with its seconds, an int with
thousands apart, a [Key] as the sentence it names.

What always holds, by the tests of this package: both languages have the same
keys with the same blanks, and every key that code asks for exists.
*/
package text

import (
	"strings"
	"sync"
	"time"

	// The binary runs where no time zone database is installed.
	_ "time/tzdata"
)

// A Lang is a language of the interface.
type Lang string

// The languages, the default first.
const (
	French  Lang = "fr"
	English Lang = "en"
)

// Langs are all languages, the default first.
var Langs = []Lang{French, English}

// ParseLang returns the language named by s, and French for anything unknown.
func ParseLang(s string) Lang {
	if Lang(s) == English {
		return English
	}
	return French
}

// DefaultZone is where times are shown unless a campaign says otherwise.
const DefaultZone = "Europe/Paris"

// A Key as a blank is replaced by the sentence it names.
type Key string

// A Day as a blank is written as a date, without the hour.
type Day time.Time

// An Exact as a blank is written with its seconds.
type Exact time.Time

// A Printer writes for one reader: in a language, in a time zone. The zero
// Printer writes French for Paris.
type Printer struct {
	Lang Lang
	Zone *time.Location
}

// In returns a printer for a language and the IANA name of a zone; an unknown
// zone is Paris.
func In(lang Lang, zone string) Printer {
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" {
		loc = paris()
	}
	return Printer{Lang: lang, Zone: loc}
}

var paris = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation(DefaultZone)
	if err != nil {
		panic(err)
	}
	return loc
})

// T returns the sentence of a key. The blanks are alternating names and values;
// "count" chooses between the forms "one" and "other". A key that is in no
// catalogue comes back between ⟦ and ⟧, which the browser tests look for.
func (p Printer) T(key string, args ...any) string {
	return p.write(key, func(name string) (any, bool) {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == name {
				return args[i+1], true
			}
		}
		return nil, false
	})
}

// Message returns the sentence of a key with its blanks by name.
func (p Printer) Message(key string, blanks map[string]any) string {
	return p.write(key, func(name string) (any, bool) {
		value, given := blanks[name]
		return value, given
	})
}

func (p Printer) write(key string, blanks func(name string) (any, bool)) string {
	m, known := messages()[p.lang()][key]
	if !known {
		return "⟦" + key + "⟧"
	}
	s, _ := m.fill(p, blanks) // a page shows a missing blank, which tests look for
	return s
}

// Has reports whether the printer's language has a key.
func (p Printer) Has(key string) bool {
	_, known := messages()[p.lang()][key]
	return known
}

// Value writes one blank as T would.
func (p Printer) Value(value any) any {
	switch v := value.(type) {
	case time.Time:
		return p.DateTime(v)
	case Day:
		return p.Date(time.Time(v))
	case Exact:
		return p.Exact(time.Time(v))
	case time.Duration:
		return p.Duration(v)
	case Key:
		return p.T(string(v))
	case int:
		return p.Number(int64(v))
	case int64:
		return p.Number(v)
	}
	return value
}

func (p Printer) lang() Lang {
	if p.Lang == "" {
		return French
	}
	return p.Lang
}

// Location returns the zone that times are shown and read in.
func (p Printer) Location() *time.Location { return p.zone() }

func (p Printer) zone() *time.Location {
	if p.Zone == nil {
		return paris()
	}
	return p.Zone
}

// ZoneName returns the zone's name as people say it: "heure de Paris". A zone
// without a name of its own in the catalogues keeps its IANA name.
func (p Printer) ZoneName() string {
	key := "zone." + strings.ReplaceAll(p.zone().String(), "/", ".")
	if p.Has(key) {
		return p.T(key)
	}
	return p.zone().String()
}
