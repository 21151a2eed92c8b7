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
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
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

// checkCode refuses what reference cannot name a thing by.
func checkCode(value string) (string, *exchange.Finding) {
	if len([]rune(value)) > maxCode {
		return "", &exchange.Finding{Severity: exchange.Error, Key: "exchange.cell.long", Args: text.Blanks{"max": maxCode, "length": len([]rune(value))}}
	}
	if strings.ContainsAny(value, ";,/\"'?#|") {
		return "", &exchange.Finding{Severity: exchange.Error, Key: "reference.code.signs"}
	}
	return value, nil
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

// wanted keeps those whose key is asked for.
func wanted[T any](among []T, keys []string, key func(T) string, values func(T) exchange.Values) map[string]exchange.Values {
	asked := make(map[string]bool, len(keys))
	for _, k := range keys {
		asked[k] = true
	}
	found := map[string]exchange.Values{}
	for _, x := range among {
		if asked[key(x)] {
			found[key(x)] = values(x)
		}
	}
	return found
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

// campaignsWith names the campaign that each thing takes part in.
func campaignsWith(ctx context.Context, tx *store.Tx, members func(campaign.Campaign) ([]int64, error)) (map[int64]string, error) {
	all, err := campaign.ForOfficeAll(ctx, tx, identity.System("import"))
	if err != nil {
		return nil, err
	}
	in := map[int64]string{}
	for _, c := range all {
		ids, err := members(c)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			in[id] = c.Name
		}
	}
	return in, nil
}
