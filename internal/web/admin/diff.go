package admin

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/text"
)

// A difference is one thing that an act changed: what stood there, and what
// stands there now. Empty is nothing.
type difference struct{ name, before, after string }

// differences compares what stood before an act and after it, name by name. What a
// run was asked is told by the page of the run.
func differences(p text.Printer, l audit.Line) []difference {
	if l.Kind == "run" {
		return nil
	}
	before, after := flat(l.Before), flat(l.After)
	names := slices.Sorted(maps.Keys(before))
	for name := range after {
		if _, both := before[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var found []difference
	for _, name := range names {
		if before[name] != after[name] {
			found = append(found, difference{fieldName(p, l, name), valueOf(p, l, name, before[name]), valueOf(p, l, name, after[name])})
		}
	}
	return found
}

// flat reads a JSON value as names and texts: what is inside an object is named
// "outer.inner", a list is its values, and false, zero and null are nothing where
// an object holds them.
func flat(document string) map[string]string {
	found := map[string]string{}
	var value any
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	if document == "" || decoder.Decode(&value) != nil {
		return found
	}
	flatten(found, "", value)
	return found
}

func flatten(found map[string]string, name string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if name != "" {
				key = name + "." + key
			}
			flatten(found, key, inner)
		}
	case []any:
		words := make([]string, len(v))
		for i, inner := range v {
			words[i] = oneWord(inner)
		}
		if len(words) > 0 {
			found[name] = strings.Join(words, ", ")
		}
	default:
		if word := oneWord(v); word != "" {
			found[name] = word
		}
	}
}

// oneWord writes a value on one line.
func oneWord(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return yesWord
		}
		return noWord
	case json.Number:
		return v.String()
	case map[string]any:
		var words []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if word := oneWord(v[key]); word != "" {
				words = append(words, word)
			}
		}
		return strings.Join(words, " ")
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(encoded)
}

// What stands for true and false until they are written in a language.
const (
	yesWord = "\x00yes"
	noWord  = "\x00no"
)

// written writes a value for a reader: instants in their zone, yes and no in
// their language.
func written(p text.Printer, word string) string {
	switch word {
	case yesWord:
		return p.T("admin.yes")
	case noWord:
		return p.T("admin.no")
	}
	if at, err := time.Parse(time.RFC3339Nano, word); err == nil {
		return p.ShortDateTime(at)
	}
	return word
}

// valueOf writes what a field held: phases by their name, costs and points as
// numbers with decimals, which the log keeps in hundredths.
func valueOf(p text.Printer, l audit.Line, name, word string) string {
	if phase := campaign.Phase(word); name == "" && l.Kind == "campaign" && slices.Contains(campaign.Phases, phase) {
		return p.T(string(phase.Name()))
	}
	if name == "cost" || l.Action == "participant.points" {
		if hundredths, err := strconv.ParseInt(word, 10, 64); err == nil {
			return p.Hundredths(hundredths)
		}
	}
	return written(p, word)
}

// fieldName names a field as its form does, if it is known, and otherwise as the
// log keeps it.
func fieldName(p text.Printer, l audit.Line, name string) string {
	if name == "" {
		return p.T("admin.history.value")
	}
	act, _, _ := strings.Cut(l.Action, ".")
	if own := "admin.key." + act + "." + name; p.Has(own) {
		return p.T(own)
	}
	return Named(p, "admin.key.", strings.ToLower(name))
}
