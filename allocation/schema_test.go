package allocation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
)

// A schema is as much of JSON Schema as the schemas use.
type schema struct {
	Type                 string
	Const                any
	Enum                 []any
	Required             []string
	Properties           map[string]*schema
	AdditionalProperties *others
	Items                *schema
	AnyOf                []*schema
	Minimum, Maximum     *float64
	MinLength, MaxLength *int
	Ref                  string             `json:"$ref"`
	Defs                 map[string]*schema `json:"$defs"`
	Schema               string             `json:"$schema"`
	ID                   string             `json:"$id"`
	Title, Description   string
}

// others says what an object may hold beside its properties: nothing, or what
// follows a schema.
type others struct{ *schema }

func (o *others) UnmarshalJSON(data []byte) error {
	if string(data) == "false" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(&o.schema)
}

func readSchema(t *testing.T, name string) *schema {
	t.Helper()
	file, err := os.Open("../docs/algorithms/schemas/" + name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	d := json.NewDecoder(file)
	d.DisallowUnknownFields() // a keyword that this test would not heed
	s := &schema{}
	if err := d.Decode(s); err != nil {
		t.Fatal(err)
	}
	return s
}

// wrong returns what breaks the schema in v, "" when nothing does.
func (s *schema) wrong(root *schema, at string, v any) string {
	if s.Ref != "" {
		if why := root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")].wrong(root, at, v); why != "" {
			return why
		}
	}
	if s.Const != nil && v != s.Const || s.Enum != nil && !slices.Contains(s.Enum, v) {
		return fmt.Sprintf("%s is %v", at, v)
	}
	if s.AnyOf != nil && !slices.ContainsFunc(s.AnyOf, func(one *schema) bool { return one.wrong(root, at, v) == "" }) {
		return fmt.Sprintf("%s is %v", at, v)
	}
	types := map[string]bool{}
	switch v := v.(type) {
	case string:
		types["string"] = true
		if s.MinLength != nil && len(v) < *s.MinLength || s.MaxLength != nil && len(v) > *s.MaxLength {
			return at + " has a bad length"
		}
	case bool:
		types["boolean"] = true
	case float64:
		types["number"], types["integer"] = true, v == float64(int64(v))
		if s.Minimum != nil && v < *s.Minimum || s.Maximum != nil && v > *s.Maximum {
			return fmt.Sprintf("%s is %v", at, v)
		}
	case []any:
		types["array"] = true
		for i, item := range v {
			if s.Items != nil {
				if why := s.Items.wrong(root, fmt.Sprintf("%s[%d]", at, i), item); why != "" {
					return why
				}
			}
		}
	case map[string]any:
		types["object"] = true
		if why := s.wrongObject(root, at, v); why != "" {
			return why
		}
	}
	if s.Type != "" && !types[s.Type] {
		return fmt.Sprintf("%s is no %s", at, s.Type)
	}
	return ""
}

func (s *schema) wrongObject(root *schema, at string, v map[string]any) string {
	for _, key := range s.Required {
		if _, ok := v[key]; !ok {
			return at + "." + key + " is missing"
		}
	}
	for _, key := range slices.Sorted(maps.Keys(v)) {
		property := s.Properties[key]
		if property == nil {
			if s.AdditionalProperties == nil {
				continue
			}
			if property = s.AdditionalProperties.schema; property == nil {
				return at + "." + key + " is unknown"
			}
		}
		if why := property.wrong(root, at+"."+key, v[key]); why != "" {
			return why
		}
	}
	return ""
}

func TestFilesFollowTheirSchemas(t *testing.T) {
	t.Parallel()
	files := map[string][][]byte{}
	add := func(format string, file []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		name := strings.Replace(format, "/", "-", 1)
		files[name] = append(files[name], file)
		return file
	}
	for _, pattern := range []string{"testdata/*/*.instance.json", "testdata/*/*.match.json", "testdata/*/*.calllist.json"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			kind, err := format.Kind(data)
			add(kind, data, err)
			switch kind {
			case "assign/1":
				result, err := assign.SolveFile(data)
				add("assign-result/1", result, err)
			case "match/1":
				result, err := match.SolveFile(data)
				add("match-result/1", result, err)
			case "calllist/1":
				state, err := calllist.SolveFile(data)
				add("calllist-state/1", state, err)
			}
		}
	}
	c, in, r := export(t)
	add("assign/1", in.Bytes(), nil)
	add("assign-result/1", r.Bytes(), nil)
	add("campaign/1", c.Bytes(), nil)
	for _, method := range format.Methods() {
		in := market(1, method, 24, 14, 6)
		if method == format.TradedLottery {
			in.Parameters = format.DefaultParameters()
			in.Parameters.Seed, in.Parameters.Draws = "a seed", 100
		}
		result, err := assign.SolveFile(add("assign/1", in.Bytes(), nil))
		add("assign-result/1", result, err)
	}
	for _, kind := range format.Kinds() {
		name := strings.Replace(kind, "/", "-", 1)
		if len(files[name]) == 0 {
			t.Errorf("no file follows %s", name)
		}
		s := readSchema(t, name)
		for i, data := range files[name] {
			var v any
			if err := json.Unmarshal(data, &v); err != nil {
				t.Fatal(err)
			}
			if why := s.wrong(s, "$", v); why != "" {
				t.Errorf("file %d of %s: %s", i, name, why)
			}
		}
	}
}

// Each reader knows exactly the keys of its schema, and asks for exactly those
// that the schema requires: objects are filled with one unknown key, and the
// errors say which keys were known and which missing.
func TestReadersAndSchemasKnowTheSameKeys(t *testing.T) {
	t.Parallel()
	readers := map[string]func([]byte) error{
		"assign-1":         func(b []byte) error { _, err := format.ReadInstance(b); return err },
		"assign-result-1":  func(b []byte) error { _, err := format.ReadResult(b); return err },
		"match-1":          func(b []byte) error { _, err := format.ReadMatch(b); return err },
		"match-result-1":   func(b []byte) error { _, err := format.ReadMatchResult(b); return err },
		"calllist-1":       func(b []byte) error { _, err := format.ReadCallList(b); return err },
		"calllist-state-1": func(b []byte) error { _, err := format.ReadCallState(b); return err },
		"campaign-1":       func(b []byte) error { _, err := format.ReadCampaign(b); return err },
	}
	for name, read := range readers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := readSchema(t, name)
			// The root names the format and a method, so that costs are expected.
			compareKeys(t, s, read, func(object string) string { return object }, "$",
				map[string]string{"format": strings.Replace(name, "-1", "/1", 1), "method": "score-v2", "costs": "score-v2"})
		})
	}
}

func TestTheReaderAndTheSchemaOfEachCertificateKnowTheSameKeys(t *testing.T) {
	t.Parallel()
	read := func(b []byte) error { _, err := format.ReadResult(b); return err }
	s := readSchema(t, "assign-result-1")
	for _, method := range []string{format.Serial, format.Equity, format.Leximin, format.TradedLottery} {
		head := fmt.Sprintf(`{"format":"assign-result/1","method":%q,"certificate":`, method)
		compareKeys(t, s.Defs[format.Proof(method)], read, func(object string) string { return head + object + "}" }, "$.certificate", nil)
	}
}

// compareKeys tries the object at a path, and those below it. wrap puts the
// text of an object into a file.
func compareKeys(t *testing.T, s *schema, read func([]byte) error, wrap func(string) string, at string, given map[string]string) {
	t.Helper()
	known := slices.Sorted(maps.Keys(s.Properties))
	fixed := ""
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if s.Properties[key] != nil {
			fixed += fmt.Sprintf("%q:%q,", key, given[key])
		}
	}
	err := read([]byte(wrap("{" + fixed + `"?":0}`)))
	_, list, ok := strings.Cut(fmt.Sprint(err), at+`["?"]: found an unknown key, expected one of the keys `)
	list, _, _ = strings.Cut(list, "\n")
	if keys := slices.Sorted(slices.Values(strings.Split(list, ", "))); !ok || !slices.Equal(keys, known) {
		t.Errorf("%s: the reader knows %v, the schema %v\n%v", at, keys, known, err)
	}
	for key, property := range s.Properties {
		missing := strings.Contains("\n"+err.Error(), "\n"+at+"."+key+": found nothing")
		costs := property.Ref == "#/$defs/cost" || key == "demand" // required by method, which a schema cannot say simply
		if required := slices.Contains(s.Required, key) && given[key] == ""; missing != required && !costs {
			t.Errorf("%s.%s is required by the schema: %v; by the reader: %v", at, key, required, missing)
		}
		inside, path := property, at+"."+key
		open, shut := "", ""
		if property.Type == "array" && property.Items.Type == "object" {
			inside, path, open, shut = property.Items, path+"[0]", "[", "]"
		}
		if inside.Type == "object" {
			head := "{" + fixed + fmt.Sprintf("%q:", key) + open
			compareKeys(t, inside, read, func(object string) string { return wrap(head + object + shut + "}") }, path, nil)
		}
	}
}
