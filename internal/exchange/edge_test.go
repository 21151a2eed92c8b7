package exchange

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"stagora.org/stagora/internal/fault"
)

// What a file may hold at most is read; one more is refused, and the sentence says where.
func TestAFileIsReadUpToItsLimits(t *testing.T) {
	t.Parallel()
	wide := func(n int) string { return strings.Repeat("x;", n-1) + "x\n" }
	long := func(n int) string { return "A;B\n1;" + strings.Repeat("é", n) + "\n" }
	high := func(n int) string { return "A\n\n" + strings.Repeat("1\n", n) }
	heavy := func(n int) string { // some thousand rows, which add up to so many bytes
		row := strings.Repeat("x", 30_000) + "\n"
		s := "A\n" + strings.Repeat(row, (n-2)/len(row))
		return s + strings.Repeat("y", n-len(s))
	}
	tests := []struct {
		name, content, key string
		args               fault.Args
	}{
		{"columns", wide(MaxColumns) + "1\n", "", nil},
		{"a column more", wide(MaxColumns+1) + "1\n", "exchange.file.columns", fault.Args{"line": 1, "count": 201, "max": 200}},
		{"empty columns more", strings.TrimSuffix(wide(MaxColumns), "\n") + ";;;\n1\n", "", nil},
		{"a cell of that many characters, not bytes", long(MaxCell), "", nil},
		{"a character more", long(MaxCell + 1), "exchange.file.cell", fault.Args{"line": 2, "column": "B", "max": 32_767}},
		{"rows", high(MaxRows), "", nil},
		{"a row more", high(MaxRows + 1), "exchange.file.rows", fault.Args{"line": 50_003, "max": 50_000}},
		{"bytes", heavy(MaxBytes), "", nil},
		{"a byte more", heavy(MaxBytes + 1), "exchange.file.large", fault.Args{"size": 20, "max": 20}},
		{"a header alone", "\nA;B\n;\n", "exchange.file.header_only", fault.Args{"line": 2}},
		{"separators alone", ";;\n;\n", "exchange.file.empty", fault.Args{}},
	}
	for _, tt := range tests {
		table, err := Read("f.csv", []byte(tt.content))
		if tt.key == "" {
			if err != nil || len(table.Rows) == 0 {
				t.Errorf("%s: %d rows, %v", tt.name, len(table.Rows), err)
			}
			continue
		}
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Key != tt.key || f.Kind != fault.Invalid || f.Args["file"] != "f.csv" || len(table.Rows) > 0 {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		for blank, want := range tt.args {
			if f.Args[blank] != want {
				t.Errorf("%s: %s is %v, expected %v", tt.name, blank, f.Args[blank], want)
			}
		}
	}
}

func TestColumnsAreNamedAsASpreadsheetNamesThem(t *testing.T) {
	t.Parallel()
	for i := range 1000 {
		if want, err := excelize.ColumnNumberToName(i + 1); err != nil || columnName(i) != want {
			t.Errorf("column %d is %s, expected %s (%v)", i+1, columnName(i), want, err)
		}
	}
}

// Each short cell is read as the amount that it is, in hundredths, or refused.
func TestEachShortAmountIsReadExactly(t *testing.T) {
	t.Parallel()
	c := Column{Kind: Amount}
	var grow func(cell string)
	read := 0
	grow = func(cell string) {
		if strings.TrimSpace(cell) != "" {
			kept, finding := c.read(CSV, lexicon{}, cell)
			want, ok := hundredths(cell)
			if ok != (finding == nil) || kept != want {
				t.Errorf("%q is read as %q (%v), expected %q", cell, kept, finding, want)
			}
			if ok {
				read++
			}
		}
		if len(cell) < 6 {
			for _, sign := range "07,.- " {
				grow(cell + string(sign))
			}
		}
	}
	grow("")
	if read < 500 {
		t.Errorf("%d amounts were read", read)
	}
	for _, cell := range []string{"999999999999,99", "-999999999999.99", "1000000000000"} {
		kept, finding := c.read(CSV, lexicon{}, cell)
		if want, _ := hundredths(cell); (finding == nil) != (len(cell) != 13) || finding == nil && kept != want {
			t.Errorf("%s is read as %q (%v)", cell, kept, finding)
		}
	}
}

// hundredths reads an amount by another way: as a rational number.
func hundredths(cell string) (string, bool) {
	s := strings.ReplaceAll(strings.ReplaceAll(cell, " ", ""), ",", ".")
	whole, fraction, separated := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" || separated && (fraction == "" || len(fraction) > 2) || strings.Trim(whole+fraction, "0123456789") != "" {
		return "", false
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return "", false
	}
	return r.Mul(r, big.NewRat(100, 1)).Num().String(), true
}

// Days of a spreadsheet are numbers: those that every spreadsheet takes for the same day.
func TestOnlyDaysThatAllSpreadsheetsAgreeOnAreRead(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"61": "1900-03-01", "60.99": "", "60": "", "0": "", "2958465": "9999-12-31", "2958466": "", "1e400": "", "+Inf": "", "NaN": "",
		"45992": "2025-12-01", "45992.99999": "2025-12-01", "45993": "2025-12-02",
	} {
		kept, finding := Column{Kind: Date}.read(XLSX, lexicon{}, cell)
		if kept != want || (finding == nil) != (want != "") {
			t.Errorf("%s is read as %q (%v), expected %q", cell, kept, finding, want)
		}
	}
	for year, known := range map[int]bool{1899: false, 1900: true, 2200: true, 2201: false} {
		cell := fmt.Sprintf("31/12/%d", year)
		if _, finding := (Column{Kind: Date}).read(CSV, lexicon{}, cell); (finding == nil) != known {
			t.Errorf("%s: %v", cell, finding)
		}
	}
}

// What a spreadsheet does to whole numbers and what looks like damage and is none.
func TestCellsAtTheEdgeOfWhatTheirColumnTakes(t *testing.T) {
	t.Parallel()
	whole := Column{Kind: Whole, Max: 500}
	tests := []struct {
		column Column
		cell   string
		kept   string
		key    string
	}{
		{whole, "500", "500", ""},
		{whole, "501", "", "exchange.cell.greater"},
		{whole, "12,0", "12", ""},
		{whole, "12.00", "12", ""},
		{whole, "12,00", "12", ""},
		{whole, "1.000", "", "exchange.cell.whole"}, // a thousand, or one: nobody knows
		{whole, "1,000", "", "exchange.cell.whole"},
		{whole, ",0", "", "exchange.cell.whole"},
		{Column{Kind: Whole}, "2147483647", "2147483647", ""},
		{Column{Kind: Whole}, "2147483648", "", "exchange.cell.whole"},
		{Column{Kind: Whole}, "+1", "", "exchange.cell.whole"},
		{Column{}, "3E+5", "3E+5", ""}, // a room, perhaps
		{Column{Kind: Code}, "3E+5", "", "exchange.cell.scientific"},
		{Column{Kind: Code}, "3E5X", "3E5X", ""},
		{Column{}, "#REF! voir", "#REF! voir", ""},
		{Column{}, "#1", "#1", ""},
		{Column{}, "Ãlvaro", "Ãlvaro", ""},
		{Column{}, "Âge", "Âge", ""},
		{Column{}, "câ€™est", "", "exchange.cell.damaged"},
		{Column{}, "CÅ“ur", "", "exchange.cell.damaged"},
		{Column{Kind: Email}, "a@x.", "", "exchange.cell.email"},
		{Column{Kind: Email}, "a@.x", "", "exchange.cell.email"},
		{Column{Kind: Email}, strings.Repeat("a", 249) + "@x.fr", strings.Repeat("a", 249) + "@x.fr", ""},
		{Column{Kind: Email}, strings.Repeat("a", 250) + "@x.fr", "", "exchange.cell.long"},
		{Column{Max: 1}, "é", "é", ""},
		{Column{Max: 1}, "ée", "", "exchange.cell.long"},
		{Column{Kind: Code, Digits: 5}, "07100", "07100", ""},
		{Column{Kind: Code, Digits: 5}, "107100", "107100", ""},
	}
	for _, tt := range tests {
		kept, finding := tt.column.read(CSV, lexicon{}, tt.cell)
		key := ""
		if finding != nil {
			key = finding.Key
		}
		if kept != tt.kept || key != tt.key {
			t.Errorf("%+v: %q is kept as %q with %q, expected %q with %q", tt.column, tt.cell, kept, key, tt.kept, tt.key)
		}
	}
}
