package exchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"stagora.org/stagora/internal/text"
)

var made = time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC)

// file returns what a list writes.
func file(write func(io.Writer, text.Printer) error, p text.Printer) ([]byte, error) {
	var b bytes.Buffer
	err := write(&b, p)
	return b.Bytes(), err
}

func sample() List {
	return List{
		Title: "Étudiants: 2026/27", Made: made,
		Columns: []string{"Numéro", "Nom", "Inscrit", "Naissance", "Enregistré", "Points", "Vœux"},
		Rows: [][]any{
			{"02100417", "Baraka", true, text.Day(time.Date(2003, 7, 14, 0, 0, 0, 0, french.Zone)), made, Hundredths(-350), 12},
			{"00000001", "=HYPERLINK(\"http://mal.example\")", false, nil, nil, Hundredths(123456), int64(0)},
		},
	}
}

func TestCSVIsWhatAFrenchSpreadsheetOpens(t *testing.T) {
	t.Parallel()
	got, err := file(sample().CSV, french)
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufeffNuméro;Nom;Inscrit;Naissance;Enregistré;Points;Vœux\r\n" +
		"02100417;Baraka;oui;14/07/2003;20/03/2026 18:00;-3,50;12\r\n" +
		"00000001;\"'=HYPERLINK(\"\"http://mal.example\"\")\";non;;;1234,56;0\r\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if other, _ := file(sample().CSV, english); !strings.Contains(string(other), ";-3.50;") || !strings.Contains(string(other), ";yes;") {
		t.Errorf("the English list is not English:\n%s", other)
	}
}

func TestXLSXHasTypedCellsAHeaderAndAFilter(t *testing.T) {
	t.Parallel()
	content, err := file(sample().XLSX, french)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := file(sample().XLSX, french)
	if !bytes.Equal(content, again) {
		t.Error("the same list gave two files")
	}
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Étudiants  2026 27"}) {
		t.Errorf("sheets %q", got)
	}
	for cell, want := range map[string]string{
		"A2": "02100417", "D2": "14/07/2003", "E2": "20/03/2026 18:00", "F2": "-3.50", "F3": "1,234.56", "G2": "12", "C3": "non",
	} {
		if got, _ := f.GetCellValue("Étudiants  2026 27", cell); got != want {
			t.Errorf("%s shows %q, want %q", cell, got, want)
		}
	}
	for cell, want := range map[string]excelize.CellType{"A2": excelize.CellTypeInlineString, "F2": excelize.CellTypeNumber, "G2": excelize.CellTypeNumber, "B3": excelize.CellTypeInlineString} {
		got, _ := f.GetCellType("Étudiants  2026 27", cell)
		if got == excelize.CellTypeUnset {
			got = excelize.CellTypeNumber // what a cell without a type is
		}
		if got != want {
			t.Errorf("%s is of type %v, want %v", cell, got, want)
		}
	}
	if formula, _ := f.GetCellFormula("Étudiants  2026 27", "B3"); formula != "" {
		t.Errorf("a text became the formula %s", formula)
	}
	if panes, _ := f.GetPanes("Étudiants  2026 27"); !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the header is not frozen: %+v", panes)
	}
	if width, _ := f.GetColWidth("Étudiants  2026 27", "B"); width < 25 {
		t.Errorf("column B is %v wide", width)
	}
	if props, _ := f.GetDocProps(); props.Created != "2026-03-20T17:00:00Z" || props.Title != "Étudiants: 2026/27" {
		t.Errorf("properties %+v", props)
	}
	sheet := unzipped(t, content, "xl/worksheets/sheet1.xml")
	if !strings.Contains(sheet, `<autoFilter ref="A1:G3"`) && !strings.Contains(sheet, `<autoFilter ref="$A$1:$G$3"`) {
		t.Errorf("no filter on the columns: %.600s", sheet)
	}
}

// A list of any length is written row by row: what it gives is not kept. The rows of
// a sheet that do not fit wait in a temporary file.
func TestALongListIsNotKeptInMemory(t *testing.T) {
	const rows = 30_000
	l := List{Title: "Long", Columns: []string{"Nom", "Numéro"}, Made: made, Each: func(do func([]any) error) error {
		for i := range rows {
			if err := do([]any{strings.Repeat("é", 150), i}); err != nil {
				return err
			}
		}
		return nil
	}}
	for name, write := range map[string]func(io.Writer, text.Printer) error{"csv": l.CSV, "xlsx": l.XLSX} {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		peak := uint64(0)
		lines := countingWriter{at: func() {
			runtime.ReadMemStats(&after)
			peak = max(peak, after.HeapInuse)
		}}
		if err := write(&lines, french); err != nil {
			t.Fatal(err)
		}
		if grown := int64(peak) - int64(before.HeapInuse); grown > 64<<20 {
			t.Errorf("%s: %d bytes of file took %d MB", name, lines.bytes, grown>>20)
		}
		if name == "csv" && lines.lines != rows+1 {
			t.Errorf("%d lines", lines.lines)
		}
	}
}

// A countingWriter keeps nothing of what it is given.
type countingWriter struct {
	bytes, lines, writes int
	at                   func() // called now and then
}

func (w *countingWriter) Write(b []byte) (int, error) {
	w.bytes += len(b)
	w.lines += bytes.Count(b, []byte("\n"))
	if w.writes++; w.writes%100 == 1 {
		w.at()
	}
	return len(b), nil
}

func TestAListThatBreaksOffIsNotWhole(t *testing.T) {
	t.Parallel()
	broken := errors.New("the database is gone")
	l := List{Title: "T", Columns: []string{"A"}, Each: func(do func([]any) error) error {
		return errors.Join(do([]any{"x"}), broken)
	}}
	for name, write := range map[string]func(io.Writer, text.Printer) error{"csv": l.CSV, "xlsx": l.XLSX} {
		if _, err := file(write, french); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACellOfAnUnknownTypeIsOurMistake(t *testing.T) {
	t.Parallel()
	l := List{Columns: []string{"A"}, Rows: [][]any{{3.14}}}
	if _, err := file(l.CSV, french); err == nil {
		t.Error("CSV wrote a float")
	}
	if _, err := file(l.XLSX, french); err == nil {
		t.Error("XLSX wrote a float")
	}
}

// What is written is read back, cell by cell, whatever stands in the cells.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	cell := rapid.OneOf(
		rapid.StringMatching(`['=+\-@;"|,\t 0-9a-zéœ€«»\n]{0,12}`),
		rapid.SampledFrom([]string{"=1+1", "'=1", "''@x", "'", "00042", " x ", "2.100417E+7", "_x0041_", "l1\nl2", "<b>&amp;</b>", "\"", "\ufeffx", "🙂 李", "#REF!", "TRUE", "1/2"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 5).Draw(t, "columns")
		l := List{Title: "T", Made: made}
		for i := range columns {
			l.Columns = append(l.Columns, fmt.Sprintf("C%d", i))
		}
		var want [][]string
		for range rapid.IntRange(1, 6).Draw(t, "rows") {
			cells := []string{"x"} // so that no row is blank, which is left out
			row := []any{"x"}
			for range columns - 1 {
				s := cell.Draw(t, "cell")
				cells, row = append(cells, s), append(row, s)
			}
			want, l.Rows = append(want, cells), append(l.Rows, row)
		}
		for name, write := range map[string]func(io.Writer, text.Printer) error{"csv": l.CSV, "xlsx": l.XLSX} {
			content, err := file(write, french)
			if err != nil {
				t.Fatal(err)
			}
			table, err := Read("f", content)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !slices.Equal(table.Header, l.Columns) || len(table.Rows) != len(want) {
				t.Fatalf("%s: %q %d rows, want %q %d", name, table.Header, len(table.Rows), l.Columns, len(want))
			}
			for i, row := range table.Rows {
				for c, cell := range want[i] {
					// Blank cells at the end of a row are not kept.
					if got := row.Cell(c); got != cell && strings.TrimSpace(got+cell) != "" {
						t.Fatalf("%s: row %d column %d: read %q, want %q", name, i, c, got, cell)
					}
				}
			}
		}
	})
}

// unzipped returns one part of an archive.
func unzipped(t *testing.T, content []byte, name string) string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
