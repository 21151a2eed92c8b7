package format_test

import (
	"bytes"
	"slices"
	"testing"

	"stagora.org/stagora/allocation/format"
)

func TestCanonicalIsRFC8785(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, json, want string }{
		// The examples of RFC 8785, sections 3.2.2 and 3.2.3.
		{"the example of the RFC",
			`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
			  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`},
		{"keys by UTF-16 units",
			`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
			"{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}"},
		{"small and large numbers", `[0.000001,0.0000001,123456789012345680000,1e21,-0,-0.0,5e-324]`, `[0.000001,1e-7,123456789012345680000,1e+21,0,0,5e-324]`},
		{"no escape that is not needed", `"\u2028\u003c\u007f\b\f\t"`, "\"\u2028<\u007f\\b\\f\\t\""},
		{"empty", ` [ { } , [ ] ] `, `[{},[]]`},
		{"a key twice", `{"a":1,"a":2}`, ""},
		{"a number beyond a double", `1e999`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := format.Canonical([]byte(tt.json))
			if tt.want == "" {
				if err == nil {
					t.Errorf("accepted as %s", got)
				}
				return
			}
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %s (%v)\nwant %s", got, err, tt.want)
			}
			if !format.IsCanonical(got) || format.IsCanonical([]byte(tt.json)) {
				t.Error("IsCanonical does not tell what is canonical from what is not")
			}
		})
	}
}

// TestIsCanonicalIsWhatCanonicalReturns changes canonical texts by a byte, in every
// place: what is still one must be found to be one, and nothing else.
func TestIsCanonicalIsWhatCanonicalReturns(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"":[],"a":{"b":"\\ü\n\"\u0001","c":[-1.5,0,1e-7,true,false,null]},"b":"","é":1e+21,"😀":{},"\ufb33":""}`, `[[1,10],"x",{}]`, `0`, `""`,
	} {
		canonical, err := format.Canonical([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for i := range canonical {
			for _, b := range []byte("\x00\n \"\\{}[]:,.-+019eEatu\xc3\xff") {
				replaced := slices.Clone(canonical)
				replaced[i] = b
				for _, other := range [][]byte{
					replaced, slices.Insert(slices.Clone(canonical), i, b), slices.Delete(slices.Clone(canonical), i, i+1), canonical[:i],
				} {
					again, err := format.Canonical(other)
					if want := err == nil && bytes.Equal(again, other); format.IsCanonical(other) != want {
						t.Fatalf("IsCanonical(%q) is %v", other, !want)
					}
				}
			}
		}
	}
}
