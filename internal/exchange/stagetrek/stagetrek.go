/*
Package stagetrek takes in the files that offices already have: students, sites,
categories, contacts, and what contacts do for sites, in the layouts that
StageTrek reads.

Each kind is an [exchange.Owner]. Headers are recognised without case, accents
and signs; a column that Stagora does not keep (the address of a student) is
ignored and said. On top of StageTrek's columns, students may have an INE, a
level, a faculty and a login.

# What always holds

  - An empty cell erases nothing: what is there stays.
  - Somebody who may be there already under another number, in the file or in the
    database, is shown to a person who decides.
  - Whoever imports may write each row by hand: the rules and the rights are
    reference's own.
*/
package stagetrek

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// The kinds of file, in the order in which a new office brings them in. Their
// names are in the catalogues under "stagetrek.kind.".
const (
	KindCategories = "categories"
	KindSites      = "sites"
	KindContacts   = "contacts"
	KindLinks      = "links"
	KindStudents   = "students"
)

// Kinds are all kinds.
var Kinds = []string{KindCategories, KindSites, KindContacts, KindLinks, KindStudents}

// Owner returns who speaks for a kind of file, for somebody who imports one.
func Owner(kind string, actor identity.Actor) (exchange.Owner, bool) {
	switch kind {
	case KindCategories:
		return categories{actor}, true
	case KindSites:
		return sites{actor}, true
	case KindContacts:
		return contacts{actor}, true
	case KindLinks:
		return links{actor}, true
	case KindStudents:
		return students{actor}, true
	}
	return nil, false
}

// Right is what it takes, beside [exchange.RightImport], to bring a kind in.
func Right(kind string) identity.Right {
	if kind == KindStudents {
		return student.RightEdit
	}
	return site.RightEdit
}

// column is a column named after what the catalogues call it.
func column(kind, name string, c exchange.Column) exchange.Column {
	c.Name, c.Title = name, "stagetrek."+kind+"."+name
	if c.Kind == exchange.Text && c.Check == nil {
		c.Check = oneLine
	}
	return c
}

// oneLine writes a text as reference keeps it.
func oneLine(value string) (string, *exchange.Finding) {
	return strings.Join(strings.Fields(value), " "), nil
}

const (
	maxCode  = 64
	maxText  = 255
	maxName  = 100
	maxSeats = 500
	maxOrder = 9999
)

// checkCode refuses what the forms of records refuse as a code.
func checkCode(value string) (string, *exchange.Finding) {
	return checked(value, func(form *fault.Form, value *string) { reference.RequiredCode(form, value) })
}

// checked judges a value by the rules of a form, so that they are written once.
func checked(value string, check func(form *fault.Form, value *string)) (string, *exchange.Finding) {
	var form fault.Form
	check(&form, &value)
	wrong, is := errors.AsType[*fault.Error](form.Err())
	if !is || len(wrong.Fields) == 0 {
		return value, nil
	}
	f := wrong.Fields[0]
	if f.Key == "form.long" { // a file names the cell
		return "", &exchange.Finding{Severity: exchange.Error, Key: "exchange.cell.long", Args: text.Blanks{"max": f.Args["max"], "length": len([]rune(value))}}
	}
	return "", &exchange.Finding{Severity: exchange.Error, Key: f.Key, Args: text.Blanks(f.Args)}
}

// derivedCode makes a code of a name, for files that have none.
func derivedCode(name string) string {
	words := strings.FieldsFunc(strings.ToUpper(text.Fold(name)), func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	code := strings.Join(words, "-")
	return code[:min(len(code), maxCode)]
}

// codeOr is the key of a row: its code, or one made of its name.
func codeOr(name string) func(exchange.Values) string {
	return func(v exchange.Values) string {
		if v["code"] != "" {
			return v["code"]
		}
		return derivedCode(v[name])
	}
}

// keep fills each empty cell: of a row that is there already with what stands
// there, of a new one with what an empty cell means.
func keep(line *exchange.Line, means exchange.Values) {
	if line.Before == nil {
		for name, value := range means {
			line.After[name] = cmp.Or(line.After[name], value)
		}
		return
	}
	for name, value := range line.After {
		line.After[name] = cmp.Or(value, line.Before[name])
	}
	line.Outcome = exchange.Changed
	if maps.Equal(line.Before, line.After) {
		line.Outcome = exchange.Unchanged
	}
}

// wrong is an error on a cell of a line.
func wrong(line *exchange.Line, column, key string, args text.Blanks) exchange.Finding {
	return exchange.Finding{Line: line.Row.Line, Column: column, Severity: exchange.Error, Key: key, Found: line.After[column], Args: args}
}

// blocked says what keeps an import from being undone.
func blocked(c exchange.Change, key string, args text.Blanks) exchange.Finding {
	return exchange.Finding{Line: c.Line, Severity: exchange.Error, Key: key, Found: c.Key, Args: args}
}

func yesNo(yes bool) string {
	if yes {
		return exchange.Yes
	}
	return exchange.No
}

// number reads what a column of whole numbers keeps; nothing is 0.
func number(s string) int {
	n, _ := strconv.Atoi(s) // the column has let only digits pass
	return n
}

// byKeys keeps the values of what stands there, by the key that was asked for. Case
// does not count.
func byKeys[T any](keys []string, stands map[string]T, values func(T) exchange.Values) map[string]exchange.Values {
	found := make(map[string]exchange.Values, len(stands))
	for _, key := range keys {
		if x, there := stands[strings.ToLower(key)]; there {
			found[key] = values(x)
		}
	}
	return found
}

// keepCode leaves the code of what is there as it is written there.
func keepCode(line *exchange.Line) {
	if line.Before != nil {
		line.After["code"] = line.Before["code"]
	}
}

func keysOf(changes []exchange.Change) []string {
	keys := make([]string, len(changes))
	for i, c := range changes {
		keys[i] = c.Key
	}
	return keys
}

// each makes changes one after the other, and says which line is refused.
func each(changes []exchange.Change, do func(exchange.Change) error) error {
	for _, c := range changes {
		if err := do(c); err != nil {
			return &exchange.RowError{Line: c.Line, Err: err}
		}
	}
	return nil
}

// stillThere refuses a change of what is gone.
func stillThere(noun string, there bool, c exchange.Change) error {
	if c.Before != nil && !there {
		return reference.Unknown(noun)
	}
	return nil
}

// find returns the one with a key, and the zero value if there is none.
func find[T any](among []T, is func(T) bool) T {
	if i := slices.IndexFunc(among, is); i >= 0 {
		return among[i]
	}
	return *new(T)
}

// codes are the codes of things, as the known values of a column.
func codes[T any](among []T, ref func(T) reference.Ref, offered func(T) bool) []string {
	known := []string{}
	for _, x := range among {
		if offered(x) {
			known = append(known, ref(x).Code)
		}
	}
	return known
}
