package format_test

import (
	"testing"

	"stagora.org/stagora/allocation/format"
)

func TestAFileTellsItsKind(t *testing.T) {
	t.Parallel()
	const oneOf = `one of "assign/1", "assign-result/1", "match/1", "match-result/1", "calllist/1", "calllist-state/1", "campaign/1"`
	tests := []struct{ name, file, kind, err string }{
		{"first", `{"format":"match/1","posts":`, "match/1", ""},
		{"after other keys", ` { "a" : [1,{}] , "format" : "calllist/1" }`, "calllist/1", ""},
		{"unknown", `{"format":"assign/2"}`, "", `$.format: found "assign/2", expected ` + oneOf},
		{"no text", `{"format":1}`, "", `$.format: found 1, expected ` + oneOf},
		{"missing", `{"a":1}`, "", `$.format: found nothing, expected ` + oneOf},
		{"empty object", `{}`, "", `$.format: found nothing, expected ` + oneOf},
		{"no object", `[]`, "", `$: found '[' at line 1, column 1, expected an object`},
		{"nothing", ``, "", `$: found the end of the file at line 1, column 1, expected an object`},
		{"broken before", `{"a":}`, "", `$: found '}' at line 1, column 6, expected a JSON value`},
	}
	for _, tt := range tests {
		kind, err := format.Kind([]byte(tt.file))
		said := ""
		if err != nil {
			said = err.Error()
		}
		if kind != tt.kind || said != tt.err {
			t.Errorf("%s: got %q, %s\nwant %q, %s", tt.name, kind, said, tt.kind, tt.err)
		}
	}
}
