package format_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
)

func TestPlacementsAndPricesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	m, err := format.ReadMarket([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	text := format.WritePlacement([]int32{0, -1, 1}, []int32{1, 0, 2})
	if string(text) != "0 0 1\n1 - -\n2 1 2\n" {
		t.Errorf("written as %q", text)
	}
	post, rank, err := format.ReadPlacement(text, m)
	if err != nil || !slices.Equal(post, []int32{0, -1, 1}) || !slices.Equal(rank, []int32{1, 0, 2}) {
		t.Errorf("read as %v %v (%v)", post, rank, err)
	}
	text = format.WritePrices([]int64{3, 0}, 12)
	if string(text) != "HR1-prices 2 12\n0 3\n1 0\n" {
		t.Errorf("written as %q", text)
	}
	prices, objective, err := format.ReadPrices(text, m)
	if err != nil || objective != 12 || !slices.Equal(prices, []int64{3, 0}) {
		t.Errorf("read as %v %d (%v)", prices, objective, err)
	}
}

func TestTheFirstMistakeInAPlacementOrInPricesIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	m, err := format.ReadMarket([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	placement := func(data []byte) error { _, _, err := format.ReadPlacement(data, m); return err }
	prices := func(data []byte) error { _, _, err := format.ReadPrices(data, m); return err }
	const seated, priced = "0 0 1\n1 - -\n2 1 2\n", "HR1-prices 2 12\n0 3\n1 0\n"
	tests := []struct {
		name, good string
		read       func([]byte) error
		old, new   string
		want       string
	}{
		{"nothing", seated, placement, seated, "", `line 1, field 1: found nothing, expected a whole number from 0 to 0`},
		{"a student left out", seated, placement, "1 - -\n", "", `line 2, field 1: found "2", expected a whole number from 1 to 1`},
		{"a student too many", seated, placement, "2 1 2\n", "2 1 2\n3 - -\n", `line 4, field 1: found "3", expected the end of the file`},
		{"an unknown post", seated, placement, "2 1 2", "2 2 2", `line 3, field 2: found "2", expected a whole number from 0 to 1`},
		{"a rank beyond the list", seated, placement, "0 0 1", "0 0 2", `line 1, field 3: found "2", expected a whole number from 1 to 1`},
		{"a rank of 0", seated, placement, "0 0 1", "0 0 0", `line 1, field 3: found "0", expected a whole number from 1 to 1`},
		{"a leading zero", seated, placement, "0 0 1", "0 00 1", `line 1, field 2: found "00", expected a whole number from 0 to 1`},
		{"no rank", seated, placement, "0 0 1", "0 0", `line 1, field 3: found nothing, expected a whole number from 1 to 1`},
		{"a post and no rank", seated, placement, "0 0 1", "0 0 -", `line 1, field 3: found "-", expected a whole number from 1 to 1`},
		{"a dash and a rank", seated, placement, "1 - -", "1 - 1", `line 2, field 2: found "-", expected a whole number from 0 to 1`},
		{"more than dashes", seated, placement, "1 - -", "1 - - -", `line 2, field 4: found "-", expected the end of the line`},
		{"no last line feed", seated, placement, "2 1 2\n", "2 1 2", `line 3, field 4: found nothing, expected a line feed`},
		{"another file", priced, prices, "HR1-prices", "HR1", `line 1, field 1: found "HR1", expected "HR1-prices"`},
		{"other posts", priced, prices, " 2 12", " 3 12", `line 1, field 2: found "3", expected a whole number from 2 to 2`},
		{"no sum", priced, prices, " 2 12", " 2", `line 1, field 3: found nothing, expected a whole number from 0 to 9007199254740991`},
		{"a post left out", priced, prices, "0 3\n", "", `line 2, field 1: found "1", expected a whole number from 0 to 0`},
		{"a negative price", priced, prices, "0 3", "0 -3", `line 2, field 2: found "-3", expected a whole number from 0 to 9007199254740991`},
		{"a price too high for JSON", priced, prices, "0 3", "0 9007199254740992", `line 2, field 2: found "9007199254740992", expected a whole number from 0 to 9007199254740991`},
		{"a post too many", priced, prices, "1 0\n", "1 0\n2 0\n", `line 4, field 1: found "2", expected the end of the file`},
	}
	for _, tt := range tests {
		if err := tt.read([]byte(tt.good)); err != nil {
			t.Fatalf("the good file is refused: %v", err)
		}
		err := tt.read([]byte(strings.Replace(tt.good, tt.old, tt.new, 1)))
		if wrong := (*format.TextError)(nil); !errors.As(err, &wrong) || err.Error() != tt.want {
			t.Errorf("%s: got  %v\nwant %s", tt.name, err, tt.want)
		}
	}
}
