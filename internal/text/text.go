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
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	// The binary runs where no time zone database is installed.
	_ "time/tzdata"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed catalog/*.toml
var catalogues embed.FS

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

var bundle = sync.OnceValue(func() *i18n.Bundle {
	b := i18n.NewBundle(language.French)
	b.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	files, err := fs.Glob(catalogues, "catalog/*.toml")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		data, err := catalogues.ReadFile(file)
		if err != nil {
			panic(err)
		}
		if _, err := b.ParseMessageFileBytes(data, path.Base(file)); err != nil {
			panic(fmt.Sprintf("text: %s: %v", file, err))
		}
	}
	return b
})

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
	var blanks map[string]any
	if len(args) > 0 {
		blanks = make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			blanks[args[i].(string)] = args[i+1]
		}
	}
	return p.Message(key, blanks)
}

// Message returns the sentence of a key with its blanks by name.
func (p Printer) Message(key string, blanks map[string]any) string {
	if len(blanks) == 0 {
		return p.plain(key)
	}
	s, err := p.localize(key, blanks, false)
	if err != nil {
		return missing(key)
	}
	return s
}

// plain returns the sentence of a key without blanks. It is the same each time, and a
// table has the titles of its columns in each row, so it is made once.
func (p Printer) plain(key string) string {
	at := place{p.lang(), key}
	if s, made := plainSentences.Load(at); made {
		return s.(string)
	}
	s, err := p.localize(key, nil, false)
	if err != nil {
		return missing(key) // not kept: there is no end of keys that do not exist
	}
	plainSentences.Store(at, s)
	return s
}

// A place is where a sentence stands.
type place struct {
	lang Lang
	key  string
}

var plainSentences sync.Map // texts, by place

func missing(key string) string { return "⟦" + key + "⟧" }

func (p Printer) localize(key string, blanks map[string]any, strict bool) (string, error) {
	written := make(map[string]any, len(blanks))
	for name, value := range blanks {
		written[name] = p.Value(value)
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: filled{written, strict}, TemplateParser: sentences{}}
	if count, ok := blanks["count"]; ok {
		config.PluralCount = count
	}
	s, err := p.localizer().Localize(config)
	if err != nil && config.PluralCount != nil {
		// A form that a language has and the catalogue has not (French "many")
		// reads as "other".
		config.PluralCount = nil
		s, err = p.localizer().Localize(config)
	}
	return s, err
}

// Has reports whether the printer's own language has a key.
func (p Printer) Has(key string) bool {
	_, tag, err := p.localizer().LocalizeWithTag(&i18n.LocalizeConfig{MessageID: key, TemplateParser: sentences{}})
	return err == nil && tag.String() == string(p.lang())
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

var localizers = sync.OnceValue(func() map[Lang]*i18n.Localizer {
	m := map[Lang]*i18n.Localizer{}
	for _, lang := range Langs {
		m[lang] = i18n.NewLocalizer(bundle(), string(lang))
	}
	return m
})

func (p Printer) lang() Lang {
	if p.Lang == "" {
		return French
	}
	return p.Lang
}

func (p Printer) localizer() *i18n.Localizer { return localizers()[p.lang()] }

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
