package format_test

import (
	"errors"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
)

// Three students and two posts; nobody lists post 1 but student 2.
const small = `HR1 3 2 7
S 1 0
S 1 0
S 2 0 1
P 2 3 2 0 1
P 0 1 2
O 1 0 2
`

func TestAMarketHasOneText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{small, "HR1 0 0 0\nO\n", "HR1 1 0 18446744073709551615\nS 0\nO 0\n", "HR1 0 1 0\nP 1000000 0\nO\n"} {
		m, err := format.ReadMarket([]byte(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := string(m.Bytes()); got != text {
			t.Errorf("%q was written as %q", text, got)
		}
	}
}

func TestAMarketTellsTheRankOfEachWish(t *testing.T) {
	t.Parallel()
	m, err := format.ReadMarket([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	for e, want := range []int32{2, 3, 1, 1} {
		if m.Rank[e] != want {
			t.Errorf("the ranks are %v", m.Rank)
			break
		}
	}
}

func TestTheFirstMistakeInAMarketIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new, want string }{
		{"nothing at all", small, "", `line 1, field 1: found nothing, expected "HR1"`},
		{"another format", "HR1", "HR2", `line 1, field 1: found "HR2", expected "HR1"`},
		{"too many students announced", "HR1 3", "HR1 4", `line 5, field 1: found "P", expected "S"`},
		{"too few students announced", "HR1 3", "HR1 2", `line 4, field 1: found "S", expected "P"`},
		{"too many posts announced", "HR1 3 2", "HR1 3 3", `line 7, field 1: found "O", expected "P"`},
		{"too few posts announced", "HR1 3 2", "HR1 3 1", `line 4, field 2: found "2", expected a whole number from 0 to 1`},
		{"more students than any market", "HR1 3", "HR1 99999999999", `line 1, field 2: found "99999999999", expected a whole number from 0 to 33554432`},
		{"a negative seed", "7\n", "-7\n", `line 1, field 4: found "-7", expected a whole number from 0 to 18446744073709551615`},
		{"no seed", "HR1 3 2 7\n", "HR1 3 2\n", `line 1, field 4: found nothing, expected a whole number from 0 to 18446744073709551615`},
		{"a list shorter than it says", "S 2 0 1", "S 2 0", `line 4, field 4: found nothing, expected a whole number from 0 to 1`},
		{"a list longer than it says", "S 2 0 1", "S 1 0 1", `line 4, field 4: found "1", expected the end of the line`},
		{"no length", "S 1 0\nS 1 0", "S 1 0\nS", `line 3, field 2: found nothing, expected a whole number from 0 to 2`},
		{"a length beyond the posts", "S 2 0 1", "S 3 0 1", `line 4, field 2: found "3", expected a whole number from 0 to 2`},
		{"a post that is not there", "S 2 0 1", "S 2 0 2", `line 4, field 4: found "2", expected a whole number from 0 to 1`},
		{"a post by name", "S 2 0 1", "S 2 0 x", `line 4, field 4: found "x", expected a whole number from 0 to 1`},
		{"a number with more behind it", "S 2 0 1", "S 2 0 1x", `line 4, field 4: found "1x", expected digits alone`},
		{"a leading zero", "S 2 0 1", "S 2 0 01", `line 4, field 4: found "01", expected a whole number from 0 to 1`},
		{"a number that overflows", "S 2 0 1", "S 2 0 18446744073709551617", `line 4, field 4: found "18446744073709551617", expected a whole number from 0 to 1`},
		{"two spaces", "S 2 0 1", "S 2 0  1", `line 4, field 4: found nothing, expected a whole number from 0 to 1`},
		{"a space at the end of a line", "S 2 0 1", "S 2 0 1 ", `line 4, field 5: found nothing, expected the end of the line`},
		{"a carriage return", "S 2 0 1", "S 2 0 1\r", `line 4, field 4: found "1\r", expected digits alone`},
		{"a tab", "S 2 0 1", "S\t2 0 1", `line 4, field 1: found "S\t2", expected a whole number from 0 to 2`},
		{"an empty line", "S 2 0 1", "\nS 2 0 1", `line 4, field 1: found nothing, expected "S"`},
		{"another letter", "S 2 0 1", "T 2 0 1", `line 4, field 1: found "T", expected "S"`},
		{"too many seats", "P 2 3", "P 1000001 3", `line 5, field 2: found "1000001", expected a whole number from 0 to 1000000`},
		{"negative seats", "P 2 3", "P -2 3", `line 5, field 2: found "-2", expected a whole number from 0 to 1000000`},
		{"no call order", "O 1 0 2\n", "", `line 7, field 1: found nothing, expected "O"`},
		{"a short call order", "O 1 0 2", "O 1 0", `line 7, field 4: found nothing, expected a whole number from 0 to 2`},
		{"a long call order", "O 1 0 2", "O 1 0 2 2", `line 7, field 5: found "2", expected the end of the line`},
		{"no line end at the end", "O 1 0 2\n", "O 1 0 2", `line 7, field 5: found nothing, expected a line feed`},
		{"more after the end", "O 1 0 2\n", "O 1 0 2\nmore", `line 8, field 1: found "more", expected the end of the file`},
		{"a student called twice", "O 1 0 2", "O 1 0 1", `line 7, field 4: found 1, expected a student whom field 2 does not name`},
		{"a post listed twice", "S 2 0 1", "S 2 0 0", `line 4, field 4: found 0, expected a post that is not on the list already`},
		{"a student ranked twice", "P 2 3 2 0 1", "P 2 3 2 0 0", `line 5, field 6: found 0, expected a student who is not ranked already`},
		{"a student ranked who did not ask", "P 0 1 2", "P 0 1 0", `line 6, field 4: found 0, expected a student who listed post 1`},
		{"a student who asked and is not ranked", "P 0 1 2", "P 0 0", `line 6, field 3: found 0, expected a ranking of all who listed the post, 1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(small, tt.old) {
				t.Fatal("the market has no such text")
			}
			_, err := format.ReadMarket([]byte(strings.Replace(small, tt.old, tt.new, 1)))
			if wrong := (*format.TextError)(nil); !errors.As(err, &wrong) || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}
